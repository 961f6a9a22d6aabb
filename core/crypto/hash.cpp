// SPDX-License-Identifier: GPL-3.0-or-later
#include "hash.h"

#ifdef BORG_HAVE_BLAKE3
#include <blake3.h>
#endif
#include <openssl/evp.h>

namespace borg::crypto {

namespace {

struct MdDeleter {
    void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};
using MdContext = std::unique_ptr<EVP_MD_CTX, MdDeleter>;

/// Looked up once: a fetch takes locks and costs more than a short hash.
const EVP_MD *sha256Algorithm()
{
    static const EVP_MD *const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    BORG_ASSERT(algorithm);
    return algorithm;
}

} // namespace

bool hasHash(HashKind kind)
{
    switch (kind) {
    case HashKind::Blake3:
#ifdef BORG_HAVE_BLAKE3
        return true;
#else
        return false;
#endif
    case HashKind::Sha256:
        return true;
    }
    return false; // a number from a peer
}

Hash sha256(QByteArrayView bytes)
{
    Hash hash;
    const int done = EVP_Digest(bytes.data(), static_cast<std::size_t>(bytes.size()), hash.data(),
        nullptr, sha256Algorithm(), nullptr);
    BORG_ASSERT(done == 1);
    return hash;
}

Hash blake3(QByteArrayView bytes)
{
#ifdef BORG_HAVE_BLAKE3
    Hash hash;
    blake3_hasher hasher;
    blake3_hasher_init(&hasher);
    blake3_hasher_update(&hasher, bytes.data(), static_cast<std::size_t>(bytes.size()));
    blake3_hasher_finalize(&hasher, hash.data(), hash.size());
    return hash;
#else
    BORG_ASSERT(bytes.size() < 0);
    return {};
#endif
}

Hash hashOf(HashKind kind, QByteArrayView bytes)
{
    return kind == HashKind::Blake3 ? blake3(bytes) : sha256(bytes);
}

struct Hasher::Private {
    MdContext sha; ///< Set for SHA-256.
#ifdef BORG_HAVE_BLAKE3
    blake3_hasher blake;
#endif

    void begin()
    {
        if (sha) {
            const int done = EVP_DigestInit_ex2(sha.get(), sha256Algorithm(), nullptr);
            BORG_ASSERT(done == 1);
            return;
        }
#ifdef BORG_HAVE_BLAKE3
        blake3_hasher_init(&blake);
#endif
    }
};

Hasher::Hasher(HashKind kind)
    : d(std::make_unique<Private>())
{
    BORG_ASSERT(hasHash(kind));
    if (kind == HashKind::Sha256)
        d->sha.reset(EVP_MD_CTX_new());
    d->begin();
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher &&) noexcept = default;
Hasher &Hasher::operator=(Hasher &&) noexcept = default;

void Hasher::add(QByteArrayView bytes)
{
    const auto size = static_cast<std::size_t>(bytes.size());
    if (d->sha) {
        const int done = EVP_DigestUpdate(d->sha.get(), bytes.data(), size);
        BORG_ASSERT(done == 1);
        return;
    }
#ifdef BORG_HAVE_BLAKE3
    blake3_hasher_update(&d->blake, bytes.data(), size);
#endif
}

Hash Hasher::finish()
{
    Hash hash{};
    if (d->sha) {
        const int done = EVP_DigestFinal_ex(d->sha.get(), hash.data(), nullptr);
        BORG_ASSERT(done == 1);
    }
#ifdef BORG_HAVE_BLAKE3
    else
        blake3_hasher_finalize(&d->blake, hash.data(), hash.size());
#endif
    d->begin();
    return hash;
}

} // namespace borg::crypto
