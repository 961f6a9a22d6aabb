// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

/// Whole folders, through the command line of real nodes.
class FolderTest : public QObject {
    Q_OBJECT

    static bool write(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        return QDir().mkpath(QFileInfo(path).path()) && file.open(QIODevice::WriteOnly)
            && file.write(bytes) == bytes.size();
    }
    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
    }
    Outcome run(const QStringList &words) { return m_cluster.ctl(1, words, 120'000); }
    QStringList names()
    {
        QStringList paths;
        const auto all = run({u"ls"_s, u"--recursive"_s, u"--json"_s}).json();
        for (const auto &one : all.value("files"_L1).toArray()) {
            const auto file = one.toObject();
            const QString folder = file.value("folder"_L1).toString();
            paths << (folder.isEmpty() ? QString() : folder + u'/')
                    + file.value("name"_L1).toString();
        }
        return paths;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        QVERIFY2(m_cluster.start(5, &why), why);
        m_source = m_cluster.scratch(u"photos"_s);
        for (int i = 0; i < 40; ++i)
            QVERIFY(write(m_source + u"/%1/f%2.txt"_s.arg(i % 4).arg(i), QByteArray::number(i)));
        QVERIFY(writeNoise(m_source + u"/big.bin"_s, 5 << 20, 11));
        QVERIFY(write(m_source + u"/deep/er/ä ö.txt"_s, "umlauts"));
        m_bad = QFile::encodeName(m_source) + "/b\xff\xfe.txt";
        const int bad = ::open(m_bad.constData(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        QVERIFY(bad >= 0 && ::close(bad) == 0);
        QVERIFY(QFile::link(u"/etc/passwd"_s, m_source + u"/link"_s));
    }

    void whatCannotBeKeptIsNamedAndTheRestIsThere()
    {
        const auto put = run({u"put"_s, m_source});
        QCOMPARE(put.exitCode, 6);
        QVERIFY2(put.err.contains("not valid Unicode"), put.text());
        QVERIFY2(put.err.contains("One link or device was left out"), put.text());
        QVERIFY(::unlink(m_bad.constData()) == 0);
        QCOMPARE(names().size(), 42);
        QVERIFY(!names().contains(u"photos/link"_s));
    }

    void aSecondTimeOnlyWhatChangedIsStored()
    {
        const auto same = run({u"put"_s, m_source, u"--json"_s});
        QVERIFY2(same.exitCode == 0, same.text());
        QCOMPARE(same.json().value("unchanged"_L1).toInt(), 42);
        QVERIFY(write(m_source + u"/1/f1.txt"_s, "changed"));
        const auto more = run({u"put"_s, m_source, u"--json"_s});
        QCOMPARE(more.json().value("unchanged"_L1).toInt(), 41);
        QCOMPARE(names().size(), 42);
        const auto versions = run({u"versions"_s, u"photos/1/f1.txt"_s, u"--json"_s}).json();
        const auto files = versions.value("files"_L1).toArray();
        QCOMPARE(files.size(), 2);
        const QString out = m_cluster.scratch(u"old"_s);
        const auto old = run({u"get"_s, u"photos/1/f1.txt"_s, out, u"--pick"_s,
            files.last().toObject().value("id"_L1).toString().left(12)});
        QVERIFY2(old.exitCode == 0, old.text());
        QCOMPARE(read(out), QByteArray("1"));
    }

    void aFolderComesBackAsItWas()
    {
        const QString out = m_cluster.scratch(u"back"_s);
        const auto got = run({u"get"_s, u"photos"_s, out, u"--json"_s});
        QVERIFY2(got.exitCode == 0, got.text());
        QCOMPARE(got.json().value("files"_L1).toInt(), 42);
        QCOMPARE(read(out + u"/big.bin"_s), read(m_source + u"/big.bin"_s));
        QCOMPARE(read(out + u"/deep/er/ä ö.txt"_s), QByteArray("umlauts"));
        QCOMPARE(read(out + u"/1/f1.txt"_s), QByteArray("changed"));
        QCOMPARE(QFileInfo(out + u"/big.bin"_s).lastModified().toSecsSinceEpoch(),
            QFileInfo(m_source + u"/big.bin"_s).lastModified().toSecsSinceEpoch());
        // Again: into the folder of that name, which is there. What is gone is fetched, the rest is
        // not; what was changed here is not overwritten.
        QVERIFY(QDir().rename(out, m_cluster.scratch(u"x"_s) + u"dir"_s));
        QVERIFY(QDir().mkpath(out));
        QVERIFY(QDir().rename(m_cluster.scratch(u"x"_s) + u"dir"_s, out + u"/photos"_s));
        QVERIFY(QFile::remove(out + u"/photos/2/f2.txt"_s));
        QVERIFY(write(out + u"/photos/3/f3.txt"_s, "mine, and longer"));
        const auto again = run({u"get"_s, u"photos"_s, out});
        QVERIFY2(again.exitCode == 5, again.text());
        QVERIFY2(again.err.contains("f3.txt"), again.text());
        QVERIFY2(again.err.contains("40 there already"), again.text());
        QCOMPARE(read(out + u"/photos/2/f2.txt"_s), QByteArray("2"));
        QCOMPARE(read(out + u"/photos/3/f3.txt"_s), QByteArray("mine, and longer"));
    }

    void allHoldersProveWhatTheyHave()
    {
        const auto one = run({u"verify"_s, u"photos/big.bin"_s, u"--json"_s});
        QVERIFY2(one.exitCode == 0, one.text());
        QVERIFY(one.json().value("safe"_L1).toBool());
        QVERIFY(one.json().value("shards"_L1).toInt() >= 8);
        const auto all = run({u"verify"_s});
        QVERIFY2(all.exitCode == 0, all.text());
        QCOMPARE(all.out.count('\n'), 42);
        const auto some = run({u"verify"_s, u"photos/1"_s});
        QCOMPARE(some.out.count('\n'), 10);
        QCOMPARE(run({u"verify"_s, u"nothing"_s}).exitCode, 4);
    }

    void foldersAreMovedRemovedAndRestored()
    {
        QVERIFY(run({u"mv"_s, u"photos"_s, u"2026/"_s}).exitCode == 0);
        QVERIFY(names().contains(u"2026/photos/big.bin"_s));
        const auto careless = run({u"rm"_s, u"2026"_s});
        QCOMPARE(careless.exitCode, 2);
        QVERIFY2(careless.err.contains("--recursive"), careless.text());
        QCOMPARE(names().size(), 42);
        QVERIFY(run({u"rm"_s, u"--recursive"_s, u"2026"_s}).exitCode == 0);
        QCOMPARE(names().size(), 0);
        const auto back = run({u"restore"_s, u"2026/photos"_s});
        QVERIFY2(back.exitCode == 0, back.text());
        QCOMPARE(names().size(), 42);
        QCOMPARE(run({u"versions"_s, u"2026/photos/1/f1.txt"_s, u"--json"_s})
                     .json()
                     .value("files"_L1)
                     .toArray()
                     .size(),
            2);
    }

    void aWrongPathSaysWhatIsWrong()
    {
        QCOMPARE(run({u"ls"_s, u"nowhere"_s}).exitCode, 4);
        QCOMPARE(run({u"get"_s, u"nowhere"_s, m_cluster.scratch(u"n"_s)}).exitCode, 4);
        QCOMPARE(run({u"put"_s, m_source, u"--into"_s, u"../up"_s}).exitCode, 2);
        QCOMPARE(run({u"mv"_s, u"2026/photos/big.bin"_s, u"2026/photos/1/f1.txt"_s}).exitCode, 5);
        QCOMPARE(run({u"put"_s, m_source + u"/big.bin"_s, u"--name"_s, u"2026"_s}).exitCode, 5);
        QCOMPARE(run({u"get"_s, u"2026"_s, u"-"_s}).exitCode, 2);
        QCOMPARE(run({u"get"_s, u"2026"_s, m_source + u"/big.bin"_s}).exitCode, 6);
        QCOMPARE(run({u"mv"_s, u"2026"_s, QString(300, u'x')}).exitCode, 2);
        const auto folder = run({u"link"_s, u"2026"_s});
        QVERIFY2(folder.exitCode == 4 && folder.err.contains("is a folder"), folder.text());
        const auto empty = m_cluster.scratch(u"empty"_s);
        QVERIFY(QDir().mkpath(empty));
        const auto nothing = run({u"put"_s, empty});
        QVERIFY2(nothing.err.contains("empty folders are not kept"), nothing.text());
        QCOMPARE(names().size(), 42);
    }

private:
    Cluster m_cluster;
    QString m_source;
    QByteArray m_bad;
};

QTEST_GUILESS_MAIN(FolderTest)
#include "folder_test.moc"
