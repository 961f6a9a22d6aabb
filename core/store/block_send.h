// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/flow.h>
#include <store/shard_net.h>

namespace borg::store {

/// The shards of one coded block that are to be placed: of a put, from the spool, or rebuilt.
struct Outgoing {
    ShardId tag;
    quint32 segment = 0; ///< Or pageSegment(), or kRootSegment.
    Code code;
    ShardId key; ///< For placement: the id of shard 0, or the manifest's.
    std::vector<ShardId> ids; ///< n, by index.
    std::vector<QByteArray> shards; ///< n, by index; empty ones are not at hand.
    std::vector<Holding> held; ///< Where shards are already.
    int durableAt = 0; ///< So many distinct ones make it safe.
    std::optional<NodeId> owner; ///< When it is not this node.
    std::optional<ShardId> manifest; ///< When it is known.
    AccountPtr account{}; ///< Of the owner, when it is ours: signs what only the owner may ask.
    bool askFirst = false; ///< A put that broke off may have sent some of them.

    [[nodiscard]] qint64 sizeBytes() const;
};

/// Sends a block's shards to their places, and elsewhere when a node refuses. Kept alive by its own
/// tasks.
class BlockSend : public std::enable_shared_from_this<BlockSend> {
public:
    /// @param net outlives the tasks.
    BlockSend(ShardNet &net, Outgoing block, Cancel cancel);

    /// `safe` is called once, when durableAt distinct shards are durable.
    void onSafe(std::function<void()> safe) { m_safe = std::move(safe); }

    /// @return Done when nothing more can be placed now: look at durable(). Or Closed.
    QCoro::Task<Result<Done>> run();

    [[nodiscard]] const Outgoing &block() const { return m_block; }
    [[nodiscard]] int durable() const; ///< Distinct indexes.
    [[nodiscard]] bool isSafe() const { return durable() >= m_block.durableAt; }
    [[nodiscard]] int sentNow() const { return m_sent; }

private:
    /// How long slow nodes are waited for once the block is safe.
    static constexpr Ticks kStragglersWithin = std::chrono::seconds(5);

    QCoro::Task<Result<Done>> askWhoHas();
    [[nodiscard]] int startSends();
    [[nodiscard]] int startSwaps();
    void start(int index, const NodeId &node, std::optional<Holding> swap);
    QCoro::Task<Result<Done>> sendOne(int index, NodeId node, std::optional<Holding> swap);
    [[nodiscard]] bool isHeld(int index) const;

    ShardNet &m_net;
    Outgoing m_block;
    std::optional<OwnerProof> m_bindProof;
    const Cancel m_cancel;
    Cancel m_stop;
    Signal m_changed;
    std::set<NodeId> m_refused;
    std::map<int, NodeId> m_running;
    std::function<void()> m_safe;
    int m_sent = 0;
};

} // namespace borg::store
