// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_world.h"

#include <store/capability.h>
#include <store/protocol.h>

#include <QCryptographicHash>
#include <QTest>

using namespace borg;
using namespace borg::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kMib = 1 << 20;

Result<store::PutResult> put(World &world, int from, const QByteArray &bytes,
    const store::PutOptions &options = {u"file"_s, 0, 0}, const QString &fingerprint = {})
{
    auto task = world.host(from).node().put(
        std::make_shared<BytesSource>(bytes, fingerprint), options, {}, {});
    for (int i = 0; i < 600 && !task.isReady(); ++i)
        world.clock.advance(100ms);
    return task.isReady() ? sim::resultOf(task)
                          : Result<store::PutResult>(Error{Errc::Timeout, {}});
}

struct Got {
    Result<store::GetResult> result;
    std::shared_ptr<BytesSink> sink;
};
Got get(World &world, int at, const QString &link, const store::GetOptions &options = {})
{
    auto sink = std::make_shared<BytesSink>();
    auto task = world.host(at).node().get(link, sink, options, {}, {});
    for (int i = 0; i < 600 && !task.isReady(); ++i)
        world.clock.advance(100ms);
    if (!task.isReady())
        return {Error{Errc::Timeout, {}}, sink};
    return {sim::resultOf(task), sink};
}

QString codeOf(const auto &result)
{
    return result.ok() ? u"ok"_s
                       : QString(name(result.error().code)) + u' ' + result.error().detail;
}

bool diskHas(StoreHost &host, const QByteArray &needle)
{
    std::vector<QString> folders{QString()};
    while (!folders.empty()) {
        const QString folder = folders.back();
        folders.pop_back();
        const auto entries = host.disk.list(folder);
        for (const auto &entry : entries ? *entries : std::vector<disk::Entry>{}) {
            const QString path = folder.isEmpty() ? entry.name : folder + u'/' + entry.name;
            if (entry.isFolder)
                folders.push_back(path);
            else if (const auto bytes = host.disk.read(path, 0, entry.sizeBytes);
                bytes && bytes->contains(needle))
                return true;
        }
    }
    return false;
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

store::FileInfo onlyFile(World &world, int at)
{
    const auto files = world.host(at).node().files();
    return files.size() == 1 ? files.front() : store::FileInfo{};
}

} // namespace

class StoreSimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFileComesBackFromAnotherNode_data()
    {
        QTest::addColumn<qsizetype>("size");
        for (const qsizetype size : {qsizetype{0}, qsizetype{1}, qsizetype{16 * 1024},
                 qsizetype{16 * 1024 + 1}, 2 * qsizetype{524160}, 7 * kMib + 13})
            QTest::addRow("%lld", static_cast<long long>(size)) << size;
    }
    void aFileComesBackFromAnotherNode()
    {
        QFETCH(qsizetype, size);
        World world(1, 5);
        const QByteArray bytes = content(size, 7);
        const auto result = put(world, 1, bytes);
        QVERIFY2(result.ok(), qPrintable(codeOf(result)));
        QCOMPARE(result->bytes, size);
        QCOMPARE(result->code, u"2/4"_s);
        QCOMPARE(result->state, u"healthy"_s);
        const auto got = get(world, 4, result->link);
        QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
        QCOMPARE(got.sink->bytes, bytes);
        QVERIFY(got.sink->committed);
        QCOMPARE(got.result->name, u"file"_s);
        QCOMPARE(got.result->segmentsDecoded, 0);
    }

    void survivesTheLossOfAllButKHolders_data() { seeds(5); }
    void survivesTheLossOfAllButKHolders()
    {
        QFETCH(quint64, seed);
        World world(seed, 10);
        const QByteArray bytes = content(5 * kMib, seed);
        const auto result = put(world, 1, bytes, {u"file"_s, 3, 10});
        QVERIFY2(result.ok(), qPrintable(codeOf(result)));
        for (const int number : {2, 3, 5, 6, 7, 9, 10})
            world.host(number).stop(true);
        for (const int reader : {1, 4, 8}) {
            const auto got = get(world, reader, result->link);
            QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
            QCOMPARE(got.sink->bytes, bytes);
        }
    }

    void tooFewShardsIsAnErrorThatSaysHowMany()
    {
        World world(3, 10);
        const auto result = put(world, 1, content(5 * kMib, 3), {u"file"_s, 3, 10});
        QVERIFY(result.ok());
        for (const int number : {2, 3, 5, 6, 7, 8, 9, 10})
            world.host(number).stop(true);
        const auto got = get(world, 4, result->link);
        QVERIFY(!got.result.ok());
        QCOMPARE(got.result.error().code, Errc::NotFound);
        QVERIFY2(got.result.error().detail.contains(u"only 2 of the 3"_s),
            qPrintable(got.result.error().detail));
        QVERIFY(got.sink->discarded);
        QVERIFY(got.sink->bytes.isEmpty());
    }

    void aRangeIsExactlyThat()
    {
        World world(4, 5);
        const QByteArray bytes = content(5 * kMib, 4);
        const auto result = put(world, 2, bytes);
        QVERIFY(result.ok());
        for (const auto &[offset, length] :
            {std::pair<qint64, qint64>{0, 1}, {1048319, 5}, {3 * kMib, -1}, {5 * kMib - 1, 100}}) {
            const auto got = get(world, 3, result->link, {offset, length});
            QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
            QCOMPARE(got.sink->bytes, bytes.mid(offset, length));
        }
    }

    void aWrongKeyIsUnauthorized()
    {
        World world(5, 5);
        const auto result = put(world, 1, content(2 * kMib, 5));
        QVERIFY(result.ok());
        auto link = store::Capability::parse(result->link);
        QVERIFY(link.ok());
        link->key->mutableBytes()[0] ^= 1;
        const auto got = get(world, 2, link->text());
        QVERIFY(!got.result.ok());
        QCOMPARE(got.result.error().code, Errc::Unauthorized);
        QVERIFY(got.sink->discarded);
    }

    void noNodeHoldsPlaintextOrEnoughShards_data() { seeds(3); }
    void noNodeHoldsPlaintextOrEnoughShards()
    {
        QFETCH(quint64, seed);
        World world(seed, 7);
        const QByteArray bytes = content(6 * kMib, seed);
        const auto result = put(world, 1, bytes);
        QVERIFY(result.ok());
        QCOMPARE(result->code, u"3/6"_s);
        world.clock.advance(30s);
        for (auto &host : world.hosts) {
            QVERIFY(!diskHas(*host, "THE-MARKER-OF-THE-PLAINTEXT"));
            // 3/6: four segments, two shards each at most, and a piece of the root page.
            QVERIFY(host->node().stats().shards <= 4 * 2 + 1);
        }
    }

    void repairBringsBackFullHealth_data() { seeds(3); }
    void repairBringsBackFullHealth()
    {
        QFETCH(quint64, seed);
        World world(seed, 5);
        const QByteArray bytes = content(6 * kMib, seed);
        const auto result = put(world, 1, bytes);
        QVERIFY(result.ok());
        world.host(3).stop(true);
        world.clock.advance(12s);
        world.clock.advance(2min);
        const auto file = onlyFile(world, 1);
        QCOMPARE(file.state, u"healthy"_s);
        QCOMPARE(file.shardsAlive, 4);
        QCOMPARE(file.shardsWanted, 4);
    }

    /// Two nodes are away for long enough to be replaced, come back with what they had, and then a
    /// third is gone for good: only exchanging doubled shards makes the file whole on four nodes.
    void fullHealthAfterReturnsAndALossForGood_data() { seeds(8); }
    void fullHealthAfterReturnsAndALossForGood()
    {
        QFETCH(quint64, seed);
        World world(seed, 5);
        const QByteArray bytes = content(6 * kMib, seed);
        const auto result = put(world, 1, bytes);
        QVERIFY(result.ok());
        world.host(2).stop(true);
        world.host(4).stop(true);
        world.clock.advance(90s);
        auto got = get(world, 1, result->link);
        QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
        QCOMPARE(got.sink->bytes, bytes);
        world.host(2).start();
        world.host(4).start();
        world.clock.advance(60s);
        QCOMPARE(onlyFile(world, 1).state, u"healthy"_s);
        world.host(5).stop(true);
        world.clock.advance(3min);
        const auto file = onlyFile(world, 1);
        QCOMPARE(file.state, u"healthy"_s);
        QCOMPARE(file.shardsAlive, 4);
        QVERIFY(world.host(2).node().stats().shardsVerified > 0);
        got = get(world, 4, result->link);
        QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
        QCOMPARE(got.sink->bytes, bytes);
    }

    void aFileOfALonelyNodeWaitsAndGoesOutLater()
    {
        World world(9, 1);
        const QByteArray bytes = content(3 * kMib, 9);
        const auto result = put(world, 1, bytes);
        QVERIFY2(result.ok(), qPrintable(codeOf(result)));
        QCOMPARE(onlyFile(world, 1).state, u"spooled"_s);
        auto got = get(world, 1, result->link);
        QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
        QCOMPARE(got.sink->bytes, bytes);
        world.host(1).stop(true);
        world.host(1).start();
        world.clock.advance(5s);
        for (int i = 0; i < 4; ++i)
            world.addHost();
        world.clock.advance(2min);
        QCOMPARE(onlyFile(world, 1).state, u"healthy"_s);
        QVERIFY(!world.host(1).disk.list(u"spool"_s).ok()
            || world.host(1).disk.list(u"spool"_s)->empty());
        got = get(world, 5, result->link);
        QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
        QCOMPARE(got.sink->bytes, bytes);
    }

    void aPutThatBrokeOffGoesOn()
    {
        World world(10, 5);
        const QByteArray bytes = content(20 * kMib, 10);
        auto task = world.host(1).node().put(
            std::make_shared<BytesSource>(bytes, u"one:file"_s), {u"file"_s, 0, 0}, {}, {});
        while (shardsHeld(world) < 20)
            world.clock.advance(5ms);
        QVERIFY(!task.isReady());
        world.host(1).stop(true);
        world.clock.advance(2s);
        const qint64 before = shardsHeld(world);
        QVERIFY(before > 0);
        world.host(1).start();
        world.clock.advance(2s);
        const auto result = put(world, 1, bytes, {u"file"_s, 0, 0}, u"one:file"_s);
        QVERIFY2(result.ok(), qPrintable(codeOf(result)));
        // Segments, four shards each, the root page's pieces: nothing twice.
        const qint64 segments = (20 * kMib + 2 * 524160 - 1) / (2 * 524160);
        QCOMPARE(shardsHeld(world), segments * 4 + 5);
        const auto got = get(world, 2, result->link);
        QCOMPARE(got.sink->bytes, bytes);
    }

    void cancellingAPutLeavesNothing()
    {
        World world(11, 5);
        const Cancel cancel;
        auto task = world.host(1).node().put(
            std::make_shared<BytesSource>(content(20 * kMib, 11), u"one:file"_s), {u"file"_s, 0, 0},
            {}, cancel);
        while (shardsHeld(world) < 10)
            world.clock.advance(5ms);
        cancel.cancel();
        world.clock.advance(20s);
        QVERIFY(task.isReady());
        const auto result = sim::resultOf(task);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().code, Errc::Closed);
        QCOMPARE(shardsHeld(world), 0);
        QVERIFY(world.host(1).node().files().empty());
    }

    void removingLeavesNothingAlsoOnNodesThatWereAway()
    {
        World world(12, 5);
        const auto result = put(world, 1, content(5 * kMib, 12));
        QVERIFY(result.ok());
        world.host(2).stop(true);
        auto removed = world.host(1).node().remove(result->fileId);
        world.clock.advance(5s);
        QVERIFY(removed.isReady());
        QVERIFY(sim::resultOf(removed).ok());
        QVERIFY(world.host(1).node().files().empty());
        world.host(2).start();
        world.clock.advance(30s);
        QCOMPARE(shardsHeld(world), 0);
        const auto got = get(world, 3, result->link);
        QVERIFY(!got.result.ok());
        QCOMPARE(got.result.error().code, Errc::NotFound);
    }

    void aDamagedShardIsBypassedThenRebuilt()
    {
        World world(13, 5);
        const QByteArray bytes = content(6 * kMib, 13);
        const auto result = put(world, 1, bytes);
        QVERIFY(result.ok());
        for (const int number : {2, 3}) {
            auto &disk = world.host(number).disk;
            const auto entries = disk.list(u"packs"_s);
            QVERIFY(entries.ok());
            for (const auto &entry : *entries) {
                for (qint64 at = 100'000; at < std::min<qint64>(entry.sizeBytes, 3 * kMib);
                    at += 400'000)
                    disk.flipBit(u"packs/"_s + entry.name, at, 3);
            }
        }
        const auto got = get(world, 4, result->link);
        QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
        QCOMPARE(got.sink->bytes, bytes);
        world.clock.advance(2min);
        QCOMPARE(onlyFile(world, 1).state, u"healthy"_s);
    }

    /// Two of six holders send wrong bytes; neither a reader nor a repairer believes them.
    void holdersWhoLieAreBypassed()
    {
        World world(14, 6);
        const QByteArray bytes = content(6 * kMib, 14);
        const auto result = put(world, 1, bytes, {u"file"_s, 2, 6});
        QVERIFY2(result.ok(), qPrintable(codeOf(result)));
        for (const int number : {2, 3}) {
            world.host(number).stop(false);
            world.host(number).lies = true;
            world.host(number).start();
        }
        world.clock.advance(5s);
        for (const int reader : {1, 4, 6}) {
            const auto got = get(world, reader, result->link);
            QVERIFY2(got.result.ok(), qPrintable(codeOf(got.result)));
            QCOMPARE(got.sink->bytes, bytes);
        }
    }

    void theSameSeedGivesTheSameRun()
    {
        const auto run = [] {
            World world(21, 6);
            const auto result = put(world, 1, content(6 * kMib, 21));
            world.host(4).stop(true);
            world.clock.advance(1min);
            QCryptographicHash trace(QCryptographicHash::Sha256);
            trace.addData(result->link.toUtf8());
            for (const auto &host : world.hosts) {
                const auto note = u"%1 %2 %3;"_s.arg(host->disk.callCount())
                                      .arg(host->disk.usedBytes())
                                      .arg(host->process ? host->node().stats().shards : -1);
                trace.addData(note.toUtf8());
            }
            trace.addData(QByteArray::number(world.rng.bits()));
            return trace.result().toHex();
        };
        QCOMPARE(run(), run());
    }

private:
    static void seeds(quint64 count)
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= count; ++seed)
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
    }
};

QTEST_APPLESS_MAIN(StoreSimTest)
#include "store_sim_test.moc"
