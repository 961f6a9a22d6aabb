// SPDX-License-Identifier: GPL-3.0-or-later
#include "bulk_world.h"

#include <QTest>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using namespace borg::sim;

namespace {

constexpr qsizetype kMiB = 1024 * 1024;

void onSixContinents(BulkWorld &world, quint32 count, qint64 uplinkBits)
{
    world.network.setFaults({.delayMin = 0ms, .delayMax = 2ms});
    world.network.setRegions(kSixContinents);
    for (quint32 number = 0; number < count; ++number)
        world.network.setSite(TreeWorld::peer(number).id,
            {.region = static_cast<int>(number % 6),
                .lastMile = 4ms,
                .uplinkBitsPerSecond = uplinkBits});
}

} // namespace

class BulkSimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reachesAHundredNodesOnSixContinents()
    {
        constexpr quint32 kNodes = 100;
        BulkWorld world(1, 8 * kMiB);
        onSixContinents(world, kNodes, 50'000'000);
        world.joinBulk(kNodes);
        const Ticks begun = world.clock.now();
        const auto id = world.publish(3);
        QVERIFY(world.runUntil([&] { return world.incomplete(id) == 0; }, 120s));
        const auto took = std::chrono::duration<double>(world.clock.now() - begun);
        QCOMPARE(world.wrong(id), 0);
        quint64 inStripe = 0;
        quint64 outside = 0;
        quint64 sent = 0;
        for (const auto &[number, node] : world.nodes) {
            const auto status = *world.statusOf(number, id);
            inStripe += status.sentInStripe;
            outside += status.sentOutside;
            sent += status.sentBytes;
        }
        qInfo().noquote() << "8 MiB to 100 nodes in" << took.count() << "s; most sent by one:"
                          << world.mostSent(id) << "x; by its source:"
                          << double(world.statusOf(3, id)->sentBytes) / (8 * kMiB)
                          << "x; of all chunks" << 100 * inStripe / (inStripe + outside)
                          << "% in the sender's stripe; per node"
                          << double(sent) / 99 / (8 * kMiB) << "x";
    }
};

QTEST_GUILESS_MAIN(BulkSimTest)
#include "bulk_sim_test.moc"
