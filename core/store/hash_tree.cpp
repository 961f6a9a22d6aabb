// SPDX-License-Identifier: GPL-3.0-or-later
#include "hash_tree.h"

#include <algorithm>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

crypto::HashKind kindOf(HashCode code)
{
    return static_cast<crypto::HashKind>(code);
}

std::size_t partsOf(qint64 bytes, qsizetype partBytes)
{
    return static_cast<std::size_t>((bytes + partBytes - 1) / partBytes);
}

/// Level by level, an odd last node goes up as it is: the same tree as RFC 6962's "largest power
/// of two to the left". Overwrites `nodes`.
crypto::Hash reduce(std::span<crypto::Hash> nodes, HashCode code)
{
    if (nodes.empty())
        return crypto::hashOf(kindOf(code), {});
    for (std::size_t count = nodes.size(); count > 1; count = (count + 1) / 2) {
        for (std::size_t at = 0; at + 1 < count; at += 2)
            nodes[at / 2] = crypto::hashPair(kindOf(code), nodes[at], nodes[at + 1]);
        if (count % 2 == 1)
            nodes[count / 2] = nodes[count - 1];
    }
    return nodes[0];
}

crypto::Hash groupRoot(QByteArrayView group, HashCode code)
{
    std::array<crypto::Hash, kLeavesPerGroup> leaves;
    const auto used = std::span(leaves).first(partsOf(group.size(), kLeafBytes));
    crypto::hashLeaves(kindOf(code), group, used);
    return reduce(used, code);
}

QByteArrayView partAt(QByteArrayView bytes, std::size_t index, qsizetype partBytes)
{
    const QByteArrayView rest = bytes.sliced(static_cast<qsizetype>(index) * partBytes);
    return rest.first(std::min(partBytes, rest.size()));
}

/// Whether a shard of that size has a part of that size there.
bool fits(const PartPlace &place, qsizetype bytes, qsizetype partBytes)
{
    if (place.shardBytes < 1 || place.index >= partsOf(place.shardBytes, partBytes))
        return false;
    const qint64 offset = static_cast<qint64>(place.index) * partBytes;
    return bytes == std::min<qint64>(partBytes, place.shardBytes - offset);
}

Result<Done> checkPart(
    const PartPlace &place, const crypto::Hash &part, std::size_t count, const HashPath &path)
{
    const HashCode code = place.shard.code();
    const auto root = rootFromPath(part, place.index, count, path, code);
    if (!root)
        return root.error();
    if (shardIdFromRoot(*root, code) != place.shard)
        return Error{Errc::Unauthorized, u"the bytes are not of this shard"_s};
    return Done{};
}

} // namespace

bool hasHashCode(HashCode code)
{
    return crypto::hasHash(kindOf(code));
}

HashCode defaultHashCode()
{
    return hasHashCode(HashCode::Blake3) ? HashCode::Blake3 : HashCode::Sha256;
}

ShardId shardIdFromRoot(const crypto::Hash &root, HashCode code)
{
    ShardId id;
    id.bytes[0] = static_cast<quint8>(code);
    std::ranges::copy(root, id.bytes.begin() + 1);
    return id;
}

crypto::Hash rootOf(const ShardId &id)
{
    crypto::Hash root;
    std::copy_n(id.bytes.begin() + 1, root.size(), root.begin());
    return root;
}

ShardId shardIdOf(QByteArrayView bytes, HashCode code)
{
    if (!hasHashCode(code))
        return shardIdFromRoot({}, code);
    return shardIdFromRoot(rootOfGroups(groupRootsOf(bytes, code), code), code);
}

bool matches(const ShardId &id, QByteArrayView bytes)
{
    return hasHashCode(id.code()) && shardIdOf(bytes, id.code()) == id;
}

std::vector<crypto::Hash> groupRootsOf(QByteArrayView bytes, HashCode code)
{
    std::vector<crypto::Hash> groups(std::max<std::size_t>(1, partsOf(bytes.size(), kGroupBytes)));
    for (std::size_t at = 0; at < groups.size(); ++at)
        groups[at] = groupRoot(partAt(bytes, at, kGroupBytes), code);
    return groups;
}

crypto::Hash rootOfGroups(std::span<const crypto::Hash> groups, HashCode code)
{
    BORG_ASSERT(!groups.empty());
    return rootOfLeaves(groups, code);
}

crypto::Hash rootOfLeaves(std::span<const crypto::Hash> leaves, HashCode code)
{
    std::vector<crypto::Hash> nodes(leaves.begin(), leaves.end());
    return reduce(nodes, code);
}

HashPath pathOf(std::span<const crypto::Hash> leaves, std::size_t index, HashCode code)
{
    BORG_ASSERT(index < leaves.size());
    HashPath path;
    std::vector<crypto::Hash> nodes(leaves.begin(), leaves.end());
    for (; nodes.size() > 1; index /= 2) {
        if ((index ^ 1) < nodes.size())
            path.push_back(nodes[index ^ 1]);
        std::vector<crypto::Hash> above((nodes.size() + 1) / 2, nodes.back());
        for (std::size_t at = 0; at + 1 < nodes.size(); at += 2)
            above[at / 2] = crypto::hashPair(kindOf(code), nodes[at], nodes[at + 1]);
        nodes = std::move(above);
    }
    return path;
}

HashPath leafProof(QByteArrayView shard, std::size_t leaf, HashCode code)
{
    std::vector<crypto::Hash> leaves(partsOf(shard.size(), kLeafBytes));
    crypto::hashLeaves(kindOf(code), shard, leaves);
    return pathOf(leaves, leaf, code);
}

HashPath groupProof(std::span<const crypto::Hash> groups, std::size_t group, HashCode code)
{
    return pathOf(groups, group, code);
}

Result<crypto::Hash> rootFromPath(const crypto::Hash &leaf, std::size_t index, std::size_t count,
    std::span<const crypto::Hash> path, HashCode code)
{
    const Error wrongLength{Errc::Malformed, u"a path of the wrong length"_s};
    if (index >= count || !hasHashCode(code))
        return Error{Errc::Malformed, u"no such place in the tree"_s};
    crypto::Hash node = leaf;
    for (; count > 1; index /= 2, count = (count + 1) / 2) {
        if ((index ^ 1) >= count)
            continue; // the odd last node goes up as it is
        if (path.empty())
            return wrongLength;
        node = index % 2 == 0 ? crypto::hashPair(kindOf(code), node, path.front())
                              : crypto::hashPair(kindOf(code), path.front(), node);
        path = path.subspan(1);
    }
    if (!path.empty())
        return wrongLength;
    return node;
}

Result<Done> checkLeaf(const PartPlace &place, QByteArrayView bytes, const HashPath &path)
{
    if (!fits(place, bytes.size(), kLeafBytes) || !hasHashCode(place.shard.code()))
        return Error{Errc::Malformed, u"no such leaf"_s};
    const auto leaf = crypto::hashLeaf(kindOf(place.shard.code()), bytes);
    return checkPart(place, leaf, partsOf(place.shardBytes, kLeafBytes), path);
}

Result<Done> checkGroup(const PartPlace &place, QByteArrayView bytes, const HashPath &path)
{
    if (!fits(place, bytes.size(), kGroupBytes) || !hasHashCode(place.shard.code()))
        return Error{Errc::Malformed, u"no such group"_s};
    const auto root = groupRoot(bytes, place.shard.code());
    return checkPart(place, root, partsOf(place.shardBytes, kGroupBytes), path);
}

void TreeBuilder::add(const crypto::Hash &leaf)
{
    // The peaks are the ones in the binary count: each carry joins two of equal size.
    crypto::Hash node = leaf;
    for (quint64 count = m_count; count % 2 == 1; count /= 2) {
        node = crypto::hashPair(kindOf(m_code), m_peaks.back(), node);
        m_peaks.pop_back();
    }
    m_peaks.push_back(node);
    ++m_count;
}

crypto::Hash TreeBuilder::root() const
{
    if (m_peaks.empty())
        return crypto::hashOf(kindOf(m_code), {});
    crypto::Hash node = m_peaks.back();
    for (auto peak = m_peaks.rbegin() + 1; peak != m_peaks.rend(); ++peak)
        node = crypto::hashPair(kindOf(m_code), *peak, node);
    return node;
}

} // namespace borg::store
