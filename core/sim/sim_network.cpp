// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim_network.h"

#include <array>

namespace borg::sim {

class SimNetwork::Port final : public net::Transport {
public:
    Port(SimNetwork &network, net::Peer self)
        : m_network(network)
        , m_self(std::move(self))
    {
        const bool isNew = m_network.m_ports.emplace(m_self.id, this).second;
        BORG_ASSERT(isNew);
    }
    ~Port() override
    {
        for (const auto &[peer, link] : m_links)
            m_network.disconnect(m_self.id, peer, Errc::Unreachable);
        m_network.m_ports.erase(m_self.id);
    }

    void setListener(Listener *listener) override { m_listener = listener; }
    void dial(const net::Peer &peer) override { m_network.connect(m_self, peer); }
    void dialUnknown(const net::Endpoint &endpoint) override
    {
        m_network.connectUnknown(m_self, endpoint);
    }
    void hangUp(const NodeId &peer) override
    {
        if (m_links.erase(peer) > 0)
            m_network.disconnect(m_self.id, peer, Errc::Closed);
    }
    Result<Done> send(const NodeId &to, const wire::Frame &frame) override
    {
        const auto link = m_links.find(to);
        if (link == m_links.end())
            return Error{Errc::Unreachable, to.text()};
        if (!frame.fitsLimits())
            return Error{Errc::TooLarge, {}};
        auto &queue = link->second.at(static_cast<std::size_t>(frame.frameClass));
        if (queue.bytes > 0 && queue.bytes + frame.sizeBytes() > m_network.m_faults.queueBytesMax) {
            queue.refused = true;
            return Error{Errc::Busy, to.text()};
        }
        queue.bytes += frame.sizeBytes();
        m_network.carry(m_self.id, to, frame);
        return Done{};
    }

    [[nodiscard]] const net::Endpoint &endpoint() const { return m_self.endpoint; }
    void linkUp(const net::Peer &peer, net::Direction direction)
    {
        if (m_links.try_emplace(peer.id).second && m_listener)
            m_listener->linkUp(peer, direction);
    }
    void dialFailed(const net::Endpoint &endpoint, Errc why)
    {
        if (m_listener)
            m_listener->dialFailed(endpoint, why);
    }
    void linkDown(const NodeId &peer, Errc why)
    {
        m_links.erase(peer);
        if (m_listener)
            m_listener->linkDown(peer, why);
    }
    void arrive(const NodeId &from, const wire::Frame &frame) const
    {
        if (m_links.contains(from) && m_listener)
            m_listener->frameArrived(from, frame);
    }
    void leaveQueue(const NodeId &to, wire::FrameClass frameClass, qsizetype sizeBytes)
    {
        const auto link = m_links.find(to);
        if (link == m_links.end())
            return;
        auto &queue = link->second.at(static_cast<std::size_t>(frameClass));
        queue.bytes = std::max(queue.bytes - sizeBytes, qsizetype{0});
        const bool hasRoom = queue.bytes <= m_network.m_faults.queueBytesMax / 2;
        if (hasRoom && std::exchange(queue.refused, false) && m_listener)
            m_listener->writable(to, frameClass);
    }

private:
    struct Queue {
        qsizetype bytes = 0;
        bool refused = false;
    };

    SimNetwork &m_network;
    const net::Peer m_self;
    Listener *m_listener = nullptr;
    std::map<NodeId, std::array<Queue, wire::kFrameClassCount>> m_links;
};

std::unique_ptr<net::Transport> SimNetwork::attach(const net::Peer &self)
{
    return std::make_unique<Port>(*this, self);
}

SimNetwork::Port *SimNetwork::find(const NodeId &id) const
{
    const auto port = m_ports.find(id);
    return port == m_ports.end() ? nullptr : port->second;
}

Ticks SimNetwork::delay()
{
    const auto spread = static_cast<quint32>((m_faults.delayMax - m_faults.delayMin).count());
    return m_faults.delayMin + Ticks{m_rng.below(spread + 1)};
}

void SimNetwork::connect(const net::Peer &from, const net::Peer &to)
{
    m_clock.after(delay(), [this, from, to] {
        Port *caller = find(from.id);
        Port *called = find(to.id);
        if (!caller)
            return;
        if (!called || called->endpoint() != to.endpoint)
            return caller->linkDown(to.id, Errc::Unreachable);
        // Both ends already have it when both dialled: linkUp() keeps the first.
        called->linkUp({from.id, {from.endpoint.host, 0}}, net::Direction::Inbound);
        caller->linkUp(to, net::Direction::Outbound);
    });
}

void SimNetwork::connectUnknown(const net::Peer &from, const net::Endpoint &to)
{
    for (const auto &[id, port] : m_ports) {
        if (port->endpoint() == to && id != from.id)
            return connect(from, {id, to});
    }
    m_clock.after(delay(), [this, from, to] {
        if (Port *caller = find(from.id))
            caller->dialFailed(to, Errc::Unreachable);
    });
}

void SimNetwork::disconnect(const NodeId &from, const NodeId &to, Errc why)
{
    m_clock.after(delay(), [this, from, to, why] {
        if (Port *port = find(to))
            port->linkDown(from, why);
    });
}

void SimNetwork::carry(const NodeId &from, const NodeId &to, const wire::Frame &frame)
{
    const bool isLost = m_rng.below(1000) < m_faults.dropPermille;
    const bool isDoubled = m_rng.below(1000) < m_faults.duplicatePermille;
    m_clock.after(delay(), [this, from, to, frame, isLost] {
        if (Port *sender = find(from))
            sender->leaveQueue(to, frame.frameClass, frame.sizeBytes());
        if (Port *receiver = find(to); receiver && !isLost)
            receiver->arrive(from, frame);
    });
    if (isDoubled && !isLost) {
        m_clock.after(delay(), [this, from, to, frame] {
            if (Port *receiver = find(to))
                receiver->arrive(from, frame);
        });
    }
}

} // namespace borg::sim
