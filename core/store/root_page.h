// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/code_table.h>
#include <store/hash_tree.h>

#include <QByteArray>

/// The root page of a manifest as pieces on nodes, found and checked with nothing but the link.
///
/// The page is coded k of 128 (of which n are stored), and the manifest's id is a hash over k, the
/// page's size and the hash tree of all 128 pieces. Each piece carries its path in that tree: it is
/// checked alone, before it is stored, sent on or used, and a liar is known at once. A reader who
/// decoded codes the page again and compares, so an id stands for one page only. See
/// docs/decisions/0002-root-page.md. Pure and thread-safe.
///
/// Piece, integers big-endian: "BRGR", version 1 (1 byte), hash code (1), k (1), index (1), page
/// bytes (4), path (7 x 32), payload (ceil(page bytes / k)).
namespace borg::store {

inline constexpr qsizetype kRootPageBytesMax = 64 * 1024;
inline constexpr int kRootPieces = 128; ///< That exist; n of them are placed.
inline constexpr qsizetype kRootPieceHeadBytes = 12 + 7 * 32;

struct RootPieces {
    ShardId manifest; ///< The id of the manifest: goes into the link.
    std::vector<ShardId> ids; ///< Under which the pieces are stored: rootPieceId(manifest, i).
    std::vector<QByteArray> pieces; ///< n of them.
};

/// @param code from rootPageCode(). The id depends on the page, k and hashCode, not on n, so more
///        pieces can be made later under the same link.
/// @pre 1 <= page.size() <= kRootPageBytesMax, code within its limits, hasHashCode(hashCode)
[[nodiscard]] RootPieces encodeRootPage(QByteArrayView page, const Code &code, HashCode hashCode);

/// @return the name under which piece `index` is stored. Needs only the link.
[[nodiscard]] ShardId rootPieceId(const ShardId &manifest, int index);

struct RootPieceInfo {
    ShardId manifest; ///< The id that the piece leads to.
    int index = 0;
    int k = 0; ///< So many pieces give the page.
    qsizetype pageBytes = 0;
};

/// @return what the piece is. Whoever wants a certain manifest compares `manifest` with its id:
///         equal means that the piece is genuine. Malformed: not a piece.
[[nodiscard]] Result<RootPieceInfo> readRootPiece(QByteArrayView piece);

/// @return the page; pieces that are not genuine do not count, and too many do no harm. NotFound:
///         fewer than k genuine pieces (the detail says how many of how many); Malformed: whoever
///         made the link made it wrong.
[[nodiscard]] Result<QByteArray> decodeRootPage(
    const ShardId &manifest, std::span<const QByteArrayView> pieces);

/// @return whether `bytes` are what is stored under `id`: a shard, or a piece of a root page. The
///         check for whoever takes, scrubs or fetches records of either kind.
[[nodiscard]] bool matchesStored(const ShardId &id, QByteArrayView bytes);

/// What ShardMeta::segment says of records that are no shard of a segment.
inline constexpr quint32 kRootSegment = 0xffffffff; ///< `index` is the number of the piece.
/// @return the number of a manifest's page: high bit, 3 bits of level, 28 bits of index.
[[nodiscard]] constexpr quint32 pageSegment(int level, quint32 index)
{
    return 0x80000000U | static_cast<quint32>(level) << 28 | (index & 0x0fffffffU);
}

} // namespace borg::store
