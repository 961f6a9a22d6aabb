// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/openssl_crypto.h>

#include <QTest>

#include <reach/lan_beacon.h>

using namespace borg;
using namespace borg::reach;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using Verdict = BeaconBook::Verdict;

namespace {

constexpr qint64 kUtcMs = 1'790'000'000'000;

struct Someone {
    crypto::NodeKey key = *crypto::NodeKey::generate();
    crypto::OpenSslCrypto crypto{key};

    [[nodiscard]] QByteArray beacon(
        qint64 utcMs, quint16 port = 7400, const QString &network = u"net"_s) const
    {
        return writeBeacon(crypto, network, port, utcMs);
    }
};

} // namespace

class LanBeaconTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNodeOfTheSameNetworkIsFound()
    {
        Someone us;
        Someone other;
        BeaconBook book(us.crypto, u"net"_s);
        const QByteArray beacon = other.beacon(kUtcMs);
        QCOMPARE(beacon.size(), kBeaconBytes);
        QVERIFY(book.hear(beacon, u"192.168.1.7"_s, 0s, kUtcMs) == Verdict::News);
        QCOMPARE(
            book.peers(0s), (std::vector{net::Peer{other.key.id(), {u"192.168.1.7"_s, 7400}}}));
        QVERIFY(book.hear(other.beacon(kUtcMs + 5000), u"192.168.1.7"_s, 5s, kUtcMs + 5000)
            == Verdict::Known);
        QVERIFY(book.peers(36s).empty());
    }

    void whoMovesIsNewsAgain()
    {
        Someone us;
        Someone other;
        BeaconBook book(us.crypto, u"net"_s);
        (void)book.hear(other.beacon(kUtcMs), u"192.168.1.7"_s, 0s, kUtcMs);
        // The same computer over its other address: no news while the first one is heard.
        QVERIFY(
            book.hear(other.beacon(kUtcMs + 1), u"fe80::7%eth0"_s, 1s, kUtcMs) == Verdict::Known);
        QVERIFY(book.hear(other.beacon(kUtcMs + 2, 7401), u"192.168.1.7"_s, 2s, kUtcMs)
            == Verdict::News);
        QVERIFY(book.hear(other.beacon(kUtcMs + 60'000), u"192.168.1.8"_s, 60s, kUtcMs + 60'000)
            == Verdict::News);
        QCOMPARE(book.peers(60s).front().endpoint.host, u"192.168.1.8"_s);
    }

    void othersAreIgnored()
    {
        Someone us;
        Someone other;
        BeaconBook book(us.crypto, u"net"_s);
        int second = 0;
        const auto hear = [&](const QByteArray &datagram) {
            return book.hear(datagram, u"192.168.1.7"_s, std::chrono::seconds(++second), kUtcMs);
        };
        QVERIFY(hear(us.beacon(kUtcMs)) == Verdict::Own);
        QVERIFY(hear(other.beacon(kUtcMs, 7400, u"another"_s)) == Verdict::OtherNetwork);
        QVERIFY(hear({}) == Verdict::Malformed);
        QVERIFY(hear(QByteArray(kBeaconBytes, 'x')) == Verdict::Malformed);
        QVERIFY(hear(other.beacon(kUtcMs) + 'x') == Verdict::Malformed);
        QVERIFY(hear(other.beacon(kUtcMs, 0)) == Verdict::Malformed);
        QVERIFY(hear(other.beacon(kUtcMs - 16 * 60'000)) == Verdict::Stale);
        QVERIFY(hear(other.beacon(kUtcMs + 16 * 60'000)) == Verdict::Stale);
        QVERIFY(book.peers(Ticks(std::chrono::seconds(second))).empty());
    }

    void everyChangedByteIsAForgery()
    {
        Someone us;
        Someone other;
        const QByteArray beacon = other.beacon(kUtcMs);
        for (qsizetype at = 24; at < beacon.size(); ++at) { // behind magic and network
            BeaconBook book(us.crypto, u"net"_s);
            QByteArray changed = beacon;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            const auto verdict = book.hear(changed, u"192.168.1.7"_s, 0s, kUtcMs);
            QVERIFY2(verdict == Verdict::Forged || verdict == Verdict::Stale,
                qPrintable(QString::number(at)));
            QVERIFY(book.peers(0s).empty());
        }
    }

    void aBeaconPlayedAgainFromElsewhereChangesNothing()
    {
        Someone us;
        Someone other;
        BeaconBook book(us.crypto, u"net"_s);
        const QByteArray beacon = other.beacon(kUtcMs);
        (void)book.hear(beacon, u"192.168.1.7"_s, 0s, kUtcMs);
        QVERIFY(book.hear(beacon, u"192.168.1.66"_s, 40s, kUtcMs + 40'000) == Verdict::Stale);
        QVERIFY(book.peers(40s).empty());
    }

    void aFloodCostsNoSignatures()
    {
        Someone us;
        Someone other;
        BeaconBook book(us.crypto, u"net"_s);
        int heard = 0;
        for (int i = 0; i < 1000; ++i)
            heard += book.hear(other.beacon(kUtcMs + i), u"192.168.1.7"_s, 0s, kUtcMs)
                != Verdict::TooMany;
        QCOMPARE(heard, 16);
        // A thousand addresses: bounded by the checks of all.
        heard = 0;
        for (int i = 0; i < 1000; ++i)
            heard += book.hear(other.beacon(kUtcMs + 2000 + i),
                         u"10.0.%1.%2"_s.arg(i / 250).arg(i % 250), 0s, kUtcMs)
                != Verdict::TooMany;
        QVERIFY(heard <= 256);
    }

    void noMoreThanTwoHundredAndFiftySixAreKept()
    {
        Someone us;
        BeaconBook book(us.crypto, u"net"_s);
        for (int i = 0; i < 300; ++i) {
            Someone other;
            (void)book.hear(
                other.beacon(kUtcMs), u"10.0.%1.%2"_s.arg(i / 250).arg(i % 250), i * 20ms, kUtcMs);
        }
        QCOMPARE(book.peers(6s).size(), BeaconBook::kPeersMax);
    }
};

QTEST_APPLESS_MAIN(LanBeaconTest)
#include "lan_beacon_test.moc"
