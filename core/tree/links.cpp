// SPDX-License-Identifier: GPL-3.0-or-later
#include "links.h"

#include <QJsonDocument>

namespace borg::tree {

namespace {
constexpr int kMissedBeats = 3;
} // namespace

Link *Links::find(const NodeId &id)
{
    const auto link = m_links.find(id);
    return link == m_links.end() ? nullptr : &link->second;
}

Link *Links::parent()
{
    const auto link
        = std::ranges::find_if(m_links, [](const auto &l) { return l.second.isParent; });
    return link == m_links.end() ? nullptr : &link->second;
}

Link &Links::add(const net::Peer &peer, net::Direction direction)
{
    m_links.erase(peer.id); // a link that comes again is a new one
    auto &link = m_links.try_emplace(peer.id, peer, direction, m_context.now()).first->second;
    m_context.wakeBy(m_context.now() + m_context.config.idleHeartbeatEvery);
    return link;
}

void Links::hangUp(const NodeId &id)
{
    if (m_links.erase(id) > 0)
        m_context.act(HangUp{id});
}

bool Links::sendMessages(Link &link, const wire::Frame &frame)
{
    if (link.backlogBytes + frame.sizeBytes() > kBacklogBytesMax)
        return false;
    send(link, frame);
    return true;
}

void Links::send(Link &link, wire::Frame frame)
{
    // Behind what waits already, but for the few bytes that keep the link alive.
    if (!link.backlog.empty() && frame.frameClass != wire::FrameClass::Control) {
        link.backlogBytes += frame.sizeBytes();
        link.backlog.push_back(std::move(frame));
        return;
    }
    act(link, std::move(frame));
}

void Links::act(Link &link, wire::Frame frame)
{
    link.sentAt = m_context.now();
    ++m_context.counters.framesSent;
    m_context.counters.frameBytesSent += frame.sizeBytes();
    m_context.act(Send{link.peer.id, std::move(frame)});
}

void Links::refused(const SendRefused &event)
{
    Link *link = find(event.to);
    if (!link)
        return;
    --m_context.counters.framesSent;
    m_context.counters.frameBytesSent -= event.frame.sizeBytes();
    link->backlogBytes += event.frame.sizeBytes();
    link->backlog.push_back(event.frame);
    if (!link->behindSince)
        link->behindSince = m_context.now();
}

void Links::writable(const NodeId &peer)
{
    Link *link = find(peer);
    if (!link)
        return;
    // All of it: what does not fit comes back, and then the transport tells when to go on.
    auto backlog = std::exchange(link->backlog, {});
    link->backlogBytes = 0;
    for (auto &frame : backlog)
        act(*link, std::move(frame));
}

void Links::hearClock(Link &link, qint64 at, qint64 echo, quint32 heldUs)
{
    link.peerAt = at;
    link.peerAtHeard = m_context.now();
    if (echo <= 0 || echo > m_context.now().count())
        return;
    const Ticks rtt = std::max(m_context.now() - Ticks{echo} - Ticks{qint64{heldUs}}, Ticks{1});
    link.lastRtt = rtt;
    link.rttAt = m_context.now();
    // Follows down at once and up slowly: queues only ever add.
    link.rtt = link.rtt && rtt > *link.rtt ? *link.rtt + (rtt - *link.rtt) / 8 : rtt;
}

void Links::sayState(Link &link, const Place &place, std::optional<std::vector<Contact>> successors)
{
    const Ticks held = m_context.now() - link.peerAtHeard;
    say(link,
        State{m_context.now().count(), link.peerAt,
            static_cast<quint32>(std::min<qint64>(held.count(), 60'000'000)), place,
            std::move(successors)});
}

std::vector<NodeId> Links::beat(const Place &place)
{
    std::vector<NodeId> lost;
    const Ticks now = m_context.now();
    for (auto &[id, link] : m_links) {
        if (link.backlog.empty())
            link.behindSince.reset();
        const Ticks every
            = link.isTree() ? m_context.config.heartbeatEvery : m_context.config.idleHeartbeatEvery;
        if (now >= link.heardAt + kMissedBeats * every) {
            lost.push_back(id);
            continue;
        }
        if (link.isGreeted && now >= link.sentAt + every)
            sayState(link, place);
        m_context.wakeBy(std::min(
            std::max(link.sentAt, now - every / 2) + every, link.heardAt + kMissedBeats * every));
    }
    return lost;
}

void Links::forgive(Ticks span)
{
    for (auto &[id, link] : m_links)
        link.heardAt = std::min(link.heardAt + span, m_context.now());
}

QByteArray Links::headOf(const QJsonObject &json)
{
    return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

} // namespace borg::tree
