// SPDX-License-Identifier: GPL-3.0-or-later
#include <sim/sim_rng.h>

#include <QTest>

#include <time/agreement.h>

using namespace borg::time;

namespace {
Interval around(qint64 middleUs, qint64 halfUs)
{
    return {middleUs - halfUs, middleUs + halfUs};
}
} // namespace

/// What intervals agree on.
class AgreementTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theBestCoveredStretchWins()
    {
        // RFC 5905's picture: three agree, one is off.
        const std::vector<Interval> all{{8, 12}, {11, 13}, {10, 12}, {20, 30}};
        const auto region = agreed(all, 3);
        QVERIFY(region);
        QCOMPARE(region->interval, (Interval{11, 12}));
        QCOMPARE(region->count, 3U);
    }

    void tooFewAgreeOnNothing()
    {
        const std::vector<Interval> all{{0, 1}, {2, 3}, {4, 5}};
        QVERIFY(!agreed(all, 2));
        QVERIFY(!agreed({}, 1));
    }

    void endsThatTouchOverlap()
    {
        const std::vector<Interval> all{{0, 5}, {5, 9}};
        const auto region = agreed(all, 2);
        QVERIFY(region);
        QCOMPARE(region->interval, (Interval{5, 5}));
    }

    void theStretchIsThatOfTheNeededOnesNotOfTheNarrowest()
    {
        std::vector<Interval> all(11, around(0, 1000));
        all.push_back(around(900, 1)); // claims to know it best
        const auto region = agreed(all, 8);
        QVERIFY(region);
        QCOMPARE(region->count, 12U);
        QCOMPARE(region->interval, around(0, 1000));
    }

    void twoEqualStretchesDecideNothing()
    {
        const std::vector<Interval> all{{0, 1}, {0, 1}, {5, 6}, {5, 6}};
        QVERIFY(!agreed(all, 2));
    }

    void ofTwoStretchesTheOneThatMoreCoverWins()
    {
        const std::vector<Interval> all{{0, 1}, {0, 1}, {5, 6}, {5, 6}, {5, 6}};
        const auto region = agreed(all, 2);
        QVERIFY(region);
        QCOMPARE(region->interval, (Interval{5, 6}));
    }

    void theTruthIsInTheStretchWhileTwoThirdsAreRight()
    {
        borg::sim::SimRng rng(7);
        for (int run = 0; run < 2000; ++run) {
            std::vector<Interval> all;
            for (int i = 0; i < 16; ++i) { // the truth is 0
                const qint64 half = 10 + rng.below(1000);
                const qint64 error = qint64{rng.below(static_cast<quint32>(2 * half + 1))} - half;
                all.push_back(around(error, half));
            }
            for (int i = 0; i < 8; ++i)
                all.push_back(around(5000 + qint64{rng.below(10)}, 1));
            const auto region = agreed(all, 16);
            QVERIFY(region);
            QVERIFY(region->interval.overlaps(around(0, 0)));
        }
    }

    void theMedianIsWeighted()
    {
        // Two sure ones against three that know little.
        const std::vector<Interval> all{
            around(0, 10), around(1, 10), around(100, 1000), around(110, 1000), around(120, 1000)};
        QVERIFY(weightedMedianUs(all) >= 0);
        QCOMPARE(weightedMedianUs(std::vector{around(7, 3)}), 7);
        const std::vector<Interval> more{
            around(0, 10), around(1, 10), around(2, 10), around(100, 1000)};
        QCOMPARE(weightedMedianUs(more), 1);
    }

    void aTinyBoundDoesNotDecideAlone()
    {
        std::vector<Interval> all(9, around(0, 1000));
        all.push_back(around(900, 0));
        all.push_back(around(901, 0));
        all.push_back(around(902, 0));
        QCOMPARE(weightedMedianUs(all), 0);
    }
};

QTEST_GUILESS_MAIN(AgreementTest)
#include "agreement_test.moc"
