// SPDX-License-Identifier: GPL-3.0-or-later
#include <sim/node_clock.h>
#include <sim/sim_clock.h>
#include <sim/sim_network.h>
#include <sim/sim_rng.h>

#include <QTest>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

const net::Peer kAnn{NodeId{{1}}, {u"ann"_s, 7001}};
const net::Peer kBob{NodeId{{2}}, {u"bob"_s, 7002}};

struct Log final : net::Transport::Listener {
    void linkUp(const net::Peer &peer, net::Direction) override
    {
        lines << u"up "_s + peer.endpoint.host;
    }
    void dialFailed(const net::Endpoint &, Errc why) override { lines << u"failed "_s + name(why); }
    void linkDown(const NodeId &, Errc why) override { lines << u"down "_s + name(why); }
    void frameArrived(const NodeId &, const wire::Frame &) override { ++frames; }
    void writable(const NodeId &, wire::FrameClass) override { lines << u"writable"_s; }

    QStringList lines;
    int frames = 0;
};

struct World {
    World()
    {
        ann->setListener(&annsLog);
        bob->setListener(&bobsLog);
        ann->dial(kBob);
        clock.advance(1s);
    }

    sim::SimClock clock;
    sim::SimRng rng{1};
    sim::SimNetwork network{clock, rng, {.queueBytesMax = 1000}};
    Log annsLog, bobsLog;
    std::unique_ptr<net::Transport> ann = network.attach(kAnn);
    std::unique_ptr<net::Transport> bob = network.attach(kBob);
};

/// Two nodes behind something, and a public third that both dialled first.
struct NatWorld {
    NatWorld(sim::Nat anns, sim::Nat bobs)
    {
        ann->setListener(&annsLog);
        bob->setListener(&bobsLog);
        network.setNat(kAnn.id, anns);
        network.setNat(kBob.id, bobs);
        ann->dial(kEve);
        bob->dial(kEve);
        clock.advance(1s);
    }
    bool meet(Ticks bobLater)
    {
        ann->dial(kBob);
        clock.advance(bobLater);
        bob->dial(kAnn);
        clock.advance(10s);
        return annsLog.lines.contains(u"up bob"_s);
    }
    bool reaches()
    {
        ann->dial(kBob);
        clock.advance(10s);
        return annsLog.lines.contains(u"up bob"_s);
    }

    sim::SimClock clock;
    sim::SimRng rng{1};
    sim::SimNetwork network{clock, rng, {}};
    Log annsLog, bobsLog;
    const net::Peer kEve{NodeId{{3}}, {u"eve"_s, 7003}};
    std::unique_ptr<net::Transport> eve = network.attach(kEve);
    std::unique_ptr<net::Transport> ann = network.attach(kAnn);
    std::unique_ptr<net::Transport> bob = network.attach(kBob);
};

} // namespace

class SimNetworkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aCrashIsSeenAtTheOtherEnd()
    {
        World world;
        world.bob.reset();
        world.clock.advance(1s);
        QCOMPARE(world.annsLog.lines, (QStringList{u"up bob"_s, u"down Unreachable"_s}));
        QCOMPARE(world.bobsLog.lines, QStringList{u"up ann"_s});
        QCOMPARE(name(world.ann->send(kBob.id, {}).error().code), "Unreachable"_L1);
    }

    void aFullQueueRefusesUntilItIsWritable()
    {
        World world;
        const wire::Frame frame{wire::FrameClass::Bulk, {}, QByteArray(400, 'x')};
        QVERIFY(world.ann->send(kBob.id, frame).ok());
        QVERIFY(world.ann->send(kBob.id, frame).ok());
        QCOMPARE(name(world.ann->send(kBob.id, frame).error().code), "Busy"_L1);
        QVERIFY(world.ann->send(kBob.id, {wire::FrameClass::Control, {}, {}}).ok());

        world.clock.advance(1s);
        QCOMPARE(world.bobsLog.frames, 3);
        QCOMPARE(world.annsLog.lines, (QStringList{u"up bob"_s, u"writable"_s}));
        QVERIFY(world.ann->send(kBob.id, frame).ok());
    }

    void aNatDecidesWhoMayDial_data()
    {
        using enum sim::Nat;
        QTest::addColumn<sim::Nat>("ann");
        QTest::addColumn<sim::Nat>("bob");
        QTest::addColumn<bool>("alone"); // when ann dials bob
        QTest::addColumn<bool>("both"); // when both dial
        QTest::addRow("public") << None << None << true << true;
        QTest::addRow("to a full cone") << Symmetric << FullCone << true << true;
        QTest::addRow("to restricted") << None << Restricted << false << true;
        QTest::addRow("two port-restricted") << PortRestricted << PortRestricted << false << true;
        QTest::addRow("symmetric to restricted") << Symmetric << Restricted << false << true;
        QTest::addRow("symmetric to port-restricted")
            << Symmetric << PortRestricted << false << false;
        QTest::addRow("two symmetric") << Symmetric << Symmetric << false << false;
        QTest::addRow("public to symmetric") << None << Symmetric << false << true;
        QTest::addRow("two firewalls") << Blocked << Blocked << false << false;
    }
    void aNatDecidesWhoMayDial()
    {
        QFETCH(sim::Nat, ann);
        QFETCH(sim::Nat, bob);
        QTEST(NatWorld(ann, bob).reaches(), "alone");
        for (const Ticks later : {Ticks{0}, Ticks{400ms}})
            QTEST(NatWorld(ann, bob).meet(later), "both");
    }

    void nodesOfOneLanReachEachOther()
    {
        NatWorld world(sim::Nat::Symmetric, sim::Nat::Symmetric);
        world.network.setSite(kAnn.id, {.lan = 1, .nat = sim::Nat::Symmetric});
        world.network.setSite(kBob.id, {.lan = 1, .nat = sim::Nat::Symmetric});
        QVERIFY(world.reaches());
    }

    void aCutOneWayStopsThatWayOnly()
    {
        World world;
        world.network.cutOneWay(kAnn.id, kBob.id);
        QVERIFY(world.ann->send(kBob.id, {}).ok());
        QVERIFY(world.bob->send(kAnn.id, {}).ok());
        world.clock.advance(1s);
        QCOMPARE(world.bobsLog.frames, 0);
        QCOMPARE(world.annsLog.frames, 1);
        world.network.heal();
        QVERIFY(world.ann->send(kBob.id, {}).ok());
        world.clock.advance(1s);
        QCOMPARE(world.bobsLog.frames, 1);
    }

    void aVanishedNodeLeavesItsLinksUp()
    {
        World world;
        world.network.vanish(kBob.id);
        world.bob.reset();
        world.clock.advance(60s);
        QCOMPARE(world.annsLog.lines, QStringList{u"up bob"_s});
        world.ann->hangUp(kBob.id);
        world.ann->dial(kBob);
        world.clock.advance(60s);
        QCOMPARE(world.annsLog.lines, (QStringList{u"up bob"_s, u"down Timeout"_s}));
    }

    void anUplinkSendsOneFrameAfterTheOther()
    {
        World world;
        world.network.setFaults({.delayMin = 0us, .delayMax = 0us, .queueBytesMax = 1 << 20});
        world.network.setSite(kAnn.id, {.uplinkBitsPerSecond = 8000}); // 1000 bytes a second
        const wire::Frame frame{wire::FrameClass::Bulk, {}, QByteArray(940, 'x')}; // 60 of TCP
        for (int i = 0; i < 3; ++i)
            QVERIFY(world.ann->send(kBob.id, frame).ok());
        for (int i = 1; i <= 3; ++i) {
            world.clock.advance(1s - 1us);
            QCOMPARE(world.bobsLog.frames, i - 1);
            world.clock.advance(1us);
            QCOMPARE(world.bobsLog.frames, i);
        }
    }

    void regionsAreAsFarApartAsTheMatrixSays()
    {
        World world;
        world.network.setFaults({.delayMin = 0us, .delayMax = 0us});
        world.network.setRegions(sim::kSixContinents);
        world.network.setSite(kAnn.id, {.region = 4, .lastMile = 2ms});
        world.network.setSite(kBob.id, {.region = 5, .lastMile = 1ms});
        QVERIFY(world.ann->send(kBob.id, {}).ok());
        world.clock.advance(168ms - 1us);
        QCOMPARE(world.bobsLog.frames, 0);
        world.clock.advance(1us);
        QCOMPARE(world.bobsLog.frames, 1);
    }

    void aLostPacketIsLateAndHoldsBackWhatFollows()
    {
        World world;
        world.network.setFaults({.delayMin = 1ms, .delayMax = 1ms, .lossPermille = 1000});
        QVERIFY(world.ann->send(kBob.id, {wire::FrameClass::Bulk, {}, {}}).ok());
        world.network.setFaults({.delayMin = 1ms, .delayMax = 1ms, .lossPermille = 1});
        QVERIFY(world.ann->send(kBob.id, {wire::FrameClass::Control, {}, {}}).ok());
        world.clock.advance(200ms);
        QCOMPARE(world.bobsLog.frames, 0);
        world.clock.advance(60s);
        QCOMPARE(world.bobsLog.frames, 2);
    }

    void aNodesClockIsOffDriftsAndJumps()
    {
        sim::SimClock world;
        sim::NodeClock clock(world);
        clock.setOffsetUs(5'000'000);
        clock.setDriftPpm(100);
        world.advance(100s);
        QCOMPARE(clock.errorUs(), 5'010'000);
        QCOMPARE(clock.now().count(), qint64(100'010'000));
        clock.jumpUs(-1'000'000);
        QCOMPARE(clock.errorUs(), 4'010'000);
        QCOMPARE(clock.now().count(), qint64(100'010'000));
        Ticks fired{0};
        const Ticks due = clock.now() + 10s;
        clock.after(10s, [&] { fired = clock.now(); });
        world.advance(20s);
        QVERIFY(fired >= due && fired < due + 10us);
        clock.setDriftPpm(0);
        world.advance(100s);
        QCOMPARE(clock.errorUs(), 4'012'000);
    }
};

QTEST_APPLESS_MAIN(SimNetworkTest)
#include "sim_network_test.moc"
