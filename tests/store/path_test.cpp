// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/path.h>

#include <QTest>

using namespace borg;
using namespace borg::store;
using namespace Qt::Literals::StringLiterals;

class PathTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onePathHasOneSpelling_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("name");
        QTest::newRow("plain") << u"a.txt"_s << u""_s << u"a.txt"_s;
        QTest::newRow("in a folder") << u"b/c/a.txt"_s << u"b/c"_s << u"a.txt"_s;
        QTest::newRow("slashes") << u"//b///c//a.txt"_s << u"b/c"_s << u"a.txt"_s;
        QTest::newRow("decomposed")
            << u"Mu\u0308ll/u\u0308.txt"_s << u"M\u00fcll"_s << u"\u00fc.txt"_s;
        QTest::newRow("dots in a name") << u"a/..b/c..d"_s << u"a/..b"_s << u"c..d"_s;
        QTest::newRow("blanks stay") << u" a / b "_s << u" a "_s << u" b "_s;
        QTest::newRow("line break") << u"a\nb/c\x1b[2J"_s << u"a\nb"_s << u"c\x1b[2J"_s;
        QTest::newRow("no name") << u"a/"_s << u"a"_s << u""_s;
    }
    void onePathHasOneSpelling()
    {
        QFETCH(QString, text);
        QFETCH(QString, folder);
        QFETCH(QString, name);
        const auto path = cleanPath(text);
        QVERIFY(path.ok());
        QCOMPARE(path->folder, folder);
        QCOMPARE(path->name, name);
        QCOMPARE(*cleanPath(path->text() + (name.isEmpty() ? u"/"_s : QString())), *path);
    }

    void whatALocalDiskWouldTakeForSomethingElseIsRefused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("up") << u"../a"_s;
        QTest::newRow("up inside") << u"a/../../b"_s;
        QTest::newRow("up at the end") << u"a/.."_s;
        QTest::newRow("here") << u"a/./b"_s;
        QTest::newRow("null") << QString::fromUtf16(u"a\0b", 3);
        QTest::newRow("half a character") << QString(QChar(0xd800));
        QTest::newRow("long name") << QString(256, u'x');
        QTest::newRow("long folder") << QString(256, u'x') + u"/a"_s;
        QTest::newRow("deep") << u"a/"_s.repeated(65) + u"b"_s;
        QTest::newRow("long path") << (QString(250, u'x') + u'/').repeated(5) + u"b"_s;
    }
    void whatALocalDiskWouldTakeForSomethingElseIsRefused()
    {
        QFETCH(QString, text);
        const auto path = cleanPath(text);
        QVERIFY(!path.ok());
        QVERIFY(path.error().detail.size() < 120);
    }

    void whatIsInAFolder()
    {
        QVERIFY(isWithin(u"a/b", u"a"));
        QVERIFY(isWithin(u"a", u"a"));
        QVERIFY(isWithin(u"a", u""));
        QVERIFY(!isWithin(u"ab", u"a"));
        QVERIFY(!isWithin(u"a", u"a/b"));
    }
};

QTEST_APPLESS_MAIN(PathTest)
#include "path_test.moc"
