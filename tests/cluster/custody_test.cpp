// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <base/loop_clock.h>
#include <base/pool_executor.h>
#include <base/system_rng.h>
#include <disk/real_disk.h>
#include <sim/task_result.h>
#include <store/pack_store.h>

#include <QJsonArray>
#include <QTest>

using namespace borg;
using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// One segment of one manifest.
using Segment = std::pair<store::ShardId, quint32>;
using Count = std::map<Segment, int>;

/// Waits for `task` on the real event loop.
template <typename T>
bool finish(QCoro::Task<T> &task)
{
    return QTest::qWaitFor([&] { return task.isReady(); }, 30'000);
}

/// Opens a stopped node's packs and counts what it holds of each segment.
void countHeld(const QString &folder, Count &count)
{
    LoopClock clock;
    SystemRng rng;
    PoolExecutor executor;
    TaskScope scope(clock);
    auto disk = disk::RealDisk::open(folder);
    QVERIFY(disk.ok());
    store::PackStore packs(scope, rng, **disk, executor, {.folder = u"packs"_s});
    auto opened = packs.open();
    QVERIFY(finish(opened));
    QVERIFY(sim::resultOf(opened).ok());
    for (const auto &id : packs.ids()) {
        const auto meta = packs.meta(id);
        QVERIFY(meta.has_value());
        ++count[{meta->manifest, meta->segment}];
    }
    (void)scope.close();
    QVERIFY(QTest::qWaitFor([&] { return scope.isIdle(); }, 10'000));
}

} // namespace

/// Nobody holds enough of a segment to rebuild it: counted on the disks of real nodes.
class CustodyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noNodeHoldsKShardsOfASegment_data()
    {
        QTest::addColumn<int>("nodes");
        QTest::addColumn<QString>("code");
        QTest::addColumn<int>("k");
        QTest::addColumn<int>("n");
        QTest::newRow("5 nodes, the table's code") << 5 << QString() << 2 << 4;
        QTest::newRow("4 nodes, 3 of 8") << 4 << u"3/8"_s << 3 << 8;
    }
    void noNodeHoldsKShardsOfASegment()
    {
        QFETCH(int, nodes);
        QFETCH(QString, code);
        QFETCH(int, k);
        QFETCH(int, n);
        Cluster cluster;
        QByteArray why;
        QVERIFY2(cluster.start(nodes, &why), why);
        const auto file = cluster.scratch(u"file"_s);
        QVERIFY(writeNoise(file, 12 << 20, 3));
        QStringList put{u"put"_s, file, u"--json"_s};
        if (!code.isEmpty())
            put << u"--code"_s << code;
        const auto outcome = cluster.ctl(1, put);
        QVERIFY2(outcome.exitCode == 0, outcome.text());
        Outcome list;
        QVERIFY2(Cluster::eventually(
                     [&] {
                         list = cluster.ctl(1, {u"ls"_s, u"--json"_s});
                         return list.json()
                                    .value(u"files"_s)
                                    .toArray()
                                    .at(0)
                                    .toObject()
                                    .value(u"state"_s)
                             == u"healthy"_s;
                     },
                     60'000),
            list.text());
        for (int node = 1; node <= nodes; ++node)
            cluster.kill(node);

        Count everywhere;
        int most = 0;
        for (int node = 1; node <= nodes; ++node) {
            Count held;
            countHeld(cluster.dir(node), held);
            for (const auto &[segment, count] : held) {
                most = std::max(most, count);
                everywhere[segment] += count;
            }
        }
        QVERIFY2(most < k, qPrintable(u"a node holds %1 shards of a segment"_s.arg(most)));
        const auto segments = (12 << 20) / (k * 512 * 1024);
        QVERIFY2(static_cast<int>(everywhere.size()) >= segments, "the count saw the file");
        int whole = 0;
        for (const auto &[segment, count] : everywhere)
            whole += count == n ? 1 : 0;
        QVERIFY2(whole >= segments, qPrintable(u"%1 segments have all n shards"_s.arg(whole)));
    }
};

QTEST_GUILESS_MAIN(CustodyTest)
#include "custody_test.moc"
