// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/broadcast.h>
#include <tree/standing.h>
#include <tree/upkeep.h>

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
    static constexpr std::size_t kFirstDials = 3;
    static constexpr std::size_t kDialsMax = 6; ///< In a round.
    static constexpr std::size_t kHistoryMax = 64;
    static constexpr quint32 kContactsWanted = 4;

    Placement(Context &context, Links &links, Broadcast &broadcast, Membership &members);

    void start(const Start &event);
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

    [[nodiscard]] const Standing &standing() const { return m_standing; }
    [[nodiscard]] const std::deque<ParentChange> &history() const { return m_history; }
    [[nodiscard]] std::vector<net::Peer> knownPeers() const { return m_book.peers(); }

private:
    struct Search {
        QString reason;
        Ticks since{0};
        Ticks chooseAt{0}; ///< Not before, unless everybody answered.
        Ticks roundAt{0}; ///< When further peers are dialled.
        std::size_t dials = 0; ///< In this round.
    };
    struct Orphan {
        NodeId lost;
        bool wasRoot = false; ///< Whoever is under the old root waits for the next one.
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
    [[nodiscard]] bool isEligible(const Link &link) const;
    /// @param mayBeNew also a newcomer's own tree.
    [[nodiscard]] Link *choose(bool mayBeNew);
    void attachTo(Link &link);
    void giveUp();
    void takeOver(const QString &reason);
    void parentLost(const QString &reason);
    void noticeBetter(Link &link);

    void adopt(Link &parent);
    void letGoOfParent();
    void childrenChanged();
    void tellSuccessors();
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
    Ticks m_startedAt{0};
    std::optional<Search> m_search;
    std::optional<Orphan> m_orphan;
    std::optional<Succession> m_succession;
    Ticks m_attachAt{0};
    std::optional<Ticks> m_loopAt; ///< The parent's way passes us: let go then.
    Ticks m_betterToldAt{-1'000'000};
    std::map<NodeId, Ticks> m_refusedUntil;
    std::vector<Contact> m_successorsTold;
    std::deque<ParentChange> m_history;
};

} // namespace borg::tree
