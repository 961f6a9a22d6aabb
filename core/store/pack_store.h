// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/executor.h>
#include <base/rng.h>
#include <base/task_scope.h>
#include <disk/disk.h>
#include <store/pack_types.h>

#include <QCoroTask>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace borg::store {

/// The shards a node holds for others: append-only packs with an index in memory.
///
/// A put or remove is durable when its task ends: it survives a power cut at any moment. Shards
/// are at most kShardBytesMax. Bytes are checked against their checksum whenever a shard is read
/// as a whole; a shard that fails is dropped, told through onDamaged(), and never handed out.
///
/// Lives on the node's thread; everything that blocks runs on the Executor. Closing `scope` ends
/// waiting puts with Closed (they may or may not be there later); destroy this object when the
/// scope is idle. One object per folder.
class PackStore {
public:
    static constexpr qint64 kShardBytesMax = 1024LL * 1024;

    /// @param scope, rng, disk, executor outlive this object. `rng` names the packs: a shard's
    ///        bytes cannot be made to look like records of ours by who does not know the name.
    PackStore(
        TaskScope &scope, Rng &rng, disk::Disk &disk, Executor &executor, PackOptions options);
    ~PackStore();

    /// Loads the index snapshot, replays what came after it, cuts torn ends. Call once, first.
    ///
    /// @return what it found, or Storage or NoSpace (a pack could not be read or the folder not
    ///         made: nothing was changed), Conflict (packs of a newer format) or Closed.
    QCoro::Task<Result<PackOpenReport>> open();

    /// Writes the index snapshot, so that the next open() is quick. Call it last, when no task of
    /// this store is under way and before the scope is closed; without it nothing is lost.
    QCoro::Task<Result<Done>> close();

    /// Stores a shard; ends when it is durable. A shard that is there already is Done at once.
    ///
    /// @return Done, TooLarge or Malformed (over kShardBytesMax, or empty), NoSpace (refused early,
    ///         usage().reason says why), Storage (the disk failed; read-only now) or Closed.
    QCoro::Task<Result<Done>> put(ShardId id, ShardMeta meta, QByteArray bytes);

    /// Reads a shard, or `sizeBytes` of it from `offset` (-1: to its end). Only whole reads are
    /// checked here: parts are for those who hold a proof.
    ///
    /// @return the bytes, or NotFound (also when the disk spoilt it), Malformed (a range outside),
    ///         Storage or Closed.
    QCoro::Task<Result<QByteArray>> get(ShardId id, qint64 offset = 0, qint64 sizeBytes = -1);

    /// Forgets a shard; ends when that is durable. Done when there is none. Works when Full.
    QCoro::Task<Result<Done>> remove(ShardId id);

    /// Whether `id` is there and durable.
    [[nodiscard]] bool contains(const ShardId &id) const;
    [[nodiscard]] std::optional<ShardMeta> meta(const ShardId &id) const;
    /// @return the size of the shard in bytes, if it is there.
    [[nodiscard]] std::optional<qint64> sizeBytes(const ShardId &id) const;
    /// All shards, in no order; takes time in proportion to their number.
    [[nodiscard]] std::vector<ShardId> ids() const;
    /// The shards of one manifest, in no order; takes time in proportion to their number only.
    [[nodiscard]] std::vector<ShardId> byManifest(const ShardId &manifest) const;
    [[nodiscard]] PackUsage usage() const;

    /// Reads every shard once and drops the damaged ones. One at a time (else Conflict).
    QCoro::Task<Result<ScrubReport>> scrub(ScrubOptions options);

    /// Rewrites packs in which too much is dead until none is left; runs by itself after removes,
    /// too. @return how many packs were won, or Storage, NoSpace, Conflict (running) or Closed.
    QCoro::Task<Result<qint64>> compact();

    /// Looks at the disk's free space anew. While Full, the store does so itself every 5 s.
    QCoro::Task<Result<Done>> refreshSpace();

    /// A shard was found damaged and is dropped. Called on the node's thread, one listener.
    void onDamaged(std::function<void(const DamagedShard &)> listener);
    /// usage().state changed. Called on the node's thread, one listener.
    void onStateChanged(std::function<void()> listener);

private:
    class Impl;
    Q_DISABLE_COPY_MOVE(PackStore)

    std::unique_ptr<Impl> m_impl;
};

} // namespace borg::store
