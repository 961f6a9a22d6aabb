// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// The size of the file that goes in. BORG_SOAK asks for the long version.
qint64 sizeBytes()
{
    return (qEnvironmentVariableIsSet("BORG_SOAK") ? 1024LL : 64LL) << 20;
}

/// @return which of `needles` stands in any file below `folder`.
QByteArrayList foundBelow(const QString &folder, const QByteArrayList &needles)
{
    QByteArrayList found;
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly) || file.size() == 0)
            continue;
        const auto *bytes = reinterpret_cast<const char *>(file.map(0, file.size()));
        if (!bytes)
            continue;
        const auto view = QByteArray::fromRawData(bytes, file.size());
        for (const auto &needle : needles) {
            if (view.contains(needle))
                found += needle;
        }
    }
    return found;
}

} // namespace

/// The main job of the product, on real processes: five nodes, one file, three of them lost.
class SurvivalTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        QVERIFY2(m_cluster.start(5, &why), why);
        m_file = m_cluster.scratch(u"Ünïcode name with spaces.bin"_s);
        QVERIFY(writeNoise(m_file, sizeBytes(), 7));
        m_hash = sha256Of(m_file);
    }

    void aFileGoesIn()
    {
        const auto put = m_cluster.ctl(1, {u"put"_s, m_file, u"--json"_s});
        QVERIFY2(put.exitCode == 0, put.text());
        const auto result = put.json();
        m_link = result.value(u"link"_s).toString();
        QVERIFY2(m_link.startsWith(u"borg:r/"_s), put.text());
        QCOMPARE(result.value(u"bytes"_s).toInteger(), sizeBytes());
        QVERIFY2(!result.value(u"state"_s).toString().isEmpty(), put.text());
    }

    void noNodeHoldsThePlaintext()
    {
        QByteArrayList needles;
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadOnly));
        for (qint64 at = 1000; at < sizeBytes(); at += sizeBytes() / 16) {
            file.seek(at);
            needles += file.read(24);
        }
        for (int node = 1; node <= 5; ++node)
            QCOMPARE(foundBelow(m_cluster.dir(node), needles), QByteArrayList());
        // The search itself can find: the file lies in the scratch folder.
        QCOMPARE(foundBelow(QFileInfo(m_file).path(), needles).size(), needles.size());
    }

    void itComesBackWithTwoNodesKilled()
    {
        m_cluster.kill(3);
        m_cluster.kill(5);
        fetchFrom(1);
    }

    void anotherNodeGetsItByTheLink() { fetchFrom(2); }

    void killedNodesComeBackAndHoldVerifiedShards()
    {
        for (const int node : {3, 5}) {
            QByteArray why;
            QVERIFY2(m_cluster.restart(node, &why), why);
            Outcome status;
            QVERIFY2(Cluster::eventually(
                         [&] {
                             status = m_cluster.ctl(node, {u"status"_s, u"--json"_s});
                             const auto storage = status.json().value(u"storage"_s).toObject();
                             return storage.value(u"shards"_s).toInteger() > 0
                                 && storage.value(u"shardsVerified"_s).toInteger() > 0
                                 && storage.value(u"shardsCorrupt"_s).toInteger() == 0;
                         },
                         60'000),
                status.text());
        }
        fetchFrom(5);
    }

    void aNodeGoneForGoodIsRepaired()
    {
        waitUntilHealthy();
        m_cluster.kill(4);
        // Health must be seen to fall before it may count as restored.
        Outcome list;
        QVERIFY2(Cluster::eventually(
                     [&] {
                         list = m_cluster.ctl(1, {u"ls"_s, u"--json"_s});
                         return state(list) != u"healthy"_s;
                     },
                     60'000),
            list.text());
        waitUntilHealthy();
        fetchFrom(2);
    }

private:
    static QString state(const Outcome &list)
    {
        const auto files = list.json().value(u"files"_s).toArray();
        return files.size() == 1 ? files.at(0).toObject().value(u"state"_s).toString() : QString();
    }

    void waitUntilHealthy()
    {
        Outcome list;
        QVERIFY2(Cluster::eventually(
                     [&] {
                         list = m_cluster.ctl(1, {u"ls"_s, u"--json"_s});
                         const auto file = list.json().value(u"files"_s).toArray().at(0).toObject();
                         return state(list) == u"healthy"_s
                             && file.value(u"shardsAlive"_s) == file.value(u"shardsWanted"_s);
                     },
                     180'000),
            list.text());
    }

    void fetchFrom(int node)
    {
        const auto out = m_cluster.scratch(u"out-%1"_s.arg(node));
        const auto get = m_cluster.ctl(node, {u"get"_s, m_link, out, u"--force"_s, u"--json"_s});
        QVERIFY2(get.exitCode == 0, get.text());
        QCOMPARE(sha256Of(out), m_hash);
    }

    Cluster m_cluster;
    QString m_file;
    QString m_link;
    QByteArray m_hash;
};

QTEST_GUILESS_MAIN(SurvivalTest)
#include "survival_test.moc"
