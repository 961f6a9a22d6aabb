// SPDX-License-Identifier: GPL-3.0-or-later
#include "place.h"
#include "placement.h"

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr Ticks kGreetWithin = std::chrono::seconds(1);
constexpr Ticks kBetterEvery = std::chrono::milliseconds(500);
constexpr Ticks kRefusedFor = std::chrono::seconds(3);
constexpr Ticks kRoundEvery = std::chrono::milliseconds(400);
constexpr Ticks kRootLives = std::chrono::milliseconds(1500); ///< After a root is lost.
constexpr Ticks kStepMin = std::chrono::milliseconds(10);
} // namespace

void Placement::seek(const QString &reason, Ticks chooseAfter)
{
    const Ticks now = m_context.now();
    m_search = Search{reason, now, now + chooseAfter, now + kRoundEvery, 0, {}, 0};
    m_walks.begin();
    m_book.rouse();
    m_search->dials = m_book.dial(kFirstDials);
    m_context.wakeBy(m_search->chooseAt);
}

void Placement::step()
{
    if (!m_search || m_standing.parent || stepSuccession())
        return;
    const Ticks now = m_context.now();
    const bool isTime = now >= m_search->chooseAt;
    if (!stepProbes() && (isTime || isSettled())) {
        if (Link *best = choose(now >= m_search->since + kLookForTree))
            return attachTo(*best);
        if (now < m_search->since + kLookForTree)
            m_context.wakeBy(m_search->since + kLookForTree);
    }
    if (now >= m_search->since + kRootAfter)
        return giveUp();

    if (now >= m_search->roundAt) { // nobody of those before had a place for us
        m_search->roundAt = now + kRoundEvery;
        m_search->dials = 0;
        if (m_orphan) { // the book may be old: whoever is online may help
            for (const auto &peer : m_members.sample(kFirstDials, [this](const Member &member) {
                     return member.online && !m_links.find(member.id);
                 }))
                m_book.add(peer, AddressBook::Rank::Now);
        }
    }
    m_search->dials += m_book.dial(kDialsMax - std::min(kDialsMax, m_search->dials));
    m_context.wakeBy(m_search->roundAt);
    m_context.wakeBy(isTime ? m_search->since + kRootAfter : m_search->chooseAt);
    if (const Ticks next = m_book.nextDial(); next != Ticks::max())
        m_context.wakeBy(std::max(next, now + kStepMin));
    for (const auto &[id, until] : m_refusedUntil) {
        if (until > now)
            m_context.wakeBy(until);
    }
}

bool Placement::stepSuccession()
{
    if (!m_succession)
        return false;
    for (const auto &successors = m_standing.successors; m_succession->index < successors.size();
        ++m_succession->index, m_succession->dialUntil.reset()) {
        const net::Peer next = successors[m_succession->index];
        if (next.id == m_context.self) {
            takeOver(u"the root is gone"_s);
            return true;
        }
        const auto refused = m_refusedUntil.find(next.id);
        Link *link = m_links.find(next.id);
        if (refused != m_refusedUntil.end() || (link && link->isChild))
            continue;
        if (link && link->isGreeted) {
            attachTo(*link);
            return true;
        }
        if (!m_succession->dialUntil) {
            m_succession->dialUntil = m_context.now() + kSuccessorWithin;
            m_book.add(next, AddressBook::Rank::Now);
            m_book.dial(1, AddressBook::Rank::Now);
        }
        if (m_context.now() < *m_succession->dialUntil && (link || m_book.isDialling(next.id))) {
            m_context.wakeBy(*m_succession->dialUntil);
            return true;
        }
    }
    m_succession.reset();
    return false;
}

bool Placement::isNear(const Link &link)
{
    return link.rtt ? *link.rtt <= kNearRtt : link.dialTook && *link.dialTook <= kNearDial;
}

bool Placement::stepProbes()
{
    // Only who looks for a first place has the time: a subtree waits for nobody.
    if (m_standing.state != TreeState::Joining || m_orphan || childCount() > 0)
        return false;
    const Ticks now = m_context.now();
    std::vector<Link *> far;
    for (auto &[id, link] : m_links.all()) {
        if (!link.isGreeted || !isEligible(link))
            continue;
        if (isNear(link) && freeOf(link.place) > 0)
            return false;
        if (link.rtt)
            far.push_back(&link);
        if (!m_search->answeredAt)
            m_search->answeredAt = now;
    }
    if (!m_search->answeredAt || now >= *m_search->answeredAt + kProbeFor)
        return false;
    for (Link *const link : far) { // not over those that a walk found
        if (m_walks.openCount() == m_search->walks && m_search->walks < kFirstDials
            && !std::exchange(link->walked, true)) {
            ++m_search->walks;
            m_walks.ask(*link);
        }
    }
    if (m_search->walks > 0 && m_walks.openCount() < m_search->walks)
        m_search->dials += m_book.dial(
            kProbesMax - std::min(kProbesMax, m_search->dials), AddressBook::Rank::Now);
    // All walks are back, all they found has answered or failed.
    const bool isDone = m_search->walks > 0 && m_walks.openCount() == 0 && isSettled()
        && std::ranges::all_of(m_links.all(),
            [](const auto &entry) { return !entry.second.isGreeted || entry.second.rtt; });
    m_context.wakeBy(*m_search->answeredAt + kProbeFor);
    return !isDone;
}

bool Placement::isSettled() const
{
    return m_book.diallingCount() == 0
        && std::ranges::none_of(m_links.all(), [this](const auto &entry) {
               const Link &link = entry.second;
               return (!link.isGreeted || link.owesContacts)
                   && m_context.now() < link.upAt + kGreetWithin;
           });
}

bool Placement::canCarryUs(const Link &link) const
{
    const Place &there = link.place;
    const auto refused = m_refusedUntil.find(link.peer.id);
    return link.isGreeted && !link.isChild && there.capacity > 0
        && depthOf(there) + 1 < static_cast<quint32>(kDepthMax) && !passes(there, m_context.self)
        && m_context.scores.mayBeParent(link.peer.id)
        && (refused == m_refusedUntil.end() || refused->second <= m_context.now());
}

bool Placement::isEligible(const Link &link) const
{
    const Place &there = link.place;
    if (!canCarryUs(link))
        return false;
    const bool isBetter = isBetterTree(m_context.crypto, there, m_standing.place);
    if (!m_orphan)
        return isBetter;
    // Who is still under the old root so long after is under one that lives: it was our link that
    // ended, or this computer slept.
    if (m_orphan->wasRoot)
        return isBetter
            || (m_search && m_context.now() >= m_search->since + kRootLives
                && isSameTree(there, m_standing.place));
    // Brothers and sisters lost the same parent: under them we would hang on each other.
    return isBetter || (isSameTree(there, m_standing.place) && !passes(there, m_orphan->lost));
}

Link *Placement::choose(bool mayBeNew)
{
    std::vector<std::pair<Ticks, Link *>> fitting;
    for (auto &[id, link] : m_links.all()) {
        if ((mayBeNew || link.place.epoch != 0) && isEligible(link))
            fitting.emplace_back(costOf(link.place, link.rtt.value_or(Ticks{0})), &link);
    }
    if (fitting.empty())
        return nullptr;
    // Liars stand where it looks best: from one of them a node would go to the next.
    const auto isIdle
        = [this](const auto &entry) { return m_context.scores.of(entry.second->peer.id) <= 0; };
    if (m_orphan && m_orphan->wasIdle) {
        // And they name each other to newcomers: whoever we met first is likeliest not of them.
        if (std::ranges::all_of(fitting, isIdle))
            return std::ranges::min(fitting, {}, [](const auto &entry) {
                return entry.second->upAt;
            }).second;
        std::erase_if(fitting, isIdle);
    }
    // One round trip is measured to a few milliseconds at best: among those as good as the best,
    // the highest in the tree.
    const Ticks least = std::ranges::min(fitting, {}, &decltype(fitting)::value_type::first).first;
    std::erase_if(fitting, [least](const auto &entry) { return entry.first > least + kGainMin; });
    return std::ranges::min(fitting, {}, [](const auto &entry) {
        return std::pair(depthOf(entry.second->place), entry.first);
    }).second;
}

void Placement::attachTo(Link &link)
{
    const Ticks away = m_context.now() - m_startedAt;
    const auto sinceMs = std::min<qint64>(away.count() / 1000 + 1, 120'000);
    link.isParent = true;
    link.isBackup = false;
    link.wantsIds = false;
    link.heardAt = m_context.now();
    m_rootWatch.reset();
    m_standing.parent = link.peer.id;
    m_standing.isAccepted = false;
    m_attachAt = m_context.now();
    ++m_context.counters.parentChanges;
    m_context.isStatusChanged = true;
    m_links.say(
        link, Attach{m_standing.place, static_cast<quint32>(sinceMs)}, m_broadcast.digest());
    m_upkeep.tellUse(link);
    m_context.wakeBy(m_context.now() + m_context.config.heartbeatEvery);
}

void Placement::giveUp()
{
    if (m_orphan)
        return takeOver(u"no parent found"_s);
    m_search.reset();
    m_succession.reset();
    if (m_standing.state == TreeState::Joining)
        remember(std::nullopt, u"nobody found: root of an own tree"_s);
    setState(TreeState::Root);
    m_upkeep.reachSoon();
}

void Placement::takeOver(const QString &reason)
{
    const qint64 epoch = std::max(m_context.utcUs() / 1'000'000, m_standing.place.epoch + 1);
    m_ownEpoch = epoch;
    // By the place in the list of the last root: nobody's own word on how long it is up counts.
    const auto &heirs = m_standing.successors;
    const auto heir = std::ranges::find(heirs, m_context.self, &net::Peer::id);
    const quint32 rank = rankOf(static_cast<std::size_t>(heir - heirs.begin()), heirs.size());
    // Even a network of leaves alone needs somebody to hang on.
    const quint32 capacity = m_context.capacity > 0 ? m_context.capacity : kRootOfLeaves;
    letGoOfParent();
    endOrphan();
    m_search.reset();
    m_succession.reset();
    m_standing.place = placeOfRoot(m_context.self, epoch, rank, capacity);
    m_standing.place.children = childCount();
    m_standing.successors.clear();
    m_successorsTold.clear();
    remember(std::nullopt, reason);
    setState(TreeState::Root);
    tellPlace(true);
    tellSuccessors();
    m_upkeep.reachSoon();
}

void Placement::parentLost(const QString &reason, Ticks heardAt)
{
    const NodeId parent = *m_standing.parent;
    const bool wasAccepted = m_standing.isAccepted;
    const auto move = std::exchange(m_move, {});
    letGoOfParent();
    if (!wasAccepted) { // it never was our parent: we look on as before
        m_refusedUntil[parent] = m_context.now() + kRefusedFor;
        if (!m_search)
            seek(reason, kLookFor);
        return step();
    }
    const bool wasRoot = parent == m_standing.place.root;
    m_orphan = Orphan{parent, wasRoot, m_context.scores.of(parent) <= 0, heardAt};
    m_succession = wasRoot ? std::optional(Succession{}) : std::nullopt;
    m_search = Search{reason, m_context.now(), m_context.now(), m_context.now(), 0, {}, 0};
    remember(std::nullopt, reason);
    if (m_orphan->wasIdle)
        m_upkeep.redrawLazyLinks();
    // On the way to another one already: its answer is all that is missing.
    Link *const next = move ? m_links.find(move->to) : nullptr;
    if (next && isEligible(*next)) {
        next->isParent = true;
        next->isBackup = false;
        m_standing.parent = move->to;
        m_attachAt = move->since;
        return m_context.wakeBy(m_attachAt + kAnswerWithin);
    }
    if (next)
        m_links.say(*next, Detach{});
    step();
}

void Placement::replaceRoot(const QString &reason)
{
    if (!m_standing.isAttached() || !m_standing.isUnderRoot())
        return;
    // Under its other children it would be above us all the same. The first in its own order may
    // begin a new tree; each further one when those before did not, and it failed us again.
    const auto &successors = m_standing.successors;
    const auto own = std::ranges::find(successors, m_context.self, &net::Peer::id);
    if (++m_rootFaults > own - successors.begin())
        takeOver(reason);
}

void Placement::noticeBetter(Link &link)
{
    if (link.isParent || !isBetterTree(m_context.crypto, link.place, m_standing.place))
        return;
    if (!m_standing.parent) {
        if (!m_search)
            seek(u"a better tree is there"_s, kLookFor);
        return;
    }
    Link *parent = m_links.parent();
    if (!parent || !m_standing.isAccepted || m_context.now() < m_betterToldAt + kBetterEvery
        || link.isChild)
        return;
    m_betterToldAt = m_context.now();
    m_links.say(*parent,
        Better{link.place,
            {link.peer.id, link.peer.endpoint.host, link.peer.endpoint.port, freeOf(link.place)}});
}

void Placement::wake()
{
    const Ticks now = m_context.now();
    if (m_standing.parent && !m_standing.isAccepted) {
        if (now >= m_attachAt + kAnswerWithin) {
            parentLost(u"no answer"_s, now);
        } else {
            m_context.wakeBy(m_attachAt + kAnswerWithin);
        }
    }
    if (m_loopAt && now >= *m_loopAt) {
        const NodeId parent = *m_standing.parent;
        if (Link *link = m_links.find(parent))
            m_links.say(*link, Detach{});
        m_refusedUntil[parent] = now + kRefusedFor;
        parentLost(u"a loop"_s, now);
    } else if (m_loopAt) {
        m_context.wakeBy(*m_loopAt);
    }
    judgeAgain();
    step();
    stepMove();
    stepUplink();
    sendOnThoseBehind();
    tellSuccessors();
    m_upkeep.wake();
}

} // namespace borg::tree
