// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/rng.h>
#include <base/task_scope.h>

#include <QUdpSocket>

#include <reach/lan_beacon.h>

namespace borg::reach {

/// Calls into the local network and listens who is there: the sockets around a BeaconBook.
///
/// IPv4 group 239.255.66.79 and IPv6 group ff02::626f:7267, UDP port 7466, on every interface that
/// is up; a beacon every 5 s, spread by a fifth, so that a LAN of many does not call at once. Never
/// leaves the local network (ttl 1, link-local group). Lives on the node's thread.
class LanFinder {
public:
    static constexpr quint16 kPort = 7466;
    static constexpr Ticks kEvery = std::chrono::seconds(5);

    /// @param clock, rng, crypto outlive this object.
    /// @param onLoopback only between nodes of this computer.
    LanFinder(Clock &clock, Rng &rng, const crypto::Crypto &crypto, const QString &network,
        bool onLoopback);
    ~LanFinder();

    /// @param port where our node accepts links.
    /// @param found gets a node when it is heard first, or at a new address.
    /// @return Done, or Conflict or Storage when neither family has a socket.
    Result<Done> start(quint16 port, std::function<void(const net::Peer &)> found);
    void stop();

    /// @return who was heard in the last half minute.
    [[nodiscard]] std::vector<net::Peer> peers() const { return m_book.peers(m_clock.now()); }
    [[nodiscard]] qint64 ignored() const { return m_ignored; } ///< Datagrams that were no news.

private:
    Q_DISABLE_COPY_MOVE(LanFinder)

    void beat();
    void call(QUdpSocket &socket, const QHostAddress &group, const QByteArray &beacon);
    void read(QUdpSocket &socket);

    Clock &m_clock;
    Rng &m_rng;
    const crypto::Crypto &m_crypto;
    const QString m_network;
    const bool m_onLoopback;
    BeaconBook m_book;
    quint16 m_port = 0;
    std::function<void(const net::Peer &)> m_found;
    QUdpSocket m_v4;
    QUdpSocket m_v6;
    Clock::TimerId m_timer = Clock::TimerId::None;
    qint64 m_ignored = 0;
};

} // namespace borg::reach
