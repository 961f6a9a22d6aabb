// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/envelope.h>
#include <tree/directory.h>
#include <tree/links.h>
#include <tree/member_messages.h>

namespace borg::tree {

/// Who is in the network. Every node broadcasts a signed record of itself from time to time; who is
/// not heard for three periods is offline. Neighbours that attach exchange what the other lacks,
/// so a newcomer knows everybody at once.
class Membership {
public:
    static constexpr std::size_t kMembersMax = 4096;
    static constexpr int kPeriodsToOffline = 3;

    Membership(Context &context, Links &links)
        : m_context(context)
        , m_links(links)
    {
    }

    /// A checked tree.member of a node, us included.
    /// @return whether it was news. False also for a body that makes no sense.
    bool record(const NodeId &src, quint64 seq, const QByteArray &message, const net::Head &head);
    /// A checked tree.leave.
    void left(const NodeId &src, quint64 seq);

    [[nodiscard]] std::vector<Member> members() const;
    [[nodiscard]] std::optional<Member> find(const NodeId &id) const;
    [[nodiscard]] std::size_t count() const { return m_entries.size(); }
    /// @return up to `count` members that `wanted` takes, at random.
    [[nodiscard]] std::vector<net::Peer> sample(
        std::size_t count, const std::function<bool(const Member &)> &wanted) const;

    /// Of who is known and online; 8 bytes.
    [[nodiscard]] QByteArray digest() const;
    void sayList(Link &link, bool isAnswer);
    /// What `from` has; it gets what it lacks, and our list back. @return false when malformed.
    [[nodiscard]] bool list(Link &from, const MemberList &word, QByteArrayView body);
    /// Records that `from` passes on. @return false when one is not right.
    [[nodiscard]] bool records(QByteArrayView body);
    /// @return the highest seq of ours that a neighbour knows; 0 for none.
    [[nodiscard]] quint64 ownSeqSeen() const { return m_ownSeqSeen; }

    [[nodiscard]] Ticks period() const;
    /// Marks who went silent.
    void wake();

private:
    struct Entry {
        Member member;
        Ticks heardAt{0};
        quint64 seq = 0;
        QByteArray head; ///< The record as it was signed.
    };
    void setOnline(Entry &entry, bool isOnline);
    [[nodiscard]] bool passedOn(bool isOnline, const QByteArray &head);
    void makeRoom();

    Context &m_context;
    Links &m_links;
    std::map<NodeId, Entry> m_entries; ///< Without ourselves.
    Entry m_own;
    quint64 m_ownSeqSeen = 0;
    Ticks m_dueAt{0};
};

} // namespace borg::tree
