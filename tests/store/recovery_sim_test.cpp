// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_world.h"

#include <store/account.h>
#include <store/capability.h>

#include <QTest>

using namespace borg;
using namespace borg::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

Result<store::PutResult> put(World &world, int from, const QByteArray &bytes, const QString &name)
{
    return waitFor(world,
        world.host(from).node().put(
            std::make_shared<BytesSource>(bytes, QString()), {name, 0, 0}, {}, {}));
}

QByteArray get(World &world, int at, const QString &link)
{
    auto sink = std::make_shared<BytesSink>();
    const auto got = waitFor(world, world.host(at).node().get(link, sink, {}, {}, {}));
    return got ? sink->bytes : QByteArray("failed: ") + got.error().detail.toUtf8();
}

std::vector<QString> namesAt(World &world, int at)
{
    std::vector<QString> names;
    for (const auto &file : world.host(at).node().files())
        names.push_back(file.name);
    std::ranges::sort(names);
    return names;
}

QString errorOf(const auto &result)
{
    return result.ok() ? u"ok"_s
                       : QString(name(result.error().code)) + u' ' + result.error().detail;
}

qint64 shardsHeld(World &world)
{
    qint64 shards = 0;
    for (const auto &host : world.hosts) {
        if (host->process)
            shards += host->node().stats().shards;
    }
    return shards;
}

using Names = std::vector<QString>;

} // namespace

/// What is left of an account when a computer is lost: all of it, with the recovery link.
class RecoverySimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anotherComputerTakesOverAfterALoss_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 5; ++seed)
            QTest::addRow("seed %llu", seed) << seed;
    }
    void anotherComputerTakesOverAfterALoss()
    {
        QFETCH(quint64, seed);
        World world(seed, 6);
        const QByteArray big = content(3 << 20, seed);
        const QByteArray small = content(900, seed + 1);
        QVERIFY(put(world, 1, big, u"big"_s).ok());
        QVERIFY(put(world, 1, small, u"small"_s).ok());
        const QString link = *world.host(1).node().recoveryLink();
        world.clock.advance(10s);
        QVERIFY(world.host(1).node().listState().isCurrent);
        QVERIFY(world.host(1).node().listState().copies >= 5);
        world.host(1).stop(true); // for good

        world.addHost();
        world.clock.advance(5s);
        QCOMPARE(namesAt(world, 7), Names{});
        const auto count = waitFor(world, world.host(7).node().recover(link));
        QVERIFY2(count.ok(), qPrintable(errorOf(count)));
        QCOMPARE(*count, 2);
        QCOMPARE(namesAt(world, 7), (Names{u"big"_s, u"small"_s}));
        for (const auto &file : world.host(7).node().files()) {
            const auto of = world.host(7).node().link(file.id);
            QCOMPARE(get(world, 7, *of), file.name == u"big" ? big : small);
        }
        // They are its own now: it sees to their health, and may take them away.
        world.clock.advance(120s);
        for (const auto &file : world.host(7).node().files())
            QCOMPARE(file.state, u"healthy"_s);
        QCOMPARE(*world.host(7).node().recoveryLink(), link);
    }

    void whoTookOverMayRemove()
    {
        World world(3, 6);
        QVERIFY(put(world, 1, content(3 << 20, 1), u"big"_s).ok());
        world.clock.advance(10s);
        const QString link = *world.host(1).node().recoveryLink();
        world.host(1).stop(true);
        world.addHost();
        world.clock.advance(60s);
        QVERIFY(waitFor(world, world.host(7).node().recover(link)).ok());
        const qint64 before = shardsHeld(world);
        const auto files = world.host(7).node().files();
        QCOMPARE(files.size(), 1U);
        QVERIFY(waitFor(world, world.host(7).node().remove(files.front().id)).ok());
        world.clock.advance(60s);
        QVERIFY2(shardsHeld(world) < before / 2, qPrintable(QString::number(shardsHeld(world))));
        QVERIFY(world.host(7).node().listState().isCurrent);
    }

    void twoComputersSeeWhatTheOtherDoes()
    {
        World world(4, 6);
        QVERIFY(put(world, 1, content(5000, 1), u"one"_s).ok());
        world.clock.advance(10s);
        const QString link = *world.host(1).node().recoveryLink();
        QVERIFY(waitFor(world, world.host(2).node().recover(link)).ok());
        QVERIFY(put(world, 2, content(5000, 2), u"two"_s).ok());
        QVERIFY(put(world, 1, content(5000, 3), u"three"_s).ok()); // both at once
        world.clock.advance(300s);
        const Names all{u"one"_s, u"three"_s, u"two"_s};
        QCOMPARE(namesAt(world, 1), all);
        QCOMPARE(namesAt(world, 2), all);
        // What one removes is gone at the other, and does not come back.
        for (const auto &file : world.host(2).node().files()) {
            if (file.name == u"one")
                QVERIFY(waitFor(world, world.host(2).node().remove(file.id)).ok());
        }
        world.clock.advance(600s);
        QCOMPARE(namesAt(world, 1), (Names{u"three"_s, u"two"_s}));
        QCOMPARE(namesAt(world, 2), (Names{u"three"_s, u"two"_s}));
    }

    void theTrashIsKeptForAWhile()
    {
        World world(11, 5);
        auto put1 = put(world, 1, content(5000, 1), u"one"_s);
        QVERIFY(put1.ok());
        world.clock.advance(10s);
        QVERIFY(waitFor(world, world.host(2).node().recover(*world.host(1).node().recoveryLink()))
                .ok());
        const QString id = put1->fileId;
        QVERIFY(waitFor(world, world.host(1).node().moveToTrash(id)).ok());
        QCOMPARE(namesAt(world, 1), Names{});
        QCOMPARE(world.host(1).node().trash().size(), 1U);
        world.clock.advance(300s); // the other computer sees it, and takes it out
        QCOMPARE(namesAt(world, 2), Names{});
        QVERIFY(waitFor(world, world.host(2).node().restore(id)).ok());
        world.clock.advance(300s);
        QCOMPARE(namesAt(world, 1), Names{u"one"_s});
        QCOMPARE(get(world, 1, put1->link), content(5000, 1));
        // Again, and both agree that it is in the trash, across a restart.
        QVERIFY(waitFor(world, world.host(1).node().moveToTrash(id)).ok());
        world.clock.advance(300s);
        world.host(1).stop(false);
        world.host(1).start();
        world.clock.advance(10s);
        QCOMPARE(namesAt(world, 1), Names{});
        QCOMPARE(world.host(1).node().trash().size(), 1U);
        QCOMPARE(get(world, 1, put1->link), content(5000, 1));
        QCOMPARE(waitFor(world, world.host(1).node().restore(u"nothing"_s)).error().code,
            Errc::NotFound);
    }

    void theTrashIsEmptiedInTime()
    {
        World world(12, 5);
        world.host(1).stop(false);
        world.host(1).config.trashFor = 10min;
        world.host(1).start();
        world.clock.advance(5s);
        const auto kept = put(world, 1, content(2 << 20, 1), u"kept"_s);
        const auto gone = put(world, 1, content(2 << 20, 2), u"gone"_s);
        QVERIFY(kept.ok() && gone.ok());
        world.clock.advance(10s);
        QVERIFY(waitFor(world, world.host(1).node().moveToTrash(gone->fileId)).ok());
        const qint64 before = shardsHeld(world);
        world.clock.advance(9min);
        QCOMPARE(world.host(1).node().trash().size(), 1U);
        world.clock.advance(12min);
        QCOMPARE(world.host(1).node().trash().size(), 0U);
        QVERIFY(shardsHeld(world) < before);
        QCOMPARE(get(world, 1, kept->link), content(2 << 20, 1));
        QVERIFY(get(world, 1, gone->link).startsWith("failed"));
    }

    void whatTwoPartsOfTheNetworkPutIsAllThere_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 6; ++seed)
            QTest::addRow("seed %llu", seed) << seed;
    }
    void whatTwoPartsOfTheNetworkPutIsAllThere()
    {
        QFETCH(quint64, seed);
        World world(seed, 8);
        QVERIFY(put(world, 1, content(5000, 1), u"one"_s).ok());
        world.clock.advance(10s);
        QVERIFY(waitFor(world, world.host(5).node().recover(*world.host(1).node().recoveryLink()))
                .ok());
        world.clock.advance(10s);
        std::map<NodeId, int> parts;
        for (int number = 5; number <= 8; ++number)
            parts[world.host(number).peer.id] = 1;
        world.network.partition(parts);
        // Each part writes lists that the other does not see; one of them more.
        QVERIFY(put(world, 1, content(5000, 2), u"left"_s).ok());
        QVERIFY(put(world, 5, content(5000, 3), u"right"_s).ok());
        world.clock.advance(60s);
        QVERIFY(put(world, 5, content(5000, 4), u"right too"_s).ok());
        world.clock.advance(60s);
        world.network.heal();
        world.clock.advance(600s);
        const Names all{u"left"_s, u"one"_s, u"right"_s, u"right too"_s};
        QCOMPARE(namesAt(world, 1), all);
        QCOMPARE(namesAt(world, 5), all);
    }

    void listsThatNobodyCanReadDoNotStandInTheWayForEver()
    {
        World world(14, 8);
        QVERIFY(put(world, 1, content(5000, 1), u"one"_s).ok());
        world.clock.advance(10s);
        QVERIFY(waitFor(world, world.host(5).node().recover(*world.host(1).node().recoveryLink()))
                .ok());
        world.clock.advance(10s);
        std::map<NodeId, int> parts;
        for (int number = 5; number <= 8; ++number)
            parts[world.host(number).peer.id] = 1;
        world.network.partition(parts);
        for (int i = 0; i < 6; ++i) { // more lists than a pointer names
            QVERIFY(put(world, 5, content(5000, 10 + static_cast<quint64>(i)), u"lost %1"_s.arg(i))
                    .ok());
            world.clock.advance(60s);
            QVERIFY(world.host(5).node().listState().isCurrent);
        }
        // All that is left of that part is one node, which keeps the pointer.
        for (int number = 5; number <= 7; ++number)
            world.host(number).stop(true);
        world.network.heal();
        world.clock.advance(10s);
        QVERIFY(put(world, 1, content(5000, 2), u"two"_s).ok());
        world.clock.advance(60s);
        QVERIFY(!world.host(1).node().listState().isCurrent);
        QVERIFY(!world.host(1).node().listState().problem.isEmpty());
        world.clock.advance(600s);
        const auto state = world.host(1).node().listState();
        QVERIFY2(state.isCurrent, qPrintable(state.problem));
        QCOMPARE(namesAt(world, 1), (Names{u"one"_s, u"two"_s}));
        // Whoever wrote them comes back after all, and adds what is missing.
        world.host(5).start();
        world.host(6).start();
        world.host(7).start();
        world.clock.advance(600s);
        for (const int at : {1, 5})
            QCOMPARE(namesAt(world, at).size(), 8U);
    }

    void oneThatWasAwayCatchesUp()
    {
        World world(5, 6);
        QVERIFY(put(world, 1, content(5000, 1), u"one"_s).ok());
        world.clock.advance(10s);
        QVERIFY(waitFor(world, world.host(2).node().recover(*world.host(1).node().recoveryLink()))
                .ok());
        world.host(1).stop(true);
        QVERIFY(put(world, 2, content(5000, 2), u"two"_s).ok());
        world.clock.advance(60s);
        world.host(1).start();
        world.clock.advance(300s);
        QCOMPARE(namesAt(world, 1), (Names{u"one"_s, u"two"_s}));
    }

    void aLinkThatNobodyKnowsSaysSo()
    {
        World world(6, 4);
        crypto::SecretKey seed;
        seed.mutableBytes()[0] = 1;
        const auto account = *store::Account::make(seed, u"net"_s);
        const auto link = store::RecoveryLink{account->pointer(), seed}.text();
        const auto unknown = waitFor(world, world.host(2).node().recover(link));
        QVERIFY(!unknown.ok());
        QCOMPARE(unknown.error().code, Errc::NotFound);
        const auto foreign = *store::Account::make(seed, u"another net"_s);
        const auto other = waitFor(world,
            world.host(2).node().recover(store::RecoveryLink{foreign->pointer(), seed}.text()));
        QCOMPARE(other.error().code, Errc::Malformed);
        QVERIFY(other.error().detail.contains(u"another network"_s));
        const auto none = waitFor(world, world.host(2).node().recover(u"borg:r/x"_s));
        QCOMPARE(none.error().code, Errc::Malformed);
    }

    void aNodeWithFilesOfItsOwnRefuses()
    {
        World world(7, 5);
        QVERIFY(put(world, 1, content(5000, 1), u"one"_s).ok());
        QVERIFY(put(world, 2, content(5000, 2), u"two"_s).ok());
        world.clock.advance(10s);
        const auto refused
            = waitFor(world, world.host(2).node().recover(*world.host(1).node().recoveryLink()));
        QCOMPARE(refused.error().code, Errc::Conflict);
        QCOMPARE(namesAt(world, 2), Names{u"two"_s});
        // Its own link does no harm.
        const auto own
            = waitFor(world, world.host(2).node().recover(*world.host(2).node().recoveryLink()));
        QVERIFY2(own.ok(), qPrintable(errorOf(own)));
        QCOMPARE(namesAt(world, 2), Names{u"two"_s});
    }

    void thePlaceOutlivesAllItsFirstKeepers_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 4; ++seed)
            QTest::addRow("seed %llu", seed) << seed;
    }
    void thePlaceOutlivesAllItsFirstKeepers()
    {
        // The owner first, then one after the other: whoever is left hands it on.
        QFETCH(quint64, seed);
        World world(seed, 6);
        QVERIFY(put(world, 1, content(5000, 1), u"one"_s).ok());
        world.clock.advance(10s);
        const QString link = *world.host(1).node().recoveryLink();
        for (int number = 1; number <= 6; ++number) {
            world.host(number).stop(true);
            world.addHost();
            world.clock.advance(900s);
        }
        const auto count = waitFor(world, world.host(12).node().recover(link));
        QVERIFY2(count.ok(), qPrintable(errorOf(count)));
        QCOMPARE(namesAt(world, 12), Names{u"one"_s});
        const auto file = world.host(12).node().files().front();
        QCOMPARE(get(world, 12, *world.host(12).node().link(file.id)), content(5000, 1));
    }

    void aNodeAloneSaysThatItsListIsNotSafe()
    {
        World world(10, 1);
        QVERIFY(put(world, 1, content(5000, 1), u"one"_s).ok());
        world.clock.advance(30s);
        const auto alone = world.host(1).node().listState();
        QVERIFY(!alone.isCurrent);
        QVERIFY(!alone.problem.isEmpty());
        for (int i = 0; i < 4; ++i)
            world.addHost();
        world.clock.advance(120s);
        const auto together = world.host(1).node().listState();
        QVERIFY2(together.isCurrent, qPrintable(together.problem));
        world.host(1).stop(true);
        const auto count
            = waitFor(world, world.host(3).node().recover(*world.host(2).node().recoveryLink()));
        QCOMPARE(count.error().code, Errc::NotFound); // another one's
    }

    void whoNeverPutAFileLeavesNoTrace()
    {
        World world(9, 4);
        world.clock.advance(300s);
        QCOMPARE(shardsHeld(world), 0);
    }
};

QTEST_GUILESS_MAIN(RecoverySimTest)
#include "recovery_sim_test.moc"
