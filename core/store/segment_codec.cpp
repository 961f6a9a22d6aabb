// SPDX-License-Identifier: GPL-3.0-or-later
#include "segment_codec.h"

#include <crypto/aead.h>
#include <crypto/kdf.h>

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kTagBytes = crypto::kGcmTagBytes;
static_assert(kRecordPlainBytes + kTagBytes == kRecordBytes);

static_assert(kSegmentPlainMin >= kDataShardsMax * kDataShardsMax); // no slice is empty

constexpr quint8 kLastOfSegment = 1;
constexpr quint8 kLastOfFile = 2;

qsizetype partsOf(qsizetype bytes, qsizetype partBytes)
{
    return (bytes + partBytes - 1) / partBytes;
}

crypto::Hash plainHashOf(QByteArrayView plain, HashCode code)
{
    return crypto::hashOf(static_cast<crypto::HashKind>(code), plain);
}

/// Ciphertext as slices on k shards: calls visit(shard, offset, bytes) for each piece of a range.
void eachPiece(qsizetype at, qsizetype bytes, qsizetype sliceBytes, auto visit)
{
    while (bytes > 0) {
        const qsizetype inside = at % sliceBytes;
        const qsizetype size = std::min(bytes, sliceBytes - inside);
        visit(at / sliceBytes, inside, size);
        at += size;
        bytes -= size;
    }
}

/// The cipher of one segment: its own key, and what every record of it is bound to.
class SegmentCipher {
public:
    explicit SegmentCipher(const SegmentRef &segment)
        : m_gcm(keyOf(segment))
        , m_recordCount(partsOf(segment.plainBytes, kRecordPlainBytes))
        , m_sealedBytes(std::max(segment.plainBytes, kSegmentPlainMin))
        , m_last(segment.last)
    {
        std::ranges::copy(segment.file.bytes, m_associated.begin());
        qToBigEndian(segment.index, &m_associated[16]);
        qToBigEndian(static_cast<quint32>(segment.plainBytes), &m_associated[24]);
    }

    [[nodiscard]] qsizetype recordCount() const { return m_recordCount; }
    /// Of a record, with what it is filled up with.
    [[nodiscard]] qsizetype plainBytesOf(qsizetype record) const
    {
        return std::min(kRecordPlainBytes, m_sealedBytes - record * kRecordPlainBytes);
    }

    /// `place(at, bytes)` gives the memory for so many bytes, or fewer, at `at` of the record.
    void seal(qsizetype record, const char *plain, auto place)
    {
        m_gcm.beginSeal(nonceOf(record), associated());
        const qsizetype bytes = plainBytesOf(record);
        for (qsizetype at = 0; at < bytes;) {
            const std::span<char> to = place(at, bytes - at);
            m_gcm.update(QByteArrayView(plain + at, std::ssize(to)), to);
            at += std::ssize(to);
        }
        const crypto::GcmTag tag = m_gcm.finishSeal();
        for (qsizetype at = 0; at < kTagBytes;) {
            const std::span<char> to = place(bytes + at, kTagBytes - at);
            std::memcpy(to.data(), tag.data() + at, to.size());
            at += std::ssize(to);
        }
    }

    /// `piece(at, bytes)` gives so many bytes, or fewer, at `at` of the record.
    Result<Done> open(qsizetype record, char *plain, auto piece)
    {
        m_gcm.beginOpen(nonceOf(record), associated());
        const qsizetype bytes = plainBytesOf(record);
        for (qsizetype at = 0; at < bytes;) {
            const QByteArrayView from = piece(at, bytes - at);
            m_gcm.update(from, std::span(plain + at, static_cast<std::size_t>(from.size())));
            at += from.size();
        }
        crypto::GcmTag tag;
        for (qsizetype at = 0; at < kTagBytes;) {
            const QByteArrayView from = piece(bytes + at, kTagBytes - at);
            std::memcpy(tag.data() + at, from.data(), static_cast<std::size_t>(from.size()));
            at += from.size();
        }
        return m_gcm.finishOpen(tag);
    }

private:
    [[nodiscard]] static crypto::SecretKey keyOf(const SegmentRef &segment)
    {
        QByteArray info("borg segment v1");
        std::array<char, 8> index;
        qToBigEndian(segment.index, index.data());
        info.append(index.data(), std::ssize(index));
        info.append(reinterpret_cast<const char *>(segment.plainHash.data()),
            std::ssize(segment.plainHash));
        return crypto::deriveKey(segment.key, QByteArrayView(segment.file.bytes), info);
    }

    [[nodiscard]] crypto::GcmNonce nonceOf(qsizetype record) const
    {
        crypto::GcmNonce nonce{};
        if (record + 1 == m_recordCount)
            nonce[7] = m_last ? kLastOfSegment | kLastOfFile : kLastOfSegment;
        qToBigEndian(static_cast<quint32>(record), &nonce[8]);
        return nonce;
    }

    [[nodiscard]] QByteArrayView associated() const { return QByteArrayView(m_associated); }

    crypto::AesGcm m_gcm;
    std::array<quint8, 28> m_associated{};
    qsizetype m_recordCount;
    qsizetype m_sealedBytes;
    bool m_last;
};

/// The n shards of a segment while they are made.
class ShardSet {
public:
    ShardSet(const Erasure &erasure, HashCode hashCode, qsizetype payloadBytes)
        : m_erasure(erasure)
        , m_hashCode(hashCode)
        , m_sliceBytes(partsOf(payloadBytes, erasure.code().k))
        , m_shardBytes(shardBytesOf(payloadBytes, erasure.code().k))
        , m_groups(static_cast<std::size_t>(erasure.code().n))
    {
        for (int i = 0; i < erasure.code().n; ++i) {
            m_shards.emplace_back(m_shardBytes, Qt::Uninitialized);
            m_memory.push_back(m_shards.back().data());
        }
        // What no slice reaches: behind each, and in the last also what is missing to a full one.
        for (qsizetype i = 0; i < erasure.code().k; ++i) {
            const auto used
                = std::clamp(payloadBytes - i * m_sliceBytes, qsizetype{0}, m_sliceBytes);
            std::memset(memory(i) + used, 0, static_cast<std::size_t>(m_shardBytes - used));
        }
    }

    [[nodiscard]] qsizetype shardBytes() const { return m_shardBytes; }
    /// @return the memory for payload bytes [at, at + bytes), or the first part of it.
    [[nodiscard]] std::span<char> place(qsizetype at, qsizetype bytes)
    {
        const qsizetype inside = at % m_sliceBytes;
        return {memory(at / m_sliceBytes) + inside,
            static_cast<std::size_t>(std::min(bytes, m_sliceBytes - inside))};
    }

    /// Parity and hashes of one 64 KiB group of every shard, while it is in the cache.
    void codeGroup(qsizetype group)
    {
        const auto k = static_cast<std::size_t>(m_erasure.code().k);
        const qsizetype offset = group * kGroupBytes;
        const qsizetype bytes = std::min(kGroupBytes, m_shardBytes - offset);
        std::vector<char *> at(m_memory);
        for (char *&memory : at)
            memory += offset;
        const std::vector<const char *> data(at.begin(), at.begin() + std::ptrdiff_t(k));
        m_erasure.encode(data, std::span(at).subspan(k), bytes);
        for (std::size_t i = 0; i < at.size(); ++i)
            m_groups[i].push_back(groupRootsOf(QByteArrayView(at[i], bytes), m_hashCode).front());
    }

    void codeAll()
    {
        for (qsizetype group = 0; group < partsOf(m_shardBytes, kGroupBytes); ++group)
            codeGroup(group);
    }

    [[nodiscard]] EncodedSegment take() &&
    {
        EncodedSegment encoded;
        for (const auto &groups : m_groups)
            encoded.ids.push_back(shardIdFromRoot(rootOfGroups(groups, m_hashCode), m_hashCode));
        encoded.shards = std::move(m_shards);
        return encoded;
    }

private:
    [[nodiscard]] char *memory(qsizetype shard)
    {
        return m_memory[static_cast<std::size_t>(shard)];
    }

    const Erasure &m_erasure;
    HashCode m_hashCode;
    qsizetype m_sliceBytes;
    qsizetype m_shardBytes;
    std::vector<QByteArray> m_shards;
    std::vector<char *> m_memory;
    std::vector<std::vector<crypto::Hash>> m_groups;
};

/// The k data shards, from those at hand and, where some are missing, computed.
class DataShards {
public:
    static Result<DataShards> gather(
        const Erasure &erasure, std::span<const ShardPiece> pieces, qsizetype shardBytes)
    {
        const auto k = static_cast<std::size_t>(erasure.code().k);
        DataShards data;
        data.m_views.resize(k, nullptr);
        std::vector<Erasure::Present> present;
        std::vector<bool> seen(static_cast<std::size_t>(erasure.code().n));
        for (const ShardPiece &piece : pieces) {
            if (piece.index < 0 || piece.index >= erasure.code().n
                || piece.bytes.size() != shardBytes)
                return Error{Errc::Malformed,
                    u"shard %1 has %2 bytes"_s.arg(piece.index).arg(piece.bytes.size())};
            const auto index = static_cast<std::size_t>(piece.index);
            if (seen[index])
                continue;
            seen[index] = true;
            present.push_back({piece.index, piece.bytes.data()});
            if (index < k)
                data.m_views[index] = piece.bytes.data();
        }
        if (present.size() < k)
            return Error{Errc::NotFound, u"%1 of %2 shards"_s.arg(present.size()).arg(k)};
        // Data before parity: what is there needs no computing.
        std::ranges::sort(present, {}, &Erasure::Present::index);
        std::vector<Erasure::Wanted> wanted;
        for (std::size_t i = 0; i < k; ++i) {
            if (data.m_views[i])
                continue;
            data.m_rebuilt.emplace_back(shardBytes, Qt::Uninitialized);
            wanted.push_back({static_cast<int>(i), data.m_rebuilt.back().data()});
            data.m_views[i] = data.m_rebuilt.back().constData();
        }
        if (auto done = erasure.rebuild(present, wanted, shardBytes); !done)
            return done.error();
        return data;
    }

    [[nodiscard]] const char *operator[](qsizetype shard) const
    {
        return m_views[static_cast<std::size_t>(shard)];
    }

private:
    std::vector<const char *> m_views;
    std::vector<QByteArray> m_rebuilt;
};

} // namespace

qsizetype segmentPlainBytes(int k)
{
    return k * (kShardBytesMax / kRecordBytes) * kRecordPlainBytes;
}

qsizetype segmentCipherBytes(qsizetype plainBytes)
{
    const qsizetype sealedBytes = std::max(plainBytes, kSegmentPlainMin);
    return sealedBytes + partsOf(sealedBytes, kRecordPlainBytes) * kTagBytes;
}

qsizetype shardBytesOf(qsizetype payloadBytes, int k)
{
    return partsOf(partsOf(payloadBytes, k), kLeafBytes) * kLeafBytes;
}

SegmentCodec::SegmentCodec(Erasure erasure, HashCode hashCode)
    : m_erasure(std::move(erasure))
    , m_hashCode(hashCode)
{
}

Result<SegmentCodec> SegmentCodec::make(const Code &code, HashCode hashCode)
{
    auto erasure = Erasure::make(code);
    if (!erasure)
        return erasure.error();
    if (!hasHashCode(hashCode))
        return Error{Errc::Malformed,
            u"this build cannot compute hashes of code %1"_s.arg(static_cast<int>(hashCode))};
    return SegmentCodec(*std::move(erasure), hashCode);
}

EncodedSegment SegmentCodec::encode(const crypto::SecretKey &key, const FileId &file, quint64 index,
    QByteArrayView plain, bool last) const
{
    BORG_ASSERT(!plain.isEmpty() && plain.size() <= segmentPlainBytes(code().k));
    BORG_ASSERT(last || plain.size() == segmentPlainBytes(code().k));
    SegmentRef segment{.key = key,
        .file = file,
        .index = index,
        .plainBytes = plain.size(),
        .last = last,
        .plainHash = plainHashOf(plain, m_hashCode)};
    const QByteArray filled = plain.size() < kSegmentPlainMin
        ? plain.toByteArray().leftJustified(kSegmentPlainMin, '\0')
        : QByteArray();
    const QByteArrayView source = filled.isEmpty() ? plain : QByteArrayView(filled);
    SegmentCipher cipher(segment);
    ShardSet shards(m_erasure, m_hashCode, segmentCipherBytes(plain.size()));
    const auto seal = [&](qsizetype record) {
        cipher.seal(
            record, source.data() + record * kRecordPlainBytes, [&](qsizetype at, qsizetype bytes) {
                return shards.place(record * kRecordBytes + at, bytes);
            });
    };

    if (shards.shardBytes() == kShardBytesMax && plain.size() == segmentPlainBytes(code().k)) {
        // Each record is a group of a data shard: encrypt, code and hash a group of all shards
        // while it is in the cache.
        constexpr qsizetype kRecordsPerShard = kShardBytesMax / kRecordBytes;
        for (qsizetype group = 0; group < kRecordsPerShard; ++group) {
            for (qsizetype shard = 0; shard < code().k; ++shard)
                seal(shard * kRecordsPerShard + group);
            shards.codeGroup(group);
        }
    } else {
        for (qsizetype record = 0; record < cipher.recordCount(); ++record)
            seal(record);
        shards.codeAll();
    }
    EncodedSegment encoded = std::move(shards).take();
    encoded.plainHash = segment.plainHash;
    encoded.plainBytes = plain.size();
    return encoded;
}

Result<Done> SegmentCodec::decode(
    const SegmentRef &segment, std::span<const ShardPiece> shards, std::span<char> plain) const
{
    BORG_ASSERT(std::ssize(plain) == segment.plainBytes && !plain.empty()
        && segment.plainBytes <= segmentPlainBytes(code().k));
    const qsizetype cipherBytes = segmentCipherBytes(segment.plainBytes);
    const qsizetype sliceBytes = partsOf(cipherBytes, code().k);
    const auto fail = [plain](const Error &error) {
        std::ranges::fill(plain, '\0');
        return error;
    };
    const auto data = DataShards::gather(m_erasure, shards, shardBytesOf(cipherBytes, code().k));
    if (!data)
        return fail(data.error());

    QByteArray filled;
    if (segment.plainBytes < kSegmentPlainMin)
        filled.resizeForOverwrite(kSegmentPlainMin);
    char *const out = filled.isEmpty() ? plain.data() : filled.data();
    SegmentCipher cipher(segment);
    for (qsizetype record = 0; record < cipher.recordCount(); ++record) {
        const auto opened = cipher.open(
            record, out + record * kRecordPlainBytes, [&](qsizetype at, qsizetype bytes) {
                const qsizetype from = record * kRecordBytes + at;
                const qsizetype inside = from % sliceBytes;
                return QByteArrayView(
                    (*data)[from / sliceBytes] + inside, std::min(bytes, sliceBytes - inside));
            });
        if (!opened)
            return fail({Errc::Unauthorized,
                u"segment %1, record %2: wrong key or wrong bytes"_s.arg(segment.index)
                    .arg(record)});
    }
    if (!filled.isEmpty())
        std::copy_n(filled.constData(), plain.size(), plain.data());
    // A link stands for one content: a maker who knows the key could have coded shards that give
    // each reader another one, all of them properly sealed.
    if (plainHashOf(QByteArrayView(plain.data(), std::ssize(plain)), m_hashCode)
        != segment.plainHash)
        return fail(
            {Errc::Unauthorized, u"segment %1 is not what the manifest says"_s.arg(segment.index)});
    return Done{};
}

std::vector<ShardRange> SegmentCodec::rangesFor(
    qsizetype plainBytes, qsizetype offset, qsizetype bytes) const
{
    BORG_ASSERT(offset >= 0 && bytes >= 1 && offset + bytes <= plainBytes);
    const qsizetype cipherBytes = segmentCipherBytes(plainBytes);
    const qsizetype shardBytes = shardBytesOf(cipherBytes, code().k);
    const qsizetype begin = offset / kRecordPlainBytes * kRecordBytes;
    const qsizetype end
        = std::min(cipherBytes, partsOf(offset + bytes, kRecordPlainBytes) * kRecordBytes);
    std::vector<ShardRange> ranges;
    eachPiece(begin, end - begin, partsOf(cipherBytes, code().k),
        [&](qsizetype shard, qsizetype inside, qsizetype size) {
            const qsizetype from = inside / kGroupBytes * kGroupBytes;
            const qsizetype to
                = std::min(shardBytes, partsOf(inside + size, kGroupBytes) * kGroupBytes);
            ranges.push_back({static_cast<int>(shard), from, to - from});
        });
    return ranges;
}

Result<Done> SegmentCodec::decodeRange(const SegmentRef &segment, qsizetype offset,
    std::span<const ShardPart> parts, std::span<char> plain) const
{
    BORG_ASSERT(!plain.empty() && segment.plainBytes <= segmentPlainBytes(code().k));
    const auto ranges = rangesFor(segment.plainBytes, offset, std::ssize(plain));
    const auto asked = [](const ShardPart &part, const ShardRange &range) {
        return part.range == range && part.bytes.size() == range.bytes;
    };
    if (!std::ranges::equal(parts, ranges, asked))
        return Error{Errc::Malformed, u"not the parts that were asked for"_s};

    const qsizetype sliceBytes = partsOf(segmentCipherBytes(segment.plainBytes), code().k);
    const auto pieceAt = [&](qsizetype at, qsizetype bytes) {
        const qsizetype inside = at % sliceBytes;
        const auto &part = parts[static_cast<std::size_t>(
            at / sliceBytes - qsizetype{parts.front().range.index})];
        return part.bytes.sliced(inside - part.range.offset, std::min(bytes, sliceBytes - inside));
    };
    SegmentCipher cipher(segment);
    QByteArray edge; // for a record of which only a part is wanted
    const qsizetype end = offset + std::ssize(plain);
    for (qsizetype record = offset / kRecordPlainBytes; record * kRecordPlainBytes < end;
        ++record) {
        const qsizetype from = record * kRecordPlainBytes;
        const qsizetype bytes = cipher.plainBytesOf(record);
        const bool whole = from >= offset && from + bytes <= end;
        if (!whole)
            edge.resizeForOverwrite(bytes);
        char *const to = whole ? plain.data() + (from - offset) : edge.data();
        const auto opened = cipher.open(record, to, [&](qsizetype at, qsizetype size) {
            return pieceAt(record * kRecordBytes + at, size);
        });
        if (!opened) {
            std::ranges::fill(plain, '\0');
            return Error{Errc::Unauthorized,
                u"segment %1, record %2: wrong key or wrong bytes"_s.arg(segment.index)
                    .arg(record)};
        }
        if (!whole) {
            const qsizetype first = std::max(from, offset);
            const qsizetype size = std::min(from + bytes, end) - first;
            std::memcpy(plain.data() + (first - offset), edge.constData() + (first - from),
                static_cast<std::size_t>(size));
        }
    }
    return Done{};
}

EncodedSegment SegmentCodec::encodePublic(QByteArrayView bytes) const
{
    BORG_ASSERT(!bytes.isEmpty() && bytes.size() <= code().k * kShardBytesMax);
    ShardSet shards(m_erasure, m_hashCode, bytes.size());
    for (qsizetype at = 0; at < bytes.size();) {
        const std::span<char> to = shards.place(at, bytes.size() - at);
        std::memcpy(to.data(), bytes.data() + at, to.size());
        at += std::ssize(to);
    }
    shards.codeAll();
    EncodedSegment encoded = std::move(shards).take();
    encoded.plainBytes = bytes.size();
    return encoded;
}

Result<QByteArray> SegmentCodec::decodePublic(
    qsizetype bytes, std::span<const ShardPiece> shards) const
{
    BORG_ASSERT(bytes >= 1 && bytes <= code().k * kShardBytesMax);
    const auto data = DataShards::gather(m_erasure, shards, shardBytesOf(bytes, code().k));
    if (!data)
        return data.error();
    QByteArray page;
    page.reserve(bytes);
    eachPiece(
        0, bytes, partsOf(bytes, code().k), [&](qsizetype shard, qsizetype inside, qsizetype size) {
            page.append((*data)[shard] + inside, size);
        });
    return page;
}

Result<std::vector<QByteArray>> SegmentCodec::rebuild(
    std::span<const ShardPiece> shards, std::span<const int> wanted) const
{
    if (shards.size() < static_cast<std::size_t>(code().k))
        return Error{Errc::NotFound, u"%1 of %2 shards"_s.arg(shards.size()).arg(code().k)};
    const qsizetype shardBytes = shards.front().bytes.size();
    const auto sameSize = [&](const ShardPiece &piece) { return piece.bytes.size() == shardBytes; };
    if (shardBytes < 1 || shardBytes > kShardBytesMax || !std::ranges::all_of(shards, sameSize))
        return Error{Errc::Malformed, u"shards of different or impossible sizes"_s};
    std::vector<Erasure::Present> present;
    for (const ShardPiece &piece : shards)
        present.push_back({piece.index, piece.bytes.data()});
    std::vector<QByteArray> rebuilt;
    std::vector<Erasure::Wanted> targets;
    for (const int index : wanted) {
        rebuilt.emplace_back(shardBytes, Qt::Uninitialized);
        targets.push_back({index, rebuilt.back().data()});
    }
    if (auto done = m_erasure.rebuild(present, targets, shardBytes); !done)
        return done.error();
    return rebuilt;
}

} // namespace borg::store
