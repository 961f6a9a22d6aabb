// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_world.h"

#include <QTest>

using namespace borg;
using namespace borg::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

using Names = std::vector<QString>;

store::StoreNode &node(World &world, int at)
{
    return world.host(at).node();
}

Result<store::PutResult> put(World &world, int at, const QString &path, quint64 content)
{
    const auto slash = path.lastIndexOf(u'/');
    store::PutOptions options;
    options.folder = path.first(std::max<qsizetype>(slash, 0));
    options.name = path.sliced(slash + 1);
    return waitFor(world,
        node(world, at).put(std::make_shared<BytesSource>(test::content(700, content), QString()),
            options, {}, {}));
}

Errc codeOf(const auto &result)
{
    return result.ok() ? Errc{} : result.error().code;
}

Names pathsAt(World &world, int at)
{
    Names paths;
    for (const auto &file : node(world, at).below({}))
        paths.push_back(file.path());
    return paths;
}

QByteArray read(World &world, int at, const QString &path)
{
    const auto versions = node(world, at).versions(path);
    if (versions.empty())
        return "nothing";
    auto sink = std::make_shared<BytesSink>();
    const auto link = *node(world, at).link(versions.front().id);
    return waitFor(world, node(world, at).get(link, sink, {}, {}, {})) ? sink->bytes : "failed";
}

void restart(World &world, int at)
{
    world.host(at).stop(false);
    world.host(at).start();
    world.clock.advance(5s);
}

} // namespace

/// Folders, versions and moves: of one computer and of several.
class FolderSimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFolderShowsWhatIsInIt()
    {
        World world(1, 5);
        for (const auto &path : {u"a.txt"_s, u"b/one"_s, u"b/two"_s, u"b/c/three"_s, u"bb/four"_s})
            QVERIFY(put(world, 1, path, 1).ok());
        const auto top = node(world, 1).folder({});
        QVERIFY(top.ok());
        QCOMPARE(top->files.size(), 1U);
        QCOMPARE(top->folders.size(), 2U);
        QCOMPARE(top->folders.front(), (store::FolderInfo{u"b"_s, 3, 2100}));
        const auto inner = node(world, 1).folder(u"b/"_s);
        QCOMPARE(inner->files.size(), 2U);
        QCOMPARE(inner->files.front().path(), u"b/one"_s);
        QCOMPARE(inner->folders.front().name, u"c"_s);
        QCOMPARE(codeOf(node(world, 1).folder(u"x"_s)), Errc::NotFound);
        QCOMPARE(codeOf(node(world, 1).folder(u"../b"_s)), Errc::Malformed);
        restart(world, 1);
        QCOMPARE(pathsAt(world, 1),
            (Names{u"a.txt"_s, u"b/c/three"_s, u"b/one"_s, u"b/two"_s, u"bb/four"_s}));
    }

    void aFileIsNoFolder()
    {
        World world(2, 4);
        QVERIFY(put(world, 1, u"a/b"_s, 1).ok());
        QCOMPARE(codeOf(put(world, 1, u"a"_s, 2)), Errc::Conflict);
        QCOMPARE(codeOf(put(world, 1, u"a/b/c"_s, 2)), Errc::Conflict);
        QCOMPARE(codeOf(put(world, 1, u"a/../b"_s, 2)), Errc::Malformed);
        QCOMPARE(pathsAt(world, 1), Names{u"a/b"_s});
    }

    void aSecondPutIsANewVersion()
    {
        World world(3, 5);
        const auto first = put(world, 1, u"a/doc"_s, 1);
        const auto second = put(world, 1, u"a/doc"_s, 2);
        QVERIFY(first.ok() && second.ok());
        QCOMPARE(first->versions, 0);
        QCOMPARE(second->versions, 1);
        QCOMPARE(pathsAt(world, 1), Names{u"a/doc"_s});
        QCOMPARE(node(world, 1).files().front().versions, 1);
        QCOMPARE(read(world, 1, u"a/doc"_s), content(700, 2));
        // The first one comes back on top, and the second one is not lost.
        QVERIFY(waitFor(world, node(world, 1).restore(first->fileId)).ok());
        QCOMPARE(read(world, 1, u"a/doc"_s), content(700, 1));
        QCOMPARE(node(world, 1).versions(u"a/doc"_s).size(), 2U);
        restart(world, 1);
        QCOMPARE(read(world, 1, u"a/doc"_s), content(700, 1));
        // The last version goes with all of them, an earlier one alone.
        QVERIFY(waitFor(world, node(world, 1).moveToTrash(second->fileId)).ok());
        QCOMPARE(node(world, 1).versions(u"a/doc"_s).size(), 1U);
        QVERIFY(waitFor(world, node(world, 1).restore(second->fileId)).ok());
        QCOMPARE(read(world, 1, u"a/doc"_s), content(700, 2)); // whoever restores wants to see it
        QVERIFY(waitFor(world, node(world, 1).moveToTrash(second->fileId)).ok());
        QCOMPARE(pathsAt(world, 1), Names{});
        QCOMPARE(node(world, 1).trash().size(), 1U);
        QCOMPARE(node(world, 1).trash().front().versions, 1);
        QVERIFY(waitFor(world, node(world, 1).restore(second->fileId)).ok());
        QCOMPARE(node(world, 1).versions(u"a/doc"_s).size(), 2U);
        QVERIFY(waitFor(world, node(world, 1).remove(second->fileId)).ok());
        QCOMPARE(pathsAt(world, 1), Names{});
        QCOMPARE(node(world, 1).trash().size(), 0U);
    }

    void whatIsRestoredDoesNotHideWhatCameSince()
    {
        World world(4, 5);
        const auto old = put(world, 1, u"doc"_s, 1);
        QVERIFY(waitFor(world, node(world, 1).moveToTrash(old->fileId)).ok());
        QVERIFY(put(world, 1, u"doc"_s, 2).ok());
        QVERIFY(waitFor(world, node(world, 1).restore(old->fileId)).ok());
        QCOMPARE(read(world, 1, u"doc"_s), content(700, 1));
        QCOMPARE(node(world, 1).versions(u"doc"_s).size(), 2U);
        // A folder of that name is in its way: it says so and stays where it is.
        QVERIFY(waitFor(world, node(world, 1).moveToTrash(old->fileId)).ok());
        QVERIFY(put(world, 1, u"doc/inner"_s, 3).ok());
        QCOMPARE(codeOf(waitFor(world, node(world, 1).restore(old->fileId))), Errc::Conflict);
        QCOMPARE(node(world, 1).trash().size(), 1U);
    }

    void oldVersionsGoInTime()
    {
        World world(5, 5);
        world.host(1).stop(false);
        world.host(1).config.versionsFor = 10min;
        world.host(1).start();
        world.clock.advance(5s);
        QVERIFY(put(world, 1, u"doc"_s, 1).ok());
        world.clock.advance(30min); // as long as it is the last one it stays
        QVERIFY(put(world, 1, u"doc"_s, 2).ok());
        world.clock.advance(8min);
        QCOMPARE(node(world, 1).versions(u"doc"_s).size(), 2U);
        world.clock.advance(15min);
        QCOMPARE(node(world, 1).versions(u"doc"_s).size(), 1U);
        QCOMPARE(read(world, 1, u"doc"_s), content(700, 2));
    }

    void filesAndFoldersAreMoved()
    {
        World world(6, 5);
        QVERIFY(put(world, 1, u"a/one"_s, 1).ok());
        QVERIFY(put(world, 1, u"a/one"_s, 2).ok());
        QVERIFY(put(world, 1, u"a/b/two"_s, 3).ok());
        QVERIFY(put(world, 1, u"c"_s, 4).ok());
        const auto move = [&](const QString &from, const QString &to) {
            return waitFor(world, node(world, 1).move(from, to));
        };
        QCOMPARE(codeOf(move(u"x"_s, u"y"_s)), Errc::NotFound);
        QCOMPARE(codeOf(move(u"a"_s, u"a/b/d"_s)), Errc::Malformed);
        QCOMPARE(codeOf(move(u"c"_s, u"a"_s)), Errc::Conflict);
        QCOMPARE(codeOf(move(u"c"_s, u"a/one"_s)), Errc::Conflict);
        QCOMPARE(codeOf(move(u"c"_s, u"a/one/d"_s)), Errc::Conflict);
        QCOMPARE(codeOf(move(u"c"_s, u"../d"_s)), Errc::Malformed);
        QCOMPARE(codeOf(move(u""_s, u"d"_s)), Errc::NotFound);
        QCOMPARE(pathsAt(world, 1), (Names{u"a/b/two"_s, u"a/one"_s, u"c"_s}));
        QCOMPARE(*move(u"a"_s, u"d/e"_s), 2);
        QCOMPARE(*move(u"c"_s, u"d/c"_s), 1);
        restart(world, 1);
        QCOMPARE(pathsAt(world, 1), (Names{u"d/c"_s, u"d/e/b/two"_s, u"d/e/one"_s}));
        QCOMPARE(read(world, 1, u"d/e/one"_s), content(700, 2));
        QCOMPARE(node(world, 1).versions(u"d/e/one"_s).size(), 2U);
        // A folder goes as a whole, and comes back file by file.
        const auto removeFolder = [&](const QString &path, bool isForGood) {
            return waitFor(world, node(world, 1).removeFolder(path, isForGood));
        };
        QCOMPARE(codeOf(removeFolder(u""_s, false)), Errc::NotFound);
        QCOMPARE(codeOf(removeFolder(u"nowhere"_s, false)), Errc::NotFound);
        QCOMPARE(*removeFolder(u"d/e"_s, false), 2);
        QCOMPARE(pathsAt(world, 1), Names{u"d/c"_s});
        for (const auto &file : node(world, 1).trash())
            QVERIFY(waitFor(world, node(world, 1).restore(file.id)).ok());
        QCOMPARE(node(world, 1).versions(u"d/e/one"_s).size(), 2U);
        QCOMPARE(*removeFolder(u"d"_s, true), 3);
        QCOMPARE(pathsAt(world, 1), Names{});
        QCOMPARE(node(world, 1).trash().size(), 0U);
    }

    void otherComputersSeeMovesAndVersions()
    {
        World world(7, 6);
        QVERIFY(put(world, 1, u"a/one"_s, 1).ok());
        QVERIFY(put(world, 1, u"a/two"_s, 2).ok());
        world.clock.advance(10s);
        const auto joined = waitFor(world, node(world, 2).recover(*node(world, 1).recoveryLink()));
        QVERIFY(joined.ok());
        QCOMPARE(pathsAt(world, 2), (Names{u"a/one"_s, u"a/two"_s}));
        QVERIFY(waitFor(world, node(world, 2).move(u"a/one"_s, u"b/one"_s)).ok());
        QVERIFY(put(world, 1, u"a/two"_s, 3).ok()); // at the same time
        world.clock.advance(300s);
        for (const int at : {1, 2}) {
            QCOMPARE(pathsAt(world, at), (Names{u"a/two"_s, u"b/one"_s}));
            QCOMPARE(node(world, at).versions(u"a/two"_s).size(), 2U);
            QCOMPARE(read(world, at, u"a/two"_s), content(700, 3));
        }
        // Both move the same file: the last one is right, everywhere.
        QVERIFY(waitFor(world, node(world, 1).move(u"b/one"_s, u"c/one"_s)).ok());
        world.clock.advance(100ms);
        QVERIFY(waitFor(world, node(world, 2).move(u"b/one"_s, u"d/one"_s)).ok());
        world.clock.advance(300s);
        for (const int at : {1, 2})
            QCOMPARE(pathsAt(world, at), (Names{u"a/two"_s, u"d/one"_s}));
        // A new computer finds all of it as it is now.
        world.addHost();
        world.clock.advance(5s);
        QVERIFY(waitFor(world, node(world, 7).recover(*node(world, 1).recoveryLink())).ok());
        QCOMPARE(pathsAt(world, 7), (Names{u"a/two"_s, u"d/one"_s}));
        QCOMPARE(node(world, 7).versions(u"a/two"_s).size(), 2U);
    }
};

QTEST_GUILESS_MAIN(FolderSimTest)
#include "folder_sim_test.moc"
