// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>

namespace borg::sim {

/// Signatures are keyed tags of real size: nobody in a simulation can guess one, and they cost
/// nothing. A node's public key is its id, byte for byte.
/// A node under test gets only its own SimCrypto, so a byzantine one cannot sign for others.
class SimCrypto final : public crypto::Crypto {
public:
    /// @param networkKey is the same for all nodes of a run.
    SimCrypto(const NodeId &self, quint64 networkKey)
        : m_self(self)
        , m_networkKey(networkKey)
    {
    }

    [[nodiscard]] NodeId self() const override { return m_self; }
    [[nodiscard]] crypto::PublicKey publicKey() const override { return {m_self.bytes}; }
    [[nodiscard]] NodeId idOf(const crypto::PublicKey &key) const override { return {key.bytes}; }
    [[nodiscard]] crypto::Hash hash(QByteArrayView bytes) const override;
    [[nodiscard]] QByteArray sign(QByteArrayView bytes) const override;
    Result<Done> verify(const crypto::PublicKey &key, QByteArrayView bytes,
        QByteArrayView signature) const override;

private:
    [[nodiscard]] QByteArray tag(const NodeId &signer, QByteArrayView bytes) const;

    const NodeId m_self;
    const quint64 m_networkKey;
};

} // namespace borg::sim
