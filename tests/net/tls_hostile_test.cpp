// SPDX-License-Identifier: GPL-3.0-or-later
#include "stranger.h"

#include <base/loop_clock.h>

using namespace borg;
using namespace borg::net;
using namespace borg::net::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

struct FreeKey {
    void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeX509 {
    void operator()(X509 *certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeX509>;

/// A certificate that `key` signs for itself, with `padding` bytes of a comment.
Certificate certificateOf(EVP_PKEY *key, int padding = 0)
{
    Certificate made(X509_new());
    X509_set_version(made.get(), 2);
    X509_set_pubkey(made.get(), key);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 1000);
    if (padding > 0) {
        const QByteArray text(padding, 'x');
        std::unique_ptr<ASN1_OCTET_STRING, decltype(&ASN1_OCTET_STRING_free)> bytes(
            ASN1_OCTET_STRING_new(), ASN1_OCTET_STRING_free);
        ASN1_OCTET_STRING_set(
            bytes.get(), reinterpret_cast<const uchar *>(text.constData()), padding);
        std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
            X509_EXTENSION_create_by_NID(nullptr, NID_netscape_comment, 0, bytes.get()),
            X509_EXTENSION_free);
        X509_add_ext(made.get(), extension.get(), -1);
    }
    const int type = EVP_PKEY_get_base_id(key);
    const bool isEd = type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448;
    BORG_ASSERT(X509_sign(made.get(), key, isEd ? nullptr : EVP_sha256()) > 0);
    return made;
}

void show(const PlainTls &client, EVP_PKEY *key, X509 *certificate)
{
    BORG_ASSERT(SSL_use_certificate(client.ssl.get(), certificate) == 1);
    BORG_ASSERT(SSL_use_PrivateKey(client.ssl.get(), key) == 1);
}

} // namespace

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
        QCOMPARE(b.endpoint.stats().refusals.wrongCertificate, 1U);
    }

    void aCertificateOfTheWrongKindIsRefused_data()
    {
        QTest::addColumn<QString>("kind");
        for (const auto *kind : {"RSA", "P-256", "Ed448", "giant", "two"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void aCertificateOfTheWrongKindIsRefused()
    {
        QFETCH(QString, kind);
        Node b(m_clock);
        const auto ours = newKey();
        Key key;
        if (kind == u"RSA")
            key.reset(EVP_RSA_gen(2048));
        else if (kind == u"P-256")
            key.reset(EVP_EC_gen("P-256"));
        else if (kind == u"Ed448")
            key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
        else
            key.reset(ours.openSslKey());
        const auto certificate = certificateOf(key.get(), kind == u"giant" ? 8000 : 0);
        PlainTls client(b.self.endpoint.port, kTree, nullptr);
        show(client, key.get(), certificate.get());
        if (kind == u"two")
            QCOMPARE(SSL_add1_chain_cert(client.ssl.get(), certificate.get()), 1);
        QTRY_VERIFY(client.shake() || client.stranger.isCut());
        QTRY_COMPARE(b.endpoint.stats().refused, 1U);
        QCOMPARE(b.endpoint.stats().refusals.wrongCertificate, 1U);
        QCOMPARE(b.told.upCount, 0);
        QCOMPARE(b.endpoint.stats().unauthenticated, 0);
    }

    /// Also the side that dials looks: here a server shows a key of another kind.
    void aServerOfTheWrongKindIsNotTaken()
    {
        Node a(m_clock);
        Listening place;
        const Key key(EVP_EC_gen("P-256"));
        const auto certificate = certificateOf(key.get());
        const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_use_certificate(context.get(), certificate.get());
        SSL_CTX_use_PrivateKey(context.get(), key.get());
        a.dial({newKey().id(), place.endpoint});
        QTest::qWait(20);
        const int peer = ::accept(place.fd, nullptr, nullptr);
        QVERIFY(peer >= 0);
        ::fcntl(peer, F_SETFL, O_NONBLOCK);
        const std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context.get()));
        SSL_set_fd(ssl.get(), peer);
        QTRY_VERIFY(SSL_accept(ssl.get()) != 1 && a.told.down.size() == 1);
        QVERIFY(a.told.up.empty());
        ::close(peer);
    }

    /// The deadline counts from the connection, not from the last byte.
    void aByteNowAndThenDoesNotKeepAHandshakeAlive()
    {
        TlsOptions options;
        options.handshakeDeadline = 400ms;
        Node b(m_clock, options);
        Stranger slow(b.self.endpoint.port);
        const QByteArray hello = QByteArray::fromHex("16030100c8010000c40303") + QByteArray(190, 7);
        int sent = 0;
        for (const char byte : hello) {
            if (slow.isCut() || ::send(slow.fd, &byte, 1, MSG_NOSIGNAL) != 1)
                break;
            ++sent;
            QTest::qWait(20);
        }
        QVERIFY2(sent > 2 && sent < 60, QByteArray::number(sent));
        QTRY_COMPARE(b.endpoint.stats().refusals.slowHandshake, 1U);
        QCOMPARE(b.endpoint.stats().unauthenticated, 0);
    }

    void whoComesAndGoesIsForgotten()
    {
        Node b(m_clock);
        Node honest(m_clock);
        constexpr quint64 kStorm = 500;
        for (quint64 at = 0; at < kStorm; ++at) {
            const Stranger stranger(b.self.endpoint.port);
            if (at == kStorm / 2)
                honest.dial(b.self);
            if (at % 10 == 0)
                QTest::qWait(0);
        }
        QTRY_VERIFY(honest.has(b) && b.has(honest));
        QTRY_COMPARE(b.endpoint.stats().refusals.vanished, kStorm);
        QCOMPARE(b.endpoint.stats().refused, kStorm);
        QCOMPARE(b.endpoint.stats().unauthenticated, 0);
    }

    void whoNamesNoProtocolIsRefused()
    {
        Node b(m_clock);
        const auto key = newKey();
        PlainTls without(b.self.endpoint.port, nullptr, &key);
        PlainTls other(b.self.endpoint.port, "\x08http/1.1", &key);
        QTRY_VERIFY(without.shake() || without.stranger.isCut());
        QTRY_VERIFY(!other.shake() && b.endpoint.stats().refused == 2);
        QCOMPARE(b.endpoint.stats().refusals.wrongProtocol, 2U);
        QCOMPARE(b.told.upCount, 0);
    }

    void oldTlsIsRefused()
    {
        Node b(m_clock);
        const auto key = newKey();
        PlainTls old(b.self.endpoint.port, kTree, &key);
        SSL_set_max_proto_version(old.ssl.get(), TLS1_2_VERSION);
        QTRY_VERIFY(!old.shake() && b.endpoint.stats().refused == 1);
        QCOMPARE(b.endpoint.stats().refusals.wrongProtocol, 1U);
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
        QCOMPARE(b.endpoint.stats().refusals.wrongProtocol, 1U);
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
        QCOMPARE(b.endpoint.stats().refusals.slowHandshake, 1U);

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
        QVERIFY(b.endpoint.stats().refusals.tooMany >= 34);
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
