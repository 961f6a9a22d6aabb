// SPDX-License-Identifier: GPL-3.0-or-later
#include "secret.h"

#include <base/assert.h>

#include <algorithm>
#include <openssl/crypto.h>

namespace borg::crypto {

SecretKey::SecretKey(std::span<const quint8> bytes)
{
    BORG_ASSERT(bytes.size() == kBytes);
    std::ranges::copy(bytes, m_bytes.begin());
}

SecretKey::~SecretKey()
{
    OPENSSL_cleanse(m_bytes.data(), m_bytes.size());
}

bool operator==(const SecretKey &a, const SecretKey &b)
{
    return CRYPTO_memcmp(a.m_bytes.data(), b.m_bytes.data(), SecretKey::kBytes) == 0;
}

void wipe(std::span<char> bytes)
{
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

} // namespace borg::crypto
