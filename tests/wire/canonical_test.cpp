// SPDX-License-Identifier: GPL-3.0-or-later
#include <wire/canonical.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

class CanonicalTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsAccepted()
    {
        QString text;
        for (char16_t c = 0; c < 0x300; ++c)
            text += QChar(c);
        text += u"\u20ac\U0001f600\uffff"_s;
        const QJsonObject json{{u"z"_s, 1}, {u"a"_s, QJsonArray{true, QJsonValue(), u""_s, -5}},
            {u"b c"_s, QJsonObject{{u"A"_s, qint64{9'007'199'254'740'991}}, {u"a"_s, text}}},
            {u""_s, QJsonObject()}, {u"l"_s, QJsonArray()}};
        const auto bytes = wire::writeCanonical(json);
        QVERIFY(bytes.ok());
        QVERIFY(wire::checkCanonical(*bytes).ok());
        QCOMPARE(*wire::parseCanonical(*bytes), json);
    }

    void whatQtWouldWriteOtherwiseIsRefused()
    {
        QVERIFY(!wire::writeCanonical({{u"n"_s, 1.5}}).ok());
        QVERIFY(!wire::writeCanonical({{u"n"_s, qint64{9'007'199'254'740'992}}}).ok());
        QVERIFY(!wire::writeCanonical({{u"n"_s, 1e300}}).ok());
        QVERIFY(!wire::writeCanonical({{u"\u00e4"_s, 1}}).ok());
        QVERIFY(!wire::writeCanonical({{u"a\"b"_s, 1}}).ok());
        QVERIFY(!wire::writeCanonical({{u"s"_s, QString(QChar(0xd800))}}).ok());
        QJsonObject deep;
        for (int i = 0; i < wire::kCanonicalDepthMax; ++i)
            deep = {{u"d"_s, deep}};
        QVERIFY(!wire::writeCanonical(deep).ok());
        QVERIFY(wire::writeCanonical(deep.value(u"d").toObject()).ok());
    }

    void otherFormsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto add
            = [](const char *name, const QByteArray &bytes) { QTest::newRow(name) << bytes; };
        add("nothing", "");
        add("no object", "[]");
        add("white space", "{ }");
        add("more behind", "{}\n");
        add("cut", "{\"a\":1");
        add("twice", "{\"a\":1,\"a\":1}");
        add("order", "{\"b\":1,\"a\":1}");
        add("comma", "{\"a\":1,}");
        add("no value", "{\"a\":}");
        add("fraction", "{\"a\":1.0}");
        add("exponent", "{\"a\":1e2}");
        add("leading zero", "{\"a\":01}");
        add("minus zero", "{\"a\":-0}");
        add("plus", "{\"a\":+1}");
        add("2^53", "{\"a\":9007199254740992}");
        add("a number of 30 digits", "{\"a\":100000000000000000000000000000}");
        add("long escape", "{\"a\":\"\\u0041\"}");
        add("slash", "{\"a\":\"\\/\"}");
        add("escape that has a short form", "{\"a\":\"\\u000a\"}");
        add("big hexadecimal digits", "{\"a\":\"\\u001F\"}");
        add("raw control", "{\"a\":\"\n\"}");
        add("surrogate", "{\"a\":\"\\ud800\"}");
        add("surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}");
        add("overlong", "{\"a\":\"\xc0\xaf\"}");
        add("above Unicode", "{\"a\":\"\xf4\x90\x80\x80\"}");
        add("cut character", "{\"a\":\"\xe2\x82\"}");
        add("key with an escape", "{\"\\n\":1}");
        add("word", "{\"a\":True}");
    }
    void otherFormsAreRefused()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(!wire::checkCanonical(bytes).ok());
        QVERIFY(!wire::parseCanonical(bytes).ok());
    }

    void theOutermostMembersAreListed()
    {
        std::array<wire::CanonicalMember, 3> room;
        const QByteArrayView bytes = "{\"a\":{\"x\":1},\"b\":\"t\",\"c\":[1,2]}";
        const auto members = wire::scanCanonical(bytes, room);
        QVERIFY(members.ok());
        QCOMPARE(members->size(), 3U);
        QVERIFY((*members)[0].key == "a" && (*members)[0].value == "{\"x\":1}");
        QVERIFY((*members)[1].value == "\"t\"");
        QVERIFY((*members)[2].key == "c" && (*members)[2].value == "[1,2]");
        std::array<wire::CanonicalMember, 2> small;
        QVERIFY(!wire::scanCanonical(bytes, small).ok());
    }
};

QTEST_APPLESS_MAIN(CanonicalTest)
#include "canonical_test.moc"
