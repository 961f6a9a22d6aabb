// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/schema.h>

#include <QString>
#include <QStringList>

#include <vector>

/// How borgctl writes for people.
namespace borgctl {

/// `text` without anything that a terminal would act on: control characters and the marks that
/// turn the direction of text become \n, \x1b, \u202e.
[[nodiscard]] QString printable(const QString &text);

/// "1.25 MiB"; units of 1024.
[[nodiscard]] QString sizeText(qint64 bytes);
/// "0:07", "12:30", "1:02:03".
[[nodiscard]] QString durationText(qint64 seconds);
/// "just now", "5 min ago", "3 h ago", "12 days ago".
[[nodiscard]] QString agoText(qint64 utcMs, qint64 nowUtcMs);

/// "2026-11-27 20:15:03" in UTC.
[[nodiscard]] QString momentText(qint64 utcMs);

/// How a file of ours fares: "healthy (10 of 10 shards)".
[[nodiscard]] QString healthText(const borg::control::File &file);
/// A path of the network without slashes in front and behind.
[[nodiscard]] QString trimmedFolder(const QString &path);

/// The first 12 characters of a node's or file's id: enough to tell them apart, and findFile()
/// takes them.
[[nodiscard]] QString shortId(const QString &id);
/// "0.4 ms", "12.4 ms", "1.2 s"; "-" when negative.
[[nodiscard]] QString delayText(qint64 us);

/// Columns as wide as their widest cell; those named in `right` are flush right.
[[nodiscard]] QString table(
    const QStringList &head, const std::vector<QStringList> &rows, const QList<int> &right = {});

/// Columns that `text` takes on a terminal, as far as Unicode blocks tell.
[[nodiscard]] qsizetype columnsOf(const QString &text);

} // namespace borgctl
