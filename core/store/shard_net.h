// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/flow.h>
#include <store/holder.h>
#include <store/placement.h>

namespace borg::store {

/// Which node holds which records of one file, as the nodes last said.
class Locations {
public:
    void set(const NodeId &node, std::vector<quint64> records);
    void add(const NodeId &node, quint32 segment, int index);
    void drop(const NodeId &node, quint32 segment, int index);
    void forget(const NodeId &node) { m_records.erase(node); }

    /// @return who holds shards of `segment`, in order of node and index.
    [[nodiscard]] std::vector<Holding> of(quint32 segment) const;
    /// @return the distinct indexes of `segment` that nodes for which `counts` is true hold.
    [[nodiscard]] int alive(
        quint32 segment, const std::function<bool(const NodeId &)> &counts) const;
    /// @return for each of the segments (or pages) from `first` on how many distinct shards the
    ///         nodes for which `counts` is true hold.
    [[nodiscard]] std::vector<int> aliveFrom(
        quint32 first, std::size_t count, const std::function<bool(const NodeId &)> &counts) const;

private:
    std::map<NodeId, std::vector<quint64>> m_records; ///< segment << 16 | index, ordered.
};

/// The nodes that hold shards, this one included, and how to ask them. Calls to this node go to its
/// own Holder without a link. Lives on the node's thread.
class ShardNet {
public:
    /// @param all outlive this object.
    ShardNet(TaskScope &scope, net::RpcPeer &rpc, Holder &holder, PackStore &packs,
        const tree::Directory &directory, const NodeId &self, bool holdsHere);

    template <typename R>
    [[nodiscard]] QCoro::Task<Result<net::Answer<typename R::Reply>>> ask(
        NodeId node, R request, QByteArray body = {}, net::CallOptions options = {})
    {
        if (node == m_self)
            return toHolder(std::move(request), std::move(body));
        return m_rpc.call(node, std::move(request), std::move(body), std::move(options));
    }

    /// @return the records of `tag` at every online node. Those that do not answer are left out.
    [[nodiscard]] QCoro::Task<Result<Locations>> locate(ShardId tag, bool repairing = false);
    /// As locate(), but slow nodes are not waited for once `isEnough` says yes to what came.
    [[nodiscard]] QCoro::Task<Result<Locations>> locateEnough(
        ShardId tag, std::function<bool(const Locations &)> isEnough);
    /// @return which of `ids` are durable at `node`, in their order.
    [[nodiscard]] QCoro::Task<Result<std::vector<bool>>> have(
        NodeId node, std::vector<ShardId> ids);

    [[nodiscard]] const NodeId &self() const { return m_self; }
    [[nodiscard]] TaskScope &scope() const { return m_scope; }
    /// @return nodes to put to: online, with room.
    [[nodiscard]] std::vector<Site> sites() const;
    /// @return the online nodes, this one first.
    [[nodiscard]] std::vector<NodeId> online() const;
    [[nodiscard]] bool isOnline(const NodeId &node) const;
    /// @return how many nodes can take shards now.
    [[nodiscard]] int nodeCount() const;
    /// A node said that it is full, or failed: not a site for a while.
    void avoid(const NodeId &node, Ticks span);
    [[nodiscard]] bool isAvoided(const NodeId &node) const;
    /// A node failed to prove what it says it has: for a while it is not a site, and locate(), by
    /// which health is judged and repaired, does not believe it. A get still asks it, and checks.
    void distrust(const NodeId &node, Ticks span);
    [[nodiscard]] bool isDistrusted(const NodeId &node) const;

    static constexpr Ticks kPutWithin = std::chrono::seconds(30);
    static constexpr Ticks kGetWithin = std::chrono::seconds(15);
    static constexpr Ticks kAskWithin = std::chrono::seconds(5);
    static constexpr Ticks kAllWithin = std::chrono::milliseconds(250); ///< Then enough will do.

private:
    template <typename R>
    QCoro::Task<Result<net::Answer<typename R::Reply>>> toHolder(R request, QByteArray body)
    {
        if constexpr (std::is_same_v<R, Have>)
            return m_holder.have(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, PutShard>)
            return m_holder.put(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, GetShard>)
            return m_holder.get(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, GetRoot>)
            return m_holder.root(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, ListFile>)
            return m_holder.list(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, BindFile>)
            return m_holder.bind(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, PutPointer>)
            return m_holder.putPointer(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, GetPointer>)
            return m_holder.getPointer(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, ProveShard>)
            return m_holder.prove(m_self, std::move(request), std::move(body));
        else if constexpr (std::is_same_v<R, RemoveFile>)
            return m_holder.remove(m_self, std::move(request), std::move(body));
    }
    struct Listing;
    QCoro::Task<Result<Done>> listInto(std::shared_ptr<Listing> listing, NodeId node, ShardId tag);
    QCoro::Task<Result<std::vector<quint64>>> listOne(NodeId node, ShardId tag, bool repairing);

    TaskScope &m_scope;
    net::RpcPeer &m_rpc;
    Holder &m_holder;
    PackStore &m_packs;
    const tree::Directory &m_directory;
    const NodeId m_self;
    const bool m_holdsHere;
    std::map<NodeId, Ticks> m_avoid; ///< Until when.
    std::map<NodeId, Ticks> m_distrusted; ///< The same.
};

/// The cap of placement.h in terms of a node count: k - 1 at any size of the network, so that
/// nothing has to move when it grows; one shard each where k is 1.
[[nodiscard]] int nodesForCaps(const Code &code, int nodes);
/// @return how many shards of a segment `nodes` nodes can take.
[[nodiscard]] int placeable(const Code &code, int nodes);

} // namespace borg::store
