// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/secret.h>

namespace borg::crypto {

/// HKDF with SHA-256 (RFC 5869), extract and expand. Thread-safe.
/// @param out 1 to 8,160 bytes.
void hkdfSha256(
    QByteArrayView inputKey, QByteArrayView salt, QByteArrayView info, std::span<quint8> out);

/// @return HKDF of `key` as another key. One `info` per purpose; it begins with the purpose's name.
[[nodiscard]] SecretKey deriveKey(const SecretKey &key, QByteArrayView salt, QByteArrayView info);

} // namespace borg::crypto
