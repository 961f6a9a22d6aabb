// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_world.h"

#include <QTest>

#include <cmath>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using sim::TreeWorld;

namespace {

void seeds(quint64 usual)
{
    const bool isSoak = qEnvironmentVariableIntValue("BORG_SOAK") == 1;
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 1; seed <= (isSoak ? 10 * usual : usual); ++seed)
        QTest::addRow("seed %llu", seed) << seed;
}

/// One way between two continents, in milliseconds; the last digits of the ids say where in them.
constexpr std::array<std::array<int, 6>, 6> kWays{{
    {8, 45, 90, 55, 110, 75},
    {45, 10, 130, 95, 80, 110},
    {90, 130, 12, 130, 160, 180},
    {55, 95, 130, 12, 60, 125},
    {110, 80, 160, 60, 10, 55},
    {75, 110, 180, 125, 55, 9},
}};

Ticks wayBetween(const NodeId &a, const NodeId &b, quint64 salt = 0)
{
    const auto placeOf = [salt](const NodeId &id) {
        quint64 state = salt * 0x9e3779b97f4a7c15;
        for (const auto byte : id.bytes)
            state = (state ^ byte) * 0x100000001b3;
        return state ^ state >> 31;
    };
    const quint64 first = placeOf(a);
    const quint64 second = placeOf(b);
    const int between = kWays.at(first % 6).at(second % 6);
    const quint64 local = (first / 6 % 100 + second / 6 % 100) * 60; // up to 12 ms
    return std::chrono::milliseconds(between) / 2 + Ticks{static_cast<qint64>(local)};
}

struct Continents : TreeWorld {
    explicit Continents(quint64 seed)
        : TreeWorld(seed, {.delayMin = 100us, .delayMax = 600us})
    {
        config.local = false;
        network.setLatency([](const NodeId &a, const NodeId &b) { return wayBetween(a, b); });
    }
    qint64 moves() const
    {
        qint64 sum = 0;
        for (const auto &[number, node] : nodes)
            sum += node->node.status().counters.moves;
        return sum;
    }
    quint32 depth() const
    {
        quint32 most = 0;
        for (const auto &[number, node] : nodes)
            most = std::max(most, node->node.status().depth);
        return most;
    }
    /// The way of a message from the root to each node, in ms, as the links really are.
    std::vector<double> ways() const
    {
        std::map<NodeId, std::optional<NodeId>> parents;
        for (const auto &[number, node] : nodes)
            parents[node->self.id] = node->node.status().parent;
        std::vector<double> all;
        for (const auto &[id, parent] : parents) {
            Ticks way{0};
            std::size_t steps = 0;
            for (auto at = id; parents[at] && ++steps < nodes.size(); at = *parents[at])
                way += wayBetween(at, *parents[at]);
            all.push_back(static_cast<double>(way.count()) / 1000);
        }
        std::ranges::sort(all);
        return all;
    }
    double meanWay() const
    {
        const auto all = ways();
        return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
    }
};

} // namespace

/// Where nodes go in the tree when the ways between them differ.
class TreePlaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNetworkOfContinentsFindsAFlatTreeAndStands_data() { seeds(1); }
    void aNetworkOfContinentsFindsAFlatTreeAndStands()
    {
        QFETCH(quint64, seed);
        constexpr quint32 kNodes = 80;
        Continents world(seed);
        world.joinAll(kNodes);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 20s));
        const double joined = world.meanWay();
        world.clock.advance(120s);
        QCOMPARE(world.flaw(), QString());
        const qint64 settled = world.moves();
        const double after = world.meanWay();
        world.clock.advance(120s);
        qInfo("seed %llu: mean way %.0f, later %.0f ms, worst %.0f, depth %u, moves %lld + %lld",
            seed, joined, after, world.ways().back(), world.depth(), settled,
            world.moves() - settled);
        QVERIFY(world.depth() <= 2.2 * std::log2(kNodes) / 2);
        // A direct link would take 40 to 75 ms, by where the root is.
        QVERIFY2(after < 160, QByteArray::number(after));
        QVERIFY2(
            world.moves() - settled <= kNodes / 40, QByteArray::number(world.moves() - settled));

        const auto id = world.broadcast(7);
        world.clock.advance(500ms);
        QCOMPARE(world.missing(id, 7), 0);
    }

    /// The tree grew while the ways were others: it turns into one that fits, and loses nothing.
    void aBadTreeTurnsIntoAGoodOne_data() { seeds(1); }
    void aBadTreeTurnsIntoAGoodOne()
    {
        QFETCH(quint64, seed);
        constexpr quint32 kNodes = 60;
        Continents world(seed);
        world.network.setLatency([](const NodeId &a, const NodeId &b) {
            return wayBetween(a, b, 7); // everybody lives elsewhere
        });
        world.joinAll(kNodes);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 20s));
        world.network.setLatency([](const NodeId &a, const NodeId &b) { return wayBetween(a, b); });
        const double before = world.meanWay();
        std::vector<std::pair<tree::MessageId, quint32>> sent;
        for (int second = 0; second < 200; ++second) {
            const auto source = world.rng.below(kNodes);
            sent.emplace_back(world.broadcast(source), source);
            world.clock.advance(1s);
        }
        world.clock.advance(3s);
        for (const auto &[id, source] : sent)
            QCOMPARE(world.missing(id, source), 0);
        const qint64 settled = world.moves();
        const double after = world.meanWay();
        world.clock.advance(60s);
        qInfo("seed %llu: mean way %.0f, later %.0f ms, moves %lld + %lld", seed, before, after,
            settled, world.moves() - settled);
        QCOMPARE(world.flaw(), QString());
        QVERIFY2(after < 0.8 * before, QByteArray::number(after));
        QVERIFY2(
            world.moves() - settled <= kNodes / 20, QByteArray::number(world.moves() - settled));
    }
};

QTEST_APPLESS_MAIN(TreePlaceTest)
#include "tree_place_test.moc"
