// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/root_page.h>
#include <store/segment_codec.h>

/// What a file consists of. The public part says, to whoever has the manifest's id, which shards
/// are needed; the private part (name, type, time, hashes of the plaintext) opens with the key.
///
/// One root page of at most 64 KiB; when the list of shards does not fit, it lists pages, which
/// list shards (level 0) or pages of the level below. Pages are coded k of n like data, and not
/// encrypted, so that a holder can repair without a key. All pages but the last of a level are
/// full, so every number in the format is used once and each manifest has one spelling.
///
/// Bytes, integers big-endian.
/// Root page: "BRGM", version 1 (1 byte), hash code (1), cipher 1 (1), depth (1: levels of pages
/// below, 255 for an inline file), k (1), n (1), two zero bytes, file id (16), file bytes (8), root
/// hash over the segments' shard lists (32), entries (n x 32 bytes of hashes each), private part.
/// Page: "BRGP", version 1 (1), level (1), two zero bytes, file id (16), index in its level (4),
/// entries; at level 0 then the private part.
/// Private part: 32 bytes of salt, ciphertext, 16 bytes of tag. Its key is HKDF of the file key
/// (salt: the file id; info: "borg private v1", then the salt), the salt is derived from key and
/// content, so it repeats only with the content. Nonce zero; associated data: all that precedes it.
/// Content in a root page: name (2 bytes of length, UTF-8), type (2, ASCII), modified (8, UTC ms),
/// hashes of the plaintext segments (32 each, depth 0) or the bytes of an inline file, zeros up to
/// a multiple of 64. In a page: the hashes.
namespace borg::store {

inline constexpr qint64 kInlineBytesMax = 16 * 1024; ///< Smaller files live in the manifest.
inline constexpr int kDepthMax = 3;
inline constexpr qint64 kSegmentsMax = 1LL << 28;
inline constexpr qsizetype kPageBytesMax = 1024 * 1024; ///< Or what k shards carry, if less.
inline constexpr qsizetype kNameBytesMax = 1024; ///< UTF-8.
inline constexpr qsizetype kMimeBytesMax = 128;

/// For whoever has the key.
struct FileDetails {
    QString name;
    QString mime; ///< ASCII; may be empty.
    qint64 modifiedUtcMs = 0;

    friend bool operator==(const FileDetails &, const FileDetails &) = default;
};

struct PrivatePart {
    FileDetails details;
    std::vector<crypto::Hash> plainHashes; ///< Of the segments, when the depth is 0.
    QByteArray content; ///< Of an inline file.
};

/// A page below the root, on the way to some segment.
struct PageStep {
    int level = 0;
    quint32 index = 0; ///< In its level.
    int slot = 0; ///< Its entry in the page above.
    qsizetype bytes = 0; ///< For SegmentCodec::decodePublic.
};

/// A parsed root page. Cheap to copy.
class Manifest {
public:
    /// @return the manifest, TooLarge, or Malformed: anything that the writer would not have
    ///         written exactly so. Allocates nothing that the page's own size does not justify.
    [[nodiscard]] static Result<Manifest> parse(const QByteArray &rootPage);

    [[nodiscard]] const Code &code() const { return m_code; }
    [[nodiscard]] HashCode hashCode() const { return m_hashCode; }
    [[nodiscard]] const FileId &file() const { return m_file; }
    [[nodiscard]] qint64 fileBytes() const { return m_fileBytes; }
    [[nodiscard]] bool isInline() const { return m_inline; }
    [[nodiscard]] qint64 segmentCount() const { return m_segmentCount; } ///< 0 when inline.
    [[nodiscard]] int depth() const { return m_depth; } ///< Levels of pages below the root.
    [[nodiscard]] const crypto::Hash &rootHash() const { return m_rootHash; }

    /// @return plaintext bytes of a segment. @pre segment < segmentCount()
    [[nodiscard]] qsizetype plainBytesOf(qint64 segment) const;
    /// @return bytes of each of its shards.
    [[nodiscard]] qsizetype shardBytesOf(qint64 segment) const;

    /// @return segments (depth 0) or pages that the root lists.
    [[nodiscard]] int entryCount() const { return m_entryCount; }
    /// @return the n shards of an entry. @pre slot < entryCount()
    [[nodiscard]] std::vector<ShardId> entry(int slot) const;

    /// @return the pages to open for a segment, from the root down; none at depth 0.
    [[nodiscard]] std::vector<PageStep> pathTo(qint64 segment) const;
    /// @return the entry of a segment in the page that lists it.
    [[nodiscard]] int slotOf(qint64 segment) const;
    /// @return how many pages there are in a level. @pre level < depth()
    [[nodiscard]] quint32 pageCount(int level) const;
    /// @return how many entries a page has.
    [[nodiscard]] int entriesInPage(int level, quint32 index) const;
    [[nodiscard]] qsizetype pageBytes(int level, quint32 index) const;

    /// @return the private part, Unauthorized (wrong key) or Malformed.
    [[nodiscard]] Result<PrivatePart> open(const crypto::SecretKey &key) const;

private:
    Manifest() = default;
    [[nodiscard]] Result<PrivatePart> readPrivate(QByteArrayView plain) const;

    QByteArray m_bytes;
    Code m_code;
    HashCode m_hashCode{};
    FileId m_file;
    qint64 m_fileBytes = 0;
    qint64 m_segmentCount = 0;
    bool m_inline = false;
    int m_depth = 0;
    int m_entryCount = 0;
    crypto::Hash m_rootHash{};
};

/// A parsed page below the root.
class Page {
public:
    /// @param bytes from SegmentCodec::decodePublic, of shards whose ids the page above lists.
    /// @return the page, or Malformed: not that page of that manifest.
    [[nodiscard]] static Result<Page> parse(
        const Manifest &manifest, int level, quint32 index, const QByteArray &bytes);

    [[nodiscard]] int entryCount() const { return m_entryCount; }
    /// @return the n shards of a segment (level 0) or of a page of the level below.
    [[nodiscard]] std::vector<ShardId> entry(int slot) const;
    /// @return hashes of the plaintext segments, one per entry; Unauthorized: wrong key.
    ///         @pre level 0
    [[nodiscard]] Result<std::vector<crypto::Hash>> plainHashes(const crypto::SecretKey &key) const;

private:
    Page() = default;

    QByteArray m_bytes;
    FileId m_file;
    Code m_code;
    HashCode m_hashCode{};
    int m_entryCount = 0;
};

/// @return a segment's leaf in the tree under the root hash, for a TreeBuilder.
[[nodiscard]] crypto::Hash segmentLeaf(std::span<const ShardId> shards, HashCode code);

} // namespace borg::store
