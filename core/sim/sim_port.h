// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sim/sim_network.h>

namespace borg::sim {

/// One node's end of the network. Links lie in one array: a node has a few, and there are many.
class SimNetwork::Port final : public net::Transport {
public:
    Port(SimNetwork &network, const net::Peer &self);
    ~Port() override;

    void setListener(Listener *listener) override { m_listener = listener; }
    void dial(const net::Peer &peer) override;
    void dialUnknown(const net::Endpoint &endpoint) override;
    void hangUp(const NodeId &peer) override;
    Result<Done> send(const NodeId &to, const wire::Frame &frame) override;

    [[nodiscard]] const net::Endpoint &endpoint() const { return m_self.endpoint; }
    /// @return the number of the link to `peer`; 0 for none.
    [[nodiscard]] quint32 linkTo(Index peer) const;
    void linkUp(const net::Peer &peer, Index index, net::Direction direction, quint32 number);
    void linkDown(Index peer, Errc why);
    void dialFailed(const net::Endpoint &endpoint, Errc why);
    void arrive(Index from, const wire::Frame &frame) const;
    void leaveQueue(Index to, quint32 number, wire::FrameClass frameClass, qsizetype sizeBytes);
    /// Frames of one class come in order; with loss, all of them do, as TCP has it.
    [[nodiscard]] Ticks inOrder(Index to, wire::FrameClass frameClass, Ticks at, bool isBlocking);
    [[nodiscard]] const net::Peer &self() const { return m_self; }

private:
    struct Queue {
        qint32 bytes = 0;
        bool refused = false;
        Ticks lastArrival{0};
    };
    struct Link {
        Index peer = 0;
        quint32 number = 0; ///< Both ends have the same.
        std::array<Queue, wire::kFrameClassCount> queues;
    };
    [[nodiscard]] Link *find(Index peer);
    [[nodiscard]] static Ticks lastArrival(const Link &link);

    SimNetwork &m_network;
    const net::Peer m_self;
    const Index m_index;
    Listener *m_listener = nullptr;
    std::vector<Link> m_links;
};

} // namespace borg::sim
