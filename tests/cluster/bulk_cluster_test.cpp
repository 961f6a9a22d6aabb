// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QTest>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kBytes = 16LL << 20;

} // namespace

/// A release goes to five real nodes; one is killed while it comes, and goes on after its restart.
class BulkClusterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        QVERIFY2(m_cluster.start(5, &why), why);
        m_file = m_cluster.scratch(u"release 1.bin"_s);
        QVERIFY(writeNoise(m_file, kBytes, 11));
        m_hash = sha256Of(m_file);
    }

    void aFileIsSentToEverybody()
    {
        const auto sent = m_cluster.ctl(2, {u"bulk"_s, u"send"_s, m_file, u"--json"_s});
        QVERIFY2(sent.exitCode == 0, sent.text());
        m_id = sent.json().value(u"id"_s).toString();
        QCOMPARE(m_id.size(), 32);
        QCOMPARE(sent.json().value(u"name"_s).toString(), u"release 1.bin"_s);
        QCOMPARE(sent.json().value(u"bytes"_s).toInteger(), kBytes);
        m_cluster.kill(4); // what it has by now lies in its spool, whole or not
    }

    void allSurvivorsHaveItByteForByte()
    {
        for (const int node : {1, 2, 3, 5})
            savesTheSame(node);
    }

    void theKilledOneGoesOnAfterItsRestart()
    {
        QByteArray why;
        QVERIFY2(m_cluster.restart(4, &why), why);
        savesTheSame(4);
    }

    void theSpoolIsForItsOwnerAlone()
    {
        const QDir folder(m_cluster.dir(3) + u"/bulk"_s);
        const auto files = folder.entryInfoList(QDir::Files);
        QCOMPARE(files.size(), 2); // chunks, and the signed announcement
        for (const QFileInfo &file : files)
            QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::ExeOwner),
                QFile::Permissions());
    }

    void aRestartAsksForNothingAgain()
    {
        const qint64 before = sentBy({1, 2, 4, 5});
        QVERIFY(before >= kBytes * 2); // four got it, not all from node 3
        m_cluster.kill(3);
        QByteArray why;
        QVERIFY2(m_cluster.restart(3, &why), why);
        savesTheSame(3);
        QCOMPARE(sentBy({1, 2, 4, 5}), before);
    }

    void wrongUseIsExplained_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("code");
        QTest::newRow("no such file") << QStringList{u"send"_s, u"/nowhere/x"_s} << 4;
        QTest::newRow("a folder") << QStringList{u"send"_s, u"/tmp"_s} << 6;
        QTest::newRow("empty") << QStringList{u"send"_s, u"@EMPTY"_s} << 2;
        QTest::newRow("hours") << QStringList{u"send"_s, u"@FILE"_s, u"--hours"_s, u"25"_s} << 2;
        QTest::newRow("no id") << QStringList{u"save"_s, u"abcdef"_s, u"@OUT"_s} << 4;
        QTest::newRow("no out") << QStringList{u"save"_s, u"@ID"_s} << 2;
        QTest::newRow("exists") << QStringList{u"save"_s, u"@ID"_s, u"@FILE"_s} << 5;
        QTest::newRow("no folder") << QStringList{u"save"_s, u"@ID"_s, u"/nowhere/x"_s} << 6;
        QTest::newRow("unknown") << QStringList{u"fly"_s} << 2;
        QTest::newRow("drop nothing") << QStringList{u"drop"_s, u"abcdef"_s} << 4;
    }
    void wrongUseIsExplained()
    {
        QFETCH(QStringList, words);
        QFETCH(int, code);
        const QString empty = m_cluster.scratch(u"empty"_s);
        QVERIFY(QFile(empty).open(QIODevice::WriteOnly));
        words.replaceInStrings(u"@EMPTY"_s, empty);
        words.replaceInStrings(u"@FILE"_s, m_file);
        words.replaceInStrings(u"@ID"_s, m_id);
        words.replaceInStrings(u"@OUT"_s, m_cluster.scratch(u"never"_s));
        const auto run = m_cluster.ctl(1, QStringList{u"bulk"_s} + words);
        QVERIFY2(run.exitCode == code, run.text());
        QVERIFY2(run.err.startsWith("borgctl: ") && run.err.endsWith(".\n"), run.text());
        QVERIFY(!QFile::exists(m_cluster.scratch(u"never"_s)));
    }

    void whatIsDroppedIsGone()
    {
        const auto dropped = m_cluster.ctl(5, {u"bulk"_s, u"drop"_s, m_id.first(8)});
        QVERIFY2(dropped.exitCode == 0, dropped.text());
        QVERIFY(Cluster::eventually([&] { return isGone(5); }, 10'000));
        QVERIFY(!isGone(1));
        // Its source drops it: everybody forgets it.
        QVERIFY(m_cluster.ctl(2, {u"bulk"_s, u"drop"_s, m_id}).exitCode == 0);
        for (const int node : {1, 2, 3, 4})
            QVERIFY(Cluster::eventually([&] { return isGone(node); }, 20'000));
    }

private:
    void savesTheSame(int node)
    {
        const QString out = m_cluster.scratch(u"copy %1"_s.arg(++m_copies));
        Outcome saved;
        QVERIFY2(Cluster::eventually(
                     [&] {
                         saved = m_cluster.ctl(node, {u"bulk"_s, u"save"_s, m_id, out});
                         return saved.exitCode == 0;
                     },
                     120'000),
            saved.text());
        QCOMPARE(sha256Of(out), m_hash);
    }
    qint64 sentBy(const QList<int> &nodes)
    {
        qint64 sent = 0;
        for (const int node : nodes) {
            const auto list = m_cluster.ctl(node, {u"bulk"_s, u"list"_s, u"--json"_s}).json();
            for (const auto item : list.value(u"objects"_s).toArray())
                sent += item.toObject().value(u"bytesSent"_s).toInteger();
        }
        return sent;
    }
    bool isGone(int node)
    {
        const auto list = m_cluster.ctl(node, {u"bulk"_s, u"list"_s, u"--json"_s}).json();
        return list.value(u"objects"_s).isArray() && list.value(u"objects"_s).toArray().isEmpty()
            && QDir(m_cluster.dir(node) + u"/bulk"_s).entryList(QDir::Files).isEmpty();
    }

    Cluster m_cluster;
    QString m_file;
    QByteArray m_hash;
    QString m_id;
    int m_copies = 0;
};

QTEST_GUILESS_MAIN(BulkClusterTest)
#include "bulk_cluster_test.moc"
