// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sim/sim_clock.h>
#include <sim/sim_crypto.h>
#include <sim/sim_network.h>
#include <sim/sim_rng.h>
#include <tree/tree_node.h>

#include <QtEndian>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace borg::sim {

/// One node of the tree in a simulation, and what it heard.
class TreeWorldNode {
public:
    TreeWorldNode(SimClock &clock, SimNetwork &network, const net::Peer &peer, quint64 seed,
        const tree::TreeConfig &config)
        : self(peer)
        , m_crypto(peer.id, 42)
        , m_rng(seed)
        , m_scope(clock)
        , m_transport(network.attach(peer))
        , node(m_scope, m_rng, *m_transport, m_crypto, config)
    {
        node.onDelivered([this](const tree::Delivered &d) { ++heard[d.id]; });
    }

    const net::Peer self;

private:
    SimCrypto m_crypto;
    SimRng m_rng;
    TaskScope m_scope;
    std::unique_ptr<net::Transport> m_transport;

public:
    std::map<tree::MessageId, int> heard;
    tree::TreeNode node;
};

/// @return what is wrong with the tree that all these nodes together should form; empty when it is
///         one tree: one root, each parent knows its child, no loop, no more than C children.
inline QString treeFlaw(const std::map<NodeId, tree::TreeStatus> &all, std::size_t capacity)
{
    int roots = 0;
    for (const auto &[id, status] : all) {
        const QString who = status.self.text().left(8);
        if (status.children.size() > capacity)
            return who + QStringLiteral(" has too many children");
        if (status.root != all.begin()->second.root)
            return who + QStringLiteral(" is in another tree");
        if (!status.parent) {
            ++roots;
            continue;
        }
        if (status.state != tree::TreeState::Attached)
            return who + QStringLiteral(" is not attached");
        const auto parent = all.find(*status.parent);
        if (parent == all.end() || !std::ranges::contains(parent->second.children, id))
            return who + QStringLiteral(" is not its parent's child");
        std::size_t steps = 0;
        for (auto up = id; all.at(up).parent; up = *all.at(up).parent) {
            if (++steps > all.size() || !all.contains(*all.at(up).parent))
                return who + QStringLiteral(" hangs on a loop, or on nothing");
        }
        if (steps != status.depth)
            return who + QStringLiteral(" is wrong about its depth");
    }
    return roots == 1 ? QString() : QStringLiteral("%1 roots").arg(roots);
}

/// A network of tree nodes on one clock. Nodes are named by number.
class TreeWorld {
public:
    explicit TreeWorld(quint64 seed, const LinkFaults &faults = {})
        : m_seed(seed)
        , rng(seed)
        , network(clock, rng, faults)
    {
        config.network = QStringLiteral("sim");
        config.local = true;
    }

    static net::Peer peer(quint32 number)
    {
        NodeId id;
        // Ids are hashes in the application; paths name nodes by their first bytes.
        quint64 state = (number + 1) * 0x9e3779b97f4a7c15;
        for (std::size_t at = 0; at < id.bytes.size(); at += 8) {
            state = (state ^ state >> 29) * 0xbf58476d1ce4e5b9;
            qToBigEndian(state, &id.bytes[at]);
        }
        return {id, {QStringLiteral("n%1").arg(number), 7000}};
    }

    TreeWorldNode &add(quint32 number)
    {
        auto own = config;
        own.self = peer(number).endpoint;
        auto &slot = nodes[number];
        slot = std::make_unique<TreeWorldNode>(
            clock, network, peer(number), m_seed * 1'000'003 + number, own);
        return *slot;
    }
    /// Node 0 makes the tree; the others join it at once through some of the first ones.
    void joinAll(quint32 count)
    {
        add(0).node.start({}, {});
        for (quint32 number = 1; number < count; ++number) {
            std::vector<net::Peer> seeds;
            for (int i = 0; i < 3; ++i)
                seeds.push_back(peer(rng.below(std::min(number, 8U))));
            add(number).node.start(seeds, {});
        }
    }
    void kill(quint32 number) { nodes.erase(number); }

    /// Runs until `done` or for `most` of virtual time. @return whether it was done.
    template <typename F>
    bool runUntil(F done, Ticks most)
    {
        const Ticks end = clock.now() + most;
        while (!done() && clock.now() < end)
            clock.advance(std::chrono::milliseconds(50));
        return done();
    }

    /// @return what is wrong with the tree of all nodes.
    QString flaw() const
    {
        std::map<NodeId, tree::TreeStatus> all;
        for (const auto &[number, node] : nodes)
            all[node->self.id] = node->node.status();
        return treeFlaw(all, config.capacity);
    }
    bool isOneTree() const { return flaw().isEmpty(); }

    bool everybodyKnowsAll() const
    {
        return std::ranges::all_of(nodes, [this](const auto &entry) {
            const auto members = entry.second->node.members();
            return members.size() + 1 == nodes.size()
                && std::ranges::all_of(members, &tree::Member::online);
        });
    }

    /// @return how many living nodes but `source` did not hear `id` once exactly.
    int missing(const tree::MessageId &id, quint32 source) const
    {
        int count = 0;
        for (const auto &[number, node] : nodes) {
            const auto heard = node->heard.find(id);
            count += number != source && (heard == node->heard.end() || heard->second != 1) ? 1 : 0;
        }
        return count;
    }
    tree::MessageId broadcast(quint32 from, qsizetype bytes = 1024)
    {
        const auto id
            = nodes.at(from)->node.broadcast(QStringLiteral("test"), {}, QByteArray(bytes, 'x'));
        BORG_ASSERT(id.ok());
        return *id;
    }
    std::optional<quint32> root() const
    {
        for (const auto &[number, node] : nodes) {
            if (node->node.status().state == tree::TreeState::Root)
                return number;
        }
        return std::nullopt;
    }

private:
    const quint64 m_seed;

public:
    SimClock clock;
    SimRng rng;
    SimNetwork network;
    tree::TreeConfig config;
    std::map<quint32, std::unique_ptr<TreeWorldNode>> nodes;
};

} // namespace borg::sim
