// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_machine.h"

#include <tree/place.h>
#include <tree/root_watch.h>
#include <tree/uplink.h>

#include <QTest>

using namespace borg;
using namespace borg::tree;

namespace {

Place far(const std::vector<quint8> &path, quint32 latRootUs)
{
    Place place = placeOf(path);
    place.latRootUs = latRootUs;
    return place;
}

} // namespace

/// The rules by which a node chooses, changes and keeps its place, on one machine.
class PlacementTest : public QObject {
    Q_OBJECT

    /// Answers what was asked: `rtt` after it was sent, with the place as it is.
    static void answer(Machine &machine, quint8 from, const Place &place, Ticks rtt)
    {
        State state;
        state.at = 1;
        state.echo = (machine.now - rtt).count();
        state.place = place;
        machine.say(from, state);
    }
    /// Runs the machine while node 2 and node 3 are `rtts` away. @return whether it wants to go
    /// to 3.
    static bool movesIn(Machine &machine, const Place &two, const Place &three, Ticks span,
        Ticks rttTwo = 1ms, Ticks rttThree = 1ms)
    {
        for (const Ticks end = machine.now + span; machine.now < end;) {
            machine.feed(TimerFired{}, 50ms);
            if (!machine.said<Attach>(3).empty())
                return true;
            answer(machine, 2, two, rttTwo);
            answer(machine, 3, three, rttThree);
        }
        return false;
    }

private Q_SLOTS:
    void aFarBetterParentIsTakenWithoutLosingTheOld()
    {
        Child child;
        const Place two = far({9, 2}, 100'000);
        const Place three = far({9, 3}, 20'000);
        child.greet(3, three);
        QVERIFY(!movesIn(child, two, three, 29s)); // the hold-down of a chosen parent
        QVERIFY(movesIn(child, two, three, 40s));
        QCOMPARE(child.tree.status().parent, id(2)); // until the new one says yes
        child.say(3, Accept{three, {}, 0});
        QCOMPARE(child.said<Detach>(2).size(), 1U);
        QCOMPARE(child.tree.status().parent, id(3));
        QCOMPARE(child.tree.status().state, TreeState::Attached);
        QCOMPARE(child.tree.status().counters.moves, 1);
        QVERIFY(child.tree.status().history.back().reason.startsWith(u"moved: 80 ms"_s));
    }

    void aSlightlyBetterParentIsNot()
    {
        Child child;
        const Place two = far({9, 2}, 100'000);
        const Place three = far({9, 3}, 90'000);
        child.greet(3, three);
        QVERIFY(!movesIn(child, two, three, 120s));
    }

    void aFullParentIsNotMovedTo()
    {
        Child child;
        const Place two = far({9, 2}, 100'000);
        Place three = far({9, 3}, 20'000);
        three.children = three.capacity;
        child.greet(3, three);
        QVERIFY(!movesIn(child, two, three, 120s));
    }

    void afterAnIdleParentOneThatBroughtSomethingIsTaken_data()
    {
        QTest::addColumn<bool>("isIdle");
        QTest::newRow("it never brought anything") << true;
        QTest::newRow("it did") << false;
    }
    void afterAnIdleParentOneThatBroughtSomethingIsTaken()
    {
        QFETCH(bool, isIdle);
        Child child;
        child.greet(3, far({9, 3}, 1'000)); // it looks best
        child.greet(4, far({9, 8, 7, 6, 4}, 90'000));
        child.feed(FrameArrived{id(4), messageOf(11, 1)});
        if (!isIdle)
            child.feed(FrameArrived{id(2), messageOf(11, 2)});
        QCOMPARE(child.all<Deliver>().size(), 1U);
        child.feed(LinkDown{id(2)});
        QCOMPARE(child.said<Attach>(isIdle ? 4 : 3).size(), 1U);
    }

    void aRefusedMoveChangesNothing()
    {
        Child child;
        const Place two = far({9, 2}, 100'000);
        const Place three = far({9, 3}, 20'000);
        child.greet(3, three);
        QVERIFY(movesIn(child, two, three, 70s));
        Redirect redirect;
        redirect.reason = u"full"_s;
        redirect.place = three;
        child.say(3, redirect);
        QCOMPARE(child.tree.status().parent, id(2));
        QCOMPARE(child.tree.status().state, TreeState::Attached);
        QVERIFY(child.said<Detach>(2).empty());
    }

    void aFarNewcomerAsksForMoreBeforeItChooses()
    {
        Machine machine;
        machine.feed(Start{{peer(2)}, {}}, 1s);
        machine.feed(TimerFired{}, 300ms);
        machine.greet(2, far({9, 2}, 50'000), net::Direction::Outbound);
        machine.say(2, Contacts{}, {}, 100ms);
        QVERIFY(machine.said<Attach>(2).empty());
        answer(machine, 2, far({9, 2}, 50'000), 100ms);
        const auto walks = machine.said<Walk>(2);
        QCOMPARE(walks.size(), 1U);
        Walked walked;
        walked.number = walks.front().number;
        walked.found = {{id(3), u"n3"_s, 7000, 4, 10'000}, {id(4), u"n4"_s, 7000, 4, 900'000},
            {id(5), u"n5"_s, 7000, 0, 10'000}};
        machine.say(2, walked, {}, 50ms);
        // Neither the one further from the root than the best known would cost, nor the full one.
        QCOMPARE(machine.all<Dial>(), std::vector{Dial{peer(3)}});
        machine.feed(TimerFired{}, 60ms);
        machine.greet(3, far({9, 3}, 10'000), net::Direction::Outbound);
        machine.say(3, Contacts{});
        answer(machine, 3, far({9, 3}, 10'000), 20ms);
        QCOMPARE(machine.said<Attach>(3).size(), 1U);
        QVERIFY(machine.said<Attach>(2).empty());
    }

    void aFarNewcomerDoesNotWaitForEver()
    {
        Machine machine;
        machine.feed(Start{{peer(2)}, {}}, 1s);
        machine.feed(TimerFired{}, 300ms);
        machine.greet(2, far({9, 2}, 50'000), net::Direction::Outbound);
        machine.say(2, Contacts{}, {}, 100ms);
        answer(machine, 2, far({9, 2}, 50'000), 100ms);
        QCOMPARE(machine.said<Walk>(2).size(), 1U);
        int attached = 0;
        for (const Ticks end = machine.now + 450ms; machine.now < end;) {
            machine.feed(TimerFired{}, 10ms);
            attached += static_cast<int>(machine.said<Attach>(2).size());
        }
        QCOMPARE(attached, 1);
    }

    void aWalkGoesOnAndComesBack()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        child.say(3, Use{true, true});
        child.say(3, Walk{77, 3, QByteArray(8, 5), {}});
        const auto on = child.said<Walk>(2);
        QCOMPARE(on.size(), 1U);
        QCOMPARE(on.front().number, 77);
        QCOMPARE(on.front().steps, 2U);
        QCOMPARE(on.front().back, QByteArray(8, 5) + QByteArray(8, 3));
        QVERIFY(std::ranges::contains(on.front().found, id(1), &Contact::id));
        child.say(2, Walked{77, on.front().back, on.front().found});
        QCOMPARE(child.said<Walked>(3).size(), 1U);
        QCOMPARE(child.said<Walked>(3).front().back, QByteArray(8, 5));
        child.say(3, Walk{78, 1, {}, {}}); // its last step
        QCOMPARE(child.said<Walked>(3).size(), 1U);
        QVERIFY(child.said<Walk>(2).empty());
    }

    void walksAreNotForFree()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        std::size_t answered = 0;
        for (int i = 0; i < 60; ++i) {
            child.say(3, Walk{i + 1, 1, {}, {}});
            answered += child.said<Walked>(3).size();
        }
        QVERIFY(answered >= 30 && answered <= 41);
        const auto offences = child.tree.status().offences;
        QVERIFY(offences.at(static_cast<std::size_t>(Offence::WordFlood)) > 0);
        child.say(2, Walk{1, kWalkSteps + 1, {}, {}}); // longer than any
        QCOMPARE(child.all<HangUp>(), std::vector{HangUp{id(2)}});
    }

    void aChildThatCannotKeepUpIsSentOn()
    {
        Machine machine;
        machine.feed(Start{});
        for (const quint8 child : {quint8{3}, quint8{4}}) {
            machine.greet(child, placeOf({child}, 0));
            machine.say(child, Attach{placeOf({child}, 0), 0});
        }
        machine.feed(SendRefused{id(3), {wire::FrameClass::Normal, "{}", QByteArray(1000, 'x')}});
        bool isGone = false;
        int tenths = 0;
        for (; tenths < 70 && !isGone; ++tenths) {
            machine.feed(TimerFired{}, 100ms);
            const auto redirects = machine.said<Redirect>(3);
            isGone = !redirects.empty();
            if (isGone) {
                QCOMPARE(redirects.front().reason, u"behind"_s);
                QCOMPARE(redirects.front().contacts.front().id, id(4));
            }
            State state;
            state.place = placeOf({1, 3});
            state.place.capacity = 4;
            machine.say(3, state);
            state.place = placeOf({1, 4});
            machine.say(4, state);
        }
        QVERIFY(isGone);
        QVERIFY(tenths >= 50);
        QCOMPARE(machine.tree.status().children, std::vector{id(4)});
        machine.say(3, Attach{placeOf({3}, 0), 0});
        QCOMPARE(machine.said<Redirect>(3).front().reason, u"behind"_s); // not at once again
    }

    void absurdClaimsCostTheirSender()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        State state;
        state.place = placeOf({9, 3});
        state.place.capacity = 100'000;
        child.say(3, state);
        const auto count = [&](Offence offence) {
            return child.tree.status().offences.at(static_cast<std::size_t>(offence));
        };
        QCOMPARE(count(Offence::Absurd), 1);
        state.place = placeOf({1, 3}, 77); // we never took over
        child.say(3, state);
        QCOMPARE(count(Offence::Contradiction), 1);
    }

    void whatWasSentCanBeSent()
    {
        Uplink uplink(8);
        qint64 sent = 0;
        Ticks now{0};
        const auto second = [&](qint64 megabits, bool isFull) {
            now += 1s;
            sent += megabits * 1'000'000 / 8;
            return uplink.look(now, sent, isFull);
        };
        QCOMPARE(uplink.look(now, 0, false), 8U);
        for (int i = 0; i < 100; ++i)
            QCOMPARE(second(1, false), 8U); // that it had little to say proves nothing
        QCOMPARE(second(400, false), 24U);
        for (int i = 0; i < Uplink::kFullSpans - 1; ++i)
            QCOMPARE(second(20, true), 24U);
        QCOMPARE(second(20, true), 4U);
        QCOMPARE(second(60, false), 8U);
    }

    void aParentThatClaimsTooLittleIsFoundOut()
    {
        RootWatch watch;
        const auto hear = [&](qint64 tookUs, qint64 claimedUs, int times, qint64 boundUs = 5'000) {
            int charged = 0;
            for (int i = 0; i < times; ++i)
                charged += watch.heard(tookUs, boundUs, claimedUs) ? 1 : 0;
            return charged;
        };
        QCOMPARE(hear(300'000, 10'000, 100, 0), 0); // a clock that nobody knows the bound of
        QCOMPARE(hear(300'000, 10'000, 5), 0);
        QCOMPARE(hear(20'000, 10'000, 1), 0); // one was quick, so the others were held up
        QCOMPARE(watch.leastUs(), 0U);
        QCOMPARE(hear(300'000, 10'000, 100), 1);
        QCOMPARE(watch.leastUs(), 260'000U);
        watch.reset();
        QCOMPARE(watch.leastUs(), 0U);
        QCOMPARE(hear(100'000, 20'000, 100), 0); // too little to charge it, enough to correct it
        QCOMPARE(watch.leastUs(), 60'000U);
    }

    void theRootsListDecidesTheRank()
    {
        QCOMPARE(rankOf(0, 3), kRankMax);
        QVERIFY(rankOf(1, 3) < rankOf(0, 3));
        QCOMPARE(rankOf(3, 3), 0U);
    }

    void theTimeOfAFailoverIsKnown()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        QCOMPARE(child.tree.status().lastFailoverMs, -1);
        child.feed(LinkDown{id(2), Errc::Unreachable}, 50ms);
        child.say(3, Accept{placeOf({9, 3}), {}, 0}, {}, 20ms);
        QCOMPARE(child.tree.status().lastFailoverMs, 70);
    }
};

QTEST_APPLESS_MAIN(PlacementTest)
#include "tree_placement_test.moc"
