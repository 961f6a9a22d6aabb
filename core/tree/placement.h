// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/broadcast.h>
#include <tree/moves.h>
#include <tree/place.h>
#include <tree/root_watch.h>
#include <tree/upkeep.h>
#include <tree/uplink.h>
#include <tree/walks.h>

namespace borg::tree {

/// Finds and keeps this node's parent, takes children, takes over from a dead root, and moves to
/// the better tree where two meet.
///
/// Every node begins as the root of a tree of its own, with epoch 0. Joining, and the merge of two
/// trees, are then the same: the root of the worse tree attaches to a node of the better one.
class Placement {
public:
    static constexpr Ticks kLookFor = std::chrono::milliseconds(150); ///< Before the first choice.
    /// The same when only newcomers answered: they may find a tree that is old and flat.
    static constexpr Ticks kLookForTree = std::chrono::milliseconds(600);
    static constexpr Ticks kAnswerWithin = std::chrono::seconds(1);
    static constexpr Ticks kRootAfter = std::chrono::seconds(3); ///< Without any candidate.
    static constexpr Ticks kSuccessorWithin = std::chrono::milliseconds(700);
    static constexpr Ticks kLoopSpread = std::chrono::milliseconds(500);
    /// A link that came up or answers so fast is as near as any: no search for a nearer one.
    static constexpr Ticks kNearDial = std::chrono::milliseconds(15);
    static constexpr Ticks kNearRtt = std::chrono::milliseconds(5);
    static constexpr Ticks kProbeFor = std::chrono::milliseconds(400); ///< From the first answer.
    static constexpr std::size_t kProbesMax = 24;
    static constexpr Ticks kBehindMax = std::chrono::seconds(5); ///< Of a child, then it goes.
    static constexpr quint32 kRootOfLeaves = 8; ///< Children of a root that takes none else.
    static constexpr std::size_t kFirstDials = 3;
    static constexpr std::size_t kDialsMax = 6; ///< In a round.
    static constexpr std::size_t kHistoryMax = 64;
    static constexpr quint32 kContactsWanted = 4;

    Placement(Context &context, Links &links, Broadcast &broadcast, Membership &members);

    void start(const Start &event);
    /// Nodes that were found while running; whoever has no parent tries them at once.
    void addSeeds(const std::vector<net::Peer> &seeds);
    void leave();
    void linkUp(const LinkUp &event);
    /// @param reason for people.
    void linkDown(const NodeId &peer, const QString &reason);
    void dialFailed(const net::Endpoint &endpoint);
    void wake();
    // Words of `from`. Each returns false when it breaks the protocol.
    [[nodiscard]] bool hear(Link &from, const Hello &word);
    [[nodiscard]] bool hear(Link &from, const State &word);
    [[nodiscard]] bool hear(Link &from, const Contacts &word);
    [[nodiscard]] bool hear(Link &from, const Attach &word, QByteArrayView digest);
    [[nodiscard]] bool hear(Link &from, const Accept &word, QByteArrayView digest);
    [[nodiscard]] bool hear(Link &from, const Redirect &word);
    [[nodiscard]] bool hear(Link &from, const Detach &word);
    [[nodiscard]] bool hear(Link &from, const Leaving &word);
    [[nodiscard]] bool hear(Link &from, const Use &word);
    [[nodiscard]] bool hear(Link &from, const Better &word);
    [[nodiscard]] bool hear(Link &from, const Walk &word);
    [[nodiscard]] bool hear(Link &from, const Walked &word);
    [[nodiscard]] bool hear(Link &from, const Probe &word);

    /// Goes to another parent at leisure, the best that is known; the old one stays until the new
    /// one has taken us. Nothing happens when there is no other.
    void leaveParent(const QString &reason);
    /// The parent, if it is the root, is no good: those who would follow it begin anew, the first
    /// of them at once.
    void replaceRoot(const QString &reason);

    /// @return from the last sign of life of the parent lost last until there was another one, or
    ///         this node took over; nothing when none was lost.
    [[nodiscard]] std::optional<Ticks> lastFailover() const { return m_lastFailover; }
    /// `from` brought a message that the root said at `tsUs`: how long it took.
    void heardRoot(const NodeId &from, qint64 tsUs);

    [[nodiscard]] const Standing &standing() const { return m_standing; }
    [[nodiscard]] const std::list<ParentChange> &history() const { return m_history; }
    [[nodiscard]] std::vector<net::Peer> knownPeers() const { return m_book.peers(); }

private:
    struct Search {
        QString reason;
        Ticks since{0};
        Ticks chooseAt{0}; ///< Not before, unless everybody answered.
        Ticks roundAt{0}; ///< When further peers are dialled.
        std::size_t dials = 0; ///< In this round.
        std::optional<Ticks> answeredAt{}; ///< When the first candidate was greeted.
        std::size_t walks = 0; ///< Sent out.
    };
    struct Move { ///< To a parent that has not answered yet.
        NodeId to;
        Ticks since{0};
        QString reason;
    };
    struct Flight { ///< A parent at fault is left as soon as somebody takes us.
        NodeId from;
        QString reason;
        Ticks until{0};
        Ticks next{0};
    };
    struct Orphan {
        NodeId lost;
        bool wasRoot = false; ///< Whoever is under the old root waits for the next one.
        bool wasIdle = false; ///< It never brought anything: the next one had better be proven.
        Ticks heardAt{0}; ///< Its last sign of life.
    };
    struct Succession {
        std::size_t index = 0;
        std::optional<Ticks> dialUntil;
    };

    // Looking for a parent (placement_search.cpp).
    void seek(const QString &reason, Ticks chooseAfter);
    void step();
    [[nodiscard]] bool stepSuccession();
    [[nodiscard]] bool isSettled() const;
    /// A newcomer far from all it knows: it looks further before it chooses.
    [[nodiscard]] bool stepProbes();
    [[nodiscard]] static bool isNear(const Link &link);
    /// Whether it may be a parent at all, whatever its tree.
    [[nodiscard]] bool canCarryUs(const Link &link) const;
    [[nodiscard]] bool isEligible(const Link &link) const;
    /// @param mayBeNew also a newcomer's own tree.
    [[nodiscard]] Link *choose(bool mayBeNew);
    void attachTo(Link &link);
    void giveUp();
    void takeOver(const QString &reason);
    /// @param heardAt its last sign of life.
    void parentLost(const QString &reason, Ticks heardAt);
    void noticeBetter(Link &link);

    // Changing the parent while the old one stays (placement_move.cpp).
    [[nodiscard]] bool mayMoveTo(const Link &link) const;
    void moveTo(Link &link, const QString &reason);
    void moved(Link &to);
    void cancelMove();
    void stepMove();
    void flee();
    void sendOnThoseBehind();
    void stepUplink();

    /// Charges the peer for a claim that cannot be.
    [[nodiscard]] Claim claimOf(const NodeId &sender, const Place &place) const;
    [[nodiscard]] bool believes(const NodeId &sender, const Place &place);
    void endOrphan();
    void accepted(Link &from);
    [[nodiscard]] static Contact contactOf(const Link &link);
    void adopt(Link &parent);
    void letGoOfParent();
    void childrenChanged();
    void tellSuccessors();
    void judgeAgain();
    void disownFuture();
    void tellPlace(bool isOtherTree);
    void refuse(Link &from, const QString &reason);
    [[nodiscard]] std::vector<Contact> suggestions(const Link &to, std::size_t most) const;
    void remember(const std::optional<NodeId> &parent, const QString &reason);
    void setState(TreeState state);
    [[nodiscard]] quint32 childCount() const;

    Context &m_context;
    Links &m_links;
    Broadcast &m_broadcast;
    Membership &m_members;
    Standing m_standing;
    AddressBook m_book;
    Upkeep m_upkeep;
    Moves m_moves;
    Walks m_walks;
    Uplink m_uplink;
    RootWatch m_rootWatch;
    Ticks m_startedAt{0};
    std::optional<Search> m_search;
    std::optional<Orphan> m_orphan;
    std::optional<Succession> m_succession;
    std::optional<Move> m_move;
    std::optional<Flight> m_flight;
    Ticks m_attachAt{0};
    std::optional<Ticks> m_loopAt; ///< The parent's way passes us: let go then.
    Ticks m_betterToldAt{-1'000'000};
    std::optional<Ticks> m_lastFailover;
    Ticks m_sentOnAt{-10'000'000}; ///< When a child was sent on because it was behind.
    std::map<NodeId, Ticks> m_refusedUntil;
    std::map<NodeId, Ticks> m_sentOnUntil; ///< Children that could not keep up.
    qint64 m_ownEpoch = 0; ///< Of our last takeover.
    std::vector<Contact> m_successorsTold;
    qptrdiff m_rootFaults = 0; ///< Of the parent that we have.
    std::list<ParentChange> m_history;
};

} // namespace borg::tree
