// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/source.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

namespace {

void writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : "unreadable"_ba;
}

} // namespace

class SourceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsNoFileIsRefused()
    {
        const QTemporaryDir folder;
        QCOMPARE(store::fileSource(folder.path())->open().error().code, Errc::Malformed);
        QCOMPARE(store::fileSource(folder.filePath(u"no"_s))->open().error().code, Errc::NotFound);
        const QString pipe = folder.filePath(u"pipe"_s);
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        QCOMPARE(store::fileSource(pipe)->open().error().code, Errc::Malformed);
    }

    void readsToTheEndUnderAnyName()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"two words, ünï,\na line"_s);
        writeFile(path, "hello world");
        const auto source = store::fileSource(path);
        QVERIFY(source->open().ok());
        QCOMPARE(source->sizeBytes(), 11);
        QCOMPARE(*source->read(8), "hello wo"_ba);
        QCOMPARE(*source->read(8), "rld"_ba);
        QVERIFY(!source->fingerprint().isEmpty());
    }

    void aFileThatGrowsIsAConflict()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"file"_s);
        writeFile(path, "hello");
        const auto source = store::fileSource(path);
        QVERIFY(source->open().ok());
        writeFile(path, "hello, world");
        QCOMPARE(source->read(100).error().code, Errc::Conflict);
    }

    void aFileThatShrinksIsAConflict()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"file"_s);
        writeFile(path, "hello, world");
        const auto source = store::fileSource(path);
        QVERIFY(source->open().ok());
        writeFile(path, "hello");
        QCOMPARE(source->read(100).error().code, Errc::Conflict);
    }

    void anExistingFileStaysUnlessForced()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"file"_s);
        writeFile(path, "old");
        QCOMPARE(
            store::fileSink(path, store::Overwrite::Never)->open().error().code, Errc::Conflict);
        const auto sink = store::fileSink(path, store::Overwrite::Allowed);
        QVERIFY(sink->open().ok());
        QVERIFY(sink->write("new").ok());
        QCOMPARE(readFile(path), "old"_ba);
        QVERIFY(sink->commit().ok());
        QCOMPARE(readFile(path), "new"_ba);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }

    void aFileThatAppearsMeanwhileStays()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"file"_s);
        const auto sink = store::fileSink(path, store::Overwrite::Never);
        QVERIFY(sink->open().ok());
        QVERIFY(sink->write("new").ok());
        writeFile(path, "theirs");
        QCOMPARE(sink->commit().error().code, Errc::Conflict);
        sink->discard();
        QCOMPARE(readFile(path), "theirs"_ba);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }

    void whatIsNotCommittedLeavesNothing()
    {
        const QTemporaryDir folder;
        const auto sink = store::fileSink(folder.filePath(u"file"_s), store::Overwrite::Never);
        QVERIFY(sink->open().ok());
        QVERIFY(sink->write("half").ok());
        sink->discard();
        QVERIFY(QDir(folder.path()).isEmpty());
    }

    void aFolderIsNoDestination()
    {
        const QTemporaryDir folder;
        const auto sink = store::fileSink(folder.path(), store::Overwrite::Allowed);
        QCOMPARE(sink->open().error().code, Errc::Malformed);
        const auto nowhere
            = store::fileSink(folder.filePath(u"no/file"_s), store::Overwrite::Allowed);
        QCOMPARE(nowhere->open().error().code, Errc::NotFound);
    }
};

QTEST_APPLESS_MAIN(SourceTest)
#include "source_test.moc"
