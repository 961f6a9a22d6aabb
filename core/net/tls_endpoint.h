// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <crypto/node_key.h>
#include <net/transport.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>

namespace borg::net {

/// What a link is for; each has an ALPN name of its own: "peertree/1" and "borgbulk/1".
enum class Protocol : quint8 { Tree, Bulk };
inline constexpr std::size_t kProtocolCount = 2;

/// Spans and limits of a TlsEndpoint. The defaults are those of the design.
struct TlsOptions {
    Ticks handshakeDeadline = std::chrono::seconds(10); ///< Inbound: from accept() to its end.
    Ticks dialDeadline = std::chrono::seconds(5); ///< Name, TCP, TLS and the peer's consent.
    /// Of a punch(): the peer that should speak first and does not, is spoken to.
    Ticks yieldFor = std::chrono::seconds(1);
    Ticks closeDeadline = std::chrono::seconds(5); ///< For the last bytes after hangUp().
    Ticks tcpTimeout = std::chrono::seconds(20); ///< Unacknowledged bytes kill the link.
    int unauthenticatedMax = 256; ///< Inbound ends whose key is not known yet.
    int linksMax = 2048; ///< Authenticated links of both protocols.
    int backlog = 1024;
    qint64 outgoingBytesMax = 256LL * 1024 * 1024; ///< Queued over all links.
};

/// What went over one link. Bytes are those of TCP, TLS included.
struct LinkStats {
    Direction direction = Direction::Outbound;
    Endpoint endpoint; ///< Where we dialled; inbound: the address we see, port 0.
    quint64 bytesIn = 0;
    quint64 bytesOut = 0;
    quint64 framesIn = 0;
    quint64 framesOut = 0;
    qsizetype queuedBytes = 0; ///< Frames that wait to be written.
    std::optional<Ticks> rtt; ///< As TCP measured it; none on a link without traffic yet.
    Ticks upSince{0};
};

/// Inbound ends that never became links, by what was wrong with them.
struct Refusals {
    quint64 wrongCertificate = 0; ///< None, not one Ed25519 key, not its own, or it does not parse.
    quint64 wrongProtocol = 0; ///< Not TLS 1.3, none of our ALPN names, or no TLS at all.
    quint64 slowHandshake = 0; ///< Not done at the deadline.
    quint64 tooMany = 0; ///< Made room for others, or there are links enough.
    quint64 vanished = 0; ///< Closed before they said who they are.
};

/// Sums since the start.
struct EndpointStats {
    int unauthenticated = 0; ///< Inbound ends in their handshake now.
    int links = 0; ///< Both protocols.
    quint64 accepted = 0; ///< TCP connections taken.
    quint64 authenticated = 0; ///< Handshakes that succeeded, both directions.
    quint64 refused = 0; ///< Inbound ends dropped before they were links: all of `refusals`.
    Refusals refusals;
    quint64 malformed = 0; ///< Links cut because of what the peer sent.
    std::array<quint64, kProtocolCount> punched{}; ///< Links that a punch() made.
    quint64 bytesIn = 0; ///< Of all links, those that are gone too.
    quint64 bytesOut = 0;
};

/// TLS 1.3 over TCP: one listening port, and a Transport per protocol.
///
/// Both sides show a self-signed certificate; the peer's key is pinned by its NodeId. Lives on the
/// thread that made it, whose event loop runs. All callbacks come from that loop. Links are made
/// when both sides agree: after the handshake the accepting side says so with one byte, so linkUp()
/// at the dialling side means that the other has the link as well.
///
/// Beyond the words of Transport:
/// - a dial is answered with Malformed when what answers does not speak this TLS and protocol, with
///   Conflict for our own id (or our own address: dialUnknown) and for dialUnknown() of a peer to
///   whom there is a link, with Busy when linksMax is reached, and with Closed after close();
/// - a dial to a peer that has a link, or is being dialled, does nothing more;
/// - linkDown() of a link says Closed (the peer hung up), Malformed (it broke the framing) or
///   Unreachable (TCP gave up, the process died, or the peer came back with a new link);
/// - setListener(nullptr) drops what would be told; links stay.
/// When the endpoint is closed or destroyed, nobody is called back.
class TlsEndpoint {
public:
    /// @param clock, key outlive this object.
    TlsEndpoint(Clock &clock, const crypto::NodeKey &key, TlsOptions options = {});
    TlsEndpoint(Clock &, crypto::NodeKey &&, TlsOptions = {}) = delete;
    ~TlsEndpoint();

    /// Opens the port. Waits for the name service when `host` is a name, so give an address.
    ///
    /// @param host an address; "::" takes IPv4 as well.   @param port 0 = any that is free
    /// @return where it listens, or Conflict (port in use, or listening already), Unauthorized
    ///         (the system forbids this port), NotFound (no such address here), Storage (the system
    ///         is out of descriptors) or Closed.
    Result<Endpoint> listen(const QString &host, quint16 port);

    /// Lives as long as the endpoint.
    [[nodiscard]] Transport &transport(Protocol protocol);

    /// @return a port at which nobody listens, ours for kSparePortFor: to askOutside() and punch()
    ///         from it; 0 when there is none.
    [[nodiscard]] quint16 sparePort();
    static constexpr Ticks kSparePortFor = std::chrono::seconds(30);
    /// Asks a node at which address and port it sees a connection that comes from such a port:
    /// where others meet us, when a router stands between that keeps ports.
    ///
    /// @param answer gets it once, from the event loop, within twice the dial deadline; nothing
    ///        when the helper cannot be reached, or too many ask already. The helper may lie.
    void askOutside(
        const Peer &helper, quint16 fromPort, std::function<void(std::optional<Endpoint>)> answer);

    /// Drops all links at once, without callbacks, and the port. For a soft end hangUp() first.
    void close();

    [[nodiscard]] std::optional<LinkStats> stats(Protocol protocol, const NodeId &peer) const;
    [[nodiscard]] EndpointStats stats() const;

private:
    Q_DISABLE_COPY_MOVE(TlsEndpoint)

    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace borg::net
