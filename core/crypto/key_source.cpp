// SPDX-License-Identifier: GPL-3.0-or-later
#include "key_source.h"

#include <base/assert.h>

#include <openssl/rand.h>

namespace borg::crypto {

SecretKey KeySource::key()
{
    SecretKey key;
    fill(key.mutableBytes());
    return key;
}

void SystemKeys::fill(std::span<quint8> bytes)
{
    const int done = RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size()));
    BORG_ASSERT(done == 1); // No entropy: any key from here on would be a lie.
}

SecretKey randomKey()
{
    return SystemKeys().key();
}

} // namespace borg::crypto
