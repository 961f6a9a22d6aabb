// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_book.h"

#include "pack_record.h"

namespace borg::store {

void PackBook::addPack(quint32 number, const Pack &pack)
{
    BORG_ASSERT(!hasPack(number) && pack.liveBytes == 0);
    m_packs.emplace(number, pack);
    m_fileBytes += pack.fileBytes;
    m_usedBytes += pack.usedBytes;
}

void PackBook::erasePack(quint32 number)
{
    BORG_ASSERT(pack(number).liveBytes == 0);
    setSizes(number, 0, 0);
    m_packs.erase(number);
}

void PackBook::setSizes(quint32 number, qint64 fileBytes, qint64 usedBytes)
{
    Pack &it = pack(number);
    m_fileBytes += fileBytes - it.fileBytes;
    m_usedBytes += usedBytes - it.usedBytes;
    it.fileBytes = fileBytes;
    it.usedBytes = usedBytes;
}

void PackBook::put(const ShardId &id, Location at, quint32 bytes, const ShardMeta &meta)
{
    remove(id);
    m_index.insert(id, at, bytes, meta);
    pack(at.pack).liveBytes += recordBytes(bytes);
    m_liveBytes += recordBytes(bytes);
    m_shardBytes += bytes;
}

bool PackBook::remove(const ShardId &id)
{
    const auto *const entry = m_index.find(id);
    if (!entry)
        return false;
    const qint64 record = recordBytes(entry->bytes);
    pack(entry->at.pack).liveBytes -= record;
    m_liveBytes -= record;
    m_shardBytes -= entry->bytes;
    m_index.erase(id);
    addDead(id);
    return true;
}

void PackBook::move(const ShardId &id, Location from, Location to)
{
    addDead(id); // one of the two is dead from now on
    const auto *const entry = m_index.find(id);
    if (!entry || entry->at != from)
        return;
    const qint64 record = recordBytes(entry->bytes);
    pack(from.pack).liveBytes -= record;
    pack(to.pack).liveBytes += record;
    m_index.moveTo(id, to);
}

void PackBook::dropDead(const ShardId &id)
{
    if (const auto found = m_dead.find(id); found != m_dead.end() && --found->second == 0)
        m_dead.erase(found);
}

quint32 PackBook::deadCount(const ShardId &id) const
{
    const auto found = m_dead.find(id);
    return found == m_dead.end() ? 0 : found->second;
}

PackUsage PackBook::usage() const
{
    PackUsage usage;
    usage.shardCount = m_index.count();
    usage.shardBytes = m_shardBytes;
    usage.liveBytes = m_liveBytes;
    usage.deadBytes = m_usedBytes - m_liveBytes;
    usage.reservedBytes = m_fileBytes - m_usedBytes;
    usage.packCount = std::ssize(m_packs);
    return usage;
}

} // namespace borg::store
