// SPDX-License-Identifier: GPL-3.0-or-later
#include "ed25519.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <sodium.h>

#ifdef BORG_HAVE_LIB25519
extern "C" {
#include <lib25519.h>
}
#endif

namespace borg::crypto::ed25519 {

namespace {

using Bytes32 = std::array<quint8, 32>;

/// The order of the prime subgroup, 2^252 + 27742317777372353535851937790883648493, little-endian.
constexpr Bytes32 kOrder{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
    0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};
constexpr Bytes32 kNeutral{1}; ///< y = 1, x = 0.

const quint8 *raw(QByteArrayView bytes)
{
    return reinterpret_cast<const quint8 *>(bytes.data());
}

/// @pre both have 32 bytes
bool isLess(QByteArrayView left, const Bytes32 &right)
{
    for (std::size_t at = right.size(); at-- > 0;) {
        const auto byte = static_cast<quint8>(left[static_cast<qsizetype>(at)]);
        if (byte != right[at])
            return byte < right[at];
    }
    return false;
}

bool verifySodium(const PublicKey &key, QByteArrayView bytes, QByteArrayView signature)
{
    return crypto_sign_verify_detached(
               raw(signature), raw(bytes), static_cast<std::size_t>(bytes.size()), key.bytes.data())
        == 0;
}

#ifdef BORG_HAVE_LIB25519
bool verifyLib25519(const PublicKey &key, QByteArrayView bytes, QByteArrayView signature)
{
    // It takes the signature in front of the message, and wants room to give the message back.
    const auto size = static_cast<std::size_t>(signature.size() + bytes.size());
    constexpr std::size_t kSmall = 2048;
    std::array<quint8, 2 * kSmall> small;
    std::unique_ptr<quint8[]> large;
    quint8 *in = small.data();
    if (size > kSmall) {
        large = std::make_unique_for_overwrite<quint8[]>(2 * size);
        in = large.get();
    }
    std::ranges::copy(signature, in);
    std::ranges::copy(bytes, in + signature.size());
    long long outSize = 0;
    return lib25519_sign_open(
               in + size, &outSize, in, static_cast<long long>(size), key.bytes.data())
        == 0;
}
#endif

} // namespace

bool has(Library library)
{
#ifdef BORG_HAVE_LIB25519
    return library == Library::Sodium || library == Library::Lib25519;
#else
    return library == Library::Sodium;
#endif
}

Library fastest()
{
    return has(Library::Lib25519) ? Library::Lib25519 : Library::Sodium;
}

bool isKey(const PublicKey &key)
{
    if (crypto_core_ed25519_is_valid_point(key.bytes.data()) != 1)
        return false;
    // Some versions of libsodium take points with a part of order 2 for members of the prime
    // subgroup (CVE-2025-69277). Exactly for members, one less than the order gives the negative.
    Bytes32 scalar = kOrder;
    --scalar[0];
    Bytes32 product{};
    if (crypto_scalarmult_ed25519_noclamp(product.data(), scalar.data(), key.bytes.data()) != 0)
        return false;
    product[31] ^= 0x80;
    return product == key.bytes;
}

bool verify(const PublicKey &key, QByteArrayView bytes, QByteArrayView signature, Library library)
{
    if (signature.size() != kSignatureBytes || !isLess(signature.sliced(32), kOrder)
        || std::memcmp(signature.data(), kNeutral.data(), kNeutral.size()) == 0)
        return false;
#ifdef BORG_HAVE_LIB25519
    if (library == Library::Lib25519)
        return verifyLib25519(key, bytes, signature);
#endif
    BORG_ASSERT(library == Library::Sodium);
    return verifySodium(key, bytes, signature);
}

bool KnownKeys::admits(const PublicKey &key)
{
    // Keys look random; who makes some that share a slot pays for it with our second look only.
    PublicKey &slot = m_keys[(key.bytes[0] | std::size_t{key.bytes[1]} << 8) % kSlots];
    {
        const std::scoped_lock lock(m_mutex);
        if (slot == key && key != PublicKey{})
            return true;
    }
    if (!isKey(key))
        return false;
    const std::scoped_lock lock(m_mutex);
    slot = key;
    return true;
}

} // namespace borg::crypto::ed25519
