// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sim/sim_rng.h>

#include <QtEndian>

#include <cmath>
#include <memory>
#include <time/network_time.h>
#include <vector>

namespace borg::sim {

/// How the nodes of a TimeWorld are.
struct TimeWorldConfig {
    quint32 nodes = 3000;
    quint32 liarPermille = 250;
    qint64 lieUs = 5'000'000; ///< All liars say the same.
    quint32 unsynchronisedPermille = 120;
    quint32 wrongPermille = 20; ///< Off by seconds to hours, and sure to be right.
    qint64 osErrorUs = 10'000; ///< Standard deviation of a synchronised clock.
    quint32 randomPeers = 16; ///< Asked in 64 s.
};

/// Thousands of NetworkTime machines that ask each other, on six continents: no frames, no links.
class TimeWorld {
public:
    enum class Kind : quint8 { Right, Unsynchronised, Wrong, Liar };

    struct Node {
        Kind kind = Kind::Right;
        quint32 continent = 0;
        qint64 startUs = 0; ///< The true moment at which its axis begins.
        qint64 driftPpb = 0; ///< How much too fast the axis runs.
        OsTime os; ///< utcUs: minus the truth.
        std::vector<quint32> neighbours;
        std::unique_ptr<time::NetworkTime> machine;
        quint32 phase = 0; ///< So that not all ask at once.
    };

    /// One-way milliseconds between continents, at the least.
    static constexpr std::array<std::array<qint64, 6>, 6> kWayMs{{{12, 45, 75, 55, 110, 85},
        {45, 12, 70, 85, 95, 45}, {75, 70, 15, 145, 110, 105}, {55, 85, 145, 15, 150, 140},
        {110, 95, 110, 150, 18, 165}, {85, 45, 105, 140, 165, 15}}};

    TimeWorld(quint64 seed, const TimeWorldConfig &config)
        : m_config(config)
        , m_rng(seed)
    {
        for (quint32 number = 0; number < config.nodes; ++number)
            add(number);
        for (Node &node : m_nodes) { // mostly near ones, as the tree has them
            while (node.neighbours.size() < 5) {
                const quint32 other = m_rng.below(config.nodes);
                const bool isNear = m_nodes[other].continent == node.continent;
                if (&m_nodes[other] != &node && (isNear || m_rng.below(20) == 0))
                    node.neighbours.push_back(other);
            }
        }
    }

    /// Runs in steps of 4 s of true time, in each of which every node asks one random peer, a
    /// quarter of them their neighbours, and looks at its clocks.
    void run(Ticks span)
    {
        for (const qint64 endUs = m_trueUs + span.count(); m_trueUs < endUs; m_trueUs += kStepUs)
            step();
    }

    [[nodiscard]] std::vector<Node> &nodes() { return m_nodes; }
    [[nodiscard]] qint64 trueUs() const { return m_trueUs; }
    [[nodiscard]] Ticks axis(const Node &node) const { return axisAt(node, m_trueUs); }
    /// @return network time at the node minus the truth.
    [[nodiscard]] qint64 errorUs(const Node &node) const
    {
        return node.machine->netNow(axis(node)).utcUs - m_trueUs;
    }
    [[nodiscard]] OsTime osOf(const Node &node) const
    {
        OsTime os = node.os;
        os.utcUs += m_trueUs;
        return os;
    }

private:
    static constexpr qint64 kStepUs = 4'000'000;
    static constexpr qint64 kStartUs = 1'790'000'000'000'000;

    static Ticks axisAt(const Node &node, qint64 trueUs)
    {
        const qint64 spanUs = trueUs - node.startUs;
        return Ticks{spanUs + spanUs / 1'000'000 * node.driftPpb / 1000};
    }
    /// A normal distribution is close enough to twelve dice (exact the same on every computer).
    qint64 normal(qint64 sigmaUs)
    {
        qint64 sum = 0;
        for (int i = 0; i < 12; ++i)
            sum += m_rng.below(2'000'001);
        return (sum - 12'000'000) / 2 * sigmaUs / 1'000'000;
    }
    void add(quint32 number)
    {
        Node node;
        node.continent = m_rng.below(6);
        node.startUs = kStartUs - qint64{m_rng.below(1'000'000)} * 1000;
        node.driftPpb = normal(5000);
        node.phase = m_rng.below(4);
        const quint32 lot = m_rng.below(1000);
        node.os = {0, kOsBoundMinUs, true, 0};
        node.os.utcUs = std::clamp(normal(m_config.osErrorUs), -kOsBoundMinUs, kOsBoundMinUs);
        if (lot < m_config.liarPermille) {
            node.kind = Kind::Liar;
        } else if (lot < m_config.liarPermille + m_config.unsynchronisedPermille) {
            node.kind = Kind::Unsynchronised;
            node.os = {normal(100'000'000), kOsBoundMaxUs, false, 0};
        } else if (lot
            < m_config.liarPermille + m_config.unsynchronisedPermille + m_config.wrongPermille) {
            node.kind = Kind::Wrong;
            const qint64 offUs = (qint64{m_rng.below(3'600'000)} + 1000) * 1000;
            node.os.utcUs = m_rng.below(2) == 0 ? offUs : -offUs;
        }
        OsTime first = node.os;
        first.utcUs += m_trueUs;
        time::Rules rules;
        rules.self = idOf(number);
        node.machine = std::make_unique<time::NetworkTime>(rules, axisAt(node, m_trueUs), first);
        m_nodes.push_back(std::move(node));
    }
    static NodeId idOf(quint32 number)
    {
        NodeId id;
        qToBigEndian(number, id.bytes.data());
        return id;
    }
    void step()
    {
        for (quint32 number = 0; number < m_nodes.size(); ++number) {
            Node &node = m_nodes[number];
            if (node.kind == Kind::Liar)
                continue;
            for (quint32 i = 0; i < m_config.randomPeers / 16; ++i)
                ask(node, m_rng.below(m_config.nodes));
            if (m_round % 4 == node.phase) {
                for (const quint32 neighbour : node.neighbours)
                    ask(node, neighbour);
            }
            node.machine->evaluate(axis(node), osOf(node));
        }
        ++m_round;
    }
    /// A way of the least length, 5 % longer or shorter, with a queue now and then.
    qint64 wayUs(const Node &from, const Node &to)
    {
        const qint64 leastUs = kWayMs[from.continent][to.continent] * 1000;
        const qint64 queueUs = m_rng.below(10) == 0 ? m_rng.below(40'000) : m_rng.below(500);
        return std::max<qint64>(leastUs + normal(leastUs / 20), 200) + queueUs;
    }
    void ask(Node &node, quint32 number)
    {
        const Node &peer = m_nodes[number];
        if (&peer == &node)
            return;
        const qint64 thereUs = m_trueUs + wayUs(node, peer);
        const qint64 backUs = thereUs + wayUs(peer, node);
        time::Sample sample;
        sample.source = idOf(number);
        sample.group = number % 1500;
        sample.sentAt = axisAt(node, m_trueUs);
        sample.heardAt = axisAt(node, backUs);
        if (peer.kind == Kind::Liar) {
            sample.heardThereUs = thereUs + m_config.lieUs;
        } else {
            const Ticks there = axisAt(peer, thereUs);
            const auto served = peer.machine->served(there);
            sample.heardThereUs = peer.machine->netNow(there).utcUs + served.skewUs;
            sample.boundUs = served.boundUs;
        }
        sample.saidThereUs = sample.heardThereUs;
        node.machine->add(sample);
    }

    const TimeWorldConfig m_config;
    SimRng m_rng;
    std::vector<Node> m_nodes;
    qint64 m_trueUs = kStartUs;
    quint32 m_round = 0;
};

} // namespace borg::sim
