// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/flow.h>
#include <store/shard_net.h>

namespace borg::store {

/// A coded block: a segment, or a page of a manifest.
struct BlockRef {
    quint32 segment = 0; ///< Or pageSegment().
    Code code;
    std::vector<ShardId> ids; ///< n, by index.
    qsizetype shardBytes = 0;
};

struct Piece {
    int index = 0;
    NodeId node;
    QByteArray bytes;
};

/// How long shards take to come; tells when to stop waiting for a slow holder.
class Latency {
public:
    void add(Ticks took);
    /// @return twice the time in which 9 of 10 came, between 100 ms and 3 s.
    [[nodiscard]] Ticks patience() const;

private:
    static constexpr std::size_t kKept = 64;
    std::array<Ticks, kKept> m_took{};
    std::size_t m_count = 0;
};

enum class Check : quint8 {
    Size, ///< For whoever finds a wrong shard when decoding, as a get does.
    Hash, ///< Every piece is its id's; on the Executor.
};

/// Fetches any k shards of a block: the data shards first, parity when a holder is gone, slow or
/// lies. Used for one block; kept alive by its own tasks.
class BlockFetch : public std::enable_shared_from_this<BlockFetch> {
public:
    /// @param net, executor, latency outlive the tasks.
    BlockFetch(ShardNet &net, Executor &executor, Latency &latency, BlockRef block,
        const Locations &locations, Check check, Cancel cancel);

    /// @return k pieces of distinct indexes; NotFound (says how many of how many were found) or
    ///         Closed. Call again after reject() for others.
    QCoro::Task<Result<std::vector<Piece>>> fetch();
    /// The piece is not what it says: never asked for again there.
    void reject(const Piece &piece);
    [[nodiscard]] const BlockRef &block() const { return m_block; }

private:
    struct Candidate {
        int index;
        NodeId node;
    };
    [[nodiscard]] bool startNext();
    QCoro::Task<Result<Done>> fetchOne(Candidate from);
    [[nodiscard]] bool isWanted(int index) const;

    ShardNet &m_net;
    Executor &m_executor;
    Latency &m_latency;
    const BlockRef m_block;
    const Check m_check;
    const Cancel m_cancel;
    Cancel m_done; ///< Ends the calls that are not needed any more.
    Signal m_changed;
    std::deque<Candidate> m_candidates;
    std::vector<Candidate> m_later; ///< Whose calls ended with Closed, which may be at once.
    std::map<int, Piece> m_pieces;
    std::set<int> m_running;
};

} // namespace borg::store
