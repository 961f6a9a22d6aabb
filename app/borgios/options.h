// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QStringList>

namespace borg::desktop {

/// The command line of `borgios`.
struct Options {
    QString dataDir; ///< Absolute; empty: the usual folder.
    QString link; ///< A `borg:` link to open.
    bool trial = false;
    bool minimized = false;
    bool help = false;
    bool version = false;

    /// @param arguments without the program's name.
    /// @return Malformed with a sentence for the terminal.
    [[nodiscard]] static Result<Options> parse(const QStringList &arguments);
    [[nodiscard]] static QString usage();
};

} // namespace borg::desktop
