// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay.h"

#include "place.h"

#include <QJsonDocument>
#include <QtEndian>

namespace borg::tree {

namespace {

constexpr qsizetype kSizeBytes = 4;
/// Hops give some more than sources may take, for what the way bunches up.
constexpr double kSlack = 1.5;

/// @return how many links two places of one tree are apart, over the tree; none without a common
///         root.
std::optional<qsizetype> distance(QByteArrayView a, QByteArrayView b)
{
    const auto [first, second] = std::ranges::mismatch(a, b);
    const qsizetype common = (first - a.begin()) / kPathItemBytes;
    if (common == 0)
        return std::nullopt;
    return (a.size() + b.size()) / kPathItemBytes - 2 * common;
}

QByteArrayView viewOf(const MessageId &id)
{
    return {reinterpret_cast<const char *>(id.bytes.data()), std::ssize(id.bytes)};
}

std::optional<MessageId> idIn(QByteArrayView bytes)
{
    MessageId id;
    if (bytes.size() != std::ssize(id.bytes))
        return std::nullopt;
    std::ranges::copy(bytes, id.bytes.begin());
    return id;
}

} // namespace

QByteArray writeLetter(const net::Head &head, QByteArrayView attachment)
{
    const QByteArray written = net::writeHead(head);
    QByteArray body(kSizeBytes, '\0');
    qToBigEndian(static_cast<quint32>(written.size()), body.data());
    return body.append(written).append(attachment);
}

Relay::Relay(Context &context, Links &links, const Standing &standing, Hooks hooks)
    : m_context(context)
    , m_links(links)
    , m_standing(standing)
    , m_hooks(std::move(hooks))
    , m_network(context.config.network.toUtf8())
{
}

std::optional<Letter> Relay::readLetter(const Route &route, QByteArrayView body) const
{
    if (body.size() < kSizeBytes || body.size() > kLetterBytesMax)
        return std::nullopt;
    const auto size = qsizetype{qFromBigEndian<quint32>(body.data())};
    body = body.sliced(kSizeBytes);
    if (size > body.size())
        return std::nullopt;
    auto head = net::readHead(body.first(size));
    if (!head || head->path || !head->items.empty())
        return std::nullopt;
    const auto view = net::readMessage(head->message);
    const auto attachment = body.sliced(size);
    const NodeId src = m_context.crypto.idOf(head->key);
    if (!view || view->network != m_network || view->dst != route.dst.text().toLatin1()
        || view->src != src.text().toLatin1() || view->attachmentBytes != attachment.size())
        return std::nullopt;
    Letter letter{*std::move(head), *view, attachment, src, {}};
    const auto leaf = m_context.crypto.hash(letter.head.message);
    std::copy_n(leaf.begin(), letter.id.bytes.size(), letter.id.bytes.begin());
    return letter;
}

bool Relay::isStale(const net::MessageView &view) const
{
    return std::abs(m_context.moment.utcMs - view.tsUs / 1000) > view.ttlMs + kClockSkewMs;
}

bool Relay::hear(Link &from, const Route &word, const wire::Frame &frame)
{
    const auto letter = readLetter(word, frame.body);
    const auto hasPath = [](const QByteArray &path) { return path.size() % kPathItemBytes == 0; };
    if (!letter || word.attempt >= kAttemptsMax || word.hops >= kHopsMax || word.stray > kHopsMax
        || !hasPath(word.way) || !hasPath(word.back))
        return false;
    const Key key{letter->id, word.attempt};
    Parcel parcel{word, frame.body, letter->id};
    ++parcel.route.hops;
    const bool isKnown = m_tracks.contains(key);
    if (isKnown || isStale(letter->view) || !takeQuota(from, letter->src, frame.sizeBytes())) {
        m_links.say(from, Stranded{viewOf(key.id).toByteArray(), key.attempt});
        return true;
    }
    Track &track = remember(key, from.peer.id);
    if (word.dst == m_context.self) {
        m_hooks.arrived(from, parcel, *letter);
        return true;
    }
    if (parcel.route.hops >= kHopsMax) {
        strand(key, track);
        return true;
    }
    ++m_context.counters.messagesRelayed;
    m_context.counters.relayedBytes += frame.sizeBytes();
    forward(key, track, std::move(parcel));
    return true;
}

bool Relay::hear(Link &from, const Stranded &word)
{
    const auto id = idIn(word.id);
    if (!id)
        return false;
    const auto found = m_tracks.find(Key{*id, word.attempt});
    // Only from the neighbour that has it now: nobody else can say.
    if (found == m_tracks.end() || found->second.tried.empty()
        || found->second.tried.back() != from.peer.id)
        return true;
    Track &track = found->second;
    if (!track.held) {
        strand(found->first, track);
        return true;
    }
    Parcel parcel = *track.held;
    letGo(track);
    forward(found->first, track, std::move(parcel));
    return true;
}

void Relay::send(Parcel parcel)
{
    const Key key{parcel.id, parcel.route.attempt};
    Track &track = remember(key, std::nullopt);
    forward(key, track, std::move(parcel));
}

void Relay::forward(const Key &key, Track &track, Parcel parcel)
{
    while (Link *next = track.tried.size() < kTriesMax ? choose(track, parcel.route) : nullptr) {
        track.tried.push_back(next->peer.id);
        Route route = parcel.route;
        route.stray -= std::min(route.stray, 1U);
        const wire::Frame frame{wire::FrameClass::Interactive,
            QJsonDocument(wire::encode(route)).toJson(QJsonDocument::Compact), parcel.body};
        if (!m_links.sendMessages(*next, frame))
            continue; // it is far behind
        if (m_heldBytes + parcel.body.size() <= kHeldBytesMax) {
            m_heldBytes += parcel.body.size();
            track.held = std::move(parcel);
        }
        return;
    }
    strand(key, track);
}

void Relay::strand(const Key &key, const Track &track)
{
    if (!track.from)
        return m_hooks.stranded(key.id, key.attempt);
    if (Link *back = m_links.find(*track.from))
        m_links.say(*back, Stranded{viewOf(key.id).toByteArray(), key.attempt});
}

bool Relay::isOpen(const Track &track, const Link &link)
{
    return link.isGreeted && link.peer.id != track.from
        && !std::ranges::contains(track.tried, link.peer.id);
}

Link *Relay::choose(const Track &track, const Route &route)
{
    if (Link *direct = m_links.find(route.dst); direct && isOpen(track, *direct)) {
        direct->usedAt = m_context.now();
        return direct;
    }
    if (route.stray > 0) {
        if (Link *any = chooseAny(track))
            return any;
    }
    if (const auto answered = idIn(route.answers)) {
        const auto way = m_tracks.find(Key{*answered, route.attempt});
        Link *back
            = way != m_tracks.end() && way->second.from ? m_links.find(*way->second.from) : nullptr;
        if (back && isOpen(track, *back))
            return back;
    }
    if (Link *nearer = chooseNearer(track, route))
        return nearer;
    if (Link *below = chooseBelow(track, route))
        return below;
    Link *parent = m_links.parent();
    return parent && isOpen(track, *parent) ? parent : nullptr;
}

Link *Relay::chooseNearer(const Track &track, const Route &route)
{
    Link *best = nullptr;
    auto least = distance(m_standing.place.path, route.way);
    for (auto &[id, link] : m_links.all()) {
        const auto far = distance(link.place.path, route.way);
        if (far && (!least || *far < *least) && isOpen(track, link)) {
            best = &link;
            least = far;
        }
    }
    return best;
}

Link *Relay::chooseBelow(const Track &track, const Route &route)
{
    // The emptiest filter says most.
    Link *best = nullptr;
    std::size_t least = 0;
    for (const auto &[id, filter] : m_below) {
        Link *link = m_links.find(id);
        if (!link || !link->isChild || !isOpen(track, *link) || !filter.mayContain(route.dst))
            continue;
        if (!best || filter.count() < least) {
            best = link;
            least = filter.count();
        }
    }
    return best;
}

Link *Relay::chooseAny(const Track &track)
{
    std::vector<Link *> open;
    for (auto &[id, link] : m_links.all()) {
        if (isOpen(track, link))
            open.push_back(&link);
    }
    return open.empty() ? nullptr : open[m_context.rng.below(static_cast<quint32>(open.size()))];
}

bool Relay::takeQuota(const Link &from, const NodeId &src, qsizetype bytes)
{
    const auto &limits = m_context.config.relay;
    const Ticks now = m_context.now();
    const NodeId &peer = from.peer.id;
    Quota &quota
        = m_quotas
              .try_emplace(peer,
                  Quota{
                      {double(limits.linkBytesPerSecond), double(limits.linkBytesBurst), now}, {}})
              .first->second;
    auto source = quota.sources.find(src);
    if (source == quota.sources.end()) {
        if (quota.sources.size() >= kSourcesPerLink) {
            std::erase_if(quota.sources, [&](auto &entry) {
                return entry.second.has(kSlack * limits.sourceBytesBurst, now);
            });
        }
        if (quota.sources.size() >= kSourcesPerLink)
            quota.sources.erase(quota.sources.begin());
        source = quota.sources
                     .try_emplace(src, kSlack * limits.sourceBytesPerSecond,
                         kSlack * limits.sourceBytesBurst, now)
                     .first;
    }
    const auto volume = static_cast<double>(bytes);
    if (source->second.has(volume, now) && quota.bytes.take(volume, now))
        return source->second.take(volume, now);
    ++m_context.counters.relaysRefused;
    if (peer == src) // it knows its credit as well as we do
        m_context.scores.add(peer, Offence::OverCredit);
    return false;
}

Relay::Track &Relay::remember(const Key &key, std::optional<NodeId> from)
{
    sweep();
    const auto [at, isNew] = m_tracks.try_emplace(key);
    if (isNew)
        m_trackOrder.push_back(key);
    at->second.from = from;
    at->second.at = m_context.now();
    return at->second;
}

void Relay::letGo(Track &track)
{
    if (track.held)
        m_heldBytes -= track.held->body.size();
    track.held.reset();
}

void Relay::sweep()
{
    while (!m_trackOrder.empty()) {
        const auto oldest = m_tracks.find(m_trackOrder.front());
        if (m_tracks.size() < kTracksMax && m_context.now() < oldest->second.at + kTrackFor)
            break;
        letGo(oldest->second);
        m_tracks.erase(oldest);
        m_trackOrder.pop_front();
    }
    std::erase_if(m_quotas, [this](const auto &quota) { return !m_links.find(quota.first); });
}

bool Relay::hear(Link &from, const Below &, QByteArrayView body)
{
    auto filter = IdFilter::fromBytes(body);
    if (!filter || !filter->mayContain(from.peer.id))
        return false;
    if (!from.isChild)
        return true; // it moved, or was sent on, meanwhile
    IdFilter &known = m_below[from.peer.id];
    if (known != *filter) {
        known = *std::move(filter);
        m_isFilterDirty = true;
    }
    return true;
}

void Relay::tend()
{
    if (!m_standing.isAttached()) {
        m_toldTo.reset();
        return;
    }
    const bool isNew = m_toldTo != m_standing.parent;
    if (!isNew && !m_isFilterDirty)
        return;
    if (!isNew && m_context.now() < m_toldAt + kFilterEvery)
        return m_context.wakeBy(m_toldAt + kFilterEvery);
    Link *parent = m_links.parent();
    if (!parent)
        return;
    std::erase_if(m_below, [this](const auto &entry) {
        const Link *link = m_links.find(entry.first);
        return !link || !link->isChild;
    });
    IdFilter filter;
    filter.insert(m_context.self);
    for (const auto &[id, link] : m_links.all()) {
        if (link.isChild)
            filter.insert(id);
    }
    for (const auto &[id, below] : m_below)
        filter.unite(below);
    m_isFilterDirty = false;
    m_toldTo = m_standing.parent;
    if (!isNew && filter == m_told)
        return;
    m_told = std::move(filter);
    m_toldAt = m_context.now();
    m_links.say(*parent, Below{}, m_told.toBytes());
}

} // namespace borg::tree
