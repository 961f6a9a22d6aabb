// SPDX-License-Identifier: GPL-3.0-or-later
#include <sim/sim_rng.h>

#include <QTest>

#include <time/hybrid_clock.h>

using namespace borg;
using namespace borg::time;

/// Stamps order causes before effects.
class HybridClockTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stampsCarryTheDate()
    {
        HybridClock clock;
        const auto stamp = clock.next(1'790'000'000'123);
        QCOMPARE(stamp.utcMs(), 1'790'000'000'123);
        QCOMPARE(stamp.counter(), 0);
    }

    void stampsGrowWhileTheDateStandsStillOrGoesBack()
    {
        HybridClock clock;
        auto last = clock.next(1000);
        for (const qint64 ms : {1000, 1000, 400, 0, -5, 1000, 1001}) {
            const auto stamp = clock.next(ms);
            QVERIFY(stamp > last);
            last = stamp;
        }
        QCOMPARE(last.utcMs(), 1001);
        QCOMPARE(last.counter(), 0);
    }

    void manyInAMillisecondBorrowFromTheNext()
    {
        HybridClock clock;
        for (int i = 0; i < 65'536; ++i)
            (void)clock.next(1000);
        QCOMPARE(clock.next(1000).utcMs(), 1001);
        QCOMPARE(clock.next(1001).counter(), 1);
    }

    void whatIsHeardComesAfterItsCause()
    {
        HybridClock ahead;
        HybridClock behind;
        const auto sent = ahead.next(5000);
        const auto heard = behind.heard(sent, 4000, 60);
        QVERIFY(heard);
        QVERIFY(*heard > sent);
        QVERIFY(behind.next(4001) > *heard);
    }

    void aStampFromTheFarFutureIsRefusedAndChangesNothing()
    {
        HybridClock clock;
        const auto last = clock.next(5000);
        const HybridStamp tooFar{quint64{5000 + 60 + HybridClock::kAheadMsMax + 1} << 16};
        const auto heard = clock.heard(tooFar, 5000, 60);
        QVERIFY(!heard);
        QCOMPARE(heard.error().code, Errc::Malformed);
        QCOMPARE(clock.last(), last);
        QVERIFY(!clock.heard({~quint64{0}}, 5000, 60));
        QVERIFY(clock.heard({quint64{5000 + 60 + HybridClock::kAheadMsMax} << 16}, 5000, 60));
    }

    void nothingComesBeforeWhatWasBeforeTheRestart()
    {
        HybridClock clock;
        clock.resume({quint64{9000} << 16});
        QVERIFY(clock.next(1000) > (HybridStamp{quint64{9000} << 16}));
    }

    /// Ten nodes with clocks up to a second apart send at random: every arrival is after its
    /// sending, and no stamp is further from its node's date than the clocks are apart.
    void causesStayBeforeEffectsInARandomRun()
    {
        sim::SimRng rng(3);
        std::array<HybridClock, 10> clocks;
        std::array<qint64, 10> skewMs{};
        for (auto &skew : skewMs)
            skew = rng.below(1000);
        qint64 nowMs = 1'000'000;
        for (int i = 0; i < 20'000; ++i) {
            nowMs += rng.below(3);
            const auto from = rng.below(10);
            const auto to = rng.below(10);
            const auto sent = clocks[from].next(nowMs + skewMs[from]);
            const auto heard = clocks[to].heard(sent, nowMs + skewMs[to], 0);
            QVERIFY(heard);
            QVERIFY(*heard > sent);
            QVERIFY(std::abs(heard->utcMs() - nowMs) <= 1000);
        }
    }
};

QTEST_GUILESS_MAIN(HybridClockTest)
#include "hybrid_clock_test.moc"
