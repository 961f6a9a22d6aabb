// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership.h"

#include <QtEndian>

namespace borg::tree {

namespace {

constexpr auto kPeriodMin = std::chrono::seconds(2);
constexpr auto kPeriodPerMember = std::chrono::milliseconds(50);
constexpr int kFarFactor = 30;
constexpr Ticks kLookMax = std::chrono::minutes(1);
constexpr Ticks kTenth = std::chrono::milliseconds(100);

quint64 mix(quint64 hash, QByteArrayView bytes)
{
    for (const char byte : bytes)
        hash = (hash ^ static_cast<quint8>(byte)) * 0x100000001b3; // FNV-1a
    return hash;
}

const NodeId &idOf(const FactsPtr &facts)
{
    return facts->id;
}

} // namespace

Membership::Membership(Context &context, Links &links)
    : m_context(context)
    , m_links(links)
    , m_view(context.self, quint64{context.rng.bits()} << 32 ^ context.rng.bits())
{
}

Membership::Entries::iterator Membership::lookUp(const NodeId &id)
{
    const auto at
        = std::ranges::lower_bound(m_entries, id, {}, [](const Entry &e) { return idOf(e.facts); });
    return at != m_entries.end() && at->facts->id == id ? at : m_entries.end();
}

Membership::Entries::const_iterator Membership::lookUp(const NodeId &id) const
{
    const auto at
        = std::ranges::lower_bound(m_entries, id, {}, [](const Entry &e) { return idOf(e.facts); });
    return at != m_entries.end() && at->facts->id == id ? at : m_entries.end();
}

quint32 Membership::tenths(Ticks ago) const
{
    return static_cast<quint32>(std::max<qint64>((m_context.now() - ago) / kTenth, 0));
}

Member Membership::shown(const Entry &entry)
{
    return {entry.facts->id, entry.facts->endpoint, entry.isOnline != 0, entry.changed * kTenth,
        entry.facts->freeBytes};
}

FactsPtr Membership::read(
    const NodeId &src, quint64 seq, const QByteArray &message, const net::Head &head) const
{
    MemberPool *const pool = m_context.config.pool;
    if (auto known = pool ? pool->find(src, seq) : FactsPtr{})
        return known;
    const auto fields = wire::decodeFields<MemberRecord>(net::bodyOf(message));
    const auto view = net::readMessage(message);
    if (!view || !fields || fields->host.isEmpty() || fields->port == 0 || fields->port > 65'535)
        return {};
    auto facts = std::make_unique<MemberFacts>();
    facts->id = src;
    facts->endpoint = {fields->host, static_cast<quint16>(fields->port)};
    facts->freeBytes = std::max<qint64>(fields->freeBytes, 0);
    facts->seq = seq;
    facts->tsUs = view->tsUs;
    facts->isQuiet = fields->quiet.value_or(false);
    facts->head = net::withHops(net::writeHead(head), 0);
    FactsPtr shared(facts.release());
    return pool ? pool->intern(std::move(shared)) : shared;
}

bool Membership::record(
    const NodeId &src, quint64 seq, const QByteArray &message, const net::Head &head)
{
    if (src == m_context.self) {
        const FactsPtr facts = read(src, seq, message, head);
        if (!facts || (m_own && m_own->seq >= seq))
            return false;
        m_own = facts;
        return true;
    }
    const auto known = lookUp(src);
    if ((known != m_entries.end() && known->facts->seq >= seq)
        || (m_isQuiet && known == m_entries.end() && !m_view.wants(src)))
        return false;
    const FactsPtr facts = read(src, seq, message, head);
    if (!facts || !take(facts, Ticks{0}, true))
        return false;
    if (!m_isQuiet && m_entries.size() > m_context.config.fullViewMax)
        decide(); // in a rush the next look would be too late: everybody is told of everybody
    return true;
}

bool Membership::take(FactsPtr facts, Ticks ago, bool isOnline)
{
    auto at = std::ranges::lower_bound(
        m_entries, facts->id, {}, [](const Entry &e) { return idOf(e.facts); });
    const bool isKnown = at != m_entries.end() && at->facts->id == facts->id;
    if (isKnown && at->facts->seq >= facts->seq)
        return false;
    if (!isKnown) {
        if (m_entries.size() >= kMembersMax) {
            makeRoom();
            at = std::ranges::lower_bound(
                m_entries, facts->id, {}, [](const Entry &e) { return idOf(e.facts); });
        }
        at = m_entries.insert(at, Entry{facts, 0, 0, 0, 0});
    }
    const bool isMoved = at->facts->endpoint != facts->endpoint;
    const NodeId id = facts->id;
    at->facts = std::move(facts);
    at->heard = tenths(ago);
    at->isAway = 0;
    if (at->isOnline == 0 && (isOnline || isKnown))
        setOnline(*at, true);
    else if (isMoved || !isKnown)
        m_context.act(MemberChanged{id});
    if (!isKnown && m_isQuiet)
        prune();
    if (!isKnown && lookUp(id) != m_entries.end())
        ++m_news;
    return true;
}

void Membership::left(const NodeId &src, quint64 seq)
{
    const auto entry = lookUp(src);
    if (entry == m_entries.end() || entry->facts->seq > seq)
        return;
    auto gone = std::make_unique<MemberFacts>(*entry->facts);
    gone->seq = seq; // older records do not bring it back
    entry->facts = FactsPtr(gone.release());
    if (entry->isOnline != 0)
        setOnline(*entry, false);
}

void Membership::unreachable(const NodeId &id)
{
    const auto entry = lookUp(id);
    if (entry == m_entries.end() || !(m_isQuiet || isLooking()))
        return;
    entry->isAway = 1;
    if (m_isQuiet)
        prune();
}

void Membership::setOnline(Entry &entry, bool isOnline)
{
    entry.isOnline = isOnline ? 1 : 0;
    entry.changed = tenths() & 0x3fff'ffff;
    m_context.act(MemberChanged{entry.facts->id});
}

void Membership::makeRoom()
{
    const auto oldest = std::ranges::min_element(m_entries, {},
        [](const Entry &entry) { return std::pair(entry.isOnline != 0, entry.heard); });
    m_context.act(MemberChanged{oldest->facts->id});
    m_entries.erase(oldest);
}

void Membership::prune()
{
    std::vector<NodeId> ids;
    for (const Entry &entry : m_entries) {
        if (entry.isAway == 0 && entry.isOnline != 0)
            ids.push_back(entry.facts->id);
    }
    const auto isKept = m_view.choose(ids);
    std::size_t at = 0;
    auto away = std::ranges::count_if(
        m_entries, [](const Entry &e) { return e.isAway != 0 || e.isOnline == 0; });
    std::erase_if(m_entries, [&](const Entry &entry) {
        const bool isAway = entry.isAway != 0 || entry.isOnline == 0;
        // Some of those are remembered, or whoever still has their records brings them back.
        const bool goes = isAway ? std::cmp_greater(away, kAwayMax) && away-- > 0 : !isKept[at++];
        if (goes)
            m_context.act(MemberChanged{entry.facts->id});
        return goes;
    });
}

std::vector<Member> Membership::members() const
{
    std::vector<Member> all;
    all.reserve(m_entries.size());
    std::ranges::transform(m_entries, std::back_inserter(all), &Membership::shown);
    return all;
}

std::optional<Member> Membership::find(const NodeId &id) const
{
    const auto entry = lookUp(id);
    if (entry == m_entries.end())
        return std::nullopt;
    return shown(*entry);
}

std::vector<net::Peer> Membership::sample(
    std::size_t count, const std::function<bool(const Member &)> &wanted, Draw draw) const
{
    std::vector<net::Peer> some;
    const bool isSplit = m_isQuiet && draw == Draw::Even;
    // Of a part, evenly drawn ones first: the cell is where somebody could gather.
    for (const bool isFirst : {true, false}) {
        const std::size_t taken = some.size();
        quint32 seen = 0;
        for (const Entry &entry : m_entries) {
            if ((isSplit && m_view.isUniform(entry.facts->id) != isFirst)
                || (m_isQuiet && entry.isAway != 0))
                continue;
            if (!wanted(shown(entry)))
                continue;
            ++seen;
            const net::Peer peer{entry.facts->id, entry.facts->endpoint};
            if (some.size() < count) {
                some.push_back(peer);
            } else if (const auto at = m_context.rng.below(seen); at < count - taken) {
                some[taken + at] = peer; // each as likely as the others
            }
        }
        if (some.size() >= count || !isSplit)
            break;
    }
    for (const Entry &entry : m_entries) { // better than nobody
        if (!some.empty() || !m_isQuiet)
            break;
        if (entry.isAway != 0 && wanted(shown(entry)))
            some.push_back({entry.facts->id, entry.facts->endpoint});
    }
    return some;
}

std::vector<net::Peer> Membership::nearest(const NodeId &id, std::size_t count) const
{
    std::vector<std::pair<quint64, const Entry *>> order;
    for (const Entry &entry : m_entries) {
        if (entry.isOnline != 0 && entry.isAway == 0)
            order.emplace_back(distanceOf(id, entry.facts->id), &entry);
    }
    const auto end = order.begin() + static_cast<qptrdiff>(std::min(count, order.size()));
    std::ranges::partial_sort(order, end, {}, &std::pair<quint64, const Entry *>::first);
    std::vector<net::Peer> peers;
    for (auto at = order.begin(); at != end; ++at)
        peers.push_back({at->second->facts->id, at->second->facts->endpoint});
    return peers;
}

qint64 Membership::onlineCount() const
{
    return std::ranges::count_if(m_entries, [](const Entry &e) { return e.isOnline != 0; });
}

qint64 Membership::density() const
{
    std::vector<NodeId> ids;
    for (const Entry &entry : m_entries) {
        if (entry.isOnline != 0 && entry.isAway == 0)
            ids.push_back(entry.facts->id);
    }
    return PartialView::estimate(m_context.self, ids);
}

qint64 Membership::estimate() const
{
    return m_isQuiet ? density() : onlineCount() + 1;
}

QByteArray Membership::digest() const
{
    if (m_isQuiet)
        return {};
    quint64 sum = 0; // of hashes, so that the node itself counts wherever it stands in the order
    const auto add = [&sum](const NodeId &id, bool isOnline) {
        const quint64 hash = mix(0xcbf29ce484222325, QByteArrayView(id.bytes));
        sum += mix(hash, isOnline ? "1" : "0");
    };
    for (const Entry &entry : m_entries)
        add(entry.facts->id, entry.isOnline != 0);
    if (m_own)
        add(m_context.self, true);
    QByteArray bytes(8, '\0');
    qToBigEndian(sum, bytes.data());
    return bytes;
}

Ticks Membership::period() const
{
    const auto &config = m_context.config;
    if (config.memberPeriod > Ticks{0})
        return config.memberPeriod;
    if (m_isQuiet)
        return quietPeriod();
    const Ticks near
        = std::max<Ticks>(kPeriodMin, kPeriodPerMember * static_cast<qint64>(m_entries.size() + 1));
    return config.local ? near : kFarFactor * near;
}

Ticks Membership::quietPeriod() const
{
    return m_context.config.local ? kQuietPeriodLocal : kQuietPeriod;
}

void Membership::wake()
{
    if (m_context.now() < m_dueAt)
        return m_context.wakeAtLeisure(m_dueAt);
    if (isLooking() && m_context.now() >= m_lookUntil) {
        decide();
        endLook();
    }
    if (m_isQuiet && !isInTouch()) { // nobody's silence counts while our own line is dead
        m_dueAt = m_context.now() + kTouch;
        return m_context.wakeAtLeisure(m_dueAt);
    }
    const Ticks patience = kPeriodsToOffline * period();
    const Ticks quietPatience = std::max(patience, kPeriodsToOffline * quietPeriod());
    Ticks next = Ticks::max();
    for (Entry &entry : m_entries) {
        if (entry.isOnline == 0)
            continue;
        const Ticks until
            = entry.heard * kTenth + (entry.facts->isQuiet ? quietPatience : patience);
        if (m_context.now() > until)
            setOnline(entry, false);
        else
            next = std::min(next, until + Ticks{1});
    }
    decide();
    if (m_isQuiet)
        prune(); // who went silent holds no place
    const Ticks now = m_context.now();
    m_dueAt = std::clamp(next, now + std::min(patience / 8, kLookMax), now + patience);
    if (isLooking())
        m_dueAt = std::min(m_dueAt, m_lookUntil);
    if (m_isQuiet)
        m_dueAt = std::min(m_dueAt, now + kLookMax); // it may have become small
    m_context.wakeAtLeisure(m_dueAt);
}

} // namespace borg::tree
