// SPDX-License-Identifier: GPL-3.0-or-later
#include "unicast.h"

#include "place.h"

#include <wire/message.h>

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint8 kPriority = 1;
constexpr quint32 kStrayMax = 3;
constexpr quint32 kDialFrom = 2; ///< The attempt.

bool isNamed(QByteArrayView type, std::string_view name)
{
    return type == QByteArrayView(name.data(), std::ssize(name));
}

Ticks grown(Ticks least, quint32 attempt)
{
    Ticks span = least;
    for (quint32 i = 0; i < attempt && span < Unicast::kAttemptMax; ++i)
        span = span * 3 / 2;
    return std::min(span, Unicast::kAttemptMax);
}

} // namespace

Unicast::Unicast(Context &context, Links &links, const Membership &members,
    const Standing &standing, Inner inner)
    : m_context(context)
    , m_links(links)
    , m_members(members)
    , m_standing(standing)
    , m_inner(std::move(inner))
    , m_relay(context, links, standing,
          {[this](Link &from, const Parcel &parcel, const Letter &letter) {
               arrived(from, parcel, letter);
           },
              [this](const MessageId &id, quint32 attempt) { stranded(id, attempt); }})
    , m_credit(context.config.relay.sourceBytesPerSecond, context.config.relay.sourceBytesBurst,
          Ticks{0})
{
}

Result<QByteArray> Unicast::write(
    const net::Draft &draft, QByteArrayView attachment, MessageId &id) const
{
    const auto message = net::writeMessage(m_context.crypto, draft, attachment);
    if (!message)
        return message.error();
    net::Head head;
    head.key = m_context.crypto.publicKey();
    head.message = *message;
    std::ranges::copy(net::signMessage(m_context.crypto, *message), head.signature.begin());
    const auto leaf = m_context.crypto.hash(*message);
    std::copy_n(leaf.begin(), id.bytes.size(), id.bytes.begin());
    return writeLetter(head, attachment);
}

Result<quint64> Unicast::send(const NodeId &dst, const QString &type, const QJsonObject &body,
    QByteArrayView attachment, Ticks deadline)
{
    if (dst == m_context.self)
        return Error{Errc::Conflict, u"to this node itself"_s};
    if (attachment.size() > kAttachmentBytesMax)
        return Error{Errc::TooLarge, u"%1 bytes of attachment"_s.arg(attachment.size())};
    if (m_pending.size() >= kPendingMax)
        return Error{Errc::Busy, u"too many messages are under way"_s};
    MessageId id;
    const qint64 ttlMs = std::min<qint64>(deadline.count() / 1000 + 1, net::kTtlMsMax);
    auto letter = write({m_context.config.network, type, m_seq + 1, m_context.moment.utcMs * 1000,
                            ttlMs, kPriority, body, dst},
        attachment, id);
    if (!letter)
        return letter.error();
    if (letter->size() > Relay::kLetterBytesMax)
        return Error{Errc::TooLarge, u"%1 bytes"_s.arg(letter->size())};
    if (!m_credit.take(static_cast<double>(letter->size()), m_context.now()))
        return Error{Errc::Busy, u"over the credit of this node"_s};
    ++m_seq;
    Pending &pending = m_pending[id];
    pending.token = ++m_lastToken;
    pending.dst = dst;
    pending.letter = *std::move(letter);
    pending.deadline = m_context.now() + deadline;
    const quint64 token = pending.token;
    attempt(id, pending);
    return token;
}

void Unicast::attempt(const MessageId &id, Pending &pending)
{
    if (pending.attempt >= Relay::kAttemptsMax) {
        pending.dueAt = pending.deadline;
        return;
    }
    const quint32 number = pending.attempt++;
    pending.isStranded = false;
    pending.sentAt.push_back(m_context.now());
    pending.dueAt = std::min(m_context.now() + grown(kAttemptMin, number), pending.deadline);
    m_context.wakeBy(pending.dueAt);
    if (number >= kDialFrom)
        dialIt(pending);
    Route route;
    route.dst = pending.dst;
    if (const auto way = m_ways.find(pending.dst); way != m_ways.end())
        route.way = way->second;
    route.back = m_standing.place.path;
    route.attempt = number;
    route.stray = std::min(number, kStrayMax);
    m_relay.send({route, pending.letter, id});
}

void Unicast::dialIt(Pending &pending)
{
    if (pending.isDialled || m_links.find(pending.dst))
        return;
    const auto member = m_members.find(pending.dst);
    if (!member || member->endpoint.port == 0 || !m_dials.take(1, m_context.now()))
        return;
    pending.isDialled = true;
    m_context.act(Dial{{pending.dst, member->endpoint}});
}

void Unicast::stranded(const MessageId &id, quint32 attempt)
{
    const auto found = m_pending.find(id);
    if (found == m_pending.end() || attempt + 1 != found->second.attempt)
        return; // an earlier attempt
    Pending &pending = found->second;
    pending.isStranded = true;
    // A hint and no more: whoever says so may lie, and filters may be on their way.
    pending.dueAt = std::min(pending.dueAt, m_context.now() + grown(kStrandedMin, attempt));
    m_context.wakeBy(pending.dueAt);
}

void Unicast::greeted(const NodeId &peer)
{
    for (auto &[id, pending] : m_pending) {
        if (pending.dst == peer)
            attempt(id, pending);
    }
}

void Unicast::wake()
{
    std::vector<MessageId> ended;
    for (auto &[id, pending] : m_pending) {
        if (m_context.now() >= pending.deadline) {
            ended.push_back(id);
            continue;
        }
        if (m_context.now() >= pending.dueAt)
            attempt(id, pending);
        m_context.wakeBy(pending.dueAt);
    }
    for (const auto &id : ended) {
        const bool isStranded = m_pending.at(id).isStranded;
        settle(id,
            isStranded ? Error{Errc::Unreachable, u"nobody knows a way there"_s}
                       : Error{Errc::Timeout, u"no answer"_s});
    }
}

void Unicast::close()
{
    while (!m_pending.empty())
        settle(m_pending.begin()->first, Error{Errc::Closed, {}});
}

void Unicast::settle(const MessageId &id, Result<Receipt> outcome)
{
    const auto done = m_pending.extract(id);
    ++(outcome ? m_context.counters.messagesSent : m_context.counters.messagesFailed);
    m_context.act(Settled{done.mapped().token, std::move(outcome)});
}

void Unicast::arrived(Link &from, const Parcel &parcel, const Letter &letter)
{
    const auto &head = letter.head;
    if (!net::verifyMessage(m_context.crypto, head.key, head.message, head.signature)
        || (letter.view.hasAttachment
            && m_context.crypto.hash(letter.attachment) != letter.view.attachmentHash)) {
        // Whoever forged it, our neighbour need not have known: hops do not check signatures.
        m_context.scores.note(from.peer.id, Offence::BadSignature);
        return;
    }
    const QByteArray message = head.message.toByteArray();
    const auto type = letter.view.type;
    learn(letter.src, parcel.route.back);
    const bool isNew = isFirst(letter);
    if (isNamed(type, Ack::kName)) {
        if (isNew)
            acknowledged(letter.src, message);
        return;
    }
    answer(parcel, letter.src);
    const QString typeText = QString::fromLatin1(type);
    if (!isNew || isNamed(type, Ping::kName) || m_inner(letter.src, typeText, message))
        return;
    ++m_context.counters.messagesHeard;
    m_context.act(DeliverMessage{{letter.id, letter.src, typeText, message,
        letter.attachment.toByteArray(), parcel.route.hops}});
}

void Unicast::answer(const Parcel &parcel, const NodeId &src)
{
    const Ack ack{parcel.id.text(), parcel.route.attempt, parcel.route.hops, m_standing.place.path};
    MessageId id;
    const auto letter
        = write({m_context.config.network, QString(wire::latin1(Ack::kName)), ++m_seq,
                    m_context.moment.utcMs * 1000, 30'000, kPriority, wire::encodeFields(ack), src},
            {}, id);
    if (!letter)
        return;
    Route route;
    route.dst = src;
    route.way = parcel.route.back;
    route.back = m_standing.place.path;
    route.attempt = parcel.route.attempt;
    route.answers = QByteArray(
        reinterpret_cast<const char *>(parcel.id.bytes.data()), std::ssize(parcel.id.bytes));
    m_relay.send({route, *letter, id});
}

void Unicast::acknowledged(const NodeId &src, const QByteArray &message)
{
    const auto ack = wire::decodeFields<Ack>(net::bodyOf(message));
    const auto bytes = ack ? QByteArray::fromHex(ack->id.toLatin1()) : QByteArray();
    MessageId id;
    if (bytes.size() != std::ssize(id.bytes))
        return;
    std::ranges::copy(bytes, id.bytes.begin());
    const auto found = m_pending.find(id);
    if (found == m_pending.end() || found->second.dst != src)
        return; // answered before, or somebody else's
    learn(src, ack->way);
    const auto &pending = found->second;
    if (ack->attempt >= pending.sentAt.size())
        return;
    const Ticks rtt = m_context.now() - pending.sentAt[ack->attempt];
    settle(id, Receipt{rtt.count(), std::max(ack->hops, 1U), pending.attempt});
}

void Unicast::learn(const NodeId &id, const QByteArray &way)
{
    if (way.isEmpty() || way.size() % kPathItemBytes != 0 || !way.endsWith(shortId(id)))
        return;
    if (m_ways.size() >= kWaysMax && !m_ways.contains(id)) {
        NodeId any;
        for (auto &byte : any.bytes)
            byte = static_cast<quint8>(m_context.rng.below(256));
        const auto at = m_ways.lower_bound(any);
        m_ways.erase(at == m_ways.end() ? m_ways.begin() : at);
    }
    m_ways[id] = way;
}

bool Unicast::isFirst(const Letter &letter)
{
    const Ticks now = m_context.now();
    while (!m_heardOrder.empty()
        && (m_heardOrder.front().first <= now || m_heard.size() >= kHeardMax)) {
        m_heard.erase(m_heardOrder.front().second);
        m_heardOrder.pop_front();
    }
    if (!m_heard.insert(letter.id).second)
        return false;
    // A clock may be behind by the whole skew, and ours ahead by as much.
    const auto keep = std::chrono::milliseconds(letter.view.ttlMs + 2 * Relay::kClockSkewMs);
    m_heardOrder.emplace_back(now + keep, letter.id);
    return true;
}

} // namespace borg::tree
