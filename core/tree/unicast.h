// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/membership.h>
#include <tree/relay.h>
#include <tree/unicast_messages.h>

namespace borg::tree {

/// Messages to one node, from the source's and the destination's side: signed, acknowledged by the
/// destination, sent again on other ways until they are, delivered once.
///
/// A first attempt goes the best way known. Later ones stray for some hops first, so that somebody
/// on the way who swallows messages costs a retry and no more, and dial the destination as well.
class Unicast {
public:
    static constexpr qsizetype kAttachmentBytesMax = 64 * 1024; ///< Others carry it.
    static constexpr std::size_t kPendingMax = 1024;
    static constexpr Ticks kAttemptMin
        = std::chrono::milliseconds(600); ///< Then half as long again.
    static constexpr Ticks kAttemptMax = std::chrono::seconds(3);
    static constexpr Ticks kStrandedMin = std::chrono::milliseconds(200);
    static constexpr std::size_t kWaysMax = 1024;
    /// Ids of what came, so that nothing is delivered twice, for as long as a copy is not stale.
    /// Over this many the oldest are forgotten.
    static constexpr std::size_t kHeardMax = 65'536;

    /// @return whether the tree itself took the message of `src`.
    using Inner = std::function<bool(const NodeId &src, const QString &type, const QByteArray &)>;

    Unicast(Context &context, Links &links, const Membership &members, const Standing &standing,
        Inner inner);

    /// Sequence numbers rise from `seq` on at least.
    void raiseSeq(quint64 seq) { m_seq = std::max(m_seq, seq); }
    /// See TreeNode::sendTo(). Its end is told by Settled.
    /// @return the token that Settled names, or the error.
    Result<quint64> send(const NodeId &dst, const QString &type, const QJsonObject &body,
        QByteArrayView attachment, Ticks deadline);
    /// A link is ready to be used.
    void greeted(const NodeId &peer);
    void wake();
    /// Everything ends with Closed.
    void close();

    [[nodiscard]] Relay &relay() { return m_relay; }

private:
    struct Pending {
        quint64 token = 0;
        NodeId dst;
        QByteArray letter;
        quint32 attempt = 0; ///< The next.
        std::vector<Ticks> sentAt; ///< Of each attempt.
        Ticks dueAt{0};
        Ticks deadline{0};
        bool isStranded = false; ///< The last attempt: nobody knew a way.
        bool isDialled = false;
    };

    [[nodiscard]] Result<QByteArray> write(
        const net::Draft &draft, QByteArrayView attachment, MessageId &id) const;
    void attempt(const MessageId &id, Pending &pending);
    void dialIt(Pending &pending);
    void arrived(Link &from, const Parcel &parcel, const Letter &letter);
    void answer(const Parcel &parcel, const NodeId &src);
    void acknowledged(const NodeId &src, const QByteArray &message);
    void stranded(const MessageId &id, quint32 attempt);
    void learn(const NodeId &id, const QByteArray &way);
    [[nodiscard]] bool isFirst(const Letter &letter);
    void settle(const MessageId &id, Result<Receipt> outcome);

    Context &m_context;
    Links &m_links;
    const Membership &m_members;
    const Standing &m_standing;
    const Inner m_inner;
    Relay m_relay;
    TokenBucket m_credit; ///< Ours; every hop counts as well.
    TokenBucket m_dials{4, 16, Ticks{0}};
    quint64 m_seq = 0;
    quint64 m_lastToken = 0;
    std::map<MessageId, Pending> m_pending;
    std::map<NodeId, QByteArray> m_ways; ///< Where nodes are in the tree, as they told.
    std::set<MessageId> m_heard;
    std::list<std::pair<Ticks, MessageId>> m_heardOrder; ///< When to forget; oldest first.
};

} // namespace borg::tree
