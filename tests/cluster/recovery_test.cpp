// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

/// A computer is lost with everything on it: another one gets the files back, with nothing but the
/// recovery link.
class RecoveryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        QVERIFY2(m_cluster.start(6, &why), why);
        m_file = m_cluster.scratch(u"the only copy.bin"_s);
        QVERIFY(writeNoise(m_file, 5 << 20, 11));
        const auto put = m_cluster.ctl(1, {u"put"_s, m_file});
        QVERIFY2(put.exitCode == 0, put.text());
        const auto note
            = m_cluster.ctl(1, {u"put"_s, u"-"_s, u"--name"_s, u"note"_s}, 60'000, "hi");
        QVERIFY2(note.exitCode == 0, note.text());
    }

    void theListIsSafeSoonAfterAChange()
    {
        Outcome told;
        QVERIFY2(Cluster::eventually(
                     [&] {
                         told = m_cluster.ctl(1, {u"recovery"_s, u"--json"_s});
                         const auto reply = told.json();
                         return reply.value("isCurrent"_L1).toBool()
                             && reply.value("copies"_L1).toInteger() >= 5;
                     },
                     30'000),
            told.text());
        m_link = told.json().value("link"_L1).toString();
        QVERIFY(m_link.startsWith(u"borg:w/"));
    }

    void theLinkIsNotTakenFromTheCommandLine()
    {
        const auto refused = m_cluster.ctl(2, {u"recover"_s, m_link});
        QCOMPARE(refused.exitCode, 2);
        QVERIFY2(!refused.err.contains(m_link.toUtf8()), refused.text());
        const auto wrong = m_cluster.ctl(2, {u"recover"_s}, 30'000, m_link.chopped(1).toUtf8());
        QVERIFY2(wrong.exitCode != 0 && wrong.err.contains("cut short"), wrong.text());
    }

    void anotherNodeTakesOver()
    {
        m_cluster.kill(1);
        QVERIFY(QDir(m_cluster.dir(1)).removeRecursively());
        const auto recovered = m_cluster.ctl(2, {u"recover"_s}, 60'000, m_link.toUtf8());
        QVERIFY2(recovered.exitCode == 0, recovered.text());
        const auto list = m_cluster.ctl(2, {u"ls"_s, u"--json"_s});
        QCOMPARE(list.json().value("files"_L1).toArray().size(), 2);
        const auto out = m_cluster.scratch(u"back"_s);
        const auto get = m_cluster.ctl(2, {u"get"_s, u"the only copy.bin"_s, out});
        QVERIFY2(get.exitCode == 0, get.text());
        QCOMPARE(sha256Of(out), sha256Of(m_file));
        const auto same = m_cluster.ctl(2, {u"recovery"_s, u"--json"_s});
        QCOMPARE(same.json().value("link"_L1).toString(), m_link);
    }

    void itLivesOnThere()
    {
        QByteArray why;
        m_cluster.kill(2);
        QVERIFY2(m_cluster.restart(2, &why), why);
        Outcome removed;
        QVERIFY2(Cluster::eventually(
                     [&] {
                         removed = m_cluster.ctl(2, {u"rm"_s, u"note"_s});
                         return removed.exitCode == 0;
                     },
                     30'000),
            removed.text());
        const auto count = [this](const QString &verb) {
            const auto list = m_cluster.ctl(2, {verb, u"--json"_s});
            return list.json().value("files"_L1).toArray().size();
        };
        QCOMPARE(count(u"ls"_s), 1);
        QCOMPARE(count(u"trash"_s), 1);
        const auto restored = m_cluster.ctl(2, {u"restore"_s, u"note"_s});
        QVERIFY2(restored.exitCode == 0, restored.text());
        QCOMPARE(count(u"ls"_s), 2);
        const auto gone = m_cluster.ctl(2, {u"rm"_s, u"note"_s, u"--for-good"_s});
        QVERIFY2(gone.exitCode == 0, gone.text());
        QCOMPARE(count(u"ls"_s), 1);
        QCOMPARE(count(u"trash"_s), 0);
        QVERIFY(m_cluster.ctl(2, {u"restore"_s, u"note"_s}).exitCode != 0);
    }

    void noNodeHasTheLinkInItsLog()
    {
        const QByteArray secret = m_link.section(u'#', 1).toUtf8();
        QVERIFY(secret.size() == 56);
        for (int node = 2; node <= 6; ++node) {
            const auto log = m_cluster.ctl(node, {u"log"_s, u"--lines"_s, u"10000"_s});
            QVERIFY2(log.exitCode == 0, log.text());
            QVERIFY(!log.out.contains(secret));
        }
    }

private:
    Cluster m_cluster;
    QString m_file;
    QString m_link;
};

QTEST_GUILESS_MAIN(RecoveryTest)
#include "recovery_test.moc"
