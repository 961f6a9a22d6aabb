// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_test_kit.h"

#include <base/loop_clock.h>

using namespace borg;
using namespace borg::net;
using namespace borg::net::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class TlsEndpointTest : public QObject {
    Q_OBJECT

    LoopClock m_clock;

private Q_SLOTS:
    void twoNodesLink()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dial(b.self);
        QTRY_VERIFY(a.has(b) && b.has(a));
        QCOMPARE(a.told.up.at(b.self.id), Direction::Outbound);
        QCOMPARE(b.told.up.at(a.self.id), Direction::Inbound);
        QCOMPARE(a.told.endpoints.at(b.self.id), b.self.endpoint);
        QCOMPARE(b.told.endpoints.at(a.self.id), (Endpoint{kHost, 0}));
        QVERIFY(a.bulkTold.up.empty() && b.bulkTold.up.empty());
        QCOMPARE(b.endpoint.stats().unauthenticated, 0);

        QVERIFY(a.send(b, frameOf(wire::FrameClass::Normal, 5)));
        QVERIFY(b.send(a, frameOf(wire::FrameClass::Control, 7)));
        QTRY_VERIFY(a.told.frames.size() == 1 && b.told.frames.size() == 1);
        QCOMPARE(a.told.frames[0].body.size(), 7);
        QCOMPARE(b.told.frames[0].head, "{}"_ba);
        const auto stats = a.endpoint.stats(Protocol::Tree, b.self.id);
        QVERIFY(stats && stats->framesIn == 1 && stats->framesOut == 1 && stats->bytesIn > 0);
        QVERIFY(stats->rtt > 0us);
        QVERIFY(!a.endpoint.stats(Protocol::Bulk, b.self.id));
    }

    void theProtocolsAreApart()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.endpoint.transport(Protocol::Bulk).dial(b.self);
        QTRY_VERIFY(a.bulkTold.up.size() == 1 && b.bulkTold.up.size() == 1);
        QVERIFY(a.told.up.empty() && b.told.up.empty());
        QCOMPARE(a.send(b, frameOf(wire::FrameClass::Bulk, 1)).error().code, Errc::Unreachable);
        b.dial(a.self);
        QTRY_VERIFY(a.has(b) && b.has(a));
        QCOMPARE(a.endpoint.stats().links, 2);
    }

    void anotherKeyIsUnauthorized()
    {
        Node a(m_clock);
        Node b(m_clock);
        const NodeId wrong = newKey().id();
        a.dial({wrong, b.self.endpoint});
        QTRY_COMPARE(a.told.down.size(), 1U);
        QVERIFY(a.told.down[0].id == wrong);
        QCOMPARE(a.told.down[0].why, Errc::Unauthorized);
        QTRY_COMPARE(b.endpoint.stats().refused, 1U);
        QCOMPARE(b.told.upCount, 0);
    }

    void aClosedPortIsUnreachable()
    {
        Node a(m_clock);
        Endpoint gone;
        {
            Node b(m_clock);
            gone = b.self.endpoint;
        }
        a.dial({newKey().id(), gone});
        a.dialUnknown(gone);
        a.dialUnknown({u"no.such.name.invalid"_s, 1});
        QTRY_VERIFY(a.told.down.size() == 1 && a.told.failed.size() == 2);
        QCOMPARE(a.told.down[0].why, Errc::Unreachable);
        QCOMPARE(a.told.failed[0].second, Errc::Unreachable);
    }

    void aNameIsLookedUp()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dial({b.self.id, {u"localhost"_s, b.self.endpoint.port}});
        QTRY_VERIFY(a.has(b) && b.has(a));
    }

    void anUnknownPeerIsFound()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dialUnknown(b.self.endpoint);
        QTRY_VERIFY(a.has(b) && b.has(a));
        a.dialUnknown(b.self.endpoint); // there is a link
        QTRY_COMPARE(a.told.failed.size(), 1U);
        QCOMPARE(a.told.failed[0].second, Errc::Conflict);
        QVERIFY(a.has(b) && b.has(a));
        QVERIFY(a.send(b, frameOf(wire::FrameClass::Normal, 1)));
        QTRY_COMPARE(b.told.frames.size(), 1U);
        QCOMPARE(b.told.upCount, 1);
    }

    void oneselfIsNotDialled()
    {
        Node a(m_clock);
        a.dial(a.self);
        a.dialUnknown(a.self.endpoint);
        QTRY_VERIFY(a.told.down.size() == 1 && a.told.failed.size() == 1);
        QCOMPARE(a.told.down[0].why, Errc::Conflict);
        QCOMPARE(a.told.failed[0].second, Errc::Conflict);
        QCOMPARE(a.told.upCount, 0);
    }

    void aTakenPortIsAConflict()
    {
        Node a(m_clock);
        const auto key = newKey();
        TlsEndpoint other(m_clock, key);
        const auto at = other.listen(kHost, a.self.endpoint.port);
        QVERIFY(!at);
        QCOMPARE(at.error().code, Errc::Conflict);
        QVERIFY(at.error().detail.contains(u"127.0.0.1:%1"_s.arg(a.self.endpoint.port)));
        QCOMPARE(other.listen(u"203.0.113.1"_s, 0).error().code, Errc::NotFound);
        QVERIFY(other.listen(u"::1"_s, 0));
    }

    void bothDialAtOnce_data()
    {
        QTest::addColumn<bool>("isUnknown");
        QTest::newRow("by id") << false;
        QTest::newRow("by address") << true;
    }
    /// Many times, since it is a race: both sides end with one link, the same one, that works.
    void bothDialAtOnce()
    {
        QFETCH(bool, isUnknown);
        for (int round = 0; round < 30; ++round) {
            Node a(m_clock);
            Node b(m_clock);
            if (isUnknown) {
                a.dialUnknown(b.self.endpoint);
                b.dialUnknown(a.self.endpoint);
            } else {
                a.dial(b.self);
                b.dial(a.self);
            }
            QVERIFY(eventually([&] { return a.has(b) && b.has(a); }));
            QVERIFY(a.told.up.at(b.self.id) != b.told.up.at(a.self.id));
            if (!isUnknown)
                QCOMPARE(a.told.up.at(b.self.id) == Direction::Outbound, a.self.id < b.self.id);
            QVERIFY(a.send(b, frameOf(wire::FrameClass::Normal, 100'000)));
            QVERIFY(b.send(a, frameOf(wire::FrameClass::Normal, 100'000)));
            QVERIFY(
                eventually([&] { return a.told.frames.size() == 1 && b.told.frames.size() == 1; }));
            QVERIFY(a.told.down.empty() && b.told.down.empty());
            QCOMPARE(a.endpoint.stats().links, 1);
        }
    }

    void sixtyFourDialAtOnce()
    {
        Node hub(m_clock);
        std::vector<std::unique_ptr<Node>> nodes;
        for (int at = 0; at < 64; ++at)
            nodes.push_back(std::make_unique<Node>(m_clock));
        for (const auto &node : nodes)
            node->dial(hub.self);
        QTRY_COMPARE(hub.told.up.size(), 64U);
        for (const auto &node : nodes)
            QTRY_VERIFY(node->has(hub));
        QCOMPARE(hub.endpoint.stats().links, 64);
    }

    /// A node that lost its memory of a link dials again: the old end gives way.
    void aRestartedPeerReplacesItsOldLink()
    {
        Node b(m_clock);
        const auto key = newKey();
        Recorder first;
        Recorder second;
        auto before = std::make_unique<TlsEndpoint>(m_clock, key);
        before->transport(Protocol::Tree).setListener(&first);
        before->transport(Protocol::Tree).dial(b.self);
        QTRY_COMPARE(b.told.upCount, 1);

        TlsEndpoint after(m_clock, key); // the old one still there: its machine went to sleep
        after.transport(Protocol::Tree).setListener(&second);
        after.transport(Protocol::Tree).dial(b.self);
        QTRY_COMPARE(second.upCount, 1);
        QCOMPARE(b.told.upCount, 2);
        QCOMPARE(b.told.down.size(), 1U);
        QCOMPARE(b.told.down[0].why, Errc::Unreachable);
        QTRY_COMPARE(first.down.size(), 1U);
    }

    void megabytesGoBothWays()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dial(b.self);
        QTRY_VERIFY(a.has(b) && b.has(a));
        for (int at = 0; at < 3; ++at) {
            QVERIFY(a.send(b, frameOf(wire::FrameClass::Bulk, wire::Frame::kBodyBytesMax, 'a')));
            QVERIFY(b.send(a, frameOf(wire::FrameClass::Bulk, wire::Frame::kBodyBytesMax, 'b')));
        }
        QTRY_VERIFY(a.told.frames.size() == 3 && b.told.frames.size() == 3);
        QCOMPARE(a.told.frames[2].body, QByteArray(wire::Frame::kBodyBytesMax, 'b'));
        QCOMPARE(b.told.frames[2].body, QByteArray(wire::Frame::kBodyBytesMax, 'a'));
    }

    /// A queue fills, says Busy, says once that it has room; nothing is lost or out of order.
    void busyThenWritable()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dial(b.self);
        QTRY_VERIFY(a.has(b));
        int sent = 0;
        const auto pump = [&] {
            while (sent < 40) {
                if (const auto done = a.tree().send(
                        b.self.id, frameOf(wire::FrameClass::Bulk, 500'000, char('A' + sent)));
                    !done) {
                    QCOMPARE(done.error().code, Errc::Busy);
                    return;
                }
                ++sent;
            }
        };
        a.told.onWritable = [&](const NodeId &) { pump(); };
        pump();
        QVERIFY(sent < 40);
        QTRY_COMPARE(b.told.frames.size(), 40U);
        QVERIFY(!a.told.writables.empty());
        for (int at = 0; at < 40; ++at)
            QCOMPARE(b.told.frames[std::size_t(at)].body.front(), char('A' + at));
        QCOMPARE(a.endpoint.stats(Protocol::Tree, b.self.id)->queuedBytes, 0);
    }

    /// An urgent frame queued behind megabytes of bulk arrives before most of them.
    void controlOvertakesBulk()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dial(b.self);
        QTRY_VERIFY(a.has(b));
        while (a.send(b, frameOf(wire::FrameClass::Bulk, 100'000))) { }
        QVERIFY(a.send(b, frameOf(wire::FrameClass::Control, 10)));
        QTRY_VERIFY(!b.told.frames.empty());
        QCOMPARE(b.told.frames[0].frameClass, wire::FrameClass::Control);
    }

    void hangUpSendsWhatIsQueued()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dial(b.self);
        QTRY_VERIFY(a.has(b) && b.has(a));
        for (int at = 0; at < 3; ++at)
            QVERIFY(a.send(b, frameOf(wire::FrameClass::Bulk, 1'000'000)));
        QVERIFY(b.send(a, frameOf(wire::FrameClass::Bulk, 1'000'000))); // crosses, and is dropped
        a.hangUp(b);
        QCOMPARE(a.send(b, frameOf(wire::FrameClass::Bulk, 1)).error().code, Errc::Unreachable);
        QTRY_COMPARE(b.told.down.size(), 1U);
        QCOMPARE(b.told.down[0].why, Errc::Closed);
        QCOMPARE(b.told.frames.size(), 3U);
        QVERIFY(a.told.down.empty());

        a.told.up.clear();
        a.dial(b.self);
        QTRY_VERIFY(a.has(b) && b.has(a));
    }

    void aPeerThatDiesIsUnreachable()
    {
        Node a(m_clock);
        auto b = std::make_unique<Node>(m_clock);
        const NodeId id = b->self.id;
        a.dial(b->self);
        QTRY_VERIFY(a.has(*b));
        b.reset();
        QTRY_COMPARE(a.told.down.size(), 1U);
        QVERIFY(a.told.down[0].id == id);
        QCOMPARE(a.told.down[0].why, Errc::Unreachable);
    }

    /// In a callback everything is allowed, ending the link too.
    void theListenerMayHangUpInACallback()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dial(b.self);
        QTRY_VERIFY(a.has(b) && b.has(a));
        b.told.onFrame = [&](const NodeId &from, const wire::Frame &) {
            b.tree().hangUp(from);
            b.told.up.erase(from);
        };
        for (int at = 0; at < 20; ++at)
            QVERIFY(a.send(b, frameOf(wire::FrameClass::Normal, 3000)));
        QTRY_COMPARE(a.told.down.size(), 1U);
        QCOMPARE(a.told.down[0].why, Errc::Closed);
        QCOMPARE(b.told.frames.size(), 1U);
    }

    void closingTellsNobody()
    {
        Node a(m_clock);
        Node b(m_clock);
        a.dial(b.self);
        QTRY_VERIFY(a.has(b) && b.has(a));
        a.endpoint.close();
        QTRY_COMPARE(b.told.down.size(), 1U);
        QVERIFY(a.told.down.empty());
        QCOMPARE(a.endpoint.stats().links, 0);
        a.told.up.clear();
        a.dial(b.self);
        QTRY_COMPARE(a.told.down.size(), 1U);
        QCOMPARE(a.told.down[0].why, Errc::Closed);
    }
};

QTEST_GUILESS_MAIN(TlsEndpointTest)
#include "tls_endpoint_test.moc"
