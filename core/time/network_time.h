// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <time/agreement.h>
#include <time/net_time.h>

namespace borg::time {

/// What the network demands before it is believed. The defaults are for the open internet.
struct Rules {
    std::size_t sourcesMin = 12; ///< Our own clock is one of them.
    std::size_t groupsMin = 6; ///< 1 where all nodes are on one computer or one LAN.
    std::size_t perGroupMax = 3; ///< Sources of one group that count. 0: all.
};

/// The machine behind NetClock: what the network's time is, from samples and the clock of the
/// operating system. Lives on one thread, asks no clock, draws no lots.
///
/// Network time = the monotonic clock + an offset. The offset steps once, when the time is known
/// for the first time; after that it moves by 500 ppm at most. It never leaves the interval of the
/// own clock while that is synchronised and has not jumped.
class NetworkTime {
public:
    static constexpr std::size_t kSourcesMax = 64; ///< The newest stay.
    static constexpr Ticks kSampleFor = std::chrono::minutes(5); ///< Then a sample is too old.
    static constexpr qint64 kSlewPpm = 500;
    static constexpr qint64 kDriftPpm = 15; ///< How fast a clock that is not corrected runs away.

    /// @param os the first reading.
    NetworkTime(Rules rules, Ticks now, const OsTime &os);

    void setRules(const Rules &rules) { m_rules = rules; }
    /// One exchange with a peer. Senseless ones (answered before asked, longer than 10 s) are
    /// dropped.
    void add(const Sample &sample, Ticks now);
    /// Looks at everything again. Call it every few seconds, and after samples while isSettled() is
    /// false.
    void evaluate(Ticks now, const OsTime &os);

    [[nodiscard]] NetTime netNow(Ticks now) const;
    /// Whether the step of the start is behind us.
    [[nodiscard]] bool isSettled() const { return m_isSettled; }
    [[nodiscard]] Served served(Ticks now) const;
    [[nodiscard]] Status status(Ticks now) const;
    /// Who said something that cannot be true, since the last call: at most kSourcesMax.
    [[nodiscard]] std::vector<NodeId> takeLiars();

private:
    struct Source {
        NodeId id;
        quint64 group = 0;
        Ticks at{0};
        qint64 offsetUs = 0; ///< Its time minus our axis.
        qint64 halfUs = 0; ///< rtt / 2 + its bound.
        Ticks rtt{0};
        quint32 upS = 0;
    };
    [[nodiscard]] qint64 offsetUs(Ticks now) const;

    Rules m_rules;
    const Ticks m_startedAt;
    OsTime m_os; ///< The last reading.
    qint64 m_osOffsetUs; ///< Its date minus our axis then.
    std::vector<Source> m_sources;
    Ticks m_fromAt; ///< Since when the offset moves from m_fromUs to m_targetUs.
    qint64 m_fromUs;
    qint64 m_targetUs;
    bool m_isSettled = false;
    State m_state = State::Local;
    qint64 m_boundUs = 0; ///< At m_boundAt.
    Ticks m_boundAt;
    std::vector<NodeId> m_liars;
};

} // namespace borg::time
