// SPDX-License-Identifier: GPL-3.0-or-later
#include "byzantine_bends.h"

#include <tree/held.h>
#include <tree/links.h>
#include <tree/pulls.h>

#include <QTest>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using namespace borg::sim;
using tree::Offence;

namespace {

bool isSoak()
{
    return qEnvironmentVariableIntValue("BORG_SOAK") == 1;
}
/// 200 in the soak; CI has a minute for all classes together.
const quint32 kNodes = isSoak() ? 200 : 100;
constexpr int kRounds = 24;

void seeds()
{
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 1; seed <= (isSoak() ? 100 : 1); ++seed)
        QTest::addRow("seed %llu", seed) << seed;
}

/// kNodes nodes of which every `oneIn`-th is byzantine, from the start.
class ByzantineWorld : public TreeWorld {
public:
    using Make = std::function<std::unique_ptr<Bend>(const net::Peer &self, quint32 number)>;

    ByzantineWorld(quint64 seed, quint32 oneIn, const Make &make)
        : TreeWorld(seed)
    {
        add(0).node.start({}, {});
        for (quint32 number = 1; number < kNodes; ++number) {
            std::vector<net::Peer> known;
            for (int i = 0; i < 3; ++i)
                known.push_back(peer(rng.below(std::min(number, 8U))));
            if (number % oneIn != oneIn - 1) {
                add(number).node.start(known, {});
                continue;
            }
            auto own = config;
            own.self = peer(number).endpoint;
            liars[number] = std::make_unique<ByzantineNode>(
                *this, peer(number), seed * 1'000'003 + number, own, make(peer(number), number));
            liars[number]->node.start(known, {});
        }
        clock.advance(6s);
    }

    /// Honest nodes broadcast while the others do what they do.
    void talk()
    {
        for (int round = 0; round < kRounds; ++round) {
            const quint32 source = round % 4 == 0 ? kVictim : honest();
            const auto id = nodes.at(source)->node.broadcast(u"test"_s, {}, QByteArray(512, 'x'));
            if (id)
                said.emplace_back(*id, source);
            clock.advance(250ms);
        }
        clock.advance(8s);
    }
    quint32 honest()
    {
        quint32 number = rng.below(kNodes);
        while (!nodes.contains(number))
            number = rng.below(kNodes);
        return number;
    }

    /// @return how many in a thousand of the honest nodes' broadcasts came to honest nodes.
    double reachPermille() const
    {
        qint64 missed = 0;
        for (const auto &[id, source] : said)
            missed += missing(id, source);
        const auto all = static_cast<double>(said.size() * (nodes.size() - 1));
        return 1000 * (1 - static_cast<double>(missed) / all);
    }
    /// @return how often honest nodes counted an offence of a liar.
    qint64 charges(Offence offence) const
    {
        qint64 count = 0;
        for (const auto &[number, node] : nodes) {
            for (const auto &record : node->node.status().offenders) {
                if (!isLiar(record.peer))
                    continue;
                for (const auto &one : record.counts)
                    count += one.offence == offence ? one.count : 0;
            }
        }
        return count;
    }
    /// @return honest nodes that another honest node refuses.
    int wronglyRefused() const
    {
        int count = 0;
        for (const auto &[number, node] : nodes) {
            for (const auto &record : node->node.status().offenders)
                count += !isLiar(record.peer) && record.greylistedFor > 0s ? 1 : 0;
        }
        return count;
    }
    bool isLiar(const NodeId &id) const
    {
        return std::ranges::any_of(
            liars, [&](const auto &liar) { return liar.second->self.id == id; });
    }
    /// What a node may hold at most is far less than its limits add up to.
    bool areCapsHeld() const
    {
        return std::ranges::all_of(nodes, [](const auto &entry) {
            const auto status = entry.second->node.status();
            return status.queuedBytes <= tree::Links::kBacklogBytesAll
                && status.heldBytes <= tree::Held::kBytesMax
                && status.missing <= qint64{tree::Pulls::kMissingMax};
        });
    }

    /// @return how many honest nodes have been below the same liar for `span`.
    int underLiars(Ticks span = 0s) const
    {
        return static_cast<int>(std::ranges::count_if(nodes, [&](const auto &entry) {
            const auto status = entry.second->node.status();
            return status.parent && isLiar(*status.parent)
                && clock.utcMs() - status.history.back().utcMs >= span.count() / 1000;
        }));
    }

    static constexpr quint32 kVictim = 50;
    std::map<quint32, std::unique_ptr<ByzantineNode>> liars;
    std::vector<std::pair<tree::MessageId, quint32>> said;
};

/// Runs a class, prints what came of it, and checks what holds for all classes.
#define RUN_CLASS(world)                                                                           \
    (world).talk();                                                                                \
    qInfo("%zu of %u byzantine: %.2f permille reached", (world).liars.size(), kNodes,              \
        (world).reachPermille());                                                                  \
    QVERIFY2((world).said.size() >= kRounds / 2, "the honest could hardly speak");                 \
    QVERIFY2((world).reachPermille() >= 999, QByteArray::number((world).reachPermille()));         \
    QVERIFY((world).areCapsHeld());                                                                \
    QCOMPARE((world).wronglyRefused(), 0)

template <typename B>
std::unique_ptr<Bend> make(const net::Peer &, quint32)
{
    return std::make_unique<B>();
}
template <typename B>
std::unique_ptr<Bend> makeWithSeed(const net::Peer &, quint32 number)
{
    return std::make_unique<B>(number);
}

} // namespace

class ByzantineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Every fifth node keeps its links alive and passes nothing on.
    void muteParentsAreLeft_data() { seeds(); }
    void muteParentsAreLeft()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 5, make<Mute>);
        RUN_CLASS(world);
        // Who went from one to another with the last messages has to hear a few more to find out.
        for (int more = 0; more < 3 && world.underLiars() > 0; ++more)
            world.talk();
        QCOMPARE(world.underLiars(45s), 0); // a fault of the tree, and not of chance
        QCOMPARE(world.underLiars(), 0);
        QVERIFY(world.charges(Offence::Censored) + world.charges(Offence::BrokenPromise) > 0);
    }

    void aCensoredSourceIsHeard_data() { seeds(); }
    void aCensoredSourceIsHeard()
    {
        QFETCH(quint64, seed);
        const NodeId victim = TreeWorld::peer(ByzantineWorld::kVictim).id;
        ByzantineWorld world(
            seed, 5, [&](const auto &, quint32) { return std::make_unique<Censor>(victim); });
        RUN_CLASS(world);
        QVERIFY(world.charges(Offence::Censored) + world.charges(Offence::BrokenPromise) > 0);
    }

    void announcingWhatIsNotThereCosts_data() { seeds(); }
    void announcingWhatIsNotThereCosts()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 10, makeWithSeed<AnnounceLiar>);
        RUN_CLASS(world);
        QVERIFY(world.charges(Offence::BrokenPromise) > 0);
    }

    void groundIdsAreRefused_data() { seeds(); }
    void groundIdsAreRefused()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 20, makeWithSeed<IdGrinder>);
        RUN_CLASS(world);
        QVERIFY(world.charges(Offence::IdFlood) > 0);
    }

    void pullFloodsAreRefused_data() { seeds(); }
    void pullFloodsAreRefused()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 10, make<PullFlooder>);
        RUN_CLASS(world);
        QVERIFY(world.charges(Offence::PullFlood) > 0);
    }

    void falseLatenciesDoNotStopTheNetwork_data() { seeds(); }
    void falseLatenciesDoNotStopTheNetwork()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 10, make<FalseLatency>);
        RUN_CLASS(world);
    }

    void clocksAheadDoNotStopTheNetwork_data() { seeds(); }
    void clocksAheadDoNotStopTheNetwork()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 10, make<TimeLiar>);
        RUN_CLASS(world);
    }

    /// A quarter of all nodes are of one hand.
    void sybilsDoNotStopTheNetwork_data() { seeds(); }
    void sybilsDoNotStopTheNetwork()
    {
        QFETCH(quint64, seed);
        std::vector<net::Peer> all;
        for (quint32 number = 3; number < kNodes; number += 4)
            all.push_back(TreeWorld::peer(number));
        ByzantineWorld world(
            seed, 4, [&](const auto &, quint32) { return std::make_unique<Sybil>(all); });
        RUN_CLASS(world);
    }

    void readersWhoNeverReadStopNobody_data() { seeds(); }
    void readersWhoNeverReadStopNobody()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 10, make<SlowLoris>);
        RUN_CLASS(world);
    }

    void replayedMessagesAreNotDeliveredAgain_data() { seeds(); }
    void replayedMessagesAreNotDeliveredAgain()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 10, make<Replayer>);
        RUN_CLASS(world);
        QVERIFY(world.charges(Offence::Duplicate) > 0);
    }

    void equivocatorsDoNotSetTheHonestAgainstEachOther_data() { seeds(); }
    void equivocatorsDoNotSetTheHonestAgainstEachOther()
    {
        QFETCH(quint64, seed);
        ByzantineWorld world(seed, 20, [](const net::Peer &self, quint32) {
            auto bend = std::make_unique<Equivocator>(self.id);
            bend->utcMs = SimClock().utcMs();
            return bend;
        });
        RUN_CLASS(world);
        QVERIFY(world.charges(Offence::Contradiction) > 0);
    }
};

QTEST_APPLESS_MAIN(ByzantineTest)
#include "byzantine_test.moc"
