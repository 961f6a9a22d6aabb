// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>

#include <algorithm>

namespace borg::tree {

/// So much a second, and so much at once. Starts full. 16 bytes: a link has seven.
class TokenBucket {
public:
    TokenBucket(double perSecond, double burst, Ticks now)
        : m_perMs(static_cast<float>(perSecond / 1000))
        , m_burst(static_cast<float>(burst))
        , m_tokens(m_burst)
        , m_atMs(msOf(now))
    {
    }

    [[nodiscard]] bool has(double tokens, Ticks now)
    {
        const quint32 passedMs = msOf(now) - std::exchange(m_atMs, msOf(now)); // may wrap: 49 days
        m_tokens = std::min(m_burst, m_tokens + static_cast<float>(passedMs) * m_perMs);
        return static_cast<double>(m_tokens) >= tokens;
    }
    /// @return whether there were enough; takes none otherwise.
    bool take(double tokens, Ticks now)
    {
        if (!has(tokens, now))
            return false;
        m_tokens -= static_cast<float>(tokens);
        return true;
    }

private:
    [[nodiscard]] static quint32 msOf(Ticks now)
    {
        return static_cast<quint32>(now.count() / 1000);
    }

    float m_perMs;
    float m_burst;
    float m_tokens;
    quint32 m_atMs;
};

} // namespace borg::tree
