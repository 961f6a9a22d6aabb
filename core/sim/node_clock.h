// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sim/sim_clock.h>

namespace borg::sim {

/// One node's view of the clock of a simulation: its date may be off, both its date and its
/// monotonic time may run fast or slow, and its date may jump.
class NodeClock final : public Clock {
public:
    /// @param world outlives this object.
    explicit NodeClock(Clock &world)
        : m_world(world)
        , m_since(world.now())
    {
    }

    /// The date is off by `us` from now on.
    void setOffsetUs(qint64 us) { m_offsetUs = us; }
    /// Somebody sets the clock: the date jumps by `us`, the monotonic time does not.
    void jumpUs(qint64 us) { m_offsetUs += us; }
    /// Runs fast by `ppm` (slow when negative) from now on. |ppm| < 100,000.
    void setDriftPpm(qint64 ppm);
    /// What the system says of its own clock, see OsTime.
    void setSystemWord(bool isSynchronised, qint64 boundUs);

    [[nodiscard]] Ticks now() const override;
    [[nodiscard]] qint64 utcUs() const override;
    [[nodiscard]] qint64 boundUs() const override { return m_boundUs; }
    [[nodiscard]] OsTime osTime() const override
    {
        return {utcUs(), m_boundUs, m_isSynchronised, 0};
    }
    /// @return how far utcUs() is off: positive when it is ahead.
    [[nodiscard]] qint64 errorUs() const { return utcUs() - m_world.utcUs(); }
    TimerId after(Ticks delay, std::function<void()> action) override;
    void cancel(TimerId id) override { m_world.cancel(id); }

private:
    Clock &m_world;
    Ticks m_since; ///< Of the world, when the drift was last set.
    Ticks m_gained{0}; ///< Against the world until then.
    qint64 m_driftPpm = 0;
    qint64 m_offsetUs = 0;
    qint64 m_boundUs = kOsBoundMinUs;
    bool m_isSynchronised = true;
};

} // namespace borg::sim
