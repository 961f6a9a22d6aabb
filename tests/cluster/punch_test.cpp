// SPDX-License-Identifier: GPL-3.0-or-later
#include "real_node.h"

#include <QTest>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Two homes behind routers, and one node on the internet through which they meet.
struct TwoHomes {
    TwoHomes(const QString &folder, Nat leftNat, Nat rightNat)
        : public_(world.host(u"middle"_s, u"45.1.0.2"_s))
        , leftHome(world.home(u"left"_s, u"47.3.0.2"_s, leftNat))
        , rightHome(world.home(u"right"_s, u"48.4.0.2"_s, rightNat))
        , m_folder(folder)
    {
    }
    /// @return what went wrong; empty when all three know each other.
    [[nodiscard]] QByteArray join()
    {
        if (!world.problem().isEmpty())
            return world.problem();
        middle.emplace(public_, m_folder + u"/middle"_s, QStringList{u"--create"_s, u"punch"_s});
        if (!middle->isUp())
            return "middle: " + middle->log();
        const QStringList join{u"--join"_s, middle->invite()};
        left.emplace(*leftHome.hosts.front(), m_folder + u"/left"_s, join);
        right.emplace(*rightHome.hosts.front(), m_folder + u"/right"_s, join);
        if (!left->isUp() || !right->isUp())
            return "a home: " + left->log() + right->log();
        const auto isOne = [&] { return left->knows(2) && right->knows(2) && middle->knows(2); };
        if (!Cluster::eventually(isOne, 60'000))
            return "not one network: " + left->log() + right->log() + middle->log();
        return {};
    }
    [[nodiscard]] QByteArray logs() const
    {
        return "LEFT " + left->log() + "\nRIGHT " + right->log() + "\nMIDDLE " + middle->log()
            + left->ctl({u"tree"_s}).text() + left->ctl({u"peers"_s}).text();
    }

    NetWorld world;
    Netns &public_;
    NetWorld::Home leftHome;
    NetWorld::Home rightHome;
    std::optional<RealNode> middle;
    std::optional<RealNode> left;
    std::optional<RealNode> right;

private:
    const QString m_folder;
};

int hopsOf(const Outcome &ping)
{
    return ping.exitCode == 0 ? ping.json().value(u"hops"_s).toInt() : -1;
}

} // namespace

/// Two nodes that nobody can dial, behind real NAT of the kernel.
class PunchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = NetWorld::unavailable(); !why.isEmpty())
            QSKIP("SKIPPED, nothing was checked: " + why);
    }

    /// Messages go over the node in the middle, then the two make a link of their own; a file that
    /// is put on one side goes to the other over a link that was punched as well.
    void twoHomesMeet()
    {
        QTemporaryDir folder;
        TwoHomes homes(folder.path(), Nat::PortRestricted, Nat::PortRestricted);
        const auto why = homes.join();
        QVERIFY2(why.isEmpty(), why);
        const QString right = homes.right->id();
        const QStringList ping{u"ping"_s, right, u"--json"_s};
        QCOMPARE(hopsOf(homes.left->ctl(ping)), 2);
        QVERIFY2(Cluster::eventually([&] { return hopsOf(homes.left->ctl(ping)) == 1; }, 60'000),
            homes.logs());
        QVERIFY2(homes.left->told(u"tree"_s).value(u"linksPunched"_s).toInt() > 0, homes.logs());
        QVERIFY2(homes.right->told(u"tree"_s).value(u"linksPunched"_s).toInt() > 0, homes.logs());
        QVERIFY(homes.left->ctl({u"tree"_s}).out.contains("punched through routers"));

        const QString file = folder.path() + u"/file"_s;
        constexpr qint64 kBytes = 3 << 20;
        QVERIFY(writeNoise(file, kBytes, 11));
        const auto put = homes.left->ctl({u"put"_s, file, u"--json"_s}, 120'000);
        QVERIFY2(put.exitCode == 0, put.text() + homes.logs());
        const auto sent = homes.left->peer(right).value(u"bytesOut"_s).toInteger();
        QVERIFY2(sent > kBytes / 4, QByteArray::number(sent) + homes.logs());
        const auto tree = homes.left->told(u"tree"_s);
        QVERIFY2(tree.value(u"bulkLinksPunched"_s).toInt() > 0, homes.logs());
        const QString back = folder.path() + u"/back"_s;
        const auto get
            = homes.right->ctl({u"get"_s, put.json().value(u"link"_s).toString(), back}, 120'000);
        QVERIFY2(get.exitCode == 0, get.text() + homes.logs());
        QCOMPARE(sha256Of(back), sha256Of(file));
    }

    /// A router that takes another port for every destination cannot be met: messages stay on the
    /// way over others, nothing waits for ever, and what is stored goes to who can be reached.
    void aSymmetricRouterIsRelayedFor()
    {
        QTemporaryDir folder;
        TwoHomes homes(folder.path(), Nat::Symmetric, Nat::PortRestricted);
        const auto why = homes.join();
        QVERIFY2(why.isEmpty(), why);
        const QStringList ping{u"ping"_s, homes.right->id(), u"--json"_s};
        QElapsedTimer timer;
        timer.start();
        // From the third on a link of their own is tried, for less than 20 s.
        while (timer.elapsed() < 25'000) {
            const auto answer = homes.left->ctl(ping);
            QVERIFY2(hopsOf(answer) == 2, answer.text() + homes.logs());
            QTest::qWait(1000);
        }
        QCOMPARE(homes.left->told(u"tree"_s).value(u"linksPunched"_s).toInt(), 0);
        QVERIFY(homes.middle->told(u"tree"_s).value(u"messagesRelayed"_s).toInt() > 10);
        const QString file = folder.path() + u"/file"_s;
        QVERIFY(writeNoise(file, 100'000, 12));
        timer.restart();
        const auto put = homes.left->ctl({u"put"_s, file, u"--json"_s}, 120'000);
        QVERIFY2(timer.elapsed() < 110'000, put.text() + homes.logs());
        QCOMPARE(homes.left->ctl({u"status"_s}).exitCode, 0);
        QVERIFY2(put.exitCode == 0 || !put.err.isEmpty(), put.text());
    }
};

QTEST_GUILESS_MAIN(PunchTest)
#include "punch_test.moc"
