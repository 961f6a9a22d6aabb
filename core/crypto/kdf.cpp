// SPDX-License-Identifier: GPL-3.0-or-later
#include "kdf.h"

#include <base/assert.h>

#include <memory>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

namespace borg::crypto {

namespace {

struct KdfDeleter {
    void operator()(EVP_KDF_CTX *context) const { EVP_KDF_CTX_free(context); }
};

const EVP_KDF *hkdfAlgorithm()
{
    static const EVP_KDF *const algorithm = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    BORG_ASSERT(algorithm);
    return algorithm;
}

/// OpenSSL's parameters are not const, yet none of these is written to.
OSSL_PARAM octets(const char *name, QByteArrayView value)
{
    return OSSL_PARAM_construct_octet_string(
        name, const_cast<char *>(value.data()), static_cast<std::size_t>(value.size()));
}

} // namespace

void hkdfSha256(
    QByteArrayView inputKey, QByteArrayView salt, QByteArrayView info, std::span<quint8> out)
{
    BORG_ASSERT(!out.empty() && out.size() <= 255 * 32);
    // RFC 5869: no salt is a salt of zeros.
    static constexpr std::array<char, 32> kNoSalt{};
    if (salt.isEmpty())
        salt = QByteArrayView(kNoSalt.data(), kNoSalt.size());
    char digest[] = "SHA256";
    const std::array params{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        octets(OSSL_KDF_PARAM_KEY, inputKey), octets(OSSL_KDF_PARAM_SALT, salt),
        octets(OSSL_KDF_PARAM_INFO, info.isEmpty() ? QByteArrayView("", 0) : info),
        OSSL_PARAM_construct_end()};
    const std::unique_ptr<EVP_KDF_CTX, KdfDeleter> context(
        EVP_KDF_CTX_new(const_cast<EVP_KDF *>(hkdfAlgorithm())));
    const int done = EVP_KDF_derive(context.get(), out.data(), out.size(), params.data());
    BORG_ASSERT(done == 1);
}

SecretKey deriveKey(const SecretKey &key, QByteArrayView salt, QByteArrayView info)
{
    SecretKey derived;
    hkdfSha256(key.view(), salt, info, derived.mutableBytes());
    return derived;
}

} // namespace borg::crypto
