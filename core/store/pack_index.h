// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/pack_types.h>

#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace borg::store {

/// Where a record begins.
struct Location {
    quint32 pack = 0;
    quint32 block = 0; ///< In units of kBlockBytes.

    friend bool operator==(const Location &, const Location &) = default;
    friend auto operator<=>(const Location &, const Location &) = default;
};

/// All shards in memory: about 80 bytes each, so 160 MB for a terabyte of them.
///
/// Entries stay where they are when others come and go; a hash table of 4-byte numbers points to
/// them, and the entries of one manifest form a list.
class PackIndex {
public:
    struct Entry {
        ShardId id;
        quint16 index = 0;
        Location at;
        quint32 bytes = 0; ///< 0: this entry is free.
        quint32 segment = 0;
        qint64 leaseUntilUtcMs = 0;
        quint32 manifest = 0; ///< In m_manifests.
        quint32 next = kNone; ///< Of the same manifest; or the next free entry.
        quint32 previous = kNone;
    };

    /// @param seed nobody else knows: peers choose ids, and must not choose who collides.
    explicit PackIndex(std::size_t seed)
        : m_seed(seed)
        , m_manifestNumbers(0, Hash{seed})
    {
    }

    /// @return the entry, until the next change, or null.
    [[nodiscard]] const Entry *find(const ShardId &id) const;
    /// @pre the shard is not there, and bytes > 0
    void insert(const ShardId &id, Location at, quint32 bytes, const ShardMeta &meta);
    void moveTo(const ShardId &id, Location at); ///< @pre the shard is there
    void erase(const ShardId &id); ///< @pre the shard is there

    [[nodiscard]] qint64 count() const { return m_count; }
    [[nodiscard]] ShardMeta metaOf(const Entry &entry) const;
    [[nodiscard]] std::vector<ShardId> byManifest(const ShardId &manifest) const;
    /// Entries in use and free ones; a number names the same entry while its shard is there.
    [[nodiscard]] const std::deque<Entry> &entries() const { return m_entries; }

private:
    static constexpr quint32 kNone = ~0U;
    struct Hash {
        std::size_t seed;
        std::size_t operator()(const ShardId &id) const noexcept { return qHash(id, seed); }
    };
    struct Manifest {
        ShardId id;
        quint32 first = kNone;
        quint32 count = 0;
    };

    [[nodiscard]] std::size_t bucketOf(const ShardId &id) const;
    std::size_t find(const ShardId &id, quint32 &number) const;
    void grow();
    void link(quint32 number, const ShardId &manifest);
    void unlink(quint32 number);

    std::size_t m_seed;
    std::deque<Entry> m_entries;
    std::vector<quint32> m_buckets; ///< Entry numbers, or kNone; a power of two, at most 3/4 full.
    quint32 m_firstFree = kNone;
    qint64 m_count = 0;
    std::deque<Manifest> m_manifests;
    std::vector<quint32> m_freeManifests;
    std::unordered_map<ShardId, quint32, Hash> m_manifestNumbers;
};

} // namespace borg::store
