// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>

#include <algorithm>

namespace borg::tree {

/// So much a second, and so much at once. Starts full.
class TokenBucket {
public:
    TokenBucket(double perSecond, double burst, Ticks now)
        : m_perSecond(perSecond)
        , m_burst(burst)
        , m_tokens(burst)
        , m_at(now)
    {
    }

    [[nodiscard]] bool has(double tokens, Ticks now)
    {
        const std::chrono::duration<double> passed = now - std::exchange(m_at, now);
        m_tokens = std::min(m_burst, m_tokens + passed.count() * m_perSecond);
        return m_tokens >= tokens;
    }
    /// @return whether there were enough; takes none otherwise.
    bool take(double tokens, Ticks now)
    {
        if (!has(tokens, now))
            return false;
        m_tokens -= tokens;
        return true;
    }

private:
    double m_perSecond;
    double m_burst;
    double m_tokens;
    Ticks m_at;
};

} // namespace borg::tree
