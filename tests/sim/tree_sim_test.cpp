// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_world.h"

#include <QTest>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using sim::TreeWorld;

namespace {

constexpr quint32 kNodes = 100;

void seeds(quint64 usual)
{
    const bool isSoak = qEnvironmentVariableIntValue("BORG_SOAK") == 1;
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 1; seed <= (isSoak ? 10 * usual : usual); ++seed)
        QTest::addRow("seed %llu", seed) << seed;
}

} // namespace

class TreeSimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aHundredJoinAtOnce_data() { seeds(20); }
    void aHundredJoinAtOnce()
    {
        QFETCH(quint64, seed);
        TreeWorld world(seed);
        world.joinAll(kNodes);
        world.runUntil([&] { return world.isOneTree(); }, 10s);
        QCOMPARE(world.flaw(), QString());
        QVERIFY2(world.clock.now() < 5s, QByteArray::number(qint64(world.clock.now().count())));

        // Soon everybody knows everybody; who came to hang too deep in the rush moves up.
        world.runUntil([&] { return world.everybodyKnowsAll() && world.isOneTree(); }, 6s);
        QCOMPARE(world.flaw(), QString());
        QVERIFY(world.everybodyKnowsAll());
        const auto depth = [&] {
            quint32 most = 0;
            for (const auto &[number, node] : world.nodes)
                most = std::max(most, node->node.status().depth);
            return most;
        };
        // 2.2 log4 of a hundred
        world.runUntil([&] { return depth() <= 7 && world.isOneTree(); }, 15s);
        QVERIFY2(depth() <= 7, QByteArray::number(depth()));
        QCOMPARE(world.flaw(), QString());
        const auto id = world.broadcast(static_cast<quint32>(seed) % kNodes);
        world.clock.advance(1s);
        QCOMPARE(world.missing(id, static_cast<quint32>(seed) % kNodes), 0);
    }

    /// 30 of 100 die in the instant of a broadcast: all others get it.
    void survivorsGetTheBroadcast_data() { seeds(20); }
    void survivorsGetTheBroadcast()
    {
        QFETCH(quint64, seed);
        TreeWorld world(seed);
        world.joinAll(kNodes);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(2s);

        const auto id = world.broadcast(50);
        world.clock.advance(Ticks{world.rng.below(60'000)}); // it is on its way
        for (int killed = 0; killed < 30;) {
            const auto victim = world.rng.below(kNodes);
            if (victim != 50 && world.nodes.contains(victim)) {
                world.kill(victim);
                ++killed;
            }
        }
        world.runUntil([&] { return world.missing(id, 50) == 0; }, 10s);
        QCOMPARE(world.missing(id, 50), 0);
        world.runUntil([&] { return world.isOneTree(); }, 20s);
        QCOMPARE(world.flaw(), QString());
        const auto next = world.broadcast(50);
        world.clock.advance(2s);
        QCOMPARE(world.missing(next, 50), 0);
    }

    void theRootIsReplaced_data() { seeds(20); }
    void theRootIsReplaced()
    {
        QFETCH(quint64, seed);
        TreeWorld world(seed);
        world.joinAll(30);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(5s);

        world.kill(0);
        world.clock.advance(10ms);
        const auto died = world.clock.now();
        world.runUntil([&] { return world.isOneTree(); }, 20s);
        QCOMPARE(world.flaw(), QString());
        QVERIFY2(world.clock.now() - died < 3s,
            QByteArray::number(qint64((world.clock.now() - died).count())));
        const auto id = world.broadcast(7);
        world.clock.advance(2s);
        QCOMPARE(world.missing(id, 7), 0);
    }

    /// A stopped process keeps its links: only the missing heartbeats tell.
    void aFrozenParentIsLeft_data() { seeds(20); }
    void aFrozenParentIsLeft()
    {
        QFETCH(quint64, seed);
        TreeWorld world(seed);
        world.joinAll(30);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(5s);
        quint32 parent = 1;
        while (world.nodes.at(parent)->node.status().children.empty())
            ++parent;
        const NodeId frozen = world.nodes.at(parent)->self.id;
        const auto children = world.nodes.at(parent)->node.status().children;
        world.network.freeze(frozen);
        const auto id = world.broadcast(0);
        world.clock.advance(900ms);
        for (const auto &[number, node] : world.nodes) {
            if (std::ranges::contains(children, node->self.id))
                QVERIFY(node->node.status().parent && node->node.status().parent != frozen);
        }
        world.clock.advance(1s);
        QCOMPARE(world.missing(id, 0), 1); // the frozen one
        world.network.thaw(frozen);
        world.runUntil([&] { return world.isOneTree(); }, 20s);
        QCOMPARE(world.flaw(), QString());
    }

    /// A computer that slept finds all its links closed, one after the other.
    void aThawedNodeIsSoonBack_data() { seeds(20); }
    void aThawedNodeIsSoonBack()
    {
        QFETCH(quint64, seed);
        TreeWorld world(seed);
        world.joinAll(30);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(5s);
        quint32 parent = 1;
        while (world.nodes.at(parent)->node.status().children.empty())
            ++parent;
        world.network.freeze(world.nodes.at(parent)->self.id);
        world.clock.advance(seed % 2 == 0 ? 3s : 12s);
        world.network.thaw(world.nodes.at(parent)->self.id);
        const auto thawed = world.clock.now();
        world.clock.advance(10ms);
        world.runUntil([&] { return world.isOneTree(); }, 20s);
        QCOMPARE(world.flaw(), QString());
        QVERIFY2(world.clock.now() - thawed < 2s,
            QByteArray::number(qint64((world.clock.now() - thawed).count())));
    }

    void twoHalvesMergeAgain_data() { seeds(10); }
    void twoHalvesMergeAgain()
    {
        QFETCH(quint64, seed);
        TreeWorld world(seed);
        world.joinAll(40);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(5s);

        std::map<NodeId, int> groups;
        for (quint32 number = 20; number < 40; ++number)
            groups[TreeWorld::peer(number).id] = 1;
        world.network.partition(groups);
        world.clock.advance(20s);
        QVERIFY(!world.isOneTree());
        const auto here = world.broadcast(3);
        const auto there = world.broadcast(33);
        world.clock.advance(10s);
        QCOMPARE(world.missing(here, 3), 20);
        QCOMPARE(world.missing(there, 33), 20);

        world.network.heal();
        world.runUntil([&] { return world.isOneTree(); }, 60s);
        QCOMPARE(world.flaw(), QString());
        // What was said in the last two minutes flows both ways.
        world.clock.advance(5s);
        QCOMPARE(world.missing(here, 3), 0);
        QCOMPARE(world.missing(there, 33), 0);
    }

    /// A link loses nothing as long as it lives; even so the tree stands some loss.
    void standsLossAndDoubling_data() { seeds(10); }
    void standsLossAndDoubling()
    {
        QFETCH(quint64, seed);
        TreeWorld world(seed);
        world.joinAll(30);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(3s);
        world.network.setFaults({.dropPermille = 20, .duplicatePermille = 20});
        std::vector<tree::MessageId> ids;
        for (int i = 0; i < 20; ++i) {
            ids.push_back(world.broadcast(static_cast<quint32>(i)));
            world.clock.advance(200ms);
        }
        world.network.setFaults({});
        world.clock.advance(10s);
        int lost = 0; // on the only link of a leaf, before anybody else had it
        for (quint32 i = 0; i < ids.size(); ++i) {
            const int missing = world.missing(ids[i], i);
            QVERIFY2(missing == 0 || missing == 29, QByteArray::number(missing));
            lost += missing == 29 ? 1 : 0;
        }
        QVERIFY(lost <= 2);
        world.runUntil([&] { return world.isOneTree(); }, 20s);
        QCOMPARE(world.flaw(), QString());
    }

    void childrenMoveWhenTheirParentLeaves()
    {
        TreeWorld world(1);
        world.joinAll(30);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(5s);
        quint32 parent = 1;
        while (world.nodes.at(parent)->node.status().children.empty())
            ++parent;
        auto left = world.nodes.at(parent)->node.leave();
        world.clock.advance(200ms);
        QVERIFY(left.isReady());
        QCOMPARE(world.nodes.at(parent)->node.status().state, tree::TreeState::Left);
        const NodeId gone = world.nodes.at(parent)->self.id;
        world.kill(parent);
        world.clock.advance(500ms);
        QCOMPARE(world.flaw(), QString());
        for (const auto &[number, node] : world.nodes)
            QVERIFY(!node->node.find(gone)->online);
    }

    /// All nodes stop and come back with what they remember: none of them made the tree.
    void aNetworkStartsAgainFromMemory()
    {
        TreeWorld world(1);
        world.joinAll(5);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(5s);
        std::map<quint32, std::vector<net::Peer>> known;
        for (const auto &[number, node] : world.nodes) {
            known[number] = node->node.knownPeers();
            QCOMPARE(known[number].size(), 4U);
        }
        world.nodes.clear();
        world.clock.advance(1s);
        for (const auto &[number, peers] : known)
            world.add(number).node.start(peers, {});
        world.runUntil([&] { return world.isOneTree(); }, 10s);
        QCOMPARE(world.flaw(), QString());
        world.clock.advance(4s);
        const auto id = world.broadcast(2);
        world.clock.advance(1s);
        QCOMPARE(world.missing(id, 2), 0);
    }

    void bigMessagesArePulled()
    {
        TreeWorld world(1);
        world.config.credit.bytesBurst = 8 << 20;
        world.joinAll(20);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(3s);
        const auto id = world.broadcast(7, 200'000);
        world.clock.advance(5s);
        QCOMPARE(world.missing(id, 7), 0);
        for (const auto &[number, node] : world.nodes) {
            QCOMPARE(node->node.status().counters.duplicates, 0);
            if (number != 7)
                QVERIFY(node->node.status().counters.pulled >= 1);
        }
    }

    /// More than a source may send is refused at the source.
    void creditHoldsAtTheSource()
    {
        TreeWorld world(1);
        world.joinAll(5);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        world.clock.advance(3s);
        int sent = 0;
        while (world.nodes.at(2)->node.broadcast(u"test"_s, {}))
            ++sent;
        QVERIFY(sent >= 90 && sent <= 100);
        world.clock.advance(2s);
        for (const auto &[number, node] : world.nodes) {
            QCOMPARE(node->heard.size(), number == 2 ? 0U : static_cast<std::size_t>(sent));
            QCOMPARE(node->node.status().counters.overCredit, 0);
        }
        QVERIFY(world.nodes.at(2)->node.broadcast(u"test"_s, {}).ok());
    }

    void theSameSeedGivesTheSameTrace()
    {
        const auto trace = [](quint64 seed) {
            TreeWorld world(seed, {.dropPermille = 5, .duplicatePermille = 5});
            world.joinAll(40);
            world.clock.advance(5s);
            world.broadcast(3);
            world.kill(0);
            world.clock.advance(5s);
            return world.network.traceHash();
        };
        QCOMPARE(trace(7), trace(7));
        QVERIFY(trace(7) != trace(8));
    }
};

QTEST_GUILESS_MAIN(TreeSimTest)
#include "tree_sim_test.moc"
