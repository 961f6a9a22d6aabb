// SPDX-License-Identifier: GPL-3.0-or-later
#include "netns.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <csignal>
#include <optional>

using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

bool isSoak()
{
    return qEnvironmentVariableIntValue("BORG_SOAK") == 1;
}

struct TreeNow {
    int node = 0;
    QString id;
    QString root;
    QString parent;
    qsizetype children = 0;
    qint64 failoverMs = -1;
    qint64 members = 0; ///< That it takes for online, itself included.
    qint64 changedUtcMs = 0;
};

std::optional<TreeNow> treeOf(int node, const Outcome &tree, const Outcome &status)
{
    const auto json = tree.json();
    if (tree.exitCode != 0 || status.exitCode != 0)
        return std::nullopt;
    const auto changes = json.value(u"changes"_s).toArray();
    return TreeNow{node, status.json().value(u"nodeId"_s).toString(),
        json.value(u"root"_s).toString(), json.value(u"parent"_s).toString(),
        json.value(u"children"_s).toArray().size(), json.value(u"lastFailoverMs"_s).toInteger(-1),
        status.json().value(u"members"_s).toInteger(),
        changes.isEmpty() ? 0 : changes.last().toObject().value(u"utcMs"_s).toInteger()};
}

/// @return one line of JSON about how long it took; the figures are for people, not checked.
QByteArray figures(const QByteArray &what, std::vector<qint64> all)
{
    std::ranges::sort(all);
    const auto at = [&](std::size_t permille) {
        return all.empty() ? -1 : all.at((all.size() - 1) * permille / 1000);
    };
    return QJsonDocument(QJsonObject{{u"what"_s, QString::fromUtf8(what)},
                             {u"orphans"_s, static_cast<int>(all.size())}, {u"p50_ms"_s, at(500)},
                             {u"p99_ms"_s, at(990)}, {u"max_ms"_s, at(1000)}})
        .toJson(QJsonDocument::Compact);
}

} // namespace

/// What a real network does when a part of it is gone: how long each orphan is without a parent,
/// from the last sign of life of the old one, by its own account.
class FailoverTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        QVERIFY2(m_cluster.start(kNodes, &why), why);
        for (int node = 1; node <= kNodes; ++node) {
            const auto now = look(node);
            QVERIFY(now.has_value());
            m_ids[now->id] = node;
        }
    }

    void orphansFindAnotherParent_data()
    {
        QTest::addColumn<bool>("isRoot");
        QTest::addColumn<bool>("isFrozen");
        QTest::newRow("killed parent") << false << false;
        QTest::newRow("frozen parent") << false << true;
        QTest::newRow("killed root") << true << false;
        QTest::newRow("frozen root") << true << true;
    }

    void orphansFindAnotherParent()
    {
        QFETCH(bool, isRoot);
        QFETCH(bool, isFrozen);
        const int trials = isSoak() ? 100 : 2;
        std::vector<qint64> took;
        for (int trial = 0; trial < trials; ++trial) {
            std::vector<TreeNow> before;
            QVERIFY2(Cluster::eventually([&] { return isOneTree(&before, isRoot); }, 60'000),
                "the nodes are not one tree");
            const auto victim = pick(before, isRoot);
            QVERIFY(victim.has_value());
            std::vector<TreeNow> orphans;
            for (const auto &node : before) {
                if (node.parent == victim->id)
                    orphans.push_back(node);
            }
            QTest::qWait(1500); // backups get ready after the last trial
            if (isFrozen)
                ::kill(m_cluster.pid(victim->node), SIGSTOP);
            else
                m_cluster.kill(victim->node);
            for (const auto &orphan : orphans) {
                std::optional<TreeNow> now;
                QVERIFY2(Cluster::eventually(
                             [&] {
                                 now = look(orphan.node);
                                 return now && now->parent != victim->id
                                     && (!now->parent.isEmpty() || now->root == now->id)
                                     && now->changedUtcMs > orphan.changedUtcMs
                                     && now->failoverMs >= 0;
                             },
                             10'000),
                    "an orphan found no parent");
                took.push_back(now->failoverMs);
            }
            // Members say every two seconds that they are there; who hears none for six has lost
            // all.
            QTest::qWait(8000);
            for (const auto &orphan : orphans) {
                const auto now = look(orphan.node);
                QVERIFY2(now && now->members >= kNodes - 1, "an orphan hears nothing");
            }
            if (isFrozen) {
                ::kill(m_cluster.pid(victim->node), SIGCONT);
            } else {
                QByteArray why;
                QVERIFY2(m_cluster.restart(victim->node, &why), why);
            }
        }
        QVERIFY(!took.empty());
        qInfo("%s", figures(QTest::currentDataTag(), took).constData());
    }

private:
    static constexpr int kNodes = 12;

    [[nodiscard]] std::optional<TreeNow> look(int node)
    {
        return treeOf(node, m_cluster.ctl(node, {u"tree"_s, u"--json"_s}, 10'000),
            m_cluster.ctl(node, {u"status"_s, u"--json"_s}, 10'000));
    }
    bool isOneTree(std::vector<TreeNow> *all, bool isRoot)
    {
        all->clear();
        for (int node = 1; node <= kNodes; ++node) {
            auto now = look(node);
            if (!now || (now->parent.isEmpty() && now->root != now->id)
                || (!all->empty() && now->root != all->front().root))
                return false;
            all->push_back(*std::move(now));
        }
        return pick(*all, isRoot).has_value();
    }
    [[nodiscard]] static std::optional<TreeNow> pick(const std::vector<TreeNow> &all, bool isRoot)
    {
        for (const auto &node : all) {
            if (node.parent.isEmpty() == isRoot && node.children > 0)
                return node;
        }
        return std::nullopt;
    }

    Cluster m_cluster;
    std::map<QString, int> m_ids;
};

QTEST_GUILESS_MAIN(FailoverTest)
#include "failover_test.moc"
