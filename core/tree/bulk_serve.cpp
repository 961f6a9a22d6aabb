// SPDX-License-Identifier: GPL-3.0-or-later
#include "bulk.h"

#include <QJsonDocument>

#include <limits>

/// What a node tells its neighbours of its chunks, and sends them.
namespace borg::tree {

namespace {

constexpr std::size_t kNewsListMax = 256; ///< Longer ones go as a bitmap.
constexpr quint32 kLoadStep = 4;

} // namespace

quint32 Bulk::loadOf(const Object &object)
{
    const quint64 sent = object.sentInStripe + object.sentOutside;
    return static_cast<quint32>(std::min<quint64>(
        sent * kLoadWhole / object.about.layout.dataChunks(), std::numeric_limits<qint32>::max()));
}

Bulk::View &Bulk::viewOf(Object &object, const NodeId &peer)
{
    const auto [view, isNew] = object.views.try_emplace(peer);
    if (isNew) {
        view->second.has = BulkBits(object.about.layout.chunks());
        view->second.stripe = stripeOfNode(peer, object.about.id);
        view->second.putOff = BulkBits(object.about.layout.chunks());
    }
    return view->second;
}

void Bulk::heldBy(Object &object, View &view, quint32 index, bool has) const
{
    if (view.has.test(index) == has)
        return;
    if (has) {
        view.has.set(index);
        ++object.holders[index];
    } else {
        view.has.reset(index);
        --object.holders[index];
    }
}

void Bulk::tellFully(Object &object, Link &link)
{
    const quint32 load = loadOf(object);
    m_links.say(link, BulkHave{bytesOf(object.about.id), true, load}, object.have.bytes());
    if (const auto view = object.views.find(link.peer.id); view != object.views.end()) {
        view->second.news.clear();
        view->second.later.clear();
        view->second.newsAt = Ticks::max();
        view->second.toldLoad = load;
    }
}

void Bulk::tell(Object &object, const NodeId &peer, View &view)
{
    Link *link = m_links.find(peer);
    const auto due = std::ranges::find_if(
        view.later, [this](const auto &one) { return one.first > m_context.now(); });
    for (auto one = view.later.begin(); one != due; ++one)
        view.news.push_back(one->second);
    view.later.erase(view.later.begin(), due);
    view.newsAt = view.later.empty() ? Ticks::max() : view.later.front().first;
    m_context.wakeBy(view.newsAt);
    auto news = std::exchange(view.news, {});
    if (!link)
        return;
    std::erase_if(
        news, [&](quint32 index) { return view.has.test(index) || !object.have.test(index); });
    const quint32 load = loadOf(object);
    if (news.empty() && load < view.toldLoad + kLoadStep)
        return;
    if (news.size() > kNewsListMax)
        return tellFully(object, *link);
    view.toldLoad = load;
    m_links.say(*link, BulkHave{bytesOf(object.about.id), false, load}, writeChunkList(news));
}

void Bulk::tellNews()
{
    for (auto &[id, object] : m_objects) {
        for (auto &[peer, view] : object.views) {
            if (m_context.now() >= view.newsAt)
                tell(object, peer, view);
        }
    }
}

bool Bulk::hear(Link &from, const BulkHave &word, QByteArrayView body)
{
    const auto id = bulkIdOf(word.id);
    if (!id)
        return false;
    if (!mayTalk(from))
        return true;
    Object *object = objectOf(word.id);
    if (!object) {
        introduce(from, *id);
        return true;
    }
    const BulkLayout &layout = object->about.layout;
    const bool isNew = !object->views.contains(from.peer.id);
    if (word.isFull) {
        const auto bits = BulkBits::read(body, layout.chunks());
        if (!bits)
            return false;
        View &view = viewOf(*object, from.peer.id);
        for (quint32 index = 0; index < layout.chunks(); ++index)
            heldBy(*object, view, index, bits->test(index));
        view.load = word.load;
        if (isNew)
            tellFully(*object, from); // it may not have known what our first one was about
    } else {
        const auto indices = readChunkList(body, layout, layout.chunks());
        if (!indices)
            return false;
        if (isNew)
            return true; // its bitmap comes when it hears of ours
        View &view = viewOf(*object, from.peer.id);
        for (const quint32 index : *indices)
            heldBy(*object, view, index, true);
        view.load = word.load;
    }
    ask(from.peer.id, m_peers[from.peer.id]);
    arm();
    return true;
}

bool Bulk::hear(Link &from, const BulkAsk &word, QByteArrayView body)
{
    Object *object = objectOf(word.id);
    if (!from.isGreeted)
        return true;
    if (!object) { // dropped, and the peer has not heard of it yet
        const auto id = bulkIdOf(word.id);
        if (id && mayTalk(from))
            m_links.say(from, BulkNo{bytesOf(*id), true});
        return id.has_value();
    }
    const auto indices = readChunkList(body, object->about.layout, kAsksMax);
    if (!indices)
        return false;
    Peer &peer = m_peers[from.peer.id];
    View &view = viewOf(*object, from.peer.id);
    const quint64 most = kServedTimes * object->about.layout.chunks();
    std::vector<quint32> lost;
    std::vector<quint32> busy;
    std::vector<quint32> forOthers;
    for (const quint32 index : *indices) {
        if (!object->have.test(index) || object->about.layout.isPadding(index)) {
            lost.push_back(index);
        } else if (peer.wishes.size() >= kAsksMax || view.sent >= most) {
            m_context.scores.add(from.peer.id, Offence::PullFlood); // no honest node does
        } else if (m_wishes >= kWishesMax) {
            busy.push_back(index);
        } else if (isForOthers(*object, view, index)) {
            forOthers.push_back(index);
        } else {
            peer.wishes.push_back({object->about.id, index, m_context.now()});
            ++m_wishes;
            object->promised.set(index);
        }
    }
    const bool isAnswered = lost.empty() && busy.empty() && forOthers.empty();
    if (isAnswered || mayTalk(from)) { // chunks have limits of their own
        say(from, object->about.id, lost, true);
        say(from, object->about.id, busy, false);
        putOff(*object, from, view, forOthers);
    }
    serve();
    return true;
}

bool Bulk::isForOthers(const Object &object, const View &view, quint32 index)
{
    if (!object.promised.test(index) || view.putOff.test(index))
        return false;
    // A source sends everything once before it sends anything twice.
    const BulkLayout &layout = object.about.layout;
    const quint32 all = layout.chunks() + layout.dataChunks() - layout.groups() * kBulkDataPerGroup;
    if (object.about.isOwn && object.promised.count() < all)
        return true;
    return object.holders[index] > 0 && loadOf(object) > loadLimitOf(object);
}

void Bulk::putOff(Object &object, Link &link, View &view, std::span<const quint32> indices) const
{
    for (const quint32 index : indices) {
        view.putOff.set(index);
        view.later.emplace_back(m_context.now() + kPutOffFor, index);
        view.newsAt = std::min(view.newsAt, view.later.front().first);
        m_context.wakeBy(view.newsAt);
    }
    say(link, object.about.id, indices, true);
}

void Bulk::say(Link &link, const BulkId &id, std::span<const quint32> refused, bool isBack) const
{
    if (!refused.empty())
        m_links.say(link, BulkNo{bytesOf(id), isBack}, writeChunkList(refused));
}

bool Bulk::hear(Link &from, const BulkCancel &word, QByteArrayView body)
{
    Object *object = objectOf(word.id);
    const auto peer = m_peers.find(from.peer.id);
    if (!object || peer == m_peers.end() || !mayTalk(from))
        return true;
    const auto indices = readChunkList(body, object->about.layout, kAsksMax);
    if (!indices)
        return false;
    m_wishes -= std::erase_if(peer->second.wishes, [&](const Request &wish) {
        return wish.id == object->about.id && std::ranges::contains(*indices, wish.index);
    });
    return true;
}

void Bulk::serve()
{
    if (m_wishes == 0)
        return;
    const auto sentOf = [this](const Request &wish) {
        const auto object = m_objects.find(wish.id);
        return object == m_objects.end() ? quint8{0} : object->second.sent[wish.index];
    };
    // In turn, so that nobody waits behind one who asks for much.
    auto next = m_servedLast ? m_peers.upper_bound(*m_servedLast) : m_peers.begin();
    for (std::size_t idle = 0; idle < m_peers.size() && m_loading < kLoadsMax; ++next) {
        if (next == m_peers.end())
            next = m_peers.begin();
        auto &[id, peer] = *next;
        // What we sent least often: the network has fewest copies of it.
        auto wish = peer.wishes.end();
        if (!peer.isBlocked && peer.loading < kLoadsPerLink) {
            for (auto one = peer.wishes.begin(); one != peer.wishes.end(); ++one) {
                if (wish == peer.wishes.end() || sentOf(*one) < sentOf(*wish))
                    wish = one;
            }
        }
        if (wish == peer.wishes.end()) {
            ++idle;
            continue;
        }
        idle = 0;
        const Request request = *wish;
        peer.wishes.erase(wish);
        --m_wishes;
        ++peer.loading;
        ++m_loading;
        m_servedLast = id;
        m_context.act(BulkAction(BulkLoad{request.id, request.index, id}));
    }
}

void Bulk::countSent(Object &object, const NodeId &peer, quint32 index, int times) const
{
    quint64 &sum = stripeOfChunk(index) == object.stripe ? object.sentInStripe : object.sentOutside;
    sum += static_cast<quint64>(times);
    object.sent[index] = static_cast<quint8>(std::clamp(object.sent[index] + times, 0, 255));
    if (const auto view = object.views.find(peer); view != object.views.end())
        view->second.sent += static_cast<quint64>(times);
}

void Bulk::loaded(const BulkLoaded &event)
{
    const auto peer = m_peers.find(event.peer);
    if (peer != m_peers.end() && peer->second.loading > 0) {
        --peer->second.loading;
        --m_loading;
    }
    Link *link = m_links.find(event.peer);
    const auto known = m_objects.find(event.id);
    if (known != m_objects.end() && !event.record)
        lost(known->second, event.index);
    if (link && known != m_objects.end() && peer != m_peers.end()) {
        Object &object = known->second;
        if (!event.record) {
            say(*link, event.id, {&event.index, 1}, true);
        } else {
            countSent(object, event.peer, event.index, 1);
            const BulkChunk word{bytesOf(event.id), event.index, loadOf(object)};
            m_links.sendBulk(*link,
                {wire::FrameClass::Bulk,
                    QJsonDocument(wire::encode(word)).toJson(QJsonDocument::Compact),
                    *event.record});
            // Those who need not be told of chunks have to know how much we sent.
            for (auto &[id, view] : object.views) {
                if (loadOf(object) >= view.toldLoad + kLoadStep && !view.has.isAll())
                    view.newsAt = std::min(view.newsAt, m_context.now() + kNewsEvery);
            }
        }
    }
    serve();
}

bool Bulk::isChunk(const wire::Frame &frame)
{
    return frame.frameClass == wire::FrameClass::Bulk && !net::isMessageHead(frame.head)
        && frame.head.contains("\"t\":\"bulkChunk\"");
}

void Bulk::refused(const NodeId &id, const wire::Frame &frame)
{
    const auto word = wire::decode<BulkChunk>(QJsonDocument::fromJson(frame.head).object());
    const auto peer = m_peers.find(id);
    if (!word || peer == m_peers.end())
        return;
    peer->second.isBlocked = true;
    Object *object = objectOf(word->id);
    if (!object)
        return;
    countSent(*object, id, word->index, -1);
    peer->second.wishes.push_front({object->about.id, word->index, Ticks{0}}); // its turn
    ++m_wishes;
}

void Bulk::writable(const NodeId &id)
{
    const auto peer = m_peers.find(id);
    if (peer == m_peers.end() || !std::exchange(peer->second.isBlocked, false))
        return;
    serve();
}

} // namespace borg::tree
