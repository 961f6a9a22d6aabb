// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/node_key.h>

struct evp_md_st;

namespace borg::crypto {

/// The Crypto of the programs: SHA-256 from OpenSSL (it uses the processor's instructions), Ed25519
/// from libsodium (verifies twice as fast). All of it may be called from any thread.
class OpenSslCrypto final : public Crypto {
public:
    /// @param key outlives this object.
    explicit OpenSslCrypto(const NodeKey &key);
    explicit OpenSslCrypto(NodeKey &&) = delete;
    ~OpenSslCrypto() override;

    [[nodiscard]] NodeId self() const override { return m_self; }
    [[nodiscard]] PublicKey publicKey() const override { return m_key.publicKey(); }
    [[nodiscard]] NodeId idOf(const PublicKey &key) const override;
    [[nodiscard]] Hash hash(QByteArrayView bytes) const override;
    [[nodiscard]] QByteArray sign(QByteArrayView bytes) const override;
    /// Also refuses keys of small order and signatures in another than the one canonical form.
    Result<Done> verify(
        const PublicKey &key, QByteArrayView bytes, QByteArrayView signature) const override;

private:
    const NodeKey &m_key;
    const NodeId m_self;
    evp_md_st *const m_sha256;
};

} // namespace borg::crypto
