// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>
#include <store/account.h>

/// The one thing in the store that changes: a name that an account keeps, and a few bytes under it
/// that only the account can write, each time with a higher number. Kept whole by a few nodes,
/// which can check it alone; the bytes are sealed, so they learn nothing.
///
/// Record, integers big-endian: "BRGN", version 1 (1 byte), public key (32), seq (8), payload
/// bytes (2), payload, signature (64) over "borg pointer v1" and all that precedes it. Pure and
/// thread-safe.
namespace borg::store {

inline constexpr qsizetype kPointerPayloadMax = 512;
inline constexpr qsizetype kPointerBytesMax = 47 + kPointerPayloadMax + crypto::kSignatureBytes;

struct Pointer {
    crypto::PublicKey key;
    quint64 seq = 0;
    QByteArray payload;
    QByteArray bytes; ///< The whole record.

    /// Of two writers with one number the same one wins everywhere.
    [[nodiscard]] bool supersedes(const Pointer &other) const
    {
        return seq != other.seq ? seq > other.seq : bytes > other.bytes;
    }
};

/// @return the name of what `key` writes.
[[nodiscard]] ShardId pointerId(const crypto::PublicKey &key);
/// @pre payload.size() <= kPointerPayloadMax
[[nodiscard]] Pointer writePointer(const Account &account, quint64 seq, QByteArrayView payload);
/// @return the record, Malformed, or Unauthorized: the signature is wrong.
[[nodiscard]] Result<Pointer> readPointer(QByteArrayView bytes);

/// Seals for the account's own eyes. The same bytes give the same, others never the same key.
[[nodiscard]] QByteArray sealForAccount(const Account &account, QByteArrayView plain);
/// @return the bytes, Malformed or Unauthorized.
[[nodiscard]] Result<QByteArray> openForAccount(const Account &account, QByteArrayView sealed);

} // namespace borg::store
