// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/node_key.h>

struct x509_st;

namespace borg::crypto {

/// Bytes of the SPKI of an Ed25519 key in DER: a fixed beginning and the 32 bytes of the key.
inline constexpr std::size_t kSpkiBytes = 44;

/// @return the SubjectPublicKeyInfo of `key` in DER (RFC 8410).
[[nodiscard]] std::array<quint8, kSpkiBytes> spkiOf(const PublicKey &key);

/// @return SHA-256 of spkiOf(key).
[[nodiscard]] NodeId nodeIdOf(const PublicKey &key);

/// Frees an X509; a type of its own so that headers need not know OpenSSL.
struct FreeCertificate {
    void operator()(x509_st *certificate) const;
};
using Certificate = std::unique_ptr<x509_st, FreeCertificate>;

/// A certificate that `key` signs for itself. It carries the public key into the TLS handshake and
/// says nothing else: fixed name, valid from 2000 to 9999, since peers pin the key and look at no
/// date.
/// @return it, or Storage (out of memory).
[[nodiscard]] Result<Certificate> selfSigned(const NodeKey &key);

/// @return the key that `certificate` is about, or Unauthorized: it is not an Ed25519 key.
[[nodiscard]] Result<PublicKey> keyOf(const x509_st *certificate);

} // namespace borg::crypto
