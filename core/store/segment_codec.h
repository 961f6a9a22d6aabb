// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/secret.h>
#include <store/code_table.h>
#include <store/hash_tree.h>

#include <QByteArray>

/// From the plaintext of a segment to its n shards, and back. Pure, thread-safe, made for worker
/// threads; a segment of 20/50 takes 5 to 20 ms.
///
/// Ciphertext of a segment: records of 64 KiB, the last may be shorter, each AES-256-GCM of up to
/// 65,520 bytes followed by the 16-byte tag; below 4 KiB the plaintext is filled up with zeros to
/// that. The key of a segment is HKDF-SHA-256 of the file key (salt: the file id; info: "borg
/// segment v1", index as 8 bytes big-endian, hash of the plaintext segment: one BLAKE3 or SHA-256,
/// no tree), so that changed content never meets an old key. Nonce: 7 zero bytes, 1 byte of flags
/// (1: last record of the segment, 2: of the file), record number as 4 bytes big-endian. Associated
/// data: file id, index as 8 bytes, plaintext length as 4 bytes.
///
/// Data shard i is the i-th slice of ceil(ciphertext / k) bytes, filled up with zeros to the next
/// 4 KiB. So each data shard holds a k-th part of even the shortest segment, none holds all of it,
/// and no two shards are equal.
namespace borg::store {

inline constexpr qsizetype kShardBytesMax = 512 * 1024;
inline constexpr qsizetype kRecordBytes = 64 * 1024; ///< With the tag.
inline constexpr qsizetype kRecordPlainBytes = kRecordBytes - 16;
inline constexpr qsizetype kSegmentPlainMin
    = 4096; ///< Less is filled up. At least kDataShardsMax^2.

/// Names a file inside its own encryption. Public, chosen at random with the key.
struct FileId {
    std::array<quint8, 16> bytes{};

    friend bool operator==(const FileId &, const FileId &) = default;
};

/// Plaintext bytes of a full segment: k x 524,160. @pre 1 <= k <= kDataShardsMax
[[nodiscard]] qsizetype segmentPlainBytes(int k);
/// @return ciphertext bytes of that much plaintext in one segment.
[[nodiscard]] qsizetype segmentCipherBytes(qsizetype plainBytes);
/// @return the size of each shard when `payload` bytes (ciphertext, or a page) go into k of them.
[[nodiscard]] qsizetype shardBytesOf(qsizetype payloadBytes, int k);

/// Which segment of which file, and under which key.
struct SegmentRef {
    crypto::SecretKey key; ///< Of the file.
    FileId file;
    quint64 index = 0;
    qsizetype plainBytes = 0; ///< 1 to segmentPlainBytes(k).
    bool last = false; ///< The file ends with it.
    crypto::Hash plainHash{}; ///< Of the plaintext, by the hash code; the private part has it.
};

struct EncodedSegment {
    std::vector<QByteArray> shards; ///< n; each its own memory, so that it travels uncopied.
    std::vector<ShardId> ids; ///< In the order of the shards.
    crypto::Hash plainHash{};
    qsizetype plainBytes = 0;
};

/// A shard at hand. Its id need not have been checked: see SegmentCodec::decode.
struct ShardPiece {
    int index = 0;
    QByteArrayView bytes;
};

/// A part of a shard that a ranged read needs; whole 64 KiB groups, or up to the shard's end.
struct ShardRange {
    int index = 0; ///< Of the data shard.
    qsizetype offset = 0;
    qsizetype bytes = 0;

    friend bool operator==(const ShardRange &, const ShardRange &) = default;
};

/// The bytes of a ShardRange, as fetched.
struct ShardPart {
    ShardRange range;
    QByteArrayView bytes;
};

class SegmentCodec {
public:
    /// @return the codec, or Malformed (the code is out of limits, or the hash code is not in this
    ///         build).
    [[nodiscard]] static Result<SegmentCodec> make(const Code &code, HashCode hashCode);

    [[nodiscard]] const Code &code() const { return m_erasure.code(); }
    [[nodiscard]] HashCode hashCode() const { return m_hashCode; }

    /// Encrypts, codes and hashes.
    /// @param last the file ends with this segment; any other has segmentPlainBytes(k) bytes.
    /// @pre 1 <= plain.size() <= segmentPlainBytes(k)
    [[nodiscard]] EncodedSegment encode(const crypto::SecretKey &key, const FileId &file,
        quint64 index, QByteArrayView plain, bool last) const;

    /// Decrypts into `plain`, from any k shards; without computing when all data shards are there.
    ///
    /// Checks every record and the hash of the whole plaintext, so the answer is right even when no
    /// shard's id was checked before: a reader may skip those checks and, after Unauthorized, find
    /// the liar with matches() and ask again.
    /// @pre plain.size() == segment.plainBytes
    /// @return Done, NotFound (fewer than k distinct shards), Malformed (a shard of the wrong size
    ///         or index) or Unauthorized (wrong key, or some shard is not what it says). After a
    ///         failure `plain` is all zeros.
    Result<Done> decode(
        const SegmentRef &segment, std::span<const ShardPiece> shards, std::span<char> plain) const;

    /// @return what to fetch for bytes [offset, offset + bytes) of the segment's plaintext, in
    ///         order. @pre offset >= 0, bytes >= 1, offset + bytes <= plainBytes
    [[nodiscard]] std::vector<ShardRange> rangesFor(
        qsizetype plainBytes, qsizetype offset, qsizetype bytes) const;
    /// Decrypts a part of a segment from exactly the parts that rangesFor() named, in its order.
    /// Each record is checked; the hash of the whole segment cannot be.
    /// @pre plain.size() + offset <= segment.plainBytes
    /// @return Done, Malformed (not the parts asked for) or Unauthorized.
    Result<Done> decodeRange(const SegmentRef &segment, qsizetype offset,
        std::span<const ShardPart> parts, std::span<char> plain) const;

    /// For pages of a manifest: coded and hashed, not encrypted. plainHash stays zero.
    /// @pre 1 <= bytes.size() <= k x kShardBytesMax
    [[nodiscard]] EncodedSegment encodePublic(QByteArrayView bytes) const;
    /// @return the bytes, NotFound or Malformed. The caller checked the shards' ids.
    [[nodiscard]] Result<QByteArray> decodePublic(
        qsizetype bytes, std::span<const ShardPiece> shards) const;

    /// For repair, of segments and pages alike: the wanted shards from any k others, no key needed.
    /// The caller checked the ids of `shards`, and checks those of what comes out.
    /// @return the shards in the order wanted, NotFound or Malformed.
    [[nodiscard]] Result<std::vector<QByteArray>> rebuild(
        std::span<const ShardPiece> shards, std::span<const int> wanted) const;

private:
    SegmentCodec(Erasure erasure, HashCode hashCode);

    Erasure m_erasure;
    HashCode m_hashCode;
};

} // namespace borg::store
