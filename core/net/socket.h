// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <base/result.h>
#include <net/transport.h>

#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <utility>

namespace borg::net {

/// An address and a port as the system wants them.
struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;

    /// @return the address that `host` spells, or none when it is a name. Asks nobody.
    [[nodiscard]] static std::optional<Address> literal(const QString &host, quint16 port);
    /// An IPv4 address that came in over an IPv6 socket is shown as the IPv4 address it is.
    [[nodiscard]] Endpoint endpoint() const;
    /// The same for all that one site can send from: an IPv4 address, the /64 of an IPv6 one.
    [[nodiscard]] quint64 site() const;
    [[nodiscard]] quint16 port() const;
    [[nodiscard]] Address withPort(quint16 port) const;
    /// @return the address with this port that a socket for `other` binds to; none when this one is
    ///         of another family. "::" stands for both.
    [[nodiscard]] std::optional<Address> bindableFor(const Address &other) const;
};

/// A TCP socket: non-blocking, closed on exec, closed when it goes.
class Socket {
public:
    Socket() = default;
    explicit Socket(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    Socket(Socket &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
    {
    }
    Socket &operator=(Socket &&other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    ~Socket() { close(); }

    [[nodiscard]] int descriptor() const { return m_descriptor; }
    [[nodiscard]] bool isOpen() const { return m_descriptor >= 0; }
    void close();

    /// @return a listening socket, or the errors of TlsEndpoint::listen().
    [[nodiscard]] static Result<Socket> listenOn(const QString &host, quint16 port, int backlog);
    /// @return a socket that connects; writable when it has an outcome. Or Unreachable.
    /// @param from the address of a socket of reserve(): the connection comes from its port. Then
    ///        Conflict while that port has, or lately had, a connection to `address`.
    [[nodiscard]] static Result<Socket> connectTo(
        const Address &address, const std::optional<Address> &from = {});

    /// @return a socket that takes a free port, at the address `like`, and does nothing with it:
    ///         only connectTo() may use it as well, as long as this one is open. Or Storage.
    [[nodiscard]] static Result<Socket> reserve(const Address &like);

    /// No delay for small records; few bytes wait in the system, so that ours may overtake.
    void tune(Ticks tcpTimeout) const;
    [[nodiscard]] Address localAddress() const;
    [[nodiscard]] Address peerAddress() const;
    /// The outcome of connectTo(): 0 or an errno.
    [[nodiscard]] int takeError() const;
    [[nodiscard]] std::optional<Ticks> rtt() const;

private:
    Q_DISABLE_COPY(Socket)

    int m_descriptor = -1;
};

} // namespace borg::net
