// SPDX-License-Identifier: GPL-3.0-or-later
#include "lan_beacon.h"

#include <QtEndian>

namespace borg::reach {

namespace {

constexpr QByteArrayView kMagic("BORGLAN1");
constexpr QByteArrayView kSigned("borg-lan1");
constexpr qsizetype kNetworkBytes = 16;
constexpr qsizetype kKeyAt = 8 + kNetworkBytes;
constexpr qsizetype kPortAt = kKeyAt + 32;
constexpr qsizetype kTimeAt = kPortAt + 2;
constexpr qsizetype kSignatureAt = kTimeAt + 8;
static_assert(kSignatureAt + crypto::kSignatureBytes == kBeaconBytes);
constexpr quint32 kPerSecond = 4; // of one address; honest nodes send one in five seconds
constexpr quint32 kBurst = 16;
constexpr quint32 kChecksPerSecond = 64;
constexpr quint32 kChecksBurst = 256;

QByteArray hashOf(const crypto::Crypto &crypto, const QString &network)
{
    const auto hash = crypto.hash(QByteArray("borg-lan-net") + network.toUtf8());
    return QByteArray(reinterpret_cast<const char *>(hash.data()), kNetworkBytes);
}

} // namespace

QByteArray writeBeacon(
    const crypto::Crypto &crypto, const QString &network, quint16 port, qint64 utcMs)
{
    QByteArray bytes = kMagic.toByteArray() + hashOf(crypto, network);
    bytes.append(QByteArrayView(crypto.publicKey().bytes));
    bytes.resize(kSignatureAt);
    qToBigEndian(port, bytes.data() + kPortAt);
    qToBigEndian(static_cast<quint64>(utcMs), bytes.data() + kTimeAt);
    return bytes + crypto.sign(kSigned.toByteArray() + bytes);
}

BeaconBook::BeaconBook(const crypto::Crypto &crypto, const QString &network)
    : m_crypto(crypto)
    , m_network(hashOf(crypto, network))
    , m_checks(kChecksPerSecond, kChecksBurst, Ticks{0})
{
}

bool BeaconBook::isOverRate(const QString &host, Ticks now)
{
    if (!m_sources.contains(host) && m_sources.size() >= kSourcesMax)
        m_sources.clear(); // who floods is over the rate again within a second
    return !m_sources.try_emplace(host, kPerSecond, kBurst, now).first->second.take(1, now);
}

BeaconBook::Verdict BeaconBook::hear(
    const QByteArray &datagram, const QString &fromHost, Ticks now, qint64 utcMs)
{
    if (isOverRate(fromHost, now))
        return Verdict::TooMany;
    if (datagram.size() != kBeaconBytes || !datagram.startsWith(kMagic))
        return Verdict::Malformed;
    const QByteArrayView bytes(datagram);
    if (bytes.sliced(kMagic.size(), kNetworkBytes) != m_network)
        return Verdict::OtherNetwork;
    crypto::PublicKey key;
    std::copy_n(bytes.begin() + kKeyAt, key.bytes.size(), key.bytes.begin());
    if (key == m_crypto.publicKey())
        return Verdict::Own;
    const auto stamp = static_cast<qint64>(qFromBigEndian<quint64>(bytes.data() + kTimeAt));
    if (stamp < utcMs - kClockOffMaxMs || stamp > utcMs + kClockOffMaxMs)
        return Verdict::Stale;
    const NodeId id = m_crypto.idOf(key);
    const auto known = m_peers.find(id);
    if (known != m_peers.end() && stamp <= known->second.utcMs)
        return Verdict::Stale;
    if (!m_checks.take(1, now))
        return Verdict::TooMany;
    if (!m_crypto.verify(key, kSigned.toByteArray() + bytes.first(kSignatureAt).toByteArray(),
            bytes.sliced(kSignatureAt)))
        return Verdict::Forged;
    const net::Endpoint endpoint{fromHost, qFromBigEndian<quint16>(bytes.data() + kPortAt)};
    if (endpoint.port == 0)
        return Verdict::Malformed;
    if (known != m_peers.end()) {
        Entry &entry = known->second;
        // A computer calls over every interface and family: the first address heard stays.
        const bool isNews = now > entry.heardAt + kForgetAfter
            || (entry.endpoint.host == fromHost && entry.endpoint.port != endpoint.port);
        entry.utcMs = stamp;
        if (isNews)
            entry.endpoint = endpoint;
        if (entry.endpoint.host == fromHost)
            entry.heardAt = now;
        return isNews ? Verdict::News : Verdict::Known;
    }
    std::erase_if(m_peers,
        [now](const auto &entry) { return now > entry.second.heardAt + 2 * kForgetAfter; });
    if (m_peers.size() >= kPeersMax)
        return Verdict::TooMany;
    m_peers[id] = {endpoint, now, stamp};
    return Verdict::News;
}

std::vector<net::Peer> BeaconBook::peers(Ticks now) const
{
    std::vector<net::Peer> found;
    for (const auto &[id, entry] : m_peers) {
        if (now <= entry.heardAt + kForgetAfter)
            found.push_back({id, entry.endpoint});
    }
    return found;
}

} // namespace borg::reach
