// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim_port.h"

#include <base/assert.h>

#include <algorithm>

namespace borg::sim {

SimNetwork::Port::Port(SimNetwork &network, const net::Peer &self)
    : m_network(network)
    , m_self(self)
    , m_index(network.indexOf(self.id))
{
    auto &node = m_network.m_nodes[m_index];
    BORG_ASSERT(node.port == nullptr);
    node.port = this;
    node.isVanished = false;
}

SimNetwork::Port::~Port()
{
    auto &node = m_network.m_nodes[m_index];
    if (!node.isVanished) {
        for (const auto &link : m_links)
            m_network.disconnect(m_index, link.peer, link.number, Errc::Unreachable, Ticks{0});
    }
    node.port = nullptr;
    node.holes.clear();
}

SimNetwork::Port::Link *SimNetwork::Port::find(Index peer)
{
    const auto link = std::ranges::find(m_links, peer, &Link::peer);
    return link == m_links.end() ? nullptr : &*link;
}

quint32 SimNetwork::Port::linkTo(Index peer) const
{
    const auto link = std::ranges::find(m_links, peer, &Link::peer);
    return link == m_links.end() ? 0 : link->number;
}

void SimNetwork::Port::dial(const net::Peer &peer)
{
    if (linkTo(m_network.indexOf(peer.id)) == 0)
        m_network.connect(m_index, peer);
}

void SimNetwork::Port::dialUnknown(const net::Endpoint &endpoint)
{
    m_network.connectUnknown(m_index, endpoint);
}

void SimNetwork::Port::hangUp(const NodeId &peer)
{
    const auto index = m_network.known(peer);
    const Link *link = index ? find(*index) : nullptr;
    if (!link)
        return;
    const quint32 number = link->number;
    const Ticks last = lastArrival(*link); // what was sent before comes before
    m_links.erase(m_links.begin() + (link - m_links.data()));
    m_network.disconnect(m_index, *index, number, Errc::Closed, last);
}

Result<Done> SimNetwork::Port::send(const NodeId &to, const wire::Frame &frame)
{
    const auto index = m_network.known(to);
    Link *link = index ? find(*index) : nullptr;
    if (!link)
        return Error{Errc::Unreachable, to.text()};
    if (!frame.fitsLimits())
        return Error{Errc::TooLarge, {}};
    auto &queue = link->queues.at(static_cast<std::size_t>(frame.frameClass));
    if (queue.bytes > 0 && queue.bytes + frame.sizeBytes() > m_network.m_faults.queueBytesMax) {
        queue.refused = true;
        return Error{Errc::Busy, to.text()};
    }
    queue.bytes += static_cast<qint32>(frame.sizeBytes());
    m_network.carry(m_index, *index, link->number, frame);
    return Done{};
}

void SimNetwork::Port::linkUp(
    const net::Peer &peer, Index index, net::Direction direction, quint32 number)
{
    if (Link *link = find(index))
        link->number = number;
    else
        m_links.push_back({index, number, {}});
    if (m_listener)
        m_listener->linkUp(peer, direction);
}

void SimNetwork::Port::linkDown(Index peer, Errc why)
{
    std::erase_if(m_links, [peer](const Link &link) { return link.peer == peer; });
    if (m_listener)
        m_listener->linkDown(m_network.m_nodes[peer].id, why);
}

void SimNetwork::Port::dialFailed(const net::Endpoint &endpoint, Errc why)
{
    if (m_listener)
        m_listener->dialFailed(endpoint, why);
}

void SimNetwork::Port::arrive(Index from, const wire::Frame &frame) const
{
    if (m_listener)
        m_listener->frameArrived(m_network.m_nodes[from].id, frame);
}

void SimNetwork::Port::leaveQueue(
    Index to, quint32 number, wire::FrameClass frameClass, qsizetype sizeBytes)
{
    Link *link = find(to);
    if (!link || link->number != number)
        return;
    auto &queue = link->queues.at(static_cast<std::size_t>(frameClass));
    queue.bytes = std::max(queue.bytes - static_cast<qint32>(sizeBytes), 0);
    const bool hasRoom = queue.bytes <= m_network.m_faults.queueBytesMax / 2;
    if (hasRoom && std::exchange(queue.refused, false) && m_listener)
        m_listener->writable(m_network.m_nodes[to].id, frameClass);
}

Ticks SimNetwork::Port::inOrder(Index to, wire::FrameClass frameClass, Ticks at, bool isBlocking)
{
    Link *link = find(to);
    if (!link)
        return at;
    auto &queue = link->queues.at(static_cast<std::size_t>(frameClass));
    queue.lastArrival = std::max(isBlocking ? lastArrival(*link) : queue.lastArrival, at);
    return queue.lastArrival;
}

Ticks SimNetwork::Port::lastArrival(const Link &link)
{
    return std::ranges::max_element(link.queues, {}, &Queue::lastArrival)->lastArrival;
}

} // namespace borg::sim
