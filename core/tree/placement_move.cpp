// SPDX-License-Identifier: GPL-3.0-or-later
#include "place.h"
#include "placement.h"

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr Ticks kSentOnFor = std::chrono::seconds(30);
constexpr std::size_t kSuggested = 4;
constexpr Ticks kFleeFor = std::chrono::seconds(15);
constexpr Ticks kFleeEvery = std::chrono::milliseconds(500);
constexpr std::size_t kFleeDials = 3;
constexpr std::size_t kSentOnMax = 256;

QString milliseconds(Ticks span)
{
    return QString::number(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}
} // namespace

bool Placement::hear(Link &from, const Walk &word)
{
    std::vector<Contact> own;
    const auto &self = m_context.config.self;
    if (m_standing.isAttached() || m_standing.state == TreeState::Root)
        own.push_back({m_context.self, self.host, self.port, freeOf(m_standing.place),
            static_cast<quint32>(wayOf(m_standing.place, Ticks{0}).count())});
    const auto more = suggestions(from, Walks::kPerStep);
    own.insert(own.end(), more.begin(), more.end());
    return m_walks.hear(from, word, own);
}

bool Placement::hear(Link &from, const Walked &word)
{
    bool isOurs = false;
    if (!m_walks.hear(from, word, isOurs))
        return false;
    if (!isOurs || !m_search)
        return true;
    // Who is further from the root than the best we know would cost cannot be better.
    const Link *const best = choose(true);
    const Ticks least = best ? wayOf(best->place, best->rtt.value_or(Ticks{0})) : Ticks::max();
    for (const auto &contact : word.found) {
        if (contact.free > 0 && (!contact.wayUs || Ticks{*contact.wayUs} < least))
            m_book.add(contact, AddressBook::Rank::Now);
    }
    step();
    return true;
}

bool Placement::hear(Link &from, const Probe &word)
{
    if (!from.isGreeted)
        return true;
    if (!from.wordsIn.take(1, m_context.now())) {
        m_context.scores.add(from.peer.id, Offence::WordFlood);
        return true;
    }
    m_links.hearClock(from, word.at, 0, 0);
    m_links.sayState(from, m_standing.place);
    return true;
}

bool Placement::mayMoveTo(const Link &link) const
{
    return canCarryUs(link) && !link.isParent && isSameTree(link.place, m_standing.place)
        && freeOf(link.place) > 0;
}

void Placement::moveTo(Link &link, const QString &reason)
{
    m_move = Move{link.peer.id, m_context.now(), reason};
    const Ticks away = m_context.now() - m_startedAt;
    const auto sinceMs = std::min<qint64>(away.count() / 1000 + 1, 120'000);
    m_links.say(
        link, Attach{m_standing.place, static_cast<quint32>(sinceMs)}, m_broadcast.digest());
    m_context.wakeBy(m_move->since + kAnswerWithin);
}

void Placement::moved(Link &to)
{
    const QString reason = std::exchange(m_move, {})->reason;
    if (Link *const before = m_links.parent()) {
        before->isParent = false;
        before->usedAt = m_context.now();
        m_links.say(*before, Detach{});
    }
    to.isParent = true;
    to.isBackup = false;
    to.wantsIds = false;
    to.heardAt = m_context.now();
    m_rootWatch.reset();
    m_standing.parent = to.peer.id;
    m_loopAt.reset();
    ++m_context.counters.parentChanges;
    ++m_context.counters.moves;
    m_moves.parentTaken(Moves::Cause::Chosen);
    m_upkeep.tellUse(to);
    remember(to.peer.id, reason);
    adopt(to);
    m_context.wakeBy(m_context.now() + m_context.config.heartbeatEvery);
}

void Placement::cancelMove()
{
    const NodeId to = m_move->to;
    m_move.reset();
    m_refusedUntil[to] = m_context.now() + kSentOnFor;
    if (Link *const link = m_links.find(to))
        m_links.say(*link, Detach{});
}

void Placement::stepMove()
{
    const Ticks now = m_context.now();
    if (m_move && now >= m_move->since + kAnswerWithin)
        cancelMove();
    if (m_move)
        m_context.wakeBy(m_move->since + kAnswerWithin);
    flee();
    const auto mayBe = [this](const Link &link) { return mayMoveTo(link); };
    Link *const better = m_moves.wake(mayBe);
    Link *const higher = m_moves.lift(mayBe);
    if ((!better && !higher) || m_move || m_loopAt)
        return;
    if (!better) {
        const auto levels = depthOf(m_standing.place) - depthOf(higher->place) - 1;
        return moveTo(*higher, u"moved: %1 levels higher"_s.arg(levels));
    }
    const Link *const parent = m_links.parent();
    const Ticks gain = wayOf(parent->place, parent->rtt.value_or(Ticks{0}))
        - wayOf(better->place, better->rtt.value_or(Ticks{0}));
    moveTo(*better, u"moved: %1 ms nearer to the root"_s.arg(milliseconds(gain)));
}

void Placement::leaveParent(const QString &reason)
{
    if (!m_standing.isAttached())
        return;
    m_moves.parentFailed();
    m_flight = Flight{*m_standing.parent, reason, m_context.now() + kFleeFor, m_context.now()};
    flee();
}

void Placement::flee()
{
    const Ticks now = m_context.now();
    if (!m_flight)
        return;
    if (m_standing.parent != m_flight->from || now >= m_flight->until)
        return m_flight.reset();
    if (now < m_flight->next || m_move || m_loopAt)
        return m_context.wakeBy(std::max(m_flight->next, now + kFleeEvery));
    // Whoever is chosen may be full by now: then it is somebody else's turn, or a newcomer's.
    m_flight->next = now + kFleeEvery;
    m_context.wakeBy(m_flight->next);
    // First those that brought messages: under a parent at fault these came over other links. Who
    // never brought any may be one more of its kind, whatever it says of its place.
    Link *best = nullptr;
    std::pair least(true, Ticks::max());
    for (auto &[id, link] : m_links.all()) {
        const std::pair cost(
            m_context.scores.of(id) <= 0, costOf(link.place, link.rtt.value_or(Ticks{0})));
        if (mayMoveTo(link) && cost < least
            && (m_standing.isUnderRoot() || !passes(link.place, *m_standing.parent))) {
            best = &link;
            least = cost;
        }
    }
    if (best)
        moveTo(*best, m_flight->reason);
    else
        m_moves.dialSome(kFleeDials);
}

void Placement::sendOnThoseBehind()
{
    const Ticks now = m_context.now();
    Link *worst = nullptr;
    for (auto &[id, link] : m_links.all()) {
        if (!link.isChild || !link.behindSince || link.backlog.empty())
            continue;
        if (!worst || *link.behindSince < *worst->behindSince)
            worst = &link;
    }
    // One at a time: the others get better when it is gone.
    const Ticks due = worst ? std::max(*worst->behindSince, m_sentOnAt) + kBehindMax : Ticks::max();
    if (due > now)
        return worst ? m_context.wakeBy(due) : void();
    const auto contacts = suggestions(*worst, kSuggested);
    if (std::ranges::none_of(contacts, [](const Contact &c) { return c.free > 0; }))
        return; // nobody has room: it is better off here
    m_sentOnAt = now;
    std::erase_if(m_sentOnUntil, [now](const auto &entry) { return entry.second <= now; });
    if (m_sentOnUntil.size() < kSentOnMax)
        m_sentOnUntil[worst->peer.id] = now + kSentOnFor;
    m_context.scores.note(worst->peer.id, Offence::SlowReader);
    refuse(*worst, u"behind"_s);
}

void Placement::stepUplink()
{
    if (!m_context.config.measuresUplink)
        return;
    const auto isFull = [](const auto &entry) { return entry.second.behindSince.has_value(); };
    const auto children = childCount();
    const auto full = static_cast<quint32>(std::ranges::count_if(
        m_links.all(), [&](const auto &e) { return e.second.isChild && isFull(e); }));
    // One that is behind is slow itself; when most are, it is our own uplink.
    const bool isOurs = full >= 2 && 2 * full > children;
    const auto capacity = m_uplink.look(m_context.now(), m_context.counters.frameBytesSent, isOurs);
    if (capacity == m_context.capacity)
        return;
    m_context.capacity = capacity;
    m_standing.place.capacity = capacity > 0 || m_standing.parent ? capacity : kRootOfLeaves;
    m_context.isStatusChanged = true;
}

void Placement::heardRoot(const NodeId &from, qint64 tsUs)
{
    Link *const parent = m_links.parent();
    if (!parent || !m_standing.isAttached() || parent->peer.id != from || !parent->rtt)
        return;
    const qint64 claimedUs = parent->place.latRootUs + parent->rtt->count() / 2;
    if (m_rootWatch.heard(m_context.utcUs() - tsUs, m_context.moment.boundUs, claimedUs))
        m_context.scores.add(from, Offence::Absurd);
    if (m_rootWatch.leastUs() > m_standing.place.latRootUs)
        adopt(*parent);
}

void Placement::endOrphan()
{
    if (const auto orphan = std::exchange(m_orphan, {})) {
        const Ticks took = m_context.now() - orphan->heardAt;
        m_lastFailover = took;
        m_context.isStatusChanged = true;
    }
}

} // namespace borg::tree
