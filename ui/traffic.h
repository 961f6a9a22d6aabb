// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node_api.h"

#include <deque>

namespace borg::ui {

/// How fast bytes go by, per node and in all, out of the counters of the snapshots: a look a
/// second, the mean of the last three. Keeps nothing of nodes that are gone.
class Traffic {
public:
    static constexpr Ticks kEvery{900'000};
    static constexpr std::size_t kWindow = 4; ///< Looks that a rate is made of.
    static constexpr std::size_t kHistoryMax = 60;

    /// Bytes a second.
    struct Rate {
        double in = 0;
        double out = 0;
        friend bool operator==(const Rate &, const Rate &) = default;
    };

    /// Looks at the counters, unless the last look was just now.
    void look(Ticks now, const Snapshot &snapshot);
    /// Another node, or a new connection: nothing of before counts.
    void forget() { *this = {}; }

    [[nodiscard]] Rate of(const QString &id) const;
    [[nodiscard]] Rate total() const;
    /// One entry a look, oldest first.
    [[nodiscard]] const std::deque<Rate> &history() const { return m_history; }

private:
    struct Look {
        Ticks at{};
        qint64 in = 0;
        qint64 out = 0;
    };
    using Looks = std::deque<Look>;
    static void add(Looks &looks, Ticks now, qint64 in, qint64 out);
    [[nodiscard]] static Rate rateOf(const Looks &looks);

    std::map<QString, Looks> m_peers;
    std::map<QString, std::pair<qint64, qint64>> m_counters; ///< In and out at the last look.
    Looks m_total;
    std::deque<Rate> m_history;
    Ticks m_lastAt{};
    bool m_hasLooked = false;
};

} // namespace borg::ui
