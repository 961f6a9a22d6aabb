// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>
#include <wire/frame.h>

namespace borg::net {

/// Where a node is dialled.
struct Endpoint {
    QString host; ///< A name or an address.
    quint16 port = 0;

    friend bool operator==(const Endpoint &, const Endpoint &) = default;
};

/// Who, and where.
struct Peer {
    NodeId id;
    Endpoint endpoint;

    friend bool operator==(const Peer &, const Peer &) = default;
};

/// Which side opened a link. Of a punch(), which both did: who has the greater id was opened to.
enum class Direction : quint8 { Outbound, Inbound };

/// Links to peers whose key was checked, and frames over them. TLS in the application,
/// SimNetwork in tests. Between two nodes there is one link at most per Transport; the tree and
/// the bulk of the store have a Transport each (an ALPN of its own), on one listening port.
///
/// When both sides dial at once, the link opened by the smaller id stays.
class Transport {
public:
    /// Called on the node's thread, and never from inside a call to the Transport.
    class Listener {
    public:
        /// `peer.endpoint` is where we dialled; for an inbound link, the address we see and port 0.
        virtual void linkUp(const Peer &peer, Direction direction) = 0;
        /// Also the answer to a dial that failed: Timeout, Unreachable, or Unauthorized (somebody
        /// else's key answered). Not called for our own hangUp().
        virtual void linkDown(const NodeId &peer, Errc why) = 0;
        virtual void frameArrived(const NodeId &from, const wire::Frame &frame) = 0;
        /// A queue that refused a frame has room again.
        virtual void writable(const NodeId &peer, wire::FrameClass frameClass) = 0;

        /// The answer to a dialUnknown() that failed.
        virtual void dialFailed(const Endpoint &endpoint, Errc why) = 0;

    protected:
        ~Listener() = default;
    };

    virtual ~Transport() = default;

    /// @param listener outlives this object, or is taken back with nullptr.
    virtual void setListener(Listener *listener) = 0;

    /// Answered by linkUp() or linkDown().
    virtual void dial(const Peer &peer) = 0;
    /// As dial(), for when the peer does the same at this moment: from a port of ours that the peer
    /// dials, so that the routers of both sides take what the other sends for an answer. Takes the
    /// place of a dial() that has not got through. Without routers between, a dial() is as good.
    /// @param fromPort of TlsEndpoint::sparePort(); 0: any.
    virtual void punch(const Peer &peer, [[maybe_unused]] quint16 fromPort) { dial(peer); }
    /// Dials whoever answers there, for a first contact by address alone. Answered by linkUp() with
    /// the id that was found, or dialFailed().
    virtual void dialUnknown(const Endpoint &endpoint) = 0;
    /// Sends what is queued, then closes. Harmless without a link.
    virtual void hangUp(const NodeId &peer) = 0;

    /// Queues `frame`; the peer may still never see it.
    ///
    /// @return Done, Unreachable (no link), TooLarge, or Busy: the queue of this class is full,
    ///         nothing was queued, writable() tells when to go on.
    virtual Result<Done> send(const NodeId &to, const wire::Frame &frame) = 0;

protected:
    Transport() = default;
    Q_DISABLE_COPY_MOVE(Transport)
};

} // namespace borg::net
