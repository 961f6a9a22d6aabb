// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim_network.h"

#include <base/assert.h>

#include <array>

namespace borg::sim {

namespace {
constexpr Ticks kDialTimeout = std::chrono::seconds(5);
} // namespace

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
            m_network.disconnect(m_self.id, peer, link.number, Errc::Unreachable);
        m_network.m_ports.erase(m_self.id);
    }

    void setListener(Listener *listener) override { m_listener = listener; }
    void dial(const net::Peer &peer) override
    {
        if (!m_links.contains(peer.id))
            m_network.connect(m_self, peer);
    }
    void dialUnknown(const net::Endpoint &endpoint) override
    {
        m_network.connectUnknown(m_self, endpoint);
    }
    void hangUp(const NodeId &peer) override
    {
        if (const auto link = m_links.extract(peer))
            m_network.disconnect(m_self.id, peer, link.mapped().number, Errc::Closed);
    }
    Result<Done> send(const NodeId &to, const wire::Frame &frame) override
    {
        const auto link = m_links.find(to);
        if (link == m_links.end())
            return Error{Errc::Unreachable, to.text()};
        if (!frame.fitsLimits())
            return Error{Errc::TooLarge, {}};
        auto &queue = link->second.queues.at(static_cast<std::size_t>(frame.frameClass));
        if (queue.bytes > 0 && queue.bytes + frame.sizeBytes() > m_network.m_faults.queueBytesMax) {
            queue.refused = true;
            return Error{Errc::Busy, to.text()};
        }
        queue.bytes += frame.sizeBytes();
        m_network.carry(m_self.id, to, link->second.number, frame);
        return Done{};
    }

    [[nodiscard]] const net::Endpoint &endpoint() const { return m_self.endpoint; }
    /// @return the number of the link to `peer`; 0 for none.
    [[nodiscard]] quint64 linkTo(const NodeId &peer) const
    {
        const auto link = m_links.find(peer);
        return link == m_links.end() ? 0 : link->second.number;
    }
    void linkUp(const net::Peer &peer, net::Direction direction, quint64 number)
    {
        m_links[peer.id].number = number;
        if (m_listener)
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
        if (m_listener)
            m_listener->frameArrived(from, frame);
    }
    void leaveQueue(
        const NodeId &to, quint64 number, wire::FrameClass frameClass, qsizetype sizeBytes)
    {
        const auto link = m_links.find(to);
        if (link == m_links.end() || link->second.number != number)
            return;
        auto &queue = link->second.queues.at(static_cast<std::size_t>(frameClass));
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
    struct Link {
        quint64 number = 0; ///< Both ends have the same.
        std::array<Queue, wire::kFrameClassCount> queues;
    };

    SimNetwork &m_network;
    const net::Peer m_self;
    Listener *m_listener = nullptr;
    std::map<NodeId, Link> m_links;
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

Ticks SimNetwork::delay(const NodeId &from, const NodeId &to)
{
    const auto spread = static_cast<quint32>((m_faults.delayMax - m_faults.delayMin).count());
    const Ticks way = m_latency ? m_latency(from, to) : Ticks{0};
    return way + m_faults.delayMin + Ticks{m_rng.below(spread + 1)};
}

bool SimNetwork::isCut(const NodeId &a, const NodeId &b) const
{
    const auto groupOf = [this](const NodeId &id) {
        const auto group = m_groups.find(id);
        return group == m_groups.end() ? 0 : group->second;
    };
    return groupOf(a) != groupOf(b);
}

bool SimNetwork::holdsBack(const NodeId &from, const NodeId &to, const std::function<void()> &event)
{
    for (const auto &id : {from, to}) {
        if (const auto waiting = m_frozen.find(id); waiting != m_frozen.end()) {
            waiting->second.push_back(event);
            return true;
        }
    }
    return false;
}

void SimNetwork::thaw(const NodeId &id)
{
    const auto waiting = m_frozen.extract(id);
    if (!waiting)
        return;
    for (const auto &event : waiting.mapped())
        event();
}

void SimNetwork::connect(const net::Peer &from, const net::Peer &to)
{
    const Ticks way = delay(from.id, to.id);
    if (isCut(from.id, to.id)) {
        m_clock.after(way + kDialTimeout, [this, from, to] {
            if (Port *caller = find(from.id); caller && caller->linkTo(to.id) == 0)
                caller->linkDown(to.id, Errc::Timeout);
        });
        return;
    }
    m_clock.after(way, [this, from, to] { meet(from, to); });
}

void SimNetwork::meet(const net::Peer &from, const net::Peer &to)
{
    if (holdsBack(from.id, to.id, [this, from, to] { meet(from, to); }))
        return;
    Port *caller = find(from.id);
    Port *called = find(to.id);
    if (!caller)
        return;
    const quint64 before = caller->linkTo(to.id);
    if (!called || called->endpoint() != to.endpoint) {
        if (before == 0)
            caller->linkDown(to.id, Errc::Unreachable);
        return;
    }
    if (before != 0 && before == called->linkTo(from.id))
        return; // both dialled, and the first link stays
    const quint64 number = ++m_lastLink;
    // One end may still have the link that the other hung up.
    if (called->linkTo(from.id) != 0)
        called->linkDown(from.id, Errc::Unreachable);
    if (before != 0)
        caller->linkDown(to.id, Errc::Unreachable);
    trace(What::Up, from.id, to.id, {});
    called->linkUp({from.id, {from.endpoint.host, 0}}, net::Direction::Inbound, number);
    caller->linkUp(to, net::Direction::Outbound, number);
}

void SimNetwork::connectUnknown(const net::Peer &from, const net::Endpoint &to)
{
    for (const auto &[id, port] : m_ports) {
        if (port->endpoint() == to && id != from.id)
            return connect(from, {id, to});
    }
    m_clock.after(delay(from.id, from.id), [this, from, to] {
        if (Port *caller = find(from.id))
            caller->dialFailed(to, Errc::Unreachable);
    });
}

void SimNetwork::disconnect(const NodeId &from, const NodeId &to, quint64 link, Errc why)
{
    if (isCut(from, to))
        return; // nobody hears of it
    const auto event = [this, from, to, link, why] {
        Port *port = find(to);
        if (!port || port->linkTo(from) != link)
            return;
        trace(What::Down, from, to, {});
        port->linkDown(from, why);
    };
    Ticks at = m_clock.now() + delay(from, to);
    if (why == Errc::Closed) { // what was sent before comes before
        for (std::size_t i = 0; i < wire::kFrameClassCount; ++i) {
            const auto last = m_lastArrival.find({from, to, wire::FrameClass(i)});
            if (last != m_lastArrival.end())
                at = std::max(at, last->second);
        }
    }
    m_clock.after(at - m_clock.now(), [this, from, to, event] {
        if (!holdsBack(from, to, event))
            event();
    });
}

Ticks SimNetwork::arrival(const NodeId &from, const NodeId &to, wire::FrameClass frameClass)
{
    const Ticks at = m_clock.now() + delay(from, to);
    if (m_faults.isReordering)
        return at;
    Ticks &last = m_lastArrival[{from, to, frameClass}];
    last = std::max(last, at);
    return last;
}

void SimNetwork::carry(const NodeId &from, const NodeId &to, quint64 link, const wire::Frame &frame)
{
    const bool isLost = m_rng.below(1000) < m_faults.dropPermille || isCut(from, to);
    const bool isDoubled = m_rng.below(1000) < m_faults.duplicatePermille;
    const Ticks at = arrival(from, to, frame.frameClass);
    m_clock.after(at - m_clock.now(), [this, from, to, link, frame, isLost] {
        if (Port *sender = find(from))
            sender->leaveQueue(to, link, frame.frameClass, frame.sizeBytes());
        if (!isLost)
            arrive(from, to, link, frame);
    });
    if (isDoubled && !isLost) {
        m_clock.after(arrival(from, to, frame.frameClass) - m_clock.now(),
            [this, from, to, link, frame] { arrive(from, to, link, frame); });
    }
}

void SimNetwork::arrive(
    const NodeId &from, const NodeId &to, quint64 link, const wire::Frame &frame)
{
    if (holdsBack(from, to, [=, this] { arrive(from, to, link, frame); }))
        return;
    Port *receiver = find(to);
    if (!receiver || receiver->linkTo(from) != link)
        return;
    trace(What::Frame, from, to, frame.head);
    ++m_framesDelivered;
    m_bytesDelivered += static_cast<quint64>(frame.sizeBytes());
    receiver->arrive(from, frame);
}

void SimNetwork::trace(What what, const NodeId &from, const NodeId &to, QByteArrayView bytes)
{
    const auto mix = [this](quint64 value) { m_trace = (m_trace ^ value) * 0x100000001b3; };
    mix(static_cast<quint64>(m_clock.now().count()));
    mix(static_cast<quint64>(what));
    for (const auto &id : {from, to}) {
        for (const quint8 byte : id.bytes)
            mix(byte);
    }
    for (const char byte : bytes)
        mix(static_cast<quint8>(byte));
}

} // namespace borg::sim
