// SPDX-License-Identifier: GPL-3.0-or-later
#include "rpc.h"

#include <QJsonDocument>

namespace borg::net {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kDetailCharsMax = 512;
constexpr qint64 kFrameOverheadBytes = 512; ///< Of one that waits, beside its bytes.
constexpr auto kErrorName = "error"_L1;

qint64 waitingBytes(const wire::Frame &frame)
{
    return frame.sizeBytes() + kFrameOverheadBytes;
}

QByteArray headBytes(const QJsonObject &head)
{
    return QJsonDocument(head).toJson(QJsonDocument::Compact);
}

/// The codes that a peer may answer with; whatever else it says counts as Malformed.
Errc codeOf(const QString &text)
{
    for (int number = 1; number <= static_cast<int>(kErrcLast); ++number) {
        const auto code = static_cast<Errc>(number);
        if (name(code) == text)
            return code;
    }
    return Errc::Malformed;
}

} // namespace

RpcPeer::RpcPeer(TaskScope &scope, Transport &transport, Resolve resolve, RpcLimits limits)
    : m_scope(scope)
    , m_transport(transport)
    , m_resolve(std::move(resolve))
    , m_limits(limits)
{
    m_transport.setListener(this);
}

RpcPeer::~RpcPeer()
{
    BORG_ASSERT(m_calls.empty()); // close the scope and let it drain first
    m_transport.setListener(nullptr);
    for (const auto &[peer, link] : m_links)
        m_scope.clock().cancel(link.timer);
}

std::size_t RpcPeer::linkCount() const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        m_links, [](const auto &entry) { return entry.second.state == LinkState::Up; }));
}

QCoro::Task<Result<RpcPeer::Raw>> RpcPeer::exchange(
    NodeId to, QJsonObject head, QByteArray body, CallOptions options)
{
    const auto found = m_links.find(to);
    const bool wasUp = found != m_links.end() && found->second.state == LinkState::Up;
    const Ticks started = m_scope.clock().now();
    auto answer = co_await attempt(to, head, body, options);
    // The peer may have hung up an idle link while this was on its way.
    if (wasUp && !answer && answer.error().code == Errc::Unreachable && !m_scope.isClosed()) {
        options.deadline -= m_scope.clock().now() - started;
        if (options.deadline > Ticks{0})
            answer = co_await attempt(to, std::move(head), std::move(body), options);
    }
    co_return answer;
}

QCoro::Task<Result<RpcPeer::Raw>> RpcPeer::attempt(
    NodeId to, QJsonObject head, QByteArray body, CallOptions options)
{
    if (m_scope.isClosed() || (options.cancel && options.cancel->isCancelled()))
        co_return Error{Errc::Closed, {}};
    if (m_links[to].waiting.size() >= m_limits.waitingPerPeer)
        co_return Error{Errc::Conflict, u"too many calls wait for %1"_s.arg(to.text())};

    const quint64 id = ++m_lastCall;
    head.insert("q"_L1, static_cast<qint64>(id));
    wire::Frame frame{options.frameClass, headBytes(head), std::move(body)};
    if (!frame.fitsLimits()) {
        settle(to);
        co_return Error{Errc::TooLarge, u"%1 bytes"_s.arg(frame.sizeBytes())};
    }
    OneShot<Raw> reply(m_scope);
    reply.setAfter(options.deadline, Error{Errc::Timeout, to.text()});
    Cancel::Listener cancelled;
    if (options.cancel) {
        cancelled = options.cancel->onCancel(
            [set = reply.setter()] { set(Error{Errc::Closed, u"cancelled"_s}); });
    }
    m_calls.emplace(id, Open{to, std::move(frame), reply.setter()});
    m_links[to].waiting.push_back(id);
    pump(to);
    auto outcome = co_await reply;
    finish(id);
    co_return outcome;
}

void RpcPeer::finish(quint64 id)
{
    const auto call = m_calls.extract(id);
    if (!call)
        return;
    const NodeId peer = call.mapped().peer;
    const auto found = m_links.find(peer);
    if (found == m_links.end())
        return;
    if (call.mapped().isSent)
        --found->second.inFlight;
    else
        std::erase(found->second.waiting, id);
    pump(peer);
    settle(peer);
}

void RpcPeer::pump(const NodeId &peer)
{
    Link &link = m_links[peer];
    if (link.waiting.empty())
        return;
    if (link.state == LinkState::Down) {
        const auto endpoint = m_resolve(peer);
        if (!endpoint) {
            for (const quint64 id : std::exchange(link.waiting, {}))
                m_calls.at(id).answer(Error{Errc::Unreachable, u"no address is known"_s});
            return;
        }
        link.state = LinkState::Dialling;
        link.epoch = ++m_lastEpoch;
        m_scope.clock().cancel(link.timer);
        link.timer = m_scope.clock().after(
            m_limits.dialWithin, [this, peer] { linkDown(peer, Errc::Timeout); });
        m_transport.dial({peer, *endpoint});
        return;
    }
    while (link.state == LinkState::Up && !link.waiting.empty()
        && link.inFlight < m_limits.callsPerPeer) {
        Open &call = m_calls.at(link.waiting.front());
        link.waiting.pop_front();
        call.isSent = true;
        ++link.inFlight;
        post(peer, link, std::exchange(call.frame, {}));
    }
}

void RpcPeer::post(const NodeId &peer, Link &link, wire::Frame frame)
{
    link.usedAt = m_scope.clock().now();
    auto &queue = link.outbox.at(static_cast<std::size_t>(frame.frameClass));
    if (!queue.empty())
        return keep(peer, link, std::move(frame));
    // A link that just went says so by linkDown(), which answers its calls.
    if (const auto sent = m_transport.send(peer, frame); !sent && sent.error().code == Errc::Busy)
        keep(peer, link, std::move(frame));
}

void RpcPeer::keep(const NodeId &peer, Link &link, wire::Frame frame)
{
    countOutbox(link, waitingBytes(frame));
    link.outbox.at(static_cast<std::size_t>(frame.frameClass)).push_back(std::move(frame));
    if (link.outboxBytes <= m_limits.outboxBytesPerPeer && m_outboxBytes <= m_limits.outboxBytes)
        return;
    // Not from here: the caller still works with the link.
    clearOutbox(link);
    m_scope.clock().cancel(link.timer);
    link.timer = m_scope.clock().after(Ticks{0}, [this, peer] {
        m_transport.hangUp(peer);
        linkDown(peer, Errc::Unreachable);
    });
}

void RpcPeer::countOutbox(Link &link, qint64 bytes)
{
    link.outboxBytes += bytes;
    m_outboxBytes += bytes;
}

void RpcPeer::clearOutbox(Link &link)
{
    for (auto &queue : link.outbox)
        queue.clear();
    countOutbox(link, -link.outboxBytes);
}

void RpcPeer::writable(const NodeId &peer, wire::FrameClass frameClass)
{
    const auto found = m_links.find(peer);
    if (found == m_links.end())
        return;
    auto &queue = found->second.outbox.at(static_cast<std::size_t>(frameClass));
    while (!queue.empty()) {
        const auto sent = m_transport.send(peer, queue.front());
        if (!sent && sent.error().code == Errc::Busy)
            return;
        countOutbox(found->second, -waitingBytes(queue.front()));
        queue.pop_front();
    }
}

void RpcPeer::linkUp(const Peer &peer, Direction direction)
{
    Link &link = m_links[peer.id];
    if (link.state == LinkState::Down)
        link.epoch = ++m_lastEpoch;
    link.state = LinkState::Up;
    link.wasAskedBack = false;
    link.direction = direction;
    link.usedAt = m_scope.clock().now();
    m_scope.clock().cancel(link.timer);
    link.timer
        = m_scope.clock().after(m_limits.idleAfter, [this, id = peer.id] { lookForIdleness(id); });
    pump(peer.id);
}

void RpcPeer::linkDown(const NodeId &peer, Errc why)
{
    const auto found = m_links.find(peer);
    if (found == m_links.end() || found->second.state == LinkState::Down)
        return;
    Link &link = found->second;
    m_scope.clock().cancel(std::exchange(link.timer, Clock::TimerId::None));
    const bool wasDialled = link.state == LinkState::Dialling && !link.wasAskedBack;
    if (wasDialled && why != Errc::Unauthorized && m_askBack && m_askBack(peer)) {
        link.wasAskedBack = true;
        link.timer = m_scope.clock().after(
            m_limits.dialledWithin, [this, peer] { linkDown(peer, Errc::Timeout); });
        return;
    }
    link.state = LinkState::Down;
    link.wasAskedBack = false;
    clearOutbox(link);
    link.waiting.clear();
    for (auto &[id, call] : m_calls) {
        if (call.peer == peer)
            call.answer(Error{why == Errc::Closed ? Errc::Unreachable : why, peer.text()});
    }
    settle(peer);
}

void RpcPeer::lookForIdleness(const NodeId &peer)
{
    Link &link = m_links.at(peer);
    const Ticks idle = m_scope.clock().now() - link.usedAt;
    const bool isUsed = link.inFlight > 0 || link.served > 0 || !link.waiting.empty();
    // Whoever was dialled waits longer, so that the two ends do not hang up on each other.
    const Ticks allowed
        = link.direction == Direction::Outbound ? m_limits.idleAfter : 2 * m_limits.idleAfter;
    if (isUsed || idle < allowed) {
        link.timer = m_scope.clock().after(
            isUsed ? m_limits.idleAfter : allowed - idle, [this, peer] { lookForIdleness(peer); });
        return;
    }
    link.timer = Clock::TimerId::None;
    m_transport.hangUp(peer);
    link.state = LinkState::Down;
    clearOutbox(link);
    settle(peer);
}

void RpcPeer::settle(const NodeId &peer)
{
    const auto found = m_links.find(peer);
    if (found == m_links.end())
        return;
    const Link &link = found->second;
    if (link.state == LinkState::Down && link.waiting.empty() && link.inFlight == 0
        && link.served == 0)
        m_links.erase(found);
}

void RpcPeer::frameArrived(const NodeId &from, const wire::Frame &frame)
{
    const auto document = QJsonDocument::fromJson(frame.head);
    const auto id = wire::Codec<qint64>::read(document.object().value("q"_L1), 0);
    if (!document.isObject() || !id || *id <= 0) {
        ++m_malformed;
        m_transport.hangUp(from);
        linkDown(from, Errc::Malformed);
        return;
    }
    if (const auto found = m_links.find(from); found != m_links.end())
        found->second.usedAt = m_scope.clock().now();
    const QJsonObject head = document.object();
    const QString type = head.value("t"_L1).toString();
    // Replies have names of their own: what no handler knows is an answer, or unknown.
    const auto open = m_calls.find(static_cast<quint64>(*id));
    if (!m_handlers.contains(type) && open != m_calls.end() && open->second.peer == from)
        answerArrived(head, frame);
    else if (!type.endsWith("Reply"_L1) && type != kErrorName)
        requestArrived(from, head, frame);
}

void RpcPeer::answerArrived(const QJsonObject &head, const wire::Frame &frame)
{
    const auto &answer = m_calls.at(static_cast<quint64>(head.value("q"_L1).toInteger())).answer;
    if (head.value("t"_L1).toString() != kErrorName)
        return answer(Raw{head, frame.body});
    answer(Error{codeOf(head.value("code"_L1).toString()),
        head.value("detail"_L1).toString().left(kDetailCharsMax)});
}

void RpcPeer::requestArrived(const NodeId &from, QJsonObject head, const wire::Frame &frame)
{
    const qint64 id = head.value("q"_L1).toInteger();
    const auto handler = m_handlers.find(head.value("t"_L1).toString());
    if (handler == m_handlers.end())
        return refuse(from, frame.frameClass, id, {Errc::Malformed, u"unknown message"_s});
    const auto found = m_links.find(from);
    if (found == m_links.end() || m_scope.isClosed())
        return;
    Link &link = found->second;
    const qint64 size = frame.body.size();
    if (link.served >= m_limits.servedPerPeer
        || link.servedBytes + size > m_limits.servedBytesPerPeer
        || m_servedBytes + size > m_limits.servedBytes)
        return refuse(from, frame.frameClass, id, {Errc::Busy, u"too much is under way"_s});
    ++link.served;
    link.servedBytes += size;
    m_servedBytes += size;
    m_scope.spawn("net.rpc.serve"_L1, serveOne(from, frame.frameClass, id, head, frame.body));
}

void RpcPeer::refuse(const NodeId &to, wire::FrameClass frameClass, qint64 id, const Error &error)
{
    const auto found = m_links.find(to);
    if (found == m_links.end() || found->second.state != LinkState::Up)
        return;
    const QJsonObject head{{"t"_L1, kErrorName}, {"q"_L1, id}, {"code"_L1, name(error.code)},
        {"detail"_L1, error.detail.left(kDetailCharsMax)}};
    post(to, found->second, {frameClass, headBytes(head), {}});
}

QCoro::Task<Result<Done>> RpcPeer::serveOne(
    NodeId from, wire::FrameClass frameClass, qint64 id, QJsonObject head, QByteArray body)
{
    const qint64 size = body.size();
    const quint64 epoch = m_links.at(from).epoch;
    const auto &handler = m_handlers.at(head.value("t"_L1).toString());
    auto answer = co_await handler(from, head, std::exchange(body, {}));

    m_servedBytes -= size;
    Link &link = m_links.at(from); // settle() keeps it while something is served
    --link.served;
    link.servedBytes -= size;
    if (link.state != LinkState::Up || link.epoch != epoch || m_scope.isClosed()) {
        settle(from);
        co_return Done{};
    }
    if (!answer) {
        refuse(from, frameClass, id, answer.error());
        co_return Done{};
    }
    answer->head.insert("q"_L1, id);
    post(from, link, {frameClass, headBytes(answer->head), std::move(answer->body)});
    co_return Done{};
}

} // namespace borg::net
