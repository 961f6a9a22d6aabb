// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <time/agreement.h>
#include <time/net_time.h>

namespace borg::time {

/// What the network demands before it is believed. The defaults are for the open internet.
struct Rules {
    std::size_t sourcesMin = 12; ///< Our own clock is one of them.
    std::size_t groupsMin = 6; ///< 1 where all nodes are on one computer or one LAN.
    std::size_t perGroupMax = 3; ///< Sources of one group that count.
    /// So many sources, or so long the same, before the network may say something else than a
    /// synchronised clock, or than the network said before.
    std::size_t sourcesToConfirm = 48;
    Ticks confirmAfter = std::chrono::seconds(192);
    NodeId self{}; ///< Decides between two equal clocks of which nothing is known.

    /// All nodes are of one owner: addresses say nothing, and liars are not to be expected.
    static Rules local(const NodeId &self)
    {
        return {12, 1, 64, 12, std::chrono::seconds(30), self};
    }
};

/// The machine behind NetClock: what the network's time is, from samples and the clock of the
/// operating system. Lives on one thread, asks no clock, draws no lots.
///
/// Network time = the monotonic clock + an offset. The offset steps once, when two thirds of enough
/// sources agree for the first time; after that it moves by 500 ppm at most, and never out of the
/// interval of the own clock while that is synchronised and has not jumped. docs/decisions says why
/// a synchronised clock can be overruled at the start, and what few sources may do.
class NetworkTime {
public:
    static constexpr std::size_t kSourcesMax = 64; ///< The newest stay.
    static constexpr Ticks kSampleFor = std::chrono::minutes(5); ///< Then a sample is too old.
    static constexpr Ticks kBurstFor = std::chrono::seconds(12); ///< The best sample of that span.
    static constexpr Ticks kPatience
        = std::chrono::minutes(4); ///< A newcomer learns the time in that.
    static constexpr Ticks kHoldoverFor = std::chrono::hours(1);
    static constexpr Ticks kGuessAfter
        = std::chrono::seconds(20); ///< A larger network decides before.
    static constexpr Ticks kGuessUntil
        = std::chrono::minutes(2); ///< Few sources count at the start.
    static constexpr std::size_t kGuessersMin = 3; ///< To overrule a synchronised clock.
    static constexpr qint64 kSlewPpm = 500;
    static constexpr qint64 kDriftPpm = 15; ///< How fast a clock that is not corrected runs away.
    static constexpr qint64 kJumpUs = 500'000; ///< More is no correction of a running clock.
    static constexpr qint64 kFarUs = 1'000'000; ///< A difference to warn of.
    static constexpr qint64 kNarrowUs = 2'000'000; ///< A wider interval is of a clock nobody keeps.
    static constexpr qint64 kRttUsMax = 10'000'000;
    static constexpr quint32 kOlderS = 5; ///< Nodes that started within it are equally old.

    /// @param os the first reading.
    NetworkTime(Rules rules, Ticks now, const OsTime &os);

    void setRules(const Rules &rules) { m_rules = rules; }
    /// One exchange with a peer. Senseless ones (answered before asked, longer than 10 s, dates
    /// before 1970 or after 2110) are dropped.
    void add(const Sample &sample);
    /// Looks at everything again. Call it every few seconds, and after each sample while
    /// isSettled() is false.
    void evaluate(Ticks now, const OsTime &os);

    [[nodiscard]] NetTime netNow(Ticks now) const;
    /// Whether the step of the start is behind us.
    [[nodiscard]] bool isSettled() const { return m_isSettled; }
    [[nodiscard]] Served served(Ticks now) const;
    [[nodiscard]] Status status(Ticks now) const;
    /// Who said again, since the last call, for kPatience now, what two thirds of the others
    /// exclude by more than a second, and with a narrow bound: once for each sample.
    [[nodiscard]] std::vector<NodeId> takeLiars() { return std::exchange(m_liars, {}); }

private:
    /// A peer's clock, measured.
    struct Source {
        NodeId id;
        quint64 group = 0;
        Ticks at{0};
        qint64 offsetUs = 0; ///< Its time minus our axis.
        qint64 halfUs = 0; ///< rtt / 2 + its bound.
        quint32 upS = 0;
        bool isJudged = false; ///< This sample.
        std::optional<Ticks> lyingSince; ///< In this sample and those before.
    };
    /// The sources that count, as intervals.
    struct Opinions {
        std::vector<Interval> intervals; ///< Of the peers; our own clock last when it counts.
        std::size_t peers = 0;
        std::size_t groups = 0;
        std::size_t voters = 0; ///< Those, and an own clock that is known to be wrong.
    };

    void readOs(Ticks now, const OsTime &os);
    [[nodiscard]] Opinions gather(Ticks now) const;
    [[nodiscard]] bool mayFollow(
        Ticks now, const Region &region, qint64 middleUs, std::size_t voters);
    bool evaluateQuorum(Ticks now, const Opinions &opinions);
    void evaluateAlone(Ticks now, const Opinions &opinions);
    [[nodiscard]] bool mayGuess(Ticks now, const Region &others, const Opinions &opinions) const;
    void findLiars(Ticks now, const Interval &accepted);

    [[nodiscard]] Interval ageing(const Source &source, Ticks now) const;
    [[nodiscard]] Interval osInterval() const;
    [[nodiscard]] bool isOsCredible() const;
    [[nodiscard]] qint64 offsetUs(Ticks now) const;
    void step(Ticks now, qint64 toUs);
    void slew(Ticks now, qint64 toUs);
    void setBound(Ticks now, qint64 boundUs);

    Rules m_rules;
    const Ticks m_startedAt;
    std::vector<Source> m_sources; ///< The oldest first.

    OsTime m_os; ///< The last reading.
    qint64 m_osOffsetUs; ///< Its date minus our axis then.
    bool m_hasOsJumped = false; ///< It says something else than it said before.
    bool m_isOsOverruled = false; ///< At the start the network said otherwise.

    Ticks m_fromAt; ///< Since when the offset moves from m_fromUs to m_targetUs.
    qint64 m_fromUs;
    qint64 m_targetUs;
    bool m_isSettled = false;
    bool m_isGuessed = false; ///< Few sources made us step.
    State m_state = State::Local;
    qint64 m_candidateUs = 0; ///< What the last quorum said,
    std::optional<Ticks> m_candidateAt; ///< and since when it says so.
    Ticks m_agreedAt{0}; ///< The last quorum.
    qint64 m_boundUs; ///< At m_boundAt.
    Ticks m_boundAt;

    std::size_t m_sourceCount = 0; ///< For status().
    std::size_t m_agreeing = 0;
    std::size_t m_peerCount = 0;
    qint64 m_peersMiddleUs = 0; ///< On our axis.
    qint64 m_spreadUs = 0;
    std::vector<NodeId> m_liars;
};

} // namespace borg::time
