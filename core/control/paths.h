// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QString>
#include <QStringList>

/// Where a node's data folder and control socket are. The one place of core/control that looks at
/// the environment: the command line, the desktop and the node must agree without talking.
namespace borg::control {

/// The longest path that the system takes as a socket (sockaddr_un without its final zero).
inline constexpr qsizetype kSocketPathBytesMax = 107;

/// `$XDG_DATA_HOME/borgios`, else `~/.local/share/borgios`.
[[nodiscard]] QString defaultDataDir();

/// `dir` without links, dots and a trailing slash, so that each folder has one name.
[[nodiscard]] QString canonicalDir(const QString &dir);

/// Where the socket of `dataDir` may be, the likeliest first:
/// `$XDG_RUNTIME_DIR/borg/<16 hexadecimal digits>.sock`, then `/tmp/borg-run-<uid>/borg/…`. A data
/// folder of any length gives a path that the system takes. Programs started with and without
/// XDG_RUNTIME_DIR find each other because a client tries both.
[[nodiscard]] QStringList socketPaths(const QString &dataDir);

/// The same for a given runtime folder (empty: none), for tests.
[[nodiscard]] QStringList socketPaths(const QString &dataDir, const QString &runtimeDir);

/// Makes the folder of `socketPath` with mode 0700.
///
/// @return Done, Storage (cannot be made), or Unauthorized: it belongs to somebody else, others
///         may write to it, or it is a link; nothing of ours may be put there.
Result<Done> ensureSocketDir(const QString &socketPath);

} // namespace borg::control
