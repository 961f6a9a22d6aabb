// SPDX-License-Identifier: GPL-3.0-or-later
#include "lan_finder.h"

#include <QLoggingCategory>
#include <QNetworkDatagram>
#include <QNetworkInterface>

namespace borg::reach {

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcLan, "borg.reach.lan")

namespace {

constexpr int kReadsMax = 64; // in one turn of the loop; the rest waits for the next

const QHostAddress &group4()
{
    static const QHostAddress group(u"239.255.66.79"_s);
    return group;
}
const QHostAddress &group6()
{
    static const QHostAddress group(u"ff02::626f:7267"_s);
    return group;
}

bool isOf(const QNetworkInterface &interface, QAbstractSocket::NetworkLayerProtocol family)
{
    return std::ranges::any_of(interface.addressEntries(),
        [&](const QNetworkAddressEntry &entry) { return entry.ip().protocol() == family; });
}

} // namespace

LanFinder::LanFinder(
    Clock &clock, Rng &rng, const crypto::Crypto &crypto, const QString &network, bool onLoopback)
    : m_clock(clock)
    , m_rng(rng)
    , m_crypto(crypto)
    , m_network(network)
    , m_onLoopback(onLoopback)
    , m_book(crypto, network)
{
}

LanFinder::~LanFinder()
{
    stop();
}

Result<Done> LanFinder::start(quint16 port, std::function<void(const net::Peer &)> found)
{
    m_port = port;
    m_found = std::move(found);
    // Shared: several nodes of one computer hear the same group.
    constexpr auto kShared = QUdpSocket::ShareAddress | QUdpSocket::ReuseAddressHint;
    const bool is4 = m_v4.bind(QHostAddress::AnyIPv4, kPort, kShared);
    const bool is6 = m_v6.bind(QHostAddress::AnyIPv6, kPort, kShared);
    if (!is4 && !is6)
        return Error{Errc::Conflict,
            u"Nodes of the local network cannot be heard: %1."_s.arg(m_v4.errorString())};
    for (QUdpSocket *socket : {&m_v4, &m_v6})
        QObject::connect(socket, &QUdpSocket::readyRead, socket, [this, socket] { read(*socket); });
    beat();
    return Done{};
}

void LanFinder::stop()
{
    m_clock.cancel(std::exchange(m_timer, Clock::TimerId::None));
    m_v4.close();
    m_v6.close();
}

void LanFinder::beat()
{
    const Ticks spread{m_rng.below(static_cast<quint32>((kEvery * 2 / 5).count()))};
    m_timer = m_clock.after(kEvery * 4 / 5 + spread, [this] { beat(); });
    const QByteArray beacon = writeBeacon(m_crypto, m_network, m_port, m_clock.utcMs());
    call(m_v4, group4(), beacon);
    call(m_v6, group6(), beacon);
}

void LanFinder::call(QUdpSocket &socket, const QHostAddress &group, const QByteArray &beacon)
{
    if (socket.state() != QAbstractSocket::BoundState)
        return;
    for (const QNetworkInterface &interface : QNetworkInterface::allInterfaces()) {
        const auto flags = interface.flags();
        const bool isLoopback = flags.testFlag(QNetworkInterface::IsLoopBack);
        if (!flags.testFlag(QNetworkInterface::IsRunning) || isLoopback != m_onLoopback
            || !(isLoopback || flags.testFlag(QNetworkInterface::CanMulticast))
            || !isOf(interface, group.protocol()))
            continue;
        // Interfaces come and go; joining again what is joined fails and harms nothing.
        (void)socket.joinMulticastGroup(group, interface);
        socket.setMulticastInterface(interface);
        (void)socket.writeDatagram(beacon, group, kPort); // a lost one is followed by another
    }
}

void LanFinder::read(QUdpSocket &socket)
{
    for (int i = 0; i < kReadsMax && socket.hasPendingDatagrams(); ++i) {
        const QNetworkDatagram datagram = socket.receiveDatagram(kBeaconBytes + 1);
        QHostAddress sender = datagram.senderAddress();
        bool isV4 = false;
        const quint32 v4 = sender.toIPv4Address(&isV4);
        const QString host = isV4 ? QHostAddress(v4).toString() : sender.toString();
        const auto verdict = m_book.hear(datagram.data(), host, m_clock.now(), m_clock.utcMs());
        if (verdict != BeaconBook::Verdict::News) {
            m_ignored
                += verdict != BeaconBook::Verdict::Known && verdict != BeaconBook::Verdict::Own;
            continue;
        }
        for (const net::Peer &peer : m_book.peers(m_clock.now())) {
            if (peer.endpoint.host != host)
                continue;
            qCInfo(lcLan).noquote() << "node" << peer.id.text().left(8) << "is in this network, at"
                                    << peer.endpoint.host << "port" << peer.endpoint.port;
            m_found(peer);
        }
    }
    if (socket.hasPendingDatagrams())
        QMetaObject::invokeMethod(&socket, &QUdpSocket::readyRead, Qt::QueuedConnection);
}

} // namespace borg::reach
