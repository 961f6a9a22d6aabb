// SPDX-License-Identifier: GPL-3.0-or-later
#include "broadcast.h"

#include <base/assert.h>
#include <net/merkle.h>

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {

MessageId idOf(const crypto::Hash &leaf)
{
    MessageId id;
    std::copy_n(leaf.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

/// Hops give some more than sources may take, for what the way bunches up.
constexpr double kSlack = 1.5;

bool isBig(const Stored &stored)
{
    return stored.sizeBytes() > Broadcast::kPushBytesMax;
}

} // namespace

Broadcast::Broadcast(Context &context, Links &links, Inner inner)
    : m_context(context)
    , m_links(links)
    , m_inner(std::move(inner))
    , m_network(context.config.network.toUtf8())
    , m_sources(context)
    , m_store(context.config.cacheBytesMax)
    , m_pulls(context, links)
{
}

Result<MessageId> Broadcast::originate(
    const QString &type, const QJsonObject &body, QByteArray attachment, quint8 priority)
{
    for (const auto &[id, link] : m_links.all()) {
        if (link.isTree() && link.backlogBytes > kBusyBytes)
            return Error{Errc::Busy, u"a link is behind"_s};
    }
    const net::Draft draft{m_context.config.network, type, m_seq + 1, m_context.moment.utcMs * 1000,
        kTtlMs, priority, body};
    auto message = net::writeMessage(m_context.crypto, draft, attachment);
    if (!message)
        return message.error();
    Source *self = m_sources.ensure(m_context.crypto.publicKey());
    BORG_ASSERT(self != nullptr); // the first one
    if (!m_sources.takeCredit(*self, 1, message->size() + attachment.size(), 1.0))
        return Error{Errc::Busy, u"over the credit of this node"_s};

    ++m_seq;
    ++m_context.counters.originated;
    self->window.insert(m_seq);
    self->seenAt = m_context.now();
    Stored stored;
    stored.id = idOf(m_context.crypto.hash(*message));
    stored.src = m_context.self;
    stored.seq = m_seq;
    stored.frameClass = wire::FrameClass{priority};
    stored.message = *std::move(message);
    stored.attachment = std::move(attachment);
    const MessageId id = stored.id;
    m_seen.insert(id, m_context.now());
    m_outbox.push_back({std::move(stored), type.toLatin1(), priority});
    if (m_outbox.size() >= m_context.config.batchMax)
        flush();
    else
        m_context.wakeBy(m_context.now());
    return id;
}

void Broadcast::flush()
{
    auto drafts = std::exchange(m_outbox, {});
    const std::size_t most = std::clamp<std::size_t>(m_context.config.batchMax, 1, net::kBatchMax);
    for (auto rest = std::span(drafts); !rest.empty();) {
        std::size_t count = 0;
        qsizetype bytes = 0;
        for (const auto &draft : rest) {
            bytes += draft.stored.message.size() + draft.stored.attachment.size();
            if (count == most || isBig(draft.stored) || draft.priority != rest.front().priority
                || bytes > wire::Frame::kBodyBytesMax)
                break;
            ++count;
        }
        if (count > 1)
            sendBatch(rest.first(count));
        else
            sendAlone(rest.front());
        rest = rest.subspan(std::max<std::size_t>(count, 1));
    }
}

void Broadcast::sendAlone(Draft &draft)
{
    Stored &stored = draft.stored;
    net::Head head;
    head.key = m_context.crypto.publicKey();
    head.message = stored.message;
    std::ranges::copy(net::signMessage(m_context.crypto, stored.message), head.signature.begin());
    stored.head = net::writeHead(head);
    stored.at = m_context.now();
    const Delivered own{stored.id, stored.src, {}, stored.message, {}, 0};
    const bool isInner = m_inner({own, draft.type, stored.seq, head});
    const wire::Frame frame{stored.frameClass, net::withHops(stored.head, 1), stored.attachment};
    if (isBig(stored))
        offer(stored.id, nullptr);
    else
        spread(frame, {&stored.id, 1}, nullptr);
    if (!isInner) {
        announce({&stored.id, 1}, nullptr);
        stored.message.clear(); // the head has it
        m_store.add(std::move(stored));
    }
}

void Broadcast::sendBatch(std::span<Draft> drafts)
{
    auto batch = std::make_shared<Batch>();
    wire::Frame frame{drafts.front().stored.frameClass, {}, {}};
    std::vector<MessageId> ids;
    for (const auto &draft : drafts) {
        const Stored &stored = draft.stored;
        batch->leaves.push_back(m_context.crypto.hash(stored.message));
        batch->head.items.push_back({stored.message.size(), stored.attachment.size()});
        frame.body.append(stored.message).append(stored.attachment);
        ids.push_back(stored.id);
    }
    batch->head.key = m_context.crypto.publicKey();
    batch->head.hops = 1;
    const auto root = net::merkleRoot(m_context.crypto, batch->leaves);
    std::ranges::copy(
        net::signBatch(m_context.crypto, root, drafts.size()), batch->head.signature.begin());
    frame.head = net::writeHead(batch->head);
    spread(frame, ids, nullptr);
    announce(ids, nullptr);
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        Stored &stored = drafts[i].stored;
        stored.batch = batch;
        stored.index = i;
        stored.at = m_context.now();
        m_store.add(std::move(stored));
    }
}

bool Broadcast::messages(Link &from, const wire::Frame &frame)
{
    auto head = net::readHead(frame.head);
    if (!head)
        return false;
    return head->items.empty() ? alone(from, frame, *head) : batch(from, frame, *std::move(head));
}

bool Broadcast::alone(Link &from, const wire::Frame &frame, const net::Head &head)
{
    Incoming incoming{&head, head.message, frame.body, m_context.crypto.hash(head.message), {}};
    incoming.id = idOf(incoming.leaf);
    if (m_seen.contains(incoming.id)) {
        ++m_context.counters.duplicates;
        return true;
    }
    Source *source = m_sources.ensure(head.key);
    if (!source)
        return true;
    const Verdict verdict = examine(incoming, *source);
    if (verdict != Verdict::Good)
        return verdict == Verdict::Stale;
    if (!isSignedAlone(incoming))
        return false;
    if (!m_sources.takeCredit(*source, 1, frame.sizeBytes(), kSlack)) {
        ++m_context.counters.overCredit;
        return true;
    }
    Stored stored;
    stored.frameClass = frame.frameClass;
    const bool isKept = take(incoming, *source, stored, from.isTree());
    if (isBig(stored))
        offer(incoming.id, &from);
    else if (head.hops < net::kHopsMax)
        spread({frame.frameClass, net::withHops(frame.head, head.hops + 1), frame.body},
            {&incoming.id, 1}, &from);
    if (!isKept)
        return true;
    announce({&incoming.id, 1}, &from);
    stored.head = frame.head;
    stored.message.clear();
    m_store.add(std::move(stored));
    return true;
}

bool Broadcast::batch(Link &from, const wire::Frame &frame, net::Head &&head)
{
    auto incoming = split(frame, head);
    if (!incoming)
        return false;
    auto shared = std::make_shared<Batch>();
    for (const auto &item : *incoming)
        shared->leaves.push_back(item.leaf);
    std::erase_if(*incoming, [this](const Incoming &item) { return m_seen.contains(item.id); });
    m_context.counters.duplicates += static_cast<qint64>(shared->leaves.size() - incoming->size());
    Source *source = incoming->empty() ? nullptr : m_sources.ensure(head.key);
    if (!source)
        return true;
    for (auto &item : *incoming) {
        const Verdict verdict = examine(item, *source);
        if (verdict != Verdict::Good)
            return verdict == Verdict::Stale; // all of one age: an honest source sends none stale
    }
    const auto root = net::merkleRoot(m_context.crypto, shared->leaves);
    if (!isSignedRoot(head, root, shared->leaves.size()))
        return false;
    if (!m_sources.takeCredit(*source, incoming->size(), frame.sizeBytes(), kSlack)) {
        m_context.counters.overCredit += static_cast<qint64>(incoming->size());
        return true;
    }
    std::vector<MessageId> ids;
    for (const auto &item : *incoming) {
        Stored stored;
        stored.frameClass = frame.frameClass;
        stored.batch = shared;
        stored.index = item.index;
        if (take(item, *source, stored, from.isTree())) {
            ids.push_back(stored.id);
            m_store.add(std::move(stored));
        }
    }
    if (head.hops < net::kHopsMax)
        spread(
            {frame.frameClass, net::withHops(frame.head, head.hops + 1), frame.body}, ids, &from);
    announce(ids, &from);
    incoming.reset(); // its parts point to the head
    shared->head = std::move(head);
    return true;
}

std::optional<std::vector<Broadcast::Incoming>> Broadcast::split(
    const wire::Frame &frame, const net::Head &head) const
{
    std::vector<Incoming> parts;
    parts.reserve(head.items.size());
    QByteArrayView rest(frame.body);
    for (const auto &item : head.items) {
        if (rest.size() < item.messageBytes + item.attachmentBytes)
            return std::nullopt;
        const auto message = rest.first(item.messageBytes);
        const auto attachment = rest.sliced(item.messageBytes, item.attachmentBytes);
        const auto leaf = m_context.crypto.hash(message);
        parts.push_back({&head, message, attachment, leaf, idOf(leaf), parts.size()});
        rest = rest.sliced(item.messageBytes + item.attachmentBytes);
    }
    if (!rest.isEmpty())
        return std::nullopt;
    return parts;
}

Broadcast::Verdict Broadcast::examine(Incoming &incoming, const Source &source) const
{
    const auto view = net::readMessage(incoming.message);
    if (!view || view->network != m_network || view->src != source.idText
        || view->attachmentBytes != incoming.attachment.size())
        return Verdict::Invalid;
    if (view->hasAttachment && m_context.crypto.hash(incoming.attachment) != view->attachmentHash)
        return Verdict::Invalid;
    incoming.view = *view;
    const qint64 ageMs = m_context.moment.utcMs - view->tsUs / 1000;
    if (std::abs(ageMs) > view->ttlMs + kClockSkewMs || source.window.contains(view->seq)
        || source.id == m_context.self)
        return Verdict::Stale;
    return Verdict::Good;
}

bool Broadcast::isSignedAlone(const Incoming &incoming)
{
    const auto &head = *incoming.head;
    if (!head.path)
        return net::verifyMessage(m_context.crypto, head.key, incoming.message, head.signature)
            .ok();
    const auto &path = *head.path;
    const auto root
        = net::merkleRootOf(m_context.crypto, incoming.leaf, path.index, path.count, path.siblings);
    return root && isSignedRoot(head, *root, path.count);
}

bool Broadcast::isSignedRoot(const net::Head &head, const crypto::Hash &root, std::size_t count)
{
    const Root checked{head.key, root, count};
    if (std::ranges::contains(m_roots, checked))
        return true;
    if (!net::verifyBatch(m_context.crypto, head.key, root, count, head.signature))
        return false;
    m_roots[m_rootCount++ % m_roots.size()] = checked;
    return true;
}

bool Broadcast::take(const Incoming &incoming, Source &source, Stored &stored, bool isTree)
{
    stored.id = incoming.id;
    stored.src = source.id;
    stored.seq = incoming.view.seq;
    stored.at = m_context.now();
    stored.hops = incoming.head->hops;
    stored.message = incoming.message.toByteArray();
    stored.attachment = incoming.attachment.toByteArray();
    m_seen.insert(incoming.id, m_context.now());
    source.window.insert(incoming.view.seq);
    source.seenAt = m_context.now();
    if (m_pulls.arrived(incoming.id, isTree))
        ++m_context.counters.pulled;

    Delivered delivered{incoming.id, source.id, typeText(incoming.view.type), stored.message,
        stored.attachment, incoming.head->hops};
    if (m_inner({delivered, incoming.view.type, incoming.view.seq, *incoming.head}))
        return false;
    ++m_context.counters.delivered;
    m_context.act(Deliver{std::move(delivered)});
    return true;
}

QString Broadcast::typeText(QByteArrayView type)
{
    if (type != m_lastTypeBytes) {
        m_lastTypeBytes = type.toByteArray();
        m_lastType = QString::fromLatin1(type);
    }
    return m_lastType;
}

void Broadcast::spread(const wire::Frame &frame, std::span<const MessageId> ids, const Link *from)
{
    for (auto &[id, link] : m_links.all()) {
        if (!link.isTree() || &link == from || m_links.sendMessages(link, frame))
            continue;
        for (const auto &message : ids)
            queueId(link, message); // far behind: it may pull when it has caught up
    }
}

void Broadcast::announce(std::span<const MessageId> ids, const Link *from)
{
    for (auto &[id, link] : m_links.all()) {
        if (!link.peerWantsIds || link.isTree() || &link == from)
            continue;
        for (const auto &message : ids)
            queueId(link, message);
    }
}

void Broadcast::offer(const MessageId &id, const Link *from)
{
    for (auto &[peer, link] : m_links.all()) {
        if (link.isTree() && &link != from) {
            queueId(link, id);
            sendIds(link);
        }
    }
}

void Broadcast::queueId(Link &link, const MessageId &id)
{
    if (link.ids.empty()) {
        link.idsSince = m_context.now();
        m_context.wakeBy(link.idsSince + kIdsEvery);
    }
    link.ids.push_back(id);
    if (std::ssize(link.ids) >= Pulls::kIdsPerFrame)
        sendIds(link);
}

void Broadcast::sendIds(Link &link)
{
    const QByteArray body = Pulls::write(link.ids);
    link.ids.clear();
    if (link.isTree())
        m_links.say(link, Offer{}, body);
    else
        m_links.say(link, IHave{}, body);
}

void Broadcast::wake()
{
    flush();
    for (auto &[id, link] : m_links.all()) {
        if (link.ids.empty())
            continue;
        if (m_context.now() >= link.idsSince + kIdsEvery)
            sendIds(link);
        else
            m_context.wakeBy(link.idsSince + kIdsEvery);
    }
    m_pulls.wake();
    if (m_context.now() > m_sweptAt + std::chrono::minutes(1)) {
        m_sweptAt = m_context.now();
        m_sources.sweep();
        m_store.trim(m_context.now());
    }
}

bool Broadcast::announced(Link &from, QByteArrayView bytes, bool isOffer)
{
    const auto ids = Pulls::read(bytes);
    if (!ids)
        return false;
    for (const auto &id : *ids) {
        if (m_seen.contains(id))
            continue;
        if (isOffer)
            m_pulls.offered(from, id);
        else
            m_pulls.announced(from.peer.id, id);
    }
    return true;
}

bool Broadcast::asked(Link &from, QByteArrayView bytes)
{
    const auto ids = Pulls::read(bytes);
    if (!ids)
        return false;
    if (!from.graftsIn.take(1, m_context.now()))
        return true; // an honest peer counts as well and asks again
    for (const auto &id : *ids) {
        if (const Stored *stored = m_store.find(id))
            (void)m_links.sendMessages(from, stored->frame(m_context.crypto));
    }
    return true;
}

void Broadcast::sendMissing(Link &to, const Digest &has, Ticks since)
{
    const Ticks from = m_context.now() - since;
    for (const auto &stored : m_store.all()) {
        if (stored.at < from || has.contains(stored.src, stored.seq) || stored.src == to.peer.id)
            continue;
        if (isBig(stored) || !m_links.sendMessages(to, stored.frame(m_context.crypto)))
            queueId(to, stored.id);
    }
}

} // namespace borg::tree
