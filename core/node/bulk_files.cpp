// SPDX-License-Identifier: GPL-3.0-or-later
#include "bulk_files.h"

#include <disk/on_executor.h>
#include <net/envelope.h>
#include <net/merkle.h>
#include <tree/bulk.h>
#include <tree/bulk_codec.h>

#include <QLoggingCategory>

namespace borg::node {

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcBulk, "borg.node.bulk")

namespace {

using disk::Disk;
using tree::BulkBits;
using tree::BulkId;
using tree::BulkLayout;
using tree::BulkObject;
using Outcome = tree::BulkGroupDone::Outcome;

const QString kFolder = u"bulk"_s;
constexpr qsizetype kGroupBytes = tree::kBulkDataPerGroup * tree::kBulkChunkBytes;

QString chunksFile(const BulkId &id)
{
    return u"%1/%2.chunks"_s.arg(kFolder, id.text());
}

QString headFile(const BulkId &id)
{
    return u"%1/%2.head"_s.arg(kFolder, id.text());
}

qint64 placeOf(quint32 index)
{
    return index * tree::Bulk::kRecordBytes;
}

/// @return the record at `index` if it is there and right.
QByteArray readRecord(Disk &disk, const QString &file, const crypto::Crypto &crypto,
    const BulkObject &about, quint32 index)
{
    auto record = disk.read(file, placeOf(index), about.layout.recordBytes(index));
    if (!record || !tree::isBulkRecord(crypto, about.layout, about.root, index, *record))
        return {};
    return *std::move(record);
}

tree::BulkGroupRecords readGroup(
    Disk &disk, const crypto::Crypto &crypto, const BulkObject &about, quint32 group)
{
    tree::BulkGroupRecords records;
    for (quint32 slot = 0; slot < tree::kBulkGroupChunks; ++slot) {
        const quint32 index = group * tree::kBulkGroupChunks + slot;
        if (!about.layout.isPadding(index))
            records[slot] = readRecord(disk, chunksFile(about.id), crypto, about, index);
    }
    return records;
}

/// The group is checked as a whole, and what it lacks is written.
tree::BulkGroupDone rebuildGroup(
    Disk &disk, const crypto::Crypto &crypto, const BulkObject &about, quint32 group)
{
    tree::BulkGroupDone done{about.id, group, Outcome::Failed, {}};
    const auto records = readGroup(disk, crypto, about, group);
    auto rebuilt = tree::rebuildBulkGroup(crypto, about.layout, about.root, group, records);
    if (!rebuilt) { // fewer than were stored: the others are damaged
        done.outcome = Outcome::Damaged;
        for (quint32 slot = 0; slot < tree::kBulkGroupChunks; ++slot) {
            if (records[slot].isEmpty())
                done.damaged.push_back(group * tree::kBulkGroupChunks + slot);
        }
        return done;
    }
    if (rebuilt->isContradictory) {
        done.outcome = Outcome::Contradictory;
        return done;
    }
    for (quint32 slot = 0; slot < tree::kBulkGroupChunks; ++slot) {
        const quint32 index = group * tree::kBulkGroupChunks + slot;
        if (rebuilt->records[slot].isEmpty())
            continue;
        if (const auto written
            = disk.write(chunksFile(about.id), placeOf(index), rebuilt->records[slot]);
            !written) {
            qCWarning(lcBulk).noquote() << written.error().detail;
            return done;
        }
    }
    done.outcome = Outcome::Whole;
    return done;
}

/// What the announcement in a head says, without its signature: that is checked by the tree.
std::optional<BulkObject> objectOf(const QByteArray &bytes, const crypto::Crypto &crypto)
{
    const auto head = net::readHead(bytes);
    if (!head)
        return std::nullopt;
    const auto record
        = wire::decodeFields<tree::BulkRecord>(net::bodyOf(head->message.toByteArray()));
    if (!record || record->sizeBytes < 1 || record->sizeBytes > tree::kBulkBytesMax
        || record->root.size() != qsizetype{sizeof(crypto::Hash)})
        return std::nullopt;
    BulkObject object;
    object.id = *tree::bulkIdOf(
        QByteArrayView(crypto.hash(head->message)).first(std::ssize(object.id.bytes)));
    object.layout = BulkLayout(record->sizeBytes);
    std::ranges::copy(record->root, object.root.begin());
    object.head = bytes;
    return object;
}

/// @return which chunks of an object are there; none at all when its parts do not fit together.
BulkBits haveOf(Disk &disk, const crypto::Crypto &crypto, const BulkObject &about)
{
    BulkBits have(about.layout.chunks());
    for (quint32 group = 0; group < about.layout.groups(); ++group) {
        const auto records = readGroup(disk, crypto, about, group);
        const auto missing = std::ranges::count_if(
            records, [](const QByteArray &record) { return record.isEmpty(); });
        if (missing == std::ssize(records))
            continue;
        const auto rebuilt
            = tree::rebuildBulkGroup(crypto, about.layout, about.root, group, records);
        if (rebuilt && rebuilt->isContradictory)
            return BulkBits(about.layout.chunks());
        for (quint32 slot = 0; slot < tree::kBulkGroupChunks; ++slot) {
            const quint32 index = group * tree::kBulkGroupChunks + slot;
            if (!records[slot].isEmpty() || about.layout.isPadding(index))
                have.set(index);
        }
    }
    return have;
}

std::vector<BulkFiles::Found> findAll(Disk &disk, const crypto::Crypto &crypto)
{
    std::vector<BulkFiles::Found> found;
    const auto entries = disk.list(kFolder);
    if (!entries)
        return found;
    std::vector<QString> useless;
    for (const auto &entry : *entries) {
        const QString name = kFolder + u'/' + entry.name;
        if (!entry.name.endsWith(u".head")) {
            const QString head = name.chopped(name.size() - name.lastIndexOf(u'.')) + u".head"_s;
            if (!disk.size(head))
                useless.push_back(name); // made, or taken, and never announced
            continue;
        }
        const auto bytes = disk.readFile(name, tree::Bulk::kNoticeBytesMax);
        const auto about = bytes ? objectOf(*bytes, crypto) : std::nullopt;
        if (about && headFile(about->id) == name && found.size() < tree::Bulk::kObjectsMax)
            found.push_back({*about, haveOf(disk, crypto, *about)});
        else
            useless.push_back(name);
    }
    for (const QString &name : useless) {
        if (const auto removed = disk.remove(name); !removed)
            qCWarning(lcBulk).noquote() << removed.error().detail;
    }
    return found;
}

/// @return the file in the data folder, coded; on an executor.
Result<BulkFiles::Made> makeFile(Disk &disk, const crypto::Crypto &crypto, const QString &file,
    store::Source &source, qint64 freeBytesMin)
{
    if (auto opened = source.open(); !opened)
        return opened.error();
    const qint64 sizeBytes = source.sizeBytes();
    if (sizeBytes < 1 || sizeBytes > tree::kBulkBytesMax)
        return Error{Errc::TooLarge,
            u"What goes to everybody has 1 byte to 256 MiB; this file has %1 bytes."_s.arg(
                sizeBytes)};
    const BulkLayout layout(sizeBytes);
    const qint64 needed = placeOf(layout.chunks());
    if (const auto space = disk.space(); space && space->freeBytes - needed < freeBytesMin)
        return Error{Errc::NoSpace,
            u"The disk of the data folder has no room for %1 bytes more."_s.arg(needed)};
    std::vector<crypto::Hash> leaves;
    for (qint64 at = 0; at < sizeBytes; at += kGroupBytes) {
        const auto bytes = source.read(std::min<qint64>(kGroupBytes, sizeBytes - at));
        if (!bytes)
            return bytes.error();
        if (bytes->size() != std::min<qint64>(kGroupBytes, sizeBytes - at))
            return Error{Errc::Conflict, u"The file became shorter while it was read."_s};
        for (const QByteArray &chunk : tree::bulkGroup(*bytes)) {
            const auto index = static_cast<quint32>(leaves.size());
            leaves.push_back(crypto.hash(chunk));
            const qint64 place = placeOf(index) + layout.recordBytes(index) - tree::kBulkChunkBytes;
            if (layout.isPadding(index))
                continue;
            if (auto written = disk.write(file, place, chunk); !written)
                return written.error();
        }
    }
    const net::MerkleTree tree(crypto, leaves);
    for (quint32 index = 0; index < layout.chunks(); ++index) {
        if (layout.isPadding(index))
            continue;
        if (auto written = disk.write(
                file, placeOf(index), tree::bulkRecord(tree.path(index), QByteArrayView()));
            !written)
            return written.error();
    }
    return BulkFiles::Made{file, sizeBytes, net::merkleRoot(crypto, leaves)};
}

/// Makes room for an object of somebody else.
Result<Done> openFile(Disk &disk, const BulkObject &object, qint64 freeBytesMin)
{
    if (disk.size(headFile(object.id)))
        return Done{}; // of the last run
    const qint64 bytes = placeOf(object.layout.chunks());
    if (const auto space = disk.space(); space && space->freeBytes - bytes < freeBytesMin)
        return Error{Errc::NoSpace, u"no room for an object of %1 bytes"_s.arg(bytes)};
    if (auto folder = disk.makeFolder(kFolder); !folder)
        return folder;
    if (auto reserved = disk.preallocate(chunksFile(object.id), bytes); !reserved)
        return reserved;
    return disk.writeFile(headFile(object.id), object.head);
}

/// @return the object's bytes of one group.
Result<QByteArray> readBytes(
    Disk &disk, const crypto::Crypto &crypto, const BulkObject &about, quint32 group)
{
    QByteArray bytes;
    const quint32 first = group * tree::kBulkDataPerGroup;
    for (quint32 number = first;
        number < first + tree::kBulkDataPerGroup && number < about.layout.dataChunks(); ++number) {
        const quint32 index = BulkLayout::indexOfData(number);
        const auto record = readRecord(disk, chunksFile(about.id), crypto, about, index);
        if (record.isEmpty())
            return Error{Errc::Storage,
                u"More of it is damaged on this computer's disk than can be rebuilt."_s};
        bytes.append(tree::bulkChunkOf(about.layout, index, record));
    }
    return bytes.first(
        std::min<qint64>(bytes.size(), about.layout.sizeBytes() - group * kGroupBytes));
}

} // namespace

BulkFiles::BulkFiles(TaskScope &scope, Disk &disk, Executor &executor, const crypto::Crypto &crypto,
    qint64 freeBytesMin)
    : m_scope(scope)
    , m_disk(disk)
    , m_executor(executor)
    , m_crypto(crypto)
    , m_freeBytesMin(freeBytesMin)
{
}

QCoro::Task<Result<std::vector<BulkFiles::Found>>> BulkFiles::load()
{
    auto found = co_await disk::OnExecutor<std::vector<Found>>(m_scope, m_executor,
        [&disk = m_disk, &crypto = m_crypto] { return findAll(disk, crypto); });
    co_return std::move(found);
}

QCoro::Task<Result<BulkFiles::Made>> BulkFiles::make(std::shared_ptr<store::Source> source)
{
    const QString file = u"%1/new%2.chunks"_s.arg(kFolder).arg(++m_lastMade);
    auto made = co_await disk::OnExecutor<Result<Made>>(m_scope, m_executor,
        [&disk = m_disk, &crypto = m_crypto, least = m_freeBytesMin, file, source] {
            if (auto folder = disk.makeFolder(kFolder); !folder)
                return Result<Made>(folder.error());
            return makeFile(disk, crypto, file, *source, least);
        });
    if (!made)
        discard({file, 0, {}});
    co_return std::move(made);
}

QCoro::Task<Result<Done>> BulkFiles::adopt(Made made, BulkObject object)
{
    m_objects[object.id].about = object;
    co_return co_await disk::OnExecutor<Result<Done>>(
        m_scope, m_executor, [&disk = m_disk, made, object] {
            if (auto moved = disk.replace(made.file, chunksFile(object.id)); !moved)
                return moved;
            return disk.writeFile(headFile(object.id), object.head);
        });
}

void BulkFiles::discard(const Made &made)
{
    m_scope.spawn("removing a file"_L1, removing({made.file}));
}

QCoro::Task<Result<Done>> BulkFiles::removing(std::vector<QString> files)
{
    co_return co_await disk::OnExecutor<Result<Done>>(m_scope, m_executor, [&disk = m_disk, files] {
        for (const QString &file : files) {
            if (const auto removed = disk.remove(file);
                !removed && removed.error().code != Errc::NotFound)
                qCWarning(lcBulk).noquote() << removed.error().detail;
        }
        return Result<Done>(Done{});
    });
}

QCoro::Task<Result<Done>> BulkFiles::save(BulkId id, std::shared_ptr<store::Sink> sink)
{
    using Step = disk::OnExecutor<Result<Done>>;
    auto outcome = co_await Step(m_scope, m_executor, [sink] { return sink->open(); });
    for (quint32 group = 0; outcome; ++group) {
        const Object *object = living(id);
        if (!object || m_scope.isClosed())
            outcome = Error{Errc::Closed, u"It was dropped meanwhile."_s};
        if (!outcome || group == object->about.layout.groups())
            break;
        outcome = co_await Step(m_scope, m_executor,
            [&disk = m_disk, &crypto = m_crypto, about = object->about, sink,
                group]() -> Result<Done> {
                auto bytes = readBytes(disk, crypto, about, group);
                if (!bytes && rebuildGroup(disk, crypto, about, group).outcome == Outcome::Whole)
                    bytes = readBytes(disk, crypto, about, group);
                if (!bytes)
                    return bytes.error();
                return sink->write(*bytes);
            });
    }
    if (outcome)
        outcome = co_await Step(m_scope, m_executor, [sink] { return sink->commit(); });
    if (!outcome) {
        (void)co_await Step(m_scope, m_executor, [sink] {
            sink->discard();
            return Result<Done>(Done{});
        });
    }
    co_return std::move(outcome);
}

template <typename T>
void BulkFiles::run(const BulkId &id, std::function<T()> work, std::function<void(T)> done)
{
    ++m_objects[id].underWay;
    m_scope.spawn("a chunk"_L1, running<T>(id, std::move(work), std::move(done)));
}

template <typename T>
QCoro::Task<Result<Done>> BulkFiles::running(
    BulkId id, std::function<T()> work, std::function<void(T)> done)
{
    auto result = co_await disk::OnExecutor<T>(m_scope, m_executor, std::move(work));
    done(std::move(result));
    release(id);
    co_return Done{};
}

BulkFiles::Object *BulkFiles::living(const BulkId &id)
{
    const auto object = m_objects.find(id);
    return object == m_objects.end() || object->second.isRemoved ? nullptr : &object->second;
}

void BulkFiles::release(const BulkId &id)
{
    const auto object = m_objects.find(id);
    if (object != m_objects.end() && --object->second.underWay == 0 && object->second.isRemoved)
        m_scope.spawn("removing an object"_L1, removingObject(id));
}

void BulkFiles::open(const BulkObject &object)
{
    m_objects[object.id].about = object;
    run<Result<Done>>(
        object.id,
        [&disk = m_disk, object, least = m_freeBytesMin] { return openFile(disk, object, least); },
        [this, id = object.id](const Result<Done> &opened) { noteOpened(id, opened); });
}

void BulkFiles::noteOpened(const BulkId &id, const Result<Done> &opened)
{
    bool &isClosed = m_objects[id].isClosed;
    if (!opened && !std::exchange(isClosed, true))
        qCWarning(lcBulk).noquote() << "not kept:" << opened.error().detail;
    else if (opened)
        isClosed = false;
}

void BulkFiles::store(
    const BulkId &id, quint32 index, const QByteArray &record, std::function<void(bool)> answer)
{
    const Object *object = living(id);
    if (object && object->isClosed) // there may be room by now
        open(object->about);
    const bool mayWrite = object && !object->isClosed;
    run<Result<Done>>(
        id,
        [&disk = m_disk, id, index, record, mayWrite]() -> Result<Done> {
            return mayWrite ? disk.write(chunksFile(id), placeOf(index), record)
                            : Error{Errc::Storage, {}};
        },
        [answer = std::move(answer)](const Result<Done> &stored) {
            if (!stored && !stored.error().detail.isEmpty())
                qCWarning(lcBulk).noquote() << stored.error().detail;
            answer(stored.ok());
        });
}

void BulkFiles::load(
    const BulkId &id, quint32 index, std::function<void(std::optional<QByteArray>)> answer)
{
    const Object *object = living(id);
    // Checked again: whoever sends a wrong chunk is refused by everybody, also for a bad disk.
    run<QByteArray>(
        id,
        [&disk = m_disk, &crypto = m_crypto, index,
            about = object ? std::optional(object->about) : std::nullopt] {
            return about ? readRecord(disk, chunksFile(about->id), crypto, *about, index)
                         : QByteArray();
        },
        [answer = std::move(answer)](const QByteArray &record) {
            answer(record.isEmpty() ? std::nullopt : std::optional(record));
        });
}

void BulkFiles::rebuild(
    const BulkId &id, quint32 group, std::function<void(const tree::BulkGroupDone &)> answer)
{
    const Object *object = living(id);
    run<tree::BulkGroupDone>(
        id,
        [&disk = m_disk, &crypto = m_crypto, id, group,
            about = object ? std::optional(object->about) : std::nullopt] {
            return about ? rebuildGroup(disk, crypto, *about, group)
                         : tree::BulkGroupDone{id, group, Outcome::Failed, {}};
        },
        [answer = std::move(answer)](const tree::BulkGroupDone &done) { answer(done); });
}

void BulkFiles::remove(const BulkId &id)
{
    Object &object = m_objects[id]; // also one that was never taken, of the last run
    object.isRemoved = true;
    if (object.underWay == 0)
        m_scope.spawn("removing an object"_L1, removingObject(id));
}

QCoro::Task<Result<Done>> BulkFiles::removingObject(BulkId id)
{
    (void)co_await removing(std::vector{headFile(id), chunksFile(id)});
    const auto object = m_objects.find(id);
    if (object != m_objects.end() && object->second.isRemoved && object->second.underWay == 0)
        m_objects.erase(object);
    co_return Done{};
}

} // namespace borg::node
