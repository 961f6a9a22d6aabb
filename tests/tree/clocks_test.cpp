// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_machine.h"

#include <QTest>
#include <QtEndian>

using namespace borg;
using namespace borg::tree;

namespace {

QByteArray numbers(const std::vector<qint64> &all)
{
    QByteArray bytes;
    for (const qint64 number : all) {
        char raw[8];
        qToBigEndian(number, raw);
        bytes.append(raw, sizeof raw);
    }
    return bytes;
}

std::vector<qint64> numbersIn(QByteArrayView bytes)
{
    std::vector<qint64> all;
    for (; bytes.size() >= 8; bytes = bytes.sliced(8))
        all.push_back(qFromBigEndian<qint64>(bytes.data()));
    return all;
}

/// @return the body of the first word of that kind to `to` in the last step.
template <typename M>
std::optional<QByteArray> bodyOf(const Machine &machine, quint8 to)
{
    for (const auto &action : machine.actions) {
        const auto *send = std::get_if<Send>(&action);
        if (send && send->to == id(to)
            && wire::decode<M>(QJsonDocument::fromJson(send->frame.head).object()))
            return send->frame.body;
    }
    return std::nullopt;
}

/// Links node `number` and gives the question that it gets.
std::vector<qint64> linkAndGetAsked(Machine &machine, quint8 number)
{
    machine.feed(LinkUp{peer(number), net::Direction::Outbound});
    const auto body = bodyOf<TimeAsk>(machine, number);
    return body ? numbersIn(*body) : std::vector<qint64>{};
}

} // namespace

/// Who asks whom for the time, and what is made of the answer.
class ClocksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLinkIsAskedBeforeItsHelloCame()
    {
        Machine machine;
        machine.feed(Start{{peer(2)}, {}});
        QCOMPARE(linkAndGetAsked(machine, 2).size(), 2U);
    }

    void aQuestionIsAnsweredWithItsNumbersAndOurDate()
    {
        Machine machine;
        machine.clockBoundUs = 70'000;
        machine.feed(Start{});
        machine.greet(3, placeOf({3}, 0));
        machine.feed(ServeTime{{1234, 65'000}});
        machine.say(3, TimeAsk{}, numbers({17, 18}), 5s);
        const auto said = machine.said<TimeSay>(3);
        QCOMPARE(said.size(), 1U);
        QCOMPARE(said.front(), (TimeSay{1234, 65'000, 5}));
        const auto answer = numbersIn(*bodyOf<TimeSay>(machine, 3));
        QCOMPARE(answer,
            (std::vector<qint64>{17, 18, kUtcMs * 1000 + machine.now.count(), machine.now.count(),
                machine.now.count()}));
    }

    void anAnswerBecomesASample()
    {
        Machine machine;
        machine.feed(Start{{peer(2)}, {}});
        const auto asked = linkAndGetAsked(machine, 2);
        const qint64 there = kUtcMs * 1000 + 3'600'000'000;
        machine.say(
            2, TimeSay{5, 60'000, 99}, numbers({asked[0], asked[1], there, 1000, 1700}), 40ms);
        const auto samples = machine.all<TimeSampled>();
        QCOMPARE(samples.size(), 1U);
        const auto &sample = samples.front().sample;
        QCOMPARE(sample.source, id(2));
        QCOMPARE(sample.heardThereUs, there + 5);
        QCOMPARE(sample.saidThereUs, there + 5 + 700);
        QCOMPARE(sample.heardAt - sample.sentAt, Ticks(40ms));
        QCOMPARE(sample.boundUs, 60'000);
        QCOMPARE(sample.upS, 99U);
    }

    void anAnswerThatNobodyAskedForIsNoSample()
    {
        Machine machine;
        machine.feed(Start{{peer(2)}, {}});
        const auto asked = linkAndGetAsked(machine, 2);
        const auto say = [&](std::vector<qint64> body, Ticks after = 1ms) {
            machine.say(2, TimeSay{0, 60'000, 1}, numbers(body), after);
            return machine.all<TimeSampled>().size();
        };
        const qint64 there = kUtcMs * 1000;
        QCOMPARE(say({asked[0] + 1, asked[1], there, 0, 0}), 0U); // another question
        QCOMPARE(say({asked[0], asked[1], there, 1000, 999}), 0U); // answered before it came
        QCOMPARE(say({asked[0], asked[0] - 1, there, 0, 0}), 0U); // sent before it was asked
        QCOMPARE(say({asked[0], asked[1], there, 0, 0}), 1U);
        QCOMPARE(say({asked[0], asked[1], there, 0, 0}), 0U); // twice
        const auto later = linkAndGetAsked(machine, 3);
        machine.say(3, TimeSay{0, 60'000, 1}, numbers({later[0], later[1], there, 0, 0}),
            Clocks::kAnswerWithin + 1ms);
        QCOMPARE(machine.all<TimeSampled>().size(), 0U); // too late
    }

    void absurdDatesCost()
    {
        Machine machine;
        machine.feed(Start{{peer(2)}, {}});
        const auto asked = linkAndGetAsked(machine, 2);
        machine.say(2, TimeSay{(qint64{1} << 53) - 1, 0, 1},
            numbers({asked[0], asked[1], kUtcMs * 1000, 0, 0}), 1ms);
        QCOMPARE(machine.all<TimeSampled>().size(), 0U);
        QCOMPARE(machine.tree.status().offences.at(static_cast<std::size_t>(Offence::Absurd)), 1);
    }

    void malformedWordsCutTheLink()
    {
        for (const qsizetype size : {0, 8, 15, 17, 39, 41}) {
            Machine machine;
            machine.feed(Start{});
            machine.greet(3, placeOf({3}, 0));
            machine.say(3, TimeAsk{}, QByteArray(size, 'x'));
            QCOMPARE(machine.all<HangUp>(), (std::vector{HangUp{id(3)}}));
            machine.greet(4, placeOf({4}, 0));
            machine.say(4, TimeSay{}, QByteArray(size, 'x'));
            QCOMPARE(machine.all<HangUp>(), (std::vector{HangUp{id(4)}}));
        }
    }

    void aFloodOfQuestionsIsNotAnsweredAndCosts()
    {
        Machine machine;
        machine.feed(Start{});
        machine.greet(3, placeOf({3}, 0));
        std::size_t answers = 0;
        for (int i = 0; i < 40; ++i) {
            machine.say(3, TimeAsk{}, numbers({i, i}));
            answers += machine.said<TimeSay>(3).size();
        }
        QCOMPARE(answers, 32U);
        QVERIFY(
            machine.tree.status().offences.at(static_cast<std::size_t>(Offence::WordFlood)) > 0);
    }

    /// A computer whose clock is an hour behind sees every tree in the future, until it knows
    /// better.
    void aHelloFromTheFutureIsJudgedAgainWhenTheTimeIsKnown()
    {
        Machine machine;
        machine.clockOffUs = -3'600'000'000;
        machine.feed(Start{{peer(2)}, {}});
        machine.greet(2, placeOf({2}, kUtcMs / 1000), net::Direction::Outbound);
        machine.runUntil(machine.now + 1200ms);
        QVERIFY(!machine.tree.status().parent);
        machine.clockOffUs = 0; // what the answer to our question does to a NetClock
        for (int i = 0; i < 300 && !machine.tree.status().parent; ++i)
            machine.feed(TimerFired{}, 10ms);
        QCOMPARE(machine.tree.status().parent, id(2));
    }

    /// A computer whose clock is an hour ahead made a tree of its own, which would win for an hour.
    void aTakeoverByAClockThatWasAheadIsTakenBack()
    {
        Machine machine;
        machine.clockOffUs = 3'600'000'000;
        machine.clockBoundUs = 60'000;
        machine.feed(Start{});
        QCOMPARE(machine.tree.status().epoch, kUtcMs / 1000 + 3600);
        machine.greet(2, placeOf({2}, kUtcMs / 1000));
        QVERIFY(!machine.tree.status().parent);
        machine.clockOffUs = 0;
        for (int i = 0; i < 300 && !machine.tree.status().parent; ++i)
            machine.feed(TimerFired{}, 10ms);
        QCOMPARE(machine.tree.status().parent, id(2));
    }

    /// The same, seen from a node whose clock is right.
    void aPeerThatTakesItsTakeoverBackIsGreeted()
    {
        Machine machine;
        machine.clockBoundUs = 60'000;
        machine.feed(Start{});
        machine.greet(2, placeOf({2}, kUtcMs / 1000 + 3600));
        QCOMPARE(machine.tree.status().links.front().depth, -1);
        machine.say(2, State{1, 0, 0, placeOf({2}, 0), std::nullopt}, {}, 1s);
        QCOMPARE(machine.tree.status().links.front().depth, 0);
    }

    void whoAsksNobodyDoesNotAskTheFutureEither()
    {
        auto config = Machine::config();
        config.timePeers = 0;
        Machine machine(config);
        machine.clockBoundUs = 60'000;
        machine.feed(Start{});
        machine.greet(2, placeOf({2}, kUtcMs / 1000 + 3600));
        QCOMPARE(machine.tree.status().links.front().depth, -1); // its takeover is to come
        QVERIFY(!bodyOf<TimeAsk>(machine, 2));
    }

    void neighboursInTheTreeAreAskedEightTimesThenEvery16s()
    {
        Child child;
        std::vector<Ticks> askedAt;
        const Ticks end = child.now + 40s;
        while (child.now < end) {
            const auto look = [&] {
                if (bodyOf<TimeAsk>(child, 2))
                    askedAt.push_back(child.now);
            };
            child.feed(TimerFired{}, 10ms);
            look();
            if (child.now.count() % 200'000 == 0) {
                child.say(2, State{child.now.count(), 0, 0, placeOf({9, 2}), std::nullopt});
                look(); // much is done with the parent's heartbeat
            }
        }
        QCOMPARE(askedAt.size(), 10U);
        QVERIFY(askedAt[7] - askedAt[0] < 2s);
        QVERIFY(askedAt[9] - askedAt[8] >= Clocks::kTreeEvery);
    }

    void hostsOfOneOwnerAreOneGroup()
    {
        QCOMPARE(groupOf(u"10.1.2.3"_s), groupOf(u"10.1.200.7"_s));
        QCOMPARE(groupOf(u"10.1.2.3"_s), groupOf(u"::ffff:10.1.9.9"_s));
        QVERIFY(groupOf(u"10.1.2.3"_s) != groupOf(u"10.2.2.3"_s));
        QCOMPARE(groupOf(u"2001:db8:1::1"_s), groupOf(u"2001:DB8:2::7"_s));
        QVERIFY(groupOf(u"2001:db8::1"_s) != groupOf(u"2001:db9::1"_s));
        QVERIFY(groupOf(u"a.example.org"_s) != groupOf(u"b.example.org"_s));
    }
};

QTEST_GUILESS_MAIN(ClocksTest)
#include "clocks_test.moc"
