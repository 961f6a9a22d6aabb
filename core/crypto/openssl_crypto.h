// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/ed25519.h>
#include <crypto/node_key.h>

struct evp_md_st;
struct evp_md_ctx_st;

namespace borg::crypto {

/// The Crypto of the programs: SHA-256 from OpenSSL (it uses the processor's instructions),
/// signatures from libsodium, which keeps and wipes the secret, and their checks from the fastest
/// library there is (ed25519.h). All of it may be called from any thread.
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
    /// By the strict rules of ed25519.h.
    Result<Done> verify(
        const PublicKey &key, QByteArrayView bytes, QByteArrayView signature) const override;

private:
    const NodeKey &m_key;
    const NodeId m_self;
    evp_md_st *const m_sha256;
    evp_md_ctx_st *const m_hashing; ///< Kept: to make one costs half as much as a short hash.
    mutable std::mutex m_hashingMutex;
    mutable ed25519::KnownKeys m_keys;
};

} // namespace borg::crypto
