// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_store.h"

#include "pack_store_impl.h"

#include <base/sleep.h>
#include <disk/on_executor.h>

#include <QLoggingCategory>

#include <algorithm>
#include <limits>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcPackStore, "borg.store.packs")

namespace {

constexpr qint64 kPackBytesMin = 64LL * 1024;
constexpr qint64 kPackBytesMax = 256LL * 1024 * 1024;
constexpr qint64 kPackBytesMinByLimit = 2LL * 1024 * 1024;
constexpr auto kLookAtSpaceEvery = 5s;

/// A small store has small packs, or it could never win back room.
PackOptions fitting(PackOptions options)
{
    qint64 pack = std::clamp(options.packBytes, kPackBytesMin, kPackBytesMax);
    if (options.bytesLimit > 0)
        pack = std::min(pack, std::max(options.bytesLimit / 8, kPackBytesMinByLimit));
    options.packBytes = pack / kBlockBytes * kBlockBytes;
    return options;
}

std::size_t seedOf(Rng &rng)
{
    std::size_t seed = rng.bits();
    seed = seed << 32 | rng.bits();
    return seed;
}

using Work = std::function<Result<QByteArray>()>;

/// A shard that is read as a whole is checked.
Work wholeShard(disk::Disk &disk, const QString &file, qint64 recordAt, qint64 bytes,
    const ShardId &id, quint64 secret)
{
    return [&disk, file, recordAt, bytes, id, secret]() -> Result<QByteArray> {
        auto record = disk.read(file, recordAt, kRecordHeaderBytes + bytes);
        return record ? checkedShard(*std::move(record), secret, id) : record;
    };
}

Work partOfShard(disk::Disk &disk, const QString &file, qint64 from, qint64 bytes)
{
    return [&disk, file, from, bytes]() -> Result<QByteArray> {
        auto part = disk.read(file, from, bytes);
        if (part && part->size() != bytes)
            return Error{Errc::Malformed, u"the record is cut short"_s};
        return part;
    };
}

Error notFound(const ShardId &id)
{
    return {Errc::NotFound, u"no shard %1"_s.arg(id.text())};
}

} // namespace

Result<QByteArray> checkedShard(QByteArray record, quint64 packSecret, const ShardId &id)
{
    const auto header = decodeRecord(record, packSecret);
    if (!header || header->kind != RecordKind::Put || header->id != id)
        return Error{Errc::Malformed, u"the record's header is spoilt"_s};
    if (record.size() != kRecordHeaderBytes + qint64{header->dataBytes})
        return Error{Errc::Malformed, u"the record is cut short"_s};
    record.remove(0, kRecordHeaderBytes); // moves a pointer, not the bytes
    if (crc32c(record) != header->dataCrc)
        return Error{Errc::Malformed, u"the checksum does not fit"_s};
    return record;
}

PackStore::Impl::Impl(
    TaskScope &scope, Rng &rng, disk::Disk &disk, Executor &executor, PackOptions options)
    : m_scope(scope)
    , m_rng(rng)
    , m_disk(disk)
    , m_executor(executor)
    , m_options(fitting(std::move(options)))
    , m_book(seedOf(rng))
{
}

QString PackStore::Impl::path(quint32 number) const
{
    return m_options.folder + u'/' + packName(number);
}

QCoro::Task<Result<PackOpenReport>> PackStore::Impl::open()
{
    const std::size_t seed = seedOf(m_rng);
    using Loaded = Result<LoadedPacks>;
    auto loaded = co_await disk::OnExecutor<Loaded>(
        m_scope, m_executor, [&disk = m_disk, folder = m_options.folder, seed] {
            return loadPacks(disk, folder, seed);
        });
    if (!loaded) {
        setState(PackState::Failed, loaded.error().detail);
        co_return loaded.error();
    }
    m_book = std::move(loaded->book);
    m_space = loaded->space;
    m_lastNumber = loaded->lastNumber;
    if (m_lastNumber != 0 && m_book.hasPack(m_lastNumber) && !m_book.pack(m_lastNumber).isSealed)
        m_active = m_lastNumber;
    if (loaded->writeError)
        setState(PackState::Failed, loaded->writeError->detail);
    else
        setState(PackState::Writable, {});
    const PackOpenReport &report = loaded->report;
    qCInfo(lcPackStore).nospace() << "opened " << m_options.folder << ": " << index().count()
                                  << " shards, " << report.replayedRecords << " records replayed, "
                                  << report.tornBytes << " bytes torn, " << report.damagedBytes
                                  << " bytes damaged";
    co_return report;
}

QCoro::Task<Result<Done>> PackStore::Impl::snapshot()
{
    if (m_isSnapshotting || m_state == PackState::Failed || m_state == PackState::Opening)
        co_return Done{};
    const auto bytes = encodeSnapshot(m_book);
    if (!bytes)
        co_return Done{};
    m_isSnapshotting = true;
    m_sinceSnapshotBytes = 0;
    const auto written = co_await disk::OnExecutor<Result<Done>>(m_scope, m_executor,
        [&disk = m_disk, file = m_options.folder + u'/' + kSnapshotName, bytes] {
            return disk.writeFile(file, *bytes);
        });
    m_isSnapshotting = false;
    co_return written;
}

void PackStore::Impl::setState(PackState state, const QString &reason)
{
    if (m_state == PackState::Failed || (m_state == state && m_reason == reason))
        return;
    m_state = state;
    m_reason = reason;
    if (state == PackState::Full || state == PackState::Failed)
        qCWarning(lcPackStore) << "takes no more shards:" << reason;
    if (state == PackState::Full && !m_isWatching) {
        m_isWatching = true;
        m_scope.spawn("watching free space"_L1, watchSpace());
    }
    if (stateChanged)
        stateChanged();
}

qint64 PackStore::Impl::keepFreeBytes() const
{
    return m_space.totalBytes / 1000 * m_options.keepFreePermille;
}

/// What fresh puts may still take, as far as is known without asking the disk.
qint64 PackStore::Impl::roomBytes() const
{
    const qint64 reserved = m_active == 0
        ? 0
        : m_book.packs().at(m_active).fileBytes - m_book.packs().at(m_active).usedBytes;
    qint64 room = reserved + std::max<qint64>(m_space.freeBytes - keepFreeBytes(), 0);
    if (m_options.bytesLimit > 0) {
        const qint64 forCompaction = std::min(m_options.packBytes, m_options.bytesLimit / 8);
        room = std::min(room, m_options.bytesLimit - forCompaction - m_book.usedBytes());
    }
    return std::max<qint64>(room - m_queuedBytes, 0);
}

PackUsage PackStore::Impl::usage() const
{
    PackUsage usage = m_book.usage();
    usage.state = m_state;
    usage.reason = m_reason;
    usage.limitBytes = m_options.bytesLimit;
    usage.roomBytes = roomBytes();
    return usage;
}

/// Refuses early, before bytes are taken in that could not be kept.
Result<Done> PackStore::Impl::admit(qint64 record)
{
    if (m_state == PackState::Writable && roomBytes() < record) {
        const bool isLimit
            = m_options.bytesLimit > 0 && m_space.freeBytes - keepFreeBytes() > record;
        setState(PackState::Full,
            isLimit ? u"the limit for stored shards is reached"_s
                    : u"the disk has too little free space left"_s);
    }
    switch (m_state) {
    case PackState::Writable:
        return Done{};
    case PackState::Full:
        return Error{Errc::NoSpace, m_reason};
    case PackState::Opening:
        return Error{Errc::Storage, u"the pack store is not open"_s};
    case PackState::Failed:
        return Error{Errc::Storage, m_reason};
    }
    Q_UNREACHABLE();
}

/// Takes puts again when there is room for a large one.
void PackStore::Impl::reconsider()
{
    const qint64 largest = std::min(recordBytes(kShardBytesMax), m_options.packBytes / 2);
    if (m_state == PackState::Full && roomBytes() >= largest)
        setState(PackState::Writable, {});
}

QCoro::Task<Result<Done>> PackStore::Impl::refreshSpace()
{
    const auto space = co_await disk::OnExecutor<Result<disk::Space>>(
        m_scope, m_executor, [&disk = m_disk] { return disk.space(); });
    if (!space)
        co_return space.error();
    m_space = *space;
    reconsider();
    co_return Done{};
}

QCoro::Task<Result<Done>> PackStore::Impl::watchSpace()
{
    while (m_state == PackState::Full) {
        if (const auto slept = co_await Sleep(m_scope, kLookAtSpaceEvery); !slept)
            break;
        if (m_state != PackState::Full)
            break;
        if (const auto looked = co_await refreshSpace(); !looked)
            qCWarning(lcPackStore) << looked.error().detail;
    }
    m_isWatching = false;
    co_return Done{};
}

QCoro::Task<Result<Done>> PackStore::Impl::put(ShardId id, ShardMeta meta, QByteArray bytes)
{
    if (bytes.isEmpty())
        co_return Error{Errc::Malformed, u"an empty shard"_s};
    const qint64 record = recordBytes(bytes.size());
    if (bytes.size() > kShardBytesMax || record > m_options.packBytes - 2 * kBlockBytes)
        co_return Error{Errc::TooLarge, u"a shard of %1 bytes"_s.arg(bytes.size())};
    for (;;) {
        const auto operation = m_operations.find(id);
        const bool isGoing = operation != m_operations.end();
        if (!isGoing && index().find(id) && !m_doubtful.contains(id))
            co_return Done{};
        if (isGoing && operation->second->kind == RecordKind::Put)
            break; // begin() joins it
        if (const auto admitted = admit(record); !admitted)
            co_return admitted;
        if (hasRoomInFlight(record))
            break;
        if (const auto waited = co_await waitForRoom(); !waited)
            co_return waited;
    }
    co_return co_await begin(id, RecordKind::Put, meta, std::move(bytes));
}

QCoro::Task<Result<Done>> PackStore::Impl::remove(ShardId id)
{
    if (!m_operations.contains(id) && !index().find(id) && !m_doubtful.contains(id))
        co_return Done{};
    if (m_state == PackState::Failed)
        co_return Error{Errc::Storage, m_reason};
    co_return co_await begin(id, RecordKind::Remove, {}, {});
}

QCoro::Task<Result<QByteArray>> PackStore::Impl::get(ShardId id, qint64 offset, qint64 sizeBytes)
{
    constexpr int kAttempts = 4; // compaction may move it while we read
    for (int attempt = 1;; ++attempt) {
        const auto *const entry = index().find(id);
        if (!entry)
            co_return notFound(id);
        const Location at = entry->at;
        const qint64 bytes = entry->bytes;
        if (offset < 0 || offset > bytes || sizeBytes > bytes - offset)
            co_return Error{Errc::Malformed, u"the shard has %1 bytes"_s.arg(bytes)};
        const qint64 wanted = sizeBytes < 0 ? bytes - offset : sizeBytes;
        const qint64 recordAt = at.block * kBlockBytes;
        const Work work = wanted == bytes
            ? wholeShard(m_disk, path(at.pack), recordAt, bytes, id, m_book.pack(at.pack).secret)
            : partOfShard(m_disk, path(at.pack), recordAt + kRecordHeaderBytes + offset, wanted);
        auto read = co_await disk::OnExecutor<Result<QByteArray>>(m_scope, m_executor, work);
        if (read)
            co_return read;
        const auto *const now = index().find(id);
        if (now && now->at != at && attempt < kAttempts)
            continue;
        if (read.error().code == Errc::Malformed) {
            drop(id, at, read.error().detail);
            co_return notFound(id);
        }
        co_return Error{Errc::Storage, read.error().detail};
    }
}

/// The disk spoilt a shard: it leaves the index at once, and for good if that can be written.
void PackStore::Impl::drop(const ShardId &id, Location at, const QString &reason)
{
    const auto *const entry = index().find(id);
    if (!entry || entry->at != at)
        return;
    const DamagedShard shard{id, index().metaOf(*entry), entry->bytes, reason};
    qCWarning(lcPackStore) << "dropped the damaged shard" << id.text() << reason;
    m_book.remove(id);
    if (m_state != PackState::Failed)
        enqueue({.kind = RecordKind::Remove,
            .id = id,
            .meta = {},
            .bytes = {},
            .movedFrom = {},
            .answer = {}});
    if (damaged)
        damaged(shard);
}

PackStore::PackStore(
    TaskScope &scope, Rng &rng, disk::Disk &disk, Executor &executor, PackOptions options)
    : m_impl(std::make_unique<Impl>(scope, rng, disk, executor, std::move(options)))
{
}

PackStore::~PackStore() = default;

QCoro::Task<Result<PackOpenReport>> PackStore::open()
{
    return m_impl->open();
}

QCoro::Task<Result<Done>> PackStore::close()
{
    return m_impl->snapshot();
}

QCoro::Task<Result<Done>> PackStore::put(ShardId id, ShardMeta meta, QByteArray bytes)
{
    return m_impl->put(id, meta, std::move(bytes));
}

QCoro::Task<Result<QByteArray>> PackStore::get(ShardId id, qint64 offset, qint64 sizeBytes)
{
    return m_impl->get(id, offset, sizeBytes);
}

QCoro::Task<Result<Done>> PackStore::remove(ShardId id)
{
    return m_impl->remove(id);
}

bool PackStore::contains(const ShardId &id) const
{
    return m_impl->index().find(id) != nullptr;
}

std::optional<ShardMeta> PackStore::meta(const ShardId &id) const
{
    const auto *const entry = m_impl->index().find(id);
    return entry ? std::optional(m_impl->index().metaOf(*entry)) : std::nullopt;
}

std::optional<qint64> PackStore::sizeBytes(const ShardId &id) const
{
    const auto *const entry = m_impl->index().find(id);
    return entry ? std::optional(qint64{entry->bytes}) : std::nullopt;
}

std::vector<ShardId> PackStore::ids() const
{
    std::vector<ShardId> ids;
    ids.reserve(static_cast<std::size_t>(m_impl->index().count()));
    for (const auto &entry : m_impl->index().entries()) {
        if (entry.bytes > 0)
            ids.push_back(entry.id);
    }
    return ids;
}

std::vector<ShardId> PackStore::byManifest(const ShardId &manifest) const
{
    return m_impl->index().byManifest(manifest);
}

PackUsage PackStore::usage() const
{
    return m_impl->usage();
}

QCoro::Task<Result<ScrubReport>> PackStore::scrub(ScrubOptions options)
{
    return m_impl->scrub(std::move(options));
}

QCoro::Task<Result<qint64>> PackStore::compact()
{
    return m_impl->compact();
}

QCoro::Task<Result<Done>> PackStore::refreshSpace()
{
    return m_impl->refreshSpace();
}

void PackStore::onDamaged(std::function<void(const DamagedShard &)> listener)
{
    m_impl->damaged = std::move(listener);
}

void PackStore::onStateChanged(std::function<void()> listener)
{
    m_impl->stateChanged = std::move(listener);
}

} // namespace borg::store
