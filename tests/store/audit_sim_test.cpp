// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_world.h"

#include <QTest>

using namespace borg;
using namespace borg::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

Result<store::PutResult> put(World &world, int at, qsizetype size, store::PutOptions options = {})
{
    options.name = u"file"_s;
    return waitFor(world,
        world.host(at).node().put(
            std::make_shared<BytesSource>(content(size, 7), QString()), options, {}, {}));
}

Result<store::VerifyReport> verify(World &world, int at, const QString &id)
{
    return waitFor(world, world.host(at).node().verify(id, {}, {}));
}

void restartAsLiar(World &world, int number)
{
    world.host(number).stop(false);
    world.host(number).lies = true;
    world.host(number).start();
    world.clock.advance(5s);
}

} // namespace

/// Holders prove what they say they have.
class AuditSimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void honestHoldersProveEverything_data()
    {
        QTest::addColumn<qsizetype>("size");
        QTest::newRow("in the root page") << qsizetype{900};
        QTest::newRow("one short segment") << qsizetype{70'001};
        QTest::newRow("several segments") << qsizetype{9 << 20};
    }
    void honestHoldersProveEverything()
    {
        QFETCH(qsizetype, size);
        World world(1, 6);
        const auto file = put(world, 1, size);
        QVERIFY(file.ok());
        world.clock.advance(20s);
        qint64 told = 0;
        const auto report = waitFor(world,
            world.host(1).node().verify(
                file->fileId, [&](qint64 done, qint64) { told = done; }, {}));
        QVERIFY2(report.ok(), qPrintable(report.ok() ? QString() : report.error().detail));
        QVERIFY(report->asked >= 5);
        QCOMPARE(report->proven, report->asked);
        QCOMPARE(told, report->asked);
        QCOMPARE(report->lostBlocks, 0);
        QVERIFY(report->spareOfWeakest >= 1);
        QVERIFY(report->liars.empty());
    }

    void whoCannotProveIsFoundAndReplaced()
    {
        World world(2, 7);
        const auto file = put(world, 1, 6 << 20, {{}, 2, 6});
        QVERIFY(file.ok());
        world.clock.advance(20s);
        QCOMPARE(world.host(1).node().files().front().state, u"healthy"_s);
        restartAsLiar(world, 3);
        const auto found = verify(world, 1, file->fileId);
        QVERIFY(found.ok());
        QVERIFY(found->wrong > 0);
        QCOMPARE(found->liars, std::set{world.host(3).peer.id});
        QVERIFY(found->spareOfWeakest >= 0);
        // What it was to hold is rebuilt on others, so that all is proven without it.
        world.clock.advance(60s);
        QCOMPARE(world.host(1).node().files().front().state, u"healthy"_s);
        const auto after = verify(world, 1, file->fileId);
        QVERIFY(after.ok());
        QCOMPARE(after->proven, after->asked);
        QVERIFY(after->spareOfWeakest > found->spareOfWeakest);
    }

    void aLiarIsFoundWithoutBeingAskedFor()
    {
        World world(3, 7);
        const auto file = put(world, 1, 3 << 20, {{}, 2, 6});
        QVERIFY(file.ok());
        world.clock.advance(20s);
        restartAsLiar(world, 4);
        world.clock.advance(300s); // the samples of watching over own files
        const auto report = verify(world, 1, file->fileId);
        QVERIFY(report.ok());
        QCOMPARE(report->wrong, 0); // it is not asked any more
        QCOMPARE(report->proven, report->asked);
        QCOMPARE(world.host(1).node().files().front().state, u"healthy"_s);
    }

    void damageIsNoLie()
    {
        World world(4, 6);
        const auto file = put(world, 1, 2 << 20, {{}, 2, 5});
        QVERIFY(file.ok());
        world.clock.advance(20s);
        // Most of what it holds is spoilt on the disk of one holder.
        auto &disk = world.host(2).disk;
        const auto packs = disk.list(u"packs"_s);
        QVERIFY(packs.ok());
        for (const auto &entry : *packs) {
            for (qint64 at = 8192; at < entry.sizeBytes; at += 65'536)
                disk.flipBit(u"packs/"_s + entry.name, at, 3);
        }
        const auto report = verify(world, 1, file->fileId);
        QVERIFY(report.ok());
        QVERIFY(report->gone > 0);
        QVERIFY(report->liars.empty());
        world.clock.advance(60s);
        const auto after = verify(world, 1, file->fileId);
        QCOMPARE(after->proven, after->asked);
        QVERIFY(after->spareOfWeakest >= report->spareOfWeakest);
    }

    void whatIsLostIsSaid()
    {
        World world(5, 5);
        const auto file = put(world, 1, 3 << 20, {{}, 2, 4});
        QVERIFY(file.ok());
        world.clock.advance(20s);
        QCOMPARE(verify(world, 1, u"nothing"_s).error().code, Errc::NotFound);
        for (int number = 2; number <= 5; ++number)
            world.host(number).stop(true);
        world.clock.advance(30s);
        const auto report = verify(world, 1, file->fileId);
        QVERIFY(!report.ok() || report->lostBlocks > 0);
    }

    void aVerifyIsCancelled()
    {
        World world(6, 5);
        const auto file = put(world, 1, 9 << 20);
        QVERIFY(file.ok());
        const Cancel cancel;
        auto task = world.host(1).node().verify(file->fileId, {}, cancel);
        cancel.cancel();
        world.clock.advance(10s);
        QVERIFY(task.isReady());
        QCOMPARE(sim::resultOf(task).error().code, Errc::Closed);
    }
};

QTEST_GUILESS_MAIN(AuditSimTest)
#include "audit_sim_test.moc"
