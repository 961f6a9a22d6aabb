// SPDX-License-Identifier: GPL-3.0-or-later
#include "stranger.h"

#include <base/loop_clock.h>

using namespace borg;
using namespace borg::net;
using namespace borg::net::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

/// Whoever connects without playing by the rules is dropped, and costs others nothing.
class TlsHostileTest : public QObject {
    Q_OBJECT

    LoopClock m_clock;

private Q_SLOTS:
    void whoShowsNoKeyIsRefused()
    {
        Node b(m_clock);
        PlainTls client(b.self.endpoint.port, kTree, nullptr);
        // A TLS 1.3 client believes that it is connected before the server has judged it.
        QTRY_VERIFY(client.shake() || client.stranger.isCut());
        QTRY_COMPARE(b.endpoint.stats().refused, 1U);
        QCOMPARE(b.told.upCount, 0);
        QVERIFY(!client.isWelcome());
    }

    void whoNamesNoProtocolIsRefused()
    {
        Node b(m_clock);
        const auto key = newKey();
        PlainTls without(b.self.endpoint.port, nullptr, &key);
        PlainTls other(b.self.endpoint.port, "\x08http/1.1", &key);
        QTRY_VERIFY(without.shake() || without.stranger.isCut());
        QTRY_VERIFY(!other.shake() && b.endpoint.stats().refused == 2);
        QCOMPARE(b.told.upCount, 0);
    }

    void oldTlsIsRefused()
    {
        Node b(m_clock);
        const auto key = newKey();
        PlainTls old(b.self.endpoint.port, kTree, &key);
        SSL_set_max_proto_version(old.ssl.get(), TLS1_2_VERSION);
        QTRY_VERIFY(!old.shake() && b.endpoint.stats().refused == 1);
    }

    void brokenFramesCutTheLink_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("garbage") << QByteArray(64, '\xee');
        QTest::newRow("giant")
            << "\x02\x01\x00\x0c\x01\x00\x02\x00\xff\xff\xff\xff\xff\xff\xff\xff"_ba;
        QTest::newRow("empty slice") << QByteArray("\x02\x03\x00\x00", 4);
    }
    void brokenFramesCutTheLink()
    {
        QFETCH(QByteArray, bytes);
        Node b(m_clock);
        const auto key = newKey();
        PlainTls peer(b.self.endpoint.port, kTree, &key);
        QTRY_VERIFY(peer.shake());
        QTRY_VERIFY(peer.isWelcome());
        QCOMPARE(b.told.upCount, 1);
        const int written = SSL_write(peer.ssl.get(), bytes.constData(), int(bytes.size()));
        QCOMPARE(written, int(bytes.size()));
        QTRY_COMPARE(b.told.down.size(), 1U);
        QCOMPARE(b.told.down[0].why, Errc::Malformed);
        QCOMPARE(b.endpoint.stats().malformed, 1U);
        QTRY_VERIFY(peer.stranger.isCut());
    }

    void halfAFrameIsNoFrame()
    {
        Node b(m_clock);
        {
            const auto key = newKey();
            PlainTls peer(b.self.endpoint.port, kTree, &key);
            QTRY_VERIFY(peer.shake());
            QTRY_VERIFY(peer.isWelcome());
            const QByteArray half("\x02\x01\x00\x10\x01\x00\x02\x00\x00\x00\x00\x02\x00\x01", 14);
            QCOMPARE(SSL_write(peer.ssl.get(), half.constData(), 14), 14);
            QTest::qWait(20);
            QCOMPARE(b.told.up.size(), 1U);
        }
        QTRY_COMPARE(b.told.down.size(), 1U);
        QVERIFY(b.told.frames.empty());
    }

    void whoSpeaksBeforeConsentOnASpareIsCut()
    {
        Node b(m_clock);
        const auto key = newKey();
        PlainTls first(b.self.endpoint.port, kTree, &key);
        QTRY_VERIFY(first.shake());
        QTRY_COMPARE(b.told.upCount, 1);
        PlainTls second(b.self.endpoint.port, kTree, &key);
        QTRY_VERIFY(second.shake());
        SSL_write(second.ssl.get(), "x", 1);
        QTRY_VERIFY(second.stranger.isCut());
        QCOMPARE(b.told.upCount, 1);
        QVERIFY(b.told.down.empty());
    }

    void garbageInsteadOfTlsIsRefused()
    {
        Node b(m_clock);
        Stranger http(b.self.endpoint.port);
        QCOMPARE(::send(http.fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
        QTRY_VERIFY(http.isCut());
        QCOMPARE(b.endpoint.stats().refused, 1U);
        QCOMPARE(b.endpoint.stats().unauthenticated, 0);
    }

    void aDiallerThatMeetsGarbageSaysMalformed()
    {
        Node a(m_clock);
        Listening other;
        a.dialUnknown(other.endpoint);
        QTest::qWait(20);
        const int peer = ::accept(other.fd, nullptr, nullptr);
        QVERIFY(peer >= 0);
        QCOMPARE(::send(peer, "SSH-2.0-OpenSSH\r\n", 17, MSG_NOSIGNAL), 17);
        QTRY_COMPARE(a.told.failed.size(), 1U);
        QCOMPARE(a.told.failed[0].second, Errc::Malformed);
        ::close(peer);
    }

    void silenceIsDroppedAtTheDeadline()
    {
        TlsOptions options;
        options.handshakeDeadline = 60ms;
        options.dialDeadline = 60ms;
        Node b(m_clock, options);
        Stranger silent(b.self.endpoint.port);
        QTRY_COMPARE(b.endpoint.stats().unauthenticated, 1);
        QTRY_VERIFY(silent.isCut());
        QCOMPARE(b.endpoint.stats().unauthenticated, 0);
        QCOMPARE(b.endpoint.stats().refused, 1U);

        // Somebody who takes the connection and says nothing (not even accept()).
        Listening other;
        b.dial({newKey().id(), other.endpoint});
        QTRY_COMPARE(b.told.down.size(), 1U);
        QCOMPARE(b.told.down[0].why, Errc::Timeout);
    }

    /// Whoever floods pushes out its own oldest; the cap holds and an honest node gets in.
    void aFloodOfStrangersHitsTheCap()
    {
        TlsOptions options;
        options.unauthenticatedMax = 16;
        Node b(m_clock, options);
        Node honest(m_clock);
        std::vector<Stranger> flood;
        for (int at = 0; at < 50; ++at) {
            flood.emplace_back(b.self.endpoint.port);
            if (at == 40)
                honest.dial(b.self);
            QTest::qWait(0);
            QVERIFY(b.endpoint.stats().unauthenticated <= 16);
        }
        QTRY_VERIFY(honest.has(b) && b.has(honest));
        QTRY_COMPARE(b.endpoint.stats().accepted, 51U);
        QVERIFY(b.endpoint.stats().unauthenticated <= 16);
        QTRY_VERIFY(flood.front().isCut());
        QVERIFY(!flood.back().isCut());
    }

    void linksAreCapped()
    {
        TlsOptions options;
        options.linksMax = 1;
        Node hub(m_clock, options);
        Node a(m_clock);
        Node b(m_clock);
        a.dial(hub.self);
        QTRY_VERIFY(a.has(hub));
        b.dial(hub.self);
        QTRY_COMPARE(b.told.down.size(), 1U);
        QCOMPARE(b.told.down[0].why, Errc::Unreachable);
        hub.dial(b.self);
        QTRY_COMPARE(hub.told.down.size(), 1U);
        QCOMPARE(hub.told.down[0].why, Errc::Busy);
        QVERIFY(a.has(hub) && hub.has(a));
    }
};

QTEST_GUILESS_MAIN(TlsHostileTest)
#include "tls_hostile_test.moc"
