// SPDX-License-Identifier: GPL-3.0-or-later
#include "real_node.h"

#include <QDir>
#include <QJsonDocument>
#include <QTest>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kPort = RealNode::kPort;

/// The real daemon of home routers, on a router of the harness.
Running miniupnpd(const NetWorld::Home &home, const QString &folder, bool upnp, bool natPmp)
{
    const QString lan = u"192.168.%1."_s.arg(home.number);
    const auto yes = [](bool on) { return on ? "yes" : "no"; };
    const QString path = folder + u"/miniupnpd.conf"_s;
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return {};
    file.write("ext_ifname=wan\nlistening_ip=lan\next_ip=" + home.publicAddress.toLatin1()
        + "\nenable_upnp=" + yes(upnp) + "\nenable_natpmp=" + yes(natPmp)
        + "\nenable_pcp_pmp=" + yes(natPmp)
        + "\nport=0\nsecure_mode=yes\nsystem_uptime=yes\nnotify_interval=30\n"
          "uuid=40d92a41-6d39-4f7b-8926-9645b9592423\n"
          "upnp_table_name=upnp\nupnp_nat_table_name=upnp\nupnp_forward_chain=miniupnpd\n"
          "upnp_nat_chain=prerouting_miniupnpd\nupnp_nat_postrouting_chain=postrouting_miniupnpd\n"
          "lease_file="
        + folder.toUtf8()
        + "/leases\n"
          "allow 1024-65535 "
        + lan.toUtf8() + "0/24 1024-65535\ndeny 0-65535 0.0.0.0/0 0-65535\n");
    file.close();
    // It keeps its rules in a table of its own, of the family inet.
    const auto chains = home.router->shell(uR"(nft -f - <<'END'
table inet upnp {
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
  chain forward { type filter hook forward priority -5; policy accept; jump miniupnpd; }
  chain in { type nat hook prerouting priority dstnat; policy accept;
    iifname "wan" jump prerouting_miniupnpd; }
  chain out { type nat hook postrouting priority srcnat; policy accept;
    oifname "wan" jump postrouting_miniupnpd; }
}
END)"_s);
    if (chains.exitCode != 0)
        qWarning() << chains.text();
    return home.router->start(
        {u"miniupnpd"_s, u"-d"_s, u"-f"_s, path, u"-P"_s, folder + u"/miniupnpd.pid"_s},
        folder + u"/miniupnpd.log"_s);
}

QByteArray redirects(const NetWorld::Home &home)
{
    return home.router
        ->run({u"nft"_s, u"list"_s, u"chain"_s, u"inet"_s, u"upnp"_s, u"prerouting_miniupnpd"_s})
        .out;
}

bool canConnect(const Netns &from, const QString &host, int port)
{
    const auto script = u"import socket,sys; "
                        "socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"_s;
    return from.run({u"python3"_s, u"-c"_s, script, host, QString::number(port)}).exitCode == 0;
}

} // namespace

/// A node at home, a real router daemon, and nodes on the internet that try to get in.
class ReachTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = NetWorld::unavailable(); !why.isEmpty())
            QSKIP("SKIPPED, nothing was checked: " + why);
    }

    void aRouterThatIsAskedLetsOthersIn_data()
    {
        QTest::addColumn<bool>("upnp");
        QTest::newRow("UPnP") << true;
        QTest::newRow("NAT-PMP") << false;
    }

    void aRouterThatIsAskedLetsOthersIn()
    {
        QFETCH(bool, upnp);
        QTemporaryDir folder;
        NetWorld world;
        auto &one = world.host(u"one"_s, u"45.1.0.2"_s);
        auto &two = world.host(u"two"_s, u"46.2.0.2"_s);
        const auto home = world.home(u"home"_s, u"47.3.0.2"_s, Nat::PortRestricted);
        QVERIFY2(world.problem().isEmpty(), world.problem());
        const auto router = miniupnpd(home, folder.path(), upnp, !upnp);

        RealNode first(one, folder.path() + u"/one"_s, {u"--create"_s, u"reach"_s});
        QVERIFY2(first.isUp(), first.log());
        const QString invite = first.invite();
        RealNode second(two, folder.path() + u"/two"_s, {u"--join"_s, invite});
        QVERIFY2(second.isUp() && Cluster::eventually([&] { return second.knows(1); }, 30'000),
            second.log());
        RealNode inner(*home.hosts.front(), folder.path() + u"/inner"_s, {u"--join"_s, invite});
        QVERIFY2(inner.isUp(), inner.log());

        QFile routerLog(folder.path() + u"/miniupnpd.log"_s);
        (void)routerLog.open(QIODevice::ReadOnly);
        QVERIFY2(Cluster::eventually(
                     [&] {
                         const auto mapped = inner.check(u"port mapping"_s);
                         const auto dialled = inner.check(u"dial-back"_s);
                         return mapped.value(u"detail"_s)
                                    .toString()
                                    .contains(upnp ? u"(upnp)"_s : u"(nat-pmp)"_s)
                             && dialled.value(u"detail"_s).toString().contains(u"reached"_s);
                     },
                     120'000),
            inner.log() + inner.ctl({u"doctor"_s}).text() + routerLog.readAll());
        QVERIFY2(redirects(home).contains("192.168."), redirects(home));
        QVERIFY(canConnect(one, u"47.3.0.2"_s, kPort));
        // Who was linked before the port was mapped hears where it is now.
        const auto knowsWhere
            = [&] { return first.ctl({u"peers"_s, u"--json"_s}).out.contains("47.3.0.2:"); };
        QVERIFY2(Cluster::eventually(knowsWhere, 60'000), first.ctl({u"peers"_s}).text());
        inner.stop();
        QVERIFY2(!redirects(home).contains("192.168."), redirects(home) + inner.log());
    }

    void withoutHelpOfTheRouterTheNodeSaysWhyNobodyGetsIn()
    {
        QTemporaryDir folder;
        NetWorld world;
        auto &one = world.host(u"one"_s, u"45.1.0.2"_s);
        const auto home = world.home(u"home"_s, u"47.3.0.2"_s, Nat::PortRestricted);
        QVERIFY2(world.problem().isEmpty(), world.problem());
        RealNode first(one, folder.path() + u"/one"_s, {u"--create"_s, u"reach"_s});
        QVERIFY2(first.isUp(), first.log());
        RealNode inner(
            *home.hosts.front(), folder.path() + u"/inner"_s, {u"--join"_s, first.invite()});
        QVERIFY2(inner.isUp(), inner.log());
        QVERIFY2(Cluster::eventually(
                     [&] {
                         const auto dialled = inner.check(u"dial-back"_s);
                         return !dialled.isEmpty() && !dialled.value(u"ok"_s).toBool();
                     },
                     120'000),
            inner.log() + inner.ctl({u"doctor"_s}).text());
        const auto mapping = inner.check(u"port mapping"_s);
        QVERIFY(!mapping.value(u"ok"_s).toBool());
        QVERIFY2(mapping.value(u"detail"_s).toString().contains(u"UPnP"_s),
            qPrintable(mapping.value(u"detail"_s).toString()));
        QVERIFY(mapping.value(u"advice"_s).toString().contains(u"7400"_s));
        QCOMPARE(inner.ctl({u"doctor"_s}).exitCode, 1);
        QVERIFY(!canConnect(one, u"47.3.0.2"_s, kPort));
    }

    void twoNodesOfOneLanFindEachOtherWithoutAnySeed()
    {
        QTemporaryDir folder;
        NetWorld world;
        const auto home = world.home(u"home"_s, u"47.3.0.2"_s, Nat::PortRestricted, 3);
        QVERIFY2(world.problem().isEmpty(), world.problem());
        RealNode left(*home.hosts[0], folder.path() + u"/left"_s, {u"--create"_s, u"lan"_s});
        QVERIFY2(left.isUp(), left.log());
        // The other knows the network by its file, and nobody in it.
        RealNode alone(
            *home.hosts[1], folder.path() + u"/right"_s, {u"--join"_s, seedless(left.invite())});
        QVERIFY2(alone.isUp(), alone.log());
        RealNode stranger(
            *home.hosts[2], folder.path() + u"/stranger"_s, {u"--create"_s, u"another"_s});
        QVERIFY2(stranger.isUp(), stranger.log());
        QVERIFY2(Cluster::eventually([&] { return alone.knows(1) && left.knows(1); }, 60'000),
            alone.log() + left.log());
        QVERIFY2(!stranger.knows(1), stranger.log());
    }

    /// No address of IPv4 anywhere: they join, dial each other, and serve files.
    void aNetworkOfIpv6AloneWorks()
    {
        QTemporaryDir folder;
        NetWorld world;
        const QStringList addresses{u"2a01:1::2"_s, u"2a01:2:2::2"_s, u"2a02:3::2"_s};
        std::vector<Netns *> hosts;
        for (const QString &address : addresses)
            hosts.push_back(&world.host6(u"host"_s + QString::number(hosts.size()), address));
        QVERIFY2(world.problem().isEmpty(), world.problem());
        const auto at
            = [&](const char *name) { return folder.path() + u'/' + QString::fromLatin1(name); };
        RealNode first(*hosts[0], at("first"), {u"--create"_s, u"six"_s}, u"[::]"_s);
        QVERIFY2(first.isUp(), first.log());
        const QStringList join{u"--join"_s, first.invite()};
        RealNode second(*hosts[1], at("second"), join, u"[::]"_s);
        RealNode third(*hosts[2], at("third"), join, u"[::]"_s);
        QVERIFY2(second.isUp() && third.isUp(), second.log() + third.log());
        const auto isOne = [&] { return first.knows(2) && second.knows(2) && third.knows(2); };
        QVERIFY2(Cluster::eventually(isOne, 60'000), first.log() + second.log() + third.log());
        for (qsizetype i = 1; i < addresses.size(); ++i) {
            const auto peers = first.ctl({u"peers"_s, u"--json"_s}).out;
            QVERIFY2(peers.contains(u"[%1]:"_s.arg(addresses[i]).toUtf8()), peers);
        }
        const QString file = at("file");
        QVERIFY(writeNoise(file, 700'000, 6));
        const auto put = second.ctl({u"put"_s, file, u"--json"_s}, 120'000);
        QVERIFY2(put.exitCode == 0, put.text() + second.log());
        const auto get
            = third.ctl({u"get"_s, put.json().value(u"link"_s).toString(), at("back")}, 120'000);
        QVERIFY2(get.exitCode == 0, get.text() + third.log());
        QCOMPARE(sha256Of(at("back")), sha256Of(file));
        QVERIFY2(Cluster::eventually(
                     [&] {
                         return second.check(u"dial-back"_s)
                             .value(u"detail"_s)
                             .toString()
                             .contains(u"reached"_s);
                     },
                     60'000),
            second.ctl({u"doctor"_s}).text());
    }

private:
    /// The same invite without the nodes it names.
    static QString seedless(const QString &link)
    {
        const QString prefix = u"borg:join/"_s;
        constexpr auto kOptions = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;
        auto json = QJsonDocument::fromJson(
            QByteArray::fromBase64(link.sliced(prefix.size()).toLatin1(), kOptions))
                        .object();
        json.insert(u"seeds"_s, QJsonArray());
        return prefix
            + QString::fromLatin1(
                QJsonDocument(json).toJson(QJsonDocument::Compact).toBase64(kOptions));
    }
};

QTEST_GUILESS_MAIN(ReachTest)
#include "reach_test.moc"
