// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tree_world.h"

#include <net/envelope.h>
#include <tree/messages.h>

#include <functional>
#include <set>

namespace borg::sim {

/// How a byzantine node bends what its honest machine says, and what it says beside it.
class Bend {
public:
    virtual ~Bend() = default;

    /// Sends past the machine.
    using Raw = std::function<void(const NodeId &to, const wire::Frame &frame)>;

    /// @return whether the frame goes out, perhaps changed.
    virtual bool outgoing(const NodeId &, wire::Frame &) { return true; }
    /// @return whether the machine hears it.
    virtual bool incoming(const NodeId &, const wire::Frame &) { return true; }
    /// Every 50 ms.
    virtual void tick(const std::set<NodeId> &, Ticks, const Raw &) { }

protected:
    Bend() = default;
    Q_DISABLE_COPY_MOVE(Bend)

    /// Changes the place in a word of ours, if it is one of those that carry it.
    template <typename F>
    static void bendPlace(wire::Frame &frame, F change)
    {
        bendAny<tree::Hello, tree::State, tree::Accept, tree::Attach>(frame, change);
    }

private:
    template <typename... Ms, typename F>
    static void bendAny(wire::Frame &frame, F change)
    {
        (bendOne<Ms>(frame, change), ...);
    }
    template <typename M, typename F>
    static void bendOne(wire::Frame &frame, F change);
};

/// A word as a frame.
template <wire::Message M>
wire::Frame wordFrame(const M &word, const QByteArray &body = {})
{
    return {wire::FrameClass::Control,
        QJsonDocument(wire::encode(word)).toJson(QJsonDocument::Compact), body};
}

template <typename M, typename F>
void Bend::bendOne(wire::Frame &frame, F change)
{
    const QByteArray mark
        = QByteArray("\"t\":\"") + QByteArray(M::kName.data(), M::kName.size()) + '"';
    if (net::isMessageHead(frame.head) || !frame.head.contains(mark))
        return;
    if (auto word = wire::decode<M>(QJsonDocument::fromJson(frame.head).object())) {
        change(word->place);
        frame.head = wordFrame(*word).head;
    }
}

/// Between the network and the machine of a byzantine node.
class BentTransport final : public net::Transport, private net::Transport::Listener {
public:
    BentTransport(SimClock &clock, std::unique_ptr<net::Transport> inner, Bend &bend)
        : m_clock(clock)
        , m_inner(std::move(inner))
        , m_bend(bend)
    {
        m_inner->setListener(this);
        schedule();
    }
    ~BentTransport() override
    {
        m_clock.cancel(m_timer);
        m_inner->setListener(nullptr);
    }

    void setListener(Transport::Listener *listener) override { m_listener = listener; }
    void dial(const net::Peer &peer) override { m_inner->dial(peer); }
    void dialUnknown(const net::Endpoint &endpoint) override { m_inner->dialUnknown(endpoint); }
    void hangUp(const NodeId &peer) override
    {
        m_peers.erase(peer);
        m_inner->hangUp(peer);
    }
    Result<Done> send(const NodeId &to, const wire::Frame &frame) override
    {
        wire::Frame bent = frame;
        return m_bend.outgoing(to, bent) ? m_inner->send(to, bent) : Done{};
    }

private:
    void linkUp(const net::Peer &peer, net::Direction direction) override
    {
        m_peers.insert(peer.id);
        if (m_listener)
            m_listener->linkUp(peer, direction);
    }
    void linkDown(const NodeId &peer, Errc why) override
    {
        m_peers.erase(peer);
        if (m_listener)
            m_listener->linkDown(peer, why);
    }
    void frameArrived(const NodeId &from, const wire::Frame &frame) override
    {
        if (m_bend.incoming(from, frame) && m_listener)
            m_listener->frameArrived(from, frame);
    }
    void writable(const NodeId &peer, wire::FrameClass frameClass) override
    {
        if (m_listener)
            m_listener->writable(peer, frameClass);
    }
    void dialFailed(const net::Endpoint &endpoint, Errc why) override
    {
        if (m_listener)
            m_listener->dialFailed(endpoint, why);
    }
    void schedule()
    {
        m_timer = m_clock.after(std::chrono::milliseconds(50), [this] {
            const auto raw = [this](const NodeId &to, const wire::Frame &frame) {
                (void)m_inner->send(to, frame).ok();
            };
            const auto peers = m_peers;
            m_bend.tick(peers, m_clock.now(), raw);
            schedule();
        });
    }

    SimClock &m_clock;
    std::unique_ptr<net::Transport> m_inner;
    Bend &m_bend;
    Transport::Listener *m_listener = nullptr;
    std::set<NodeId> m_peers;
    Clock::TimerId m_timer = Clock::TimerId::None;
};

/// A node that speaks the protocol, and lies.
class ByzantineNode {
public:
    ByzantineNode(TreeWorld &world, const net::Peer &peer, quint64 seed,
        const tree::TreeConfig &config, std::unique_ptr<Bend> bend)
        : self(peer)
        , m_crypto(peer.id, 42)
        , m_rng(seed)
        , m_scope(world.clock)
        , m_bend(std::move(bend))
        , m_transport(world.clock, world.network.attach(peer), *m_bend)
        , node(m_scope, m_rng, m_transport, m_crypto, config)
    {
    }

    const net::Peer self;

private:
    SimCrypto m_crypto;
    SimRng m_rng;
    TaskScope m_scope;
    std::unique_ptr<Bend> m_bend;
    BentTransport m_transport;

public:
    tree::TreeNode node;
};

} // namespace borg::sim
