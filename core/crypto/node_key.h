// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>
#include <crypto/secret.h>

#include <memory>

struct evp_pkey_st;

namespace borg::crypto {

/// This node's Ed25519 key pair. The secret lies in guarded memory that is wiped when it goes.
///
/// On disk: PKCS#8 in PEM, in a regular file of our own user that nobody else may read (0600).
/// Moves, does not copy. sign() may be called from any thread.
class NodeKey {
public:
    static constexpr qsizetype kFileBytesMax = 4096;

    /// @return a new key, in memory only, or Storage (no memory or no entropy).
    [[nodiscard]] static Result<NodeKey> generate();

    /// @return the key that `seed` stands for (RFC 8032), always the same; or Storage (no memory).
    [[nodiscard]] static Result<NodeKey> fromSeed(const SecretKey &seed);

    /// @return the key of a file, or NotFound, Unauthorized (others could read it, or it is not
    ///         ours), Malformed (not an unencrypted Ed25519 key in PEM) or Storage.
    [[nodiscard]] static Result<NodeKey> load(const QString &path);

    /// Loads the key, or makes one and saves it when there is no file. A file that is damaged or
    /// readable by others is an error and is never replaced: the key is who the node is.
    [[nodiscard]] static Result<NodeKey> loadOrCreate(const QString &path);

    /// Writes the file whole or not at all (temporary file, fsync, rename, fsync of the folder).
    /// @return Done, Conflict (there is a file already; it stays) or Storage.
    Result<Done> save(const QString &path) const;

    [[nodiscard]] const PublicKey &publicKey() const { return m_publicKey; }
    [[nodiscard]] NodeId id() const;

    /// @return kSignatureBytes of Ed25519.
    [[nodiscard]] QByteArray sign(QByteArrayView bytes) const;

    /// The same key for OpenSSL; the caller frees it with EVP_PKEY_free. Never null.
    [[nodiscard]] evp_pkey_st *openSslKey() const;

private:
    static constexpr std::size_t kSeedBytes = 32;
    struct Free {
        void operator()(quint8 *secret) const;
    };

    static Result<NodeKey> fromSeed(const quint8 *seed);
    static Result<NodeKey> fromPem(QByteArrayView pem);

    NodeKey() = default;

    PublicKey m_publicKey;
    std::unique_ptr<quint8, Free> m_secret; ///< libsodium's 64 bytes: seed, then public key.
};

} // namespace borg::crypto
