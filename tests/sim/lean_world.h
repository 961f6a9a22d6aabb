// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sim/sim_clock.h>
#include <sim/sim_crypto.h>
#include <sim/sim_network.h>
#include <sim/sim_rng.h>
#include <tree/peer_tree.h>

#include <QtEndian>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <vector>

/// The machine of the tree in a network of up to 100,000 nodes: what TreeWorld is, with nothing per
/// node that the machine does not need.
namespace borg::sim {

class LeanWorld;

/// Drives one machine as TreeNode does, and counts.
class LeanNode final : public net::Transport::Listener {
public:
    LeanNode(LeanWorld &world, const net::Peer &self, quint64 seed, const tree::TreeConfig &config);
    ~LeanNode();

    void start(std::vector<net::Peer> seeds);
    Result<tree::MessageId> broadcast(const QByteArray &attachment);
    [[nodiscard]] const tree::PeerTree &machine() const { return m_machine; }

    void linkUp(const net::Peer &peer, net::Direction direction) override;
    void linkDown(const NodeId &peer, Errc why) override;
    void frameArrived(const NodeId &from, const wire::Frame &frame) override;
    void writable(const NodeId &peer, wire::FrameClass frameClass) override;
    void dialFailed(const net::Endpoint &endpoint, Errc why) override;

private:
    void feed(const tree::Event &event);
    void carryOut(tree::Actions &actions);
    [[nodiscard]] tree::Moment moment() const;

    LeanWorld &m_world;
    SimCrypto m_crypto;
    LeanRng m_rng;
    std::unique_ptr<net::Transport> m_transport;
    tree::PeerTree m_machine;
    Clock::TimerId m_timer = Clock::TimerId::None;

public:
    Ticks heardAt{-1}; ///< The broadcast that is measured now; -1: not yet.
};

/// A broadcast as the network saw it.
struct Spread {
    std::size_t living = 0; ///< Without the source.
    std::size_t reached = 0;
    Ticks all{0}; ///< Until the last of those reached had it.
    double rmr = 0; ///< Copies sent, also to the dead, for each that was needed; minus 1.
};

/// All nodes share equal member records.
class SharedRecords final : public tree::MemberPool {
public:
    [[nodiscard]] tree::FactsPtr find(const NodeId &id, quint64 seq) const override;
    [[nodiscard]] tree::FactsPtr intern(tree::FactsPtr facts) override;

private:
    std::map<NodeId, tree::FactsPtr> m_latest;
};

class LeanWorld {
public:
    explicit LeanWorld(quint64 seed);
    ~LeanWorld();

    static net::Peer peer(quint32 number);
    /// Six continents; a third of the uplinks is too slow for children.
    void placeNode(quint32 number, tree::TreeConfig &config);
    void join(quint32 number);
    /// All join, in the end no faster than `perSecond`; each through three random earlier ones.
    /// @return whether they are one tree within `most` after the last one came.
    bool joinAll(quint32 count, quint32 perSecond, Ticks most);
    [[nodiscard]] std::size_t strayCount() const; ///< Not attached to the most common root.
    void kill(quint32 number, bool silently);
    [[nodiscard]] std::vector<quint32> living() const;
    quint32 randomLiving();
    /// @param killPermille so many die in the instant of the broadcast, not the source.
    Spread broadcast(quint32 killPermille, bool silently, Ticks most);

    SimClock clock;
    SimRng rng;
    SimNetwork network;
    SharedRecords records;
    tree::TreeConfig config;
    std::vector<std::unique_ptr<LeanNode>> nodes;

    // Counted by the nodes.
    quint64 events = 0;
    quint64 measured = 0; ///< Every so many of the events,
    std::chrono::nanoseconds spent{0}; ///< and the processor time they took in the machines.
    std::optional<tree::MessageId> watched;
    std::size_t reached = 0;
    quint64 copies = 0; ///< Whole messages sent.
    Ticks reachedAt{0};
    tree::Actions scratch;

private:
    const quint64 m_seed;
};

} // namespace borg::sim
