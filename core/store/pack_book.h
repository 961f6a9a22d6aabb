// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/pack_index.h>

#include <map>

namespace borg::store {

/// What is known about one pack.
struct Pack {
    quint64 secret = 0;
    qint64 fileBytes = 0; ///< With what is reserved at its end.
    qint64 usedBytes = 0; ///< Where the next record goes.
    qint64 appliedBytes = 0; ///< Before it everything is durable and in the index.
    qint64 markedBytes = 0; ///< The commit mark says so up to here.
    qint64 liveBytes = 0;
    quint32 openBatches = 0; ///< Given room, and not durable yet.
    bool isSealed = false; ///< Nothing is appended any more.
    bool isSpoilt = false; ///< A write to it failed: behind appliedBytes anything may lie.
};

/// The state of a pack store in memory: the index, the packs, and the accounts to the byte.
/// Changes in the order of the records on disk; replaying them gives the same book.
class PackBook {
public:
    explicit PackBook(std::size_t seed)
        : m_index(seed)
    {
    }

    [[nodiscard]] const PackIndex &index() const { return m_index; }
    [[nodiscard]] const std::map<quint32, Pack> &packs() const { return m_packs; }
    /// @pre the pack exists. Sizes are changed through setSizes() only.
    [[nodiscard]] Pack &pack(quint32 number) { return m_packs.at(number); }
    [[nodiscard]] bool hasPack(quint32 number) const { return m_packs.contains(number); }

    void addPack(quint32 number, const Pack &pack);
    void erasePack(quint32 number); ///< @pre nothing in it is alive
    void setSizes(quint32 number, qint64 fileBytes, qint64 usedBytes);

    /// A record of a shard is durable. An older one of it is dead from now on.
    void put(const ShardId &id, Location at, quint32 bytes, const ShardMeta &meta);
    /// The shard is gone. @return whether it was there.
    bool remove(const ShardId &id);
    /// A copy of a live record is durable. When the shard is not at `from` any more, the copy is
    /// dead at once.
    void move(const ShardId &id, Location from, Location to);

    /// A record of `id` that is not alive lies, or may lie, in some pack: while it does, the record
    /// that removed the shard has to be kept.
    void addDead(const ShardId &id) { ++m_dead[id]; }
    void dropDead(const ShardId &id);
    [[nodiscard]] quint32 deadCount(const ShardId &id) const;
    [[nodiscard]] const std::unordered_map<ShardId, quint32, ShardIdHash> &dead() const
    {
        return m_dead;
    }

    [[nodiscard]] quint64 nextSequence() { return m_sequence++; }
    [[nodiscard]] quint64 sequence() const { return m_sequence; }
    void raiseSequence(quint64 atLeast) { m_sequence = std::max(m_sequence, atLeast); }

    [[nodiscard]] qint64 usedBytes() const { return m_usedBytes; }
    [[nodiscard]] qint64 fileBytes() const { return m_fileBytes; }
    /// Everything of PackUsage that the book knows.
    [[nodiscard]] PackUsage usage() const;

private:
    PackIndex m_index;
    std::map<quint32, Pack> m_packs;
    std::unordered_map<ShardId, quint32, ShardIdHash> m_dead; ///< How often, where not 0.
    quint64 m_sequence = 1;
    qint64 m_usedBytes = 0;
    qint64 m_fileBytes = 0;
    qint64 m_liveBytes = 0;
    qint64 m_shardBytes = 0;
};

/// The index snapshot: the book in a file of its own, with a checksum over all of it.
/// @return the bytes, or nothing while the book is not fit for it (see Pack::isSpoilt).
[[nodiscard]] std::optional<QByteArray> encodeSnapshot(const PackBook &book);
/// @return the book with packs whose files may have grown or gone, or nothing.
[[nodiscard]] std::optional<PackBook> decodeSnapshot(QByteArrayView bytes, std::size_t seed);

} // namespace borg::store
