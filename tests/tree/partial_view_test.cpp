// SPDX-License-Identifier: GPL-3.0-or-later
#include <sim/sim_rng.h>
#include <tree/partial_view.h>

#include <QTest>

#include <algorithm>

using namespace borg;
using tree::PartialView;

namespace {

NodeId randomId(Rng &rng)
{
    NodeId id;
    for (auto &byte : id.bytes)
        byte = static_cast<quint8>(rng.below(256));
    return id;
}

std::vector<NodeId> randomIds(Rng &rng, std::size_t count)
{
    std::vector<NodeId> ids(count);
    std::ranges::generate(ids, [&] { return randomId(rng); });
    return ids;
}

std::vector<NodeId> keptOf(PartialView &view, std::span<const NodeId> ids)
{
    const auto isKept = view.choose(ids);
    std::vector<NodeId> kept;
    for (std::size_t at = 0; at < ids.size(); ++at) {
        if (isKept[at])
            kept.push_back(ids[at]);
    }
    return kept;
}

} // namespace

class PartialViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSmallNetworkIsKeptWhole()
    {
        sim::SimRng rng(1);
        const NodeId self = randomId(rng);
        PartialView view(self, 7);
        const auto ids = randomIds(rng, PartialView::kCell);
        QCOMPARE(keptOf(view, ids).size(), ids.size());
        QCOMPARE(PartialView::estimate(self, std::span(ids).first(5)), 6);
    }

    void theCellIsKeptAndTheRestIsFew()
    {
        sim::SimRng rng(2);
        const NodeId self = randomId(rng);
        PartialView view(self, 7);
        auto ids = randomIds(rng, 20'000);
        const auto kept = keptOf(view, ids);
        QVERIFY(kept.size() <= PartialView::kCell + PartialView::kSlots);
        std::ranges::sort(ids, {}, [&](const NodeId &id) { return tree::distanceOf(self, id); });
        for (const NodeId &id : std::span(ids).first(PartialView::kCell))
            QVERIFY(std::ranges::contains(kept, id));
        // Halves, quarters, eighths: with somebody in each, no node is far.
        for (int level = 0; level < 8; ++level) {
            QVERIFY(std::ranges::any_of(kept, [&](const NodeId &id) {
                return std::countl_zero(tree::distanceOf(self, id)) == level;
            }));
        }
    }

    /// One by one or all at once, the same nodes stay: nobody gains by coming first, or often.
    void theOrderInWhichNodesAreHeardOfDoesNotMatter()
    {
        sim::SimRng rng(3);
        const NodeId self = randomId(rng);
        const auto ids = randomIds(rng, 3000);
        PartialView atOnce(self, 99);
        const auto expected = keptOf(atOnce, ids);
        PartialView view(self, 99);
        std::vector<NodeId> kept;
        for (const NodeId &id : ids) {
            const bool isWanted = view.wants(id);
            auto with = kept;
            with.push_back(id);
            PartialView judge(self, 99);
            const auto after = keptOf(judge, with);
            QCOMPARE(std::ranges::contains(after, id), isWanted);
            if (isWanted)
                kept = keptOf(view, with);
        }
        std::ranges::sort(kept);
        auto sorted = expected;
        std::ranges::sort(sorted);
        QCOMPARE(kept, sorted);
    }

    /// A quarter of the keys are a quarter of the sample, however often they are named.
    void liarsGetTheShareOfTheirKeys()
    {
        sim::SimRng rng(4);
        int liars = 0;
        int all = 0;
        for (quint64 secret = 0; secret < 200; ++secret) {
            const NodeId self = randomId(rng);
            PartialView view(self, secret * 0x9e3779b97f4a7c15 + 1);
            const auto ids = randomIds(rng, 800);
            (void)view.choose(ids);
            for (std::size_t at = 0; at < ids.size(); ++at) {
                if (view.isUniform(ids[at])) {
                    ++all;
                    liars += at % 4 == 0 ? 1 : 0;
                }
            }
        }
        QVERIFY(all > 200 * 14);
        QVERIFY2(std::abs(4.0 * liars / all - 1) < 0.1, qPrintable(QString::number(liars)));
    }

    void theEstimateIsRightWithinItsError_data()
    {
        QTest::addColumn<int>("nodes");
        QTest::newRow("100") << 100;
        QTest::newRow("1,000") << 1000;
        QTest::newRow("30,000") << 30'000;
    }

    void theEstimateIsRightWithinItsError()
    {
        QFETCH(int, nodes);
        sim::SimRng rng(5);
        const auto ids = randomIds(rng, static_cast<std::size_t>(nodes));
        double sum = 0;
        double squares = 0;
        constexpr int kLooks = 100;
        for (int look = 0; look < kLooks; ++look) {
            const double share
                = static_cast<double>(PartialView::estimate(randomId(rng), ids)) / nodes;
            sum += share / kLooks;
            squares += (share - 1) * (share - 1) / kLooks;
        }
        QVERIFY2(std::abs(sum - 1) < 0.08, qPrintable(QString::number(sum)));
        QVERIFY2(std::sqrt(squares) < 0.2, qPrintable(QString::number(std::sqrt(squares))));
    }
};

QTEST_APPLESS_MAIN(PartialViewTest)
#include "partial_view_test.moc"
