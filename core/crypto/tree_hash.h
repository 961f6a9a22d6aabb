// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/hash.h>

#include <span>

/// The two steps of a hash tree in the shape of RFC 6962, made fast: a leaf is H(0x00 || bytes),
/// an inner node H(0x01 || left || right). With BLAKE3 sixteen leaves are hashed at once where the
/// processor can.
namespace borg::crypto {

inline constexpr qsizetype kTreeLeafBytes = 4096;

/// out[i] = hash of the i-th leaf of kTreeLeafBytes; the last may be shorter.
/// @pre hasHash(kind), out.size() == ceil(bytes.size() / kTreeLeafBytes)
void hashLeaves(HashKind kind, QByteArrayView bytes, std::span<Hash> out);

/// @return H(0x00 || bytes) for bytes of any size. @pre hasHash(kind)
[[nodiscard]] Hash hashLeaf(HashKind kind, QByteArrayView bytes);

/// @return H(0x01 || left || right). @pre hasHash(kind)
[[nodiscard]] Hash hashPair(HashKind kind, const Hash &left, const Hash &right);

} // namespace borg::crypto
