// SPDX-License-Identifier: GPL-3.0-or-later
#include "post.h"

#include <QTest>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using sim::Post;
using sim::TreeWorld;

namespace {

constexpr quint32 kNodes = 200;

void seeds(quint64 usual)
{
    const bool isSoak = qEnvironmentVariableIntValue("BORG_SOAK") == 1;
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 1; seed <= (isSoak ? 10 * usual : usual); ++seed)
        QTest::addRow("seed %llu", seed) << seed;
}

} // namespace

class UnicastSimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPairExchangesAMessage()
    {
        constexpr quint32 kFew = 60;
        Post post(1, kFew);
        post.world.runUntil([&] { return post.world.isOneTree(); }, 10s);
        QCOMPARE(post.world.flaw(), QString());
        post.world.clock.advance(5s);
        for (quint32 from = 0; from < kFew; ++from) {
            for (quint32 to = 0; to < kFew; ++to) {
                if (from != to)
                    post.send(from, to);
            }
            post.world.clock.advance(500ms);
        }
        post.world.runUntil([&] { return post.areAllSettled(); }, 20s);
        QCOMPARE(post.acknowledged(), int(kFew * (kFew - 1)));
        QCOMPARE(post.heard.size(), std::size_t(kFew * (kFew - 1)));
        QCOMPARE(post.strayed(), 0);
        QVERIFY2(post.hopsMax <= 12, QByteArray::number(post.hopsMax));
        for (const auto &[number, node] : post.world.nodes)
            QCOMPARE(node->node.status().counters.invalid, 0);
    }

    /// 20 of 200 die while messages are on their way: between the others all arrive.
    void messagesArriveWhileNodesDie_data() { seeds(3); }
    void messagesArriveWhileNodesDie()
    {
        QFETCH(quint64, seed);
        Post post(seed, kNodes);
        post.world.runUntil([&] { return post.world.isOneTree(); }, 10s);
        QCOMPARE(post.world.flaw(), QString());
        post.world.clock.advance(5s);
        std::set<quint32> doomed;
        while (doomed.size() < kNodes / 10)
            doomed.insert(post.world.rng.below(kNodes));
        const auto survivor = [&] {
            quint32 number = 0;
            do {
                number = post.world.rng.below(kNodes);
            } while (doomed.contains(number));
            return number;
        };
        auto next = doomed.begin();
        for (int i = 0; i < 1000; ++i) {
            const quint32 from = survivor();
            quint32 to = survivor();
            while (to == from)
                to = survivor();
            post.send(from, to);
            if (i % 40 == 20 && next != doomed.end())
                post.world.kill(*next++);
            post.world.clock.advance(10ms);
        }
        post.world.runUntil([&] { return post.areAllSettled(); }, 20s);
        QVERIFY2(post.acknowledged() >= 999, QByteArray::number(post.acknowledged()));
        QCOMPARE(post.strayed(), 0);
        QVERIFY(post.heard.size() >= 999);
        QVERIFY2(post.hopsMax <= 64, QByteArray::number(post.hopsMax));
    }

    /// Two of three nodes cannot be dialled from everywhere: others carry what is for them.
    void messagesGoThroughNats()
    {
        constexpr quint32 kFew = 48;
        Post post(3, kFew, true);
        post.world.runUntil([&] { return post.world.isOneTree(); }, 30s);
        QCOMPARE(post.world.flaw(), QString());
        post.world.clock.advance(5s);
        for (quint32 from = 0; from < kFew; ++from) {
            for (quint32 to = 0; to < kFew; to += 5) {
                if (from != to)
                    post.send(from, to);
            }
            post.world.clock.advance(200ms);
        }
        post.world.runUntil([&] { return post.areAllSettled(); }, 20s);
        QCOMPARE(post.acknowledged(), post.last);
        QCOMPARE(post.strayed(), 0);
    }

    void linksAreMadeThroughNats_data()
    {
        QTest::addColumn<quint32>("from");
        QTest::addColumn<quint32>("to");
        QTest::addColumn<bool>("isPossible");
        // By natOf(): 40 public, 41 full cone, 42 port restricted, 43 symmetric.
        QTest::newRow("to a public one") << 42U << 40U << true;
        QTest::newRow("from a public one: the other dials") << 40U << 42U << true;
        QTest::newRow("from a public one to a symmetric one") << 40U << 43U << true;
        QTest::newRow("both behind a NAT: punched") << 42U << 46U << true;
        QTest::newRow("both symmetric: relayed") << 43U << 47U << false;
    }
    void linksAreMadeThroughNats()
    {
        QFETCH(quint32, from);
        QFETCH(quint32, to);
        QFETCH(bool, isPossible);
        Post post(4, 48, true);
        post.world.runUntil([&] { return post.world.isOneTree(); }, 30s);
        post.world.clock.advance(6s);
        auto &node = post.world.nodes.at(from)->node;
        const auto isLinked = [&] {
            return std::ranges::contains(
                node.status().links, TreeWorld::peer(to).id, &tree::LinkStatus::peer);
        };
        while (isLinked() && to >= 12) // a link of the tree already: another one of that kind
            to -= 4;
        QVERIFY(!isLinked());
        Post::Outcome outcome;
        Post::keep(node.connect(TreeWorld::peer(to).id), outcome);
        post.world.runUntil([&] { return outcome.has_value(); }, 30s);
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->ok(), isPossible);
        QCOMPARE(isLinked(), isPossible);
        post.send(from, to);
        post.world.runUntil([&] { return post.areAllSettled(); }, 15s);
        QCOMPARE(post.acknowledged(), 1);
        QCOMPARE(post.hopsMax == 1, isPossible);
        post.world.clock.advance(10s); // who was asked to meet waits for a while
    }

    /// Two questions for one meeting: that of the lesser id is answered, and both have the link.
    void bothAskForALinkAtOnce()
    {
        Post post(4, 48, true);
        post.world.runUntil([&] { return post.world.isOneTree(); }, 30s);
        post.world.clock.advance(6s);
        constexpr quint32 kOne = 42; // both port restricted
        constexpr quint32 kOther = 46;
        Post::Outcome one;
        Post::Outcome other;
        Post::keep(post.world.nodes.at(kOne)->node.connect(TreeWorld::peer(kOther).id), one);
        Post::keep(post.world.nodes.at(kOther)->node.connect(TreeWorld::peer(kOne).id), other);
        post.world.runUntil([&] { return one.has_value() && other.has_value(); }, 30s);
        QVERIFY(one && other);
        QVERIFY(one->ok() && other->ok());
        for (const auto &[number, to] : {std::pair(kOne, kOther), std::pair(kOther, kOne)}) {
            const auto links = post.world.nodes.at(number)->node.status().links;
            QVERIFY(std::ranges::contains(links, TreeWorld::peer(to).id, &tree::LinkStatus::peer));
        }
        post.world.clock.advance(10s);
    }
};

QTEST_GUILESS_MAIN(UnicastSimTest)
#include "unicast_sim_test.moc"
