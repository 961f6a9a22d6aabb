// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_endpoint.h"

#include "tls_lobby.h"
#include "tls_mirror.h"
#include "tls_port.h"

namespace borg::net {

class TlsEndpoint::Private {
public:
    Private(Clock &clock, const crypto::NodeKey &key, TlsOptions options)
        : shared(clock, key, options)
        , tree(shared, Protocol::Tree)
        , bulk(shared, Protocol::Bulk)
        , mirror(shared)
        , lobby(shared, [this](const std::shared_ptr<TlsLink> &link) { admit(link); })
    {
    }

    void admit(const std::shared_ptr<TlsLink> &link)
    {
        if (link->protocol() == kMirror)
            mirror.serve(link);
        else
            port(link->protocol()).take(link);
    }

    [[nodiscard]] TlsPort &port(Protocol protocol)
    {
        return protocol == Protocol::Tree ? tree : bulk;
    }

    TlsShared shared;
    TlsPort tree;
    TlsPort bulk;
    TlsMirror mirror;
    TlsLobby lobby;
    bool isClosed = false;
};

TlsEndpoint::TlsEndpoint(Clock &clock, const crypto::NodeKey &key, TlsOptions options)
    : d(std::make_unique<Private>(clock, key, options))
{
}

TlsEndpoint::~TlsEndpoint() = default;

Result<Endpoint> TlsEndpoint::listen(const QString &host, quint16 port)
{
    if (d->isClosed)
        return Error{Errc::Closed, {}};
    return d->lobby.listen(host, port);
}

Transport &TlsEndpoint::transport(Protocol protocol)
{
    return d->port(protocol);
}

quint16 TlsEndpoint::sparePort()
{
    return d->isClosed ? 0 : d->mirror.sparePort();
}

void TlsEndpoint::askOutside(
    const Peer &helper, quint16 fromPort, std::function<void(std::optional<Endpoint>)> answer)
{
    d->mirror.ask(helper, fromPort, std::move(answer));
}

void TlsEndpoint::close()
{
    d->isClosed = true;
    d->lobby.close();
    d->tree.close();
    d->bulk.close();
    d->mirror.close();
}

std::optional<LinkStats> TlsEndpoint::stats(Protocol protocol, const NodeId &peer) const
{
    return d->port(protocol).stats(peer);
}

EndpointStats TlsEndpoint::stats() const
{
    EndpointStats stats = d->shared.totals;
    stats.unauthenticated = d->lobby.count();
    return stats;
}

} // namespace borg::net
