// SPDX-License-Identifier: GPL-3.0-or-later
#include "socket.h"

#include <QHostAddress>

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace borg::net {

using namespace Qt::Literals::StringLiterals;

namespace {
/// Bytes that the kernel holds unsent before it calls a socket full.
constexpr int kUnsentBytesMax = 256 * 1024;

std::optional<Address> lookUp(const QString &host, quint16 port, int flags)
{
    const addrinfo hints{.ai_flags = flags,
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_protocol = IPPROTO_TCP,
        .ai_addrlen = 0,
        .ai_addr = nullptr,
        .ai_canonname = nullptr,
        .ai_next = nullptr};
    addrinfo *found = nullptr;
    if (host.isEmpty()
        || getaddrinfo(
               host.toUtf8().constData(), QByteArray::number(port).constData(), &hints, &found)
            != 0)
        return {};
    const std::unique_ptr<addrinfo, decltype([](addrinfo *list) { freeaddrinfo(list); })> list(
        found);
    Address address;
    address.size = found->ai_addrlen;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    return address;
}

void setOption(int descriptor, int level, int name, int value)
{
    setsockopt(descriptor, level, name, &value, sizeof value); // none of ours is vital
}

Error listenError(int why, const QString &host, quint16 port)
{
    const QString where
        = host.contains(u':') ? u"[%1]:%2"_s.arg(host).arg(port) : u"%1:%2"_s.arg(host).arg(port);
    switch (why) {
    case EADDRINUSE:
        return {Errc::Conflict, u"%1 is in use by another program"_s.arg(where)};
    case EACCES:
        return {Errc::Unauthorized, u"the system does not allow us to listen on %1"_s.arg(where)};
    case EADDRNOTAVAIL:
        return {Errc::NotFound, u"%1 is not an address of this computer"_s.arg(where)};
    default:
        return {Errc::Storage,
            u"listening on %1: %2"_s.arg(where, QString::fromLocal8Bit(strerror(why)))};
    }
}

template <typename T>
const T &as(const sockaddr_storage &storage)
{
    return reinterpret_cast<const T &>(storage);
}
} // namespace

std::optional<Address> Address::literal(const QString &host, quint16 port)
{
    return lookUp(host, port, AI_NUMERICHOST | AI_NUMERICSERV);
}

Endpoint Address::endpoint() const
{
    if (size == 0)
        return {};
    QHostAddress address(reinterpret_cast<const sockaddr *>(&storage));
    // Not by the word of QHostAddress alone: for it "::" is 0.0.0.0 as well.
    const bool isMapped = storage.ss_family == AF_INET6
        && IN6_IS_ADDR_V4MAPPED(&as<sockaddr_in6>(storage).sin6_addr);
    if (isMapped)
        address = QHostAddress(address.toIPv4Address());
    return {address.toString(), port()};
}

quint64 Address::site() const
{
    if (storage.ss_family == AF_INET)
        return as<sockaddr_in>(storage).sin_addr.s_addr;
    const auto *bytes = as<sockaddr_in6>(storage).sin6_addr.s6_addr;
    quint64 site = 0;
    // The address itself when it stands for an IPv4 one, whose first half is the same for all.
    const bool isMapped = IN6_IS_ADDR_V4MAPPED(&as<sockaddr_in6>(storage).sin6_addr);
    std::memcpy(&site, isMapped ? bytes + 8 : bytes, sizeof site);
    return site;
}

quint16 Address::port() const
{
    return ntohs(storage.ss_family == AF_INET6 ? as<sockaddr_in6>(storage).sin6_port
                                               : as<sockaddr_in>(storage).sin_port);
}

Address Address::withPort(quint16 port) const
{
    Address other = *this;
    if (storage.ss_family == AF_INET6)
        reinterpret_cast<sockaddr_in6 &>(other.storage).sin6_port = htons(port);
    else
        reinterpret_cast<sockaddr_in &>(other.storage).sin_port = htons(port);
    return other;
}

std::optional<Address> Address::bindableFor(const Address &other) const
{
    if (storage.ss_family == other.storage.ss_family)
        return *this;
    const bool isBoth = storage.ss_family == AF_INET6
        && IN6_IS_ADDR_UNSPECIFIED(&as<sockaddr_in6>(storage).sin6_addr);
    if (!isBoth || other.storage.ss_family != AF_INET)
        return {};
    return literal(QStringLiteral("0.0.0.0"), port());
}

void Socket::close()
{
    if (isOpen())
        ::close(std::exchange(m_descriptor, -1));
}

Result<Socket> Socket::listenOn(const QString &host, quint16 port, int backlog)
{
    const auto address = lookUp(host, port, AI_PASSIVE | AI_NUMERICSERV);
    if (!address)
        return Error{Errc::NotFound, u"%1 is not an address of this computer"_s.arg(host)};
    Socket socket(::socket(
        address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (!socket.isOpen())
        return listenError(errno, host, port);
    const int descriptor = socket.descriptor();
    setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1); // links of a former run may linger
    if (address->storage.ss_family == AF_INET6)
        setOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (bind(descriptor, reinterpret_cast<const sockaddr *>(&address->storage), address->size) != 0
        || ::listen(descriptor, backlog) != 0)
        return listenError(errno, host, port);
    return socket;
}

Result<Socket> Socket::connectTo(const Address &address, const std::optional<Address> &from)
{
    Socket socket(::socket(
        address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (from && socket.isOpen()) {
        const auto local = from->bindableFor(address);
        if (!local)
            return Error{Errc::Unreachable, u"another family of addresses"_s};
        setOption(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, 1);
        if (bind(socket.descriptor(), reinterpret_cast<const sockaddr *>(&local->storage),
                local->size)
            != 0)
            return Error{Errc::Conflict, QString::fromLocal8Bit(strerror(errno))};
    }
    if (!socket.isOpen()
        || (::connect(socket.descriptor(), reinterpret_cast<const sockaddr *>(&address.storage),
                address.size)
                != 0
            && errno != EINPROGRESS))
        return Error{errno == EADDRNOTAVAIL ? Errc::Conflict : Errc::Unreachable,
            QString::fromLocal8Bit(strerror(errno))};
    return socket;
}

Result<Socket> Socket::reserve(const Address &like)
{
    Socket socket(
        ::socket(like.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    const Address any = like.withPort(0);
    if (socket.isOpen() && like.storage.ss_family == AF_INET6)
        setOption(socket.descriptor(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (!socket.isOpen()
        || bind(socket.descriptor(), reinterpret_cast<const sockaddr *>(&any.storage), any.size)
            != 0)
        return Error{Errc::Storage, QString::fromLocal8Bit(strerror(errno))};
    // Only now: the port is one that nothing else uses, and what is ours may bind to it from here.
    setOption(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, 1);
    return socket;
}

void Socket::tune(Ticks tcpTimeout) const
{
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(tcpTimeout).count();
    setOption(m_descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
    setOption(m_descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(ms));
    setOption(m_descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytesMax);
}

Address Socket::localAddress() const
{
    Address address;
    socklen_t size = sizeof address.storage;
    if (getsockname(m_descriptor, reinterpret_cast<sockaddr *>(&address.storage), &size) == 0)
        address.size = size;
    return address;
}

Address Socket::peerAddress() const
{
    Address address;
    socklen_t size = sizeof address.storage;
    if (getpeername(m_descriptor, reinterpret_cast<sockaddr *>(&address.storage), &size) == 0)
        address.size = size;
    return address;
}

int Socket::takeError() const
{
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

std::optional<Ticks> Socket::rtt() const
{
    tcp_info info{};
    socklen_t size = sizeof info;
    if (!isOpen() || getsockopt(m_descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0
        || info.tcpi_rtt == 0)
        return {};
    return Ticks{info.tcpi_rtt};
}

} // namespace borg::net
