// SPDX-License-Identifier: GPL-3.0-or-later
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
};

QTEST_APPLESS_MAIN(SimNetworkTest)
#include "sim_network_test.moc"
