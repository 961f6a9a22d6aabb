// SPDX-License-Identifier: GPL-3.0-or-later
#include "openssl_crypto.h"

#include "certificate.h"

#include <openssl/evp.h>

namespace borg::crypto {

OpenSslCrypto::OpenSslCrypto(const NodeKey &key)
    : m_key(key)
    , m_self(key.id())
    , m_sha256(EVP_MD_fetch({}, "SHA256", {})) // once: a look-up per hash costs more than the hash
    , m_hashing(EVP_MD_CTX_new())
{
    BORG_ASSERT(m_sha256 && m_hashing);
}

OpenSslCrypto::~OpenSslCrypto()
{
    EVP_MD_CTX_free(m_hashing);
    EVP_MD_free(m_sha256);
}

NodeId OpenSslCrypto::idOf(const PublicKey &key) const
{
    const auto spki = spkiOf(key);
    return {hash({spki.data(), static_cast<qsizetype>(spki.size())})};
}

Hash OpenSslCrypto::hash(QByteArrayView bytes) const
{
    Hash hash;
    const auto size = static_cast<std::size_t>(bytes.size());
    const std::unique_lock lock(m_hashingMutex, std::try_to_lock);
    const int isDone = lock.owns_lock()
        ? EVP_DigestInit_ex2(m_hashing, m_sha256, nullptr)
            & EVP_DigestUpdate(m_hashing, bytes.data(), size)
            & EVP_DigestFinal_ex(m_hashing, hash.data(), nullptr)
        : EVP_Digest(bytes.data(), size, hash.data(), nullptr, m_sha256, {});
    BORG_ASSERT(isDone == 1);
    return hash;
}

QByteArray OpenSslCrypto::sign(QByteArrayView bytes) const
{
    return m_key.sign(bytes);
}

Result<Done> OpenSslCrypto::verify(
    const PublicKey &key, QByteArrayView bytes, QByteArrayView signature) const
{
    if (!m_keys.admits(key) || !ed25519::verify(key, bytes, signature, ed25519::fastest()))
        return Error{Errc::Unauthorized, QStringLiteral("not signed by this key")};
    return Done{};
}

} // namespace borg::crypto
