// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/rng.h>
#include <base/task_scope.h>
#include <crypto/crypto.h>
#include <tree/bulk_spool.h>
#include <tree/directory.h>
#include <tree/tree_types.h>

#include <functional>
#include <memory>
#include <time/net_time.h>

namespace borg::tree {

class PeerTree;

/// This node's place in the overlay: joins and keeps its links, carries broadcasts, knows the
/// members. A thin driver that connects the state machine PeerTree with a Transport and a clock.
///
/// Lives on the node's thread; callbacks come from the event loop, never from inside a call.
/// Two-phase stop as every service: leave() (optional), close the scope, drain it, destroy.
class TreeNode final : public net::Transport::Listener, public Directory {
public:
    /// @param scope, rng, treeLinks, crypto outlive this object, which becomes the listener of
    ///        `treeLinks` until it is destroyed.
    TreeNode(TaskScope &scope, Rng &rng, net::Transport &treeLinks, const crypto::Crypto &crypto,
        TreeConfig config);
    ~TreeNode();

    /// Finds a place in the tree through `seeds` (id known: invite link, remembered peers) and
    /// `unknownSeeds` (address alone). Both empty: becomes the root of a new tree. Once.
    void start(std::vector<net::Peer> seeds, std::vector<net::Endpoint> unknownSeeds,
        std::vector<net::Peer> anchors = {});

    /// Tells members and neighbours, so that the children move at once. Done when the links are
    /// closed (at most 1 s), or Closed. start() is not possible afterwards.
    [[nodiscard]] QCoro::Task<Result<Done>> leave();

    /// Sends to every other node of the network; not delivered here. Broadcasts of one loop turn
    /// share a signature.
    ///
    /// @param type 1 to 64 printable ASCII characters; `body` canonical (integers below 2^53, ASCII
    ///        keys) and at most 48 KiB of text; `attachment` at most 512 KiB.
    /// @return its id, or Malformed, TooLarge, Busy (over the credit of this node, or its links are
    ///         full: try again later), Closed (not started, or left).
    Result<MessageId> broadcast(QString type, QJsonObject body, QByteArray attachment = {});

    /// The same, and counts who has it.
    ///
    /// @return how many other nodes have it, after 3 s at most; a node that lies can add to it.
    ///         Or the errors of broadcast(); Busy also while 32 are counted.
    [[nodiscard]] QCoro::Task<Result<quint32>> broadcastCounted(
        QString type, QJsonObject body, QByteArray attachment = {});

    /// `delivered` gets each broadcast of others once. Set before start().
    void onDelivered(std::function<void(const Delivered &)> delivered);

    /// Sends a message to one node, whatever stands between: over a link if there is one, over the
    /// tree otherwise. Others see its head and may drop it, so it is sent again on other ways; the
    /// destination alone can acknowledge it, and delivers it once.
    ///
    /// @param type, body as broadcast(); `attachment` at most 64 KiB (Unicast).
    /// @return Done: it arrived. Or Timeout, Unreachable (nobody knows a way), Conflict (this node
    ///         itself), Malformed, TooLarge, Busy (over the credit of this node, or 1,024 are under
    ///         way) or Closed. After Timeout and Unreachable it may have arrived all the same.
    [[nodiscard]] QCoro::Task<Result<Done>> sendTo(NodeId to, QString type, QJsonObject body,
        QByteArray attachment = {}, Ticks deadline = std::chrono::seconds(15));
    /// Asks a node whether it is there. @return how far it is, or the errors of sendTo().
    [[nodiscard]] QCoro::Task<Result<Receipt>> ping(
        NodeId to, Ticks deadline = std::chrono::seconds(5));
    /// `message` gets what others sent to this node alone, once each. Set before start().
    void onMessage(std::function<void(const Delivered &)> message);

    /// Makes a link to a node: dials it, asks it to dial us, lets both dial at once (3 times),
    /// which opens the way through most NATs. A link that nothing uses ends by itself after a
    /// while. To a node to which several messages went over others, one is made without asking.
    /// @return Done: there is a link. Or Unreachable: messages go over others all the same; or the
    ///         errors of sendTo().
    [[nodiscard]] QCoro::Task<Result<Done>> connect(NodeId to);
    /// `wanted` is told of nodes that cannot dial this one and want a link for bulk; with a port
    /// when they dial at this moment, see Transport::punch().
    using BulkDial = std::function<void(const net::Peer &, std::optional<quint16> fromPort)>;
    /// @param isLinked whether there is such a link already.
    void onBulkDialWanted(BulkDial wanted, std::function<bool(const NodeId &)> isLinked);
    /// How neighbours are asked where they see a port of ours; `answer` once, with nothing when
    /// they cannot tell. Without it we say that we are where TreeConfig::self says.
    using Mirror = std::function<void(const net::Peer &helper, quint16 fromPort,
        std::function<void(std::optional<net::Endpoint>)> answer)>;
    void onMirror(std::function<quint16()> sparePort, Mirror mirror);

    /// Where chunks of big objects lie; without it none is taken. Before start(); outlives this
    /// object, or is taken back with nullptr.
    void setBulkSpool(BulkSpool *spool);
    /// Announces an object to everybody, for `ttl` from now. Its chunks are in the spool by the
    /// time resumeBulk() says so; an object of ours from before is forgotten everywhere.
    /// @return it, or Malformed, TooLarge, Busy (over the credit of this node, or too much is on
    ///         its way to everybody) or Closed.
    Result<BulkObject> publishBulk(
        const QString &name, qint64 sizeBytes, const crypto::Hash &root, Ticks ttl);
    /// These chunks are in the spool: of the last run, or of what was just published.
    void resumeBulk(const QByteArray &head, const BulkBits &have);
    /// Is not taken again; when it is ours, everybody forgets it.  @return Done, or NotFound
    Result<Done> dropBulk(const BulkId &id);
    [[nodiscard]] std::vector<BulkStatus> bulks() const;
    /// `changed` when an object came, is whole, stopped or went.
    void onBulkChanged(std::function<void(const BulkId &)> changed);

    /// `changed` comes after status() changed in more than counters and times; often several
    /// changes at once.
    void onChanged(std::function<void()> changed);

    /// `heard` gets what peers said of the time; for time::NetClock::add().
    void onTimeSample(std::function<void(const time::Sample &)> heard);
    /// What those who ask for the time are told from now on.
    void serveTime(const time::Served &served);
    /// Two thirds of many sources exclude what `peer` says of the time.
    void chargeTimeLie(const NodeId &peer);

    [[nodiscard]] TreeStatus status() const;

    /// What the store offers yet; goes into this node's next member record.
    void setFreeBytes(qint64 bytes);

    /// Others shall dial us there from now on; told to everybody when it is another one.
    void setSelf(net::Endpoint endpoint);
    /// Nodes that were found while running, in the LAN.
    void addSeeds(std::vector<net::Peer> seeds);

    /// Asks two neighbours to dial us at the address that they see us at; `checked` gets what they
    /// say, within 15 s: empty when there is nobody to ask.
    void checkReach(quint16 port);
    void onReachChecked(std::function<void(const std::vector<DialBackResult> &)> checked);
    /// How neighbours are dialled that ask for it; `answer` once, with nothing when the peer's key
    /// answered. Without it they are told that we cannot.
    using Probe
        = std::function<void(const net::Peer &, std::function<void(std::optional<Errc>)> answer)>;
    void onProbe(Probe probe);

    /// @return peers worth remembering for the next start, the best first, at most 500.
    [[nodiscard]] std::vector<net::Peer> knownPeers() const;

    // Directory
    /// @return how many nodes are online, with this one; when it does not know all of them, about.
    [[nodiscard]] qint64 networkSize() const;
    /// @return whether members() are all there are; otherwise a part: see Membership.
    [[nodiscard]] bool knowsEverybody() const;
    /// @return up to `count` members that `wanted` takes, drawn evenly from the whole network.
    [[nodiscard]] std::vector<net::Peer> sample(
        std::size_t count, const std::function<bool(const Member &)> &wanted) const;
    /// Finds out where a node is: in this node's own view, or by asking the node itself, wherever
    /// in the tree it may be.
    /// @return what it says of itself, or the errors of sendTo().
    [[nodiscard]] QCoro::Task<Result<Member>> locate(
        NodeId id, Ticks deadline = std::chrono::seconds(10));

    [[nodiscard]] std::vector<Member> members() const override;
    [[nodiscard]] std::optional<Member> find(const NodeId &id) const override;
    [[nodiscard]] Watch watch(std::function<void(const NodeId &)> changed) override;
    [[nodiscard]] bool askForBulk(const NodeId &id) override;

private:
    // net::Transport::Listener
    void linkUp(const net::Peer &peer, net::Direction direction) override;
    void linkDown(const NodeId &peer, Errc why) override;
    void frameArrived(const NodeId &from, const wire::Frame &frame) override;
    void writable(const NodeId &peer, wire::FrameClass frameClass) override;
    void dialFailed(const net::Endpoint &endpoint, Errc why) override;

    struct Driver;
    std::unique_ptr<Driver> m_driver;
};

} // namespace borg::tree
