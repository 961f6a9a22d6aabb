// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QString>

/// Where a file stands among an account's files: "photos/2024/beach.jpg". A folder is there as long
/// as a file is in it; the top one is the empty string. Pure and thread-safe.
namespace borg::store {

inline constexpr qsizetype kNameCharactersMax = 255; ///< Of a file or of one folder.
inline constexpr qsizetype kFolderCharactersMax = 1024;
inline constexpr qsizetype kFolderDepthMax = 64;

struct Path {
    QString folder; ///< Without a slash in front or behind.
    QString name;

    [[nodiscard]] QString text() const { return folder.isEmpty() ? name : folder + u'/' + name; }
    friend bool operator==(const Path &, const Path &) = default;
};

/// @return `text` as all computers spell it (Unicode NFC, single slashes, none in front or behind),
///         or Malformed or TooLarge with a sentence for people.
[[nodiscard]] Result<QString> cleanFolder(QStringView text);
/// The same for a file, whose name is the part behind the last slash.
[[nodiscard]] Result<Path> cleanPath(QStringView text);
/// @return whether `folder` is `top` or in it.
[[nodiscard]] bool isWithin(QStringView folder, QStringView top);

} // namespace borg::store
