// SPDX-License-Identifier: GPL-3.0-or-later
#include "net_clock.h"

namespace borg::time {

NetClock::NetClock(Clock &below)
    : m_below(below)
    , m_time({}, below.now(), below.osTime())
{
}

NetClock::~NetClock()
{
    m_below.cancel(m_timer);
}

void NetClock::start(Rules rules, std::function<void()> looked)
{
    m_time.setRules(rules);
    m_looked = std::move(looked);
    m_below.cancel(m_timer);
    m_timer = m_below.after(kEvery, [this] { wake(); });
}

void NetClock::add(const Sample &sample)
{
    m_time.add(sample);
    if (!m_time.isSettled())
        evaluate();
}

Clock::TimerId NetClock::after(Ticks delay, std::function<void()> action)
{
    return m_below.after(delay, std::move(action));
}

void NetClock::wake()
{
    m_timer = m_below.after(kEvery, [this] { wake(); });
    evaluate();
}

void NetClock::evaluate()
{
    m_time.evaluate(now(), m_below.osTime());
    if (m_looked)
        m_looked();
}

} // namespace borg::time
