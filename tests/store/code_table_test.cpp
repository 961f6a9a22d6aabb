// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/code_table.h>

#include <QTest>

using namespace borg;
using namespace borg::store;
using namespace Qt::Literals::StringLiterals;

class CodeTableTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsTheDesign_data()
    {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("last");
        QTest::addColumn<int>("k");
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("repairAt");
        const auto row = [](int first, int last, int k, int n, int repairAt) {
            QTest::addRow("%d to %d", first, last) << first << last << k << n << repairAt;
        };
        row(1, 1, 1, 1, 0);
        row(2, 2, 1, 2, 1);
        row(3, 3, 2, 3, 2);
        row(4, 5, 2, 4, 3);
        row(6, 6, 2, 5, 4);
        row(7, 7, 3, 6, 5);
        row(8, 8, 3, 7, 5);
        row(9, 11, 4, 8, 6);
        row(12, 19, 4, 11, 8);
        row(20, 23, 8, 18, 14);
        row(24, 39, 8, 22, 17);
        row(40, 49, 16, 38, 27);
        row(50, 1000, 20, 50, 30);
    }

    void followsTheDesign()
    {
        QFETCH(int, first);
        QFETCH(int, last);
        QFETCH(int, k);
        QFETCH(int, n);
        QFETCH(int, repairAt);
        for (int domains = first; domains <= last; ++domains) {
            QCOMPARE(codeFor(domains), (CodePlan{{k, n}, repairAt}));
            QVERIFY(checkCode({k, n}, domains));
        }
    }

    void theTableKeepsItsPromises()
    {
        for (int domains = 1; domains <= 200; ++domains) {
            const auto [code, repairAt] = codeFor(domains);
            QVERIFY(code.n <= domains); // each shard on a node of its own
            if (domains >= 3)
                QVERIFY(code.k >= 2); // nobody holds a whole file
            if (domains >= 5 && domains < 50)
                QVERIFY(code.n < domains); // one to repair onto
            QCOMPARE(repairThreshold(code), repairAt);
            QVERIFY(domains == 1 || (repairAt >= code.k && repairAt < code.n));
            QCOMPARE(lossesSurvived(code, domains), code.n - code.k);
            QCOMPARE(durableAt(code, domains), std::min(code.n, std::max(code.k + 2, repairAt)));
        }
    }

    void anyCodeHasAThreshold()
    {
        for (int k = 1; k <= kDataShardsMax; k += 3) {
            for (int n = k; n <= kShardsMax; n += 5) {
                const int threshold = repairThreshold({k, n});
                QVERIFY(n == 1 || (threshold >= k && threshold <= n));
            }
        }
    }

    void codesAreReadStrictly()
    {
        const auto three = parseCode(u"3/10");
        QVERIFY(three);
        QCOMPARE(*three, (Code{3, 10}));
        QCOMPARE(text(*three), u"3/10"_s);
        QVERIFY(parseCode(u"64/128"));
        QVERIFY(parseCode(u"1/1"));
        for (const QString &bad : {u""_s, u"3"_s, u"/"_s, u"3/"_s, u"/10"_s, u"10/3"_s, u"0/3"_s,
                 u"-1/3"_s, u"+1/3"_s, u"03/10"_s, u"3/10/2"_s, u" 3/10"_s, u"3 / 10"_s, u"a/b"_s,
                 u"65/128"_s, u"3/129"_s, u"3/99999999999"_s, u"0x3/10"_s, u"٣/10"_s}) {
            const auto code = parseCode(bad);
            QVERIFY2(!code, qPrintable(bad));
            QCOMPARE(code.error().code, Errc::Malformed);
            QVERIFY(code.error().detail.endsWith(u'.'));
        }
    }

    void theHardRuleHolds()
    {
        QVERIFY(checkCode({1, 2}, 2));
        QVERIFY(!checkCode({1, 2}, 3)); // each node would hold the whole file
        QVERIFY(!checkCode({0, 2}, 3));
        QVERIFY(checkCode({3, 10}, 10));
        QVERIFY(checkCode({3, 10}, 5)); // two shards a node
        QVERIFY(checkCode({3, 10}, 3));
        QCOMPARE(shardsPlaceable({3, 10}, 10), 10);
        QCOMPARE(shardsPlaceable({3, 10}, 4), 8);
        QCOMPARE(lossesSurvived({3, 10}, 10), 7);
        QCOMPARE(lossesSurvived({3, 10}, 5), 3); // 10 on 5: two left give four
        QCOMPARE(lossesSurvived({3, 10}, 4), 2);
        QCOMPARE(lossesSurvived({2, 3}, 3), 1);
        QCOMPARE(lossesSurvived({4, 4}, 4), 0);
        QCOMPARE(lossesSurvived({20, 50}, 1), 0);
        for (int nodes = 3; nodes < 60; ++nodes) {
            for (int k = 2; k <= kDataShardsMax; ++k)
                QVERIFY(shardsPerNodeMax({k, kShardsMax}, nodes) < k);
        }
    }

    /// By brute force: take the fullest nodes away until fewer than k are left.
    void lossesAreCountedRight()
    {
        for (int nodes = 1; nodes <= 12; ++nodes) {
            for (int k = 1; k <= 6; ++k) {
                for (int n = k; n <= 14; ++n) {
                    const Code code{k, n};
                    const int placed = shardsPlaceable(code, nodes);
                    std::vector<int> held(static_cast<std::size_t>(nodes));
                    for (int i = 0; i < placed; ++i)
                        ++held[static_cast<std::size_t>(i % nodes)];
                    int alive = placed;
                    int losses = -1;
                    for (std::size_t at = 0; alive >= k; ++losses)
                        alive -= at < held.size() ? held[at++] : alive;
                    QCOMPARE(lossesSurvived(code, nodes), losses);
                }
            }
        }
    }

    void rootPagesAreSaferThanTheirFiles()
    {
        for (int nodes = 1; nodes <= 200; ++nodes) {
            const Code code = codeFor(nodes).code;
            const Code root = rootPageCode(code, nodes);
            QVERIFY(root.k <= code.k && root.n <= kShardsMax && root.n <= nodes);
            QVERIFY(nodes < 3 || root.k >= 2);
            QVERIFY(lossesSurvived(root, nodes) >= lossesSurvived(code, nodes));
            QVERIFY(checkCode(root, nodes));
        }
        QCOMPARE(rootPageCode({3, 10}, 10), (Code{2, 10}));
        QCOMPARE(rootPageCode({3, 10}, 5), (Code{2, 5}));
    }
};

QTEST_APPLESS_MAIN(CodeTableTest)
#include "code_table_test.moc"
