// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_machine.h"

#include <QTest>

#include <set>

using namespace borg;
using namespace borg::tree;

class ScoresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aStrangerIsNeitherGoodNorBad()
    {
        const Scores scores(false);
        QCOMPARE(scores.of(id(2)), 0.0);
        QVERIFY(scores.mayBeParent(id(2)));
        QVERIFY(!scores.isRefused(id(2)));
    }

    void invalidInputRefusesThePeerForAnHour()
    {
        Scores scores(false);
        scores.reward(id(2), 1000); // whatever it earned before
        scores.add(id(2), Offence::BadSignature);
        QCOMPARE(scores.takeCondemned(), std::vector{id(2)});
        QVERIFY(scores.takeCondemned().empty());
        QVERIFY(scores.isGreylisted(id(2)));
        scores.setNow(59min);
        QVERIFY(scores.isGreylisted(id(2)));
        scores.setNow(61min);
        QVERIFY(!scores.isRefused(id(2)));
    }

    /// Processes of one owner that run a wrong version for a moment must meet again soon.
    void aLocalNetworkForgivesSoon()
    {
        Scores scores(true);
        scores.add(id(2), Offence::Malformed, 50);
        scores.setNow(19s);
        QVERIFY(scores.isRefused(id(2)));
        scores.setNow(21s);
        QVERIFY(!scores.isRefused(id(2)));
        QVERIFY(!scores.mayBeParent(id(2))); // it has to show first what it is
    }

    void smallOffencesAddUpAndFade()
    {
        Scores scores(false);
        scores.add(id(2), Offence::BrokenPromise);
        QVERIFY(!scores.mayBeParent(id(2)));
        QVERIFY(scores.takeCondemned().empty());
        scores.setNow(10min);
        QVERIFY(scores.mayBeParent(id(2)));

        scores.add(id(2), Offence::BrokenPromise, 26);
        QCOMPARE(scores.takeCondemned(), std::vector{id(2)});
        QVERIFY(scores.isRefused(id(2)));
        QVERIFY(!scores.isGreylisted(id(2)));
        scores.setNow(10min + 10s);
        QVERIFY(!scores.isRefused(id(2))); // 52 x 0.95
        scores.add(id(2), Offence::BrokenPromise, 50);
        QVERIFY(scores.isGreylisted(id(2)));
    }

    void creditCannotBeSavedUp()
    {
        Scores scores(false);
        scores.reward(id(2), 1'000'000);
        QCOMPARE(scores.of(id(2)), Scores::kBest);
        scores.add(id(2), Offence::BrokenPromise, 40);
        QCOMPARE(scores.of(id(2)), Scores::kBest - 80);
    }

    void whatIsOnlyNotedCostsNothing()
    {
        Scores scores(false);
        scores.note(id(2), Offence::Expired, 1000);
        QCOMPARE(scores.of(id(2)), 0.0);
        QCOMPARE(scores.totals()[static_cast<std::size_t>(Offence::Expired)], 1000);
        QCOMPARE(
            scores.worst(9).front().counts, (std::vector{Scores::Count{Offence::Expired, 1000}}));
    }

    /// 10,000 strangers with a small debt do not push a greylisted peer out.
    void memoryIsBoundedAndKeepsTheWorst()
    {
        Scores scores(false);
        scores.add(id(2), Offence::Malformed);
        for (quint32 i = 0; i < 10'000; ++i) {
            NodeId stranger;
            stranger.bytes = {static_cast<quint8>(i), static_cast<quint8>(i >> 8), 7};
            scores.setNow(Ticks{i});
            scores.add(stranger, Offence::Late);
            QVERIFY(scores.count() <= Scores::kPeersMax);
        }
        QVERIFY(scores.isGreylisted(id(2)));
        QCOMPARE(scores.worst(3).size(), 3U);
        QCOMPARE(scores.worst(3).front().peer, id(2));
    }

    void everyOffenceHasANameOfItsOwn()
    {
        std::set<QString> names;
        for (std::size_t i = 0; i < kOffenceCount; ++i)
            names.insert(name(static_cast<Offence>(i)));
        QCOMPARE(names.size(), kOffenceCount);
        QVERIFY(!names.contains(QString()));
    }

    /// The machine: what breaks the protocol is cut, counted, and not let in again.
    void whoBreaksTheProtocolIsNotLetInAgain()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        child.feed(FrameArrived{id(3), {wire::FrameClass::Control, "x", {}}});
        QCOMPARE(child.all<HangUp>(), std::vector{HangUp{id(3)}});
        const auto status = child.tree.status();
        QCOMPARE(status.offenders.size(), 1U);
        QCOMPARE(status.offenders.front().peer, id(3));
        QVERIFY(status.offenders.front().greylistedFor > 0s);
        QCOMPARE(status.offences[static_cast<std::size_t>(Offence::Malformed)], 1);

        child.feed(LinkUp{peer(3), net::Direction::Inbound}, 1s);
        QCOMPARE(child.all<HangUp>(), std::vector{HangUp{id(3)}});
        QVERIFY(child.said<Hello>(3).empty());
        child.feed(LinkUp{peer(3), net::Direction::Inbound}, 30s);
        QCOMPARE(child.said<Hello>(3).size(), 1U);
    }

    void brokenFramingIsChargedAsWell()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        child.feed(LinkDown{id(3), Errc::Malformed});
        QVERIFY(child.tree.status().offenders.front().greylistedFor > 0s);
    }

    void aRefusedPeerIsNotDialled()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        child.feed(FrameArrived{id(3), {wire::FrameClass::Control, "x", {}}});
        child.feed(LinkDown{id(2), Errc::Unreachable});
        for (const auto end = child.now + 4s; child.now < end; child.feed(TimerFired{}, 10ms)) {
            for (const auto &dial : child.all<Dial>())
                QVERIFY(dial.peer.id != id(3));
        }
    }
};

QTEST_APPLESS_MAIN(ScoresTest)
#include "scores_test.moc"
