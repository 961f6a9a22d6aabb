// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_machine.h"

#include <tree/held.h>

#include <QTest>

using namespace borg;
using namespace borg::tree;

namespace {

/// A message of node 7, as node 2 may bring it.
struct Said {
    quint64 seq = 1;
    qint64 aheadMs = 0; ///< Of its date.
    QString network = u"net"_s;
    QByteArray attachment = "body";
    QString type = u"t"_s;
    qint64 ttlMs = 30'000;

    [[nodiscard]] wire::Frame frame(bool isSigned = true) const
    {
        const sim::SimCrypto source(id(7), 42);
        const auto message = *net::writeMessage(
            source, {network, type, seq, (kUtcMs + aheadMs) * 1000, ttlMs, 1, {}}, attachment);
        net::Head head;
        head.key = source.publicKey();
        head.message = message;
        if (isSigned)
            std::ranges::copy(net::signMessage(source, message), head.signature.begin());
        return {wire::FrameClass::Interactive, net::writeHead(head), attachment};
    }
};

qint64 counted(const Machine &machine, Offence offence)
{
    return machine.tree.status().offences.at(static_cast<std::size_t>(offence));
}

} // namespace

class AbuseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void badInputIsCountedAndCutsItsSender_data()
    {
        QTest::addColumn<wire::Frame>("frame");
        QTest::addColumn<int>("offence");
        const auto row = [](const char *name, const wire::Frame &frame, Offence offence) {
            QTest::newRow(name) << frame << static_cast<int>(offence);
        };
        row("wrongly signed", Said().frame(false), Offence::BadSignature);
        row("of another network", Said{.network = u"other"_s}.frame(), Offence::WrongNetwork);
        auto other = Said().frame();
        other.body = "bodx";
        row("another attachment", other, Offence::Malformed);
        row("not canonical", {wire::FrameClass::Interactive, "{\"r\":{}}", {}}, Offence::Malformed);
        row("too many ids",
            {wire::FrameClass::Control, R"({"t":"ihave"})", QByteArray(65 * 16, 'i')},
            Offence::Malformed);
        row("a digest of nonsense",
            {wire::FrameClass::Control, R"({"since":1,"t":"compare","until":1})", "x"},
            Offence::Malformed);
    }
    void badInputIsCountedAndCutsItsSender()
    {
        QFETCH(wire::Frame, frame);
        QFETCH(int, offence);
        Child child;
        child.feed(FrameArrived{id(2), frame});
        QCOMPARE(child.all<HangUp>(), std::vector{HangUp{id(2)}});
        QVERIFY(child.all<Deliver>().empty());
        QCOMPARE(counted(child, static_cast<Offence>(offence)), 1);
        QVERIFY(child.tree.status().offenders.front().greylistedFor > 0s);
    }

    void datesFarOffAreCountedAndNotDelivered()
    {
        Child child;
        child.feed(FrameArrived{id(2), Said{.aheadMs = 3'600'000}.frame()});
        child.feed(FrameArrived{id(2), Said{.seq = 2, .aheadMs = -3'600'000}.frame()});
        QVERIFY(child.all<Deliver>().empty());
        QVERIFY(child.all<HangUp>().empty());
        QCOMPARE(counted(child, Offence::FutureDated), 1);
        QCOMPARE(counted(child, Offence::Expired), 1);
        QVERIFY(child.tree.status().links.front().score < 0);
    }

    void anOldMessageSaidAgainCostsItsBringer()
    {
        Child child;
        child.feed(FrameArrived{id(2), Said().frame()});
        // Under the same number, and three minutes old: no honest hop has it still.
        child.feed(FrameArrived{id(2),
                       Said{.aheadMs = -180'000, .type = u"u"_s, .ttlMs = 600'000}.frame()},
            10ms);
        QCOMPARE(counted(child, Offence::Replayed), 1);
        QVERIFY(child.all<Deliver>().empty());
    }

    void whoSaysTwoThingsUnderOneNumberIsBlamedItself()
    {
        Child child;
        child.feed(FrameArrived{id(2), Said().frame()});
        child.feed(FrameArrived{id(2), Said{.type = u"u"_s}.frame()}, 10ms);
        QVERIFY(child.all<Deliver>().empty());
        const auto offenders = child.tree.status().offenders;
        QVERIFY(std::ranges::any_of(
            offenders, [](const auto &o) { return o.peer == id(7) && o.score < 0; }));
        QVERIFY(std::ranges::none_of(
            offenders, [](const auto &o) { return o.peer == id(2) && o.score < 0; }));
    }

    void fewCopiesAreFreeAndManyAreNot()
    {
        Child child;
        const auto frame = Said().frame();
        for (int i = 0; i < 300; ++i)
            child.feed(FrameArrived{id(2), frame});
        QVERIFY(child.tree.status().links.front().score >= 0);
        for (int i = 0; i < 300; ++i)
            child.feed(FrameArrived{id(2), frame});
        QVERIFY(counted(child, Offence::Duplicate) > 0);
        QVERIFY(child.all<HangUp>().size() + child.tree.status().offenders.size() > 0);
    }

    /// What is over the credit of its source comes later, all of it, and in order.
    void whatIsOverCreditIsLateAndNotLost()
    {
        Child child;
        std::vector<QByteArray> heard;
        const auto note = [&] {
            for (const auto &delivered : child.all<Deliver>())
                heard.push_back(delivered.delivered.message);
        };
        for (quint64 seq = 1; seq <= 300; ++seq) {
            child.feed(FrameArrived{id(2), Said{.seq = seq}.frame()});
            note();
        }
        QVERIFY(heard.size() >= 100 && heard.size() < 200);
        QVERIFY(child.tree.status().heldBytes > 0);
        QCOMPARE(counted(child, Offence::OverCredit), 0);
        for (const auto end = child.now + 20s; child.now < end;) {
            child.feed(TimerFired{}, 50ms);
            note();
            child.say(2, State{0, 0, 0, placeOf({9, 2}), {}});
        }
        QCOMPARE(heard.size(), 300U);
        QVERIFY(std::ranges::is_sorted(
            heard, {}, [](const QByteArray &message) { return net::readMessage(message)->seq; }));
        QCOMPARE(child.tree.status().heldBytes, 0);
    }

    void whatAHopHoldsIsBounded()
    {
        Child child;
        const QByteArray big(15'000, 'x');
        for (quint64 seq = 1; seq <= 400; ++seq) {
            child.feed(FrameArrived{id(2), Said{.seq = seq, .attachment = big}.frame()});
            QVERIFY(child.tree.status().heldBytes <= Held::kSourceBytesMax + 20'000);
        }
        QVERIFY(counted(child, Offence::OverCredit) > 0);
    }

    /// Two children, one of which takes nothing: the other and the parent are asked to wait.
    void aNodeThatIsBehindAsksTheOthersToHold()
    {
        Child child;
        child.greet(3, placeOf({3}, 0));
        child.say(3, Attach{placeOf({3}, 0), 0});
        child.greet(4, placeOf({4}, 0));
        child.say(4, Attach{placeOf({4}, 0), 0});
        bool wasHeld = false;
        const auto look = [&] {
            wasHeld |= !child.said<Hold>(2).empty() && child.said<Hold>(2).front().on;
            QVERIFY(child.said<Hold>(3).empty()); // what comes from there is not for there
        };
        for (quint64 seq = 1; seq <= 80; ++seq) {
            child.feed(
                FrameArrived{id(2), Said{.seq = seq, .attachment = QByteArray(8'000, 'x')}.frame()},
                2ms);
            look();
            for (const auto &send : child.all<Send>()) {
                if (send.to == id(3) && net::isMessageHead(send.frame.head)) {
                    child.feed(SendRefused{send.to, send.frame});
                    look();
                }
            }
            child.feed(TimerFired{}, 2ms);
            look();
        }
        QVERIFY(wasHeld);
        // A held node keeps what is for the one that holds it, and goes on when it is let go.
        child.say(4, Hold{true});
        child.feed(FrameArrived{id(2), Said{.seq = 200}.frame()}, 10ms);
        QVERIFY(std::ranges::none_of(child.all<Send>(), [](const Send &send) {
            return send.to == id(4) && net::isMessageHead(send.frame.head);
        }));
        child.say(4, Hold{false});
        QVERIFY(std::ranges::any_of(child.all<Send>(), [](const Send &send) {
            return send.to == id(4) && net::isMessageHead(send.frame.head);
        }));
    }

    /// A parent that says hold again and again keeps a small message for eight seconds, not more.
    void nobodyHoldsForEver()
    {
        Child child;
        child.greet(3, placeOf({3}, 0));
        child.say(3, Attach{placeOf({3}, 0), 0});
        child.say(2, Hold{true});
        child.feed(FrameArrived{id(3), Said().frame()}, 10ms);
        bool wasSent = false;
        for (const auto end = child.now + 10s; child.now < end && !wasSent;) {
            child.say(3, State{0, 0, 0, placeOf({9, 2, 1, 3}), {}});
            child.say(2, Hold{true}, {}, 100ms);
            wasSent = std::ranges::any_of(child.all<Send>(), [](const Send &send) {
                return send.to == id(2) && net::isMessageHead(send.frame.head);
            });
        }
        QVERIFY(wasSent);
        QCOMPARE(counted(child, Offence::SlowReader), 1);
    }

    /// Words are answers, too: who reads none of them is cut before they pile up.
    void whoReadsNothingIsCut()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        const wire::Frame word{wire::FrameClass::Control, QByteArray(60'000, 'w'), {}};
        for (int i = 0; i < 100 && child.all<HangUp>().empty(); ++i)
            child.feed(SendRefused{id(3), word});
        QCOMPARE(child.all<HangUp>(), std::vector{HangUp{id(3)}});
        QCOMPARE(counted(child, Offence::SlowReader), 1);
        QCOMPARE(child.tree.status().queuedBytes, 0);
    }

    void floodsOfIdsAndPullsCost()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        child.greet(4, placeOf({9, 4}));
        for (quint32 i = 0; i < 200; ++i) {
            QByteArray ids(64 * 16, 'i');
            for (qsizetype at = 0; at < ids.size(); at += 16)
                ids.replace(at, 8, QByteArray::number(i * 64 + at, 16).rightJustified(8, '0'));
            child.say(3, IHave{}, ids);
            child.say(4, Graft{}, ids);
            QVERIFY(child.tree.status().missing <= qint64{Pulls::kMissingPerPeer});
        }
        QVERIFY(counted(child, Offence::IdFlood) > 0);
        QVERIFY(counted(child, Offence::PullFlood) > 0);
        for (const auto &link : child.tree.status().links)
            QVERIFY(link.peer == id(2));
    }

    void brokenPromisesCost()
    {
        Child child;
        child.greet(3, placeOf({9, 3}));
        for (int round = 0; round < 40; ++round) {
            child.say(3, IHave{}, QByteArray(15, 'm') + static_cast<char>(round));
            for (int i = 0; i < 50; ++i)
                child.feed(TimerFired{}, 10ms);
            child.say(2, State{0, 0, 0, placeOf({9, 2}), {}});
            child.say(3, State{0, 0, 0, placeOf({9, 3}), {}});
        }
        QVERIFY(counted(child, Offence::BrokenPromise) > 0);
    }

    void aStrangerIsToldWhatItLacks()
    {
        Child child;
        child.feed(FrameArrived{id(2), Said().frame()});
        child.greet(5, placeOf({9, 5}));
        child.say(5, Compare{60'000, 0}, {}, 1s);
        QCOMPARE(child.said<IHave>(5).size(), 1U);
        child.say(5, Compare{60'000, 30'000}, {}, 1s); // nothing is so old
        QVERIFY(child.said<IHave>(5).empty());
    }

    void answersAreAddedUp()
    {
        Machine root;
        root.feed(Start{});
        root.greet(3, placeOf({3}, 0));
        root.say(3, Attach{placeOf({3}, 0), 0});
        root.greet(4, placeOf({4}, 0));
        root.say(4, Attach{placeOf({4}, 0), 0});
        root.actions.clear();
        const auto sent = root.tree.broadcastCounted(
            u"t"_s, {}, {}, {root.now, kUtcMs, kUtcMs * 1000, 0}, root.actions);
        QVERIFY(sent.ok());
        const QByteArray of(reinterpret_cast<const char *>(sent->bytes.data()), 16);
        root.say(3, Counted{of, 1});
        QVERIFY(root.all<NodesCounted>().empty());
        root.say(3, Counted{of, 1}); // once
        root.say(4, Counted{of, 1'000'000});
        const auto done = root.all<NodesCounted>();
        QCOMPARE(done.size(), 1U);
        QVERIFY(done.front().nodes <= 3); // never more than there are
        QCOMPARE(counted(root, Offence::Absurd), 1);
    }
};

QTEST_APPLESS_MAIN(AbuseTest)
#include "abuse_test.moc"
