// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_store_impl.h"

#include <base/sleep.h>
#include <disk/on_executor.h>

#include <algorithm>
#include <set>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kChunkBytes = 4LL * 1024 * 1024;
constexpr int kFullBelowPermille = 950; ///< When there is no room, nearly every pack is worth it.

/// A record to be copied, and how many bytes it has.
struct Source {
    ShardId id;
    Location at;
    qint64 bytes;
};

/// Reads records of one pack in one go.
std::vector<Result<QByteArray>> readAll(
    disk::Disk &disk, const QString &file, quint64 secret, const std::vector<Source> &sources)
{
    std::vector<Result<QByteArray>> shards;
    for (const Source &source : sources) {
        auto record
            = disk.read(file, source.at.block * kBlockBytes, kRecordHeaderBytes + source.bytes);
        shards.push_back(
            record ? checkedShard(*std::move(record), secret, source.id) : std::move(record));
    }
    return shards;
}

} // namespace

void PackStore::Impl::compactSoon()
{
    if (!m_isCompacting && m_state != PackState::Failed && packToCompact())
        m_scope.spawn("compaction"_L1, compactAlone());
}

QCoro::Task<Result<Done>> PackStore::Impl::compactAlone()
{
    const auto won = co_await compact();
    if (!won && won.error().code != Errc::Conflict)
        co_return won.error();
    co_return Done{};
}

std::optional<quint32> PackStore::Impl::packToCompact() const
{
    const int below
        = m_state == PackState::Full ? kFullBelowPermille : m_options.compactBelowPermille;
    std::optional<quint32> worst;
    qint64 worstPermille = below;
    for (const auto &[number, pack] : m_book.packs()) {
        if (number == m_active || !pack.isSealed || pack.openBatches > 0)
            continue;
        const qint64 permille = pack.liveBytes * 1000 / std::max<qint64>(pack.usedBytes, 1);
        if (permille < worstPermille) {
            worst = number;
            worstPermille = permille;
        }
    }
    return worst;
}

QCoro::Task<Result<qint64>> PackStore::Impl::compact()
{
    if (m_isCompacting)
        co_return Error{Errc::Conflict, u"compaction is running"_s};
    if (m_state == PackState::Failed || m_state == PackState::Opening)
        co_return Error{Errc::Storage, m_reason};
    m_isCompacting = true;
    qint64 won = 0;
    int delays = 0;
    constexpr int kDelaysMax = 100;
    Result<qint64> result = won;
    while (const auto number = packToCompact()) {
        const auto done = co_await compactPack(*number);
        if (!done) {
            result = done.error();
            break;
        }
        if (*done == Compacted::Won) {
            result = ++won;
            continue;
        }
        if (++delays > kDelaysMax)
            break;
        if (const auto slept = co_await Sleep(m_scope, 20ms); !slept) {
            result = slept.error();
            break;
        }
    }
    m_isCompacting = false;
    reconsider();
    co_return result;
}

/// Copies what is alive out of a pack and deletes it. Later: a shard in it is just being changed.
QCoro::Task<Result<PackStore::Impl::Compacted>> PackStore::Impl::compactPack(quint32 number)
{
    const quint64 secret = m_book.pack(number).secret;
    auto scanned = co_await disk::OnExecutor<Result<PackScan>>(
        m_scope, m_executor, [&disk = m_disk, file = path(number), secret] {
            return scanPack(disk, file, secret, kBlockBytes);
        });
    if (!scanned)
        co_return scanned.error();
    const auto scan = std::make_shared<const PackScan>(*std::move(scanned));
    if (const auto copied = co_await copyLive(number, scan); !copied || *copied == Compacted::Later)
        co_return copied;
    if (m_book.pack(number).liveBytes > 0) { // records whose headers the disk spoilt
        std::vector<std::pair<ShardId, Location>> lost;
        for (const auto &entry : index().entries()) {
            if (entry.bytes > 0 && entry.at.pack == number)
                lost.emplace_back(entry.id, entry.at);
        }
        for (const auto &[id, at] : lost)
            drop(id, at, u"the record's header is spoilt"_s);
    }
    if (const auto kept = co_await keepRemoves(scan); !kept || *kept == Compacted::Later)
        co_return kept;
    if (const auto deleted = co_await deletePack(number, scan); !deleted)
        co_return deleted.error();
    co_return Compacted::Won;
}

QCoro::Task<Result<PackStore::Impl::Compacted>> PackStore::Impl::copyLive(
    quint32 number, std::shared_ptr<const PackScan> scan)
{
    const quint64 secret = m_book.pack(number).secret;
    bool isComplete = true;
    for (auto next = scan->records.begin(); next != scan->records.end();) {
        const Ticks started = m_scope.clock().now();
        auto sources = std::make_shared<std::vector<Source>>();
        for (qint64 bytes = 0; next != scan->records.end() && bytes < kChunkBytes; ++next) {
            const Location at{number, next->at.block};
            const auto *const entry = index().find(next->header.id);
            if (next->header.kind != RecordKind::Put || !entry || entry->at != at)
                continue;
            sources->push_back({next->header.id, at, entry->bytes});
            bytes += entry->bytes;
        }
        if (sources->empty())
            break;
        using Shards = std::vector<Result<QByteArray>>;
        auto shards = co_await disk::OnExecutor<Shards>(
            m_scope, m_executor, [&disk = m_disk, file = path(number), secret, sources] {
                return readAll(disk, file, secret, *sources);
            });
        std::vector<Item> items;
        for (std::size_t i = 0; i < shards.size(); ++i) {
            const Source &source = (*sources)[i];
            const auto *const entry = index().find(source.id);
            if (!entry || entry->at != source.at)
                continue;
            if (m_operations.contains(source.id)) { // a copy behind its removal would revive it
                isComplete = false;
                continue;
            }
            if (!shards[i] && shards[i].error().code != Errc::Malformed)
                co_return shards[i].error();
            if (!shards[i]) {
                drop(source.id, source.at, shards[i].error().detail);
                continue;
            }
            items.push_back({.kind = RecordKind::Put,
                .id = source.id,
                .meta = index().metaOf(*entry),
                .bytes = *std::move(shards[i]),
                .movedFrom = source.at,
                .answer = {}});
        }
        if (const auto copied = co_await append(std::move(items)); !copied)
            co_return copied.error();
        const Ticks busy = m_scope.clock().now() - started;
        const int share = std::clamp(m_options.compactSharePermille, 1, 1000);
        if (m_state == PackState::Full || share == 1000)
            continue;
        if (const auto slept = co_await Sleep(m_scope, busy * (1000 - share) / share); !slept)
            co_return slept.error();
    }
    co_return isComplete ? Compacted::Won : Compacted::Later;
}

/// A removal is needed while an older record of the shard lies in another pack.
QCoro::Task<Result<PackStore::Impl::Compacted>> PackStore::Impl::keepRemoves(
    std::shared_ptr<const PackScan> scan)
{
    std::map<ShardId, quint32> inPack;
    std::set<ShardId> removed;
    for (const FoundRecord &record : scan->records) {
        if (record.header.kind == RecordKind::Put)
            ++inPack[record.header.id];
        removed.insert(record.removes.begin(), record.removes.end());
    }
    std::vector<Item> items;
    for (const ShardId &id : removed) {
        if (index().find(id))
            continue; // its newer record has the last word
        if (m_operations.contains(id))
            co_return Compacted::Later;
        const auto here = inPack.find(id);
        if (m_book.deadCount(id) > (here == inPack.end() ? 0 : here->second)) {
            items.push_back({.kind = RecordKind::Remove,
                .id = id,
                .meta = {},
                .bytes = {},
                .movedFrom = {},
                .answer = {}});
        }
    }
    const auto kept = co_await append(std::move(items));
    if (!kept)
        co_return kept.error();
    co_return Compacted::Won;
}

QCoro::Task<Result<Done>> PackStore::Impl::deletePack(
    quint32 number, std::shared_ptr<const PackScan> scan)
{
    const auto deleted = co_await disk::OnExecutor<Result<Done>>(
        m_scope, m_executor, [&disk = m_disk, file = path(number)]() -> Result<Done> {
            auto removed = disk.remove(file);
            if (!removed && removed.error().code == Errc::NotFound)
                return Done{};
            return removed;
        });
    if (!deleted)
        co_return deleted;
    for (const FoundRecord &record : scan->records) {
        if (record.header.kind == RecordKind::Put)
            m_book.dropDead(record.header.id);
    }
    const qint64 fileBytes = m_book.pack(number).fileBytes;
    m_book.erasePack(number);
    m_space.freeBytes += fileBytes;
    reconsider();
    co_return Done{};
}

} // namespace borg::store
