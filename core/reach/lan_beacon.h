// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>
#include <net/transport.h>
#include <tree/token_bucket.h>

#include <map>
#include <vector>

namespace borg::reach {

/// What a node calls into its local network: 130 bytes in one datagram,
///
///     "BORGLAN1" | 16 bytes of SHA-256("borg-lan-net" | network id) | 32 bytes key |
///     u16 port | u64 milliseconds of UTC | 64 bytes Ed25519 over "borg-lan1" | all before
///
/// numbers big-endian. The address is that of the datagram. Says nothing that a stranger in the LAN
/// could use, but that a node is here.
inline constexpr qsizetype kBeaconBytes = 130;

[[nodiscard]] QByteArray writeBeacon(
    const crypto::Crypto &crypto, const QString &network, quint16 port, qint64 utcMs);

/// Who was heard in the local network lately, by beacons that are signed, of our network, recent
/// and not played again. Pure: whoever owns the sockets brings the time.
class BeaconBook {
public:
    static constexpr std::size_t kPeersMax = 256;
    static constexpr std::size_t kSourcesMax = 256; ///< Addresses whose rate is watched.
    static constexpr Ticks kForgetAfter = std::chrono::seconds(30);
    static constexpr qint64 kClockOffMaxMs = 15 * 60'000; ///< Clocks of a LAN may differ.

    enum class Verdict : quint8 {
        News, ///< A node not heard before, or at another address.
        Known,
        Own,
        OtherNetwork,
        Malformed, ///< Of another size, or another program.
        Stale, ///< Too old or of the future, or played again.
        Forged,
        TooMany, ///< Over the rate of its address or of all, or no room.
    };

    /// @param crypto outlives this object.
    BeaconBook(const crypto::Crypto &crypto, const QString &network);

    Verdict hear(const QByteArray &datagram, const QString &fromHost, Ticks now, qint64 utcMs);
    /// @return who was heard within kForgetAfter, in order of id.
    [[nodiscard]] std::vector<net::Peer> peers(Ticks now) const;

private:
    struct Entry {
        net::Endpoint endpoint;
        Ticks heardAt{0};
        qint64 utcMs = 0; ///< Of the last beacon; none may be older.
    };
    [[nodiscard]] bool isOverRate(const QString &host, Ticks now);

    const crypto::Crypto &m_crypto;
    const QByteArray m_network;
    std::map<NodeId, Entry> m_peers;
    std::map<QString, tree::TokenBucket> m_sources;
    tree::TokenBucket m_checks; ///< Signatures a second, whoever sends.
};

} // namespace borg::reach
