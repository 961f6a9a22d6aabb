// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/assert.h>
#include <crypto/ed25519.h>
#include <crypto/node_key.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace borg::bench {

inline qint64 monotonicUs()
{
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now().time_since_epoch())
        .count(); // the same for all processes of a machine
}

/// What each delivery cannot do without, on this machine at this moment: the reference that the
/// other times are compared to. @return the median of 15 rounds, in us for each of 1 KiB.
inline double verifyUs()
{
    constexpr int kRounds = 15;
    constexpr int kEach = 100;
    const auto key = crypto::NodeKey::generate();
    BORG_ASSERT(key.ok());
    const QByteArray bytes(1024, 'x');
    const QByteArray signature = key->sign(bytes);
    std::vector<double> rounds;
    for (int round = 0; round < kRounds; ++round) {
        const qint64 begin = monotonicUs();
        for (int i = 0; i < kEach; ++i)
            BORG_ASSERT(crypto::ed25519::verify(
                key->publicKey(), bytes, signature, crypto::ed25519::fastest()));
        rounds.push_back(static_cast<double>(monotonicUs() - begin) / kEach);
    }
    std::ranges::sort(rounds);
    return rounds[kRounds / 2];
}

} // namespace borg::bench
