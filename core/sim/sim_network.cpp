// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim_network.h"

#include "sim_port.h"

#include <algorithm>
#include <cstring>

namespace borg::sim {

namespace {
constexpr Ticks kDialTimeout = std::chrono::seconds(5);
constexpr Ticks kFirstRepeat = std::chrono::seconds(1); ///< Of a SYN; twice as long each time.
constexpr Ticks kRetransmission = std::chrono::milliseconds(200);
constexpr qsizetype kFrameOverhead = 60; ///< TLS, TCP and IP.
} // namespace

std::size_t SimNetwork::IdHash::operator()(const NodeId &id) const noexcept
{
    std::size_t front, back;
    std::memcpy(&front, id.bytes.data(), sizeof front);
    std::memcpy(&back, id.bytes.data() + id.bytes.size() - sizeof back, sizeof back);
    return front * 0x9e3779b97f4a7c15 ^ back;
}

SimNetwork::Index SimNetwork::indexOf(const NodeId &id)
{
    const auto [entry, isNew] = m_index.try_emplace(id, static_cast<Index>(m_nodes.size()));
    if (isNew)
        m_nodes.emplace_back().id = id;
    return entry->second;
}

std::optional<SimNetwork::Index> SimNetwork::known(const NodeId &id) const
{
    const auto entry = m_index.find(id);
    return entry == m_index.end() ? std::nullopt : std::optional(entry->second);
}

std::unique_ptr<net::Transport> SimNetwork::attach(const net::Peer &self)
{
    return std::make_unique<Port>(*this, self);
}

Ticks SimNetwork::delay(Index from, Index to)
{
    const auto spread = static_cast<quint32>((m_faults.delayMax - m_faults.delayMin).count());
    Ticks way = m_faults.delayMin + Ticks{m_rng.below(spread + 1)};
    if (m_latency)
        way += m_latency(m_nodes[from].id, m_nodes[to].id);
    const Site &a = m_nodes[from].site;
    const Site &b = m_nodes[to].site;
    if (m_regions && a.region >= 0 && b.region >= 0 && (a.lan == 0 || a.lan != b.lan)) {
        const auto rttMs
            = (*m_regions)[static_cast<std::size_t>(a.region)][static_cast<std::size_t>(b.region)];
        way += Ticks{qint64{rttMs} * 500} + a.lastMile + b.lastMile;
    }
    return way;
}

void SimNetwork::partition(const std::map<NodeId, int> &groups)
{
    for (auto &node : m_nodes)
        node.group = 0;
    for (const auto &[id, group] : groups)
        m_nodes[indexOf(id)].group = group;
}

void SimNetwork::cutOneWay(const NodeId &from, const NodeId &to)
{
    const Index first = indexOf(from);
    m_cuts.emplace(first, indexOf(to));
}

void SimNetwork::heal()
{
    for (auto &node : m_nodes)
        node.group = 0;
    m_cuts.clear();
}

bool SimNetwork::isCut(Index from, Index to) const
{
    return m_nodes[from].group != m_nodes[to].group || m_nodes[from].isVanished
        || m_nodes[to].isVanished || (!m_cuts.empty() && m_cuts.contains({from, to}));
}

bool SimNetwork::hasHole(Index from, Index to) const
{
    return std::ranges::any_of(m_nodes[from].holes,
        [&](const Hole &hole) { return hole.to == to && hole.until > m_clock.now(); });
}

void SimNetwork::makeHole(Index from, Index to)
{
    Node &node = m_nodes[from];
    if (node.site.nat == Nat::None)
        return;
    std::erase_if(
        node.holes, [&](const Hole &hole) { return hole.to == to || hole.until <= m_clock.now(); });
    node.holes.push_back({to, m_clock.now() + kHoleFor});
}

bool SimNetwork::mayEnter(Index from, Index to) const
{
    const Site &caller = m_nodes[from].site;
    const Site &called = m_nodes[to].site;
    if (caller.lan != 0 && caller.lan == called.lan)
        return true;
    switch (called.nat) {
    case Nat::None:
        return true;
    case Nat::FullCone:
        return !m_nodes[to].holes.empty();
    case Nat::Restricted:
        return hasHole(to, from);
    case Nat::PortRestricted:
        return hasHole(to, from) && caller.nat != Nat::Symmetric;
    case Nat::Symmetric: // a port for each peer: only who sees the dial come in knows it
    case Nat::Blocked:
        return false;
    }
    return false;
}

template <typename F>
bool SimNetwork::holdsBack(Index from, Index to, const F &event)
{
    if (m_frozen.empty())
        return false;
    for (const Index index : {from, to}) {
        if (const auto waiting = m_frozen.find(index); waiting != m_frozen.end()) {
            waiting->second.push_back(event);
            return true;
        }
    }
    return false;
}

void SimNetwork::thaw(const NodeId &id)
{
    const auto waiting = m_frozen.extract(indexOf(id));
    if (!waiting)
        return;
    for (const auto &event : waiting.mapped())
        event();
}

void SimNetwork::connect(Index from, const net::Peer &to)
{
    const Index index = indexOf(to.id);
    makeHole(from, index);
    const Ticks way = delay(from, index);
    const Dialling dialling{from, to, index, m_clock.now() + way + kDialTimeout};
    m_clock.after(way, [this, dialling] { meet(dialling, kFirstRepeat); });
}

void SimNetwork::meet(const Dialling &dialling, Ticks repeat)
{
    const auto &[from, to, index, giveUpAt] = dialling;
    if (holdsBack(from, index, [this, dialling, repeat] { meet(dialling, repeat); }))
        return;
    Port *caller = portOf(from);
    if (!caller)
        return;
    const bool isOpen = caller->linkTo(index) != 0;
    const bool isLost = isCut(from, index) || isCut(index, from);
    if (isLost || (portOf(index) && !mayEnter(from, index))) {
        const Ticks now = m_clock.now();
        if (now + repeat < giveUpAt && !isOpen) {
            m_clock.after(repeat, [this, dialling, repeat] { meet(dialling, 2 * repeat); });
        } else if (!isOpen) {
            m_clock.after(giveUpAt - now, [this, from, index] {
                if (Port *port = portOf(from); port && port->linkTo(index) == 0)
                    port->linkDown(index, Errc::Timeout);
            });
        }
        return;
    }
    open(from, index, to);
}

void SimNetwork::open(Index from, Index to, const net::Peer &peer)
{
    Port *caller = portOf(from);
    Port *called = portOf(to);
    const quint32 before = caller->linkTo(to);
    if (!called || called->endpoint() != peer.endpoint) {
        if (before == 0)
            caller->linkDown(to, Errc::Unreachable);
        return;
    }
    if (before != 0 && before == called->linkTo(from))
        return; // both dialled, and the first link stays
    const quint32 number = ++m_lastLink;
    // One end may still have the link that the other hung up.
    if (called->linkTo(from) != 0)
        called->linkDown(from, Errc::Unreachable);
    if (before != 0)
        caller->linkDown(to, Errc::Unreachable);
    trace(What::Up, from, to, {});
    const auto &self = caller->self();
    called->linkUp({self.id, {self.endpoint.host, 0}}, from, net::Direction::Inbound, number);
    caller->linkUp(peer, to, net::Direction::Outbound, number);
}

void SimNetwork::connectUnknown(Index from, const net::Endpoint &to)
{
    const auto known = std::ranges::find_if(m_nodes, [&](const Node &node) {
        return node.port && node.port->endpoint() == to && node.id != m_nodes[from].id;
    });
    if (known != m_nodes.end())
        return connect(from, {known->id, to});
    m_clock.after(delay(from, from), [this, from, to] {
        if (Port *caller = portOf(from))
            caller->dialFailed(to, Errc::Unreachable);
    });
}

void SimNetwork::disconnect(Index from, Index to, quint32 link, Errc why, Ticks notBefore)
{
    if (isCut(from, to))
        return; // nobody hears of it
    const auto event = [this, from, to, link, why] {
        Port *port = portOf(to);
        if (!port || port->linkTo(from) != link)
            return;
        trace(What::Down, from, to, {});
        port->linkDown(from, why);
    };
    const Ticks at = std::max(m_clock.now() + delay(from, to), notBefore);
    m_clock.after(at - m_clock.now(), [this, from, to, event] {
        if (!holdsBack(from, to, event))
            event();
    });
}

Ticks SimNetwork::departure(Index from, qsizetype sizeBytes)
{
    Node &node = m_nodes[from];
    if (node.site.uplinkBitsPerSecond <= 0)
        return m_clock.now();
    const qint64 bits = 8 * (sizeBytes + kFrameOverhead);
    node.uplinkFreeAt = std::max(node.uplinkFreeAt, m_clock.now())
        + Ticks{
            (bits * 1'000'000 + node.site.uplinkBitsPerSecond - 1) / node.site.uplinkBitsPerSecond};
    return node.uplinkFreeAt;
}

void SimNetwork::carry(Index from, Index to, quint32 link, const wire::Frame &frame)
{
    const auto happens
        = [this](quint32 permille) { return permille > 0 && m_rng.below(1000) < permille; };
    const bool isLost = happens(m_faults.dropPermille) || isCut(from, to);
    const bool isDoubled = happens(m_faults.duplicatePermille);
    const Ticks leaves = departure(from, frame.sizeBytes());
    const auto arrival = [&] {
        const Ticks way = delay(from, to);
        Ticks at = leaves + way;
        for (int tries = 0; tries < 8 && happens(m_faults.lossPermille); ++tries)
            at += std::max(kRetransmission, 2 * way) * (1 << tries);
        if (m_faults.isReordering)
            return at;
        return portOf(from)->inOrder(to, frame.frameClass, at, m_faults.lossPermille > 0);
    };
    fly({from, to, link, isLost, false, frame}, arrival());
    if (isDoubled && !isLost)
        fly({from, to, link, false, true, frame}, arrival());
}

void SimNetwork::fly(Flight flight, Ticks at)
{
    if (m_freeFlights.empty()) {
        m_freeFlights.push_back(static_cast<quint32>(m_flights.size()));
        m_flights.emplace_back();
    }
    const quint32 slot = m_freeFlights.back();
    m_freeFlights.pop_back();
    m_flights[slot] = std::move(flight);
    m_clock.after(at - m_clock.now(), [this, slot] { land(slot); });
}

void SimNetwork::land(quint32 slot)
{
    const Flight flight = std::exchange(m_flights[slot], {});
    m_freeFlights.push_back(slot);
    Port *sender = flight.isCopy ? nullptr : portOf(flight.from);
    if (sender)
        sender->leaveQueue(
            flight.to, flight.link, flight.frame.frameClass, flight.frame.sizeBytes());
    if (!flight.isLost)
        arrive(flight.from, flight.to, flight.link, flight.frame);
}

void SimNetwork::arrive(Index from, Index to, quint32 link, const wire::Frame &frame)
{
    if (holdsBack(from, to, [=, this] { arrive(from, to, link, frame); }))
        return;
    Port *receiver = portOf(to);
    if (!receiver || receiver->linkTo(from) != link)
        return;
    trace(What::Frame, from, to, frame.head);
    ++m_framesDelivered;
    m_bytesDelivered += static_cast<quint64>(frame.sizeBytes());
    receiver->arrive(from, frame);
}

void SimNetwork::trace(What what, Index from, Index to, QByteArrayView bytes)
{
    // Eight bytes at a time: of each frame of each node of each run.
    const auto mix = [this](quint64 value) {
        m_trace = (m_trace ^ value) * 0x9e3779b97f4a7c15;
        m_trace ^= m_trace >> 32;
    };
    mix(static_cast<quint64>(m_clock.now().count()) << 2 | static_cast<quint64>(what));
    mix(quint64{from} << 32 | to);
    mix(static_cast<quint64>(bytes.size()));
    for (; bytes.size() >= 8; bytes = bytes.sliced(8)) {
        quint64 word;
        std::memcpy(&word, bytes.data(), sizeof word);
        mix(word);
    }
    for (const char byte : bytes)
        mix(static_cast<quint8>(byte));
}

} // namespace borg::sim
