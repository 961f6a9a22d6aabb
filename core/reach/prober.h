// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/node_key.h>
#include <net/tls_endpoint.h>

#include <functional>
#include <map>

namespace borg::reach {

/// Dials a node only to see whose key answers, and hangs up. It does so under a key of its own,
/// made for this run: links that the node has to that peer are not touched, and the peer sees a
/// stranger come and go.
///
/// Lives on the node's thread. One dial per peer at a time; who calls limits how many.
class Prober final : private net::Transport::Listener {
public:
    using Answer = std::function<void(std::optional<Errc>)>;

    /// @param clock outlives this object.
    explicit Prober(Clock &clock);
    ~Prober();

    /// @param answer gets nothing when the peer's key answered there; else Timeout, Unreachable,
    ///        Unauthorized (another key), Malformed (no node), Busy (a dial to it is under way).
    void probe(const net::Peer &peer, Answer answer);

private:
    Q_DISABLE_COPY_MOVE(Prober)

    void linkUp(const net::Peer &peer, net::Direction direction) override;
    void linkDown(const NodeId &peer, Errc why) override;
    void frameArrived(const NodeId &, const wire::Frame &) override { }
    void writable(const NodeId &, wire::FrameClass) override { }
    void dialFailed(const net::Endpoint &, Errc) override { }
    void finish(const NodeId &peer, std::optional<Errc> outcome);

    Clock &m_clock;
    std::optional<crypto::NodeKey> m_key;
    std::optional<net::TlsEndpoint> m_tls;
    std::map<NodeId, Answer> m_open;
};

} // namespace borg::reach
