// SPDX-License-Identifier: GPL-3.0-or-later
#include <disk/real_disk.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

namespace {

int openFileCount()
{
    return static_cast<int>(QDir(u"/proc/self/fd"_s).entryList(QDir::Files | QDir::System).size());
}

} // namespace

class RealDiskTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<disk::RealDisk> m_disk;

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_disk = *disk::RealDisk::open(m_folder->path());
    }

    void readsWhatItWrote()
    {
        QVERIFY(m_disk->makeFolder(u"a/b"_s).ok());
        const std::array<QByteArrayView, 3> parts{"one", "", "two"};
        QVERIFY(m_disk->writeParts(u"a/b/file"_s, 5, parts).ok());
        QVERIFY(m_disk->sync(u"a/b/file"_s).ok());
        QCOMPARE(*m_disk->read(u"a/b/file"_s, 0, 100), "\0\0\0\0\0onetwo"_ba);
        QCOMPARE(*m_disk->read(u"a/b/file"_s, 8, 2), "tw"_ba);
        QCOMPARE(m_disk->read(u"a/b/file"_s, 50, 2)->size(), 0);
        QCOMPARE(*m_disk->size(u"a/b/file"_s), 11);
    }

    /// Linux takes 1,024 pieces a call.
    void writesMoreThanAThousandPieces()
    {
        const std::vector<QByteArrayView> parts(3000, QByteArrayView("12345"));
        QVERIFY(m_disk->writeParts(u"many"_s, 0, parts).ok());
        QCOMPARE(*m_disk->size(u"many"_s), 15'000);
        QCOMPARE(m_disk->read(u"many"_s, 0, 15'000)->count("12345"), 3000);
    }

    void refusesNamesThatLeadOut_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"", "/etc/passwd", "../x", "a/../../x", "a//b", ".", "a/.", "a/"})
            QTest::newRow(name) << QString::fromLatin1(name);
        QTest::newRow("zero byte") << QStringLiteral("a\0b");
    }
    void refusesNamesThatLeadOut()
    {
        QFETCH(QString, name);
        QCOMPARE(borg::name(m_disk->write(name, 0, "x").error().code), "Malformed"_L1);
        QCOMPARE(borg::name(m_disk->read(name, 0, 1).error().code), "Malformed"_L1);
        QCOMPARE(borg::name(m_disk->remove(name).error().code), "Malformed"_L1);
    }

    void followsNoLinks()
    {
        QTemporaryDir outside;
        QFile secret(outside.filePath(u"secret"_s));
        QVERIFY(secret.open(QIODevice::WriteOnly));
        secret.write("secret");
        secret.close();
        QVERIFY(QFile::link(outside.path(), m_folder->filePath(u"folder"_s)));
        QVERIFY(QFile::link(secret.fileName(), m_folder->filePath(u"file"_s)));
        QVERIFY(!m_disk->read(u"folder/secret"_s, 0, 6).ok());
        QVERIFY(!m_disk->read(u"file"_s, 0, 6).ok());
        QVERIFY(!m_disk->write(u"folder/new"_s, 0, "x").ok());
        QVERIFY(!QFile::exists(outside.filePath(u"new"_s)));
    }

    void errorsNameTheFileAndTheReason()
    {
        const auto missing = m_disk->read(u"no/such"_s, 0, 1);
        QCOMPARE(name(missing.error().code), "NotFound"_L1);
        QVERIFY(missing.error().detail.contains(u"no/such"_s));
        QVERIFY(missing.error().detail.contains(u"No such file"_s));
        QCOMPARE(name(m_disk->sync(u"none"_s).error().code), "NotFound"_L1);
        QVERIFY(m_disk->makeFolder(u"folder"_s).ok());
        QCOMPARE(name(m_disk->write(u"folder"_s, 0, "x").error().code), "Storage"_L1);
    }

    void saysWhenTheDiskIsFull()
    {
        if (::access("/dev/full", W_OK) != 0)
            QSKIP("there is no /dev/full here");
        // The one file of this machine that is always full.
        const auto devices = disk::RealDisk::open(u"/dev"_s);
        QCOMPARE(name((*devices)->write(u"full"_s, 0, "x").error().code), "NoSpace"_L1);
        const auto space = m_disk->space();
        QVERIFY(space->freeBytes > 0 && space->freeBytes <= space->totalBytes);
        QVERIFY(!m_disk->preallocate(u"huge"_s, qint64{1} << 60).ok());
    }

    void reservesAndCuts()
    {
        QVERIFY(m_disk->preallocate(u"pack"_s, 1 << 20).ok());
        QCOMPARE(*m_disk->size(u"pack"_s), 1 << 20);
        QVERIFY(m_disk->write(u"pack"_s, 10, "x").ok());
        QVERIFY(m_disk->preallocate(u"pack"_s, 4096).ok()); // never smaller
        QCOMPARE(*m_disk->size(u"pack"_s), 1 << 20);
        QVERIFY(m_disk->truncate(u"pack"_s, 11).ok());
        QCOMPARE(m_disk->read(u"pack"_s, 0, 100)->size(), 11);
        QCOMPARE(name(m_disk->truncate(u"none"_s, 0).error().code), "NotFound"_L1);
    }

    /// A descriptor that was kept open must not outlive the name's file.
    void readsTheNewFileAfterReplaceAndRemove()
    {
        QVERIFY(m_disk->writeFile(u"settings"_s, "old and long").ok());
        QCOMPARE(*m_disk->readFile(u"settings"_s, 100), "old and long"_ba);
        QVERIFY(m_disk->writeFile(u"settings"_s, "new").ok());
        QCOMPARE(*m_disk->readFile(u"settings"_s, 100), "new"_ba);
        QCOMPARE(name(m_disk->readFile(u"settings"_s, 2).error().code), "TooLarge"_L1);
        QVERIFY(m_disk->remove(u"settings"_s).ok());
        QCOMPARE(name(m_disk->readFile(u"settings"_s, 9).error().code), "NotFound"_L1);
        QVERIFY(m_disk->write(u"settings"_s, 0, "again").ok());
        QCOMPARE(*m_disk->readFile(u"settings"_s, 9), "again"_ba);
    }

    void listsInOrder()
    {
        QVERIFY(m_disk->makeFolder(u"z/y"_s).ok());
        QVERIFY(m_disk->makeFolder(u"z/y"_s).ok()); // there already
        QVERIFY(m_disk->write(u"b"_s, 0, "12").ok());
        QVERIFY(m_disk->write(u"a"_s, 0, "1").ok());
        const auto entries = m_disk->list({});
        QCOMPARE(entries->size(), 3U);
        QCOMPARE(entries->at(0).name, u"a"_s);
        QCOMPARE(entries->at(1).sizeBytes, 2);
        QVERIFY(entries->at(2).isFolder);
        QVERIFY(m_disk->remove(u"z/y"_s).ok());
        QCOMPARE(m_disk->list(u"z"_s)->size(), 0U);
        QVERIFY(!m_disk->makeFolder(u"a"_s).ok()); // a file is in the way
    }

    void keepsFewFilesOpen()
    {
        const int before = openFileCount();
        for (int i = 0; i < 300; ++i)
            QVERIFY(m_disk->write(u"file%1"_s.arg(i), 0, QByteArray::number(i)).ok());
        QVERIFY(openFileCount() <= before + static_cast<int>(disk::RealDisk::kOpenFilesMax));
        for (int i = 0; i < 300; ++i)
            QCOMPARE(*m_disk->readFile(u"file%1"_s.arg(i), 9), QByteArray::number(i));
        for (const QString &number : QDir(u"/proc/self/fd"_s).entryList(QDir::Files)) {
            const QString target = QFile::symLinkTarget(u"/proc/self/fd/"_s + number);
            if (target.startsWith(m_folder->path()))
                QVERIFY((::fcntl(number.toInt(), F_GETFD) & FD_CLOEXEC) != 0);
        }
    }

    void servesManyThreads()
    {
        std::vector<std::thread> threads;
        std::atomic<int> wrong = 0;
        for (int t = 0; t < 8; ++t) {
            threads.emplace_back([this, t, &wrong] {
                for (int i = 0; i < 200; ++i) {
                    const QString own = u"t%1-%2"_s.arg(t).arg(i % 20);
                    const QByteArray bytes = QByteArray::number(t * 1000 + i);
                    wrong += m_disk->writeFile(own, bytes).ok() ? 0 : 1;
                    const auto read = m_disk->readFile(own, 20);
                    wrong += read.ok() && *read == bytes ? 0 : 1;
                    wrong += m_disk->write(u"shared"_s, t * 8, "12345678").ok() ? 0 : 1;
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(*m_disk->size(u"shared"_s), 64);
    }
};

QTEST_APPLESS_MAIN(RealDiskTest)
#include "real_disk_test.moc"
