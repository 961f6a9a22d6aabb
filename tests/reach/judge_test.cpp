// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <reach/reach_node.h>

using namespace borg;
using namespace borg::reach;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

const ReachConfig kConfig{
    u"net"_s, false, true, true, {u"0.0.0.0"_s, 7400}, {u"192.168.1.10"_s, 7400}, false};

Facts atHome()
{
    return {kConfig, true, std::nullopt,
        {{u"upnp"_s, false, u"The router refuses to open port 7400: Not Authorized (606)"_s}},
        {u"192.168.1.10"_s}, {}, {}, 0, true, {}, false};
}

DialBackAnswer answer(const QString &result, const QString &seen = u"47.3.0.2"_s)
{
    return {NodeId{{2}}, {seen, 7400}, result};
}

Finding of(const Reachability &now, const QString &name)
{
    const auto found = std::ranges::find(now.findings, name, &Finding::name);
    return found == now.findings.end() ? Finding{} : *found;
}

} // namespace

class JudgeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onlyAPeerThatGotInProvesThatOthersCan()
    {
        Facts facts = atHome();
        facts.mapping = Mapping{u"upnp"_s, {u"47.3.0.2"_s, 7400}, u"192.168.1.10"_s, 7400, 1h};
        QCOMPARE(name(judge(facts).state), u"unknown"_s);
        facts.dialBack = {answer(u"reached"_s), answer(u"timeout"_s)};
        facts.seenAt = u"47.3.0.2"_s;
        QCOMPARE(name(judge(facts).state), u"mapped"_s);
        facts.dialBack = {answer(u"timeout"_s)};
        QCOMPARE(name(judge(facts).state), u"relayed"_s);
        facts.isPunched = true;
        QCOMPARE(name(judge(facts).state), u"punchable"_s);
    }

    void anAddressOfItsOwnIsPublic()
    {
        Facts facts = atHome();
        facts.addresses = {u"47.3.0.2"_s};
        facts.dialBack = {answer(u"reached"_s)};
        facts.seenAt = u"47.3.0.2"_s;
        QCOMPARE(name(judge(facts).state), u"public"_s);
        facts.dialBack = {answer(u"refused"_s)};
        const auto now = judge(facts);
        QVERIFY(of(now, u"dial-back"_s).advice.contains(u"ufw allow 7400/tcp"));
        QVERIFY(of(now, u"port mapping"_s).ok);
    }

    void theRoutersOwnWordsAreShown()
    {
        const auto now = judge(atHome());
        const auto mapping = of(now, u"port mapping"_s);
        QVERIFY(!mapping.ok);
        QVERIFY(mapping.detail.contains(u"Not Authorized (606)"));
        QVERIFY(mapping.advice.contains(u"7400"));
    }

    void twoRoutersInARowAreNoticed_data()
    {
        QTest::addColumn<QString>("router");
        QTest::newRow("carrier's NAT") << u"100.64.3.2"_s;
        QTest::newRow("router behind a router") << u"192.168.0.2"_s;
        QTest::newRow("another public address") << u"48.0.0.1"_s;
    }
    void twoRoutersInARowAreNoticed()
    {
        QFETCH(QString, router);
        Facts facts = atHome();
        facts.mapping = Mapping{u"upnp"_s, {router, 7400}, u"192.168.1.10"_s, 7400, 1h};
        facts.dialBack = {answer(u"timeout"_s)};
        facts.seenAt = u"47.3.0.2"_s;
        const auto now = judge(facts);
        QVERIFY(now.isDoubleNat);
        QVERIFY(!of(now, u"external address"_s).ok);
        QVERIFY(of(now, u"external address"_s).detail.contains(router));
        QCOMPARE(of(now, u"external address"_s).detail.contains(u"RFC 6598"),
            router.startsWith(u"100."));
    }

    void aNetworkOfOneComputerHasNothingToFix()
    {
        Facts facts = atHome();
        ReachConfig config = kConfig;
        config.isLocal = true;
        const Facts local{config, false, std::nullopt, {}, {}, {}, {}, 0, false, {}, false};
        const auto now = judge(local);
        QCOMPARE(name(now.state), u"local"_s);
        QVERIFY(std::ranges::all_of(now.findings, &Finding::ok));
    }

    void loopbackOnlyIsSaid()
    {
        ReachConfig config = kConfig;
        config.listen.host = u"127.0.0.1"_s;
        const Facts facts{config, false, std::nullopt, {}, {}, {}, {}, 2, true, {}, false};
        const auto now = judge(facts);
        QVERIFY(!of(now, u"listening address"_s).ok);
        QCOMPARE(name(now.state), u"lan"_s);
    }
};

QTEST_APPLESS_MAIN(JudgeTest)
#include "judge_test.moc"
