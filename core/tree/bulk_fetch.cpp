// SPDX-License-Identifier: GPL-3.0-or-later
#include "bulk.h"

#include <tree/bulk_codec.h>

#include <cmath>

/// What a node asks its neighbours for, and what becomes of it.
namespace borg::tree {

namespace {

constexpr std::size_t kRecalledMax = 64;
constexpr int kFailuresMax = 2;
constexpr Ticks kQuick = std::chrono::seconds(1);
constexpr Ticks kLate = std::chrono::seconds(3);
constexpr Ticks kBusyFor = std::chrono::seconds(1); ///< A peer that says so.

quint32 mixed(quint32 index, quint32 salt)
{
    quint32 state = (index ^ salt) * 0x9e3779b1U;
    state = (state ^ state >> 15) * 0x85ebca77U;
    return state ^ state >> 13;
}

} // namespace

bool Bulk::isPaused(const Object &object) const
{
    return m_context.now() < object.pausedUntil;
}

std::size_t Bulk::openCount() const
{
    return m_asked + m_storing;
}

quint32 Bulk::loadLimitOf(const Object &object)
{
    // The median, so that a few who say that they sent nothing do not make all others look busy.
    std::vector<quint32> loads;
    for (const auto &[peer, view] : object.views)
        loads.push_back(view.load);
    if (loads.empty())
        return kLoadHigh;
    const auto middle = loads.begin() + std::ssize(loads) / 2;
    std::ranges::nth_element(loads, middle);
    return std::max(kLoadHigh, 2 * std::min(*middle, 0x10000U));
}

Bulk::Fit Bulk::fitOf(const Object &object, const View &view, quint32 index, quint32 loadLimit)
{
    // Who sent much more than the others is asked only for what nobody else has.
    if (view.load > loadLimit && object.holders[index] > 1)
        return Fit::LastResort;
    const quint32 stripe = stripeOfChunk(index);
    return stripe == object.stripe ? Fit::OurStripe
        : stripe == view.stripe    ? Fit::TheirStripe
                                   : Fit::Anybody;
}

std::optional<quint32> Bulk::pick(
    const Object &object, const View &view, quint32 loadLimit, quint32 salt) const
{
    const Ticks now = m_context.now();
    const Fit worst = now >= object.busyAt + kStarvingAfter ? Fit::LastResort
        : now < object.hungryUntil                          ? Fit::Anybody
                                                            : Fit::TheirStripe;
    std::optional<quint32> best;
    std::tuple<Fit, quint32, quint32> bestRank;
    for (quint32 group = 0; group < object.groups.size(); ++group) {
        const Group &state = object.groups[group];
        if (state.isWhole || state.isRebuilding || state.have + state.open >= kBulkDataPerGroup)
            continue;
        for (quint32 slot = 0; slot < kBulkGroupChunks; ++slot) {
            const quint32 index = group * kBulkGroupChunks + slot;
            if (!view.has.test(index) || object.have.test(index) || object.storing.test(index)
                || object.pending.test(index))
                continue;
            const Fit fit = fitOf(object, view, index, loadLimit);
            if (fit > worst)
                continue;
            const std::tuple rank(fit, quint32{object.holders[index]}, mixed(index, salt));
            if (!best || rank < bestRank) {
                best = index;
                bestRank = rank;
            }
        }
    }
    return best;
}

void Bulk::request(Object &object, Peer &peer, quint32 index)
{
    object.pending.set(index);
    ++object.groups[index / kBulkGroupChunks].open;
    ++object.asked;
    ++m_asked;
    peer.asked.push_back({object.about.id, index, m_context.now()});
}

void Bulk::ask(const NodeId &id, Peer &peer)
{
    Link *link = m_links.find(id);
    if (!link || m_context.now() < peer.shunnedUntil)
        return;
    for (auto &[objectId, object] : m_objects) {
        const auto view = object.views.find(id);
        if (view == object.views.end() || object.isWhole() || isPaused(object)
            || object.isPreparing)
            continue;
        std::vector<quint32> indices;
        const quint32 loadLimit = loadLimitOf(object);
        while (static_cast<double>(peer.asked.size()) < std::floor(peer.window)
            && openCount() < kOpenMax) {
            const auto index = pick(object, view->second, loadLimit, m_context.rng.bits());
            if (!index)
                break;
            request(object, peer, *index);
            indices.push_back(*index);
        }
        if (!indices.empty())
            m_links.say(*link, BulkAsk{bytesOf(objectId)}, writeChunkList(indices));
        if (object.asked >= kHungryBelow)
            object.busyAt = m_context.now();
    }
}

void Bulk::askAll()
{
    // Who sent least comes first, so that the others have less to send.
    std::vector<std::pair<quint32, NodeId>> order;
    for (auto &[id, peer] : m_peers) {
        quint32 load = 0;
        for (const auto &[objectId, object] : m_objects) {
            if (const auto view = object.views.find(id); view != object.views.end())
                load = std::max(load, view->second.load);
        }
        order.emplace_back(load, id);
    }
    std::ranges::stable_sort(order, {}, [](const auto &entry) { return entry.first; });
    for (const auto &[load, id] : order)
        ask(id, m_peers[id]);
}

void Bulk::judgeHunger(Object &object) const
{
    const Ticks now = m_context.now();
    if (object.asked >= kHungryBelow)
        object.busyAt = now;
    if (object.isWhole() || now < object.hungryUntil || now < object.busyAt + kHungryAfter)
        return;
    object.hungryUntil = now + kHungryFor;
}

std::optional<Bulk::Request> Bulk::settle(Peer &peer, const BulkId &id, quint32 index)
{
    const auto asked = std::ranges::find_if(peer.asked,
        [&](const Request &request) { return request.id == id && request.index == index; });
    if (asked == peer.asked.end())
        return std::nullopt;
    const Request request = *asked;
    peer.asked.erase(asked);
    --m_asked;
    if (const auto object = m_objects.find(id); object != m_objects.end()) {
        object->second.pending.reset(index);
        --object->second.asked;
        if (!request.isSlow)
            --object->second.groups[index / kBulkGroupChunks].open;
    }
    return request;
}

bool Bulk::hear(Link &from, const BulkChunk &word, const QByteArray &body)
{
    Object *object = objectOf(word.id);
    const auto known = m_peers.find(from.peer.id);
    if (!object || known == m_peers.end())
        return true; // dropped meanwhile
    Peer &peer = known->second;
    const BulkId id = object->about.id;
    const quint32 index = word.index;
    if (index >= object->have.size() || body.size() != object->about.layout.recordBytes(index))
        return false;
    const auto request = settle(peer, id, index);
    if (request) {
        const Ticks took = m_context.now() - request->at;
        peer.took = peer.took == Ticks{0} ? took : peer.took + (took - peer.took) / 8;
        if (took < kQuick)
            peer.window = std::min(kWindowMax, peer.window + 0.5);
        else if (took > kLate)
            peer.window = std::max(1.0, peer.window * 0.75);
    } else {
        const auto recalled = std::ranges::find_if(
            peer.recalled, [&](const auto &one) { return one.id == id && one.index == index; });
        if (recalled == peer.recalled.end()) {
            m_context.scores.add(from.peer.id, Offence::WordFlood);
            return true;
        }
        peer.recalled.erase(recalled);
    }
    peer.chunkAt = m_context.now();
    peer.failures = 0;
    viewOf(*object, from.peer.id).load = word.load;
    if (!object->have.test(index) && !object->storing.test(index)) {
        if (!isBulkRecord(
                m_context.crypto, object->about.layout, object->about.root, index, body)) {
            m_context.scores.condemn(from.peer.id, Offence::ForgedChunk);
            return true;
        }
        object->storing.set(index);
        ++m_storing;
        ++object->groups[index / kBulkGroupChunks].open;
        m_context.act(BulkAction(BulkStore{id, index, body}));
    }
    ask(from.peer.id, peer);
    return true;
}

bool Bulk::hear(Link &from, const BulkNo &word, QByteArrayView body)
{
    Object *object = objectOf(word.id);
    const auto known = m_peers.find(from.peer.id);
    if (!object || known == m_peers.end() || !mayTalk(from))
        return true;
    const auto indices = readChunkList(body, object->about.layout, kAsksMax);
    if (!indices)
        return false;
    if (indices->empty() && word.isBack) {
        droppedBy(*object, from.peer.id);
        askAll();
        return true;
    }
    View &view = viewOf(*object, from.peer.id);
    for (const quint32 index : *indices) {
        (void)settle(known->second, object->about.id, index);
        if (word.isBack)
            heldBy(*object, view, index, false);
    }
    if (!word.isBack)
        known->second.shunnedUntil
            = std::max(known->second.shunnedUntil, m_context.now() + kBusyFor);
    askAll();
    return true;
}

void Bulk::lookAtRequests()
{
    bool isAny = false;
    for (auto &[id, peer] : m_peers)
        isAny |= lookAtRequests(id, peer);
    if (isAny)
        askAll();
}

bool Bulk::lookAtRequests(const NodeId &id, Peer &peer)
{
    const Ticks now = m_context.now();
    const Ticks slowAfter = std::max<Ticks>(kSlowAfter, 3 * peer.took);
    const Ticks failedAfter = std::max<Ticks>(kAnswerWithin, 4 * peer.took);
    bool isChanged = false;
    std::vector<Request> failed;
    for (Request &request : peer.asked) {
        if (now >= request.at + failedAfter) {
            failed.push_back(request);
        } else if (!request.isSlow && now >= request.at + slowAfter) {
            request.isSlow = true; // another chunk of the group may come sooner
            peer.window = std::max(1.0, peer.window / 2);
            if (const auto object = m_objects.find(request.id); object != m_objects.end())
                --object->second.groups[request.index / kBulkGroupChunks].open;
            isChanged = true;
        }
    }
    std::map<BulkId, std::vector<quint32>> recalled;
    for (const Request &request : failed) {
        (void)settle(peer, request.id, request.index);
        peer.recalled.push_back(request);
        recalled[request.id].push_back(request.index);
    }
    while (peer.recalled.size() > kRecalledMax)
        peer.recalled.pop_front();
    if (Link *link = m_links.find(id); link && !failed.empty()) {
        for (const auto &[object, indices] : recalled)
            m_links.say(*link, BulkCancel{bytesOf(object)}, writeChunkList(indices));
        // A slow link is no crime: only who sends nothing at all broke a promise.
        if (now >= peer.chunkAt + failedAfter) {
            m_context.scores.add(id, Offence::BrokenPromise, static_cast<int>(failed.size()));
            if (++peer.failures >= kFailuresMax)
                peer.shunnedUntil = now + kShunFor;
        }
        peer.window = 1;
    }
    return isChanged || !failed.empty();
}

void Bulk::recall(Object &object, quint32 group)
{
    for (auto &[id, peer] : m_peers) {
        std::vector<quint32> indices;
        for (const Request &request : std::vector(peer.asked)) {
            if (request.id != object.about.id || request.index / kBulkGroupChunks != group)
                continue;
            (void)settle(peer, request.id, request.index);
            peer.recalled.push_back(request);
            indices.push_back(request.index);
        }
        Link *link = m_links.find(id);
        if (link && !indices.empty())
            m_links.say(*link, BulkCancel{bytesOf(object.about.id)}, writeChunkList(indices));
    }
}

void Bulk::stored(const BulkStored &event)
{
    const auto known = m_objects.find(event.id);
    if (known == m_objects.end() || event.index >= known->second.storing.size()
        || !known->second.storing.test(event.index))
        return;
    Object &object = known->second;
    object.storing.reset(event.index);
    --m_storing;
    --object.groups[event.index / kBulkGroupChunks].open;
    if (!event.isStored) {
        object.pausedUntil = m_context.now() + kPauseFor;
        m_context.act(BulkAction(BulkChanged{event.id}));
        return;
    }
    gained(object, event.index);
    rebuild(object);
    tellNews();
}

void Bulk::gained(Object &object, quint32 index)
{
    if (object.have.test(index))
        return; // of the last run, and fetched again meanwhile
    object.have.set(index);
    ++object.groups[index / kBulkGroupChunks].have;
    const bool isOurs = stripeOfChunk(index) == object.stripe;
    const Ticks at = m_context.now() + (isOurs ? kOwnNewsEvery : kNewsEvery);
    for (auto &[peer, view] : object.views) {
        if (view.has.test(index))
            continue;
        view.news.push_back(index);
        view.newsAt = std::min(view.newsAt, at);
        m_context.wakeBy(view.newsAt);
    }
}

void Bulk::lost(Object &object, quint32 index)
{
    if (!object.have.test(index) || object.about.layout.isPadding(index))
        return;
    object.have.reset(index);
    Group &group = object.groups[index / kBulkGroupChunks];
    --group.have;
    if (std::exchange(group.isWhole, false)) {
        --object.wholeGroups;
        m_context.act(BulkAction(BulkChanged{object.about.id}));
    }
}

void Bulk::rebuild(Object &object)
{
    if (object.isWhole() || isPaused(object))
        return;
    for (quint32 number = 0; number < object.groups.size(); ++number) {
        Group &group = object.groups[number];
        if (m_rebuilding >= kRebuildsMax)
            return;
        if (group.isWhole || group.isRebuilding || group.have < kBulkDataPerGroup)
            continue;
        group.isRebuilding = true;
        ++m_rebuilding;
        recall(object, number);
        m_context.act(BulkAction(BulkRebuild{object.about.id, number}));
    }
}

void Bulk::rebuilt(const BulkGroupDone &event)
{
    const auto known = m_objects.find(event.id);
    if (known == m_objects.end() || event.group >= known->second.groups.size()
        || !known->second.groups[event.group].isRebuilding)
        return;
    Object &object = known->second;
    Group &group = object.groups[event.group];
    group.isRebuilding = false;
    --m_rebuilding;
    switch (event.outcome) {
    case BulkGroupDone::Outcome::Whole:
        object.wholeGroups += std::exchange(group.isWhole, true) ? 0U : 1U;
        for (quint32 slot = 0; slot < kBulkGroupChunks; ++slot) {
            if (const quint32 index = event.group * kBulkGroupChunks + slot;
                !object.have.test(index))
                gained(object, index);
        }
        break;
    case BulkGroupDone::Outcome::Damaged:
        for (const quint32 index : event.damaged)
            lost(object, index);
        break;
    case BulkGroupDone::Outcome::Contradictory:
        m_context.scores.add(object.about.src, Offence::Contradiction);
        forget(known, std::chrono::seconds(kTtlSMax));
        return;
    case BulkGroupDone::Outcome::Failed:
        object.pausedUntil = m_context.now() + kPauseFor;
        m_context.act(BulkAction(BulkChanged{event.id}));
        break;
    }
    if (object.isWhole()) {
        m_context.act(BulkAction(BulkChanged{event.id}));
        for (auto &[peer, view] : object.views) {
            if (Link *link = m_links.find(peer))
                tellFully(object, *link);
        }
    }
    rebuild(object);
    tellNews();
}

} // namespace borg::tree
