// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace borg {

/// What every program does first, before Qt and before any file is opened. Whoever starts it may
/// have closed standard input, output or error: the next file opened would get that number, and a
/// message would be written into it. Such a number is taken by a /dev/null that refuses instead.
/// A session without a UTF-8 locale (cron, `env -i`) gets C.UTF-8, since file names are UTF-8 here.
/// Qt is told to run its own event loop and not GLib's, which costs more per turn.
/// Only for main(), while there is one thread.
void prepareProgram();

} // namespace borg
