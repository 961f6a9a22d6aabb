// SPDX-License-Identifier: GPL-3.0-or-later
#include "stranger.h"

#include <base/loop_clock.h>

using namespace borg;
using namespace borg::net;
using namespace borg::net::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

TlsOptions quick()
{
    TlsOptions options;
    options.yieldFor = 60ms;
    options.dialDeadline = 2s;
    return options;
}

/// Asks once and waits for the answer.
std::optional<Endpoint> askOutside(Node &who, const Peer &helper, quint16 port)
{
    std::optional<std::optional<Endpoint>> answer;
    who.endpoint.askOutside(helper, port, [&](const auto &seen) {
        BORG_ASSERT(!answer); // once
        answer = seen;
    });
    BORG_ASSERT(!answer); // from the loop only
    BORG_ASSERT(eventually([&] { return answer.has_value(); }));
    return *answer;
}

} // namespace

/// Dials that meet those of the peer. With routers between them: tests/cluster/punch_test.cpp.
class TlsPunchTest : public QObject {
    Q_OBJECT

    LoopClock m_clock;

private Q_SLOTS:
    void theMirrorShowsWhereAPortIs()
    {
        Node a(m_clock);
        Node b(m_clock);
        const quint16 port = a.endpoint.sparePort();
        QVERIFY(port != 0 && port != a.self.endpoint.port);
        const Endpoint place{kHost, port};
        for (int time = 0; time < 5; ++time) // again at once: nothing of TCP stays with the port
            QCOMPARE(askOutside(a, b.self, port), std::optional(place));
        const quint16 other = a.endpoint.sparePort();
        QVERIFY(other != port);
        QCOMPARE(askOutside(a, b.self, other), std::optional(Endpoint{kHost, other}));
        QVERIFY(a.told.up.empty() && b.told.up.empty());
        QCOMPARE(a.endpoint.stats().links, 0);
        QCOMPARE(b.endpoint.stats().refused, 0U);
    }

    void aMirrorThatIsNoneIsNoAnswer()
    {
        Node a(m_clock, quick());
        Node b(m_clock);
        const quint16 port = a.endpoint.sparePort();
        Listening silent;
        QCOMPARE(askOutside(a, {newKey().id(), b.self.endpoint}, port), std::nullopt);
        QCOMPARE(askOutside(a, {newKey().id(), silent.endpoint}, port), std::nullopt);
        QCOMPARE(askOutside(a, {b.self.id, {u"127.0.0.1"_s, 1}}, port), std::nullopt);
        QCOMPARE(askOutside(a, {b.self.id, {u"a name"_s, 7}}, port), std::nullopt);
    }

    void bothPunchAtListenersAndHaveOneLink()
    {
        Node a(m_clock, quick());
        Node b(m_clock, quick());
        a.tree().punch(b.self, a.endpoint.sparePort());
        b.tree().punch(a.self, b.endpoint.sparePort());
        QTRY_VERIFY(a.has(b) && b.has(a));
        QVERIFY(a.send(b, frameOf(wire::FrameClass::Normal, 5)));
        QVERIFY(b.send(a, frameOf(wire::FrameClass::Normal, 7)));
        QTRY_VERIFY(a.told.frames.size() == 1 && b.told.frames.size() == 1);
        QCOMPARE(a.endpoint.stats().links, 1);
        QCOMPARE(b.endpoint.stats().links, 1);
        QTest::qWait(100);
        QVERIFY(a.told.down.empty() && b.told.down.empty());
    }

    /// Whoever listens waits for the first word, and the punching side with the greater id does so
    /// too: for a while only.
    void onePunchMeetsAListener_data()
    {
        QTest::addColumn<bool>("byTheLesser");
        QTest::newRow("by the lesser id") << true;
        QTest::newRow("by the greater id") << false;
    }
    void onePunchMeetsAListener()
    {
        QFETCH(bool, byTheLesser);
        Node one(m_clock, quick());
        Node other(m_clock, quick());
        const bool isLesser = one.self.id < other.self.id;
        Node &puncher = isLesser == byTheLesser ? one : other;
        Node &listener = &puncher == &one ? other : one;
        const quint16 port = puncher.endpoint.sparePort();
        puncher.tree().punch(listener.self, port);
        QTRY_VERIFY(puncher.has(listener) && listener.has(puncher));
        QCOMPARE(puncher.told.up.at(listener.self.id), Direction::Outbound);
        QCOMPARE(puncher.endpoint.stats().punched.at(0), 1U);
        QCOMPARE(listener.endpoint.stats().punched.at(0), 0U);
    }

    void aPunchTakesThePlaceOfADialThatHangs()
    {
        Node a(m_clock, quick());
        Node b(m_clock, quick());
        Listening full; // nobody accepts there, so TLS never begins
        a.dial({b.self.id, full.endpoint});
        a.tree().punch(b.self, 0); // before the dial got anywhere
        QTRY_VERIFY(a.has(b) && b.has(a));
        QVERIFY(a.told.down.empty());
    }

    void whatIsRefusedIsTriedAgainUntilThePeerIsThere()
    {
        Node a(m_clock, quick());
        const auto key = newKey();
        TlsEndpoint late(m_clock, key);
        Recorder told;
        late.transport(Protocol::Tree).setListener(&told);
        quint16 port = 0;
        {
            Listening place; // a port that is free in a moment
            port = place.endpoint.port;
        }
        a.tree().punch({key.id(), {kHost, port}}, 0);
        QTest::qWait(300); // refused by now
        QVERIFY(a.told.down.empty());
        QVERIFY(late.listen(kHost, port));
        QTRY_VERIFY(a.told.up.contains(key.id()));
    }

    void aPunchThatMeetsNobodyEndsAtTheDeadline()
    {
        auto options = quick();
        options.dialDeadline = 300ms;
        Node a(m_clock, options);
        const NodeId nobody = newKey().id();
        a.tree().punch({nobody, {kHost, 1}}, 0);
        QTRY_COMPARE(a.told.down.size(), 1U);
        QCOMPARE(a.told.down[0].why, Errc::Timeout);
        QCOMPARE(a.told.down[0].id, nobody);
    }
};

QTEST_GUILESS_MAIN(TlsPunchTest)
#include "tls_punch_test.moc"
