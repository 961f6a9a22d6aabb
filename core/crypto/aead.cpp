// SPDX-License-Identifier: GPL-3.0-or-later
#include "aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace borg::crypto {

using namespace Qt::Literals::StringLiterals;

namespace {

const EVP_CIPHER *gcmAlgorithm()
{
    static const EVP_CIPHER *const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    BORG_ASSERT(algorithm);
    return algorithm;
}

const unsigned char *bytesOf(QByteArrayView view)
{
    return reinterpret_cast<const unsigned char *>(view.data());
}

} // namespace

struct AesGcm::Private {
    // One context per direction: turning one around makes OpenSSL run the key schedule again.
    EVP_CIPHER_CTX *seal = nullptr;
    EVP_CIPHER_CTX *open = nullptr;
    EVP_CIPHER_CTX *now = nullptr;
    SecretKey key;

    ~Private()
    {
        EVP_CIPHER_CTX_free(seal);
        EVP_CIPHER_CTX_free(open);
    }

    void begin(EVP_CIPHER_CTX *&context, int encrypt, const GcmNonce &nonce, QByteArrayView extra)
    {
        int done = 1;
        if (context) {
            done = EVP_CipherInit_ex2(context, nullptr, nullptr, nonce.data(), encrypt, nullptr);
        } else {
            context = EVP_CIPHER_CTX_new();
            done = EVP_CipherInit_ex2(
                context, gcmAlgorithm(), key.bytes().data(), nonce.data(), encrypt, nullptr);
        }
        BORG_ASSERT(done == 1);
        now = context;
        if (!extra.isEmpty()) {
            int written = 0;
            done = EVP_CipherUpdate(
                now, nullptr, &written, bytesOf(extra), static_cast<int>(extra.size()));
            BORG_ASSERT(done == 1);
        }
    }
};

AesGcm::AesGcm(const SecretKey &key)
    : d(std::make_unique<Private>())
{
    d->key = key;
}

AesGcm::~AesGcm() = default;

void AesGcm::beginSeal(const GcmNonce &nonce, QByteArrayView associated)
{
    d->begin(d->seal, 1, nonce, associated);
}

void AesGcm::beginOpen(const GcmNonce &nonce, QByteArrayView associated)
{
    d->begin(d->open, 0, nonce, associated);
}

void AesGcm::update(QByteArrayView in, std::span<char> out)
{
    BORG_ASSERT(std::ssize(out) == in.size() && d->now);
    if (in.isEmpty())
        return;
    int written = 0;
    const int done = EVP_CipherUpdate(d->now, reinterpret_cast<unsigned char *>(out.data()),
        &written, bytesOf(in), static_cast<int>(in.size()));
    BORG_ASSERT(done == 1 && written == in.size());
}

GcmTag AesGcm::finishSeal()
{
    BORG_ASSERT(d->now && d->now == d->seal);
    GcmTag tag;
    int written = 0;
    int done = EVP_CipherFinal_ex(d->now, tag.data(), &written);
    BORG_ASSERT(done == 1 && written == 0);
    done = EVP_CIPHER_CTX_ctrl(d->now, EVP_CTRL_AEAD_GET_TAG, int{kGcmTagBytes}, tag.data());
    BORG_ASSERT(done == 1);
    d->now = nullptr;
    return tag;
}

Result<Done> AesGcm::finishOpen(const GcmTag &tag)
{
    BORG_ASSERT(d->now && d->now == d->open);
    GcmTag expected = tag;
    int done
        = EVP_CIPHER_CTX_ctrl(d->now, EVP_CTRL_AEAD_SET_TAG, int{kGcmTagBytes}, expected.data());
    BORG_ASSERT(done == 1);
    std::array<unsigned char, kGcmTagBytes> rest;
    int written = 0;
    done = EVP_CipherFinal_ex(d->now, rest.data(), &written);
    d->now = nullptr;
    if (done != 1)
        return Error{Errc::Unauthorized, u"the tag does not fit the bytes"_s};
    return Done{};
}

void AesGcm::seal(
    const GcmNonce &nonce, QByteArrayView associated, QByteArrayView plain, std::span<char> out)
{
    BORG_ASSERT(std::ssize(out) == plain.size() + kGcmTagBytes);
    beginSeal(nonce, associated);
    update(plain, out.first(static_cast<std::size_t>(plain.size())));
    const GcmTag tag = finishSeal();
    std::ranges::copy(tag, reinterpret_cast<quint8 *>(out.data() + plain.size()));
}

Result<Done> AesGcm::open(
    const GcmNonce &nonce, QByteArrayView associated, QByteArrayView sealed, std::span<char> out)
{
    BORG_ASSERT(std::ssize(out) + kGcmTagBytes == sealed.size());
    GcmTag tag;
    std::copy_n(bytesOf(sealed.last(kGcmTagBytes)), kGcmTagBytes, tag.begin());
    beginOpen(nonce, associated);
    update(sealed.chopped(kGcmTagBytes), out);
    auto done = finishOpen(tag);
    if (!done)
        wipe(out);
    return done;
}

} // namespace borg::crypto
