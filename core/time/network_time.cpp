// SPDX-License-Identifier: GPL-3.0-or-later
#include "network_time.h"

namespace borg::time {

NetworkTime::NetworkTime(Rules rules, Ticks now, const OsTime &os)
    : m_rules(rules)
    , m_startedAt(now)
    , m_os(os)
    , m_osOffsetUs(os.utcUs - now.count())
    , m_fromAt(now)
    , m_fromUs(m_osOffsetUs)
    , m_targetUs(m_osOffsetUs)
    , m_boundUs(os.boundUs)
    , m_boundAt(now)
{
}

void NetworkTime::add(const Sample &, Ticks) { }

void NetworkTime::evaluate(Ticks now, const OsTime &os)
{
    m_os = os;
    m_osOffsetUs = os.utcUs - now.count();
    m_boundUs = os.boundUs;
    m_boundAt = now;
}

qint64 NetworkTime::offsetUs(Ticks now) const
{
    const qint64 mostUs = (now - m_fromAt).count() * kSlewPpm / 1'000'000;
    return m_fromUs + std::clamp(m_targetUs - m_fromUs, -mostUs, mostUs);
}

NetTime NetworkTime::netNow(Ticks now) const
{
    return {now.count() + offsetUs(now), m_boundUs, m_state};
}

Served NetworkTime::served(Ticks) const
{
    return {0, m_boundUs};
}

Status NetworkTime::status(Ticks now) const
{
    Status status;
    status.time = netNow(now);
    return status;
}

std::vector<NodeId> NetworkTime::takeLiars()
{
    return std::exchange(m_liars, {});
}

} // namespace borg::time
