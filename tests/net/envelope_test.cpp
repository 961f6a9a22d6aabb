// SPDX-License-Identifier: GPL-3.0-or-later
#include <net/envelope.h>
#include <sim/sim_crypto.h>

#include <QTest>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

namespace {
const NodeId kAnn{{1}};
const NodeId kBob{{2}};
const sim::SimCrypto kAnnsKeys(kAnn, 42);
const sim::SimCrypto kBobsKeys(kBob, 42);
const QJsonObject kMessage{{u"t"_s, u"note"_s}, {u"x"_s, u"\",\"s\":\"trap\"}"_s}};
} // namespace

class EnvelopeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theReceiverReadsWhatWasSigned()
    {
        const auto message = net::open(kBobsKeys, {kAnn.bytes}, net::seal(kAnnsKeys, kMessage));
        QVERIFY(message.ok());
        QCOMPARE(*message, kMessage);
    }

    void anyChangedByteIsRefused()
    {
        const QByteArray head = net::seal(kAnnsKeys, kMessage);
        for (qsizetype at = 0; at < head.size(); ++at) {
            QByteArray forged = head;
            forged[at] = static_cast<char>(forged[at] ^ 1);
            QVERIFY2(!net::open(kBobsKeys, {kAnn.bytes}, forged).ok(), forged);
            QVERIFY(!net::open(kBobsKeys, {kAnn.bytes}, head.first(at)).ok());
        }
    }

    void overlappingPartsAreRefused()
    {
        for (const QByteArray head :
            {R"({"m":1,"s":"})", R"({"m":,"s":""})", R"({"m":"})", "{}", ""})
            QVERIFY2(!net::open(kBobsKeys, {kAnn.bytes}, head).ok(), head);
    }

    void nobodySignsForOthers()
    {
        const auto message = net::open(kBobsKeys, {kAnn.bytes}, net::seal(kBobsKeys, kMessage));
        QCOMPARE(name(message.error().code), "Unauthorized"_L1);
    }
};

QTEST_APPLESS_MAIN(EnvelopeTest)
#include "envelope_test.moc"
