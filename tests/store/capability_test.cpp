// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/key_source.h>
#include <store/capability.h>
#include <store/hash_tree.h>

#include <QTest>

using namespace borg;
using namespace borg::store;
using namespace Qt::Literals::StringLiterals;

namespace {

Capability sample()
{
    crypto::SecretKey key;
    for (std::size_t i = 0; i < crypto::SecretKey::kBytes; ++i)
        key.mutableBytes()[i] = static_cast<quint8>(i * 7);
    return {shardIdOf("a file", HashCode::Sha256), key};
}

QString why(QStringView text)
{
    const auto parsed = Capability::parse(text);
    if (parsed)
        return u"(it is a link)"_s;
    return parsed.error().code == Errc::Malformed ? parsed.error().detail : u"(wrong code)"_s;
}

} // namespace

class CapabilityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackFromItsText()
    {
        for (int i = 0; i < 200; ++i) {
            Capability link{
                shardIdOf(QByteArray::number(i), HashCode::Sha256), crypto::randomKey()};
            const auto back = Capability::parse(link.text());
            QVERIFY(back);
            QVERIFY(*back == link && back->kind() == Capability::Kind::Read);
            const auto weaker = Capability::parse(link.verifyOnly().text());
            QVERIFY(weaker);
            QVERIFY(weaker->manifest == link.manifest && !weaker->key);
        }
    }

    /// The format: this very link stays readable for ever.
    void thisLinkIsReadForEver()
    {
        QCOMPARE(sample().text(),
            u"borg:r/ajngl6n7toqjfh7h5mzujwybv4g6nodrhqfossvyl5d27yl7cyjveood"
            "#aadq4fi4emvdcob7izgviw3cnfyho7ufrsjzviniv63l3rgl2lmx6dws"_s);
    }

    void aVerifyLinkHasNothingOfTheKey()
    {
        const Capability link = sample();
        QVERIFY(!link.verifyOnly().text().contains(u'#'));
        QVERIFY(link.text().startsWith("borg:r/"_L1));
        QVERIFY(link.verifyOnly().text().startsWith("borg:v/"_L1));
        QCOMPARE(Capability::parseRead(link.verifyOnly().text()).error().code, Errc::Unauthorized);
        QVERIFY(Capability::parseRead(link.text()));
    }

    void survivesCopyAndPaste()
    {
        const QString text = sample().text();
        QVERIFY(Capability::parse(u"  "_s + text + u"\n"_s));
        for (const QChar c : text)
            QVERIFY(c.isLower() || c.isDigit() || c == u':' || c == u'/' || c == u'#');
        QCOMPARE(text.size(), 120);
    }

    void everyFaultHasItsOwnSentence_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("part");
        const QString link = sample().text();
        const QString verify = sample().verifyOnly().text();
        QString swapped = link;
        std::swap(swapped[70], swapped[71]);
        QString swappedId = link;
        std::swap(swappedId[20], swappedId[23]);
        QTest::newRow("empty") << u""_s << u"not a link"_s;
        QTest::newRow("web page") << u"https://example.org/"_s << u"not a link"_s;
        QTest::newRow("only scheme") << u"borg:"_s << u"cut short"_s;
        QTest::newRow("invitation") << u"borg:join/abc"_s << u"invitation"_s;
        QTest::newRow("recovery") << u"borg:w/abc"_s << u"recovery link"_s;
        QTest::newRow("other kind") << u"borg:x/abc"_s << u"not known"_s;
        QTest::newRow("no key") << link.left(63) << u"# and the key"_s;
        QTest::newRow("empty key") << link.left(64) << u"cut short"_s;
        QTest::newRow("cut key") << link.chopped(1) << u"cut short"_s;
        QTest::newRow("cut id") << link.left(30) << u"cut short"_s;
        QTest::newRow("too long") << link + u"a"_s << u"too long"_s;
        QTest::newRow("bad character") << link.chopped(1) + u"1"_s << u"'1'"_s;
        QTest::newRow("capital") << link.toUpper().replace("BORG:R/"_L1, "borg:r/"_L1)
                                 << u"capital"_s;
        QTest::newRow("broken line") << link.left(90) + u"\n"_s + link.mid(90) << u"white space"_s;
        QTest::newRow("swapped in key") << swapped << u"typing error in the key"_s;
        QTest::newRow("swapped in id") << swappedId << u"typing error before"_s;
        QTest::newRow("verify with key") << verify + link.mid(63) << u"no key"_s;
        QTest::newRow("verify as read")
            << QString(link).replace("r/"_L1, "v/"_L1).left(63) << u"typing error"_s;
    }

    void everyFaultHasItsOwnSentence()
    {
        QFETCH(QString, text);
        QFETCH(QString, part);
        const QString sentence = why(text);
        QVERIFY2(sentence.contains(part) && sentence.endsWith(u'.'), qPrintable(sentence));
    }

    void everyChangedCharacterAndEveryCutIsNoticed()
    {
        const QString text = sample().text();
        for (qsizetype at = 0; at < text.size(); ++at) {
            for (const char16_t c : std::u16string_view(u"a2qz7A#/ ")) {
                QString changed = text;
                changed[at] = c;
                if (changed.trimmed() != text)
                    QVERIFY2(!Capability::parse(changed), qPrintable(changed));
            }
            QVERIFY(!Capability::parse(text.first(at)));
            QVERIFY(!Capability::parse(QString(text).remove(at, 1)));
        }
    }

    void aKeyOfAnotherLinkIsNoticed()
    {
        Capability other = sample();
        other.manifest = shardIdOf("another file", HashCode::Sha256);
        QVERIFY(why(sample().text().left(63) + other.text().mid(63)).contains("typing error"_L1));
    }

    void aHashCodeOfTheFutureIsNamed()
    {
        Capability link = sample();
        link.manifest.bytes[0] = 3;
        QVERIFY(why(link.text()).contains("newer version"_L1));
    }
};

QTEST_APPLESS_MAIN(CapabilityTest)
#include "capability_test.moc"
