// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_machine.h"

#include <QTest>

using namespace borg;
using namespace borg::tree;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class PeerTreeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFirstNodeIsTheRootAtOnce()
    {
        Machine machine;
        machine.feed(Start{});
        QCOMPARE(machine.tree.status().state, TreeState::Root);
        QCOMPARE(machine.tree.status().epoch, kUtcMs / 1000);
        QVERIFY(machine.all<Dial>().empty());
    }

    void aNewcomerDialsThreeAndTakesTheCheapest()
    {
        Machine machine;
        machine.feed(Start{{peer(2), peer(3), peer(4), peer(5)}, {}});
        const auto dials = machine.all<Dial>();
        QCOMPARE(dials.size(), 3U);
        std::vector<quint8> dialled;
        for (const auto &dial : dials)
            dialled.push_back(dial.peer.id.bytes[0]);

        Place full = placeOf({dialled[0]});
        full.children = 8;
        machine.greet(dialled[0], full, net::Direction::Outbound);
        machine.greet(dialled[1], placeOf({9, dialled[1]}), net::Direction::Outbound);
        machine.greet(dialled[2], placeOf({9, 8, dialled[2]}), net::Direction::Outbound);
        QVERIFY(!machine.tree.status().parent);
        machine.feed(TimerFired{}, 200ms); // nobody else answers
        QCOMPARE(machine.said<Attach>(dialled[1]).size(), 1U);
        QCOMPARE(machine.tree.status().parent, id(dialled[1]));
        QCOMPARE(machine.tree.status().state, TreeState::Joining);
        machine.say(dialled[1], Accept{placeOf({9, dialled[1]}), {}, 0});
        QCOMPARE(machine.tree.status().state, TreeState::Attached);
        QCOMPARE(machine.tree.status().depth, 2U);
        QCOMPARE(machine.tree.status().root, id(9));
    }

    void aFullNodeSendsOnToItsChildren()
    {
        Machine machine;
        machine.feed(Start{});
        const auto root = machine.tree.status();
        for (const quint8 child : {quint8{3}, quint8{4}}) {
            machine.greet(child, placeOf({child}, 0));
            machine.say(child, Attach{placeOf({child}, 0), 0});
            QCOMPARE(machine.said<Accept>(child).size(), 1U);
        }
        machine.greet(5, placeOf({5}, 0));
        machine.say(5, Attach{placeOf({5}, 0), 0});
        const auto answer = machine.said<Redirect>(5);
        QCOMPARE(answer.size(), 1U);
        QCOMPARE(answer.front().reason, u"full"_s);
        QCOMPARE(answer.front().contacts.size(), 2U);
        QCOMPARE(machine.tree.status().children, (std::vector{id(3), id(4)}));
    }

    void anAncestorIsNeverTakenAsAChild()
    {
        Child child;
        child.greet(9, placeOf({9}));
        child.say(9, Attach{placeOf({9}), 0});
        QCOMPARE(child.said<Redirect>(9).front().reason, u"loop"_s);
        QVERIFY(child.tree.status().children.empty());
    }

    void aLostParentIsReplacedWithOneMessage()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        child.greet(4, placeOf({9, 2, 4})); // under the parent that will be lost
        child.feed(LinkDown{id(2), Errc::Unreachable}, 50ms);
        QCOMPARE(child.said<Attach>(3).size(), 1U);
        QVERIFY(child.said<Attach>(4).empty());
        QVERIFY(child.all<Dial>().empty());
        QCOMPARE(child.tree.status().parent, id(3));
    }

    void silenceCountsAsLoss()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        child.runUntil(child.now + 590ms);
        QCOMPARE(child.tree.status().parent, id(2));
        child.runUntil(child.now + 50ms);
        QCOMPARE(child.tree.status().parent, id(3));
    }

    /// When our own loop stood still, the parent's beats wait in the socket: it is not lost.
    void ourOwnStallIsForgiven()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        child.runUntil(child.now + 100ms);
        child.feed(TimerFired{}, 5s);
        QCOMPARE(child.tree.status().parent, id(2));
    }

    void theFirstSuccessorTakesOver()
    {
        Machine machine;
        machine.feed(Start{{peer(2)}, {}});
        machine.greet(2, placeOf({2}), net::Direction::Outbound);
        machine.say(2, Contacts{});
        machine.say(2, Accept{placeOf({2}), {}, 0});
        State state;
        state.place = placeOf({2});
        state.successors = {{id(1), u"n1"_s, 7000, 0}, {id(3), u"n3"_s, 7000, 0}};
        machine.say(2, state);
        machine.greet(3, placeOf({2, 3}));
        machine.feed(LinkDown{id(2), Errc::Unreachable}, 10ms);
        QCOMPARE(machine.tree.status().state, TreeState::Root);
        QVERIFY(machine.tree.status().epoch > 5);
        QCOMPARE(machine.said<State>(3).front().place.root, id(1)); // told at once
    }

    void theSecondSuccessorAttachesToTheFirst()
    {
        Machine machine;
        machine.feed(Start{{peer(2)}, {}});
        machine.greet(2, placeOf({2}), net::Direction::Outbound);
        machine.say(2, Contacts{});
        machine.say(2, Accept{placeOf({2}), {}, 0});
        State state;
        state.place = placeOf({2});
        state.successors = {{id(3), u"n3"_s, 7000, 0}, {id(1), u"n1"_s, 7000, 0}};
        machine.say(2, state);
        machine.greet(3, placeOf({2, 3}));
        machine.feed(LinkDown{id(2), Errc::Unreachable}, 10ms);
        QCOMPARE(machine.said<Attach>(3).size(), 1U);
    }

    void aRootMovesToABetterTree()
    {
        Machine machine;
        machine.feed(Start{});
        machine.greet(3, placeOf({9, 3}, kUtcMs / 1000 + 1));
        QCOMPARE(machine.said<Attach>(3).size(), 1U);
        QCOMPARE(machine.tree.status().parent, id(3));
    }

    void anEpochFromTheFutureIsNotBelieved()
    {
        Machine machine;
        machine.feed(Start{});
        machine.greet(3, placeOf({9, 3}, kUtcMs / 1000 + 3600));
        QVERIFY(machine.said<Attach>(3).empty());
        machine.feed(TimerFired{}, 200ms);
        QVERIFY(machine.said<Attach>(3).empty());
        QCOMPARE(machine.tree.status().state, TreeState::Root);
    }

    void nodesOfOtherNetworksAreHungUp()
    {
        Machine machine;
        machine.feed(Start{});
        machine.feed(LinkUp{peer(3), net::Direction::Inbound});
        Hello hello;
        hello.network = u"other"_s;
        hello.place = placeOf({3});
        machine.say(3, hello);
        QCOMPARE(machine.all<HangUp>(), std::vector{HangUp{id(3)}});
    }

    void nonsenseCutsTheLink_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::newRow("no JSON") << QByteArray("x");
        QTest::newRow("no name") << QByteArray("{}");
        QTest::newRow("broken word") << QByteArray(R"({"t":"state"})");
        QTest::newRow("broken head") << QByteArray(R"({"r":{"h":1,"k":"x"}})");
        QTest::newRow("no ids") << QByteArray(R"({"t":"ihave"})");
    }
    void nonsenseCutsTheLink()
    {
        QFETCH(QByteArray, head);
        Child child;
        child.feed(FrameArrived{id(2), {wire::FrameClass::Control, head, {}}});
        QCOMPARE(child.all<HangUp>(), std::vector{HangUp{id(2)}});
        QCOMPARE(child.tree.status().counters.invalid, 1);
        QVERIFY(child.tree.status().links.empty());
    }

    void wordsOfNewerNodesAreIgnored()
    {
        Child child;
        child.feed(FrameArrived{id(2), {wire::FrameClass::Control, R"({"t":"later"})", {}}});
        QVERIFY(child.all<HangUp>().empty());
    }

    void whatWasAnnouncedIsPulledOnce()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        const QByteArray missing(16, 'm');
        child.say(3, IHave{}, missing);
        child.feed(TimerFired{}, 200ms);
        QVERIFY(child.said<Graft>(3).empty()); // it may come over the tree yet
        int asked = 0;
        for (const auto end = child.now + 10s; child.now < end; child.feed(TimerFired{}, 10ms)) {
            asked += static_cast<int>(child.said<Graft>(3).size());
            child.say(2, State{});
            child.say(3, State{});
        }
        QVERIFY(asked >= 1 && asked <= Pulls::kRounds);
    }

    void aBadSignatureCutsThePreviousHop()
    {
        Child child;
        const sim::SimCrypto source(id(7), 42);
        const auto message
            = *net::writeMessage(source, {u"net"_s, u"t"_s, 1, kUtcMs * 1000, 30'000, 1, {}}, {});
        net::Head head;
        head.key = source.publicKey();
        head.message = message;
        child.feed(FrameArrived{id(2), {wire::FrameClass::Interactive, net::writeHead(head), {}}});
        QCOMPARE(child.all<HangUp>(), std::vector{HangUp{id(2)}});
        QVERIFY(child.all<Deliver>().empty());
    }

    void aMessageIsDeliveredOnceAndSentOn()
    {
        Child child;
        child.greet(3, placeOf({3}, 0));
        child.say(3, Attach{placeOf({3}, 0), 0});
        const wire::Frame frame = messageOf(7);
        child.feed(FrameArrived{id(2), frame});
        QCOMPARE(child.all<Deliver>().size(), 1U);
        QCOMPARE(child.all<Deliver>().front().delivered.hops, 4U);
        const auto sends = child.all<Send>();
        QCOMPARE(sends.size(), 1U);
        QCOMPARE(sends.front().to, id(3));
        QCOMPARE(sends.front().frame.head, net::withHops(frame.head, 5));
        QCOMPARE(sends.front().frame.body, QByteArray("body"));

        child.feed(FrameArrived{id(3), frame});
        QVERIFY(child.actions.empty());
        QCOMPARE(child.tree.status().counters.duplicates, 1);
    }
};

QTEST_APPLESS_MAIN(PeerTreeTest)
#include "peer_tree_test.moc"
