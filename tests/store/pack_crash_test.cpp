// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_model.h"

#include <QTest>

using namespace borg;
using namespace borg::store;
using namespace borg::store::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint64 kRounds = 1000;
constexpr quint64 kSoakRounds = 10'000;
constexpr int kScriptOperations = 200;

/// One life of the store: it works until the power goes at some call, or is stopped.
void live(PackWorld &world, PackModel &model, int operations)
{
    model.operate(operations);
    model.finish();
    world.stop();
    model.forget();
    world.disk.crash();
}

} // namespace

class PackCrashTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"borg.*=false"_s); }

    /// The power goes at a random call, also while the store opens; three times in a row, so that
    /// what one recovery leaves is what the next one finds.
    void keepsWhatItAcknowledgedInAThousandRounds()
    {
        const bool isSoak = qEnvironmentVariableIntValue("BORG_SOAK") == 1;
        qint64 acknowledged = 0;
        for (quint64 seed = 1; seed <= (isSoak ? kSoakRounds : kRounds); ++seed) {
            PackWorld world(seed);
            PackModel model(world, seed * 13);
            for (int crash = 0; crash < 3; ++crash) {
                world.disk.cutPowerAtCall(world.disk.callCount() + 1 + world.rng.below(120));
                if (world.start())
                    live(world, model, 100);
                world.stop();
                world.disk.crash();
                const auto opened = world.start();
                QVERIFY2(opened.ok(), qPrintable(u"seed %1: does not open"_s.arg(seed)));
                const QString wrong = model.check();
                QVERIFY2(wrong.isEmpty(),
                    qPrintable(u"seed %1, crash %2: %3"_s.arg(seed).arg(crash).arg(wrong)));
                world.stop();
            }
            acknowledged += model.acknowledgedCount();
        }
        QVERIFY(acknowledged > 20'000); // the rounds did real work
    }

    void recoversFromAPowerCutAtEveryCallOfAScript()
    {
        qint64 calls = 0;
        {
            PackWorld world(1);
            PackModel model(world, 1);
            QVERIFY(world.start().ok());
            live(world, model, kScriptOperations);
            calls = world.disk.callCount();
        }
        QVERIFY(calls > 200);
        for (qint64 call = 1; call <= calls; ++call) {
            PackWorld world(1);
            PackModel model(world, 1);
            world.disk.cutPowerAtCall(call);
            if (world.start())
                live(world, model, kScriptOperations);
            world.stop();
            world.disk.crash();
            QVERIFY2(world.start().ok(), qPrintable(u"call %1: does not open"_s.arg(call)));
            const QString wrong = model.check();
            QVERIFY2(wrong.isEmpty(), qPrintable(u"call %1: %2"_s.arg(call).arg(wrong)));
        }
    }

    void survivesErrorsAtEveryNthCall_data()
    {
        QTest::addColumn<int>("code");
        QTest::newRow("disk full") << static_cast<int>(Errc::NoSpace);
        QTest::newRow("input/output error") << static_cast<int>(Errc::Storage);
    }
    /// Either it goes on, or it is read-only with a reason; what was acknowledged can be read all
    /// the time, and a store that was only full takes puts again when there is room.
    void survivesErrorsAtEveryNthCall()
    {
        QFETCH(int, code);
        const Errc errc{static_cast<quint8>(code)};
        for (qint64 period = 2; period <= 150; ++period) {
            PackWorld world(static_cast<quint64>(period));
            PackModel model(world, static_cast<quint64>(period));
            QVERIFY(world.start().ok());
            world.disk.failEvery(period, errc);
            model.operate(kScriptOperations);
            model.finish();
            world.settle();
            world.disk.failEvery(0, errc);

            const PackUsage usage = world.store->usage();
            if (usage.state != PackState::Writable)
                QVERIFY(!usage.reason.isEmpty());
            world.clock.advance(20s);
            if (errc == Errc::NoSpace && world.store->usage().state != PackState::Failed) {
                QCOMPARE(world.store->usage().state, PackState::Writable);
                QVERIFY(world.run(world.store->put(idOf(5000), metaOf(0), "new"_ba)).ok());
                QVERIFY(world.run(world.store->remove(idOf(5000))).ok());
            }
            world.stop();
            model.forget();
            world.disk.crash();
            QVERIFY(world.start().ok());
            QCOMPARE(world.store->usage().state, PackState::Writable);
            const QString wrong = model.check();
            QVERIFY2(wrong.isEmpty(), qPrintable(u"period %1: %2"_s.arg(period).arg(wrong)));
        }
    }

    /// A read-only store still reads everything it acknowledged.
    void readsOnAfterAFailedWrite()
    {
        PackWorld world(3);
        QVERIFY(world.start().ok());
        for (quint32 i = 0; i < 20; ++i)
            QVERIFY(world.run(world.store->put(idOf(i), metaOf(i), bytesOf(i))).ok());
        world.disk.failCall(world.disk.callCount() + 2, Errc::Storage); // the sync
        const auto lost = world.run(world.store->put(idOf(50), metaOf(50), bytesOf(50)));
        QVERIFY(!lost.ok());
        QCOMPARE(name(lost.error().code), "Storage"_L1);
        QCOMPARE(world.store->usage().state, PackState::Failed);
        QVERIFY(!world.store->contains(idOf(50)));
        for (quint32 i = 0; i < 20; ++i)
            QCOMPARE(*world.run(world.store->get(idOf(i))), bytesOf(i));
        const auto refused = world.run(world.store->put(idOf(51), metaOf(51), bytesOf(51)));
        QCOMPARE(name(refused.error().code), "Storage"_L1);
    }

    /// One bit anywhere in the packs: no wrong byte is ever handed out, at most that shard is lost,
    /// and a scrub finds it. With and without the index snapshot.
    void detectsEveryBitFlip()
    {
        for (quint64 seed = 1; seed <= 300; ++seed) {
            PackWorld world(seed);
            QVERIFY(world.start().ok());
            constexpr quint32 kShards = 24;
            for (quint32 i = 0; i < kShards; ++i)
                QVERIFY(world.run(world.store->put(idOf(i), metaOf(i), bytesOf(i))).ok());
            const bool hasSnapshot = seed % 2 == 0;
            if (hasSnapshot)
                QVERIFY(world.run(world.store->close()).ok());
            const PackUsage before = world.store->usage();
            world.stop();

            const QString pack = u"packs/"_s
                + packName(1 + world.rng.below(static_cast<quint32>(before.packCount)));
            const qint64 at = world.rng.below(static_cast<quint32>(*world.disk.size(pack)));
            world.disk.flipBit(pack, at, static_cast<int>(world.rng.below(8)));

            QVERIFY(world.start().ok());
            const auto report = world.run(world.store->scrub({.bytesPerSecond = 0, .verify = {}}));
            QVERIFY(report.ok());
            qint64 there = 0;
            for (quint32 i = 0; i < kShards; ++i) {
                const auto got = world.run(world.store->get(idOf(i)));
                if (got)
                    QVERIFY2(*got == bytesOf(i), qPrintable(u"seed %1: wrong bytes"_s.arg(seed)));
                there += got.ok() ? 1 : 0;
            }
            QVERIFY2(there >= kShards - 1, qPrintable(u"seed %1: lost more than one"_s.arg(seed)));
            if (hasSnapshot)
                QCOMPARE(std::ssize(report->damaged), kShards - there);
            QCOMPARE(world.store->usage().diskBytes(), world.packFileBytes());
            QCOMPARE(world.store->usage().shardCount, there);
        }
    }
};

QTEST_APPLESS_MAIN(PackCrashTest)
#include "pack_crash_test.moc"
