// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol_doc.h"

#include <net/envelope.h>
#include <net/merkle.h>
#include <sim/sim_crypto.h>

#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace borg;
using namespace borg::tree;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Compares with a file of the repository, or writes it when BORG_REGOLDEN is set.
void compare(const QString &path, const QByteArray &now)
{
    QFile file(path);
    if (qEnvironmentVariableIsSet("BORG_REGOLDEN")) {
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(now), now.size());
        return;
    }
    QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(path));
    QCOMPARE(file.readAll(), now);
}

QString golden(const QByteArray &name)
{
    return QString::fromUtf8(BORG_SOURCE_DIR "/tests/golden/tree/" + name);
}

template <typename M>
void comparesAndComesBack()
{
    const auto message = doc::sampleFields<M>();
    const QByteArray bytes = QJsonDocument(wire::encode(message)).toJson(QJsonDocument::Compact);
    compare(golden(QByteArray(M::kName.data(), std::ssize(M::kName)) + ".json"), bytes);
    const auto again = wire::decode<M>(QJsonDocument::fromJson(bytes).object());
    QVERIFY2(again.ok(), M::kName.data());
    QVERIFY(*again == message);
}

template <typename... Ms>
void allCompare(std::type_identity<std::variant<Ms...>>)
{
    (comparesAndComesBack<Ms>(), ...);
}

} // namespace

class ProtocolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Run `borg_protocol_doc > docs/protocol.md` after a change.
    void theDocumentIsUpToDate()
    {
        compare(QStringLiteral(BORG_SOURCE_DIR "/docs/protocol.md"), doc::protocol());
    }

    /// The exact bytes that other implementations read. A change here breaks the network.
    void messagesKeepTheirForm()
    {
        allCompare(std::type_identity<Words::Any>{});
        allCompare(std::type_identity<Broadcasts::Any>{});
        allCompare(std::type_identity<Unicasts::Any>{});
    }

    void headsKeepTheirForm()
    {
        const sim::SimCrypto crypto(NodeId{{1}}, 42);
        const net::Draft draft{
            u"net1"_s, u"note"_s, 17, 1'790'000'000'000'000, 30'000, 1, {{u"text"_s, u"hello"_s}}};
        const auto message = *net::writeMessage(crypto, draft, "attachment");
        net::Head head;
        head.hops = 1;
        head.key = crypto.publicKey();
        head.message = message;
        std::ranges::copy(net::signMessage(crypto, message), head.signature.begin());
        compare(golden("head_alone.json"), net::writeHead(head));

        const std::vector<crypto::Hash> leaves{
            crypto.hash(message), crypto.hash("2"), crypto.hash("3")};
        head.path = net::BatchPath{0, 3, net::merklePath(crypto, leaves, 0)};
        compare(golden("head_of_batch.json"), net::writeHead(head));

        net::Head batch;
        batch.hops = 1;
        batch.key = crypto.publicKey();
        batch.items = {{message.size(), 10}, {300, 0}};
        std::ranges::copy(
            net::signBatch(crypto, net::merkleRoot(crypto, leaves), 3), batch.signature.begin());
        compare(golden("head_batch.json"), net::writeHead(batch));
    }
};

QTEST_APPLESS_MAIN(ProtocolTest)
#include "protocol_test.moc"
