// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <base/node_id.h>

#include <QLatin1StringView>

#include <array>
#include <map>
#include <utility>
#include <vector>

namespace borg::tree {

/// What a peer did that costs it. Append: counters are shown by these names.
enum class Offence : quint8 {
    Malformed, ///< Does not parse, or breaks the protocol.
    Oversized, ///< Over a limit of a size or a number.
    BadSignature,
    Duplicate, ///< Whole copies again and again; the few that a moving tree makes are free.
    Replayed, ///< A message whose sequence number we have had.
    FutureDated,
    Expired,
    WrongNetwork,
    OverCredit, ///< Passed on more of a source than its credit and what a hop may hold.
    BrokenPromise, ///< Announced an id and did not send the message when asked.
    Late, ///< A parent whose messages come long after their ids came from others.
    IdFlood,
    PullFlood,
    WordFlood, ///< Walks, probes, hellos.
    Absurd, ///< A claim that cannot be: capacity, latency, time.
    Contradiction, ///< Two words that exclude each other: roots, records.
    SlowReader, ///< Does not take what it asked for.
    Censored, ///< A parent that did not pass on what it had.
    Silent, ///< Its link stood and nothing came: frozen, cut off, or it swallows what it has.
    ForgedChunk, ///< Of a big object: not what its root says.
};
inline constexpr std::size_t kOffenceCount = 20;

/// @return its name for programs: "badSignature".
[[nodiscard]] QLatin1StringView name(Offence offence);

/// What this node thinks of the peers it met, whatever becomes of the links to them: good deeds
/// add, offences cost, and all of it fades by a twentieth in ten seconds.
///
/// Below 0 a peer is not taken as a parent, below kCutBelow its link is cut, and at
/// kGreylistBelow, or at once for what no honest node does, it is refused for a while. Bounded:
/// the least interesting of kPeersMax peers is forgotten for a new one.
class Scores {
public:
    static constexpr std::size_t kPeersMax = 4096;
    static constexpr double kBest = 20; ///< Nobody saves up for a crime.
    static constexpr double kCutBelow = -50;
    static constexpr double kGreylistBelow = -100;
    static constexpr double kAfterGreylist = -20; ///< Where a peer that sat it out goes on.
    static constexpr Ticks kGreylistFor = std::chrono::hours(1);
    static constexpr Ticks kGreylistForLocal = std::chrono::seconds(20);

    /// @param isLocal all nodes are of one owner: greylists end soon.
    explicit Scores(bool isLocal)
        : m_isLocal(isLocal)
    {
    }

    /// The time of what follows; does not go backwards.
    void setNow(Ticks now) { m_now = now; }

    void add(const NodeId &peer, Offence offence, int count = 1);
    /// The link is cut, whatever the score.
    void condemn(const NodeId &peer, Offence offence);
    /// It was the first to bring messages.
    void reward(const NodeId &peer, int messages);
    /// Counts it, at no cost: a clock that is off, a copy on the way while the tree moved.
    void note(const NodeId &peer, Offence offence, int count = 1);

    [[nodiscard]] double of(const NodeId &peer) const;
    [[nodiscard]] bool mayBeParent(const NodeId &peer) const { return of(peer) > -0.5; }
    /// Dials from and to it are refused.
    [[nodiscard]] bool isGreylisted(const NodeId &peer) const;
    /// No link to it: greylisted, or not far from it.
    [[nodiscard]] bool isRefused(const NodeId &peer) const
    {
        return isGreylisted(peer) || of(peer) < kCutBelow;
    }
    /// @return the peers that have to be cut since the last call.
    [[nodiscard]] std::vector<NodeId> takeCondemned() { return std::exchange(m_condemned, {}); }

    struct Count {
        Offence offence;
        quint32 count = 0;
        friend bool operator==(const Count &, const Count &) = default;
    };
    /// What is known of one peer.
    struct Record {
        NodeId peer;
        double score = 0;
        Ticks greylistedFor{0}; ///< From now on; 0 when it is not.
        std::vector<Count> counts; ///< In the order of their first time.
    };
    /// @return those with offences, the worst first.
    [[nodiscard]] std::vector<Record> worst(std::size_t most) const;
    [[nodiscard]] std::size_t count() const { return m_peers.size(); }
    /// Over all peers since the start, by Offence.
    [[nodiscard]] const std::array<qint64, kOffenceCount> &totals() const { return m_totals; }

private:
    struct Entry {
        double score = 0; ///< At `at`.
        Ticks at{0};
        Ticks greylistedUntil{0};
        std::vector<Count> counts;
    };
    [[nodiscard]] double scoreOf(const Entry &entry) const;
    Entry &ensure(const NodeId &peer);
    void makeRoom();

    const bool m_isLocal;
    Ticks m_now{0};
    std::map<NodeId, Entry> m_peers;
    std::vector<NodeId> m_condemned;
    std::array<qint64, kOffenceCount> m_totals{};
};

} // namespace borg::tree
