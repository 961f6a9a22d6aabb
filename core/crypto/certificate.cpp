// SPDX-License-Identifier: GPL-3.0-or-later
#include "certificate.h"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace borg::crypto {

namespace {
/// SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING (32 bytes follow) }
constexpr std::array<quint8, 12> kSpkiBeginning{
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
static_assert(kSpkiBeginning.size() + sizeof(PublicKey::bytes) == kSpkiBytes);
} // namespace

std::array<quint8, kSpkiBytes> spkiOf(const PublicKey &key)
{
    std::array<quint8, kSpkiBytes> spki;
    const auto rest = std::ranges::copy(kSpkiBeginning, spki.begin()).out;
    std::ranges::copy(key.bytes, rest);
    return spki;
}

NodeId nodeIdOf(const PublicKey &key)
{
    const auto spki = spkiOf(key);
    NodeId id;
    const int isDone
        = EVP_Digest(spki.data(), spki.size(), id.bytes.data(), nullptr, EVP_sha256(), {});
    BORG_ASSERT(isDone == 1);
    return id;
}

void FreeCertificate::operator()(x509_st *certificate) const
{
    X509_free(certificate);
}

Result<Certificate> selfSigned(const NodeKey &key)
{
    Certificate certificate(X509_new());
    EVP_PKEY *pair = key.openSslKey();
    X509 *raw = certificate.get();
    const bool isMade = raw && X509_set_version(raw, X509_VERSION_3)
        && ASN1_INTEGER_set(X509_get_serialNumber(raw), 1)
        && ASN1_TIME_set_string_X509(X509_getm_notBefore(raw), "20000101000000Z")
        && ASN1_TIME_set_string_X509(X509_getm_notAfter(raw), "99991231235959Z")
        && X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
            reinterpret_cast<const quint8 *>("borg node"), -1, -1, 0)
        && X509_set_issuer_name(raw, X509_get_subject_name(raw)) && X509_set_pubkey(raw, pair)
        && X509_sign(raw, pair, {}) > 0;
    EVP_PKEY_free(pair);
    if (!isMade)
        return Error{Errc::Storage, QStringLiteral("the certificate cannot be made")};
    return certificate;
}

Result<PublicKey> keyOf(const x509_st *certificate)
{
    const Error refusal{Errc::Unauthorized, QStringLiteral("the certificate has no Ed25519 key")};
    if (!certificate)
        return refusal;
    // The size first: i2d writes as many bytes as the peer's key has.
    const X509_PUBKEY *spki = X509_get_X509_PUBKEY(certificate);
    std::array<quint8, kSpkiBytes> bytes;
    quint8 *end = bytes.data();
    if (i2d_X509_PUBKEY(spki, nullptr) != static_cast<int>(bytes.size())
        || i2d_X509_PUBKEY(spki, &end) != static_cast<int>(bytes.size())
        || !std::ranges::equal(std::span(bytes).first(kSpkiBeginning.size()), kSpkiBeginning))
        return refusal;
    PublicKey key;
    std::ranges::copy(std::span(bytes).subspan(kSpkiBeginning.size()), key.bytes.begin());
    return key;
}

} // namespace borg::crypto
