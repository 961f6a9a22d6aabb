// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>

namespace borg::tree {

/// How many children a node takes, by what it was seen to send.
///
/// What was once sent in a second can be sent: so the peak raises the class. That little was sent
/// says nothing, unless the queues of most children were full meanwhile: ten such seconds lower it.
class Uplink {
public:
    static constexpr Ticks kSpan = std::chrono::seconds(1);
    static constexpr int kFullSpans = 10;

    explicit Uplink(quint32 capacity)
        : m_capacity(capacity)
    {
    }

    /// @param bytesSent since the start. @param isFull most children wait for us.
    /// @return the children to take at most.
    quint32 look(Ticks now, qint64 bytesSent, bool isFull);

private:
    quint32 m_capacity;
    Ticks m_since{-1};
    qint64 m_bytes = 0;
    int m_fullSpans = 0;
    qint64 m_fullPeak = 0; ///< Bits per second, of those spans.
};

} // namespace borg::tree
