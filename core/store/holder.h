// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>
#include <disk/on_executor.h>
#include <net/rpc.h>
#include <store/pack_store.h>
#include <store/protocol.h>
#include <store/store_db.h>
#include <tree/directory.h>

#include <atomic>

namespace borg::store {

struct HolderOptions {
    qint64 bytesPerOwner = 0; ///< What one owner may have here; 0: no limit but the store's.
};

/// The giving side of a node: keeps records for others and answers for them. Trusts nobody: bytes
/// must hash to their id, nobody gets more than k - 1 shards of a segment stored here, and an owner
/// no more than its quota.
///
/// Lives on the node's thread. Handlers are called for peers through RpcPeer, and by this node for
/// its own files with its own id.
class Holder {
public:
    template <typename R>
    using Reply = QCoro::Task<Result<net::Answer<R>>>;

    /// Asks a peer for a record, whether it has it in truth; for `replaces`.
    using AskHave = std::function<QCoro::Task<Result<bool>>(NodeId node, ShardId id)>;

    /// @param all outlive this object.
    Holder(TaskScope &scope, Executor &executor, Executor &diskExecutor, PackStore &packs,
        const tree::Directory &directory, const NodeId &self);

    void setOptions(const HolderOptions &options) { m_options = options; }
    void setAskHave(AskHave ask) { m_askHave = std::move(ask); }
    /// Indexes what `packs`, opened, and `db` have. Call once, before anything else.
    QCoro::Task<Result<Done>> open(std::shared_ptr<StoreDb> db);
    void serveOn(net::RpcPeer &rpc);

    Reply<HaveReply> have(NodeId from, Have request, QByteArray body);
    Reply<PutReply> put(NodeId from, PutShard request, QByteArray body);
    Reply<GetReply> get(NodeId from, GetShard request, QByteArray body);
    Reply<RootReply> root(NodeId from, GetRoot request, QByteArray body);
    Reply<ListReply> list(NodeId from, ListFile request, QByteArray body);
    Reply<BindReply> bind(NodeId from, BindFile request, QByteArray body);
    Reply<RemoveReply> remove(NodeId from, RemoveFile request, QByteArray body);
    Reply<PointerReply> putPointer(NodeId from, PutPointer request, QByteArray body);
    Reply<ProveReply> prove(NodeId from, ProveShard request, QByteArray body);
    Reply<PointerReply> getPointer(NodeId from, GetPointer request, QByteArray body);

    /// @return the files of which anything is held, in order.
    [[nodiscard]] std::vector<ShardId> tags() const;
    /// @return the manifests that peers named for `tag`; not checked.
    [[nodiscard]] std::vector<ShardId> manifestsOf(const ShardId &tag) const;
    [[nodiscard]] std::optional<NodeId> ownerOf(const ShardId &tag) const;
    /// Reads everything held, at `bytesPerSecond` (0: as fast as it goes), checks every hash.
    QCoro::Task<Result<Done>> verifyAll(qint64 bytesPerSecond);

    [[nodiscard]] qint64 verifiedCount() const { return m_verified->load(); }
    [[nodiscard]] qint64 corruptCount() const { return m_corrupt; }

    /// `repairing` hears that a peer sees to a file's repair, `damaged` that a record is lost.
    void onRepairing(std::function<void(const NodeId &, const ShardId &tag)> repairing)
    {
        m_onRepairing = std::move(repairing);
    }
    void onDamaged(std::function<void(const ShardId &tag)> damaged)
    {
        m_onDamaged = std::move(damaged);
    }
    void onChanged(std::function<void()> changed) { m_onChanged = std::move(changed); }

private:
    struct Held {
        std::optional<NodeId> owner;
        std::vector<ShardId> manifests; ///< The owner's word first.
        std::vector<quint64> records; ///< segment << 16 | index, ordered.
        qint64 bytes = 0;
        bool isSaved = false; ///< Owner and manifests are in the database.
    };

    static constexpr std::size_t kRemovedMax = 4096;

    [[nodiscard]] bool wasRemoved(const ShardId &tag, const NodeId &owner) const;
    Result<Done> admit(const NodeId &from, const PutShard &request, qsizetype size) const;
    QCoro::Task<Result<Done>> makeRoom(NodeId from, PutShard request, QByteArray body);
    QCoro::Task<Result<Done>> store(PutShard request, QByteArray body);
    QCoro::Task<Result<Done>> saveHeld(ShardId tag);
    QCoro::Task<Result<Done>> removeOne(ShardId id);
    /// @return what there may be of the manifest's root page: all that exist when nothing is known.
    [[nodiscard]] std::vector<ShardId> rootPiecesOf(const ShardId &manifest) const;
    void drop(std::map<ShardId, Held>::iterator held);
    [[nodiscard]] int countOf(const Held &held, quint32 segment) const;
    void remember(const NodeId &from, const ShardId &tag, const std::optional<ShardId> &manifest,
        const std::optional<OwnerProof> &proof);
    [[nodiscard]] bool isOwner(const NodeId &from, const ShardId &tag,
        const std::optional<OwnerProof> &proof, OwnerAct act, const ShardId &what) const;
    void forget(const ShardId &tag, quint64 record, qint64 bytes);
    void lost(const DamagedShard &shard);

    TaskScope &m_scope;
    Executor &m_executor;
    Executor &m_diskExecutor;
    PackStore &m_packs;
    const tree::Directory &m_directory;
    const NodeId m_self;
    HolderOptions m_options;
    mutable crypto::ed25519::KnownKeys m_ownerKeys;
    AskHave m_askHave;
    std::shared_ptr<StoreDb> m_db;
    std::map<ShardId, Held> m_held; ///< By tag; ordered, so that a run repeats.
    std::map<ShardId, ShardId> m_tagOf; ///< The file of a manifest that was named first.
    std::map<NodeId, qint64> m_bytesOf; ///< By owner.
    std::shared_ptr<std::atomic<qint64>> m_verified = std::make_shared<std::atomic<qint64>>(0);
    int m_proving = 0; ///< Proofs under way: each reads a shard and hashes it.
    qint64 m_corrupt = 0;
    std::deque<std::pair<ShardId, NodeId>> m_removed; ///< Files whose owner took them back lately.
    std::function<void(const NodeId &, const ShardId &)> m_onRepairing;
    std::function<void(const ShardId &)> m_onDamaged;
    std::function<void()> m_onChanged;
};

} // namespace borg::store
