// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/bulk.h>
#include <tree/clocks.h>
#include <tree/counting.h>
#include <tree/dial_back.h>
#include <tree/lookout.h>
#include <tree/meetings.h>
#include <tree/placement.h>
#include <tree/unicast.h>

namespace borg::tree {

/// PeerTree as a state machine without I/O: events and the time go in, actions come out.
///
/// Whoever drives it owns the links and the one timer. So a test can hold every step in its hand,
/// and thousands of nodes fit into one process.
class PeerTree {
public:
    /// @param rng, crypto outlive this object.
    PeerTree(TreeConfig config, Rng &rng, const crypto::Crypto &crypto);

    /// Takes one event and appends what is to be done. Never fails, never calls back.
    void on(const Event &event, Moment moment, Actions &actions);
    /// See TreeNode::broadcast().
    Result<MessageId> broadcast(const QString &type, const QJsonObject &body, QByteArray attachment,
        Moment moment, Actions &actions);

    /// The same; NodesCounted follows.
    Result<MessageId> broadcastCounted(const QString &type, const QJsonObject &body,
        QByteArray attachment, Moment moment, Actions &actions);
    /// See TreeNode::sendTo(). Settled tells what became of it.
    /// @return the token that Settled names.
    Result<quint64> sendTo(const NodeId &dst, const QString &type, const QJsonObject &body,
        QByteArrayView attachment, Ticks deadline, Moment moment, Actions &actions);
    /// See TreeNode::ping().
    Result<quint64> ping(const NodeId &dst, Ticks deadline, Moment moment, Actions &actions);

    /// See TreeNode::publishBulk().
    Result<BulkObject> publishBulk(const BulkRecord &record, Moment moment, Actions &actions);
    /// See TreeNode::dropBulk().
    Result<Done> dropBulk(const BulkId &id, Moment moment, Actions &actions);

    /// Asks `dst` where it is; MemberFound follows when it says so.
    Result<quint64> locate(const NodeId &dst, Ticks deadline, Moment moment, Actions &actions);

    /// Sends a word of the tree itself to one node; Settled follows.
    template <wire::Message M>
    Result<quint64> tell(
        const NodeId &dst, const M &word, Ticks deadline, Moment moment, Actions &actions)
    {
        return sendInner(dst, M::kName, wire::encodeFields(word), deadline, moment, actions);
    }
    /// @return nodes to ask where they see us, two at most, of different parts of the internet.
    [[nodiscard]] std::vector<net::Peer> mirrors() { return m_dialBack.mirrors(); }
    [[nodiscard]] const net::Endpoint &self() const { return m_config.self; }

    [[nodiscard]] TreeStatus status() const;
    [[nodiscard]] bool isLocal() const { return m_config.local; }
    [[nodiscard]] const Standing &standing() const { return m_placement.standing(); }
    [[nodiscard]] const Membership &members() const { return m_members; }
    [[nodiscard]] std::vector<net::Peer> knownPeers() const;
    [[nodiscard]] const Scores &scores() const { return m_context.scores; }
    [[nodiscard]] std::vector<BulkStatus> bulks() const;

private:
    void handle(const LinkUp &event);
    void handle(const LinkDown &event);
    void handle(const DialFailed &event);
    void handle(const FrameArrived &event);
    void handle(const SendRefused &event);
    void handle(const Writable &event);
    void handle(const TimerFired &event);
    void handle(const Start &event);
    void handle(const Leave &event);
    void handle(const SetFreeBytes &event);
    void handle(const ServeTime &event);
    void handle(const TimeLie &event);
    void handle(const SetSelf &event);
    void handle(const AddSeeds &event);
    void handle(const CheckReach &event);
    void handle(const Probed &event);
    void handle(const BulkEvent &event);

    void begin(Moment moment, Actions &actions);
    void finish();
    /// All that is due by now, in every part.
    void tick(Links::Cue cue);
    /// The peer sent its heartbeat. @return true.
    bool beaten(const NodeId &by);
    [[nodiscard]] bool hear(Link &from, const wire::Frame &frame);
    [[nodiscard]] bool isInner(const Broadcast::Received &received);
    Result<quint64> sendInner(const NodeId &dst, std::string_view type, const QJsonObject &body,
        Ticks deadline, Moment moment, Actions &actions);
    void asked(const NodeId &src);
    void found(const NodeId &src, const QByteArray &message);
    void called(const NodeId &src, const Call &word);
    void met(const NodeId &src, const Meet &word);
    [[nodiscard]] bool isInnerMessage(
        const NodeId &src, const QString &type, const QByteArray &message);
    // peer_tree_bulk.cpp
    [[nodiscard]] bool takesBulk() const { return m_bulk || m_config.bulkBytesMax > 0; }
    [[nodiscard]] bool isInnerBulk(const Broadcast::Received &received);
    Bulk &ensureBulk();
    void announceSelf();
    void greeted(Link &link);
    /// More than so many cannot have a message.
    [[nodiscard]] std::size_t mostNodes() const;
    void drop(const NodeId &peer, const QString &reason);

    TreeConfig m_config; ///< Only `self` changes.
    Context m_context;
    Links m_links;
    Membership m_members;
    Broadcast m_broadcast;
    Placement m_placement;
    Counting m_counting;
    Lookout m_lookout;
    Meetings m_meetings;
    Clocks m_clocks;
    Unicast m_unicast;
    DialBack m_dialBack;
    std::unique_ptr<Bulk> m_bulk; ///< From the first big object on.
    TokenBucket m_callsIn{4, 16, Ticks{0}}; ///< Dials that others ask for.
    TokenBucket m_findsIn{20, 100, Ticks{0}}; ///< Answers that others ask for.
    qint64 m_freeBytes;
    Ticks m_wakeTold = Ticks::max(); ///< When our timer fires.
    Ticks m_tickedAt{0};
    Ticks m_announceAt = Ticks::max(); ///< The next member record of ours.
    bool m_isKnownToAll = false; ///< Everybody waits for our next record.
    bool m_wasQuiet = false; ///< Membership::isQuiet(), as of the last announcement.
    std::optional<NodeId> m_announcedIn; ///< The root of the tree that heard the last one.
};

} // namespace borg::tree
