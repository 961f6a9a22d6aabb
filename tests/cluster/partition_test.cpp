// SPDX-License-Identifier: GPL-3.0-or-later
#include "netns.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <set>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kNodes = 20;

QString addressOf(int node)
{
    return u"45.%1.0.2"_s.arg(node);
}

bool isSoak()
{
    return qEnvironmentVariableIntValue("BORG_SOAK") == 1;
}

} // namespace

/// Twenty computers of their own, cut into halves and joined again.
class PartitionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = NetWorld::unavailable(); !why.isEmpty())
            QSKIP("SKIPPED, nothing was checked: " + why);
    }

    void twoHalvesBecomeOneTreeAgain()
    {
        NetWorld world;
        std::vector<Running> running;
        for (int node = 1; node <= kNodes; ++node) {
            m_hosts.push_back(&world.host(u"n%1"_s.arg(node), addressOf(node)));
            QVERIFY2(world.problem().isEmpty(), world.problem());
        }
        QString invite;
        for (int node = 1; node <= kNodes; ++node) {
            running.push_back(start(node, invite));
            if (node == 1) {
                QVERIFY(Cluster::eventually(
                    [&] {
                        const auto link = ctl(1, {u"invite"_s});
                        invite = QString::fromUtf8(link.out).trimmed();
                        return link.exitCode == 0 && invite.startsWith(u"borg:"_s);
                    },
                    14'000));
            }
        }
        QVERIFY2(Cluster::eventually([&] { return roots(1, kNodes).size() == 1; }, 60'000),
            "the nodes do not come together");

        QStringList left;
        QStringList right;
        for (int node = 1; node <= kNodes; ++node)
            (node <= kNodes / 2 ? left : right) += addressOf(node);
        world.partition(left, right);
        QVERIFY2(Cluster::eventually(
                     [&] {
                         const auto here = roots(1, kNodes / 2);
                         const auto there = roots(kNodes / 2 + 1, kNodes);
                         return here.size() == 1 && there.size() == 1 && here != there;
                     },
                     60'000),
            "the halves are no two trees");
        QTest::qWait(isSoak() ? 300'000 : 10'000);
        world.heal();
        QElapsedTimer timer;
        timer.start();
        QVERIFY2(Cluster::eventually([&] { return roots(1, kNodes).size() == 1; }, 60'000),
            "no one tree within a minute");
        qInfo(R"({"what":"healed partition","nodes":%d,"one_tree_ms":%lld})", kNodes,
            timer.elapsed());
        QVERIFY2(world.problem().isEmpty(), world.problem());
    }

private:
    [[nodiscard]] QString dir(int node) const
    {
        return m_folder.path() + u'/' + QString::number(node);
    }
    Running start(int node, const QString &invite)
    {
        QDir().mkpath(dir(node));
        QStringList command{beside(u"borgd"_s), u"--quiet"_s, u"--data"_s, dir(node), u"--listen"_s,
            addressOf(node) + u":7400"_s};
        if (invite.isEmpty())
            command += {u"--create"_s, u"try"_s};
        else
            command += {u"--join"_s, invite};
        return m_hosts.at(static_cast<std::size_t>(node - 1))
            ->start(command, dir(node) + u"/out.log"_s);
    }
    /// Over the socket in the folder, which no packet filter is between.
    Outcome ctl(int node, const QStringList &arguments) const
    {
        return run(u"borgctl"_s, QStringList{u"--data"_s, dir(node)} + arguments, 10'000);
    }
    /// @return the roots that these nodes know; an empty one for a node without a place.
    [[nodiscard]] std::set<QString> roots(int first, int last) const
    {
        std::set<QString> found;
        for (int node = first; node <= last; ++node) {
            const auto tree = ctl(node, {u"tree"_s, u"--json"_s}).json();
            const QString root = tree.value(u"root"_s).toString();
            const bool isPlaced = !tree.value(u"parent"_s).toString().isEmpty()
                || tree.value(u"depth"_s).toInteger(-1) == 0;
            found.insert(isPlaced ? root : QString());
        }
        return found;
    }

    QTemporaryDir m_folder;
    std::vector<Netns *> m_hosts;
};

QTEST_GUILESS_MAIN(PartitionTest)
#include "partition_test.moc"
