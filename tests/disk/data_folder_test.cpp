// SPDX-License-Identifier: GPL-3.0-or-later
#include <disk/data_folder.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

class DataFolderTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_above;
    QString m_path;

private Q_SLOTS:
    void init()
    {
        m_above = std::make_unique<QTemporaryDir>();
        m_path = m_above->filePath(u"some/where/data"_s);
    }

    void makesAFolderForThisUserOnly()
    {
        const auto folder = disk::DataFolder::open(m_path);
        QVERIFY(folder.ok());
        QCOMPARE(
            QFile::permissions(m_path) & ~(QFile::ReadUser | QFile::WriteUser | QFile::ExeUser),
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QCOMPARE((*folder)->path(), QFileInfo(m_path).canonicalFilePath());
        QVERIFY((*folder)->disk().readFile(u"format"_s, 100)->contains("format 1"));
    }

    void opensAgainAfterItWasClosed()
    {
        QVERIFY((*disk::DataFolder::open(m_path))->disk().writeFile(u"x"_s, "kept").ok());
        const auto again = disk::DataFolder::open(m_path);
        QCOMPARE(*(*again)->disk().readFile(u"x"_s, 10), "kept"_ba);
    }

    void letsOneProcessIn()
    {
        QCOMPARE(disk::DataFolder::lockHolder(m_path), 0);
        auto folder = disk::DataFolder::open(m_path);
        const auto second = disk::DataFolder::open(m_path);
        QCOMPARE(name(second.error().code), "Conflict"_L1);
        QVERIFY(second.error().detail.contains(u"in use by process %1"_s.arg(::getpid())));
        QCOMPARE(disk::DataFolder::lockHolder(m_path), ::getpid());
        folder = Error{Errc::Closed, {}};
        QCOMPARE(disk::DataFolder::lockHolder(m_path), 0);
        QVERIFY(disk::DataFolder::open(m_path).ok());
    }

    /// Programs that we start must not keep the folder locked after our end.
    void doesNotHandTheLockToChildren()
    {
        QProcess child;
        {
            const auto folder = disk::DataFolder::open(m_path);
            child.start(u"sleep"_s, {u"60"_s});
            QVERIFY(child.waitForStarted());
        }
        QVERIFY(disk::DataFolder::open(m_path).ok());
        child.kill();
        child.waitForFinished();
    }

    void refusesAnotherFormat()
    {
        QVERIFY((*disk::DataFolder::open(m_path))
                ->disk()
                .writeFile(u"format"_s, "BorgIOS data folder, format 2\n")
                .ok());
        const auto newer = disk::DataFolder::open(m_path);
        QCOMPARE(name(newer.error().code), "Conflict"_L1);
        QVERIFY(newer.error().detail.contains(u"has format 2; this program reads format 1"_s));
        QCOMPARE(disk::DataFolder::lockHolder(m_path), 0);
    }

    void refusesAFormatThatIsNone()
    {
        QVERIFY((*disk::DataFolder::open(m_path))->disk().writeFile(u"format"_s, "garbage").ok());
        QCOMPARE(name(disk::DataFolder::open(m_path).error().code), "Conflict"_L1);
    }

    void refusesAFolderFullOfOtherThings()
    {
        QVERIFY(QDir().mkpath(m_path + u"/holiday pictures"_s));
        const auto opened = disk::DataFolder::open(m_path);
        QCOMPARE(name(opened.error().code), "Conflict"_L1);
        QVERIFY(!QFile::exists(m_path + u"/format"_s));
    }

    void takesAFolderThatHoldsAConfiguration()
    {
        QVERIFY(QDir().mkpath(m_path));
        QFile config(m_path + u"/borgd.toml"_s);
        QVERIFY(config.open(QIODevice::WriteOnly));
        QVERIFY(disk::DataFolder::open(m_path).ok());
    }

    void saysWhenItMayNotEnter()
    {
        if (::geteuid() == 0)
            QSKIP("root may enter everything");
        QVERIFY(QFile::setPermissions(m_above->path(), {}));
        const auto opened = disk::DataFolder::open(m_path);
        QVERIFY(QFile::setPermissions(
            m_above->path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        QCOMPARE(name(opened.error().code), "Unauthorized"_L1);
    }

    void refusesAFileInItsPlace()
    {
        QVERIFY(QDir().mkpath(QFileInfo(m_path).absolutePath()));
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(!disk::DataFolder::open(m_path).ok());
    }
};

QTEST_GUILESS_MAIN(DataFolderTest)
#include "data_folder_test.moc"
