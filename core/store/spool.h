// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <disk/disk.h>
#include <store/shard_id.h>

#include <vector>

namespace borg::store {

/// Shards of own files that the network has no room for yet: spool/<tag>/<segment>, a file per
/// coded block with its n shards one after the other. They are ciphertext like any shard and are
/// checked by their ids when they are used. Every call blocks: use OnExecutor. Thread-safe.
class Spool {
public:
    /// @param disk outlives this object.
    explicit Spool(disk::Disk &disk)
        : m_disk(disk)
    {
    }

    /// Durable when done. @pre the shards are of one size
    Result<Done> save(const ShardId &tag, quint32 segment, const std::vector<QByteArray> &shards);
    /// @return its `n` shards, NotFound or Storage.
    Result<std::vector<QByteArray>> load(const ShardId &tag, quint32 segment, int n);
    /// @return the blocks of a file, in order of their number.
    Result<std::vector<quint32>> segments(const ShardId &tag);
    Result<Done> remove(const ShardId &tag, quint32 segment);
    Result<Done> removeAll(const ShardId &tag);

private:
    disk::Disk &m_disk;
};

} // namespace borg::store
