// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/pool_executor.h>
#include <base/system_rng.h>

#include <QTest>
#include <QThread>

#include <atomic>

// The QTRY macros of Qt 6.8 narrow a span to int wherever they are used.
#pragma GCC diagnostic ignored "-Wconversion"

using namespace borg;

class PoolExecutorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void worksElsewhereAndAnswersHere()
    {
        PoolExecutor executor;
        const auto here = QThread::currentThreadId();
        std::atomic<Qt::HANDLE> workedAt{};
        Qt::HANDLE answeredAt{};
        executor.run([&] { workedAt = QThread::currentThreadId(); },
            [&] { answeredAt = QThread::currentThreadId(); });
        QVERIFY(!answeredAt);
        QTRY_VERIFY(answeredAt);
        QCOMPARE(answeredAt, here);
        QVERIFY(workedAt.load() != here);
    }

    void manySmallJobsAllAnswer()
    {
        PoolExecutor executor;
        std::atomic<int> worked{0};
        int answered = 0;
        for (int at = 0; at < 10'000; ++at)
            executor.run([&] { ++worked; }, [&] { ++answered; });
        QTRY_COMPARE(answered, 10'000);
        QCOMPARE(worked.load(), 10'000);
    }

    void oneThreadKeepsTheOrder()
    {
        PoolExecutor executor(1);
        QCOMPARE(executor.threadCount(), 1);
        std::vector<int> order;
        std::vector<int> answers;
        for (int at = 0; at < 100; ++at)
            executor.run(
                [&order, at] { order.push_back(at); }, [&answers, at] { answers.push_back(at); });
        QTRY_COMPARE(answers.size(), 100U);
        QCOMPARE(order, answers);
        QVERIFY(std::ranges::is_sorted(order));
    }

    void anAnswerMayAskForMore()
    {
        PoolExecutor executor;
        int depth = 0;
        std::function<void()> again = [&] {
            if (++depth < 50)
                executor.run([] { }, again);
        };
        executor.run([] { }, again);
        QTRY_COMPARE(depth, 50);
    }

    void nobodyNeedsToAnswer()
    {
        PoolExecutor executor;
        std::atomic<bool> hasRun{false};
        executor.run([&] { hasRun = true; }, {});
        QTRY_VERIFY(hasRun.load());
        QTest::qWait(2);
    }

    /// Work that runs is waited for, work that waits is dropped, nobody is called back.
    void itsEndWaitsForWork()
    {
        std::atomic<int> begun{0};
        std::atomic<int> ended{0};
        int answered = 0;
        {
            PoolExecutor executor(2);
            for (int at = 0; at < 100; ++at) {
                executor.run(
                    [&] {
                        ++begun;
                        QThread::msleep(2);
                        ++ended;
                    },
                    [&] { ++answered; });
            }
            QThread::msleep(3);
        }
        QCOMPARE(begun.load(), ended.load());
        QVERIFY(ended.load() < 100);
        QTest::qWait(1);
        QCOMPARE(answered, 0);
    }

    void chanceIsNotConstant()
    {
        SystemRng rng;
        std::set<quint32> seen;
        quint32 all = 0;
        for (int at = 0; at < 2000; ++at) { // several draws from the kernel
            const quint32 bits = rng.bits();
            seen.insert(bits);
            all |= bits;
        }
        QVERIFY(seen.size() > 1990);
        QCOMPARE(all, 0xffffffffU);
    }
};

QTEST_GUILESS_MAIN(PoolExecutorTest)
#include "pool_executor_test.moc"
