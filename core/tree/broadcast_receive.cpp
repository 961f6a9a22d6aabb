// SPDX-License-Identifier: GPL-3.0-or-later
#include "broadcast.h"

#include <net/merkle.h>

namespace borg::tree {

namespace {
/// Hops give some more than sources may take, for what the way bunches up.
constexpr double kSlack = 1.5;
constexpr int kInRowMax = 4;
constexpr int kPlain = 8; ///< So many pulled, and most of all: no need to wait for the span's end.
} // namespace

bool Broadcast::messages(Link &from, const wire::Frame &frame)
{
    auto head = net::readHead(frame.head);
    if (!head)
        return false;
    return head->items.empty() ? alone(from, frame, *head) : batch(from, frame, *std::move(head));
}

void Broadcast::copies(Link &from, std::size_t count)
{
    m_context.counters.duplicates += static_cast<qint64>(count);
    auto &conduct = from.conduct;
    conduct.kept = std::min(conduct.kept + static_cast<quint32>(count), conduct.asked);
    const auto perSecond = static_cast<double>(m_context.config.credit.messagesPerSecond);
    const double cost = static_cast<double>(count) * std::min(1.0, 10 / perSecond);
    if (!conduct.copies.take(cost, m_context.now()))
        m_context.scores.add(from.peer.id, Offence::Duplicate, static_cast<int>(count));
}

bool Broadcast::alone(Link &from, const wire::Frame &frame, const net::Head &head)
{
    Incoming incoming{&head, head.message, frame.body, m_context.crypto.hash(head.message), {}};
    incoming.id = idOf(incoming.leaf);
    if (m_seen.contains(incoming.id)) {
        cameAfterAll(from, incoming.id);
        copies(from, 1);
        return true;
    }
    // Nothing is kept of a source before it has shown that it can sign.
    Source *source = m_sources.find(head.key);
    const auto stranger = source ? std::nullopt : std::optional(m_sources.stranger(head.key));
    const Verdict verdict = examine(incoming, source ? *source : *stranger, from.peer.id);
    if (verdict != Verdict::Good)
        return verdict == Verdict::Stale;
    if (!isSignedAlone(incoming)) {
        m_context.scores.add(from.peer.id, Offence::BadSignature);
        return false;
    }
    if (!source && !(source = introduce(from, head.key)))
        return true;
    if (admit(from, *source, frame, {&incoming, 1}))
        passOn({from.peer.id, from.isTree()}, frame, incoming, *source);
    return true;
}

bool Broadcast::batch(Link &from, const wire::Frame &frame, net::Head &&head)
{
    auto incoming = split(frame, head);
    if (!incoming)
        return false;
    std::vector<crypto::Hash> leaves;
    for (const auto &item : *incoming)
        leaves.push_back(item.leaf);
    std::erase_if(*incoming, [&](const Incoming &item) {
        const bool isKnown = m_seen.contains(item.id);
        if (isKnown)
            cameAfterAll(from, item.id);
        return isKnown;
    });
    if (const auto known = leaves.size() - incoming->size(); known > 0)
        copies(from, known);
    if (incoming->empty())
        return true;
    Source *source = m_sources.find(head.key);
    const auto stranger = source ? std::nullopt : std::optional(m_sources.stranger(head.key));
    for (auto &item : *incoming) {
        const Verdict verdict = examine(item, source ? *source : *stranger, from.peer.id);
        if (verdict != Verdict::Good)
            return verdict == Verdict::Stale; // all of one age: an honest source sends none stale
    }
    if (!isSignedRoot(head, net::merkleRoot(m_context.crypto, leaves), leaves.size())) {
        m_context.scores.add(from.peer.id, Offence::BadSignature);
        return false;
    }
    if (!source && !(source = introduce(from, head.key)))
        return true;
    if (admit(from, *source, frame, *incoming))
        passOn({from.peer.id, from.isTree()}, frame, std::move(head), *std::move(incoming),
            std::move(leaves));
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

Broadcast::Verdict Broadcast::examine(Incoming &incoming, const Source &source, const NodeId &from)
{
    auto &scores = m_context.scores;
    const auto view = net::readMessage(incoming.message);
    if (!view || view->src != source.idText || view->dst != net::kEverybody
        || view->attachmentBytes != incoming.attachment.size())
        return Verdict::Invalid;
    if (view->network != m_network) {
        scores.add(from, Offence::WrongNetwork);
        return Verdict::Invalid;
    }
    if (view->hasAttachment && m_context.crypto.hash(incoming.attachment) != view->attachmentHash)
        return Verdict::Invalid;
    incoming.view = *view;
    if (source.id == m_context.self)
        return Verdict::Stale;
    // Clocks differ a little: at the edge only what is far beyond it costs something, or a source
    // could date its messages so that honest hops fall out with each other.
    const qint64 ageMs = m_context.moment.utcMs - view->tsUs / 1000;
    const qint64 mostMs = view->ttlMs + kClockSkewMs + m_context.moment.boundUs / 1000;
    if (std::abs(ageMs) > mostMs) {
        const auto offence = ageMs < 0 ? Offence::FutureDated : Offence::Expired;
        if (std::abs(ageMs) > mostMs + kClockSkewMs)
            scores.add(from, offence);
        else
            scores.note(from, offence);
        return Verdict::Stale;
    }
    if (source.window.contains(view->seq))
        return secondOfItsNumber(incoming, source, from, ageMs);
    return Verdict::Good;
}

Broadcast::Verdict Broadcast::secondOfItsNumber(
    const Incoming &incoming, const Source &source, const NodeId &from, qint64 ageMs)
{
    auto &scores = m_context.scores;
    if (ageMs > kReplayAgeMs) {
        scores.add(from, Offence::Replayed);
        return Verdict::Stale;
    }
    // Young: a copy that we forgot, or a source that says two things under one number. The hop
    // that brought it may have heard the other one first, and is not to blame.
    scores.note(from, Offence::Replayed);
    const auto isOther = [&](const Stored &stored) {
        return stored.seq == incoming.view.seq && stored.src == source.id;
    };
    if (!m_doubtful.take(1, m_context.now()) || std::ranges::none_of(m_store.all(), isOther))
        return Verdict::Stale;
    if (incoming.head->items.empty() && !isSignedAlone(incoming)) {
        scores.add(from, Offence::BadSignature);
        return Verdict::Invalid;
    }
    if (incoming.head->items.empty())
        scores.add(source.id, Offence::Contradiction);
    return Verdict::Stale;
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
    if (m_roots.size() < kRootsMax)
        m_roots.push_back(checked);
    else
        m_roots[m_rootCount++ % kRootsMax] = checked;
    return true;
}

Source *Broadcast::introduce(Link &from, const crypto::PublicKey &key)
{
    // Keys are free: whoever makes up sources has to bring them slowly. The hop did not make them.
    if (!from.conduct.sources.take(1, m_context.now())) {
        m_context.scores.note(from.peer.id, Offence::OverCredit);
        ++m_context.counters.overCredit;
        return nullptr;
    }
    return &m_sources.ensure(key);
}

bool Broadcast::admit(
    Link &from, Source &source, const wire::Frame &frame, std::span<const Incoming> fresh)
{
    if (!m_held.has(source.key)
        && m_sources.takeCredit(source, fresh.size(), frame.sizeBytes(), kSlack)) {
        m_context.scores.reward(from.peer.id, static_cast<int>(fresh.size()));
        return true;
    }
    Held::Item item{from.peer.id, from.isTree(), frame, {}};
    for (const auto &incoming : fresh)
        item.fresh.push_back(incoming.id);
    m_context.wakeBy(m_context.now() + Held::kLookEvery);
    if (m_held.add(source.key, std::move(item))) {
        for (const auto &incoming : fresh) {
            m_seen.insert(incoming.id, m_context.now());
            source.window.insert(incoming.view.seq);
            source.seenAt = m_context.now();
            (void)m_pulls.arrived(from.peer.id, incoming.id, false);
        }
        return false;
    }
    // More than an honest neighbour lets through: it knows the source's credit as well.
    m_context.counters.overCredit += static_cast<qint64>(fresh.size());
    m_context.scores.add(from.peer.id, Offence::OverCredit, static_cast<int>(fresh.size()));
    for (const auto &incoming : fresh)
        m_pulls.announced(from, incoming.id);
    return false;
}

void Broadcast::release()
{
    if (m_held.isEmpty())
        return;
    auto ready = m_held.take([this](const crypto::PublicKey &key, const Held::Item &item) {
        Source *source = m_sources.find(key);
        return !source
            || m_sources.takeCredit(*source, item.fresh.size(), item.frame.sizeBytes(), kSlack);
    });
    for (const auto &item : ready) {
        auto head = net::readHead(item.frame.head);
        Source *source = head ? m_sources.find(head->key) : nullptr;
        if (!source)
            continue;
        const Origin from{item.from, item.wasTree};
        if (head->items.empty()) {
            Incoming incoming{&*head, head->message, item.frame.body, {}, item.fresh.front()};
            incoming.view = *net::readMessage(head->message);
            passOn(from, item.frame, incoming, *source);
            continue;
        }
        auto parts = *split(item.frame, *head);
        std::vector<crypto::Hash> leaves;
        for (auto &part : parts) {
            leaves.push_back(part.leaf);
            part.view = *net::readMessage(part.message);
        }
        std::erase_if(parts,
            [&](const Incoming &part) { return !std::ranges::contains(item.fresh, part.id); });
        passOn(from, item.frame, *std::move(head), std::move(parts), std::move(leaves));
    }
    if (!m_held.isEmpty())
        m_context.wakeBy(m_context.now() + Held::kLookEvery);
}

void Broadcast::passOn(
    const Origin &from, const wire::Frame &frame, const Incoming &incoming, Source &source)
{
    const Link *link = m_links.find(from.peer);
    const net::Head &head = *incoming.head;
    Stored stored;
    stored.frameClass = frame.frameClass;
    const bool isKept = take(from, incoming, source, stored);
    if (stored.sizeBytes() > kPushBytesMax)
        offer(incoming.id, link);
    else if (head.hops < net::kHopsMax)
        spread({frame.frameClass, net::withHops(frame.head, head.hops + 1), frame.body},
            {&incoming.id, 1}, link);
    if (!isKept)
        return;
    announce({&incoming.id, 1}, link);
    stored.head = frame.head;
    stored.message.clear();
    m_store.add(std::move(stored));
}

void Broadcast::passOn(const Origin &from, const wire::Frame &frame, net::Head &&head,
    std::vector<Incoming> fresh, std::vector<crypto::Hash> leaves)
{
    const Link *link = m_links.find(from.peer);
    Source *source = m_sources.find(head.key);
    auto shared = std::make_shared<Batch>();
    shared->leaves = std::move(leaves);
    std::vector<MessageId> ids;
    for (auto &item : fresh) {
        item.head = &head;
        Stored stored;
        stored.frameClass = frame.frameClass;
        stored.batch = shared;
        stored.index = item.index;
        if (take(from, item, *source, stored)) {
            ids.push_back(stored.id);
            m_store.add(std::move(stored));
        }
    }
    if (head.hops < net::kHopsMax)
        spread({frame.frameClass, net::withHops(frame.head, head.hops + 1), frame.body}, ids, link);
    announce(ids, link);
    shared->head = std::move(head);
}

bool Broadcast::take(const Origin &from, const Incoming &incoming, Source &source, Stored &stored)
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
    const auto came = m_pulls.arrived(from.peer, incoming.id, from.isTree);
    if (came != Pulls::Came::Unasked)
        ++m_context.counters.pulled;
    const bool isMissed = came == Pulls::Came::Pulled && !from.isTree;
    ++m_span.all;
    m_span.missed += isMissed ? 1 : 0;
    m_span.fromParent += from.peer == m_span.parent ? 1 : 0;
    if (!isMissed)
        source.pulledInRow = 0;
    else if (m_late.size() < kLateMax)
        m_late.push_back({incoming.id, source.key, m_context.now() + kLateWithin});

    Delivered delivered{incoming.id, source.id, typeText(incoming.view.type), stored.message,
        stored.attachment, incoming.head->hops};
    if (m_inner({delivered, incoming.view.type, incoming.view.seq, *incoming.head, &from.peer}))
        return false;
    ++m_context.counters.delivered;
    m_context.act(Deliver{std::move(delivered)});
    return true;
}

bool Broadcast::compared(Link &from, const Compare &word, QByteArrayView bytes)
{
    const auto digest = Digest::read(bytes);
    if (!digest)
        return false;
    if (!from.wordsIn.take(20, m_context.now())) {
        m_context.scores.add(from.peer.id, Offence::WordFlood);
        return true;
    }
    std::vector<MessageId> ids;
    for (const auto &stored : m_store.all()) {
        const auto ageMs = (m_context.now() - stored.at).count() / 1000;
        if (std::ssize(ids) < Pulls::kIdsPerFrame && ageMs <= word.sinceMs && ageMs >= word.untilMs
            && !digest->contains(stored.src, stored.seq) && stored.src != from.peer.id)
            ids.push_back(stored.id);
    }
    if (!ids.empty())
        m_links.say(from, IHave{}, Pulls::write(ids));
    return true;
}

void Broadcast::judge()
{
    const Ticks now = m_context.now();
    if (now < m_judgeAt)
        return m_context.wakeBy(m_judgeAt);
    m_judgeAt = now + kJudgeEvery;
    m_context.wakeBy(m_judgeAt);
    for (auto &[id, link] : m_links.all()) {
        auto &conduct = link.conduct;
        // Of what was asked in the span before, the last answers had a whole span to come.
        if (conduct.askedBefore >= 4 && conduct.kept * 2 < conduct.askedBefore) {
            m_context.scores.add(id, Offence::BrokenPromise,
                static_cast<int>(std::min(conduct.askedBefore - conduct.kept, 10U)));
        }
        conduct.kept -= std::min(conduct.kept, conduct.askedBefore);
        conduct.asked -= std::min(conduct.asked, conduct.askedBefore);
        conduct.askedBefore = conduct.asked;
    }
    judgeParent();
}

void Broadcast::cameAfterAll(const Link &from, const MessageId &id)
{
    if (m_late.empty() || !from.isTree())
        return;
    const auto late = std::ranges::find(m_late, id, &Late::id);
    if (late == m_late.end())
        return;
    if (Source *source = m_sources.find(late->source))
        source->pulledInRow = 0;
    m_late.erase(late);
    m_span.fromParent += from.isParent ? 1 : 0;
}

void Broadcast::countLate()
{
    for (; !m_late.empty() && m_late.front().due <= m_context.now(); m_late.pop_front()) {
        ++m_span.pulled;
        Source *source = m_sources.find(m_late.front().source);
        if (!source)
            continue;
        m_span.mostInRow = std::max(m_span.mostInRow, ++source->pulledInRow);
        if (source->pulledInRow >= kInRowMax)
            source->pulledInRow = 0; // it is told once
    }
}

void Broadcast::judgeParent()
{
    countLate();
    const Link *parent = m_links.parent();
    const auto id = parent ? std::optional(parent->peer.id) : std::nullopt;
    const bool isOver = m_context.now() >= m_span.since + kParentSpan;
    const bool isPlain = m_span.pulled >= kPlain && 2 * m_span.pulled > m_span.all;
    if (id == m_span.parent && !isOver && !isPlain && m_span.mostInRow < kInRowMax)
        return;
    const Span span = std::exchange(m_span, Span{.parent = id, .since = m_context.now()});
    if (id != span.parent || !parent || m_context.now() < m_faultAt + kFaultEvery)
        return;
    const bool isMany = span.pulled >= 3 && span.pulled * 20 > span.all;
    const bool isMute = span.missed >= kInRowMax && span.fromParent == 0;
    if (!isMany && !isMute && span.mostInRow < kInRowMax)
        return;
    m_faultAt = m_context.now();
    m_context.scores.add(*id, Offence::Censored);
    m_context.parentFault = QStringLiteral("it kept messages from us");
}

} // namespace borg::tree
