// SPDX-License-Identifier: GPL-3.0-or-later
#include "root_page.h"

#include "byte_io.h"

#include <algorithm>
#include <cstring>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr char kMagic[] = "BRGR";
constexpr quint8 kVersion = 1;
constexpr std::size_t kPathNodes = 7;
static_assert(1 << kPathNodes == kRootPieces);

crypto::HashKind kindOf(HashCode code)
{
    return static_cast<crypto::HashKind>(code);
}

qsizetype payloadBytesOf(qsizetype pageBytes, int k)
{
    return (pageBytes + k - 1) / k;
}

/// All pieces that exist, and the hash tree over them.
struct Family {
    std::vector<QByteArray> payloads;
    std::vector<crypto::Hash> leaves;
    ShardId manifest;
};

/// The id binds everything that the reader has to take from a piece before it can decode.
ShardId manifestIdOf(const crypto::Hash &root, int k, qsizetype pageBytes, HashCode code)
{
    ByteWriter bound;
    bound.raw("borg root page");
    bound.number(kVersion);
    bound.number(static_cast<quint8>(k));
    bound.number(static_cast<quint32>(pageBytes));
    bound.raw(QByteArrayView(root));
    return shardIdFromRoot(crypto::hashOf(kindOf(code), bound.bytes()), code);
}

Erasure erasureOf(int k)
{
    auto erasure = Erasure::make({k, kRootPieces});
    BORG_ASSERT(erasure.ok());
    return *std::move(erasure);
}

Family familyOf(QByteArrayView page, int k, HashCode code)
{
    const qsizetype payloadBytes = payloadBytesOf(page.size(), k);
    Family family;
    std::vector<const char *> data;
    std::vector<char *> parity;
    for (int i = 0; i < kRootPieces; ++i) {
        QByteArray payload(payloadBytes, '\0');
        if (i < k) {
            const auto from = page.sliced(std::min(page.size(), i * payloadBytes));
            const auto size = std::min(payloadBytes, from.size());
            std::memcpy(payload.data(), from.data(), static_cast<std::size_t>(size));
            data.push_back(payload.constData());
        } else {
            parity.push_back(payload.data());
        }
        family.payloads.push_back(std::move(payload));
    }
    erasureOf(k).encode(data, parity, payloadBytes);
    for (const QByteArray &payload : family.payloads)
        family.leaves.push_back(crypto::hashLeaf(kindOf(code), payload));
    family.manifest = manifestIdOf(rootOfLeaves(family.leaves, code), k, page.size(), code);
    return family;
}

QByteArrayView payloadOf(QByteArrayView piece)
{
    return piece.sliced(kRootPieceHeadBytes);
}

} // namespace

RootPieces encodeRootPage(QByteArrayView page, const Code &code, HashCode hashCode)
{
    BORG_ASSERT(!page.isEmpty() && page.size() <= kRootPageBytesMax && hasHashCode(hashCode));
    BORG_ASSERT(
        code.k >= 1 && code.k <= kDataShardsMax && code.n >= code.k && code.n <= kRootPieces);
    const Family family = familyOf(page, code.k, hashCode);
    RootPieces pieces{.manifest = family.manifest, .ids = {}, .pieces = {}};
    for (int i = 0; i < code.n; ++i) {
        ByteWriter piece;
        piece.raw(QByteArrayView(kMagic, 4));
        piece.number(kVersion);
        piece.number(static_cast<quint8>(hashCode));
        piece.number(static_cast<quint8>(code.k));
        piece.number(static_cast<quint8>(i));
        piece.number(static_cast<quint32>(page.size()));
        const auto index = static_cast<std::size_t>(i);
        for (const crypto::Hash &sibling : pathOf(family.leaves, index, hashCode))
            piece.raw(QByteArrayView(sibling));
        BORG_ASSERT(piece.size() == kRootPieceHeadBytes);
        piece.raw(family.payloads[index]);
        pieces.pieces.push_back(piece.bytes());
        pieces.ids.push_back(rootPieceId(family.manifest, i));
    }
    return pieces;
}

ShardId rootPieceId(const ShardId &manifest, int index)
{
    ByteWriter name;
    name.raw("borg root piece");
    name.raw(QByteArrayView(manifest.bytes));
    name.number(static_cast<quint8>(index));
    // A name, not a hash of content: SHA-256 in every build, under the code of the manifest.
    return shardIdFromRoot(crypto::sha256(name.bytes()), manifest.code());
}

Result<RootPieceInfo> readRootPiece(QByteArrayView piece)
{
    const Error malformed{Errc::Malformed, u"not a piece of a root page"_s};
    ByteReader reader(piece);
    if (reader.raw(4) != QByteArrayView(kMagic, 4) || reader.number<quint8>() != kVersion)
        return malformed;
    const auto code = static_cast<HashCode>(reader.number<quint8>());
    RootPieceInfo info;
    info.k = reader.number<quint8>();
    info.index = reader.number<quint8>();
    info.pageBytes = reader.number<quint32>();
    std::array<crypto::Hash, kPathNodes> path;
    for (crypto::Hash &sibling : path)
        sibling = reader.array<32>();
    if (reader.failed() || !hasHashCode(code) || info.k < 1 || info.k > kDataShardsMax
        || info.index >= kRootPieces || info.pageBytes < 1 || info.pageBytes > kRootPageBytesMax
        || reader.left() != payloadBytesOf(info.pageBytes, info.k))
        return malformed;
    const auto root = rootFromPath(crypto::hashLeaf(kindOf(code), payloadOf(piece)),
        static_cast<std::size_t>(info.index), kRootPieces, path, code);
    if (!root)
        return root.error();
    info.manifest = manifestIdOf(*root, info.k, info.pageBytes, code);
    return info;
}

Result<QByteArray> decodeRootPage(const ShardId &manifest, std::span<const QByteArrayView> pieces)
{
    RootPieceInfo shape; // the same in all genuine pieces: the id binds it
    std::vector<Erasure::Present> present;
    for (const QByteArrayView piece : pieces) {
        const auto info = readRootPiece(piece);
        const auto known = [&](const auto &other) { return other.index == info->index; };
        if (!info || info->manifest != manifest || std::ranges::any_of(present, known))
            continue;
        shape = *info;
        present.push_back({info->index, payloadOf(piece).data()});
    }
    if (present.empty() || present.size() < static_cast<std::size_t>(shape.k)) {
        const auto count = present.empty()
            ? u"no piece"_s
            : u"only %1 of the %2 pieces needed"_s.arg(present.size()).arg(shape.k);
        return Error{Errc::NotFound,
            count
                + u" of what leads to this file can be reached: its holders are off, or it was "
                  "removed. Try again later"_s};
    }

    const qsizetype payloadBytes = payloadBytesOf(shape.pageBytes, shape.k);
    QByteArray page(payloadBytes * shape.k, Qt::Uninitialized);
    std::vector<Erasure::Wanted> wanted;
    for (int i = 0; i < shape.k; ++i)
        wanted.push_back({i, page.data() + i * payloadBytes});
    if (auto done = erasureOf(shape.k).rebuild(present, wanted, payloadBytes); !done)
        return done.error();
    page.truncate(shape.pageBytes);
    // Pieces that lead to the id and yet are no code word give each reader another page.
    if (familyOf(page, shape.k, manifest.code()).manifest != manifest)
        return Error{Errc::Malformed, u"the root page was coded wrong by whoever made the link"_s};
    return page;
}

bool matchesStored(const ShardId &id, QByteArrayView bytes)
{
    if (bytes.startsWith(QByteArrayView(kMagic, 4))) {
        const auto info = readRootPiece(bytes);
        if (info && rootPieceId(info->manifest, info->index) == id)
            return true;
    }
    return matches(id, bytes);
}

} // namespace borg::store
