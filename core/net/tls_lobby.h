// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls_link.h"

#include <list>
#include <unordered_map>

namespace borg::net {

/// The listening socket, and the connections that came in and have not shown their key yet.
///
/// There are TlsOptions::unauthenticatedMax of them at most. One more takes the place of the oldest
/// from the address that has most: whoever floods, pushes out its own.
class TlsLobby final : private Poller::Handler, public TlsLink::Owner {
public:
    using Admit = std::function<void(const std::shared_ptr<TlsLink> &)>;

    /// @param admit is given each link whose handshake is done.  @param shared outlives this.
    TlsLobby(TlsShared &shared, Admit admit);
    ~TlsLobby();

    Result<Endpoint> listen(const QString &host, quint16 port);
    void close();
    [[nodiscard]] int count() const { return static_cast<int>(m_links.size()); }

private:
    using Link = std::shared_ptr<TlsLink>;

    void ready(bool isReadable, bool isWritable) override;
    void handshakeDone(TlsLink &link) override;
    void consentArrived(TlsLink &) override { }
    void frameArrived(TlsLink &, const wire::Frame &) override { }
    void writable(TlsLink &, wire::FrameClass) override { }
    void failed(TlsLink &link, Errc why) override;

    /// @return false when there is nothing to accept now.
    bool acceptOne();
    void pause();
    [[nodiscard]] quint64 &refusalsFor(Errc why);
    void makeRoom();
    Link take(const TlsLink &link);

    TlsShared &m_shared;
    const Admit m_admit;
    Socket m_socket;
    std::list<Link> m_links; ///< Oldest first.
    std::unordered_map<quint64, int> m_sites; ///< How many of m_links come from each.
    Clock::TimerId m_pause = Clock::TimerId::None;
};

} // namespace borg::net
