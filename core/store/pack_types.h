// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <store/shard_id.h>

#include <QByteArray>
#include <QString>

#include <functional>
#include <vector>

namespace borg::store {

/// What is kept about a shard beside its bytes.
struct ShardMeta {
    ShardId manifest; ///< Whose shard it is, so that any holder can start a repair.
    quint32 segment = 0;
    quint16 index = 0; ///< Its place in the segment's code, below n.
    qint64 leaseUntilUtcMs = 0;

    friend bool operator==(const ShardMeta &, const ShardMeta &) = default;
};

struct PackOptions {
    QString folder; ///< Below the disk's root; made where there is none. Nobody else writes in it.
    qint64 bytesLimit = 0; ///< What all packs together may take of the disk; 0: no limit.
    qint64 packBytes = 256LL * 1024 * 1024; ///< 1 MiB to 256 MiB; smaller under a small limit.
    qint64 growBytes = 32LL * 1024 * 1024; ///< A pack reserves room in steps of this.
    int keepFreePermille = 50; ///< Of the disk; below it the store takes nothing new.

    // Group commit: one sync for all that came within `gatherMax`, sooner when nothing came for
    // `gatherQuiet` or `gatherBytes` are waiting, at once for a put that comes alone.
    qint64 gatherBytes = 8LL * 1024 * 1024;
    Ticks gatherQuiet{2'000};
    Ticks gatherMax{20'000};
    qint64 inFlightBytesMax = 64LL * 1024 * 1024; ///< Beyond it put() waits.

    int compactBelowPermille = 600; ///< A pack with less alive than this is rewritten.
    int compactSharePermille = 250; ///< Of the time, at most, that the disk is kept busy by it.
    qint64 snapshotEveryBytes = 1024LL * 1024 * 1024; ///< Written since the last index snapshot.
};

/// Whether puts are taken, and why not.
enum class PackState : quint8 {
    Opening,
    Writable,
    Full, ///< The limit or the disk's reserve is reached; goes back to Writable by itself.
    Failed, ///< The disk refused a write; only reads until it is opened again.
};

struct PackUsage {
    PackState state = PackState::Opening;
    QString reason; ///< Why it is Full or Failed; empty otherwise. For the log.
    qint64 shardCount = 0;
    qint64 shardBytes = 0; ///< Of the shards alone.
    qint64 liveBytes = 0; ///< Of their records: header, bytes and filling up to 4 KiB.
    qint64 deadBytes = 0; ///< Of everything else in the packs; compaction wins most of it back.
    qint64 reservedBytes = 0; ///< Reserved at the ends of packs, not written yet.
    qint64 limitBytes = 0; ///< As in PackOptions.
    qint64 roomBytes = 0; ///< What can still be put, by the limit and by the disk, as last seen.
    qint64 packCount = 0;

    /// What the packs take of the disk, to the byte.
    [[nodiscard]] qint64 diskBytes() const { return liveBytes + deadBytes + reservedBytes; }
};

/// A shard that the disk spoilt. It is gone from the store; repair has to bring it back.
struct DamagedShard {
    ShardId id;
    ShardMeta meta;
    qint64 bytes = 0;
    QString reason;
};

struct ScrubOptions {
    qint64 bytesPerSecond = 10LL * 1024 * 1024; ///< 0: as fast as the disk goes.
    /// Whether `bytes` are those of `id`; runs on the Executor and touches nothing else. May be
    /// empty: then only the checksums are checked.
    std::function<bool(const ShardId &id, QByteArrayView bytes)> verify;
};

struct ScrubReport {
    qint64 checkedCount = 0;
    qint64 checkedBytes = 0;
    std::vector<DamagedShard> damaged;
};

/// What open() found.
struct PackOpenReport {
    bool fromSnapshot = false;
    qint64 replayedRecords = 0;
    qint64 tornBytes = 0; ///< Cut off or skipped past the last commit mark: nothing of it was
                          ///< acknowledged.
    qint64 damagedBytes = 0; ///< Unreadable before the last commit mark: the disk spoilt it.
};

} // namespace borg::store
