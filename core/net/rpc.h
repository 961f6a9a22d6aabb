// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/cancel.h>
#include <base/one_shot.h>
#include <net/transport.h>
#include <wire/message.h>

#include <deque>

namespace borg::net {

/// A message that expects an answer of one type. The body travels raw beside either.
template <typename M>
concept Call = wire::Message<M> && wire::Message<typename M::Reply>;

template <typename R>
struct Answer {
    R reply;
    QByteArray body;
};

struct RpcLimits {
    std::size_t callsPerPeer = 16; ///< Sent and not answered; further ones wait in line here.
    std::size_t waitingPerPeer = 1024; ///< More than that are answered Conflict.
    std::size_t servedPerPeer = 32; ///< Requests of a peer under way; further ones get Busy.
    qint64 servedBytesPerPeer = 24 << 20; ///< Of bodies, received and not done with.
    qint64 servedBytes = 192 << 20; ///< Of all peers.
    /// Of frames that the transport does not take yet. A peer that asks and does not read, or
    /// does not take what is sent, is hung up on: its calls end with Unreachable.
    qint64 outboxBytesPerPeer = 32 << 20;
    qint64 outboxBytes = 256 << 20; ///< Of all peers.
    Ticks dialWithin = std::chrono::seconds(10);
    Ticks dialledWithin = std::chrono::seconds(6); ///< After askBack().
    Ticks idleAfter = std::chrono::seconds(60); ///< A link that we dialled hangs up then.
};

struct CallOptions {
    Ticks deadline = std::chrono::seconds(30); ///< From the call to the answer.
    wire::FrameClass frameClass = wire::FrameClass::Bulk; ///< Of the request and the answer.
    std::optional<Cancel> cancel = std::nullopt;
};

/// Calls between nodes: a typed request and a typed reply, each with a raw body, over links that
/// are dialled when needed and hung up when idle.
///
/// On the wire: {"t":name,"q":number,…} and back {"t":name of the reply,"q":…,…} or
/// {"t":"error","q":…,"code":…,"detail":…}. Lives on the node's thread. Every request must be safe
/// to repeat: one that dies with a link that had been idle is sent once more over a new one.
class RpcPeer final : public Transport::Listener {
public:
    using Resolve = std::function<std::optional<Endpoint>(const NodeId &)>;
    template <Call R>
    using Handler = std::function<QCoro::Task<Result<Answer<typename R::Reply>>>(
        NodeId from, R request, QByteArray body)>;

    /// @param scope, transport outlive this object, which becomes the transport's listener.
    /// @param resolve tells where a node is dialled.
    RpcPeer(TaskScope &scope, Transport &transport, Resolve resolve, RpcLimits limits = {});
    ~RpcPeer();

    /// `ask` asks a node that could not be dialled to dial this one; false: it cannot be asked.
    /// Calls wait for its link then.
    void askBack(std::function<bool(const NodeId &)> ask) { m_askBack = std::move(ask); }

    /// Requests of type R are answered by `handler` from now on. It is not itself a coroutine with
    /// captures: it calls one. Its error travels to the caller as it is.
    template <Call R>
    void serve(Handler<R> handler)
    {
        m_handlers.insert_or_assign(QString(wire::latin1(R::kName)),
            [handler = std::move(handler)](
                const NodeId &from, const QJsonObject &head, const QByteArray &body) {
                return run<R>(handler, from, wire::decode<R>(head), body);
            });
    }

    /// @return the answer, or the handler's error, or Timeout, Unreachable (no way there, or the
    ///         link went down), Unauthorized (another key answered), Malformed, TooLarge, Busy (the
    ///         peer has too much of ours under way), Conflict (kWaiting reached) or Closed (also
    ///         when cancelled).
    template <Call R>
    [[nodiscard]] QCoro::Task<Result<Answer<typename R::Reply>>> call(
        NodeId to, R request, QByteArray body = {}, CallOptions options = {})
    {
        auto answer = co_await exchange(to, wire::encode(request), std::move(body), options);
        if (!answer)
            co_return answer.error();
        auto reply = wire::decode<typename R::Reply>(answer->head);
        if (!reply)
            co_return reply.error();
        co_return Answer<typename R::Reply>{*std::move(reply), std::move(answer->body)};
    }

    [[nodiscard]] std::size_t openCount() const { return m_calls.size(); }
    [[nodiscard]] std::size_t linkCount() const;
    /// Frames that were no message of ours, since the start.
    [[nodiscard]] quint64 malformedCount() const { return m_malformed; }

    void linkUp(const Peer &peer, Direction direction) override;
    void linkDown(const NodeId &peer, Errc why) override;
    void frameArrived(const NodeId &from, const wire::Frame &frame) override;
    void writable(const NodeId &peer, wire::FrameClass frameClass) override;
    void dialFailed(const Endpoint &, Errc) override { }

private:
    struct Raw {
        QJsonObject head;
        QByteArray body;
    };
    using RawHandler = std::function<QCoro::Task<Result<Raw>>(
        const NodeId &from, const QJsonObject &head, const QByteArray &body)>;

    enum class LinkState : quint8 { Down, Dialling, Up };
    struct Link {
        LinkState state = LinkState::Down;
        bool wasAskedBack = false; ///< While Dialling.
        Direction direction = Direction::Outbound;
        quint64 epoch = 0; ///< Which of the links to this peer; a reply belongs to one.
        std::deque<quint64> waiting; ///< Calls not sent yet.
        std::size_t inFlight = 0; ///< Calls sent and not answered.
        std::size_t served = 0;
        qint64 servedBytes = 0;
        std::array<std::deque<wire::Frame>, wire::kFrameClassCount> outbox; ///< Refused: Busy.
        qint64 outboxBytes = 0;
        Ticks usedAt{0};
        Clock::TimerId timer = Clock::TimerId::None; ///< Dialling: give up. Up: look for idleness.
    };
    struct Open {
        NodeId peer;
        wire::Frame frame;
        OneShot<Raw>::Setter answer;
        bool isSent = false;
    };

    template <Call R>
    static QCoro::Task<Result<Raw>> run(
        Handler<R> handler, NodeId from, Result<R> request, QByteArray body)
    {
        if (!request)
            co_return request.error();
        auto answer = co_await handler(from, *std::move(request), std::move(body));
        if (!answer)
            co_return answer.error();
        co_return Raw{wire::encode(answer->reply), std::move(answer->body)};
    }

    QCoro::Task<Result<Raw>> exchange(
        NodeId to, QJsonObject head, QByteArray body, CallOptions options);
    QCoro::Task<Result<Raw>> attempt(
        NodeId to, QJsonObject head, QByteArray body, CallOptions options);
    QCoro::Task<Result<Done>> serveOne(
        NodeId from, wire::FrameClass frameClass, qint64 id, QJsonObject head, QByteArray body);
    void answerArrived(const QJsonObject &head, const wire::Frame &frame);
    void requestArrived(const NodeId &from, QJsonObject head, const wire::Frame &frame);
    void refuse(const NodeId &to, wire::FrameClass frameClass, qint64 id, const Error &error);
    void finish(quint64 id);
    void pump(const NodeId &peer);
    void post(const NodeId &peer, Link &link, wire::Frame frame);
    void keep(const NodeId &peer, Link &link, wire::Frame frame);
    void countOutbox(Link &link, qint64 bytes);
    void clearOutbox(Link &link);
    void lookForIdleness(const NodeId &peer);
    void settle(const NodeId &peer); ///< Forgets a link that is down and empty.

    TaskScope &m_scope;
    Transport &m_transport;
    const Resolve m_resolve;
    std::function<bool(const NodeId &)> m_askBack;
    const RpcLimits m_limits;
    std::map<QString, RawHandler> m_handlers;
    std::map<NodeId, Link> m_links;
    std::map<quint64, Open> m_calls;
    quint64 m_lastCall = 0;
    quint64 m_lastEpoch = 0;
    qint64 m_servedBytes = 0;
    qint64 m_outboxBytes = 0;
    quint64 m_malformed = 0;
};

} // namespace borg::net
