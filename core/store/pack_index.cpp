// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_index.h"

namespace borg::store {

namespace {

constexpr std::size_t kBucketsMin = 64;

} // namespace

std::size_t PackIndex::bucketOf(const ShardId &id) const
{
    return Hash{m_seed}(id) & (m_buckets.size() - 1);
}

/// @return the bucket that holds `id`, and its entry in `number`; or an empty one and kNone.
std::size_t PackIndex::find(const ShardId &id, quint32 &number) const
{
    std::size_t bucket = bucketOf(id);
    while (m_buckets[bucket] != kNone && m_entries[m_buckets[bucket]].id != id)
        bucket = (bucket + 1) & (m_buckets.size() - 1);
    number = m_buckets[bucket];
    return bucket;
}

const PackIndex::Entry *PackIndex::find(const ShardId &id) const
{
    quint32 number = kNone;
    if (!m_buckets.empty())
        find(id, number);
    return number == kNone ? nullptr : &m_entries[number];
}

void PackIndex::grow()
{
    const std::size_t size = std::max(kBucketsMin, m_buckets.size() * 2);
    m_buckets.assign(size, kNone);
    for (quint32 number = 0; number < m_entries.size(); ++number) {
        if (m_entries[number].bytes == 0)
            continue;
        quint32 nobody = kNone;
        m_buckets[find(m_entries[number].id, nobody)] = number;
    }
}

void PackIndex::insert(const ShardId &id, Location at, quint32 bytes, const ShardMeta &meta)
{
    BORG_ASSERT(bytes > 0);
    if (static_cast<std::size_t>(m_count + 1) * 4 > m_buckets.size() * 3)
        grow();
    quint32 number = kNone;
    const std::size_t bucket = find(id, number);
    BORG_ASSERT(number == kNone);
    if (m_firstFree != kNone) {
        number = m_firstFree;
        m_firstFree = m_entries[number].next;
    } else {
        number = static_cast<quint32>(m_entries.size());
        m_entries.emplace_back();
    }
    m_entries[number] = {.id = id,
        .index = meta.index,
        .at = at,
        .bytes = bytes,
        .segment = meta.segment,
        .leaseUntilUtcMs = meta.leaseUntilUtcMs};
    m_buckets[bucket] = number;
    ++m_count;
    link(number, meta.manifest);
}

void PackIndex::moveTo(const ShardId &id, Location at)
{
    quint32 number = kNone;
    find(id, number);
    m_entries[number].at = at;
}

void PackIndex::erase(const ShardId &id)
{
    quint32 number = kNone;
    std::size_t hole = find(id, number);
    BORG_ASSERT(number != kNone);
    unlink(number);
    m_entries[number] = {};
    m_entries[number].next = m_firstFree;
    m_firstFree = number;
    --m_count;

    // Moves up those that collided with it, so that no search ends too early.
    const std::size_t mask = m_buckets.size() - 1;
    m_buckets[hole] = kNone;
    for (std::size_t at = (hole + 1) & mask; m_buckets[at] != kNone; at = (at + 1) & mask) {
        const std::size_t home = bucketOf(m_entries[m_buckets[at]].id);
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            m_buckets[hole] = std::exchange(m_buckets[at], kNone);
            hole = at;
        }
    }
}

void PackIndex::link(quint32 number, const ShardId &manifest)
{
    const auto [place, isNew] = m_manifestNumbers.try_emplace(manifest, 0);
    if (isNew) {
        if (m_freeManifests.empty()) {
            place->second = static_cast<quint32>(m_manifests.size());
            m_manifests.emplace_back();
        } else {
            place->second = m_freeManifests.back();
            m_freeManifests.pop_back();
        }
        m_manifests[place->second] = {.id = manifest};
    }
    Manifest &list = m_manifests[place->second];
    Entry &entry = m_entries[number];
    entry.manifest = place->second;
    entry.next = list.first;
    if (list.first != kNone)
        m_entries[list.first].previous = number;
    list.first = number;
    ++list.count;
}

void PackIndex::unlink(quint32 number)
{
    const Entry &entry = m_entries[number];
    Manifest &list = m_manifests[entry.manifest];
    if (entry.previous == kNone)
        list.first = entry.next;
    else
        m_entries[entry.previous].next = entry.next;
    if (entry.next != kNone)
        m_entries[entry.next].previous = entry.previous;
    if (--list.count == 0) {
        m_manifestNumbers.erase(list.id);
        m_freeManifests.push_back(entry.manifest);
    }
}

ShardMeta PackIndex::metaOf(const Entry &entry) const
{
    return {m_manifests[entry.manifest].id, entry.segment, entry.index, entry.leaseUntilUtcMs};
}

std::vector<ShardId> PackIndex::byManifest(const ShardId &manifest) const
{
    std::vector<ShardId> ids;
    const auto found = m_manifestNumbers.find(manifest);
    if (found == m_manifestNumbers.end())
        return ids;
    const Manifest &list = m_manifests[found->second];
    ids.reserve(list.count);
    for (quint32 number = list.first; number != kNone; number = m_entries[number].next)
        ids.push_back(m_entries[number].id);
    return ids;
}

} // namespace borg::store
