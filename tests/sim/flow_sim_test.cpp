// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_world.h"

#include <sim/task_result.h>

#include <QTest>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using sim::TreeWorld;

class FlowSimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFloodIsLossless_data()
    {
        const bool isSoak = qEnvironmentVariableIntValue("BORG_SOAK") == 1;
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<int>("queueBytes");
        for (quint64 seed = 1; seed <= (isSoak ? 50 : 3); ++seed)
            QTest::addRow("seed %llu", seed) << seed << (seed % 2 == 1 ? 8 * 1024 : 64 * 1024);
    }
    /// Three sources say as much as they may, with a credit that no link can carry: whoever is told
    /// that it was sent, was right.
    void aFloodIsLossless()
    {
        QFETCH(quint64, seed);
        QFETCH(int, queueBytes);
        TreeWorld world(seed, {.queueBytesMax = queueBytes});
        world.config.credit = {100'000, 100'000, 1'000'000'000, 1'000'000'000};
        world.config.capacity = 3;
        world.joinAll(16);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 20s));
        world.clock.advance(2s);

        std::vector<std::pair<tree::MessageId, quint32>> sent;
        int busy = 0;
        for (int turn = 0; turn < 100; ++turn) {
            for (const quint32 source : {3U, 7U, 11U}) {
                for (int i = 0; i < 8; ++i) {
                    const auto id = world.nodes.at(source)->node.broadcast(
                        u"flood"_s, {}, QByteArray(1000, 'x'));
                    if (id)
                        sent.emplace_back(*id, source);
                    else
                        ++busy;
                }
            }
            world.clock.advance(10ms);
        }
        QVERIFY(busy > 0); // it was more than could go
        QVERIFY(sent.size() > 200);
        const auto missing = [&] {
            int count = 0;
            for (const auto &[id, source] : sent)
                count += world.missing(id, source);
            return count;
        };
        for (int i = 0; i < 60 && missing() > 0; ++i)
            world.clock.advance(1s);
        qInfo("%zu sent, %d times busy", sent.size(), busy);
        QCOMPARE(missing(), 0);
    }

    void everybodyIsCounted()
    {
        TreeWorld world(1);
        world.joinAll(40);
        QVERIFY(world.runUntil([&] { return world.isOneTree(); }, 10s));
        QVERIFY(world.runUntil([&] { return world.everybodyKnowsAll(); }, 10s));
        auto counted = world.nodes.at(17)->node.broadcastCounted(u"ping"_s, {}, {});
        world.clock.advance(4s);
        QVERIFY(counted.isReady());
        QCOMPARE(*sim::resultOf(counted), 39U);
    }
};

QTEST_APPLESS_MAIN(FlowSimTest)
#include "flow_sim_test.moc"
