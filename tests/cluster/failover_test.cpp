// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster.h"

#include <base/loop_clock.h>
#include <control/client.h>
#include <control/methods.h>

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTest>

#include <csignal>
#include <set>

using namespace borg;
using namespace borg::test;
using namespace Qt::Literals::StringLiterals;

namespace {

bool isSoak()
{
    return qEnvironmentVariableIntValue("BORG_SOAK") == 1;
}

/// @return one line of JSON about how long it took; the figures are for people, not checked.
QByteArray figures(const QByteArray &what, std::vector<qint64> each, std::vector<qint64> worst)
{
    std::ranges::sort(each);
    std::ranges::sort(worst);
    const auto at = [](const std::vector<qint64> &all, std::size_t permille) {
        return all.empty() ? -1 : all.at((all.size() - 1) * permille / 1000);
    };
    return QJsonDocument(
        QJsonObject{{u"what"_s, QString::fromUtf8(what)},
            {u"orphans"_s, static_cast<int>(each.size())}, {u"p50_ms"_s, at(each, 500)},
            {u"p99_ms"_s, at(each, 990)}, {u"max_ms"_s, at(each, 1000)},
            {u"trials"_s, static_cast<int>(worst.size())}, {u"trial_p50_ms"_s, at(worst, 500)},
            {u"trial_p99_ms"_s, at(worst, 990)}})
        .toJson(QJsonDocument::Compact);
}

qint64 lastChangeOf(const control::Tree &tree)
{
    return tree.changes.empty() ? 0 : tree.changes.back().utcMs;
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
            m_nodes.push_back(std::make_unique<control::Client>(m_clock, m_cluster.dir(node)));
            m_nodes.back()->start();
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
        const int trials = isSoak() ? 100 : 4;
        std::vector<qint64> each;
        std::vector<qint64> worst;
        for (int trial = 0; trial < trials; ++trial) {
            QVERIFY2(eventually([this] { return flaw().isEmpty(); }, 60'000), qPrintable(flaw()));
            // Backups get ready after the last trial.
            (void)eventually([this] { return everybodyHasABackup(); }, 5000);
            QVERIFY2(eventually([&] { return pick(isRoot, trial) > 0; }, 10'000), "no parent");
            runTrial(pick(isRoot, trial), isFrozen, each, worst);
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY(each.size() >= static_cast<std::size_t>(trials));
        qInfo("%s", figures(QTest::currentDataTag(), each, worst).constData());
    }

private:
    const int kNodes = isSoak() ? 24 : 12;

    [[nodiscard]] const control::Client &at(int node) const
    {
        return *m_nodes.at(static_cast<std::size_t>(node - 1));
    }
    [[nodiscard]] const control::Tree &treeOf(int node) const { return at(node).snapshot().tree; }
    [[nodiscard]] QString idOf(int node) const { return at(node).snapshot().status.nodeId; }

    void runTrial(int victim, bool isFrozen, std::vector<qint64> &each, std::vector<qint64> &worst)
    {
        const QString gone = idOf(victim);
        std::map<int, qint64> orphans; ///< And when they changed their parent last.
        for (int node = 1; node <= kNodes; ++node) {
            if (treeOf(node).parent == gone)
                orphans[node] = lastChangeOf(treeOf(node));
        }
        if (isFrozen)
            ::kill(m_cluster.pid(victim), SIGSTOP);
        else
            m_cluster.kill(victim);
        const auto isHome = [&](const auto &orphan) {
            const auto &now = treeOf(orphan.first);
            if (now.changes.empty() || now.changes.back().parent != now.parent)
                return false; // it asked for the place, and waits for the answer
            return now.parent != gone && (!now.parent.isEmpty() || now.root == idOf(orphan.first))
                && lastChangeOf(now) > orphan.second && now.lastFailoverMs >= 0;
        };
        const bool areHome
            = eventually([&] { return std::ranges::all_of(orphans, isHome); }, 20'000);
        qint64 most = 0;
        for (const auto &[node, before] : orphans) {
            each.push_back(treeOf(node).lastFailoverMs);
            most = std::max(most, each.back());
            if (each.back() >= 1000)
                tell(node);
        }
        worst.push_back(most);
        // All that live hear a message, the orphans and those below them too.
        const int asker = victim == 1 ? 2 : 1;
        const bool isHeard
            = areHome && eventually([&] { return reached(asker) == kNodes - 2; }, 20'000);
        if (isFrozen) {
            ::kill(m_cluster.pid(victim), SIGCONT);
            // Its picture is from before: until it says what became of its links meanwhile.
            (void)ask(victim, u"status"_s);
            QTest::qWait(300);
        } else {
            QByteArray why;
            QVERIFY2(m_cluster.spawn(victim, &why), why);
        }
        QVERIFY2(areHome, "an orphan found no parent");
        QVERIFY2(isHeard, "a node does not hear all");
    }
    /// @return how many nodes heard a message of `node`; -1 when it could not be counted.
    [[nodiscard]] qint64 reached(int node)
    {
        const auto answer = ask(node, u"pingAll"_s);
        return answer ? answer->value(u"reached"_s).toInteger() : -1;
    }
    std::optional<QJsonObject> ask(int node, const QString &what)
    {
        QObject context; // an answer that comes too late is dropped with it
        std::optional<Result<QJsonObject>> heard;
        m_nodes.at(static_cast<std::size_t>(node - 1))
            ->call(what, {}, &context, [&](const Result<QJsonObject> &answer) { heard = answer; });
        (void)eventually([&] { return heard.has_value(); }, 10'000);
        return heard && *heard ? std::optional(**heard) : std::nullopt;
    }
    /// For the log: a failover that took long, step by step.
    void tell(int node) const
    {
        qInfo("node %d took %lld ms", node, static_cast<long long>(treeOf(node).lastFailoverMs));
        const auto &changes = treeOf(node).changes;
        const auto first = std::max<std::ptrdiff_t>(std::ssize(changes) - 4, 0);
        for (const auto &change : std::span(changes).subspan(static_cast<std::size_t>(first)))
            qInfo("  %lld %s: %s", static_cast<long long>(change.utcMs),
                qPrintable(change.parent.left(8)), qPrintable(change.reason));
    }

    /// @return what keeps the nodes from being one tree.
    [[nodiscard]] QString flaw() const
    {
        std::set<QString> roots;
        for (int node = 1; node <= kNodes; ++node) {
            const auto &tree = treeOf(node);
            if (!at(node).isConnected())
                return u"node %1 does not answer"_s.arg(node);
            if (at(node).snapshot().status.pid != m_cluster.pid(node))
                return u"node %1 is not back"_s.arg(node);
            if (tree.parent.isEmpty() != (tree.root == idOf(node)))
                return u"node %1 looks for a parent"_s.arg(node);
            roots.insert(tree.root);
            if (at(node).snapshot().status.members != kNodes)
                return u"node %1 does not know all"_s.arg(node);
        }
        return roots.size() == 1 ? QString() : u"%1 roots"_s.arg(roots.size());
    }
    [[nodiscard]] bool everybodyHasABackup() const
    {
        return std::ranges::none_of(m_nodes, [](const auto &node) {
            const auto &tree = node->snapshot().tree;
            return !tree.parent.isEmpty() && tree.backups.empty();
        });
    }
    /// @return a node that others hang under, another one each time; 0 when there is none.
    [[nodiscard]] int pick(bool isRoot, int trial) const
    {
        std::vector<int> fitting;
        for (int node = 1; node <= kNodes; ++node) {
            const auto isChild
                = [&](const auto &other) { return other->snapshot().tree.parent == idOf(node); };
            if (treeOf(node).parent.isEmpty() == isRoot && std::ranges::any_of(m_nodes, isChild))
                fitting.push_back(node);
        }
        return fitting.empty() ? 0 : fitting[static_cast<std::size_t>(trial) % fitting.size()];
    }
    /// Runs the event loop until it is true: the pictures of the nodes are kept current.
    [[nodiscard]] static bool eventually(const std::function<bool()> &what, int timeoutMs)
    {
        QElapsedTimer timer;
        timer.start();
        while (!what()) {
            if (timer.hasExpired(timeoutMs))
                return false;
            QTest::qWait(10);
        }
        return true;
    }

    Cluster m_cluster;
    LoopClock m_clock;
    std::vector<std::unique_ptr<control::Client>> m_nodes;
};

QTEST_GUILESS_MAIN(FailoverTest)
#include "failover_test.moc"
