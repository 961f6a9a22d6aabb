// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/capability.h>
#include <store/file_list.h>
#include <store/pointer.h>

#include <QTest>

using namespace borg;
using namespace borg::store;
using namespace Qt::Literals::StringLiterals;

namespace {

AccountPtr account(quint8 fill)
{
    crypto::SecretKey seed;
    std::ranges::fill(seed.mutableBytes(), fill);
    return *Account::make(seed, u"net"_s);
}

ShardId id(quint8 fill)
{
    ShardId id;
    id.bytes.fill(fill);
    id.bytes[0] = static_cast<quint8>(HashCode::Sha256);
    return id;
}

FileRecord file(quint8 fill)
{
    FileRecord record;
    crypto::SecretKey key;
    std::ranges::fill(key.mutableBytes(), fill);
    record.manifest = id(fill);
    record.id = record.manifest.text();
    record.tag = id(static_cast<quint8>(fill + 100));
    record.link = Capability{record.manifest, key}.text();
    record.name = u"Überblick %1.txt"_s.arg(fill);
    record.bytes = 1000 + fill;
    record.createdUtcMs = 1'700'000'000'000 + fill;
    record.code = {2, 4};
    record.rootCode = {2, 5};
    record.segments = 1;
    return record;
}

} // namespace

crypto::ed25519::KnownKeys known;

class AccountTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingDerivesFromTheSeed()
    {
        const auto first = account(1);
        const auto again = account(1);
        const auto other = account(2);
        QCOMPARE(first->id(), again->id());
        QCOMPARE(first->pointer(), again->pointer());
        QVERIFY(first->listKey() == again->listKey());
        QVERIFY(first->id() != other->id());
        QVERIFY(first->pointer() != other->pointer());
        QVERIFY(!(first->listKey() == other->listKey()));
        QVERIFY(!(first->listKey() == first->seed()));
        // In another network it is another account: what it signed here is nobody's there.
        const auto elsewhere = *Account::make(first->seed(), u"another"_s);
        QVERIFY(elsewhere->id() != first->id());
        QVERIFY(elsewhere->pointer() != first->pointer());
        QVERIFY(!(elsewhere->listKey() == first->listKey()));
        QVERIFY(!isProof(known, prove(*elsewhere, OwnerAct::Remove, id(7)), first->id(),
            OwnerAct::Remove, id(7)));
    }

    void aProofIsForOneThingOnly()
    {
        const auto owner = account(1);
        const auto proof = prove(*owner, OwnerAct::Remove, id(7));
        QVERIFY(isProof(known, proof, owner->id(), OwnerAct::Remove, id(7)));
        QVERIFY(!isProof(known, proof, owner->id(), OwnerAct::Bind, id(7)));
        QVERIFY(!isProof(known, proof, owner->id(), OwnerAct::Remove, id(8)));
        QVERIFY(!isProof(known, proof, owner->id(), OwnerAct::Remove, id(7), id(1)));
        QVERIFY(!isProof(known, proof, account(2)->id(), OwnerAct::Remove, id(7)));
        auto forged = proof;
        forged.signature[3] = static_cast<char>(forged.signature.at(3) ^ 1);
        QVERIFY(!isProof(known, forged, owner->id(), OwnerAct::Remove, id(7)));
        QVERIFY(!isProof(known, {}, owner->id(), OwnerAct::Remove, id(7)));
    }

    void aPointerIsReadBack()
    {
        const auto owner = account(1);
        for (const qsizetype size : {qsizetype{0}, qsizetype{1}, kPointerPayloadMax}) {
            const auto written = writePointer(*owner, 9, QByteArray(size, 'p'));
            QVERIFY(written.bytes.size() <= kPointerBytesMax);
            const auto read = readPointer(written.bytes);
            QVERIFY(read.ok());
            QCOMPARE(read->seq, 9U);
            QCOMPARE(read->payload, QByteArray(size, 'p'));
            QCOMPARE(pointerId(read->key), owner->pointer());
        }
    }

    void everyChangedBitOfAPointerIsFound()
    {
        const QByteArray bytes = writePointer(*account(1), 9, "payload").bytes;
        for (qsizetype at = 0; at < bytes.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                QByteArray changed = bytes;
                changed[at] = static_cast<char>(changed.at(at) ^ (1 << bit));
                QVERIFY2(!readPointer(changed).ok(), qPrintable(QString::number(at)));
            }
        }
        for (qsizetype size = 0; size < bytes.size(); ++size)
            QVERIFY(!readPointer(bytes.first(size)).ok());
        QVERIFY(!readPointer(bytes + 'x').ok());
    }

    void theNewerPointerWinsAndOfTwoEqualAlwaysTheSame()
    {
        const auto owner = account(1);
        const auto old = writePointer(*owner, 1, "a");
        const auto one = writePointer(*owner, 2, "a");
        const auto two = writePointer(*owner, 2, "b");
        QVERIFY(one.supersedes(old));
        QVERIFY(!old.supersedes(one));
        QVERIFY(one.supersedes(two) != two.supersedes(one));
        QVERIFY(!one.supersedes(one));
    }

    void whatIsSealedOpensForTheAccountOnly()
    {
        const auto owner = account(1);
        const QByteArray sealed = sealForAccount(*owner, "a secret");
        QCOMPARE(*openForAccount(*owner, sealed), QByteArray("a secret"));
        QVERIFY(!sealed.contains("secret"));
        QVERIFY(!openForAccount(*account(2), sealed).ok());
        QVERIFY(!openForAccount(*owner, sealed.first(20)).ok());
        QByteArray changed = sealed;
        changed[0] = static_cast<char>(changed.at(0) ^ 1);
        QVERIFY(!openForAccount(*owner, changed).ok());
    }

    void aListIsReadBack()
    {
        FileRecord hidden = file(9);
        hidden.isHidden = true;
        const auto bytes = writeFileList({{file(2), hidden, file(1)}, {u"01ab"_s, u"02cd"_s}});
        QVERIFY(bytes.ok());
        QCOMPARE(*bytes,
            *writeFileList({{file(1), file(2)}, {u"01ab"_s, u"02cd"_s}})); // the order says nothing
        const auto list = readFileList(*bytes);
        QVERIFY2(list.ok(), list.ok() ? "" : qPrintable(list.error().detail));
        QVERIFY((list->after == std::vector<QString>{u"01ab"_s, u"02cd"_s}));
        QCOMPARE(list->files.size(), 2U);
        for (const FileRecord &read : list->files) {
            const auto wanted = file(static_cast<quint8>(read.bytes - 1000));
            QCOMPARE(read.id, wanted.id);
            QCOMPARE(read.tag, wanted.tag);
            QCOMPARE(read.link, wanted.link);
            QCOMPARE(read.name, wanted.name);
            QCOMPARE(read.createdUtcMs, wanted.createdUtcMs);
            QVERIFY(read.code == wanted.code);
            QVERIFY(read.rootCode == wanted.rootCode);
            QCOMPARE(read.segments, 1);
            QVERIFY(read.isOfAccount);
        }
        QVERIFY(readFileList(*writeFileList({}))->files.empty());
    }

    void aListThatIsNoneIsRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray good = *writeFileList({{file(1)}, {}});
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("cut") << good.chopped(1);
        QTest::newRow("an array") << QByteArray("[]");
        QTest::newRow("newer") << QByteArray(good).replace("\"version\":1", "\"version\":2");
        QTest::newRow("a code of nothing") << QByteArray(good).replace("\"k\":2", "\"k\":0");
        QTest::newRow("more than there are") << QByteArray(good).replace("\"k\":2", "\"k\":99");
        QTest::newRow("no link") << QByteArray(good).replace("borg:r/", "borg:q/");
        QTest::newRow("less than nothing")
            << QByteArray(good).replace("\"bytes\":1001", "\"bytes\":-1");
    }
    void aListThatIsNoneIsRefused()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(!readFileList(bytes).ok());
    }

    void thePlaceOfTheListsIsReadBack()
    {
        const auto owner = account(1);
        std::vector<QString> links;
        for (quint8 i = 1; i <= kListsKept; ++i) {
            links.push_back(file(i).link);
            const QByteArray payload = writeListLinks(*owner, links);
            QVERIFY(payload.size() <= kPointerPayloadMax);
            QVERIFY(*readListLinks(*owner, payload) == links);
            QVERIFY(!readListLinks(*account(2), payload).ok());
        }
        QVERIFY(!readListLinks(*owner, sealForAccount(*owner, "\1\1short")).ok());
        QVERIFY(!readListLinks(*owner, sealForAccount(*owner, QByteArray("\1\0", 2))).ok());
    }

    void aRecoveryLinkHasOneSpelling()
    {
        const auto owner = account(5);
        const QString text = RecoveryLink{owner->pointer(), owner->seed()}.text();
        QVERIFY(text.startsWith(u"borg:w/"));
        const auto read = RecoveryLink::parse(u"  "_s + text + u'\n');
        QVERIFY(read.ok());
        QVERIFY(read->seed == owner->seed());
        QCOMPARE(read->pointer, owner->pointer());
        for (qsizetype at = 0; at < text.size(); ++at) {
            QString changed = text;
            changed[at] = text.at(at) == u'a' ? u'b' : u'a';
            QVERIFY2(changed == text || !RecoveryLink::parse(changed).ok(),
                qPrintable(QString::number(at)));
            QVERIFY(!RecoveryLink::parse(text.first(at)).ok());
        }
        // Neither kind passes for the other.
        QVERIFY(!Capability::parse(text).ok());
        QVERIFY(!RecoveryLink::parse(file(1).link).ok());
        QVERIFY(!RecoveryLink::parse(QString(text).replace(u"borg:w"_s, u"borg:r"_s)).ok());
    }
};

QTEST_GUILESS_MAIN(AccountTest)
#include "account_test.moc"
