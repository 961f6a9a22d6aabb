// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/tree_types.h>

#include <optional>
#include <span>
#include <vector>

/// How a big object is cut, numbered and shared out: pure rules.
///
/// Chunks of 64 KiB; 12 of them and 4 of parity are a group, and any 12 of its 16 give it back.
/// Chunk i is number i % 16 of group i / 16; the last group is filled up with chunks of zeros that
/// nobody sends. Stripe s has the chunks with i % 4 == s: without a whole stripe all groups can
/// still be had.
namespace borg::tree {

/// Of an object: that of the broadcast which announced it.
using BulkId = MessageId;

inline constexpr qsizetype kBulkChunkBytes = 64 * 1024;
inline constexpr quint32 kBulkDataPerGroup = 12;
inline constexpr quint32 kBulkGroupChunks = 16;
inline constexpr quint32 kBulkStripes = 4;
inline constexpr qint64 kBulkBytesMax = 256LL * 1024 * 1024; ///< Of an object.

class BulkLayout {
public:
    /// @pre 1 <= sizeBytes <= kBulkBytesMax
    explicit BulkLayout(qint64 sizeBytes);

    [[nodiscard]] qint64 sizeBytes() const { return m_sizeBytes; }
    [[nodiscard]] quint32 dataChunks() const { return m_dataChunks; }
    [[nodiscard]] quint32 groups() const { return m_groups; }
    [[nodiscard]] quint32 chunks() const { return m_groups * kBulkGroupChunks; }
    /// Of zeros, behind the end of the object: everybody has it.
    [[nodiscard]] bool isPadding(quint32 index) const;
    /// @return where the `number`-th chunk of the object's bytes stands.
    [[nodiscard]] static quint32 indexOfData(quint32 number);
    /// @return how many hashes lead from chunk `index` to the root.
    [[nodiscard]] qsizetype pathLength(quint32 index) const;
    /// Bytes of a way and its chunk, as they travel.
    [[nodiscard]] qsizetype recordBytes(quint32 index) const;

    friend bool operator==(const BulkLayout &, const BulkLayout &) = default;

private:
    qint64 m_sizeBytes;
    quint32 m_dataChunks;
    quint32 m_groups;
};

/// Chunks that somebody has.
class BulkBits {
public:
    explicit BulkBits(quint32 size = 0)
        : m_size(size)
        , m_bytes((size + 7) / 8, '\0')
    {
    }
    /// @return the bits, or nothing: not exactly as many bytes as `size` bits take, or a bit behind
    ///         the last is set.
    [[nodiscard]] static std::optional<BulkBits> read(QByteArrayView bytes, quint32 size);

    [[nodiscard]] bool test(quint32 index) const
    {
        return (m_bytes[index / 8] & char(0x80 >> index % 8)) != 0;
    }
    void set(quint32 index); ///< @pre index < size()
    void reset(quint32 index);
    [[nodiscard]] quint32 size() const { return m_size; }
    [[nodiscard]] quint32 count() const { return m_count; } ///< Of those that are set.
    [[nodiscard]] bool isAll() const { return m_count == m_size; }
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }

    friend bool operator==(const BulkBits &, const BulkBits &) = default;

private:
    quint32 m_size;
    quint32 m_count = 0;
    QByteArray m_bytes;
};

[[nodiscard]] constexpr quint32 stripeOfChunk(quint32 index)
{
    return index % kBulkStripes;
}
/// The stripe of which a node is an inner node: it gets these chunks first, and others ask it for
/// them. Differs from object to object, so that no node is lucky for ever.
[[nodiscard]] quint32 stripeOfNode(const NodeId &node, const BulkId &object);

[[nodiscard]] QByteArray writeChunkList(std::span<const quint32> indices);
/// @return the numbers, or nothing: more than `most`, or one that the object has not.
[[nodiscard]] std::optional<std::vector<quint32>> readChunkList(
    QByteArrayView bytes, const BulkLayout &layout, std::size_t most);

[[nodiscard]] QByteArray bytesOf(const BulkId &id);
[[nodiscard]] std::optional<BulkId> bulkIdOf(QByteArrayView bytes);
/// Of 32 hexadecimal digits, as text() writes it.
[[nodiscard]] std::optional<BulkId> bulkIdFromText(QStringView text);

} // namespace borg::tree
