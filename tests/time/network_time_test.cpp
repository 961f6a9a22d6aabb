// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <time/network_time.h>

using namespace borg;
using namespace borg::time;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kDateUs = 1'790'000'000'000'000; ///< When the axis begins.
constexpr qint64 kHourUs = 3'600'000'000;
constexpr qint64 kYearUs = 365 * 24 * kHourUs;

NodeId id(quint8 number)
{
    NodeId id;
    id.bytes.fill(number);
    return id;
}

/// One machine, the truth, and peers that it hears of.
struct World {
    explicit World(qint64 offUs = 0, bool isKept = true, const Rules &rules = Rules{})
        : osOffUs(offUs)
        , isSynchronised(isKept)
        , machine(rules, now, os())
    {
    }

    [[nodiscard]] qint64 trueUs() const { return kDateUs + (now + slept).count(); }
    [[nodiscard]] OsTime os() const
    {
        return {trueUs() + osOffUs, isSynchronised ? kOsBoundMinUs : kOsBoundMaxUs, isSynchronised,
            Ticks(slept).count()};
    }
    /// @param offUs how far the peer's clock is off the truth.
    void hear(quint8 number, qint64 offUs = 0, qint64 boundUs = kOsBoundMinUs, quint32 upS = 1000)
    {
        Sample sample;
        sample.source = id(number);
        sample.group = number;
        sample.sentAt = now - 40ms;
        sample.heardAt = now;
        sample.heardThereUs = trueUs() - 20'000 + offUs;
        sample.saidThereUs = sample.heardThereUs;
        sample.boundUs = boundUs;
        sample.upS = upS;
        machine.add(sample);
    }
    void hearAll(quint8 count, qint64 offUs = 0, qint64 boundUs = kOsBoundMinUs)
    {
        for (quint8 number = 1; number <= count; ++number)
            hear(number, offUs, boundUs);
    }
    void look(Ticks after = 0us)
    {
        now += after;
        machine.evaluate(now, os());
    }
    /// Runs with the same peers heard every 16 s.
    void run(Ticks span, quint8 peers, qint64 offUs = 0)
    {
        for (const Ticks end = now + span; now < end;) {
            if (now.count() % 16'000'000 < 4'000'000)
                hearAll(peers, offUs);
            look(4s);
        }
    }
    [[nodiscard]] qint64 errorUs() const { return machine.netNow(now).utcUs - trueUs(); }
    [[nodiscard]] State state() const { return machine.netNow(now).state; }
    [[nodiscard]] Warning warning() const { return machine.status(now).warning; }

    Ticks now{10s};
    Ticks slept{0};
    qint64 osOffUs = 0;
    bool isSynchronised = true;
    NetworkTime machine;
};

} // namespace

/// The rules by which network time follows the others and its own clock.
class NetworkTimeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aloneItIsTheClockOfTheSystemAndSaysSo()
    {
        World world;
        world.look(4s);
        QCOMPARE(world.state(), State::Local);
        QCOMPARE(world.errorUs(), 0);
        QCOMPARE(world.machine.netNow(world.now).boundUs, kOsBoundMinUs);
        QCOMPARE(world.warning(), Warning::None);
    }

    void elevenOthersAndOurselvesAreEnough()
    {
        World world(5'000);
        world.hearAll(10);
        world.look(1s);
        QCOMPARE(world.state(), State::Local);
        world.hearAll(11);
        world.look();
        QCOMPARE(world.state(), State::Synced);
        QCOMPARE(world.errorUs(), 0);
        QVERIFY(world.machine.netNow(world.now).boundUs >= kOsBoundMinUs - 5'000);
    }

    void manySourcesOfOneOwnerAreNotEnough()
    {
        World world;
        for (quint8 number = 1; number <= 30; ++number) {
            Sample sample{id(number), 7, world.now - 2ms, world.now, world.trueUs() - 1000,
                world.trueUs() - 1000, kOsBoundMinUs, 0};
            world.machine.add(sample);
        }
        world.look();
        QCOMPARE(world.state(), State::Local);
        QCOMPARE(world.machine.status(world.now).sources, Rules{}.perGroupMax + 1);
    }

    void itNeverLeavesTheIntervalOfASynchronisedClock()
    {
        World world;
        world.run(1min, 14);
        QCOMPARE(world.state(), State::Synced);
        world.run(10min, 14, 50'000); // all others say 50 ms later, which can be
        QVERIFY(world.errorUs() > 40'000);
        world.run(10min, 14, 160'000); // and now what cannot be
        QCOMPARE(world.state(), State::Holdover);
        QVERIFY(world.errorUs() <= kOsBoundMinUs);
    }

    void itMovesBy500PpmAtMost()
    {
        World world;
        world.run(1min, 14);
        world.look(16s);
        qint64 last = world.errorUs();
        world.hearAll(14, 50'000);
        for (int i = 0; i < 40; ++i) {
            world.look(4s);
            const qint64 moved = world.errorUs() - last;
            QVERIFY(std::abs(moved) <= 4 * NetworkTime::kSlewPpm);
            last = world.errorUs();
        }
        QVERIFY(last >= 49'000);
    }

    void dateAndBoundHoldBetweenLooks()
    {
        World world;
        world.run(1min, 14);
        const auto then = world.machine.netNow(world.now);
        const auto later = world.machine.netNow(world.now + 1000s);
        QCOMPARE(later.utcUs - then.utcUs, 1'000'000'000);
        QCOMPARE(later.boundUs - then.boundUs, 1000 * NetworkTime::kDriftPpm);
    }

    void liarsBelowAThirdChangeNothing()
    {
        World world;
        for (quint8 number = 1; number <= 6; ++number)
            world.hear(number, 5'000'000, 0);
        for (quint8 number = 7; number <= 20; ++number)
            world.hear(number);
        world.look(1s);
        QCOMPARE(world.state(), State::Synced);
        QCOMPARE(world.errorUs(), 0);
        QVERIFY(world.machine.takeLiars().empty()); // a first word may be a mistake
        for (int i = 0; i < 30; ++i) {
            for (quint8 number = 1; number <= 6; ++number)
                world.hear(number, 5'000'000, 0);
            for (quint8 number = 7; number <= 20; ++number)
                world.hear(number);
            world.look(16s);
        }
        const auto liars = world.machine.takeLiars();
        QVERIFY(std::ranges::contains(liars, id(1)));
        QVERIFY(!std::ranges::contains(liars, id(7)));
    }

    void aClockThatKnowsNothingIsNoLiar()
    {
        World world;
        for (int i = 0; i < 30; ++i) {
            world.hearAll(14);
            world.hear(20, 2 * kHourUs, kOsBoundMaxUs);
            world.look(16s);
        }
        QVERIFY(world.machine.takeLiars().empty());
    }

    void anUnsynchronisedClockHoursOffIsCorrectedInOneStep()
    {
        World world(-3 * kHourUs, false);
        QCOMPARE(world.errorUs(), -3 * kHourUs);
        world.hear(1);
        world.look(1s);
        QVERIFY(
            std::abs(world.errorUs()) < 1000); // one that is kept right outweighs one that is not
        world.run(4min, 20);
        QCOMPARE(world.state(), State::Synced);
        QVERIFY(std::abs(world.errorUs()) < 1000);
        QCOMPARE(world.warning(), Warning::OsOff);
        QVERIFY(world.machine.status(world.now).osOffsetUs < -kHourUs);
    }

    void aSynchronisedClockIsOverruledOnlyByManyWhoStayWithIt()
    {
        World world(kHourUs);
        world.run(3min, 14);
        QCOMPARE(world.state(), State::Local);
        world.run(2min, 14);
        QCOMPARE(world.state(), State::Synced);
        QVERIFY(std::abs(world.errorUs()) < 1000);
        QCOMPARE(world.warning(), Warning::OsOff);
    }

    void manyMoreSourcesNeedNoPatience()
    {
        World world(kHourUs);
        world.hearAll(48);
        world.look(1s);
        QCOMPARE(world.state(), State::Synced);
        QVERIFY(std::abs(world.errorUs()) < 1000);
    }

    /// The computer's clock jumps while the node runs: nothing happens to network time.
    void aJumpOfTheSystemsClockIsIgnored_data()
    {
        QTest::addColumn<qint64>("jumpUs");
        QTest::addColumn<int>("peers");
        for (const int peers : {0, 4, 14}) {
            QTest::addRow("a year on, %d", peers) << kYearUs << peers;
            QTest::addRow("a year back, %d", peers) << -kYearUs << peers;
            QTest::addRow("ten minutes on, %d", peers) << kHourUs / 6 << peers;
            QTest::addRow("ten minutes back, %d", peers) << -kHourUs / 6 << peers;
        }
    }
    void aJumpOfTheSystemsClockIsIgnored()
    {
        QFETCH(qint64, jumpUs);
        QFETCH(int, peers);
        World world;
        const auto count = static_cast<quint8>(peers);
        world.run(2min, count);
        world.osOffUs = jumpUs;
        for (int i = 0; i < 100; ++i) {
            world.run(4s, count);
            QVERIFY(std::abs(world.errorUs()) < 1000);
        }
        QCOMPARE(world.warning(), Warning::OsOff);
        world.osOffUs = 0;
        world.run(1min, count);
        QVERIFY(std::abs(world.errorUs()) < 1000);
        QCOMPARE(world.warning(), Warning::None);
    }

    /// A computer without a battery clock starts in 1970, and its time service sets it seconds
    /// later.
    void theFirstWordOfATimeServiceIsFollowed()
    {
        World world(-40 * kYearUs, false);
        world.look(4s);
        QCOMPARE(world.errorUs(), -40 * kYearUs);
        world.osOffUs = 0;
        world.isSynchronised = true;
        world.look(4s);
        QCOMPARE(world.errorUs(), 0);
        QCOMPARE(world.warning(), Warning::None);
    }

    void sleepIsNoJump()
    {
        World world;
        world.run(1min, 14);
        world.slept = 8h;
        world.look(4s);
        QCOMPARE(world.errorUs(), 0);
        QCOMPARE(world.warning(), Warning::None);
        QCOMPARE(world.state(), State::Holdover); // what was measured before says nothing now
        world.run(1min, 14);
        QCOMPARE(world.state(), State::Synced);
    }

    void withoutSourcesItHoldsOverThenGoesBackToTheOwnClock()
    {
        World world(20'000);
        world.run(10min, 14);
        QVERIFY(std::abs(world.errorUs()) < 1000);
        const qint64 bound = world.machine.netNow(world.now).boundUs;
        world.run(10min, 0);
        QCOMPARE(world.state(), State::Holdover);
        QVERIFY(world.machine.netNow(world.now).boundUs > bound);
        QVERIFY(std::abs(world.errorUs()) < 1000);
        world.run(2h, 0);
        QCOMPARE(world.state(), State::Local);
        QCOMPARE(world.errorUs(), 20'000);
    }

    void fewOthersAreComparedAndWarnedOf()
    {
        World world;
        world.run(1min, 2, 5'000'000);
        QCOMPARE(world.state(), State::Local);
        QCOMPARE(world.errorUs(), 0);
        QCOMPARE(world.warning(), Warning::PeersDisagree);
        const auto status = world.machine.status(world.now);
        QVERIFY(std::abs(status.peersOffsetUs - 5'000'000) < 1000);
        QVERIFY(status.time.boundUs >= 4'900'000); // less sure than without them
    }

    void threeWhoAgreeOverruleAWrongStart()
    {
        World world(kHourUs);
        world.run(30s, 3);
        QCOMPARE(world.state(), State::Local);
        QVERIFY(std::abs(world.errorUs()) < 1000);
        QCOMPARE(world.warning(), Warning::OsOff);
    }

    /// Two computers of which nothing keeps the clocks, an hour apart: one of them gives way.
    void ofTwoClocksThatNobodyKeepsTheNewcomerGivesWay()
    {
        World young(kHourUs, false);
        young.hear(1, 0, kOsBoundMaxUs, 1000);
        young.look(1s);
        QVERIFY(std::abs(young.errorUs()) < 1000);
        World old(kHourUs, false);
        old.now = 60s;
        old.hear(1, 0, kOsBoundMaxUs, 2);
        old.look(1s);
        QCOMPARE(old.errorUs(), kHourUs);
        QCOMPARE(old.warning(), Warning::PeersDisagree);
    }

    void ofTwoThatStartTogetherExactlyOneGivesWay()
    {
        int moved = 0;
        for (const quint8 self : {quint8{1}, quint8{2}}) {
            Rules rules = Rules::local(id(self));
            World world(kHourUs, false, rules);
            world.hear(self == 1 ? quint8{2} : quint8{1}, 0, kOsBoundMaxUs, 3);
            world.look(1s);
            moved += world.errorUs() == kHourUs ? 0 : 1;
        }
        QCOMPARE(moved, 1);
    }

    void whatIsServedIsOwnEvidence()
    {
        World world(20'000);
        QCOMPARE(world.machine.served(world.now), (Served{0, kOsBoundMinUs}));
        world.run(10min, 14);
        const auto served = world.machine.served(world.now);
        QVERIFY(std::abs(served.skewUs - 20'000) < 1000); // the own clock, not what others said
        QCOMPARE(served.boundUs, kOsBoundMinUs);
        World lost(-kHourUs, false);
        lost.run(10min, 20);
        QCOMPARE(lost.machine.served(lost.now).skewUs, 0);
        QVERIFY(lost.machine.served(lost.now).boundUs < 200'000);
    }

    void senselessSamplesAreDropped()
    {
        World world;
        const Sample good{id(1), 1, 1s, 1100ms, kDateUs, kDateUs + 10, kOsBoundMinUs, 0};
        const auto counts = [&](auto change) {
            World fresh;
            Sample sample = good;
            change(sample);
            fresh.machine.add(sample);
            fresh.look(1s);
            return fresh.machine.status(fresh.now).sources - 1;
        };
        QCOMPARE(counts([](Sample &) { }), 1U);
        QCOMPARE(counts([](Sample &s) { s.saidThereUs = s.heardThereUs - 1; }), 0U);
        QCOMPARE(counts([](Sample &s) { s.heardAt = s.sentAt - 1us; }), 0U);
        QCOMPARE(
            counts([](Sample &s) { s.saidThereUs += 200'000; }), 0U); // held longer than it took
        QCOMPARE(counts([](Sample &s) { s.heardAt += 11s; }), 0U);
        QCOMPARE(counts([](Sample &s) { s.boundUs = -1; }), 0U);
        QCOMPARE(counts([](Sample &s) { s.boundUs = std::numeric_limits<qint64>::max(); }), 0U);
        QCOMPARE(counts([](Sample &s) { s.heardThereUs = s.saidThereUs = -1; }), 0U);
        QCOMPARE(counts([](Sample &s) {
            s.heardThereUs = s.saidThereUs = std::numeric_limits<qint64>::max();
        }),
            0U);
    }

    void theQuickestOfABurstCounts()
    {
        World world;
        for (const auto &[rtt, off] :
            {std::pair(400ms, 90'000), std::pair(20ms, 1'000), std::pair(300ms, -80'000)}) {
            world.now += 100ms;
            Sample sample{id(1), 1, world.now - rtt, world.now,
                world.trueUs() - Ticks(rtt).count() / 2 + off, 0, kOsBoundMinUs, 0};
            sample.saidThereUs = sample.heardThereUs;
            world.machine.add(sample);
        }
        world.look();
        QVERIFY(std::abs(world.machine.status(world.now).peersOffsetUs - 1'000) <= 1);
    }

    void memoryIsBounded()
    {
        World world;
        for (int round = 0; round < 4; ++round) {
            for (int number = 1; number < 250; ++number)
                world.hear(static_cast<quint8>(number));
        }
        world.look();
        QCOMPARE(world.machine.status(world.now).sources, NetworkTime::kSourcesMax + 1);
        world.look(NetworkTime::kSampleFor + 1s);
        QCOMPARE(world.machine.status(world.now).sources, 1U);
    }
};

QTEST_GUILESS_MAIN(NetworkTimeTest)
#include "network_time_test.moc"
