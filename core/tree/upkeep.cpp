// SPDX-License-Identifier: GPL-3.0-or-later
#include "upkeep.h"

#include "place.h"

#include <set>

namespace borg::tree {

void Upkeep::soon()
{
    m_isHurried = true;
    m_due = std::min(m_due, m_context.now() + kSoon);
    m_context.wakeBy(m_due);
}

void Upkeep::reachSoon()
{
    m_reachEvery = kReachMin;
    m_reachAt = m_context.now();
    soon();
}

void Upkeep::wake()
{
    if (m_context.now() >= m_due) {
        // Spread, so that the nodes of a network do not all look in the same instant.
        m_due = m_context.now() + kEvery / 2 + m_context.spread(kEvery);
        m_isHurried = false;
        keepBackups();
        keepLazyLinks();
        dropIdle();
        if (!m_standing.parent)
            reachOut();
    }
    m_isHurried ? m_context.wakeBy(m_due) : m_context.wakeAtLeisure(m_due);
}

bool Upkeep::fitsAsBackup(const Link &link) const
{
    return link.isGreeted && !link.isTree() && link.place.capacity > 0
        && m_context.scores.mayBeParent(link.peer.id) && isSameTree(link.place, m_standing.place)
        && !passes(link.place, m_context.self)
        && (!m_standing.parent || *m_standing.parent == m_standing.place.root
            || !passes(link.place, *m_standing.parent));
}

Ticks Upkeep::backupCost(const Link &link) const
{
    // Those who would follow the dead root come first, then ways that share little with ours.
    const auto &successors = m_standing.successors;
    const auto rank = std::ranges::find(successors, link.peer.id, &net::Peer::id);
    if (m_standing.isUnderRoot() && rank != successors.end())
        return Ticks{rank - successors.begin()};
    constexpr Ticks kShared = std::chrono::seconds(1);
    return costOf(link.place, link.rtt.value_or(Ticks{0})) + Ticks{1000}
    + kShared * std::max(sharedNodes(link.place, m_standing.place), 2U);
}

bool Upkeep::isCrowded(const Link &link) const
{
    if (m_context.config.local)
        return false;
    const auto netOf = [](const QString &host) {
        const bool isV4 = host.count(u'.') == 3 && host.back().isDigit();
        return isV4 ? host.first(host.lastIndexOf(u'.')) : host;
    };
    const QString net = netOf(link.peer.endpoint.host);
    int inNet = 0;
    int inGroup = 0;
    for (const auto &[id, other] : m_links.all()) {
        if (&other == &link || !(other.isParent || other.isBackup || other.wantsIds))
            continue;
        inNet += netOf(other.peer.endpoint.host) == net ? 1 : 0;
        inGroup += other.clock.group == link.clock.group ? 1 : 0;
    }
    return inNet >= kPerNet || inGroup >= kPerGroup;
}

bool Upkeep::isForeign(const Link &link) const
{
    if (m_context.config.local || link.direction == net::Direction::Outbound)
        return false;
    const auto foreign = std::ranges::count_if(m_links.all(), [](const auto &entry) {
        const Link &other = entry.second;
        return other.direction == net::Direction::Inbound
            && (other.isParent || other.isBackup || other.wantsIds);
    });
    return 2 * (foreign + 1) > static_cast<qptrdiff>(m_context.config.lazyLinks) + 1;
}

void Upkeep::keepBackups()
{
    std::vector<std::pair<Ticks, Link *>> fitting;
    if (m_standing.isAttached()) {
        for (auto &[id, link] : m_links.all()) {
            if (fitsAsBackup(link))
                fitting.emplace_back(backupCost(link), &link);
        }
    }
    std::ranges::stable_sort(fitting, {}, &std::pair<Ticks, Link *>::first);
    std::set<const Link *> before;
    for (auto &[id, link] : m_links.all()) {
        if (std::exchange(link.isBackup, false))
            before.insert(&link);
    }
    // One after the other: the first that is taken may make the second one too many of its net.
    std::size_t taken = 0;
    for (const bool mayCrowd : {false, true}) {
        for (const auto &[cost, link] : fitting) {
            if (taken == kBackups || link->isBackup || (!mayCrowd && isCrowded(*link)))
                continue;
            link->isBackup = true;
            ++taken;
        }
    }
    for (auto &[id, link] : m_links.all()) {
        m_context.isStatusChanged |= link.isBackup != before.contains(&link);
        tellUse(link);
    }
    if (!m_standing.isAttached())
        return;
    if (m_book.diallingCount() > 0)
        return;
    std::size_t lacking = kBackups - taken;
    if (m_standing.isUnderRoot()) {
        const auto count = std::min(m_standing.successors.size(), kBackups);
        for (const auto &peer : std::span(m_standing.successors).first(count)) {
            if (peer.id == m_context.self)
                break; // we are next: nobody stands before us
            if (m_links.find(peer.id))
                continue;
            m_book.add(peer, AddressBook::Rank::Now);
            lacking = std::max<std::size_t>(lacking, 1);
        }
    }
    if (lacking > 0 && m_book.dial(lacking, AddressBook::Rank::Now) == 0) {
        dialMembers(lacking, true, AddressBook::Rank::Now);
        m_book.dial(lacking, AddressBook::Rank::Now);
    }
}

void Upkeep::keepLazyLinks()
{
    const auto wanted = static_cast<qptrdiff>(m_context.config.lazyLinks);
    auto count = std::ranges::count_if(m_links.all(),
        [](const auto &entry) { return entry.second.wantsIds || entry.second.isBackup; });
    std::vector<Link *> idle;
    for (auto &[id, link] : m_links.all()) {
        if (link.isTree() && std::exchange(link.wantsIds, false))
            tellUse(link);
        if (link.isGreeted && !link.isTree() && !link.isBackup && !link.wantsIds)
            idle.push_back(&link);
    }
    const bool isPatient = m_lacked < kPatience;
    while (count < wanted && !idle.empty()) {
        const auto pick = m_context.rng.below(static_cast<quint32>(idle.size()));
        Link *link = std::exchange(idle[pick], idle.back());
        idle.pop_back();
        if (isPatient && (isCrowded(*link) || isForeign(*link)))
            continue;
        ++count;
        link->wantsIds = true;
        m_context.isStatusChanged = true;
        tellUse(*link);
    }
    m_lacked = count < wanted ? m_lacked + 1 : 0;
    if (count < wanted && m_standing.state != TreeState::Joining && m_book.diallingCount() == 0) {
        dialMembers(1, true, AddressBook::Rank::Now);
        m_book.dial(1, AddressBook::Rank::Now);
    }
}

void Upkeep::redrawLazyLinks()
{
    for (auto &[id, link] : m_links.all()) {
        if (m_context.scores.of(id) <= 0 && std::exchange(link.wantsIds, false))
            tellUse(link);
    }
    soon();
}

void Upkeep::tellUse(Link &link)
{
    const bool isUsed = !link.isTree() && (link.isBackup || link.wantsIds);
    const Use use{isUsed, isUsed};
    if (!link.isGreeted || use == link.use)
        return;
    link.use = use;
    m_links.say(link, use);
}

void Upkeep::dropIdle()
{
    std::vector<NodeId> idle;
    for (auto &[id, link] : m_links.all()) {
        if (link.isUsed())
            link.usedAt = m_context.now();
        const bool isOurs = link.direction == net::Direction::Outbound;
        if (m_context.now() > link.usedAt + (isOurs ? kIdleOutbound : kIdleInbound))
            idle.push_back(id);
    }
    for (const auto &id : idle)
        m_links.hangUp(id);
}

void Upkeep::reachOut()
{
    if (m_context.now() < m_reachAt)
        return;
    m_reachAt = m_context.now() + m_reachEvery;
    m_reachEvery = std::min(2 * m_reachEvery, kReachMax);
    dialMembers(2, false, AddressBook::Rank::Now);
    m_book.dial(3);
}

void Upkeep::dialMembers(std::size_t count, bool isOnline, AddressBook::Rank rank)
{
    const auto peers = m_members.sample(count, [&](const Member &member) {
        return member.online == isOnline && !m_links.find(member.id)
            && !m_book.isDialling(member.id);
    });
    for (const auto &peer : peers)
        m_book.add(peer, rank);
}

} // namespace borg::tree
