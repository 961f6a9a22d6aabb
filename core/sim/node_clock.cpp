// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_clock.h"

namespace borg::sim {

namespace {
constexpr qint64 kMillion = 1'000'000;
} // namespace

void NodeClock::setDriftPpm(qint64 ppm)
{
    m_gained = now() - m_world.now();
    m_since = m_world.now();
    m_driftPpm = ppm;
}

void NodeClock::setSystemWord(bool isSynchronised, qint64 boundUs)
{
    m_isSynchronised = isSynchronised;
    m_boundUs = boundUs;
}

Ticks NodeClock::now() const
{
    const Ticks passed = m_world.now() - m_since;
    return m_world.now() + m_gained + Ticks{passed.count() * m_driftPpm / kMillion};
}

qint64 NodeClock::utcUs() const
{
    return m_world.utcUs() + (now() - m_world.now()).count() + m_offsetUs;
}

Clock::TimerId NodeClock::after(Ticks delay, std::function<void()> action)
{
    // Rounded up: a timer must not fire before this clock says that the time has passed.
    const qint64 worldUs
        = m_driftPpm == 0 ? delay.count() : delay.count() * kMillion / (kMillion + m_driftPpm) + 2;
    return m_world.after(Ticks{worldUs}, std::move(action));
}

} // namespace borg::sim
