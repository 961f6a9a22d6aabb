// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement.h"

#include "place.h"

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr auto kHourLong = std::chrono::hours(1);
constexpr auto kFullFor = std::chrono::milliseconds(700);
constexpr auto kRefusedFor = std::chrono::seconds(2);
constexpr quint32 kSinceMsMax = 120'000;
} // namespace

Placement::Placement(Context &context, Links &links, Broadcast &broadcast, Membership &members)
    : m_context(context)
    , m_links(links)
    , m_broadcast(broadcast)
    , m_members(members)
    , m_book(context, links)
    , m_upkeep(context, links, m_book, members, m_standing)
    , m_moves(context, links, m_book, members, m_standing)
    , m_walks(context, links)
    , m_uplink(context.config.capacity)
{
}

void Placement::start(const Start &event)
{
    m_startedAt = m_context.now();
    m_standing.place = placeOfRoot(m_context.self, 0, 0, m_context.capacity);
    for (const auto &seed : event.seeds)
        m_book.add(seed, AddressBook::Rank::Seed);
    for (const auto &anchor : event.anchors)
        m_book.add(anchor, AddressBook::Rank::Now);
    for (const auto &endpoint : event.unknownSeeds)
        m_book.addUnknown(endpoint);
    if (event.seeds.empty() && event.unknownSeeds.empty() && event.anchors.empty())
        return takeOver(u"a new tree"_s);
    setState(TreeState::Joining);
    seek(u"joining"_s, kLookFor);
}

void Placement::addSeeds(const std::vector<net::Peer> &seeds)
{
    for (const auto &seed : seeds) {
        if (!m_links.find(seed.id))
            m_book.add(seed, m_standing.parent ? AddressBook::Rank::Seed : AddressBook::Rank::Now);
    }
    if (!m_standing.parent)
        m_upkeep.reachSoon();
}

void Placement::leave()
{
    std::vector<NodeId> peers;
    for (auto &[id, link] : m_links.all()) {
        m_links.say(link, Leaving{});
        peers.push_back(id);
    }
    for (const auto &id : peers)
        m_links.hangUp(id);
    m_search.reset();
    m_standing.parent.reset();
    setState(TreeState::Left);
}

void Placement::linkUp(const LinkUp &event)
{
    const auto dialTook = m_book.linkUp(event.peer);
    if (m_links.all().size() >= Links::kLinksMax || m_context.scores.isRefused(event.peer.id))
        return m_context.act(HangUp{event.peer.id});
    if (Link *before = m_links.find(event.peer.id); before && before->isTree())
        linkDown(event.peer.id, u"the peer came back"_s);
    Link &link = m_links.add(event.peer, event.direction);
    const bool isAsking = m_search && !m_standing.parent;
    link.owesContacts = isAsking;
    link.dialTook = dialTook;
    const auto &self = m_context.config.self;
    m_links.say(link,
        Hello{1, 1, {}, m_context.config.network, self.host, self.port,
            isAsking ? kContactsWanted : 0, m_context.now().count(), m_standing.place});
    m_upkeep.soon();
}

void Placement::linkDown(const NodeId &peer, const QString &reason)
{
    m_book.linkDown(peer);
    if (const Link *link = m_links.find(peer)) {
        const bool wasParent = link->isParent;
        const bool wasChild = link->isChild;
        const Ticks heardAt = link->heardAt;
        m_links.remove(peer);
        if (m_move && m_move->to == peer)
            m_move.reset();
        m_upkeep.soon();
        m_context.isStatusChanged = true;
        if (wasChild)
            childrenChanged();
        if (wasParent)
            return parentLost(reason, heardAt);
    }
    step();
}

void Placement::dialFailed(const net::Endpoint &endpoint)
{
    m_book.dialFailed(endpoint);
    step();
}

Claim Placement::claimOf(const NodeId &sender, const Place &place) const
{
    return judge(place, sender, epochMaxAt(m_context.utcUs(), m_context.moment.boundUs));
}

bool Placement::believes(const NodeId &sender, const Place &place)
{
    const Claim claim = claimOf(sender, place);
    // Nobody can know of a takeover of ours that never was.
    if (claim == Claim::Fine && place.root == m_context.self && place.epoch > m_ownEpoch) {
        m_context.scores.add(sender, Offence::Contradiction);
        return false;
    }
    if (claim == Claim::Absurd)
        m_context.scores.add(sender, Offence::Absurd);
    if (claim == Claim::Future)
        m_context.scores.note(sender, Offence::FutureDated);
    return claim == Claim::Fine;
}

bool Placement::hear(Link &from, const Hello &word)
{
    const NodeId id = from.peer.id;
    if (from.isGreeted)
        return false; // once
    if (word.network != m_context.config.network || word.versionMin > 1 || word.versionMax < 1) {
        m_book.forget(id);
        m_links.hangUp(id);
        step();
        return true; // no fault of its own: it is of another network, or newer
    }
    if (word.port > 65'535)
        return false;
    from.peer.endpoint = {word.host, static_cast<quint16>(word.port)};
    m_book.add(from.peer, AddressBook::Rank::Known);
    if (!believes(id, word.place)) {
        if (claimOf(id, word.place) == Claim::Future)
            from.early
                = std::make_unique<Hello>(word); // perhaps it is our clock: the peer was asked
        return true;
    }
    from.isGreeted = true;
    m_context.act(Greeted{id});
    from.place = word.place;
    m_links.hearClock(from, word.at, 0, 0);
    m_links.sayState(from, m_standing.place);
    if (word.want > 0)
        m_links.say(from, Contacts{suggestions(from, std::min(word.want, 16U))});
    m_upkeep.soon();
    noticeBetter(from);
    step();
    return true;
}

bool Placement::hear(Link &from, const State &word)
{
    if (from.early && claimOf(from.peer.id, word.place) == Claim::Fine) {
        const auto hello = std::exchange(from.early, nullptr); // it knows the time by now
        hello->place = word.place;
        return hear(from, *hello);
    }
    m_links.hearClock(from, word.at, word.echo, word.heldUs);
    if (!from.isGreeted || !believes(from.peer.id, word.place))
        return true;
    from.place = word.place;
    if (!from.isParent || !m_standing.isAccepted) {
        noticeBetter(from);
        step();
        return true;
    }
    if (word.successors && from.peer.id == word.place.root) {
        m_standing.successors.clear();
        for (const auto &next : *word.successors)
            m_standing.successors.push_back(
                {next.id, {next.host, static_cast<quint16>(next.port)}});
        m_upkeep.soon();
    }
    if (!passes(word.place, m_context.self)) {
        m_loopAt.reset();
        adopt(from);
    } else if (!m_loopAt) {
        m_loopAt = m_context.now() + m_context.spread(kLoopSpread);
        m_context.wakeBy(*m_loopAt);
    }
    return true;
}

bool Placement::hear(Link &from, const Contacts &word)
{
    if (!std::exchange(from.owesContacts, false))
        return true; // nobody asked: it could fill the book with what it likes
    for (const auto &contact : word.contacts)
        m_book.add(contact, AddressBook::Rank::Now);
    step();
    return true;
}

bool Placement::hear(Link &from, const Attach &word, QByteArrayView bytes)
{
    const auto digest = Digest::read(bytes);
    if (!digest)
        return false;
    if (!from.isGreeted || !believes(from.peer.id, word.place))
        return refuse(from, u"clock"_s), true;
    from.place = word.place;
    const bool isMoveTarget = m_move && m_move->to == from.peer.id;
    if (from.isParent || isMoveTarget) {
        // Both attached to the other at once, and only one may stay below.
        if ((from.isParent && m_standing.isAccepted) || m_context.self < from.peer.id)
            return refuse(from, u"loop"_s), true;
        if (from.isParent)
            letGoOfParent();
        else
            m_move.reset(); // it refuses us by the same rule
    }
    if (passes(m_standing.place, from.peer.id))
        return refuse(from, u"loop"_s), true;
    if (isBetterTree(m_context.crypto, word.place, m_standing.place)) {
        refuse(from, u"worse"_s);
        noticeBetter(from);
        return true;
    }
    if (!from.isChild && childCount() >= m_standing.place.capacity)
        return refuse(from, u"full"_s), true;
    if (const auto until = m_sentOnUntil.find(from.peer.id);
        until != m_sentOnUntil.end() && until->second > m_context.now())
        return refuse(from, u"behind"_s), true;

    from.isChild = true;
    from.isBackup = false;
    from.wantsIds = false;
    from.heardAt = m_context.now();
    m_context.wakeBy(m_context.now() + m_context.config.heartbeatEvery);
    m_standing.place.children = childCount();
    // Who was told that the network is large passes that on: else every newcomer below announces
    // itself to everybody while its parent still looks.
    const QByteArray members = m_members.isLooking() ? QByteArray() : m_members.digest();
    m_links.say(from, Accept{m_standing.place, members, kSinceMsMax}, m_broadcast.digest());
    m_broadcast.sendMissing(
        from, *digest, std::chrono::milliseconds(std::min(word.sinceMs, kSinceMsMax)));
    childrenChanged(); // after the answer: before it the child does not listen
    if (m_standing.state == TreeState::Joining)
        setState(TreeState::Root); // somebody depends on us
    return true;
}

bool Placement::hear(Link &from, const Accept &word, QByteArrayView bytes)
{
    const auto digest = Digest::read(bytes);
    if (!digest)
        return false;
    const bool isMove = m_move && m_move->to == from.peer.id;
    if (!from.isParent && !isMove) {
        m_links.say(from, Detach{}); // we asked, and found another meanwhile
        return true;
    }
    if (!believes(from.peer.id, word.place) || passes(word.place, m_context.self)) {
        m_links.say(from, Detach{});
        m_refusedUntil[from.peer.id] = m_context.now() + kRefusedFor;
        if (isMove)
            return m_move.reset(), true;
        letGoOfParent();
        step();
        return true;
    }
    from.place = word.place;
    if (isMove)
        moved(from);
    else
        accepted(from);
    m_broadcast.sendMissing(
        from, *digest, std::chrono::milliseconds(std::min(word.sinceMs, kSinceMsMax)));
    m_members.heardOfSize(from, word.members.isEmpty());
    if (word.members.isEmpty() || word.members != m_members.digest())
        m_members.sayList(from, false);
    m_upkeep.soon();
    return true;
}

void Placement::accepted(Link &from)
{
    m_standing.isAccepted = true;
    m_rootFaults = 0;
    remember(from.peer.id, m_search ? m_search->reason : u"attached"_s);
    m_moves.parentTaken(m_orphan ? Moves::Cause::Forced : Moves::Cause::Chosen);
    endOrphan();
    m_search.reset();
    m_walks.end();
    m_succession.reset();
    m_refusedUntil.clear();
    m_book.calm();
    adopt(from);
    setState(TreeState::Attached);
}

bool Placement::hear(Link &from, const Redirect &word)
{
    if (believes(from.peer.id, word.place))
        from.place = word.place;
    for (const auto &contact : word.contacts)
        m_book.add(contact, AddressBook::Rank::Now);
    m_refusedUntil[from.peer.id]
        = m_context.now() + (word.reason == u"full"_s ? Ticks(kFullFor) : Ticks(kRefusedFor));
    if (m_move && m_move->to == from.peer.id)
        m_move.reset(); // the old parent is still there
    if (!from.isParent)
        return true;
    if (m_standing.isAccepted) {
        parentLost(u"sent on: "_s + word.reason, m_context.now());
        return true;
    }
    m_succession.reset(); // whoever answers lives
    letGoOfParent();
    step();
    return true;
}

bool Placement::hear(Link &from, const Detach &)
{
    if (std::exchange(from.isChild, false))
        childrenChanged();
    return true;
}

bool Placement::hear(Link &from, const Leaving &)
{
    const NodeId id = from.peer.id;
    m_refusedUntil[id] = m_context.now() + kHourLong;
    m_context.act(HangUp{id});
    linkDown(id, u"the parent left"_s);
    return true;
}

bool Placement::hear(Link &from, const Use &word)
{
    from.peerWantsIds = word.ids;
    from.peerHolds = word.hold;
    return true;
}

bool Placement::hear(Link &from, const Better &word)
{
    if (!from.isChild
        || judge(
               word.place, word.contact.id, epochMaxAt(m_context.utcUs(), m_context.moment.boundUs))
            != Claim::Fine
        || !isBetterTree(m_context.crypto, word.place, m_standing.place))
        return true;
    if (Link *parent = m_links.parent()) {
        m_links.say(*parent, word);
        return true;
    }
    m_book.add(word.contact, AddressBook::Rank::Now);
    if (!m_search)
        seek(u"a better tree was met"_s, kLookFor);
    step();
    return true;
}

void Placement::adopt(Link &parent)
{
    Place next = placeUnder(parent.place, parent.rtt.value_or(Ticks{0}), m_context.self);
    next.children = childCount();
    next.capacity = m_context.capacity;
    next.latRootUs = std::max(next.latRootUs, m_rootWatch.leastUs());
    const bool isOtherTree = !isSameTree(next, m_standing.place);
    const bool isElsewhere = isOtherTree || next.path != m_standing.place.path;
    m_standing.place = std::move(next);
    if (!m_standing.isUnderRoot())
        m_standing.successors.clear();
    if (isElsewhere) {
        m_context.isStatusChanged = true;
        tellPlace(isOtherTree);
        m_upkeep.soon();
        m_moves.carriedAlong();
    }
}

void Placement::letGoOfParent()
{
    if (Link *link = m_links.parent()) {
        link->isParent = false;
        m_context.isStatusChanged = true;
    }
    m_standing.parent.reset();
    m_standing.isAccepted = false;
    m_loopAt.reset();
    m_move.reset();
}

quint32 Placement::childCount() const
{
    return static_cast<quint32>(std::ranges::count_if(
        m_links.all(), [](const auto &entry) { return entry.second.isChild; }));
}

void Placement::childrenChanged()
{
    m_standing.place.children = childCount();
    m_context.isStatusChanged = true;
    tellSuccessors();
}

void Placement::tellSuccessors()
{
    if (m_standing.parent || m_standing.place.root != m_context.self)
        return;
    // By what we saw ourselves of how long each is here, never by its own word.
    std::vector<std::pair<qint64, Contact>> order;
    for (const auto &[id, link] : m_links.all()) {
        if (!link.isChild)
            continue;
        const qint64 uptimeUs = (m_context.now() - link.upAt).count();
        order.push_back({-uptimeUs * std::min(link.place.capacity, 64U),
            {id, link.peer.endpoint.host, link.peer.endpoint.port, 0}});
    }
    std::ranges::stable_sort(order, {}, [](const auto &item) { return item.first; });
    std::vector<Contact> successors;
    for (const auto &[score, contact] : order)
        successors.push_back(contact);
    successors.resize(std::min<std::size_t>(successors.size(), 16));
    if (successors == m_successorsTold)
        return;
    m_successorsTold = successors;
    for (auto &[id, link] : m_links.all()) {
        if (link.isChild)
            m_links.sayState(link, m_standing.place, successors);
    }
}

void Placement::disownFuture()
{
    // We took over by a clock that was ahead. Nobody else believes that, and it would beat every
    // honest takeover for as long as the clock was wrong.
    const bool isRoot = !m_standing.parent && m_standing.place.root == m_context.self;
    if (!isRoot || claimOf(m_context.self, m_standing.place) != Claim::Future)
        return;
    m_standing.place = placeOfRoot(m_context.self, 0, 0, m_context.config.capacity);
    m_standing.place.children = childCount();
    remember(std::nullopt, u"took over by a wrong clock"_s);
    tellPlace(true);
    m_upkeep.reachSoon();
    for (auto &[id, link] : m_links.all()) {
        if (link.isGreeted)
            noticeBetter(link);
    }
}

void Placement::judgeAgain()
{
    disownFuture();
    for (auto &[id, link] : m_links.all()) {
        if (!link.early || claimOf(id, link.early->place) != Claim::Fine)
            continue;
        const auto word = std::exchange(link.early, nullptr);
        (void)hear(link, *word);
        return; // which may have changed the links; the next one in the next round
    }
}

void Placement::tellPlace(bool isOtherTree)
{
    for (auto &[id, link] : m_links.all()) {
        if (link.isGreeted && !link.isParent && (link.isChild || link.peerHolds || isOtherTree))
            m_links.sayState(link, m_standing.place);
    }
}

void Placement::refuse(Link &from, const QString &reason)
{
    if (std::exchange(from.isChild, false))
        childrenChanged();
    m_links.say(from, Redirect{reason, m_standing.place, suggestions(from, kContactsWanted)});
}

Contact Placement::contactOf(const Link &link)
{
    return {link.peer.id, link.peer.endpoint.host, link.peer.endpoint.port, freeOf(link.place),
        static_cast<quint32>(std::min<qint64>(wayOf(link.place, Ticks{0}).count(), kLatencyUsMax))};
}

std::vector<Contact> Placement::suggestions(const Link &to, std::size_t most) const
{
    // Children first: those with room, in random order, so that a burst of newcomers spreads.
    std::vector<std::tuple<int, quint32, Contact>> order;
    for (const auto &[id, link] : m_links.all()) {
        if (&link == &to || !link.isGreeted || link.peer.endpoint.port == 0)
            continue;
        const quint32 free = freeOf(link.place);
        const int rank = (free > 0 ? 0 : 2) + (link.isChild ? 0 : 1);
        order.emplace_back(rank, m_context.rng.bits(), contactOf(link));
    }
    std::ranges::sort(order, {},
        [](const auto &item) { return std::pair(std::get<0>(item), std::get<1>(item)); });
    std::vector<Contact> contacts;
    for (const auto &[rank, lot, contact] : order) {
        if (contacts.size() < most)
            contacts.push_back(contact);
    }
    return contacts;
}

void Placement::remember(const std::optional<NodeId> &parent, const QString &reason)
{
    m_history.push_back({m_context.moment.utcMs, parent, reason});
    if (m_history.size() > kHistoryMax)
        m_history.pop_front();
    m_context.isStatusChanged = true;
}

void Placement::setState(TreeState state)
{
    m_context.isStatusChanged |= std::exchange(m_standing.state, state) != state;
}

} // namespace borg::tree
