// SPDX-License-Identifier: GPL-3.0-or-later
#include "broadcast.h"

#include <net/merkle.h>

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

Broadcast::Broadcast(Context &context, Links &links, Inner inner)
    : m_context(context)
    , m_links(links)
    , m_inner(std::move(inner))
    , m_network(context.config.network.toUtf8())
    , m_sources(context)
    , m_seen(context.rng.bits())
    , m_store(context.config.cacheBytesMax)
    , m_pulls(context, links)
    , m_flow(context, links)
{
}

Result<MessageId> Broadcast::originate(
    const QString &type, const QJsonObject &body, QByteArray attachment, quint8 priority)
{
    for (const auto &[id, link] : m_links.all()) {
        if (link.isTree() && !m_flow.isStuck(link) && link.backlogBytes > kBusyBytes)
            return Error{Errc::Busy, u"a link is behind"_s};
    }
    const net::Draft draft{m_context.config.network, type, m_seq + 1, m_context.moment.utcMs * 1000,
        kTtlMs, priority, body};
    auto message = net::writeMessage(m_context.crypto, draft, attachment);
    if (!message)
        return message.error();
    Source &self = m_sources.ensure(m_context.crypto.publicKey());
    if (!m_sources.takeCredit(self, 1, message->size() + attachment.size(), 1.0))
        return Error{Errc::Busy, u"over the credit of this node"_s};

    ++m_seq;
    ++m_context.counters.originated;
    self.window.insert(m_seq);
    self.seenAt = m_context.now();
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

void Broadcast::keepOwn(const QString &type, const QJsonObject &body, quint8 priority)
{
    const net::Draft draft{m_context.config.network, type, m_seq + 1, m_context.moment.utcMs * 1000,
        kTtlMs, priority, body};
    const auto message = net::writeMessage(m_context.crypto, draft, {});
    if (!message)
        return;
    m_sources.ensure(m_context.crypto.publicKey()).window.insert(++m_seq);
    net::Head head;
    head.key = m_context.crypto.publicKey();
    head.message = *message;
    std::ranges::copy(net::signMessage(m_context.crypto, *message), head.signature.begin());
    const Delivered own{idOf(m_context.crypto.hash(*message)), m_context.self, {}, *message, {}, 0};
    (void)m_inner({own, type.toLatin1(), m_seq, head, nullptr});
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
            if (count == most || draft.stored.sizeBytes() > kPushBytesMax
                || draft.priority != rest.front().priority || bytes > wire::Frame::kBodyBytesMax)
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
    const bool isInner = m_inner({own, draft.type, stored.seq, head, nullptr});
    const wire::Frame frame{stored.frameClass, net::withHops(stored.head, 1), stored.attachment};
    if (stored.sizeBytes() > kPushBytesMax)
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
        // Ours also where nobody asked: else a leaf whom no node chose, below a parent that keeps
        // its messages, would not be heard.
        const bool isAsked = link.peerWantsIds || (!from && (link.wantsIds || link.isBackup));
        if (!isAsked || link.isTree() || &link == from)
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
    if (link.ids.size() >= kIdsQueued)
        sendIds(link);
}

void Broadcast::unqueueIds(Link &link, std::span<const MessageId> known)
{
    // Both sides queue the same ids in nearly the same order: one step finds most of them.
    std::size_t at = 0;
    std::erase_if(link.ids, [&](const MessageId &id) {
        for (std::size_t steps = 0; steps < known.size(); ++steps) {
            const std::size_t next = (at + steps) % known.size();
            if (known[next] == id) {
                at = next + 1;
                return true;
            }
        }
        return false;
    });
}

void Broadcast::sendIds(Link &link)
{
    const std::span<const MessageId> all(link.ids);
    for (std::size_t at = 0; at < all.size(); at += Pulls::kIdsPerFrame) {
        const auto some
            = all.subspan(at, std::min<std::size_t>(Pulls::kIdsPerFrame, all.size() - at));
        if (link.isTree())
            m_links.say(link, Offer{}, Pulls::write(some));
        else
            m_links.say(link, IHave{}, Pulls::write(some));
    }
    link.ids.clear();
}

void Broadcast::wake()
{
    flush();
    m_flow.wake();
    release();
    for (auto &[id, link] : m_links.all()) {
        if (link.ids.empty())
            continue;
        if (m_context.now() >= link.idsSince + kIdsEvery)
            sendIds(link);
        else
            m_context.wakeBy(link.idsSince + kIdsEvery);
    }
    m_pulls.wake();
    judge();
    if (m_context.now() > m_sourcesSweptAt + Sources::kSweepEvery) {
        m_sourcesSweptAt = m_context.now();
        m_sources.sweep();
    }
    if (m_context.now() > m_sweptAt + std::chrono::minutes(1)) {
        m_sweptAt = m_context.now();
        m_seen.sweep(m_context.now());
        m_store.trim(m_context.now());
    }
}

bool Broadcast::announced(Link &from, QByteArrayView bytes, bool isOffer)
{
    const auto ids = Pulls::read(bytes);
    if (!ids)
        return false;
    // With more credit in the network there are more ids.
    const auto perSecond = static_cast<double>(m_context.config.credit.messagesPerSecond);
    const double cost = std::min(1.0, kIdsPerSecond / (4 * perSecond));
    if (!from.conduct.ids.take(cost * static_cast<double>(ids->size()), m_context.now())) {
        m_context.scores.add(from.peer.id, Offence::IdFlood);
        return true;
    }
    unqueueIds(from, *ids); // whoever has it need not hear of it
    for (const auto &id : *ids) {
        if (m_seen.contains(id))
            continue;
        if (isOffer)
            m_pulls.offered(from, id);
        else
            m_pulls.announced(from, id);
    }
    return true;
}

bool Broadcast::asked(Link &from, QByteArrayView bytes)
{
    const auto ids = Pulls::read(bytes);
    if (!ids)
        return false;
    if (!from.graftsIn.take(1, m_context.now())) {
        m_context.scores.add(from.peer.id, Offence::PullFlood); // an honest peer counts as well
        return true;
    }
    for (const auto &id : *ids) {
        if (const Stored *stored = m_store.find(id))
            (void)m_links.sendMessages(from, stored->frame(m_context.crypto), Links::Why::Pulled);
    }
    return true;
}

void Broadcast::sendMissing(Link &to, const Digest &has, Ticks since)
{
    const Ticks from = m_context.now() - since;
    for (const auto &stored : m_store.all()) {
        if (stored.at < from || has.contains(stored.src, stored.seq) || stored.src == to.peer.id)
            continue;
        if (stored.sizeBytes() > kPushBytesMax
            || !m_links.sendMessages(to, stored.frame(m_context.crypto)))
            queueId(to, stored.id);
    }
}

} // namespace borg::tree
