// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/account.h>
#include <store/store_db.h>

/// The list of an account's files as it is stored in the network, like a file: with it and nothing
/// else the files can be found, read, repaired and removed. JSON (wire/message.h); a newer version
/// may add fields. Pure and thread-safe.
namespace borg::store {

inline constexpr qsizetype kListedFilesMax = 200'000;
inline constexpr qint64 kListBytesMax = 128LL << 20;
inline constexpr std::size_t kListsKept = 4; ///< The last ones: should the newest be unreadable.

struct FileList {
    std::vector<FileRecord> files;
    /// listMark() of the lists that this one came after, the newest first: who knows one of them
    /// knows what was put in and taken out since.
    std::vector<QString> after;
};
inline constexpr std::size_t kListMarksMax = 1000;

/// @return what a list is called in `after`.
[[nodiscard]] QString listMark(const QString &link);
/// @return the list, without files that are hidden; TooLarge when there are too many.
[[nodiscard]] Result<QByteArray> writeFileList(const FileList &list);
/// @return the list, or Malformed, TooLarge, or Conflict: a newer program wrote it.
[[nodiscard]] Result<FileList> readFileList(const QByteArray &bytes);

/// What an account's pointer says: the links of its last lists, the newest first.
/// @pre 1 to kListsKept read links
[[nodiscard]] QByteArray writeListLinks(const Account &account, const std::vector<QString> &links);
/// @return the links, Malformed or Unauthorized.
[[nodiscard]] Result<std::vector<QString>> readListLinks(
    const Account &account, QByteArrayView payload);

} // namespace borg::store
