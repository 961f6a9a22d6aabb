// SPDX-License-Identifier: GPL-3.0-or-later
#include "harness.h"
#include "scenes.h"

#include <QAbstractItemModelTester>
#include <QGuiApplication>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <look.h>

using namespace borg;
using namespace borg::ui;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

QStringList column(const QAbstractItemModel &model, int role)
{
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row)
        texts << model.index(row, 0).data(role).toString();
    return texts;
}

} // namespace

class ModelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
        installLanguage(QLocale());
    }
    void init() { QTest::failOnWarning(); }

    void sizesHaveThreeDigits_data()
    {
        QTest::addColumn<qint64>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("none") << qint64{0} << u"0 bytes"_s;
        QTest::newRow("negative") << qint64{-5} << u"0 bytes"_s;
        QTest::newRow("bytes") << qint64{999} << u"999 bytes"_s;
        QTest::newRow("kilo") << qint64{1000} << u"1.00 kB"_s;
        QTest::newRow("ten") << qint64{12'345} << u"12.3 kB"_s;
        QTest::newRow("hundred") << qint64{123'456'789} << u"123 MB"_s;
        QTest::newRow("tera") << qint64{1'500'000'000'000} << u"1.50 TB"_s;
    }
    void sizesHaveThreeDigits()
    {
        QFETCH(qint64, bytes);
        QTEST(Words::size(bytes), "text");
    }

    void everyFileStateHasItsOwnWords()
    {
        QSet<QString> texts;
        for (const auto *state :
            {"spooled", "sending", "durable", "healthy", "degraded", "endangered", "lost"}) {
            control::File file;
            file.state = QLatin1String(state);
            texts.insert(Words::file(file).text);
        }
        QCOMPARE(texts.size(), 7);
    }

    void rowsStayThroughPatches()
    {
        Harness harness;
        auto &peers = *harness.dashboard()->network()->peers();
        const QAbstractItemModelTester tester(&peers);
        QSignalSpy resets(&peers, &QAbstractItemModel::modelReset);
        harness.show(u"member"_s);
        const QPersistentModelIndex parent(peers.index(1, 0));
        const auto id = parent.data(PeerRows::IdRole).toString();
        auto snapshot = scenes::member();
        snapshot.peers.erase(snapshot.tree.children.back());
        snapshot.tree.children.pop_back();
        snapshot.peers[id].rttUs = 99'000;
        harness.api().setSnapshot(snapshot);
        QVERIFY(parent.isValid());
        QCOMPARE(parent.data(PeerRows::IdRole).toString(), id);
        QCOMPARE(parent.data(PeerRows::LatencyRole).toString(), u"99 ms"_s);
        harness.show(u"five"_s);
        QCOMPARE(peers.rowCount(), 5);
        QCOMPARE(resets.size(), 0);
    }

    void theTreeIsInOrder()
    {
        Harness harness;
        harness.show(u"member"_s);
        const auto &peers = *harness.dashboard()->network()->peers();
        const auto roles = column(peers, PeerRows::RoleRole);
        QCOMPARE(roles,
            (QStringList{u"You"_s, u"Parent"_s, u"Child"_s, u"Child"_s, u"Child"_s, u"Sibling"_s,
                u"Sibling"_s, u"Grandchild"_s, u"Grandchild"_s, u"Grandchild"_s}));
    }

    void everybodyHasAPlaceOfTheirOwn()
    {
        const auto places = TreeLayout::places(scenes::member());
        QCOMPARE(places.size(), 10U);
        for (auto a = places.begin(); a != places.end(); ++a) {
            QVERIFY(std::hypot(a->second.x, a->second.y) <= 1);
            for (auto b = std::next(a); b != places.end(); ++b)
                QVERIFY(std::hypot(a->second.x - b->second.x, a->second.y - b->second.y) > 0.15);
        }
    }

    void strangersStandApart()
    {
        auto snapshot = scenes::member();
        snapshot.tree.children.clear();
        for (auto &[id, peer] : snapshot.peers)
            peer.parent.clear();
        const auto places = TreeLayout::places(snapshot);
        QCOMPARE(places.size(), 10U);
        for (auto a = places.begin(); a != places.end(); ++a)
            for (auto b = std::next(a); b != places.end(); ++b)
                QVERIFY(std::hypot(a->second.x - b->second.x, a->second.y - b->second.y) > 0.15);
    }

    void aCrowdIsCutOff()
    {
        auto snapshot = scenes::member();
        for (int i = 0; i < 500; ++i) {
            control::Peer peer;
            peer.id = u"crowd%1"_s.arg(i);
            peer.role = u"known"_s;
            snapshot.peers[peer.id] = peer;
        }
        const auto places = TreeLayout::places(snapshot);
        QVERIFY(places.size() <= 2 * TreeLayout::kRingMax + 1);
        Harness harness;
        harness.api().setSnapshot(snapshot);
        const auto &peers = *harness.dashboard()->network()->peers();
        QCOMPARE(static_cast<std::size_t>(peers.count() - peers.hidden()), places.size());
    }

    void paceNeedsTwoMoments()
    {
        Harness harness;
        harness.api().setConnection(NodeApi::Connection::Connected);
        auto snapshot = scenes::transfers();
        snapshot.jobs[u"j1"_s].bytesDone = 0;
        harness.api().setSnapshot(snapshot);
        const auto &jobs = *harness.dashboard()->storage()->jobs();
        QCOMPARE(
            jobs.index(0, 0).data(JobRows::ProgressTextRole).toString(), u"0 bytes of 2.00 GB"_s);
        harness.clock().advance(1s);
        snapshot.jobs[u"j1"_s].bytesDone = 10'000'000;
        harness.api().setSnapshot(snapshot);
        QCOMPARE(jobs.index(0, 0).data(JobRows::ProgressTextRole).toString(),
            u"10.0 MB of 2.00 GB · 10.0 MB/s · 3 minutes left"_s);
        QCOMPARE(jobs.running(), 2);
    }

    void statusAlwaysHasAReason_data()
    {
        QTest::addColumn<QString>("scene");
        QTest::addColumn<NodeStatus::Health>("health");
        QTest::addColumn<NodeStatus::View>("view");
        using H = NodeStatus::Health;
        using V = NodeStatus::View;
        QTest::newRow("five") << u"five"_s << H::Good << V::Live;
        QTest::newRow("alone") << u"alone"_s << H::Attention << V::Live;
        QTest::newRow("joining") << u"joining"_s << H::Busy << V::Live;
        QTest::newRow("troubled") << u"troubled"_s << H::Attention << V::Live;
        QTest::newRow("connecting") << u"connecting"_s << H::Busy << V::Loading;
        QTest::newRow("gone") << u"gone"_s << H::Offline << V::Failed;
        QTest::newRow("lost") << u"lost"_s << H::Offline << V::Live;
    }
    void statusAlwaysHasAReason()
    {
        QFETCH(QString, scene);
        Harness harness;
        harness.show(scene);
        const auto *status = harness.dashboard()->status();
        QTEST(status->health(), "health");
        QTEST(status->view(), "view");
        QVERIFY(!status->title().isEmpty());
        QVERIFY(!status->reason().isEmpty());
        QCOMPARE(status->isStale(), scene == u"lost"_s);
    }

    void aNodeThatDoesNotRunIsStartedOnce()
    {
        const QTemporaryDir dir;
        QVERIFY(QFile(dir.filePath(u"network.json"_s)).open(QIODevice::WriteOnly));
        Harness harness;
        harness.dashboard()->open(dir.path());
        QCOMPARE(harness.calls(), QStringList{u"attach "_s + dir.path()});
        harness.api().setConnection(NodeApi::Connection::Lost);
        QCOMPARE(harness.calls().filter(u"node "_s).size(), 1);
        harness.api().setConnection(NodeApi::Connection::Lost);
        QCOMPARE(harness.calls().filter(u"node "_s).size(), 1);
        QVERIFY(harness.dashboard()->status()->isStarting());
    }

    void anEmptyFolderIsAFirstRun()
    {
        const QTemporaryDir dir;
        Harness harness;
        harness.dashboard()->open(dir.path());
        QVERIFY(harness.dashboard()->isFirstRun());
        QVERIFY(harness.calls().isEmpty());
    }

    void linksFromOutsideOnlyAsk()
    {
        Harness harness;
        harness.show(u"five"_s);
        harness.clearCalls();
        QSignalSpy offered(harness.dashboard(), &Dashboard::fileLinkOffered);
        harness.dashboard()->openLink(
            u"borg:r/AAAAAAAAAAAAAAAAAAAAAAAA#BBBBBBBBBBBBBBBBBBBBBBBB"_s);
        QCOMPARE(offered.size(), 1);
        harness.dashboard()->openLink(u"borg:r/cut"_s);
        QCOMPARE(offered.size(), 1);
        QVERIFY(!harness.dashboard()->notices()->text().isEmpty());
        QVERIFY(harness.calls().isEmpty());
    }

    void invitesAreChecked_data()
    {
        QTest::addColumn<QString>("invite");
        QTest::addColumn<bool>("good");
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("link of a file") << u"borg:r/abc#def"_s << false;
        QTest::newRow("cut off") << u"borg:join/abc"_s << false;
        QTest::newRow("with a line break")
            << u"borg:join/aaaaaaaaaaaaaaaaaaaaaaaa\nbbbb"_s << false;
        QTest::newRow("whole") << u" borg:join/aaaaaaaaaaaaaaaaaaaaaaaa "_s << true;
        QTest::newRow("address") << u"192.0.2.7:4001"_s << true;
        QTest::newRow("address of v6") << u"[2001:db8::1]:4001"_s << true;
        QTest::newRow("no port") << u"example.org"_s << false;
        QTest::newRow("wild port") << u"example.org:70000"_s << false;
        QTest::newRow("huge") << QString(5000, u'a') << false;
    }
    void invitesAreChecked()
    {
        QFETCH(QString, invite);
        Harness harness;
        QTEST(harness.dashboard()->setup()->inviteProblem(invite).isEmpty(), "good");
    }

    void filesAreChosenThenMoved()
    {
        Harness harness;
        harness.show(u"five"_s);
        harness.clearCalls();
        harness.dashboard()->storage()->chooseFiles();
        harness.dashboard()->storage()->chooseTarget(u"f2"_s);
        const auto link = u"borg:r/AAAAAAAAAAAAAAAAAAAA#BBBBBBBBBBBBBBBBBBBB"_s;
        harness.dashboard()->storage()->chooseTarget(link);
        QCOMPARE(harness.calls(),
            (QStringList{u"put /home/ada/a file.txt"_s,
                u"get f2 /home/ada/thesis-final.pdf overwrite"_s,
                u"get %1 /home/ada/unnamed overwrite"_s.arg(link)}));
    }

    void foldersAreRefusedInWords()
    {
        const QTemporaryDir dir;
        Harness harness;
        harness.show(u"five"_s);
        harness.clearCalls();
        harness.dashboard()->storage()->add(
            {QUrl::fromLocalFile(dir.path()), QUrl(u"https://example.org/x"_s)});
        QVERIFY(harness.calls().isEmpty());
        QCOMPARE(harness.dashboard()->notices()->severity(), int(Severity::Warning));
    }

    void preferencesAreKept()
    {
        const QTemporaryDir dir;
        const auto file = dir.filePath(u"desktop.ini"_s);
        {
            Preferences preferences(file);
            preferences.setTheme(Preferences::Theme::Light);
            preferences.setTextPercent(900);
        }
        const Preferences again(file);
        QCOMPARE(again.theme(), Preferences::Theme::Light);
        QCOMPARE(again.textPercent(), Preferences::kTextPercentMax);
    }
};

int main(int argc, char **argv)
{
    QGuiApplication application(argc, argv);
    ModelsTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "models_test.moc"
