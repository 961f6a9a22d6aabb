// SPDX-License-Identifier: GPL-3.0-or-later
#include "links.h"

#include "place.h"

#include <QJsonDocument>
#include <QtEndian>

namespace borg::tree {

namespace {
constexpr int kMissedBeats = 3;
constexpr qint64 kNumberEnd = qint64{1} << 53; ///< Of numbers in JSON.
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
    remove(peer.id); // a link that comes again is a new one
    Link &link = m_links.emplace(peer.id, peer, direction, m_context.now());
    m_context.wakeBy(m_context.now() + m_context.config.idleHeartbeatEvery);
    return link;
}

void Links::hangUp(const NodeId &id)
{
    if (!m_links.contains(id))
        return;
    remove(id);
    m_context.act(HangUp{id});
}

bool Links::sendMessages(Link &link, const wire::Frame &frame, Why why)
{
    if (link.backlogBytes + frame.sizeBytes() > kBacklogBytesMax
        || m_backlogBytes + frame.sizeBytes() > kBacklogBytesAll
        || (why == Why::Pushed && delayOf(link) > kPushDelayMax))
        return false;
    send(link, frame);
    return true;
}

Ticks Links::delayOf(const Link &link) const
{
    constexpr Ticks kEnough = std::chrono::milliseconds(100); // before that there is no rate
    if (link.backlog.empty() || !link.backlogSince || isHeld(link)
        || m_context.now() < *link.backlogSince + kEnough)
        return Ticks{0};
    const double sent = static_cast<double>(std::max<qsizetype>(link.backlogSent, 1));
    const double share = static_cast<double>(link.backlogBytes) / sent;
    const double us = share * static_cast<double>((m_context.now() - *link.backlogSince).count());
    return Ticks{static_cast<qint64>(std::min(us, 1e9))};
}

void Links::send(Link &link, wire::Frame frame)
{
    // Behind what waits already, but for the few bytes that keep the link alive.
    const bool isWord = frame.frameClass == wire::FrameClass::Control;
    if (!isWord && (!link.backlog.empty() || isHeld(link)))
        return queue(link, std::move(frame));
    if (link.backlog.empty())
        link.backlogSince.reset();
    act(link, std::move(frame));
}

void Links::queue(Link &link, wire::Frame frame)
{
    if (!link.backlogSince) {
        link.backlogSince = m_context.now();
        link.backlogSent = 0;
    }
    link.backlogBytes += frame.sizeBytes();
    m_backlogBytes += frame.sizeBytes();
    link.backlog.push_back(std::move(frame));
}

void Links::act(Link &link, wire::Frame frame, bool isStamped)
{
    link.sentAt = m_context.now();
    link.backlogSent += frame.sizeBytes();
    ++m_context.counters.framesSent;
    m_context.counters.frameBytesSent += frame.sizeBytes();
    m_context.act(Send{link.peer.id, std::move(frame), isStamped});
}

void Links::sendBulk(const Link &link, wire::Frame frame)
{
    ++m_context.counters.framesSent;
    m_context.counters.frameBytesSent += frame.sizeBytes();
    m_context.act(Send{link.peer.id, std::move(frame)});
}

void Links::uncount(const wire::Frame &frame)
{
    --m_context.counters.framesSent;
    m_context.counters.frameBytesSent -= frame.sizeBytes();
}

void Links::refused(const SendRefused &event)
{
    Link *link = find(event.to);
    if (!link)
        return;
    uncount(event.frame);
    link->backlogSent -= event.frame.sizeBytes();
    // Words are no messages: they are not counted before they are sent. Who takes none is cut.
    if (link->backlogBytes + event.frame.sizeBytes() > kBacklogBytesMax + kWordsReserve)
        return m_context.scores.condemn(event.to, Offence::SlowReader);
    queue(*link, event.frame);
    if (!link->behindSince)
        link->behindSince = m_context.now();
}

void Links::writable(const NodeId &peer)
{
    if (Link *link = find(peer))
        flush(*link);
}

void Links::flush(Link &link)
{
    if (link.backlog.empty())
        return;
    // All of it: what does not fit comes back, and then the transport tells when to go on.
    const bool holdsMessages = isHeld(link);
    auto backlog = std::exchange(link.backlog, {});
    m_backlogBytes -= std::exchange(link.backlogBytes, 0);
    link.flushedAt = m_context.now();
    for (auto &frame : backlog) {
        if (holdsMessages && frame.frameClass != wire::FrameClass::Control)
            queue(link, std::move(frame));
        else
            act(link, std::move(frame));
    }
}

void Links::remove(const NodeId &id)
{
    const auto link = m_links.find(id);
    if (link == m_links.end())
        return;
    m_backlogBytes -= link->second.backlogBytes;
    m_links.erase(link);
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
    link.placeTold = tagOf(place);
    link.placeToldAt = m_context.now();
    say(link,
        State{m_context.now().count(), link.peerAt,
            static_cast<quint32>(std::min<qint64>(held.count(), 60'000'000)), place,
            std::move(successors)});
}

void Links::sayBeat(Link &link)
{
    const std::array<qint64, 3> values{m_context.now().count(), link.peerAt,
        std::min<qint64>((m_context.now() - link.peerAtHeard).count(), 60'000'000)};
    QByteArray body(sizeof values, Qt::Uninitialized);
    for (std::size_t at = 0; at < values.size(); ++at)
        qToBigEndian(values[at], body.data() + at * sizeof(qint64));
    send(link,
        {wire::FrameClass::Control, QByteArray::fromRawData(kBeatHead.data(), kBeatHead.size()),
            std::move(body)});
}

bool Links::hearBeat(Link &link, QByteArrayView body)
{
    constexpr qsizetype kNumberBytes = sizeof(qint64);
    if (body.size() != 3 * kNumberBytes)
        return false;
    const auto number
        = [&](qsizetype at) { return qFromBigEndian<qint64>(body.data() + at * kNumberBytes); };
    const qint64 at = number(0);
    const qint64 echo = number(1);
    const qint64 held = number(2);
    // The limits of the same numbers in a State.
    if (std::min({at, echo, held}) < 0 || std::max(at, echo) >= kNumberEnd
        || held > std::numeric_limits<quint32>::max())
        return false;
    hearClock(link, at, echo, static_cast<quint32>(held));
    return true;
}

Links::Rhythm Links::rhythmOf(const Link &link) const
{
    const Ticks down = m_context.config.heartbeatEvery;
    if (link.isParent)
        return {kUpRarer * down, down};
    if (link.isChild)
        return {down, kUpRarer * down};
    return {m_context.config.idleHeartbeatEvery, m_context.config.idleHeartbeatEvery};
}

std::vector<NodeId> Links::beat(const Place &place, Cue cue)
{
    std::vector<NodeId> lost;
    const Ticks now = m_context.now();
    const quint64 tag = tagOf(place);
    // The root gives the beat: who has a parent waits a moment longer for it than it takes.
    const bool isLed = std::ranges::any_of(
        m_links, [](const auto &l) { return l.second.isParent && l.second.isGreeted; });
    for (auto &[id, link] : m_links) {
        if (link.backlog.empty())
            link.behindSince.reset();
        const auto [every, hears] = rhythmOf(link);
        const Ticks lostAt = link.heardAt + kMissedBeats * hears;
        if (now >= lostAt) {
            lost.push_back(id);
            continue;
        }
        // A little early rather than in a wake-up of its own.
        const Ticks early = link.isChild && cue == Cue::Parent ? every / 2 : every / 8;
        if (link.isGreeted && now >= link.sentAt + every - early) {
            if (link.placeTold == tag && now < link.placeToldAt + kPlaceEvery)
                sayBeat(link);
            else
                sayState(link, place);
        }
        const Ticks dueAt = std::max(link.sentAt, now - every / 2) + every;
        if (link.isChild)
            m_context.wakeBy(dueAt + (isLed ? every / 8 : Ticks{0}));
        else
            m_context.wakeAtLeisure(dueAt);
        link.isTree() ? m_context.wakeBy(lostAt) : m_context.wakeAtLeisure(lostAt);
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
