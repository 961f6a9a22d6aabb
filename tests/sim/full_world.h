// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "../store/store_fakes.h"
#include "tree_world.h"

#include <sim/sim_disk.h>
#include <sim/sim_executor.h>
#include <sim/task_result.h>
#include <store/code_table.h>
#include <store/shard_id.h>
#include <store/store_node.h>

#include <set>

/// Whole nodes in one thread: tree and store as core/node wires them, over two simulated networks
/// (one for each protocol), each node on a disk that outlives its process.
namespace borg::test {

/// A transport whose process can die under it: from then on nothing comes and nothing goes.
class MortalTransport final : public net::Transport {
public:
    explicit MortalTransport(std::unique_ptr<net::Transport> living)
        : m_living(std::move(living))
    {
    }
    void die() { m_living.reset(); }

    void setListener(Listener *listener) override;
    void dial(const net::Peer &peer) override;
    void dialUnknown(const net::Endpoint &endpoint) override;
    void hangUp(const NodeId &peer) override;
    Result<Done> send(const NodeId &to, const wire::Frame &frame) override;

private:
    std::unique_ptr<net::Transport> m_living;
};

class FullWorld;
struct FullHost;

/// One run of a node, from its start to its death.
class FullNode {
public:
    FullNode(FullWorld &world, FullHost &host);
    ~FullNode();

    /// Opens the store, then joins the tree, as core/node does.
    void start(std::vector<net::Peer> seeds);
    /// As kill -9 and a power cut: not a frame nor a byte more. Destroy it once isGone().
    void die();
    [[nodiscard]] bool isGone() const { return m_scope.isIdle(); }
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    [[nodiscard]] std::size_t onlineCount() const;

private:
    QCoro::Task<Result<Done>> openThenJoin(std::vector<net::Peer> seeds);
    void storeChanged();
    void rememberSoon();

    FullHost &m_host;
    TaskScope m_scope;
    sim::SimRng m_rng;
    MortalTransport m_treeLinks;
    MortalTransport m_bulkLinks;
    sim::SimExecutor m_executor;
    bool m_isOpen = false;
    qint64 m_announcedFreeBytes = 0;
    Clock::TimerId m_rememberTimer = Clock::TimerId::None;

public:
    std::map<tree::MessageId, int> heard;
    tree::TreeNode tree;
    store::StoreNode store;

private:
    tree::Directory::Watch m_watch;
};

/// A computer: what stays when the process dies.
struct FullHost {
    FullHost(quint64 seed, quint32 ofNumber);

    const quint32 number;
    const net::Peer peer;
    sim::SimDisk disk;
    sim::SimCrypto crypto;
    SimKeySource keys;
    std::vector<net::Peer> remembered; ///< The file "peers" of a real node.
    int starts = 0;
    std::unique_ptr<FullNode> node; ///< None: it is down.
    std::vector<std::unique_ptr<FullNode>> dying;
};

/// The shards of one segment on one disk.
struct Shelf {
    std::set<int> indexes;
    int rootK = 0; ///< Of pieces of a root page.
    store::ShardId manifest; ///< As those pieces name it.
};
using Shelves = std::map<std::pair<store::ShardId, quint32>, Shelf>; ///< By file's tag, segment.

/// A put under way, or broken off by the death of its node.
struct Upload {
    quint32 host = 0;
    int start = 0; ///< Which run of the host does it.
    QByteArray bytes;
    QString fingerprint;
    store::PutOptions options;
    std::optional<QCoro::Task<Result<store::PutResult>>> task;
};

struct Download {
    Result<store::GetResult> result;
    QByteArray bytes;
};

class FullWorld {
public:
    explicit FullWorld(quint64 ofSeed, const sim::LinkFaults &treeFaults = {});
    ~FullWorld();

    /// Node 0 makes the tree; the others join it at once through some of the first ones.
    void joinAll(quint32 count);
    /// A dead one starts again from its disk, with the peers it remembers.
    void restart(quint32 number);
    void kill(quint32 number);
    [[nodiscard]] bool canRestart(quint32 number) const;

    FullHost &host(quint32 number) { return *hosts.at(number); }
    FullNode &node(quint32 number) { return *hosts.at(number)->node; }
    [[nodiscard]] bool isUp(quint32 number) const { return hosts.at(number)->node != nullptr; }
    [[nodiscard]] std::vector<quint32> up() const;
    /// @return a living node with an open store that is none of `not`.
    quint32 anyBut(const std::set<quint32> &notThose);

    void advance(Ticks span);
    /// Runs until `done` or for `most` of virtual time. @return whether it was done.
    template <typename F>
    bool runUntil(F done, Ticks most, Ticks step = std::chrono::milliseconds(50))
    {
        const Ticks end = clock.now() + most;
        while (!done() && clock.now() < end)
            advance(step);
        return done();
    }

    /// @return what is wrong with the one tree that the living form; empty when nothing is.
    [[nodiscard]] QString treeFlaw() const;
    /// @return whether every living node sees exactly the living ones online.
    [[nodiscard]] bool everybodyKnowsAll() const;
    bool settles(Ticks most)
    {
        return runUntil(
            [this] { return treeFlaw().isEmpty() && everybodyKnowsAll(); }, most, Ticks(250'000));
    }
    /// @return how many of the living but `source` did not hear `id` once exactly.
    [[nodiscard]] int missing(const tree::MessageId &id, quint32 source) const;
    [[nodiscard]] bool isOnlineAt(quint32 number, quint32 whom) const;
    void partition(const std::map<NodeId, int> &groups);
    void heal();

    /// Begins a put, or takes it up again after the death of its node.
    void begin(Upload &upload);
    Result<store::PutResult> put(
        quint32 at, const QByteArray &bytes, const store::PutOptions &options);
    Download get(quint32 at, const QString &link);
    /// @return what the node says of one of its own files.
    [[nodiscard]] store::FileInfo fileAt(quint32 number, const QString &fileId) const;

    /// @return what a disk holds, read from its packs.
    [[nodiscard]] static Shelves shelvesOf(sim::SimDisk &disk);
    /// @return which disk, dead ones included, has k shards of a segment or a root page; empty when
    ///         none has. `smallestK`: of files whose manifest nobody holds.
    [[nodiscard]] QString hoarder(int smallestK);
    /// @return distinct shards that the living hold of the file's weakest segment, of the root page
    ///         when the file is inside it; -1 when there is no trace of the file.
    [[nodiscard]] int weakest(const QString &fileId);
    /// @return of how many files with segments the living hold anything.
    [[nodiscard]] std::size_t fileCount();
    [[nodiscard]] qint64 shardsHeld() const;

    /// Over all frames, and all calls to all disks.
    [[nodiscard]] quint64 traceHash() const;

    const quint64 seed;
    sim::SimClock clock;
    sim::SimRng rng;

private:
    void start(quint32 number, std::vector<net::Peer> seeds);
    [[nodiscard]] std::map<store::ShardId, store::Code> codesByTag(
        const std::vector<Shelves> &shelves) const;
    void reap();

    sim::SimRng m_networkRng;

public:
    sim::SimNetwork treeNetwork;
    sim::SimNetwork bulkNetwork;
    tree::TreeConfig treeConfig;
    store::StoreConfig storeConfig;
    std::vector<std::unique_ptr<FullHost>> hosts; ///< By number.
    std::map<QString, store::Code> codes; ///< Of what was put, by id.
};

/// Bytes that no two places share.
[[nodiscard]] QByteArray content(qsizetype size, quint64 seed);
template <typename T>
[[nodiscard]] QString wordsOf(const Result<T> &result)
{
    return result.ok() ? QStringLiteral("ok")
                       : QString(name(result.error().code)) + u' ' + result.error().detail;
}

} // namespace borg::test
