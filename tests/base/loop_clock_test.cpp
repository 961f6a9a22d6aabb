// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/loop_clock.h>

#include <QTest>

// The QTRY macros of Qt 6.8 narrow a span to int wherever they are used.
#pragma GCC diagnostic ignored "-Wconversion"

using namespace borg;
using namespace std::chrono_literals;

class LoopClockTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startsAtZeroAndGoesOn()
    {
        const LoopClock clock;
        const Ticks first = clock.now();
        QVERIFY(first >= 0us && first < 1s);
        QTest::qSleep(3);
        QVERIFY(clock.now() >= first + 3ms);
    }

    void knowsTheDate()
    {
        const LoopClock clock;
        QVERIFY(clock.utcMs() > 1'700'000'000'000);
    }

    void neverCallsFromInside()
    {
        LoopClock clock;
        int calls = 0;
        clock.after(0us, [&] {
            ++calls;
            clock.after(-5s, [&] { ++calls; });
            QCOMPARE(calls, 1);
        });
        QCOMPARE(calls, 0);
        QTRY_COMPARE(calls, 2);
        QCOMPARE(clock.pendingCount(), 0U);
    }

    /// What runs at once and keeps adding more leaves the loop its turns.
    void zeroDelaysDoNotStarveTheLoop()
    {
        LoopClock clock;
        bool isOver = false;
        quint64 turns = 0;
        std::function<void()> again = [&] {
            ++turns;
            if (!isOver)
                clock.after(0us, again);
        };
        again();
        clock.after(20ms, [&] { isOver = true; });
        QTRY_COMPARE(clock.pendingCount(), 0U);
        QVERIFY(turns > 10);
    }

    void isNeverEarlyAndKeepsTheOrder()
    {
        LoopClock clock;
        std::vector<int> order;
        const Ticks begin = clock.now();
        Ticks last{0};
        clock.after(30ms, [&] {
            order.push_back(3);
            last = clock.now();
        });
        clock.after(1500us, [&] {
            order.push_back(1);
            QVERIFY(clock.now() >= begin + 1500us);
        });
        clock.after(20ms, [&] {
            order.push_back(2);
            QVERIFY(clock.now() >= begin + 20ms);
        });
        clock.after(0us, [&] { order.push_back(0); });
        QTRY_COMPARE(order.size(), 4U);
        QCOMPARE(order, (std::vector{0, 1, 2, 3}));
        QVERIFY(last >= begin + 30ms);
    }

    void cancelledTimersDoNotFire()
    {
        LoopClock clock;
        std::vector<Clock::TimerId> ids;
        int calls = 0;
        for (int at = 0; at < 10'000; ++at)
            ids.push_back(clock.after(Ticks{at % 3 == 0 ? 0 : 1000 + at % 50}, [&] { ++calls; }));
        for (const auto id : ids)
            clock.cancel(id);
        QCOMPARE(clock.pendingCount(), 0U);
        clock.after(30ms, [&] { ++calls; });
        QTRY_COMPARE(calls, 1);
    }

    /// Its place is used again by another timer, which it must not take along.
    void anOldIdIsIgnored()
    {
        LoopClock clock;
        bool hasFired = false;
        const auto old = clock.after(0us, [] { });
        QTRY_COMPARE(clock.pendingCount(), 0U);
        const auto young = clock.after(1ms, [&] { hasFired = true; });
        QVERIFY(old != young);
        clock.cancel(old);
        clock.cancel(Clock::TimerId::None);
        QTRY_VERIFY(hasFired);
    }

    void anActionMayCancelOthers()
    {
        LoopClock clock;
        int calls = 0;
        Clock::TimerId second{};
        clock.after(0us, [&] {
            ++calls;
            clock.cancel(second);
        });
        second = clock.after(0us, [&] { ++calls; });
        clock.after(5ms, [&] { calls += 10; });
        QTRY_COMPARE(calls, 11);
    }

    void aTimerForEverDoesNotWrapAround()
    {
        LoopClock clock;
        bool hasFired = false;
        const auto id = clock.after(Ticks::max(), [&] { hasFired = true; });
        QTest::qWait(5);
        QVERIFY(!hasFired);
        clock.cancel(id);
    }

    /// 200,000 that are armed and cancelled: a search per cancel would run into the time limit.
    void manyTimersAreCheap()
    {
        LoopClock clock;
        for (int at = 0; at < 200'000; ++at)
            clock.cancel(clock.after(1h, [] { }));
        std::vector<Clock::TimerId> ids;
        for (int at = 0; at < 200'000; ++at)
            ids.push_back(clock.after(1h, [] { }));
        for (const auto id : ids)
            clock.cancel(id);
        QCOMPARE(clock.pendingCount(), 0U);
    }
};

QTEST_GUILESS_MAIN(LoopClockTest)
#include "loop_clock_test.moc"
