// SPDX-License-Identifier: GPL-3.0-or-later
#include "netns.h"

#include <QTest>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Prints the address and port of each of two connections, as the listener sees them.
const auto kListen = uR"(
import socket, sys
listener = socket.create_server(('0.0.0.0', 7000))
while True:
    peer, address = listener.accept()
    peer.sendall(('%s %d' % address).encode())
    peer.close()
)"_s;

/// Connects from one port to each of the given addresses; prints what they saw.
const auto kAsk = uR"(
import socket, sys
for host in sys.argv[1:]:
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.settimeout(2)
    s.bind(('', 5555))
    s.connect((host, 7000))
    print(s.recv(64).decode())
)"_s;

QByteArrayList ask(const Netns &from, const QStringList &whom)
{
    const auto outcome = from.run(QStringList{u"python3"_s, u"-c"_s, kAsk} + whom);
    return outcome.exitCode == 0 ? outcome.out.trimmed().split('\n') : QByteArrayList();
}

} // namespace

/// The harness itself: what the tests of hole punching, port mapping and partitions stand on.
class NetnsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = NetWorld::unavailable(); !why.isEmpty())
            QSKIP("SKIPPED, nothing was checked: " + why);
    }

    void hostsReachEachOtherUntilPartitioned()
    {
        NetWorld world;
        auto &left = world.host(u"left"_s, u"45.1.0.2"_s);
        world.host(u"right"_s, u"45.2.0.2"_s);
        QVERIFY2(world.problem().isEmpty(), world.problem());
        const QStringList ping{u"ping"_s, u"-c1"_s, u"-W1"_s, u"45.2.0.2"_s};
        QCOMPARE(left.run(ping).exitCode, 0);
        world.partition({u"45.1.0.2"_s}, {u"45.2.0.2"_s});
        QCOMPARE(left.run(ping).exitCode, 1);
        world.heal();
        QCOMPARE(left.run(ping).exitCode, 0);
        QVERIFY2(world.problem().isEmpty(), world.problem());
    }

    void eachKindOfNatDoesWhatItsNameSays_data()
    {
        QTest::addColumn<Nat>("nat");
        QTest::addColumn<bool>("samePort");
        QTest::addColumn<bool>("letsIn");
        QTest::newRow("port restricted") << Nat::PortRestricted << true << false;
        QTest::newRow("symmetric") << Nat::Symmetric << false << false;
        QTest::newRow("full cone") << Nat::FullCone << true << true;
    }

    void eachKindOfNatDoesWhatItsNameSays()
    {
        QFETCH(Nat, nat);
        QFETCH(bool, samePort);
        QFETCH(bool, letsIn);
        NetWorld world;
        auto &one = world.host(u"one"_s, u"45.1.0.2"_s);
        auto &two = world.host(u"two"_s, u"45.2.0.2"_s);
        const auto home = world.home(u"home"_s, u"45.3.0.2"_s, nat);
        QVERIFY2(world.problem().isEmpty(), world.problem());
        const QStringList listen{u"python3"_s, u"-c"_s, kListen};
        QTemporaryDir folder;
        const QString log = folder.path() + u"/log"_s;
        const auto first = one.start(listen, log);
        const auto second = two.start(listen, log);
        const auto inner = home.hosts.front()->start(listen, log);
        QByteArrayList seen;
        QVERIFY(Cluster::eventually(
            [&] {
                seen = ask(*home.hosts.front(), {u"45.1.0.2"_s, u"45.2.0.2"_s});
                return seen.size() == 2 && ask(one, {u"45.2.0.2"_s}).size() == 1;
            },
            10'000));
        for (const auto &line : seen)
            QVERIFY2(line.startsWith("45.3.0.2 "), line);
        QCOMPARE(seen[0] == seen[1], samePort);
        QCOMPARE(!ask(one, {u"45.3.0.2"_s}).isEmpty(), letsIn);
    }
};

QTEST_GUILESS_MAIN(NetnsTest)
#include "netns_test.moc"
