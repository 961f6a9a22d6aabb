// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QStringList>

namespace borgctl {

/// Starts borgd (the one beside this program, else of PATH) in a session of its own, so that it
/// outlives this program and its terminal.
///
/// @param output file that gets its standard output and error, begun anew
/// @return its process id, or Storage with a sentence.
[[nodiscard]] borg::Result<qint64> spawnNode(const QStringList &arguments, const QString &output);

/// @return the exit code of a process that we spawned and that has ended; nothing while it runs.
[[nodiscard]] std::optional<int> exitCodeOf(qint64 pid);

[[nodiscard]] bool isAlive(qint64 pid);

/// @return the last lines of a text file, without "borgd: ".
[[nodiscard]] QString tailOf(const QString &path, int lines);

} // namespace borgctl
