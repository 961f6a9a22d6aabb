// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_store_impl.h"

#include <base/sleep.h>
#include <disk/on_executor.h>

#include <algorithm>
#include <set>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

/// What an item counts in the queue.
qint64 costOf(RecordKind kind, const QByteArray &bytes)
{
    return kind == RecordKind::Put ? recordBytes(bytes.size()) : 0;
}

} // namespace

/// Queues an operation on a shard, unless the same one is under way already, and waits for it.
QCoro::Task<Result<Done>> PackStore::Impl::begin(
    ShardId id, RecordKind kind, ShardMeta meta, QByteArray bytes)
{
    OneShot<Done> done(m_scope);
    const auto found = m_operations.find(id);
    if (found != m_operations.end() && found->second->kind == kind) {
        found->second->waiters.push_back(done.setter());
    } else {
        const auto operation = std::make_shared<Operation>(kind);
        operation->waiters.push_back(done.setter());
        m_operations[id] = operation;
        enqueue({.kind = kind,
            .id = id,
            .meta = meta,
            .bytes = std::move(bytes),
            .movedFrom = {},
            .answer = [this, id, operation](const Result<Done> &result) {
                const auto last = m_operations.find(id);
                if (last != m_operations.end() && last->second == operation)
                    m_operations.erase(last);
                for (const auto &waiter : operation->waiters)
                    waiter(result);
            }});
    }
    co_return co_await done;
}

/// Queues items and waits until all of them are durable, or one failed.
QCoro::Task<Result<Done>> PackStore::Impl::append(std::vector<Item> items)
{
    struct Joint {
        std::size_t open;
        Result<Done> result = Done{};
    };
    if (items.empty())
        co_return Done{};
    OneShot<Done> all(m_scope);
    const auto joint = std::make_shared<Joint>(items.size());
    for (Item &item : items) {
        item.answer = [joint, set = all.setter()](const Result<Done> &result) {
            if (!result)
                joint->result = result;
            if (--joint->open == 0)
                set(joint->result);
        };
        enqueue(std::move(item));
    }
    co_return co_await all;
}

/// Waits until there may be room for `bytes` more in flight; look again after it.
QCoro::Task<Result<Done>> PackStore::Impl::waitForRoom()
{
    OneShot<Done> turn(m_scope);
    m_roomWaiters.push_back(turn.setter());
    co_return co_await turn;
}

bool PackStore::Impl::hasRoomInFlight(qint64 bytes) const
{
    return m_inFlightBytes == 0 || m_inFlightBytes + bytes <= m_options.inFlightBytesMax;
}

void PackStore::Impl::enqueue(Item item)
{
    const qint64 cost = costOf(item.kind, item.bytes);
    m_queuedBytes += cost;
    m_inFlightBytes += cost;
    m_lastArrival = m_scope.clock().now();
    m_queue.push_back(std::move(item));
    if (!m_isWriting) {
        m_isWriting = true;
        m_scope.spawn("writing shards"_L1, writeLoop());
    }
}

/// Answers one item and lets those in who wait for room.
void PackStore::Impl::finish(const Item &item, const Result<Done> &result)
{
    m_inFlightBytes -= costOf(item.kind, item.bytes);
    if (item.answer)
        item.answer(result);
    for (const auto &waiter : std::exchange(m_roomWaiters, {}))
        waiter(Done{});
}

QCoro::Task<Result<Done>> PackStore::Impl::writeLoop()
{
    while (!m_queue.empty() && !m_scope.isClosed()) {
        const BatchPtr batch = takeBatch();
        const auto written = co_await disk::OnExecutor<Written>(m_scope, m_executor,
            [&disk = m_disk, options = m_options, batch] { return write(disk, options, *batch); });
        onWritten(batch, written);
    }
    m_isWriting = false;
    co_return Done{};
}

qint64 PackStore::Impl::nextRecordBytes() const
{
    const Item &item = m_queue.front();
    return item.kind == RecordKind::Put ? recordBytes(item.bytes.size()) : kBlockBytes;
}

/// Takes the next item off the queue; of removes, as many as go into one record.
PackStore::Impl::Record PackStore::Impl::takeRecord()
{
    Record record;
    record.header.kind = m_queue.front().kind;
    if (record.header.kind == RecordKind::Put) {
        Item &item = m_queue.front();
        record.header.id = item.id;
        record.header.meta = item.meta;
        record.data = item.bytes;
        m_queuedBytes -= costOf(item.kind, item.bytes);
        record.items.push_back(std::move(item));
        m_queue.pop_front();
    } else {
        std::vector<ShardId> ids;
        while (!m_queue.empty() && m_queue.front().kind == RecordKind::Remove
            && ids.size() < kRemovesPerRecord) {
            ids.push_back(m_queue.front().id);
            record.items.push_back(std::move(m_queue.front()));
            m_queue.pop_front();
        }
        record.data = encodeRemoves(ids);
    }
    record.header.dataBytes = static_cast<quint32>(record.data.size());
    return record;
}

void PackStore::Impl::seal(quint32 number)
{
    m_book.pack(number).isSealed = true;
    m_unmarked.push_back(number);
    if (m_active == number)
        m_active = 0;
}

/// Chooses the pack for a batch that begins with so large a record.
void PackStore::Impl::openPackFor(Batch &batch, qint64 firstBytes)
{
    if (m_active != 0 && m_book.pack(m_active).usedBytes + firstBytes > m_options.packBytes) {
        batch.cut.emplace(m_active, m_book.pack(m_active).usedBytes);
        seal(m_active);
    }
    if (m_active == 0) {
        m_active = ++m_lastNumber;
        Pack pack{.fileBytes = kBlockBytes,
            .usedBytes = kBlockBytes,
            .appliedBytes = kBlockBytes,
            .markedBytes = kBlockBytes};
        pack.secret = m_rng.bits();
        pack.secret = pack.secret << 32 | m_rng.bits();
        m_book.addPack(m_active, pack);
        batch.isFirst = true;
    }
    batch.pack = m_active;
    batch.before = m_book.pack(m_active);
}

/// Adds what is known to be durable by now, so that a reader can tell torn ends from spoilt bytes.
void PackStore::Impl::addMarks(Batch &batch, qint64 firstBytes)
{
    constexpr qint64 kMarkEveryBytes = 4LL * 1024 * 1024;
    std::vector<quint32> packs;
    std::erase_if(m_unmarked, [&](quint32 number) {
        if (m_book.hasPack(number) && m_book.pack(number).openBatches > 0)
            return false;
        if (m_book.hasPack(number))
            packs.push_back(number);
        return true;
    });
    const Pack &active = m_book.pack(batch.pack);
    if (active.appliedBytes - active.markedBytes >= kMarkEveryBytes)
        packs.push_back(batch.pack);
    for (const quint32 number : packs) {
        if (batch.before.usedBytes + batch.bytes + kBlockBytes + firstBytes > m_options.packBytes)
            return;
        Record mark;
        mark.header.kind = RecordKind::Mark;
        mark.header.meta.segment = number;
        mark.header.meta.leaseUntilUtcMs = m_book.pack(number).appliedBytes;
        m_book.pack(number).markedBytes = m_book.pack(number).appliedBytes;
        addRecord(batch, std::move(mark));
    }
}

void PackStore::Impl::addRecord(Batch &batch, Record record)
{
    record.header.packSecret = batch.before.secret;
    record.header.sequence = m_book.nextSequence();
    record.offset = batch.before.usedBytes + batch.bytes;
    batch.bytes += recordBytes(record.data.size());
    batch.records.push_back(std::move(record));
}

PackStore::Impl::BatchPtr PackStore::Impl::takeBatch()
{
    const auto batch = std::make_shared<Batch>();
    const qint64 firstBytes = nextRecordBytes();
    openPackFor(*batch, firstBytes);
    addMarks(*batch, firstBytes);
    bool hasPut = false;
    while (!m_queue.empty() && batch->bytes < m_options.gatherBytes
        && batch->before.usedBytes + batch->bytes + nextRecordBytes() <= m_options.packBytes) {
        hasPut = hasPut || (m_queue.front().kind == RecordKind::Put && !m_queue.front().movedFrom);
        addRecord(*batch, takeRecord());
    }
    Pack &pack = m_book.pack(batch->pack);
    m_book.setSizes(batch->pack, pack.fileBytes, pack.usedBytes + batch->bytes);
    ++pack.openBatches;
    batch->fileBytesMax = m_options.packBytes;
    if (m_options.bytesLimit > 0) {
        const qint64 left = std::max<qint64>(m_options.bytesLimit - m_book.fileBytes(), 0);
        batch->fileBytesMax = std::min(batch->fileBytesMax, pack.fileBytes + left);
    }
    if (hasPut) // removes and copies may use the reserve: they win room
        batch->keepFreeBytes = keepFreeBytes();
    return batch;
}

/// Makes the pack, or room in it. On the Executor.
Result<Done> PackStore::Impl::prepare(
    disk::Disk &disk, const PackOptions &options, const Batch &batch, Written &written)
{
    const QString file = options.folder + u'/' + packName(batch.pack);
    if (batch.cut) {
        const QString old = options.folder + u'/' + packName(batch.cut->first);
        written.wasCut = disk.truncate(old, batch.cut->second).ok(); // it only wins room
    }
    const qint64 needed = batch.before.usedBytes + batch.bytes;
    if (needed > written.fileBytes) {
        const auto space = disk.space();
        if (!space)
            return space.error();
        const qint64 byDisk = written.fileBytes + space->freeBytes - batch.keepFreeBytes;
        const qint64 room = std::min(batch.fileBytesMax, byDisk) / kBlockBytes * kBlockBytes;
        if (room < needed) {
            return Error{Errc::NoSpace,
                batch.fileBytesMax < needed ? u"the limit for stored shards is reached"_s
                                            : u"the disk has too little free space left"_s};
        }
        qint64 wanted = std::min(room, std::max(needed, written.fileBytes + options.growBytes));
        auto reserved = disk.preallocate(file, wanted);
        if (!reserved && reserved.error().code == Errc::NoSpace && wanted > needed) {
            wanted = needed;
            reserved = disk.preallocate(file, wanted);
        }
        if (!reserved)
            return reserved;
        written.freeBytes = space->freeBytes - (wanted - written.fileBytes);
        written.fileBytes = wanted;
    }
    if (!batch.isFirst)
        return Done{};
    const QByteArray header
        = encode(PackHeader{.number = batch.pack, .secret = batch.before.secret});
    auto made = disk.write(file, 0, header);
    return made ? disk.sync(file) : made;
}

/// Appends a batch to its pack with one call, without copying shards. On the Executor.
PackStore::Impl::Written PackStore::Impl::write(
    disk::Disk &disk, const PackOptions &options, Batch &batch)
{
    static const QByteArray kZeros(kBlockBytes, '\0');
    const QString file = options.folder + u'/' + packName(batch.pack);
    Written written;
    written.fileBytes = batch.isFirst ? 0 : batch.before.fileBytes;
    written.done = prepare(disk, options, batch, written);
    if (!written.done) {
        if (batch.isFirst && disk.remove(file).ok())
            written.fileBytes = 0;
        return written;
    }
    QByteArray headers(kRecordHeaderBytes * std::ssize(batch.records), Qt::Uninitialized);
    std::vector<QByteArrayView> parts;
    parts.reserve(3 * batch.records.size());
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
        Record &record = batch.records[i];
        char *const at = headers.data() + static_cast<qint64>(i) * kRecordHeaderBytes;
        record.header.dataCrc = crc32c(record.data);
        encode(record.header, std::span<char, kRecordHeaderBytes>(at, kRecordHeaderBytes));
        const qint64 filling
            = recordBytes(record.data.size()) - kRecordHeaderBytes - record.data.size();
        parts.emplace_back(at, kRecordHeaderBytes);
        parts.emplace_back(record.data);
        parts.push_back(QByteArrayView(kZeros).first(filling));
    }
    written.wasTouched = true;
    written.done = disk.writeParts(file, batch.before.usedBytes, parts);
    return written;
}

void PackStore::Impl::onWritten(const BatchPtr &batch, const Written &written)
{
    if (written.freeBytes)
        m_space.freeBytes = *written.freeBytes;
    if (batch->cut && written.wasCut)
        m_book.setSizes(batch->cut->first, batch->cut->second, batch->cut->second);
    Pack &pack = m_book.pack(batch->pack);
    if (written.done && m_state != PackState::Failed) {
        m_book.setSizes(batch->pack, written.fileBytes, pack.usedBytes);
        m_written.push_back(batch);
        m_writtenBytes += batch->bytes;
        if (!m_isSyncing) {
            m_isSyncing = true;
            m_scope.spawn("syncing shards"_L1, syncLoop());
        }
        return;
    }
    const Error error = written.done ? Error{Errc::Storage, m_reason} : written.done.error();
    const bool isFull = error.code == Errc::NoSpace;
    if (written.wasTouched) {
        m_book.setSizes(batch->pack, written.fileBytes, pack.usedBytes);
        onLost(*batch, error);
    } else {
        --pack.openBatches;
        if (batch->isFirst) {
            m_active = 0;
            m_book.erasePack(batch->pack);
        } else {
            m_book.setSizes(batch->pack, written.fileBytes, batch->before.usedBytes);
        }
        if (isFull)
            retryWithoutPuts(*batch, error);
        else
            answerAll(*batch, error);
    }
    setState(isFull ? PackState::Full : PackState::Failed, error.detail);
    failQueue(error, isFull ? Which::FreshPuts : Which::All);
}

/// Nothing of the batch was written: what wins room may go on, on the reserve.
void PackStore::Impl::retryWithoutPuts(Batch &batch, const Error &error)
{
    const auto isFresh = [](const Record &record) {
        return record.header.kind == RecordKind::Put && !record.items.front().movedFrom;
    };
    const bool hadPuts = std::ranges::any_of(batch.records, isFresh);
    std::vector<Item> again;
    for (Record &record : batch.records) {
        for (Item &item : record.items) {
            if (!hadPuts || isFresh(record))
                finish(item, error);
            else
                again.push_back(std::move(item));
        }
    }
    for (Item &item : again)
        m_queuedBytes += costOf(item.kind, item.bytes);
    m_queue.insert(m_queue.begin(), std::make_move_iterator(again.begin()),
        std::make_move_iterator(again.end()));
}

void PackStore::Impl::failQueue(const Error &error, Which which)
{
    std::deque<Item> kept;
    for (Item &item : std::exchange(m_queue, {})) {
        if (which == Which::FreshPuts && (item.kind != RecordKind::Put || item.movedFrom)) {
            kept.push_back(std::move(item));
            continue;
        }
        m_queuedBytes -= costOf(item.kind, item.bytes);
        finish(item, error);
    }
    m_queue = std::move(kept);
}

void PackStore::Impl::answerAll(const Batch &batch, const Result<Done> &result)
{
    for (const Record &record : batch.records) {
        for (const Item &item : record.items)
            finish(item, result);
    }
}

/// A batch may or may not be in its pack, in whole or in part. Nothing is appended behind it.
void PackStore::Impl::onLost(const Batch &batch, const Error &error)
{
    Pack &pack = m_book.pack(batch.pack);
    --pack.openBatches;
    pack.isSpoilt = true;
    if (!pack.isSealed)
        seal(batch.pack);
    m_book.setSizes(batch.pack, pack.fileBytes, pack.fileBytes);
    for (const Record &record : batch.records) {
        if (record.header.kind == RecordKind::Put)
            m_book.addDead(record.header.id);
        for (const Item &item : record.items)
            m_doubtful[item.id] = record.header.sequence;
    }
    answerAll(batch, error);
}

/// Lets a group of batches come together: see PackOptions.
QCoro::Task<Result<Done>> PackStore::Impl::gather()
{
    const Ticks started = m_scope.clock().now();
    while (m_writtenBytes < m_options.gatherBytes) {
        std::size_t items = 0;
        for (const BatchPtr &batch : m_written) {
            for (const Record &record : batch->records)
                items += record.items.size();
        }
        const Ticks now = m_scope.clock().now();
        const bool isIdle = m_queue.empty() && !m_isWriting;
        const bool isAlone = isIdle && items <= 1 && m_lastGroup <= 1;
        const bool isQuiet = isIdle && now >= m_lastArrival + m_options.gatherQuiet;
        if (isAlone || isQuiet || now >= started + m_options.gatherMax)
            break;
        const Ticks quietAt
            = std::max(m_lastArrival, now - m_options.gatherQuiet / 2) + m_options.gatherQuiet;
        const Ticks until = std::min(quietAt, started + m_options.gatherMax);
        if (const auto slept = co_await Sleep(m_scope, until - now); !slept)
            co_return slept.error();
    }
    co_return Done{};
}

QCoro::Task<Result<Done>> PackStore::Impl::syncLoop()
{
    while (!m_written.empty()) {
        if (const auto gathered = co_await gather(); !gathered)
            break; // closing: what is written may stay unsynced, nobody waits for it
        const auto group = std::exchange(m_written, {});
        m_writtenBytes = 0;
        std::set<QString> files;
        for (const BatchPtr &batch : group)
            files.insert(path(batch->pack));
        const auto synced = co_await disk::OnExecutor<Result<Done>>(
            m_scope, m_executor, [&disk = m_disk, files]() -> Result<Done> {
                for (const QString &file : files) {
                    if (auto done = disk.sync(file); !done)
                        return done;
                }
                return Done{};
            });
        m_lastGroup = 0;
        for (const BatchPtr &batch : group) {
            for (const Record &record : batch->records)
                m_lastGroup += record.items.size();
        }
        if (synced)
            onSynced(group);
        else
            onSyncFailed(group, synced.error());
    }
    m_isSyncing = false;
    co_return Done{};
}

/// A failed sync says nothing about which bytes are safe, nor does a later one that succeeds.
void PackStore::Impl::onSyncFailed(const std::vector<BatchPtr> &group, const Error &error)
{
    const Error failed{Errc::Storage, error.detail};
    setState(PackState::Failed, error.detail);
    for (const BatchPtr &batch : group)
        onLost(*batch, failed);
    m_writtenBytes = 0;
    for (const BatchPtr &batch : std::exchange(m_written, {}))
        onLost(*batch, failed);
    failQueue(failed, Which::All);
}

void PackStore::Impl::onSynced(const std::vector<BatchPtr> &group)
{
    bool isMoreDead = false;
    for (const BatchPtr &batch : group) {
        Pack &pack = m_book.pack(batch->pack);
        --pack.openBatches;
        pack.appliedBytes = batch->before.usedBytes + batch->bytes;
        m_sinceSnapshotBytes += batch->bytes;
        for (const Record &record : batch->records) {
            const Location at{batch->pack, static_cast<quint32>(record.offset / kBlockBytes)};
            for (const Item &item : record.items) {
                const auto doubt = m_doubtful.find(item.id);
                if (doubt != m_doubtful.end() && doubt->second < record.header.sequence)
                    m_doubtful.erase(doubt);
                isMoreDead = isMoreDead || item.kind == RecordKind::Remove || item.movedFrom;
                if (item.kind == RecordKind::Remove)
                    m_book.remove(item.id);
                else if (item.movedFrom)
                    m_book.move(item.id, *item.movedFrom, at);
                else
                    m_book.put(item.id, at, record.header.dataBytes, item.meta);
            }
        }
        answerAll(*batch, Done{});
    }
    if (isMoreDead)
        compactSoon();
    if (m_sinceSnapshotBytes >= m_options.snapshotEveryBytes && !m_isSnapshotting)
        m_scope.spawn("index snapshot"_L1, snapshot());
}

} // namespace borg::store
