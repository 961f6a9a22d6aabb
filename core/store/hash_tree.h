// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/tree_hash.h>
#include <store/shard_id.h>

#include <span>
#include <vector>

/// The hash tree over a shard: leaves of 4 KiB, RFC 6962 shape (0x00 before a leaf, 0x01 before two
/// children, the left subtree a power of two). The 64 KiB groups of 16 leaves are subtrees of it,
/// so that a part of a shard can be checked alone. Pure and thread-safe.
namespace borg::store {

inline constexpr qsizetype kLeafBytes = crypto::kTreeLeafBytes;
inline constexpr qsizetype kGroupBytes = 64 * 1024;
inline constexpr qsizetype kLeavesPerGroup = kGroupBytes / kLeafBytes;

/// @return whether this build can compute ids of that code.
[[nodiscard]] bool hasHashCode(HashCode code);
/// @return Blake3 where this build has it, else Sha256: for new files.
[[nodiscard]] HashCode defaultHashCode();

/// @return the id of `bytes`, which may be empty. Of a code that this build lacks: all zeros
///         behind the code, which no shard has.
[[nodiscard]] ShardId shardIdOf(QByteArrayView bytes, HashCode code);
/// @return whether `id` names exactly these bytes; false for a code that this build lacks.
[[nodiscard]] bool matches(const ShardId &id, QByteArrayView bytes);

/// @return the id with that root.
[[nodiscard]] ShardId shardIdFromRoot(const crypto::Hash &root, HashCode code);
[[nodiscard]] crypto::Hash rootOf(const ShardId &id);

/// The functions below: @pre hasHashCode(code).

/// @return the roots of the 64 KiB groups, the last of which may be shorter. For records on disk
///         and for groupProof(). Empty bytes have one group.
[[nodiscard]] std::vector<crypto::Hash> groupRootsOf(QByteArrayView bytes, HashCode code);
/// @return the root over group roots: what shardIdOf() carries. @pre !groups.empty()
[[nodiscard]] crypto::Hash rootOfGroups(std::span<const crypto::Hash> groups, HashCode code);
/// @return the root of a tree whose leaves' hashes are given (RFC 6962; of none: the hash of "").
[[nodiscard]] crypto::Hash rootOfLeaves(std::span<const crypto::Hash> leaves, HashCode code);

/// The siblings from a leaf (or group) up to the root, lowest first. A shard of 512 KiB: 7 for a
/// leaf, 3 for a group.
using HashPath = std::vector<crypto::Hash>;

/// @return the path in a tree whose leaves' hashes are given. @pre index < leaves.size()
[[nodiscard]] HashPath pathOf(
    std::span<const crypto::Hash> leaves, std::size_t index, HashCode code);
/// @return the path of the leaf at `leaf` x 4 KiB. @pre it is within `shard`
[[nodiscard]] HashPath leafProof(QByteArrayView shard, std::size_t leaf, HashCode code);
/// @return the path of a group, from the group roots alone. @pre group < groups.size()
[[nodiscard]] HashPath groupProof(
    std::span<const crypto::Hash> groups, std::size_t group, HashCode code);

/// @return the root that `leaf` at `index` of `count` and `path` lead to, or Malformed: the path
///         does not have the length that this place has.
[[nodiscard]] Result<crypto::Hash> rootFromPath(const crypto::Hash &leaf, std::size_t index,
    std::size_t count, std::span<const crypto::Hash> path, HashCode code);

/// Where a part lies in a shard.
struct PartPlace {
    ShardId shard;
    qint64 shardBytes = 0; ///< As the manifest says; a peer's word is not enough.
    std::size_t index = 0; ///< Of the leaf or group.
};

/// @return Done: `bytes` are the whole leaf at `place`; or Malformed (size, place or path are
///         impossible) or Unauthorized (another shard's bytes, or none).
Result<Done> checkLeaf(const PartPlace &place, QByteArrayView bytes, const HashPath &path);
/// The same for a whole group.
Result<Done> checkGroup(const PartPlace &place, QByteArrayView bytes, const HashPath &path);

/// Builds the root of a tree as its leaves' hashes come, in memory for 64 of them.
class TreeBuilder {
public:
    /// @pre hasHashCode(code)
    explicit TreeBuilder(HashCode code)
        : m_code(code)
    {
    }
    void add(const crypto::Hash &leaf);
    [[nodiscard]] quint64 count() const { return m_count; }
    [[nodiscard]] crypto::Hash root() const; ///< Of what was added so far.

private:
    HashCode m_code;
    quint64 m_count = 0;
    std::vector<crypto::Hash> m_peaks; ///< Roots of full subtrees, the largest first.
};

} // namespace borg::store
