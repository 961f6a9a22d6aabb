// SPDX-License-Identifier: GPL-3.0-or-later
#include <QByteArray>
#include <QTest>

#include <algorithm>
#include <bit>
#include <coding/erasure.h>
#include <numeric>
#include <random>
#include <set>

using namespace borg;
using namespace borg::coding;

namespace {

using Shards = std::vector<QByteArray>;

Shards coded(const Erasure &erasure, qsizetype bytes, std::mt19937 &random)
{
    const auto [k, n] = erasure.code();
    Shards shards(static_cast<std::size_t>(n), QByteArray(bytes, '\0'));
    std::vector<const char *> data;
    std::vector<char *> parity;
    for (int i = 0; i < n; ++i) {
        QByteArray &shard = shards[static_cast<std::size_t>(i)];
        if (i < k) {
            for (char &byte : shard)
                byte = static_cast<char>(random());
            data.push_back(shard.constData());
        } else {
            parity.push_back(shard.data());
        }
    }
    erasure.encode(data, parity, bytes);
    return shards;
}

/// Whether all lost shards come back from `kept`.
bool comesBack(const Erasure &erasure, const Shards &shards, const std::vector<int> &kept)
{
    const qsizetype bytes = shards[0].size();
    std::vector<Erasure::Present> present;
    for (const int index : kept)
        present.push_back({index, shards[static_cast<std::size_t>(index)].constData()});
    Shards rebuilt;
    std::vector<Erasure::Wanted> wanted;
    for (int i = 0; i < erasure.code().n; ++i) {
        rebuilt.emplace_back(bytes, 'x');
        wanted.push_back({i, rebuilt.back().data()});
    }
    return erasure.rebuild(present, wanted, bytes) && rebuilt == shards;
}

/// Multiplication in GF(2^8) by the school's method, polynomial 0x11d.
quint8 times(quint8 a, quint8 b)
{
    unsigned product = 0;
    for (unsigned bit = 0; bit < 8; ++bit)
        product ^= (static_cast<unsigned>(b) >> bit & 1U) * (static_cast<unsigned>(a) << bit);
    for (unsigned bit = 15; bit >= 8; --bit)
        product ^= (product >> bit & 1U) * (0x11dU << (bit - 8));
    return static_cast<quint8>(product);
}

quint8 inverse(int of)
{
    for (int candidate = 1; candidate < 256; ++candidate) {
        if (times(static_cast<quint8>(of), static_cast<quint8>(candidate)) == 1)
            return static_cast<quint8>(candidate);
    }
    return 0;
}

} // namespace

class ErasureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyLossASmallCodeMustSurviveIsSurvived_data()
    {
        QTest::addColumn<int>("k");
        QTest::addColumn<int>("n");
        for (const auto &[k, n] : {std::pair{1, 1}, {1, 2}, {1, 5}, {2, 2}, {2, 3}, {2, 4}, {2, 5},
                 {3, 6}, {3, 7}, {3, 10}, {4, 8}, {4, 11}})
            QTest::addRow("%d of %d", k, n) << k << n;
    }

    void everyLossASmallCodeMustSurviveIsSurvived()
    {
        QFETCH(int, k);
        QFETCH(int, n);
        const auto erasure = Erasure::make({k, n});
        QVERIFY(erasure);
        std::mt19937 random(7);
        const Shards shards = coded(*erasure, 100, random);
        for (unsigned kept = 0; kept < 1U << n; ++kept) {
            if (std::popcount(kept) < k)
                continue;
            std::vector<int> indexes;
            for (int i = 0; i < n; ++i) {
                if (kept >> i & 1U)
                    indexes.push_back(i);
            }
            QVERIFY2(comesBack(*erasure, shards, indexes), QByteArray::number(kept, 2));
        }
    }

    void largeCodesSurviveLossesByChance_data()
    {
        QTest::addColumn<int>("k");
        QTest::addColumn<int>("n");
        for (const auto &[k, n] :
            {std::pair{8, 22}, {16, 38}, {20, 50}, {64, 128}, {64, 64}, {1, 128}, {33, 100}})
            QTest::addRow("%d of %d", k, n) << k << n;
    }

    void largeCodesSurviveLossesByChance()
    {
        QFETCH(int, k);
        QFETCH(int, n);
        const auto erasure = Erasure::make({k, n});
        QVERIFY(erasure);
        std::mt19937 random(11);
        for (int round = 0; round < 40; ++round) {
            const Shards shards = coded(*erasure, 1 + static_cast<int>(random() % 5000), random);
            std::vector<int> indexes(static_cast<std::size_t>(n));
            std::iota(indexes.begin(), indexes.end(), 0);
            std::ranges::shuffle(indexes, random);
            indexes.resize(static_cast<std::size_t>(k));
            QVERIFY(comesBack(*erasure, shards, indexes));
        }
    }

    /// The format: anybody can compute the same parity from this line alone.
    void parityFollowsTheDocumentedMatrix()
    {
        std::mt19937 random(3);
        for (const Code code : {Code{1, 4}, Code{3, 10}, Code{20, 50}}) {
            const auto erasure = Erasure::make(code);
            QVERIFY(erasure);
            const Shards shards = coded(*erasure, 33, random);
            for (int row = code.k; row < code.n; ++row) {
                for (qsizetype at = 0; at < 33; ++at) {
                    quint8 sum = 0;
                    for (int column = 0; column < code.k; ++column)
                        sum ^= times(inverse(code.k == 1 ? row + 1 : row ^ column),
                            static_cast<quint8>(shards[static_cast<std::size_t>(column)][at]));
                    QCOMPARE(static_cast<quint8>(shards[static_cast<std::size_t>(row)][at]), sum);
                }
            }
        }
    }

    void noTwoShardsOfASegmentAreEqual()
    {
        std::mt19937 random(5);
        for (const Code code : {Code{1, 2}, Code{1, 128}, Code{2, 4}, Code{64, 128}}) {
            const auto erasure = Erasure::make(code);
            const Shards shards = coded(*erasure, 64, random);
            QCOMPARE(std::set<QByteArray>(shards.begin(), shards.end()).size(), shards.size());
        }
    }

    void refusesWhatItCannotDo()
    {
        for (const Code code : {Code{0, 0}, Code{0, 4}, Code{5, 4}, Code{65, 70}, Code{4, 129},
                 Code{-1, 4}, Code{3, -3}})
            QVERIFY(!Erasure::make(code));
        const auto erasure = Erasure::make({2, 4});
        const QByteArray a(8, 'a');
        QByteArray out(8, '\0');
        const auto attempt = [&](std::vector<Erasure::Present> present, int wanted) {
            const std::array target{Erasure::Wanted{wanted, out.data()}};
            return erasure->rebuild(present, target, 8).ok();
        };
        QVERIFY(attempt({{0, a.data()}, {1, a.data()}}, 3));
        QVERIFY(!attempt({{0, a.data()}}, 3));
        QVERIFY(!attempt({{0, a.data()}, {0, a.data()}}, 3));
        QVERIFY(!attempt({{0, a.data()}, {4, a.data()}}, 3));
        QVERIFY(!attempt({{0, a.data()}, {-1, a.data()}}, 3));
        QVERIFY(!attempt({{0, a.data()}, {1, a.data()}}, 4));
    }
};

QTEST_APPLESS_MAIN(ErasureTest)
#include "erasure_test.moc"
