// SPDX-License-Identifier: GPL-3.0-or-later
#include "bulk_layout.h"

#include <base/assert.h>

#include <QtEndian>

#include <algorithm>
#include <bit>

namespace borg::tree {

BulkLayout::BulkLayout(qint64 sizeBytes)
    : m_sizeBytes(sizeBytes)
    , m_dataChunks(static_cast<quint32>((sizeBytes + kBulkChunkBytes - 1) / kBulkChunkBytes))
    , m_groups((m_dataChunks + kBulkDataPerGroup - 1) / kBulkDataPerGroup)
{
    BORG_ASSERT(sizeBytes >= 1 && sizeBytes <= kBulkBytesMax);
}

bool BulkLayout::isPadding(quint32 index) const
{
    const quint32 slot = index % kBulkGroupChunks;
    return slot < kBulkDataPerGroup
        && index / kBulkGroupChunks * kBulkDataPerGroup + slot >= m_dataChunks;
}

quint32 BulkLayout::indexOfData(quint32 number)
{
    return number / kBulkDataPerGroup * kBulkGroupChunks + number % kBulkDataPerGroup;
}

qsizetype BulkLayout::pathLength(quint32 index) const
{
    // As net::merkleRootOf() climbs: a last one without a sibling moves up as it is.
    qsizetype length = 0;
    quint32 at = index;
    for (quint32 count = chunks(); count > 1; count = (count + 1) / 2) {
        length += (at ^ 1U) < count ? 1 : 0;
        at /= 2;
    }
    return length;
}

qsizetype BulkLayout::recordBytes(quint32 index) const
{
    return pathLength(index) * qsizetype{sizeof(crypto::Hash)} + kBulkChunkBytes;
}

std::optional<BulkBits> BulkBits::read(QByteArrayView bytes, quint32 size)
{
    BulkBits bits(size);
    if (bytes.size() != bits.m_bytes.size())
        return std::nullopt;
    bits.m_bytes = bytes.toByteArray();
    for (const char byte : bytes)
        bits.m_count += static_cast<quint32>(std::popcount(static_cast<quint8>(byte)));
    const quint32 spare = static_cast<quint32>(bytes.size()) * 8 - size;
    if (spare > 0 && (static_cast<quint8>(bytes.back()) & ((1U << spare) - 1)) != 0)
        return std::nullopt;
    return bits;
}

void BulkBits::set(quint32 index)
{
    BORG_ASSERT(index < m_size);
    if (test(index))
        return;
    m_bytes[index / 8] = static_cast<char>(m_bytes[index / 8] | char(0x80 >> index % 8));
    ++m_count;
}

void BulkBits::reset(quint32 index)
{
    BORG_ASSERT(index < m_size);
    if (!test(index))
        return;
    m_bytes[index / 8] = static_cast<char>(m_bytes[index / 8] & ~char(0x80 >> index % 8));
    --m_count;
}

quint32 stripeOfNode(const NodeId &node, const BulkId &object)
{
    // Ids are hashes already; the object's id mixes them anew.
    quint64 state
        = qFromBigEndian<quint64>(node.bytes.data()) ^ qFromBigEndian<quint64>(object.bytes.data());
    state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9;
    state = (state ^ state >> 27) * 0x94d049bb133111eb;
    return static_cast<quint32>((state ^ state >> 31) % kBulkStripes);
}

QByteArray writeChunkList(std::span<const quint32> indices)
{
    QByteArray bytes(std::ssize(indices) * 2, Qt::Uninitialized);
    for (qsizetype at = 0; const quint32 index : indices) {
        qToBigEndian(static_cast<quint16>(index), bytes.data() + at);
        at += 2;
    }
    return bytes;
}

std::optional<std::vector<quint32>> readChunkList(
    QByteArrayView bytes, const BulkLayout &layout, std::size_t most)
{
    if (bytes.size() % 2 != 0 || static_cast<std::size_t>(bytes.size()) / 2 > most)
        return std::nullopt;
    std::vector<quint32> indices;
    indices.reserve(static_cast<std::size_t>(bytes.size()) / 2);
    for (qsizetype at = 0; at < bytes.size(); at += 2) {
        indices.push_back(qFromBigEndian<quint16>(bytes.data() + at));
        if (indices.back() >= layout.chunks())
            return std::nullopt;
    }
    return indices;
}

QByteArray bytesOf(const BulkId &id)
{
    return {reinterpret_cast<const char *>(id.bytes.data()), std::ssize(id.bytes)};
}

std::optional<BulkId> bulkIdOf(QByteArrayView bytes)
{
    BulkId id;
    if (bytes.size() != std::ssize(id.bytes))
        return std::nullopt;
    std::ranges::copy(bytes, id.bytes.begin());
    return id;
}

std::optional<BulkId> bulkIdFromText(QStringView text)
{
    const QByteArray latin = text.toLatin1();
    const auto id = bulkIdOf(QByteArray::fromHex(latin));
    if (!id || id->text() != text)
        return std::nullopt; // fromHex() passes over what is no digit
    return id;
}

} // namespace borg::tree
