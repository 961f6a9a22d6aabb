// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_lobby.h"

#include <algorithm>
#include <cerrno>

namespace borg::net {

namespace {
constexpr int kAcceptsPerTurn = 32; ///< Then those that are here go on with their handshakes.
constexpr Ticks kPause = std::chrono::milliseconds(100);
} // namespace

TlsLobby::TlsLobby(TlsShared &shared, Admit admit)
    : m_shared(shared)
    , m_admit(std::move(admit))
{
}

TlsLobby::~TlsLobby()
{
    close();
}

Result<Endpoint> TlsLobby::listen(const QString &host, quint16 port)
{
    if (m_socket.isOpen())
        return Error{Errc::Conflict, QStringLiteral("already listening")};
    auto socket = Socket::listenOn(host, port, m_shared.options.backlog);
    if (!socket)
        return socket.error();
    if (!m_shared.poller.add(socket->descriptor(), *this, Poller::Wants::Read))
        return Error{Errc::Storage, QStringLiteral("out of descriptors")};
    m_socket = *std::move(socket);
    m_shared.local = m_socket.localAddress();
    return m_shared.local.endpoint();
}

void TlsLobby::close()
{
    m_shared.clock.cancel(m_pause);
    if (m_socket.isOpen())
        m_shared.poller.remove(m_socket.descriptor(), *this);
    m_socket.close();
    while (!m_links.empty()) {
        const Link link = take(*m_links.front());
        link->abort();
        m_shared.bury(link);
    }
}

void TlsLobby::ready(bool, bool)
{
    for (int left = kAcceptsPerTurn; left > 0 && acceptOne(); --left) { }
}

bool TlsLobby::acceptOne()
{
    Address from;
    socklen_t size = sizeof from.storage;
    Socket socket(::accept4(m_socket.descriptor(), reinterpret_cast<sockaddr *>(&from.storage),
        &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.isOpen()) {
        // Without descriptors the connection stays in the backlog and would wake us for ever.
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            pause();
        return errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
    }
    from.size = size;
    ++m_shared.totals.accepted;
    if (count() >= m_shared.options.unauthenticatedMax)
        makeRoom();
    const auto link = std::make_shared<TlsLink>(m_shared, *this, Direction::Inbound);
    m_links.push_back(link);
    ++m_sites[from.site()];
    link->setDeadline(m_shared.options.handshakeDeadline);
    link->accept(std::move(socket), from);
    return true;
}

void TlsLobby::pause()
{
    m_shared.poller.change(m_socket.descriptor(), *this, Poller::Wants::Nothing);
    m_pause = m_shared.clock.after(kPause,
        [this] { m_shared.poller.change(m_socket.descriptor(), *this, Poller::Wants::Read); });
}

void TlsLobby::makeRoom()
{
    const auto busiest
        = std::ranges::max_element(m_sites, {}, [](const auto &site) { return site.second; });
    const auto oldest = std::ranges::find(m_links, busiest->first, &TlsLink::site);
    const Link link = take(**oldest);
    link->abort();
    m_shared.bury(link);
    ++m_shared.totals.refused;
    ++m_shared.totals.refusals.tooMany;
}

quint64 &TlsLobby::refusalsFor(Errc why)
{
    auto &refusals = m_shared.totals.refusals;
    switch (why) {
    case Errc::Timeout:
        return refusals.slowHandshake;
    case Errc::Unauthorized:
        return refusals.wrongCertificate;
    case Errc::Malformed:
        return refusals.wrongProtocol;
    case Errc::Storage: // we had no room for it
    case Errc::Busy:
    case Errc::NoSpace:
        return refusals.tooMany;
    case Errc::Unreachable:
    case Errc::Closed:
    case Errc::Conflict:
    case Errc::NotFound:
    case Errc::TooLarge:
        break;
    }
    return refusals.vanished;
}

TlsLobby::Link TlsLobby::take(const TlsLink &link)
{
    const auto at = std::ranges::find(m_links, &link, &Link::get);
    BORG_ASSERT(at != m_links.end());
    Link taken = std::move(*at);
    m_links.erase(at);
    const auto site = m_sites.find(taken->site());
    if (--site->second == 0)
        m_sites.erase(site);
    return taken;
}

void TlsLobby::handshakeDone(TlsLink &link)
{
    m_admit(take(link));
}

void TlsLobby::failed(TlsLink &link, Errc why)
{
    ++m_shared.totals.refused;
    ++refusalsFor(why);
    m_shared.bury(take(link));
}

} // namespace borg::net
