// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/envelope.h>
#include <tree/directory.h>
#include <tree/links.h>
#include <tree/member_facts.h>
#include <tree/member_messages.h>
#include <tree/partial_view.h>

namespace borg::tree {

/// Who is in the network.
///
/// Up to TreeConfig::fullViewMax nodes everybody knows everybody: each node broadcasts a signed
/// record of itself from time to time; who is not heard for three periods is offline; neighbours
/// that attach exchange what the other lacks. A larger network would drown in records. Then a node
/// is *quiet*: it broadcasts none, keeps only whom PartialView chooses, and exchanges records with
/// them (Meetings).
///
/// Nobody's word makes a node quiet, only records it verified: more than fullViewMax of them, or,
/// for a newcomer, how dense they lie around its own id. What others say of the size only makes it
/// look for some seconds before it announces itself.
class Membership {
public:
    static constexpr std::size_t kMembersMax = 4096;
    static constexpr int kPeriodsToOffline = 3;
    static constexpr Ticks kQuietPeriod = std::chrono::minutes(10); ///< Of a record of our own.
    static constexpr Ticks kQuietPeriodLocal = std::chrono::minutes(3);
    static constexpr Ticks kLookFor = std::chrono::seconds(20); ///< Before a newcomer decides.
    static constexpr Ticks kDeafFor = std::chrono::minutes(10); ///< Then it believes its own count.
    static constexpr std::size_t kNearestSaid = 16; ///< Records for a quiet node: near to it,
    static constexpr std::size_t kOthersSaid = 8; ///< and any.
    static constexpr std::size_t kAwayMax = 16; ///< Of those kept, who cannot be dialled.
    static constexpr std::size_t kWitnessesMin = 3;
    static constexpr Ticks kTouch = std::chrono::seconds(2);

    Membership(Context &context, Links &links);

    /// A checked tree.member of a node, us included.
    /// @return whether it was news. False also for a body that makes no sense.
    bool record(const NodeId &src, quint64 seq, const QByteArray &message, const net::Head &head);
    /// A checked tree.leave.
    void left(const NodeId &src, quint64 seq);
    /// It was dialled and did not answer: a large network does not wait for its silence.
    void unreachable(const NodeId &id);

    /// @return whom we know, without ourselves, in order of id: everybody, unless isQuiet().
    [[nodiscard]] std::vector<Member> members() const;
    [[nodiscard]] std::optional<Member> find(const NodeId &id) const;
    [[nodiscard]] std::size_t count() const { return m_entries.size(); }
    /// @return how many nodes are online, ourselves included: counted, or by
    /// PartialView::estimate().
    [[nodiscard]] qint64 estimate() const;
    enum class Draw : quint8 {
        Even, ///< Nobody can gather among them: who is drawn evenly from all comes first.
        Anybody, ///< More to choose from, where each has to prove itself.
    };
    /// @return up to `count` members that `wanted` takes, at random.
    [[nodiscard]] std::vector<net::Peer> sample(std::size_t count,
        const std::function<bool(const Member &)> &wanted, Draw draw = Draw::Even) const;
    /// @return the nearest to `id` first, of those who can be dialled.
    [[nodiscard]] std::vector<net::Peer> nearest(const NodeId &id, std::size_t count) const;

    /// @return a number that changes with every node that comes into sight.
    [[nodiscard]] quint32 news() const { return m_news; }

    /// The network is too large to know everybody: records are exchanged, not broadcast.
    [[nodiscard]] bool isQuiet() const { return m_isQuiet; }
    /// Somebody said so, and we do not know yet. Who never announced itself does not do it now.
    [[nodiscard]] bool isLooking() const { return !m_isQuiet && m_lookUntil != Ticks{0}; }

    /// Of who is known and online; 8 bytes. Empty while isQuiet(): lists are exchanged then.
    [[nodiscard]] QByteArray digest() const;
    void sayList(Link &link, bool isAnswer);
    /// `witness` says that the network is too large to know everybody, or not.
    void heardOfSize(const Link &witness, bool isQuiet);
    /// Everybody heard our record, and waits for the next.
    void setAnnounced(bool isAnnounced) { m_isAnnounced = isAnnounced; }
    /// @return whether somebody was heard just now: else it is our own line that is dead.
    [[nodiscard]] bool isInTouch() const;
    /// What `from` has; it gets what it lacks, and our list back. @return false when malformed.
    [[nodiscard]] bool list(Link &from, const MemberList &word, QByteArrayView body);
    /// Records that `from` passes on. @return false when one is not right.
    [[nodiscard]] bool records(Link &from, QByteArrayView body);
    /// @return the highest seq of ours that a neighbour knows; 0 for none.
    [[nodiscard]] quint64 ownSeqSeen() const { return m_ownSeqSeen; }

    [[nodiscard]] Ticks period() const;
    /// @return the same in a large network, whether this one is or not.
    [[nodiscard]] Ticks quietPeriod() const;
    /// Marks who went silent, and decides whether to be quiet.
    void wake();

private:
    /// 16 bytes: there are many. Times are tenths of seconds on our clock.
    struct Entry {
        FactsPtr facts;
        quint32 heard = 0;
        quint32 changed : 30 = 0;
        quint32 isOnline : 1 = 0;
        quint32 isAway : 1 = 0; ///< Could not be dialled, and said nothing new since.
    };
    using Entries = std::vector<Entry>;
    using Known = std::map<NodeId, quint64>; ///< seq by id.

    [[nodiscard]] Entries::iterator lookUp(const NodeId &id);
    [[nodiscard]] Entries::const_iterator lookUp(const NodeId &id) const;
    [[nodiscard]] quint32 tenths(Ticks ago = Ticks{0}) const;
    [[nodiscard]] static Member shown(const Entry &entry);
    [[nodiscard]] FactsPtr read(
        const NodeId &src, quint64 seq, const QByteArray &message, const net::Head &head) const;
    /// @return whether it was news.
    bool take(FactsPtr facts, Ticks ago, bool isOnline);
    void setOnline(Entry &entry, bool isOnline);
    enum class Heard : quint8 { Wrong, Known, News };
    [[nodiscard]] Heard passedOn(Link &from, bool isOnline, const QByteArray &head);
    [[nodiscard]] std::optional<Ticks> ageOf(qint64 tsUs) const;
    void say(Link &to, const Known &known, bool isEverything);
    [[nodiscard]] std::vector<const Entry *> chosenFor(const NodeId &id, const Known &known) const;
    void makeRoom();
    void prune();
    void decide();
    [[nodiscard]] bool isMostlyQuiet() const;
    void endLook();
    void setQuiet(bool isQuiet);
    [[nodiscard]] qint64 density() const;
    [[nodiscard]] qint64 onlineCount() const;

    Context &m_context;
    Links &m_links;
    Entries m_entries; ///< Without ourselves, in order of id.
    FactsPtr m_own;
    quint64 m_ownSeqSeen = 0;
    Ticks m_dueAt{0};
    PartialView m_view;
    bool m_isQuiet = false;
    bool m_isAnnounced = false;
    Ticks m_lookUntil{0};
    Ticks m_deafUntil{0};
    quint32 m_news = 0;
    int m_smallFor = 0; ///< Periods in which a quiet node found the network small.
    std::vector<std::pair<NodeId, bool>> m_witnesses; ///< Who said that it is quiet, or not.
};

} // namespace borg::tree
