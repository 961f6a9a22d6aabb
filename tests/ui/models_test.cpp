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
#include <traffic.h>
#include <tree_labels.h>

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
        QTest::newRow("bytes") << qint64{1023} << u"1,023 bytes"_s;
        QTest::newRow("kibi") << qint64{1024} << u"1.00 KiB"_s;
        QTest::newRow("ten") << qint64{12'345} << u"12.1 KiB"_s;
        QTest::newRow("hundred") << qint64{123'456'789} << u"118 MiB"_s;
        QTest::newRow("tebi") << qint64{1'649'267'441'664} << u"1.50 TiB"_s;
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
            (QStringList{u"You"_s, u"Parent"_s, u"Child"_s, u"Child"_s, u"Child"_s,
                u"Stand-in parent"_s, u"Sibling"_s, u"Grandchild"_s, u"Grandchild"_s,
                u"Grandchild"_s}));
    }

    void theWayUpIsShownUpToTheRoot()
    {
        auto snapshot = scenes::crowd(32);
        const auto places = TreeLayout::places(snapshot);
        const auto &above = snapshot.tree.path[1];
        QCOMPARE(places.at(snapshot.tree.parent).ring, 1);
        QCOMPARE(places.at(above).ring, 2);
        QCOMPARE(places.at(above).from, snapshot.tree.parent);
        QCOMPARE(places.at(above).line, Line::Tree);
        QCOMPARE(places.at(above).link, Line::None); // it would run along the way up
        QCOMPARE(places.at(snapshot.tree.root).ring, 3);
        QCOMPARE(places.at(snapshot.tree.root).line, Line::Gap);
        // Nobody of the way is among the peers: shown all the same.
        snapshot.peers.erase(above);
        snapshot.peers.erase(snapshot.tree.root);
        Harness harness;
        harness.api().setSnapshot(snapshot);
        const auto &peers = *harness.dashboard()->network()->peers();
        QVERIFY(column(peers, PeerRows::IdRole).contains(above));
        QVERIFY(column(peers, PeerRows::RoleRole).contains(u"Root"_s));
    }

    void namesAndFiguresCoverNeitherLinesNorEachOther()
    {
        TreeLabels labels({0, 0, 400, 400});
        const QPointF self(200, 200);
        labels.addNode(self, 20);
        std::vector<QLineF> lines;
        for (const QPointF &to :
            {QPointF(200, 60), QPointF(90, 300), QPointF(200, 330), QPointF(310, 300)}) {
            labels.addNode(to, 15);
            lines.push_back({self, to});
            labels.addLine(lines.back());
        }
        std::vector<QRectF> words;
        for (const QLineF &line : lines) {
            const auto at = labels.placeOnLine(line, {40, 14});
            QVERIFY(at);
            words.push_back({at->x() - 20, at->y() - 7, 40, 14});
        }
        for (const QLineF &line : lines) {
            const auto name = labels.placeBeside(line.p2(), 15, {60, 14});
            QVERIFY(name.isShown);
            words.push_back(name.rect);
        }
        words.push_back(labels.placeBeside(self, 20, {60, 14}).rect);
        for (std::size_t a = 0; a < words.size(); ++a)
            for (std::size_t b = a + 1; b < words.size(); ++b)
                QVERIFY(!words[a].intersects(words[b]));
        // Where a line goes down, the name goes elsewhere; and without room it is not shown.
        QVERIFY(labels.placeBeside(self, 20, {60, 14}).side != TreeLabels::Below);
        QVERIFY(!labels.placeBeside(self, 20, {900, 14}).isShown);
    }

    void bytesOfALinkThatComesBackAreNotCountedTwice()
    {
        Traffic traffic;
        auto snapshot = scenes::five();
        auto &peer = snapshot.peers.begin()->second;
        const auto id = peer.id;
        for (auto &[each, other] : snapshot.peers)
            other.bytesIn = other.bytesOut = 0;
        peer.bytesIn = 5'000'000;
        traffic.look(1s, snapshot);
        QCOMPARE(traffic.of(id), Traffic::Rate{}); // one look has no pace
        peer.bytesIn += 1000;
        traffic.look(2s, snapshot);
        QCOMPARE(traffic.of(id).in, 1000.0);
        peer.bytesIn = 500; // a new link
        traffic.look(3s, snapshot);
        QCOMPARE(traffic.of(id).in, 750.0);
        QCOMPARE(traffic.total().in, 750.0);
        QCOMPARE(traffic.history().size(), 2U);
        traffic.look(Ticks(3s) + Ticks(1), snapshot); // too soon
        QCOMPARE(traffic.history().size(), 2U);
        for (int second = 4; second < 100; ++second)
            traffic.look(std::chrono::seconds(second), snapshot);
        QCOMPARE(traffic.history().size(), Traffic::kHistoryMax);
        QCOMPARE(traffic.of(id).in, 0.0);
    }

    void everyReachHasWordsOfItsOwn()
    {
        QSet<QString> texts;
        Harness harness;
        const auto &reach = *harness.dashboard()->network()->reach();
        for (const auto *state :
            {"public", "mapped", "punchable", "relayed", "lan", "local", "unknown"}) {
            auto snapshot = scenes::member();
            snapshot.reach.state = QLatin1String(state);
            harness.api().setSnapshot(snapshot);
            texts.insert(reach.state());
            QVERIFY(!reach.detail().isEmpty());
            QCOMPARE(reach.severity() == Severity::Warning, QLatin1String(state) == "relayed"_L1);
        }
        QCOMPARE(texts.size(), 7);
        QCOMPARE(reach.count(), 2);
    }

    void aClockThatIsOffIsNamedWithItsSide()
    {
        Harness harness;
        harness.show(u"offClock"_s);
        auto *network = harness.dashboard()->network();
        QVERIFY2(network->time()->warning().contains(u"3 min slow"_s),
            qUtf8Printable(network->time()->warning()));
        auto snapshot = scenes::offClock();
        snapshot.time.offsetUs = -1'500'000;
        harness.api().setSnapshot(snapshot);
        QVERIFY2(network->time()->warning().contains(u"1.5 s fast"_s),
            qUtf8Printable(network->time()->warning()));
        const auto attention
            = column(*harness.dashboard()->overview()->attention(), Qt::DisplayRole);
        QVERIFY(attention.contains(u"Look at the clock of this computer."_s));
        harness.show(u"member"_s);
        QVERIFY(network->time()->warning().isEmpty());
        QCOMPARE(network->time()->bound(), u"± 12 ms"_s);
    }

    void misdeedsAreCounted()
    {
        Harness harness;
        harness.show(u"crowd"_s);
        const auto &peers = *harness.dashboard()->network()->peers();
        const auto misdeeds = column(peers, PeerRows::MisdeedsRole);
        QVERIFY(misdeeds.contains(u"Shut out for a while, 41 misdeeds"_s));
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
            jobs.index(0, 0).data(JobRows::ProgressTextRole).toString(), u"0 bytes of 1.86 GiB"_s);
        harness.clock().advance(1s);
        snapshot.jobs[u"j1"_s].bytesDone = 10'000'000;
        harness.api().setSnapshot(snapshot);
        QCOMPARE(jobs.index(0, 0).data(JobRows::ProgressTextRole).toString(),
            u"9.54 MiB of 1.86 GiB · 9.54 MiB/s · 3 minutes left"_s);
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

    void theRecoveryLinkIsHereOnlyWhileLookedAt()
    {
        Harness harness;
        harness.show(u"five"_s);
        harness.clearCalls();
        auto &recovery = *harness.dashboard()->storage()->recovery();
        QVERIFY(recovery.link().isEmpty());
        recovery.copy(); // nothing to copy
        recovery.reveal();
        QVERIFY(recovery.link().startsWith(u"borg:w/"));
        recovery.copy();
        QCOMPARE(harness.clipboard(), recovery.link());
        recovery.forget();
        QVERIFY(recovery.link().isEmpty());
        QCOMPARE(harness.calls(), QStringList{u"recoveryLink"_s});
        QVERIFY(!recovery.canRecover()); // there are files
    }

    void theListOfFilesTellsHowItIs()
    {
        Harness harness;
        harness.show(u"five"_s);
        const auto &recovery = *harness.dashboard()->storage()->recovery();
        QCOMPARE(recovery.severity(), int(Severity::Good));
        auto snapshot = harness.api().snapshot();
        snapshot.storage.listCurrent = false;
        harness.api().setSnapshot(snapshot);
        QCOMPARE(recovery.severity(), int(Severity::Note));
        snapshot.storage.listProblem = u"no node keeps its place"_s;
        harness.api().setSnapshot(snapshot);
        QCOMPARE(recovery.severity(), int(Severity::Warning));
    }

    void filesAreRecoveredByALink()
    {
        Harness harness;
        harness.show(u"alone"_s);
        harness.clearCalls();
        auto &recovery = *harness.dashboard()->storage()->recovery();
        QVERIFY(recovery.canRecover());
        const auto link = u"borg:w/%1#%1"_s.arg(QString(56, u'a'));
        QVERIFY(recovery.linkProblem(u" %1\n"_s.arg(link)).isEmpty());
        for (const auto &wrong : {QString(), u"borg:r/x"_s, link.chopped(1), link + u'a', u"x"_s})
            QVERIFY2(!recovery.linkProblem(wrong).isEmpty(), qPrintable(wrong));
        recovery.recover(link + u'\n');
        QCOMPARE(harness.calls(), QStringList{u"recover "_s + link});
        QVERIFY(!recovery.isBusy());
        QCOMPARE(harness.dashboard()->notices()->severity(), int(Severity::Good));
        harness.refuse();
        recovery.recover(link);
        QVERIFY(!recovery.isBusy());
        QCOMPARE(harness.dashboard()->notices()->severity(), int(Severity::Bad));
    }

    void whatWasRemovedCanBeTakenBack()
    {
        Harness harness;
        harness.show(u"five"_s);
        harness.clearCalls();
        harness.dashboard()->storage()->remove(u"f2"_s);
        QVERIFY(!harness.dashboard()->notices()->action().isEmpty());
        harness.dashboard()->notices()->act();
        QCOMPARE(harness.calls(), (QStringList{u"remove f2"_s, u"restore f2"_s}));
        QVERIFY(harness.dashboard()->notices()->text().isEmpty());
        harness.dashboard()->notices()->act(); // once only
        QCOMPARE(harness.calls().size(), 2);
    }

    void whatIsNotOnThisComputerIsRefusedInWords()
    {
        Harness harness;
        harness.show(u"five"_s);
        harness.clearCalls();
        harness.dashboard()->storage()->add({QUrl(u"https://example.org/x"_s)});
        QVERIFY(harness.calls().isEmpty());
        QCOMPARE(harness.dashboard()->notices()->severity(), int(Severity::Warning));
    }

    void filesOfAFolderAreShownBelowItsFolders()
    {
        Harness harness;
        auto &storage = *harness.dashboard()->storage();
        auto &files = *storage.files();
        const QAbstractItemModelTester tester(&files);
        harness.show(u"folders"_s);
        QCOMPARE(column(files, FileRows::NameRole),
            (QStringList{u"Photos"_s, u"Work"_s, u"Family photos 2025.zip"_s, u"thesis-final.pdf"_s,
                u"tax 2025.ods"_s, u"Grüße aus Zürich – Ärger & Öl.mov"_s}));
        QCOMPARE(files.index(0).data(FileRows::DateRole).toString(), u"3 files"_s);
        files.setFolder(u"Photos"_s);
        QCOMPARE(column(files, FileRows::PathRole),
            (QStringList{u"Photos/2024"_s, u"Photos/beach.jpg"_s}));
        // What is added goes where one is; a folder goes as a whole.
        harness.clearCalls();
        storage.chooseFiles();
        storage.chooseFolder();
        storage.saveFolder(u"Photos/2024"_s);
        storage.rename(u"Photos/beach.jpg"_s, u" sea.jpg "_s);
        QCOMPARE(harness.calls(),
            (QStringList{u"put /home/ada/a file.txt into Photos"_s,
                u"put /home/ada/photos into Photos"_s,
                u"getFolder Photos/2024 /home/ada/photos/2024"_s,
                u"move Photos/beach.jpg Photos/sea.jpg"_s}));
        // When it is gone, one stands in the one above.
        files.setFolder(u"Photos/2024"_s);
        auto snapshot = scenes::folders();
        snapshot.files.erase(u"p2"_s);
        snapshot.files.erase(u"p3"_s);
        harness.api().setSnapshot(snapshot);
        QCOMPARE(files.folder(), u"Photos"_s);
        snapshot.files.erase(u"p1"_s);
        harness.api().setSnapshot(snapshot);
        QCOMPARE(files.folder(), QString());
    }

    void aRemovedFolderIsTakenBackAsAWhole()
    {
        Harness harness;
        harness.show(u"folders"_s);
        harness.clearCalls();
        harness.dashboard()->storage()->removeFolder(u"Photos"_s);
        harness.dashboard()->notices()->act();
        QCOMPARE(harness.calls(),
            (QStringList{
                u"removeFolder Photos"_s, u"restore p1"_s, u"restore p2"_s, u"restore p3"_s}));
    }

    void versionsAreShownAndTakenBack()
    {
        Harness harness;
        harness.show(u"folders"_s);
        auto &versions = *harness.dashboard()->storage()->versions();
        const QAbstractItemModelTester tester(&versions);
        versions.load(u"thesis-final.pdf"_s);
        QCOMPARE(column(versions, VersionRows::IdRole), (QStringList{u"f2"_s, u"f2-old"_s}));
        QVERIFY(versions.index(0).data(VersionRows::LastRole).toBool());
        harness.clearCalls();
        versions.restore(u"f2-old"_s);
        harness.dashboard()->storage()->chooseTarget(u"f2-old"_s);
        QCOMPARE(harness.calls(),
            (QStringList{
                u"restore f2-old"_s, u"get f2-old /home/ada/thesis-final.pdf overwrite"_s}));
    }

    void aFolderThatFailedSaysOnceHowFarItCame()
    {
        Harness harness;
        auto snapshot = scenes::folders();
        control::Job job;
        job.id = u"j1"_s;
        job.kind = u"put"_s;
        job.name = u"Photos"_s;
        job.state = u"failed"_s;
        job.errorCode = u"Conflict"_s;
        job.files = 3;
        job.filesTotal = 5;
        job.bytesTotal = 1024;
        snapshot.jobs[job.id] = job;
        harness.api().setSnapshot(snapshot);
        const auto &jobs = *harness.dashboard()->storage()->jobs();
        const QString text = jobs.index(0).data(JobRows::StatusRole).toString()
            + jobs.index(0).data(JobRows::ProgressTextRole).toString();
        QCOMPARE(text.count(u"of 5 files"), 1);
        QVERIFY2(text.contains(u"in the way"), qPrintable(text)); // a name, not the content
    }

    void aNameThatCannotBeSaysWhy()
    {
        Harness harness;
        auto &storage = *harness.dashboard()->storage();
        for (const auto &bad : {u" "_s, u"a/b"_s, u".."_s, QString(256, u'x')})
            QVERIFY2(!storage.nameProblem(bad).isEmpty(), qPrintable(bad));
        QVERIFY(storage.nameProblem(u"..a b"_s).isEmpty());
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
