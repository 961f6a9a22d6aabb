// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/pack_types.h>

#include <QByteArrayView>

#include <optional>
#include <span>

/// The bytes of a pack. All numbers are little-endian.
///
/// Block 0 holds two copies of the pack's header. Then records follow, each at a multiple of 4 KiB:
/// header (128 bytes), data, zeros up to the next multiple. A reader who meets a bad header goes
/// on at the next multiple: the header carries the pack's secret, which no peer knows, and a
/// sequence number that rises within a pack, so that bytes of a shard cannot pass for a record.
namespace borg::store {

inline constexpr qint64 kBlockBytes = 4096;
inline constexpr qint64 kRecordHeaderBytes = 128;
inline constexpr quint32 kPackFormat = 1;

/// CRC-32C (Castagnoli) of `bytes`.
[[nodiscard]] quint32 crc32c(QByteArrayView bytes);

/// @return the room that a record with so much data takes.
[[nodiscard]] constexpr qint64 recordBytes(qint64 dataBytes)
{
    return (kRecordHeaderBytes + dataBytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
}

struct PackHeader {
    quint32 format = kPackFormat;
    quint32 number = 0;
    quint64 secret = 0;

    friend bool operator==(const PackHeader &, const PackHeader &) = default;
};
/// @return block 0.
[[nodiscard]] QByteArray encode(const PackHeader &header);
/// @return the header from either copy, if one is whole.
[[nodiscard]] std::optional<PackHeader> decodePackHeader(QByteArrayView block);

enum class RecordKind : quint8 {
    Put = 1, ///< A shard; data is its bytes.
    Remove = 2, ///< Data is a list of shard ids, 33 bytes each.
    Mark = 3, ///< All of pack `meta.segment` before byte `meta.leaseUntilUtcMs` was durable.
};

struct RecordHeader {
    RecordKind kind = RecordKind::Put;
    quint64 packSecret = 0;
    quint64 sequence = 0; ///< Rises with every record of the store.
    ShardId id;
    ShardMeta meta;
    quint32 dataBytes = 0;
    quint32 dataCrc = 0;

    friend bool operator==(const RecordHeader &, const RecordHeader &) = default;
};
void encode(const RecordHeader &header, std::span<char, kRecordHeaderBytes> to);
/// @return the header, if `bytes` (at least 128) begin with a whole one of this pack.
[[nodiscard]] std::optional<RecordHeader> decodeRecord(QByteArrayView bytes, quint64 packSecret);

/// The data of a Remove record.
inline constexpr std::size_t kRemovesPerRecord
    = (kBlockBytes - kRecordHeaderBytes) / sizeof(ShardId);
[[nodiscard]] QByteArray encodeRemoves(std::span<const ShardId> ids);
[[nodiscard]] std::vector<ShardId> decodeRemoves(QByteArrayView data);

/// @return the file of a pack inside the store's folder ("0000002a.pack").
[[nodiscard]] QString packName(quint32 number);
[[nodiscard]] std::optional<quint32> packNumber(const QString &name);

} // namespace borg::store
