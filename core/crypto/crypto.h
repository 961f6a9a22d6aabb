// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>

namespace borg::crypto {

/// 32 bytes of SHA-256 or BLAKE3; which one, the context says.
using Hash = std::array<quint8, 32>;

/// A raw Ed25519 public key (RFC 8032). NodeId is the SHA-256 of its SPKI in DER.
struct PublicKey {
    std::array<quint8, 32> bytes{};

    friend bool operator==(const PublicKey &, const PublicKey &) = default;
    friend auto operator<=>(const PublicKey &, const PublicKey &) = default;
};

/// Bytes of a signature on the wire, in the application and in the simulator.
inline constexpr qsizetype kSignatureBytes = 64;

/// This node's signing key and the checks of everybody's. Ed25519 in the application; keyed tags of
/// the same size, which cost nothing, in the simulator. The private key never leaves it.
class Crypto {
public:
    virtual ~Crypto() = default;

    [[nodiscard]] virtual NodeId self() const = 0;
    [[nodiscard]] virtual PublicKey publicKey() const = 0;
    /// @return the id that `key` belongs to: one hash.
    [[nodiscard]] virtual NodeId idOf(const PublicKey &key) const = 0;
    /// SHA-256, for message ids and the like.
    [[nodiscard]] virtual Hash hash(QByteArrayView bytes) const = 0;
    /// @return kSignatureBytes. Callers put a domain prefix of their own in front of `bytes`.
    [[nodiscard]] virtual QByteArray sign(QByteArrayView bytes) const = 0;

    /// @return Done, or Unauthorized: `key` did not sign exactly these bytes.
    virtual Result<Done> verify(
        const PublicKey &key, QByteArrayView bytes, QByteArrayView signature) const
        = 0;

protected:
    Crypto() = default;
    Q_DISABLE_COPY_MOVE(Crypto)
};

} // namespace borg::crypto
