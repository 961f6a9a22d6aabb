// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/hash_tree.h>
#include <store/placement.h>

#include <QTest>

#include <map>
#include <set>

using namespace borg;
using namespace borg::store;

namespace {

NodeId node(int number)
{
    return {crypto::sha256("node " + QByteArray::number(number))};
}

ShardId segment(int number)
{
    return shardIdOf("segment " + QByteArray::number(number), HashCode::Sha256);
}

std::vector<Site> sitesOf(int count)
{
    std::vector<Site> sites(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        sites[static_cast<std::size_t>(i)].id = node(i);
    return sites;
}

PlaceRequest requestFor(int number, const Code &code, std::vector<Site> sites)
{
    PlaceRequest request;
    request.key = segment(number);
    request.code = code;
    request.nodes = static_cast<int>(sites.size());
    request.sites = std::move(sites);
    return request;
}

std::map<NodeId, int> loadOf(const std::vector<std::optional<NodeId>> &places)
{
    std::map<NodeId, int> load;
    for (const auto &place : places) {
        if (place)
            ++load[*place];
    }
    return load;
}

int placedCount(const std::vector<std::optional<NodeId>> &places)
{
    return static_cast<int>(std::ranges::count_if(places, [](const auto &p) { return !!p; }));
}

} // namespace

class PlacementTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// The hard rule, over every size of network and many codes.
    void nobodyEverGetsAsManyAsRebuildASegment()
    {
        for (int nodes = 3; nodes <= 200; nodes += nodes < 30 ? 1 : 17) {
            std::set<std::pair<int, int>> codes{{3, 10}, {2, 3}, {4, 4}, {20, 50}, {2, 128},
                {codeFor(nodes).code.k, codeFor(nodes).code.n}};
            for (const auto &[k, n] : codes) {
                for (int number = 0; number < 5; ++number) {
                    const auto places = place(requestFor(number, {k, n}, sitesOf(nodes)));
                    QCOMPARE(places.size(), static_cast<std::size_t>(n));
                    QCOMPARE(placedCount(places), shardsPlaceable({k, n}, nodes));
                    int most = 0;
                    int least = n;
                    const auto load = loadOf(places);
                    for (const auto &[id, count] : load) {
                        most = std::max(most, count);
                        least = std::min(least, count);
                    }
                    QVERIFY(most < k);
                    QVERIFY(most - least <= 1); // evenly
                    QCOMPARE(load.size(), static_cast<std::size_t>(std::min(n, nodes)));
                }
            }
        }
    }

    void everyNodeComputesTheSameWhateverOrderItKnowsThemIn()
    {
        auto sites = sitesOf(40);
        const auto places = place(requestFor(1, {4, 11}, sites));
        const auto order = candidates(segment(1), sites);
        std::ranges::reverse(sites);
        QVERIFY(place(requestFor(1, {4, 11}, sites)) == places);
        QVERIFY(candidates(segment(1), sites) == order);
        // All holders are among the first n: that is where readers ask.
        for (const auto &holder : places)
            QVERIFY(std::ranges::find(order, *holder) - order.begin() < 11);
        QCOMPARE(std::set<NodeId>(order.begin(), order.end()).size(), 40U);
    }

    /// The same on every computer and for ever: the shards are where this says.
    void theseRanksNeverChange()
    {
        auto sites = sitesOf(6);
        sites[2].weight = 1 << 20;
        sites[4].weight = 3;
        QByteArray ranks;
        for (int number = 0; number < 8; ++number) {
            for (const NodeId &id : candidates(segment(number), sites)) {
                const auto at = std::ranges::find(sites, id, &Site::id) - sites.begin();
                ranks += static_cast<char>('0' + at);
            }
            ranks += ' ';
        }
        QCOMPARE(ranks, "214035 230451 254310 245013 204351 204531 243105 230541 ");
    }

    void loadFollowsTheWeights()
    {
        auto sites = sitesOf(20);
        for (std::size_t i = 0; i < 10; ++i)
            sites[i].weight = 4;
        std::map<NodeId, int> first;
        constexpr int kRounds = 20'000;
        for (int number = 0; number < kRounds; ++number)
            ++first[candidates(segment(number), sites).front()];
        for (const Site &site : sites) {
            const double share = first[site.id] / double{kRounds};
            const double expected = static_cast<double>(site.weight) / 50.0;
            QVERIFY2(share > expected * 0.8 && share < expected * 1.2, QByteArray::number(share));
        }
    }

    /// A node comes: of the shards held, about 1 in N has a better place, and it is with the new
    /// node or left by it.
    void aNewNodeMovesAboutItsShare()
    {
        const Code code{4, 10};
        for (const int nodes : {12, 30, 100}) {
            int sets = 0;
            int pairs = 0;
            constexpr int kSegments = 300;
            for (int number = 0; number < kSegments; ++number) {
                const auto before = place(requestFor(number, code, sitesOf(nodes)));
                const auto after = place(requestFor(number, code, sitesOf(nodes + 1)));
                const auto held = loadOf(before);
                for (const auto &[id, count] : loadOf(after))
                    sets += held.contains(id) ? 0 : 1;
                for (std::size_t i = 0; i < before.size(); ++i)
                    pairs += before[i] == after[i] ? 0 : 1;
            }
            // Shards that have to move: those of nodes that left the first n.
            const double share = sets / static_cast<double>(kSegments * code.n);
            QVERIFY2(share > 0.6 / (nodes + 1) && share < 1.5 / (nodes + 1),
                QByteArray::number(share * (nodes + 1)));
            // What a reader guesses wrong, without asking, after one node came: under six times.
            const double wrong = pairs / static_cast<double>(kSegments * code.n);
            QVERIFY2(wrong < 6.0 / (nodes + 1), QByteArray::number(wrong * (nodes + 1)));
        }
    }

    void repairPlacesOnlyWhatIsMissingAndCountsWhatIsHeld()
    {
        auto sites = sitesOf(12);
        auto request = requestFor(3, {3, 10}, sites);
        const auto first = place(request);
        // Three holders went away; what they hold still counts as theirs.
        std::set<NodeId> gone{*first[0], *first[4], *first[9]};
        for (int i = 0; i < 10; ++i)
            request.held.push_back({i, *first[static_cast<std::size_t>(i)]});
        std::erase_if(request.sites, [&](const Site &site) { return gone.contains(site.id); });
        request.nodes = 12;
        QCOMPARE(placedCount(place(request)), 0);
        request.again = {0, 4, 9};
        const auto repaired = place(request);
        QCOMPARE(placedCount(repaired), 3);
        std::map<NodeId, int> load;
        for (const Holding &holding : request.held)
            load[holding.node] += gone.contains(holding.node) ? 0 : 1;
        for (const int index : request.again) {
            const auto &to = repaired[static_cast<std::size_t>(index)];
            QVERIFY(to && !gone.contains(*to));
            ++load[*to];
        }
        // Two spare nodes take one each, one node takes its second: never a third.
        for (const auto &[id, count] : load)
            QVERIFY(count <= 2);
        QCOMPARE(std::ranges::count_if(load, [](const auto &l) { return l.second == 2; }), 1);
    }

    void aReturnedNodeIsNeverGivenMoreThanTheRuleAllows()
    {
        // Three nodes of a 2/3 network, each has its one shard; one is offline for good.
        PlaceRequest request = requestFor(1, {2, 3}, sitesOf(2));
        request.nodes = 3;
        request.held = {{0, node(0)}, {1, node(1)}, {2, node(2)}};
        request.again = {2};
        QCOMPARE(placedCount(place(request)), 0); // nobody may have two of them
        request.sites = sitesOf(4);
        std::erase_if(request.sites, [](const Site &site) { return site.id == node(2); });
        request.nodes = 4;
        QVERIFY(place(request)[2] == node(3));
    }

    void aNodeIsNeverGivenAnIndexTwice()
    {
        PlaceRequest request = requestFor(1, {3, 4}, sitesOf(4));
        for (int i = 0; i < 4; ++i)
            request.held.push_back({i, node(i)});
        request.again = {2};
        const auto places = place(request);
        QVERIFY(places[2] && *places[2] != node(2));
    }

    void fullNodesTakeNothingNewButAreAsked()
    {
        auto sites = sitesOf(5);
        sites[1].weight = 0;
        for (int number = 0; number < 50; ++number) {
            const auto load = loadOf(place(requestFor(number, {2, 5}, sites)));
            QVERIFY(!load.contains(node(1)));
            QCOMPARE(load.size(), 4U);
            const auto asked = candidates(segment(number), sites);
            QCOMPARE(asked.size(), 5U);
            QVERIFY(asked.back() == node(1));
        }
    }

    void ownersRegionsAndSubnetsHaveCaps()
    {
        // Forty nodes, half of them one owner's and in one region: at most (n - k) / 2 go there.
        auto sites = sitesOf(40);
        for (std::size_t i = 0; i < 20; ++i) {
            sites[i].owner = node(1000);
            sites[i].region = 7;
        }
        std::set<NodeId> ofOne;
        for (std::size_t i = 0; i < 20; ++i)
            ofOne.insert(sites[i].id);
        for (int number = 0; number < 50; ++number) {
            const auto places = place(requestFor(number, {4, 11}, sites));
            QCOMPARE(placedCount(places), 11);
            const auto there = std::ranges::count_if(
                places, [&](const auto &to) { return ofOne.contains(*to); });
            QVERIFY(there <= 3); // k - 1 = 3 is below (11 - 4) / 2 as well
        }
    }

    void softCapsGiveWayBeforeShardsStayHome()
    {
        auto sites = sitesOf(12);
        for (Site &site : sites) {
            site.region = 1;
            site.subnet = 2;
        }
        QCOMPARE(placedCount(place(requestFor(1, {4, 11}, sites))), 11);
        // An owner's hard cap does not.
        for (Site &site : sites)
            site.owner = node(1000);
        QCOMPARE(placedCount(place(requestFor(1, {4, 11}, sites))), 3);
    }

    void oneOrTwoNodesTakeEverything()
    {
        QCOMPARE(placedCount(place(requestFor(1, {1, 1}, sitesOf(1)))), 1);
        QCOMPARE(loadOf(place(requestFor(1, {1, 2}, sitesOf(2)))).size(), 2U);
        QCOMPARE(placedCount(place(requestFor(1, {3, 10}, sitesOf(2)))), 10);
        QCOMPARE(placedCount(place(requestFor(1, {3, 10}, {}))), 0);
    }

    void weightsAreStepsSoThatPlacesStay()
    {
        QCOMPARE(weightOf(0), 0U);
        QCOMPARE(weightOf(-5), 0U);
        QCOMPARE(weightOf(1), 1U);
        QCOMPARE(weightOf(10LL << 30), 8192U);
        QCOMPARE(weightOf((16LL << 30) - 1), 8192U);
        QCOMPARE(weightOf(16LL << 30), 16384U);
        QCOMPARE(weightOf(std::numeric_limits<qint64>::max()), 1U << 30);
        // Sites of the largest weight still rank by chance, not by a rounded-off cost.
        auto sites = sitesOf(10);
        for (Site &site : sites)
            site.weight = weightOf(std::numeric_limits<qint64>::max());
        std::set<NodeId> winners;
        for (int number = 0; number < 200; ++number)
            winners.insert(candidates(segment(number), sites).front());
        QCOMPARE(winners.size(), 10U);
    }

    void heldOfIndexesOutsideTheCodeAreIgnored()
    {
        auto request = requestFor(1, {2, 4}, sitesOf(5));
        request.held = {{-1, node(0)}, {4, node(1)}, {100, node(2)}};
        QCOMPARE(placedCount(place(request)), 4);
    }
};

QTEST_APPLESS_MAIN(PlacementTest)
#include "placement_test.moc"
