// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>

#include <optional>
#include <span>
#include <vector>

/// The hash tree over the messages that share a signature. Leaves are the SHA-256 of signed bytes,
/// which begin with '{'; a node is the SHA-256 of the byte 1 and its two children; a last one
/// without a sibling moves up as it is. So no leaf can pass for a node.
namespace borg::net {

/// @pre !leaves.empty()
[[nodiscard]] crypto::Hash merkleRoot(
    const crypto::Crypto &crypto, std::span<const crypto::Hash> leaves);

/// All of the tree, for whoever needs many paths: a path then costs no hash.
class MerkleTree {
public:
    /// @pre !leaves.empty()
    MerkleTree(const crypto::Crypto &crypto, std::span<const crypto::Hash> leaves);
    /// @return the siblings from `index` to the root, the lowest first.  @pre it is a leaf's
    [[nodiscard]] std::vector<crypto::Hash> path(std::size_t index) const;

private:
    std::vector<std::vector<crypto::Hash>> m_rows; ///< Leaves first.
};

/// The same for one path.  @pre index < leaves.size()
[[nodiscard]] std::vector<crypto::Hash> merklePath(
    const crypto::Crypto &crypto, std::span<const crypto::Hash> leaves, std::size_t index);

/// @return the root that `leaf` belongs to as number `index` of `count`, or nothing: the path has
///         not the length that these two ask for.
[[nodiscard]] std::optional<crypto::Hash> merkleRootOf(const crypto::Crypto &crypto,
    const crypto::Hash &leaf, std::size_t index, std::size_t count,
    std::span<const crypto::Hash> path);

} // namespace borg::net
