// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/manifest_reader.h>
#include <store/put_task.h>

#include <set>

/// Asks holders to prove that they have what they say: of each shard one leaf of 4 KiB, chosen at
/// random, with its path to the shard's id. Whoever has the leaf only by chance or not at all
/// cannot answer, and an answer costs the network a hundredth of the shard.
///
/// After a proof of retrievability with hash paths (Juels, Kaliski: "PORs", 2007; as Storj and
/// Filecoin audit): a holder that keeps a part p of a shard passes one audit with probability p.
namespace borg::store {

class Audit : public std::enable_shared_from_this<Audit> {
public:
    static constexpr int kAtOnce = 32; ///< Challenges.
    static constexpr int kTries = 3; ///< The same one again, when no answer comes.

    Audit(StoreContext context, Rng &rng, Progress progress, Cancel cancel);

    /// Challenges the holders of all of a file, or of one segment of it chosen at random.
    /// @return what came of it; or NotFound (too little is left to know what to ask for),
    /// Malformed,
    ///         or Closed.
    QCoro::Task<Result<VerifyReport>> run(ShardId manifest, bool isSample);

private:
    struct Task {
        NodeId node;
        int index = 0;
        std::size_t block = 0;
    };
    struct Block {
        BlockRef ref; ///< No ids: pieces of the root page.
        std::set<int> proven;
    };
    enum class Outcome : quint8 { Proven, Wrong, Denied, Gone, Silent };

    QCoro::Task<Result<Done>> collect(bool isSample);
    void add(BlockRef block);
    QCoro::Task<Result<Done>> worker();
    QCoro::Task<bool> stillLists(Task task);
    QCoro::Task<Result<Outcome>> challenge(Task task);
    QCoro::Task<Result<Outcome>> challengeShard(NodeId node, ShardId id, qsizetype bytes);
    QCoro::Task<Result<Outcome>> challengeRoot(NodeId node, int index);
    void note(const Task &task, Outcome outcome);
    [[nodiscard]] VerifyReport report() const;

    const StoreContext m_context;
    Rng &m_rng;
    const Progress m_progress;
    const Cancel m_cancel;
    ManifestReader m_reader;
    std::vector<Block> m_blocks;
    std::vector<Task> m_tasks;
    std::size_t m_next = 0;
    std::set<NodeId> m_nodes;
    VerifyReport m_report;
};

} // namespace borg::store
