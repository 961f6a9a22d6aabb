// SPDX-License-Identifier: GPL-3.0-or-later
#include <net/envelope.h>
#include <net/merkle.h>
#include <sim/sim_crypto.h>

#include <QTest>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

namespace {

const NodeId kAnn{{1}};
const sim::SimCrypto kAnnsKeys(kAnn, 42);
const sim::SimCrypto kBobsKeys(NodeId{{2}}, 42);

net::Draft draft()
{
    return {u"net1"_s, u"note"_s, 17, 1'790'000'000'000'000, 30'000, 1,
        {{u"text"_s, u"\"}},\"m\":{\"trap\":1}"_s}}};
}

/// A head as the source writes it.
QByteArray sealed(const QByteArray &message, const std::optional<net::BatchPath> &path = {})
{
    net::Head head;
    head.key = kAnnsKeys.publicKey();
    head.path = path;
    head.message = message;
    std::ranges::copy(net::signMessage(kAnnsKeys, message), head.signature.begin());
    return net::writeHead(head);
}

} // namespace

class EnvelopeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theReceiverReadsWhatWasSigned()
    {
        const auto message = net::writeMessage(kAnnsKeys, draft(), "attachment");
        QVERIFY(message.ok());
        const QByteArray bytes = sealed(*message);
        const auto head = net::readHead(bytes);
        QVERIFY(head.ok());
        QVERIFY(head->message == *message);
        QVERIFY(net::verifyMessage(kBobsKeys, head->key, head->message, head->signature).ok());

        const auto view = net::readMessage(head->message);
        QVERIFY(view.ok());
        QVERIFY(view->src == kAnn.text().toLatin1());
        QVERIFY(view->type == "note");
        QVERIFY(view->network == "net1");
        QCOMPARE(view->seq, 17U);
        QCOMPARE(view->ttlMs, 30'000);
        QCOMPARE(view->attachmentBytes, 10);
        QVERIFY(view->attachmentHash == kAnnsKeys.hash("attachment"));
        QCOMPARE(net::bodyOf(*message), draft().body);
    }

    /// The exact bytes that other implementations read. A change here breaks the network.
    void theSignedBytesKeepTheirForm()
    {
        const QByteArray golden
            = "{'b':{'text':'hi'},'dst':'*','net':'net1','p':1,'seq':17,"
              "'src':'aeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','t':'note',"
              "'ts':1790000000000000,'ttl':30000,'v':1}";
        net::Draft plain = draft();
        plain.body = {{u"text"_s, u"hi"_s}};
        QCOMPARE(*net::writeMessage(kAnnsKeys, plain, {}), QByteArray(golden).replace('\'', '"'));
    }

    void anyChangedByteIsRefused()
    {
        const QByteArray good = sealed(*net::writeMessage(kAnnsKeys, draft(), {}));
        const auto isTaken = [](const QByteArray &bytes) {
            const auto head = net::readHead(bytes);
            return head && head->hops == 0 && net::readMessage(head->message)
                && net::verifyMessage(kBobsKeys, head->key, head->message, head->signature);
        };
        QVERIFY(isTaken(good));
        for (qsizetype at = 0; at < good.size(); ++at) {
            QByteArray forged = good;
            forged[at] = static_cast<char>(forged[at] ^ 1);
            QVERIFY2(!isTaken(forged), forged);
            QVERIFY(!isTaken(good.first(at)));
        }
    }

    void aHopChangesTheCountAlone()
    {
        const QByteArray bytes = sealed(*net::writeMessage(kAnnsKeys, draft(), {}));
        const QByteArray further = net::withHops(bytes, 255);
        QCOMPARE(net::readHead(further)->hops, 255U);
        QCOMPARE(net::withHops(further, 0), bytes);
        QVERIFY(!net::readHead(net::withHops(bytes, 256)).ok());
    }

    void aBatchHeadComesBackAsItWas()
    {
        net::Head head;
        head.hops = 3;
        head.key = kAnnsKeys.publicKey();
        head.items = {{100, 0}, {200, 1024}};
        const QByteArray bytes = net::writeHead(head);
        const auto again = net::readHead(bytes);
        QVERIFY(again.ok());
        QCOMPARE(again->items.size(), 2U);
        QCOMPARE(again->items[1].attachmentBytes, 1024);
        QCOMPARE(net::writeHead(*again), bytes);
        head.items.assign(net::kBatchMax + 1, {});
        QVERIFY(!net::readHead(net::writeHead(head)).ok());
    }

    void wrongFieldsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("version") << QByteArray("\"v\":1") << QByteArray("\"v\":2");
        QTest::newRow("unknown field") << QByteArray("\"v\":1") << QByteArray("\"v\":1,\"w\":1");
        QTest::newRow("missing field") << QByteArray("\"p\":1,") << QByteArray();
        QTest::newRow("class") << QByteArray("\"p\":1") << QByteArray("\"p\":4");
        QTest::newRow("negative seq") << QByteArray("\"seq\":17") << QByteArray("\"seq\":-1");
        QTest::newRow("fraction") << QByteArray("\"seq\":17") << QByteArray("\"seq\":1.5");
        QTest::newRow("long life") << QByteArray("30000") << QByteArray("600001");
        QTest::newRow("white space") << QByteArray("\"seq\":17") << QByteArray("\"seq\": 17");
        QTest::newRow("short src") << QByteArray("aeaa") << QByteArray("a");
    }
    void wrongFieldsAreRefused()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QByteArray message = *net::writeMessage(kAnnsKeys, draft(), {});
        QVERIFY(net::readMessage(message).ok());
        QVERIFY(message.contains(from));
        message.replace(message.indexOf(from), from.size(), to);
        QVERIFY(!net::readMessage(message).ok());
    }

    void whatMayBeAddedPassesUntouched()
    {
        QByteArray message = *net::writeMessage(kAnnsKeys, draft(), {});
        message.chop(1);
        QVERIFY(net::readMessage(message + R"(,"x":{"new":[1,2]}})").ok());
    }

    void eachMessageOfABatchProvesItself()
    {
        for (std::size_t count = 1; count <= net::kBatchMax; ++count) {
            std::vector<crypto::Hash> leaves;
            for (std::size_t i = 0; i < count; ++i)
                leaves.push_back(kAnnsKeys.hash(QByteArray::number(i)));
            const auto root = net::merkleRoot(kAnnsKeys, leaves);
            for (std::size_t i = 0; i < count; ++i) {
                auto path = net::merklePath(kAnnsKeys, leaves, i);
                QVERIFY(net::merkleRootOf(kAnnsKeys, leaves[i], i, count, path) == root);
                if (count > 1)
                    QVERIFY(net::merkleRootOf(kAnnsKeys, leaves[i], (i + 1) % count, count, path)
                        != root);
                path.emplace_back();
                QVERIFY(!net::merkleRootOf(kAnnsKeys, leaves[i], i, count, path));
                const QByteArray alone = sealed("{}", net::BatchPath{i, count, path});
                QCOMPARE(net::readHead(alone).ok(), path.size() <= 6);
            }
        }
    }
};

QTEST_APPLESS_MAIN(EnvelopeTest)
#include "envelope_test.moc"
