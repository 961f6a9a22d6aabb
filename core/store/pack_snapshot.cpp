// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_book.h"
#include "pack_record.h"

#include <QtEndian>

#include <cstring>

namespace borg::store {

namespace {

constexpr quint64 kMagic = 0x315844494b434150; // "PACKIDX1"
constexpr qint64 kHeaderBytes = 48; // magic, sequence, four counts, checksum

/// Appends numbers and ids to memory that was made large enough before.
class Writer {
public:
    explicit Writer(char *at)
        : m_at(at)
    {
    }
    template <typename T>
    void number(T value)
    {
        qToLittleEndian(value, m_at);
        m_at += sizeof value;
    }
    void id(const ShardId &value)
    {
        std::memcpy(m_at, value.bytes.data(), sizeof value);
        m_at += sizeof value;
    }
    [[nodiscard]] const char *at() const { return m_at; }

private:
    char *m_at;
};

/// The way back. The sizes were checked before.
class Reader {
public:
    explicit Reader(const char *at)
        : m_at(at)
    {
    }
    template <typename T>
    T number()
    {
        const T value = qFromLittleEndian<T>(m_at);
        m_at += sizeof value;
        return value;
    }
    ShardId id()
    {
        ShardId value;
        std::memcpy(value.bytes.data(), m_at, sizeof value);
        m_at += sizeof value;
        return value;
    }

private:
    const char *m_at;
};

constexpr qint64 kPackBytes = 4 + 8 + 8 + 8 + 8 + 1;
constexpr qint64 kEntryBytes = 33 + 33 + 4 + 4 + 4 + 4 + 2 + 8;
constexpr qint64 kDeadBytes = 33 + 4;
constexpr qint64 kCrcPieceBytes = 1LL << 30; // crc32c() counts in int

/// A checksum over checksums, since a large index is more than 2 GiB.
quint32 checksum(QByteArrayView bytes)
{
    quint32 sum = crc32c(bytes.first(std::min(kCrcPieceBytes, qint64{bytes.size()})));
    for (qint64 at = kCrcPieceBytes; at < bytes.size(); at += kCrcPieceBytes)
        sum ^= crc32c(bytes.sliced(at, std::min(kCrcPieceBytes, bytes.size() - at)));
    return sum;
}

} // namespace

std::optional<QByteArray> encodeSnapshot(const PackBook &book)
{
    for (const auto &[number, pack] : book.packs()) {
        if (pack.isSpoilt && pack.openBatches > 0)
            return {};
    }
    const auto entryCount = static_cast<quint64>(book.index().count());
    const qint64 size = kHeaderBytes + kPackBytes * std::ssize(book.packs())
        + kEntryBytes * book.index().count() + kDeadBytes * static_cast<qint64>(book.dead().size());
    QByteArray bytes(size, Qt::Uninitialized);
    Writer out(bytes.data() + kHeaderBytes);
    for (const auto &[number, pack] : book.packs()) {
        out.number(number);
        out.number(pack.secret);
        // What lies behind a failed write was not acknowledged and must not come back.
        out.number(pack.isSpoilt ? pack.fileBytes : pack.appliedBytes);
        out.number(pack.markedBytes);
        out.number(pack.fileBytes);
        out.number(static_cast<quint8>(pack.isSealed));
    }
    for (const auto &entry : book.index().entries()) {
        if (entry.bytes == 0)
            continue;
        out.id(entry.id);
        const ShardMeta meta = book.index().metaOf(entry);
        out.id(meta.manifest);
        out.number(entry.at.pack);
        out.number(entry.at.block);
        out.number(entry.bytes);
        out.number(meta.segment);
        out.number(meta.index);
        out.number(meta.leaseUntilUtcMs);
    }
    for (const auto &[id, count] : book.dead()) {
        out.id(id);
        out.number(count);
    }
    BORG_ASSERT(out.at() == bytes.constData() + bytes.size());

    Writer header(bytes.data());
    header.number(kMagic);
    header.number(book.sequence());
    header.number(static_cast<quint64>(book.packs().size()));
    header.number(entryCount);
    header.number(static_cast<quint64>(book.dead().size()));
    header.number(checksum(QByteArrayView(bytes).sliced(kHeaderBytes)));
    header.number(crc32c(QByteArrayView(bytes).first(kHeaderBytes - 4)));
    return bytes;
}

std::optional<PackBook> decodeSnapshot(QByteArrayView bytes, std::size_t seed)
{
    if (bytes.size() < kHeaderBytes)
        return {};
    Reader header(bytes.data());
    const bool isOurs = header.number<quint64>() == kMagic;
    const auto sequence = header.number<quint64>();
    const auto packCount = header.number<quint64>();
    const auto entryCount = header.number<quint64>();
    const auto deadCount = header.number<quint64>();
    const auto sum = header.number<quint32>();
    constexpr quint64 kCountMax = quint64{1} << 32;
    if (!isOurs || header.number<quint32>() != crc32c(bytes.first(kHeaderBytes - 4))
        || std::max({packCount, entryCount, deadCount}) > kCountMax
        || static_cast<quint64>(bytes.size())
            != kHeaderBytes + kPackBytes * packCount + kEntryBytes * entryCount
                + kDeadBytes * deadCount
        || sum != checksum(bytes.sliced(kHeaderBytes)))
        return {};

    PackBook book(seed);
    book.raiseSequence(sequence);
    Reader in(bytes.data() + kHeaderBytes);
    for (quint64 i = 0; i < packCount; ++i) {
        const auto number = in.number<quint32>();
        Pack pack;
        pack.secret = in.number<quint64>();
        pack.appliedBytes = in.number<qint64>();
        pack.markedBytes = in.number<qint64>();
        pack.fileBytes = in.number<qint64>();
        pack.isSealed = in.number<quint8>() != 0;
        pack.usedBytes = pack.appliedBytes;
        book.addPack(number, pack);
    }
    for (quint64 i = 0; i < entryCount; ++i) {
        const ShardId id = in.id();
        ShardMeta meta{.manifest = in.id()};
        Location at;
        at.pack = in.number<quint32>();
        at.block = in.number<quint32>();
        const auto size = in.number<quint32>();
        meta.segment = in.number<quint32>();
        meta.index = in.number<quint16>();
        meta.leaseUntilUtcMs = in.number<qint64>();
        if (size == 0 || !book.hasPack(at.pack) || book.index().find(id))
            return {};
        book.put(id, at, size, meta);
    }
    for (quint64 i = 0; i < deadCount; ++i) {
        const ShardId id = in.id();
        for (auto count = in.number<quint32>(); count > 0; --count)
            book.addDead(id);
    }
    return book;
}

} // namespace borg::store
