// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_load.h"

#include <QLoggingCategory>

#include <algorithm>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcPacks, "borg.store.packs")

namespace {

constexpr qint64 kWindowBytes = 256LL * 1024;

/// Reads a file in windows: small ones while large records are skipped, large ones otherwise.
class WindowReader {
public:
    WindowReader(disk::Disk &disk, QString file)
        : m_disk(disk)
        , m_file(std::move(file))
    {
    }
    /// @return the block at `offset`; shorter or empty at the end of the file.
    Result<QByteArrayView> block(qint64 offset)
    {
        if (offset < m_from || offset + kBlockBytes > m_from + m_bytes.size()) {
            const bool isNear = offset - m_lastOffset <= kWindowBytes / 4;
            auto read = m_disk.read(m_file, offset, isNear ? kWindowBytes : kBlockBytes);
            if (!read)
                return read.error();
            m_bytes = *std::move(read);
            m_from = offset;
        }
        m_lastOffset = offset;
        const qint64 at = offset - m_from;
        return QByteArrayView(m_bytes).sliced(at, std::min(kBlockBytes, m_bytes.size() - at));
    }

private:
    disk::Disk &m_disk;
    const QString m_file;
    QByteArray m_bytes;
    qint64 m_from = 0;
    qint64 m_lastOffset = 0;
};

bool fits(const RecordHeader &header, qint64 offset, qint64 fileBytes)
{
    return offset + recordBytes(header.dataBytes) <= fileBytes
        && (header.kind != RecordKind::Put || header.dataBytes > 0)
        && (header.kind == RecordKind::Put || header.dataBytes < kBlockBytes);
}

/// @return whether the data of the record at `offset` is what its header says.
Result<bool> isWhole(
    disk::Disk &disk, const QString &file, const RecordHeader &header, qint64 offset)
{
    const auto data = disk.read(file, offset + kRecordHeaderBytes, header.dataBytes);
    if (!data)
        return data.error();
    return data->size() == header.dataBytes && crc32c(*data) == header.dataCrc;
}

} // namespace

Result<PackScan> scanPack(disk::Disk &disk, const QString &file, quint64 secret, qint64 fromBytes)
{
    const auto fileBytes = disk.size(file);
    if (!fileBytes)
        return fileBytes.error();
    PackScan scan;
    scan.endBytes = fromBytes;
    WindowReader reader(disk, file);
    for (qint64 offset = fromBytes; offset + kBlockBytes <= *fileBytes;) {
        const auto block = reader.block(offset);
        if (!block)
            return block.error();
        const auto header = decodeRecord(*block, secret);
        if (!header || header->sequence <= scan.lastSequence
            || !fits(*header, offset, *fileBytes)) {
            offset += kBlockBytes;
            continue;
        }
        FoundRecord record{*header, {0, static_cast<quint32>(offset / kBlockBytes)}, {}};
        if (header->kind == RecordKind::Remove) {
            const auto data = block->sliced(kRecordHeaderBytes, header->dataBytes);
            if (crc32c(data) != header->dataCrc) { // as good as not there
                offset += kBlockBytes;
                continue;
            }
            record.removes = decodeRemoves(data);
        }
        if (offset > scan.endBytes)
            scan.gaps.emplace_back(scan.endBytes, offset);
        scan.lastSequence = header->sequence;
        offset += recordBytes(header->dataBytes);
        scan.endBytes = offset;
        if (header->kind == RecordKind::Mark)
            scan.marks[header->meta.segment] = header->meta.leaseUntilUtcMs;
        else
            scan.records.push_back(std::move(record));
    }
    return scan;
}

namespace {

/// One run of loadPacks().
class Loader {
public:
    Loader(disk::Disk &disk, QString folder, std::size_t seed)
        : m_disk(disk)
        , m_folder(std::move(folder))
        , m_seed(seed)
        , m_book(seed)
    {
    }

    Result<LoadedPacks> run();

private:
    struct File {
        quint32 number;
        qint64 fileBytes;
        quint64 secret;
        PackScan scan;
    };
    /// A record that was begun when the power went; its header must not be met again.
    struct Torn {
        quint32 pack;
        qint64 offset;
    };

    QString path(quint32 number) const { return m_folder + u'/' + packName(number); }
    Result<Done> findFiles();
    Result<bool> identify(File &file);
    Result<bool> isEmptyBehindHeader(const File &file);
    void takeSnapshot();
    Result<Done> scanFiles();
    Result<Done> dropTorn();
    void replay();
    Result<Done> settle();
    Result<Done> settle(File &file);

    disk::Disk &m_disk;
    const QString m_folder;
    const std::size_t m_seed;
    PackBook m_book;
    PackOpenReport m_report;
    std::vector<File> m_files;
    std::vector<quint32> m_unborn; ///< Made, and never completed.
    std::vector<Torn> m_torn;
    std::map<quint32, qint64> m_marks;
    quint32 m_lastNumber = 0;
};

Result<LoadedPacks> Loader::run()
{
    if (auto made = m_disk.makeFolder(m_folder); !made)
        return made.error();
    if (auto found = findFiles(); !found)
        return found.error();
    takeSnapshot();
    if (auto scanned = scanFiles(); !scanned)
        return scanned.error();
    if (auto dropped = dropTorn(); !dropped)
        return dropped.error();
    const auto space = m_disk.space();
    if (!space)
        return space.error();
    replay();
    std::optional<Error> writeError;
    if (auto settled = settle(); !settled)
        writeError = settled.error();
    return LoadedPacks{std::move(m_book), m_report, m_lastNumber, *space, std::move(writeError)};
}

Result<Done> Loader::findFiles()
{
    const auto entries = m_disk.list(m_folder);
    if (!entries)
        return entries.error();
    for (const disk::Entry &entry : *entries) {
        const auto number = packNumber(entry.name);
        if (!number || entry.isFolder)
            continue;
        m_lastNumber = std::max(m_lastNumber, *number);
        File file{*number, entry.sizeBytes, 0, {}};
        const auto known = identify(file);
        if (!known)
            return known.error();
        if (*known) {
            m_files.push_back(std::move(file));
            continue;
        }
        // Records are written only when the header is durable.
        const auto isEmpty = isEmptyBehindHeader(file);
        if (!isEmpty)
            return isEmpty.error();
        if (*isEmpty) {
            m_unborn.push_back(file.number);
        } else {
            m_report.damagedBytes += file.fileBytes;
            qCWarning(lcPacks) << "a pack has lost its header and is left alone:" << entry.name;
        }
    }
    return Done{};
}

Result<bool> Loader::identify(File &file)
{
    const auto block = m_disk.read(path(file.number), 0, kBlockBytes);
    if (!block)
        return block.error();
    const auto header = decodePackHeader(*block);
    if (!header || header->number != file.number)
        return false;
    if (header->format > kPackFormat) {
        return Error{Errc::Conflict,
            u"%1 was written by a newer version of this program"_s.arg(path(file.number))};
    }
    file.secret = header->secret;
    return true;
}

Result<bool> Loader::isEmptyBehindHeader(const File &file)
{
    for (qint64 at = kBlockBytes; at < file.fileBytes; at += kWindowBytes) {
        const auto bytes = m_disk.read(path(file.number), at, kWindowBytes);
        if (!bytes)
            return bytes.error();
        if (bytes->count('\0') != bytes->size())
            return false;
    }
    return true;
}

/// A snapshot is a hint: it is used when it is whole and every pack in it that is still there is
/// the same pack. Entries of packs that are gone were copied elsewhere before.
void Loader::takeSnapshot()
{
    const auto bytes = m_disk.readFile(m_folder + u'/' + kSnapshotName, kSnapshotBytesMax);
    auto book = bytes ? decodeSnapshot(*bytes, m_seed) : std::nullopt;
    if (!book)
        return;
    std::vector<quint32> gone;
    for (const auto &[number, pack] : book->packs()) {
        const auto file = std::ranges::find(m_files, number, &File::number);
        if (file == m_files.end())
            gone.push_back(number);
        else if (file->secret != pack.secret || file->fileBytes < pack.appliedBytes)
            return;
        m_lastNumber = std::max(m_lastNumber, number);
    }
    if (!gone.empty()) {
        std::vector<ShardId> lost;
        for (const auto &entry : book->index().entries()) {
            if (entry.bytes > 0 && std::ranges::binary_search(gone, entry.at.pack))
                lost.push_back(entry.id);
        }
        for (const ShardId &id : lost) {
            book->remove(id);
            book->dropDead(id);
        }
        for (const quint32 number : gone)
            book->erasePack(number);
    }
    m_book = *std::move(book);
    m_report.fromSnapshot = true;
}

Result<Done> Loader::scanFiles()
{
    for (File &file : m_files) {
        qint64 from = kBlockBytes;
        if (m_book.hasPack(file.number)) {
            Pack &pack = m_book.pack(file.number);
            from = pack.appliedBytes;
            m_marks[file.number] = from;
            m_book.setSizes(file.number, file.fileBytes, pack.usedBytes);
        } else {
            m_book.addPack(file.number,
                {.secret = file.secret,
                    .fileBytes = file.fileBytes,
                    .usedBytes = kBlockBytes,
                    .appliedBytes = kBlockBytes,
                    .markedBytes = kBlockBytes});
        }
        auto scan = scanPack(m_disk, path(file.number), file.secret, from);
        if (!scan)
            return scan.error();
        file.scan = *std::move(scan);
        for (const auto &[number, offset] : file.scan.marks)
            m_marks[number] = std::max(m_marks[number], offset);
    }
    return Done{};
}

/// Past the last mark a header may have survived a power cut without its data.
Result<Done> Loader::dropTorn()
{
    for (File &file : m_files) {
        const qint64 marked = m_marks[file.number];
        for (const auto &[from, to] : file.scan.gaps)
            (to <= marked ? m_report.damagedBytes : m_report.tornBytes) += to - from;
        std::vector<FoundRecord> whole;
        whole.reserve(file.scan.records.size());
        for (FoundRecord &record : file.scan.records) {
            const qint64 offset = record.at.block * kBlockBytes;
            record.at.pack = file.number;
            if (offset >= marked && record.header.kind == RecordKind::Put) {
                const auto good = isWhole(m_disk, path(file.number), record.header, offset);
                if (!good)
                    return good.error();
                if (!*good) {
                    m_torn.push_back({file.number, offset});
                    m_report.tornBytes += recordBytes(record.header.dataBytes);
                    m_book.raiseSequence(record.header.sequence + 1);
                    continue;
                }
            }
            whole.push_back(std::move(record));
        }
        file.scan.records = std::move(whole);
    }
    return Done{};
}

void Loader::replay()
{
    std::vector<const FoundRecord *> records;
    for (const File &file : m_files) {
        m_book.raiseSequence(file.scan.lastSequence + 1);
        for (const FoundRecord &record : file.scan.records)
            records.push_back(&record);
    }
    std::ranges::sort(
        records, {}, [](const FoundRecord *record) { return record->header.sequence; });
    for (const FoundRecord *const record : records) {
        const RecordHeader &header = record->header;
        if (header.kind == RecordKind::Put)
            m_book.put(header.id, record->at, header.dataBytes, header.meta);
        for (const ShardId &id : record->removes)
            m_book.remove(id);
    }
    m_report.replayedRecords = std::ssize(records);
}

Result<Done> Loader::settle()
{
    for (const quint32 number : m_unborn) {
        if (auto removed = m_disk.remove(path(number)); !removed)
            return removed;
    }
    for (const Torn &torn : m_torn) {
        const QByteArray zeros(kRecordHeaderBytes, '\0');
        if (auto wiped = m_disk.write(path(torn.pack), torn.offset, zeros); !wiped)
            return wiped;
    }
    for (File &file : m_files) {
        if (auto settled = settle(file); !settled)
            return settled;
    }
    return Done{};
}

Result<Done> Loader::settle(File &file)
{
    Pack &pack = m_book.pack(file.number);
    const bool hasNew = file.scan.endBytes > pack.appliedBytes;
    const bool isTorn
        = std::ranges::any_of(m_torn, [&](const Torn &torn) { return torn.pack == file.number; });
    const bool hasTail = file.fileBytes > file.scan.endBytes;
    m_book.setSizes(file.number, file.fileBytes, file.scan.endBytes);
    pack.appliedBytes = file.scan.endBytes;
    pack.markedBytes = std::max(pack.markedBytes, m_marks[file.number]);
    pack.isSealed = pack.isSealed || file.number != m_lastNumber;
    if (hasTail) {
        if (auto cut = m_disk.truncate(path(file.number), file.scan.endBytes); !cut)
            return cut;
        m_book.setSizes(file.number, file.scan.endBytes, file.scan.endBytes);
    }
    // What an earlier process wrote may be in memory only.
    if (hasNew || isTorn || hasTail)
        return m_disk.sync(path(file.number));
    return Done{};
}

} // namespace

Result<LoadedPacks> loadPacks(disk::Disk &disk, const QString &folder, std::size_t seed)
{
    return Loader(disk, folder, seed).run();
}

} // namespace borg::store
