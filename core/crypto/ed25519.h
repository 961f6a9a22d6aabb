// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>

#include <mutex>
#include <vector>

/// Checks of Ed25519 signatures (RFC 8032) that give the same answer on every node, whichever
/// library does the arithmetic. RFC 8032 leaves open what to do with keys and signatures that no
/// honest signer makes, and libraries differ there (Chalkias, Garillot, Nikolaenko: "Taming the
/// many EdDSAs", 2020); a network would split over one such message. So the rules stand in front
/// of the library, see ../../docs/decisions/0005-strict-signatures.md:
/// - the key is a point of the prime subgroup in its one spelling, and not the neutral one;
/// - S is below the order of the subgroup;
/// - R is compared byte by byte, and is not the neutral point.
///
/// All functions may be called from any thread.
namespace borg::crypto::ed25519 {

/// Who does the arithmetic.
enum class Library : quint8 { Sodium, Lib25519 };

/// @return whether this build has it.
[[nodiscard]] bool has(Library library);
/// @return the fastest one of this build.
[[nodiscard]] Library fastest();

/// @return whether `key` may sign at all. About 150 us: ask once per key.
[[nodiscard]] bool isKey(const PublicKey &key);

/// @return whether `key`, of which isKey() holds, signed exactly `bytes`.  @pre has(library)
[[nodiscard]] bool verify(
    const PublicKey &key, QByteArrayView bytes, QByteArrayView signature, Library library);

/// The last keys of which isKey() held.
class KnownKeys {
public:
    static constexpr std::size_t kSlots = 1024; ///< 32 bytes each; a newcomer replaces one.

    /// @return isKey(key), from memory if it is there.
    [[nodiscard]] bool admits(const PublicKey &key);

private:
    std::mutex m_mutex;
    std::vector<PublicKey> m_keys = std::vector<PublicKey>(kSlots); ///< All zero is no key.
};

} // namespace borg::crypto::ed25519
