// SPDX-License-Identifier: GPL-3.0-or-later
#include "uplink.h"

#include "place.h"

namespace borg::tree {

quint32 Uplink::look(Ticks now, qint64 bytesSent, bool isFull)
{
    if (m_since < Ticks{0}) {
        m_since = now;
        m_bytes = bytesSent;
    }
    if (now < m_since + kSpan)
        return m_capacity;
    const qint64 bits = 8 * std::max(bytesSent - m_bytes, qint64{0});
    const qint64 rate = bits * 1'000'000 / (now - m_since).count();
    m_since = now;
    m_bytes = bytesSent;
    m_fullSpans = isFull ? m_fullSpans + 1 : 0;
    m_fullPeak = isFull ? std::max(m_fullPeak, rate) : 0;
    if (m_fullSpans >= kFullSpans)
        m_capacity = std::min(m_capacity, capacityFor(m_fullPeak));
    else if (!isFull)
        m_capacity = std::max(m_capacity, capacityFor(rate));
    return m_capacity;
}

} // namespace borg::tree
