// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_world.h"

#include <tree/partial_view.h>

#include <QTest>

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

constexpr std::size_t kNear = 16;
constexpr quint32 kMany = 160;

struct Crowd : TreeWorld {
    Crowd(quint64 seed, quint32 fullViewMax)
        : TreeWorld(seed)
    {
        config.fullViewMax = fullViewMax;
        config.timePeers = 0; // the clocks are another test's
    }
    /// @return the nodes that know a part.
    [[nodiscard]] std::size_t partials() const
    {
        return static_cast<std::size_t>(std::ranges::count_if(
            nodes, [](const auto &entry) { return !entry.second->node.knowsEverybody(); }));
    }
    /// @return the share of its kNear nearest that a node knows.
    [[nodiscard]] double cellOf(quint32 number) const
    {
        const NodeId self = peer(number).id;
        std::vector<NodeId> others;
        for (const auto &[other, node] : nodes) {
            if (other != number)
                others.push_back(node->self.id);
        }
        std::ranges::sort(others, {}, [&](const NodeId &id) { return tree::distanceOf(self, id); });
        const auto near = std::span(others).first(std::min(kNear, others.size()));
        return static_cast<double>(std::ranges::count_if(near, [&](const NodeId &id) {
            return nodes.at(number)->node.find(id).has_value();
        })) / static_cast<double>(near.size());
    }
    [[nodiscard]] double meanCell() const
    {
        double sum = 0;
        for (const auto &[number, node] : nodes)
            sum += cellOf(number);
        return sum / static_cast<double>(nodes.size());
    }
    [[nodiscard]] double medianEstimate() const
    {
        std::vector<double> sizes;
        for (const auto &[number, node] : nodes)
            sizes.push_back(static_cast<double>(node->node.networkSize()));
        std::ranges::sort(sizes);
        return sizes[sizes.size() / 2] / static_cast<double>(nodes.size());
    }
    [[nodiscard]] qint64 originated() const
    {
        qint64 sum = 0;
        for (const auto &[number, node] : nodes)
            sum += node->node.status().counters.originated;
        return sum;
    }
};

using Located = std::optional<Result<tree::Member>>;
QCoro::Task<> keep(QCoro::Task<Result<tree::Member>> task, Located &outcome)
{
    outcome = co_await std::move(task);
}

} // namespace

/// Networks of more nodes than everybody can know.
class MemberSimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLargeNetworkKnowsItsCellsAndIsQuiet_data() { seeds(2); }
    void aLargeNetworkKnowsItsCellsAndIsQuiet()
    {
        QFETCH(quint64, seed);
        Crowd world(seed, 50);
        world.joinAll(kMany);
        QVERIFY(world.runUntil([&] { return world.partials() == kMany; }, 90s));
        QVERIFY(world.runUntil([&] { return world.meanCell() > 0.98; }, 60s));
        world.clock.advance(30s); // the last records that everybody hears
        const qint64 before = world.originated();
        world.clock.advance(120s);
        QCOMPARE(world.originated(), before);
        QVERIFY2(world.meanCell() > 0.98, qPrintable(QString::number(world.meanCell())));
        const double size = world.medianEstimate();
        QVERIFY2(size > 0.75 && size < 1.3, qPrintable(QString::number(size)));
        QVERIFY2(world.flaw().isEmpty(), qPrintable(world.flaw()));
    }

    /// It is told that the network is large, finds its neighbours, and nobody else hears of it.
    void aNewcomerFindsItsCell_data() { seeds(2); }
    void aNewcomerFindsItsCell()
    {
        QFETCH(quint64, seed);
        Crowd world(seed, 50);
        world.joinAll(kMany);
        QVERIFY(world.runUntil([&] { return world.partials() == kMany; }, 90s));
        world.clock.advance(60s);
        world.add(1000).node.start({TreeWorld::peer(3), TreeWorld::peer(kMany - 5)}, {});
        QVERIFY(world.runUntil([&] { return world.cellOf(1000) > 0.9; }, 20s));
        world.clock.advance(20s);
        auto &node = world.nodes.at(1000)->node;
        QVERIFY(!node.knowsEverybody());
        QCOMPARE(node.status().counters.originated, 0);
        int knowIt = 0;
        world.clock.advance(60s);
        for (const auto &[number, other] : world.nodes)
            knowIt += other->node.find(TreeWorld::peer(1000).id) ? 1 : 0;
        QVERIFY2(knowIt >= int{kNear}, qPrintable(QString::number(knowIt)));
    }

    /// A quarter of the nodes claims that the network is large: the others believe what they see.
    void liarsMakeNobodyQuiet_data() { seeds(3); }
    void liarsMakeNobodyQuiet()
    {
        QFETCH(quint64, seed);
        Crowd world(seed, 400);
        constexpr quint32 kHonest = 60;
        world.joinAll(kHonest);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 30s));
        world.config.fullViewMax = 1; // whoever has this is always quiet, and says so
        for (quint32 number = kHonest; number < kHonest * 4 / 3; ++number)
            world.add(number).node.start({TreeWorld::peer(number % 8)}, {});
        world.clock.advance(20s);
        world.config.fullViewMax = 400;
        for (quint32 number = 100; number < 110; ++number) // each has a liar among its first
            world.add(number).node.start(
                {TreeWorld::peer(kHonest + number % 20), TreeWorld::peer(number % 8)}, {});
        world.clock.advance(60s);
        for (const auto &[number, node] : world.nodes) {
            if (number >= kHonest && number < 100)
                continue;
            QVERIFY2(node->node.knowsEverybody(), qPrintable(QString::number(number)));
            for (const auto &[other, peer] : world.nodes) {
                if (other == number || (other >= kHonest && other < 100))
                    continue;
                const auto member = node->node.find(peer->self.id);
                QVERIFY2(
                    member && member->online, qPrintable(u"%1 lacks %2"_s.arg(number).arg(other)));
            }
        }
    }

    void everybodyCanBeFound_data() { seeds(2); }
    void everybodyCanBeFound()
    {
        QFETCH(quint64, seed);
        Crowd world(seed, 50);
        world.joinAll(kMany);
        QVERIFY(world.runUntil([&] { return world.partials() == kMany; }, 90s));
        world.clock.advance(30s);
        int asked = 0;
        for (quint32 from = 0; from < kMany && asked < 20; ++from) {
            const quint32 to = (from * 31 + 101) % kMany;
            auto &node = world.nodes.at(from)->node;
            if (from == to || node.find(TreeWorld::peer(to).id))
                continue;
            ++asked;
            Located found;
            keep(node.locate(TreeWorld::peer(to).id), found);
            QVERIFY(world.runUntil([&] { return found.has_value(); }, 12s));
            QVERIFY(found->ok());
            QCOMPARE((*found)->endpoint, TreeWorld::peer(to).endpoint);
        }
        QCOMPARE(asked, 20);
        Located nobody;
        keep(world.nodes.at(0)->node.locate(TreeWorld::peer(9999).id, 5s), nobody);
        QVERIFY(world.runUntil([&] { return nobody.has_value(); }, 8s));
        QVERIFY(!nobody->ok());
    }

    void theDeadGoOutOfSight_data() { seeds(2); }
    void theDeadGoOutOfSight()
    {
        QFETCH(quint64, seed);
        Crowd world(seed, 50);
        world.config.timePeers = 16; // who is asked for the time is met
        world.joinAll(kMany);
        QVERIFY(world.runUntil([&] { return world.partials() == kMany; }, 90s));
        world.clock.advance(60s);
        for (quint32 number = 10; number < kMany; number += 3)
            world.kill(number);
        world.clock.advance(180s);
        int dead = 0;
        int all = 0;
        for (const auto &[number, node] : world.nodes) {
            for (const auto &peer :
                node->node.sample(8, [](const tree::Member &m) { return m.online; })) {
                ++all;
                dead += std::ranges::none_of(world.nodes,
                            [&](const auto &entry) { return entry.second->self.id == peer.id; })
                    ? 1
                    : 0;
            }
        }
        QVERIFY2(dead * 20 <= all, qPrintable(u"%1 of %2"_s.arg(dead).arg(all)));
        QVERIFY2(world.meanCell() > 0.95, qPrintable(QString::number(world.meanCell())));
    }

    void aNetworkThatShrinksKnowsEverybodyAgain()
    {
        Crowd world(1, 60);
        world.joinAll(100);
        QVERIFY(world.runUntil([&] { return world.partials() == 100; }, 90s));
        world.clock.advance(30s);
        for (quint32 number = 20; number < 100; ++number)
            world.kill(number);
        const bool isWhole = world.runUntil([&] { return world.partials() == 0; }, 1200s);
        for (const auto &[number, node] : world.nodes) {
            if (!isWhole)
                qInfo("%u: quiet %d, size %lld, knows %zu", number, !node->node.knowsEverybody(),
                    node->node.networkSize(), node->node.members().size());
        }
        QVERIFY(isWhole);
        QVERIFY(world.runUntil(
            [&] {
                return std::ranges::all_of(world.nodes,
                    [&](const auto &entry) { return entry.second->node.networkSize() == 20; });
            },
            300s));
    }
};

QTEST_GUILESS_MAIN(MemberSimTest)
#include "member_sim_test.moc"
