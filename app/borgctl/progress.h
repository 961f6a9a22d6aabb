// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <control/schema.h>

namespace borgctl {

/// One line on a terminal's standard error that says how far a job is: bar, rate, time left.
/// Writes nothing when standard error is no terminal.
class Progress {
public:
    explicit Progress(borg::Clock &clock);
    ~Progress();

    void show(const borg::control::Job &job);
    /// Takes the line away.
    void clear();

private:
    Q_DISABLE_COPY_MOVE(Progress)
    [[nodiscard]] QString line(const borg::control::Job &job, int columns) const;

    borg::Clock &m_clock;
    const bool m_isTerminal;
    const borg::Ticks m_start;
    borg::Ticks m_rateAt{};
    qint64 m_rateBytes = 0;
    double m_bytesPerSecond = 0;
    bool m_isShown = false;
};

} // namespace borgctl
