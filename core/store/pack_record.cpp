// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_record.h"

#include <QtEndian>

#include <cstring>
#include <isa-l/crc.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint64 kPackMagic = 0x314b415047524f42; // "BORGPAK1"
constexpr quint32 kRecordMagic = 0x52475242; // "BRGR"
constexpr qint64 kPackHeaderBytes = 32;
constexpr qint64 kCopyOffset = kBlockBytes / 2; // in another sector than the first one

/// Where the fields of a record header lie.
enum Field : qint64 {
    AtMagic = 0,
    AtKind = 4,
    AtIndex = 6,
    AtSecret = 8,
    AtSequence = 16,
    AtDataBytes = 24,
    AtSegment = 28,
    AtLease = 32,
    AtId = 40,
    AtManifest = 73,
    AtDataCrc = 116,
    AtHeaderCrc = 124,
};
static_assert(AtManifest + qint64{sizeof(ShardId)} <= AtDataCrc);

template <typename T>
void store(char *to, T value)
{
    qToLittleEndian(value, to);
}
template <typename T>
T load(const char *from)
{
    return qFromLittleEndian<T>(from);
}

std::optional<PackHeader> decodeCopy(QByteArrayView copy)
{
    const char *const at = copy.data();
    if (load<quint64>(at) != kPackMagic || load<quint32>(at + 28) != crc32c(copy.first(28)))
        return {};
    return PackHeader{load<quint32>(at + 8), load<quint32>(at + 12), load<quint64>(at + 16)};
}

} // namespace

quint32 crc32c(QByteArrayView bytes)
{
    // The library takes a non-const pointer and an int, and reads only. Shards are below 2 GiB.
    auto *const data = const_cast<unsigned char *>(reinterpret_cast<const uchar *>(bytes.data()));
    return ~crc32_iscsi(data, static_cast<int>(bytes.size()), ~0U);
}

QByteArray encode(const PackHeader &header)
{
    QByteArray block(kBlockBytes, '\0');
    for (const qint64 offset : {qint64{0}, kCopyOffset}) {
        char *const at = block.data() + offset;
        store(at, kPackMagic);
        store(at + 8, header.format);
        store(at + 12, header.number);
        store(at + 16, header.secret);
        store(at + 28, crc32c(QByteArrayView(at, 28)));
    }
    return block;
}

std::optional<PackHeader> decodePackHeader(QByteArrayView block)
{
    if (block.size() < kCopyOffset + kPackHeaderBytes)
        return {};
    const auto first = decodeCopy(block.first(kPackHeaderBytes));
    return first ? first : decodeCopy(block.sliced(kCopyOffset, kPackHeaderBytes));
}

void encode(const RecordHeader &header, std::span<char, kRecordHeaderBytes> to)
{
    char *const at = to.data();
    std::memset(at, 0, to.size());
    store(at + AtMagic, kRecordMagic);
    at[AtKind] = static_cast<char>(header.kind);
    store(at + AtIndex, header.meta.index);
    store(at + AtSecret, header.packSecret);
    store(at + AtSequence, header.sequence);
    store(at + AtDataBytes, header.dataBytes);
    store(at + AtSegment, header.meta.segment);
    store(at + AtLease, header.meta.leaseUntilUtcMs);
    std::memcpy(at + AtId, header.id.bytes.data(), sizeof(ShardId));
    std::memcpy(at + AtManifest, header.meta.manifest.bytes.data(), sizeof(ShardId));
    store(at + AtDataCrc, header.dataCrc);
    store(at + AtHeaderCrc, crc32c(QByteArrayView(at, AtHeaderCrc)));
}

std::optional<RecordHeader> decodeRecord(QByteArrayView bytes, quint64 packSecret)
{
    if (bytes.size() < kRecordHeaderBytes)
        return {};
    const char *const at = bytes.data();
    if (load<quint32>(at + AtMagic) != kRecordMagic || load<quint64>(at + AtSecret) != packSecret
        || load<quint32>(at + AtHeaderCrc) != crc32c(bytes.first(AtHeaderCrc)))
        return {};
    RecordHeader header;
    header.kind = RecordKind{static_cast<quint8>(at[AtKind])};
    if (header.kind != RecordKind::Put && header.kind != RecordKind::Remove
        && header.kind != RecordKind::Mark)
        return {};
    header.packSecret = packSecret;
    header.sequence = load<quint64>(at + AtSequence);
    header.dataBytes = load<quint32>(at + AtDataBytes);
    header.dataCrc = load<quint32>(at + AtDataCrc);
    header.meta.index = load<quint16>(at + AtIndex);
    header.meta.segment = load<quint32>(at + AtSegment);
    header.meta.leaseUntilUtcMs = load<qint64>(at + AtLease);
    std::memcpy(header.id.bytes.data(), at + AtId, sizeof(ShardId));
    std::memcpy(header.meta.manifest.bytes.data(), at + AtManifest, sizeof(ShardId));
    return header;
}

QByteArray encodeRemoves(std::span<const ShardId> ids)
{
    static_assert(sizeof(ShardId) == 33);
    QByteArray data;
    data.reserve(static_cast<qsizetype>(ids.size_bytes()));
    for (const ShardId &id : ids)
        data.append(reinterpret_cast<const char *>(id.bytes.data()), sizeof id);
    return data;
}

std::vector<ShardId> decodeRemoves(QByteArrayView data)
{
    std::vector<ShardId> ids(static_cast<std::size_t>(data.size()) / sizeof(ShardId));
    for (std::size_t i = 0; i < ids.size(); ++i)
        std::memcpy(ids[i].bytes.data(), data.data() + i * sizeof(ShardId), sizeof(ShardId));
    return ids;
}

QString packName(quint32 number)
{
    return u"%1.pack"_s.arg(number, 8, 16, QLatin1Char('0'));
}

std::optional<quint32> packNumber(const QString &name)
{
    bool isNumber = false;
    const quint32 number = name.left(8).toUInt(&isNumber, 16);
    if (!isNumber || name != packName(number))
        return {};
    return number;
}

} // namespace borg::store
