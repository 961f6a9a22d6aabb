// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_world.h"

#include <store/holder.h>
#include <store/root_page.h>

#include <QTest>

using namespace borg;
using namespace borg::test;
using borg::store::ShardId;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kMib = 1 << 20;

QString codeOf(const auto &result)
{
    return result.ok() ? u"ok"_s : QString(name(result.error().code));
}

ShardId idFor(const QByteArray &bytes)
{
    return store::shardIdOf(bytes, store::defaultHashCode());
}

ShardId tagFor(quint8 number)
{
    store::FileId file;
    file.bytes.fill(number);
    return store::fileTag(file);
}

/// One holder, whose calls come from whoever the test says.
struct HolderWorld {
    HolderWorld()
    {
        for (const int number : {1, 2, 3}) {
            const net::Peer peer{idOf(number), {u"node"_s, 7000}};
            registry.entries.insert_or_assign(peer.id, Registry::Entry{peer, true, clock.now()});
        }
        packs.open();
        clock.advance(1s);
        db = *store::StoreDb::open(disk, u"store.sqlite"_s);
        holder.setAskHave([](NodeId, ShardId) -> QCoro::Task<Result<bool>> { co_return true; });
        holder.open(db);
        clock.advance(1s);
    }
    ~HolderWorld()
    {
        scope.close();
        clock.advance(1min);
    }
    auto run(auto task)
    {
        clock.advance(10s);
        return sim::resultOf(task);
    }
    auto put(const NodeId &from, const store::PutShard &request, const QByteArray &body)
    {
        return run(holder.put(from, request, body));
    }
    store::PutShard request(const QByteArray &body, quint8 tag, quint32 index, quint32 k = 2)
    {
        return {idFor(body), tagFor(tag), 0, index, k, 4, 0, {}, {}, {}, {}, {}};
    }

    sim::SimClock clock;
    sim::SimRng rng{1};
    TaskScope scope{clock};
    sim::SimDisk disk{1};
    sim::SimExecutor executor{clock};
    Registry registry;
    SimDirectory directory{clock, registry, idOf(1)};
    store::PackStore packs{
        scope, rng, disk, executor, {.folder = u"packs"_s, .packBytes = 16 * kMib}};
    store::Holder holder{scope, executor, executor, packs, directory, idOf(1)};
    std::shared_ptr<store::StoreDb> db;
};

const NodeId kOwner = idOf(2);
const NodeId kOther = idOf(3);
const NodeId kStranger = idOf(9);

auto startPut(World &world, int from, const QByteArray &bytes, const Cancel &cancel)
{
    return world.host(from).node().put(
        std::make_shared<BytesSource>(bytes, u"one file"_s), {u"file"_s, 0, 0}, {}, cancel);
}

template <typename T>
void advanceUntilReady(World &world, QCoro::Task<T> &task)
{
    for (int i = 0; i < 6000 && !task.isReady(); ++i)
        world.clock.advance(10ms);
}

} // namespace

/// What a node keeps although others, or its own user, do what they should not.
class StoreHostileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aCancelledPutLeavesTheSameFileOfAnotherPutAlone()
    {
        World world(1, 5);
        const QByteArray bytes = content(3 * kMib, 1);
        const Cancel cancel;
        auto first = startPut(world, 1, bytes, {});
        world.clock.advance(5ms);
        auto second = startPut(world, 1, bytes + content(300 * kMib, 2), cancel);
        advanceUntilReady(world, first);
        QVERIFY(!second.isReady());
        cancel.cancel();
        advanceUntilReady(world, second);
        const auto put = sim::resultOf(first);
        QVERIFY2(put.ok(), qPrintable(codeOf(put)));
        QCOMPARE(codeOf(sim::resultOf(second)), u"Closed"_s);
        auto sink = std::make_shared<BytesSink>();
        auto got = world.host(4).node().get(put->link, sink, {}, {}, {});
        advanceUntilReady(world, got);
        const auto result = sim::resultOf(got);
        QVERIFY2(result.ok(), qPrintable(codeOf(result)));
        QCOMPARE(sink->bytes, bytes);
    }

    void aPutWhoseFileIsOnTheListIsNotTakenUpAgain()
    {
        sim::SimDisk disk(1);
        auto db = store::StoreDb::open(disk, u"store.sqlite"_s);
        QVERIFY(db.ok());
        store::OpenPut open;
        open.file.bytes.fill(7);
        open.code = {2, 4};
        QVERIFY((*db)->saveOpenPut(u"print"_s, open, 1).ok());
        QVERIFY((*(*db)->openPut(u"print"_s)).has_value());
        store::FileRecord file;
        file.manifest = idFor("manifest");
        file.id = file.manifest.text();
        file.tag = store::fileTag(open.file);
        QVERIFY((*db)->save(file).ok());
        QVERIFY(!(*(*db)->openPut(u"print"_s)).has_value());
    }

    void whatIsLearntOfARemovedFileDoesNotBringItBack()
    {
        sim::SimDisk disk(1);
        auto db = store::StoreDb::open(disk, u"store.sqlite"_s);
        QVERIFY(db.ok());
        store::FileRecord file;
        file.manifest = idFor("manifest");
        file.id = file.manifest.text();
        file.tag = tagFor(1);
        file.isSpooled = true;
        QVERIFY((*db)->save(file).ok());
        store::FileRecord later = file;
        later.isSpooled = false;
        later.wasHealthy = true;
        QVERIFY((*db)->saveProgress(later).ok());
        QVERIFY((*db)->saveProgress(file).ok()); // overtaken by the later one
        QVERIFY((*db)->files()->front().wasHealthy);
        QVERIFY(!(*db)->files()->front().isSpooled);
        QVERIFY((*db)->removeFile(file.id).ok());
        QVERIFY((*db)->saveProgress(later).ok());
        QVERIFY((*db)->files()->empty());
    }

    void onlyTheOwnerReplacesARecord()
    {
        HolderWorld world;
        const QByteArray good = content(4096, 1);
        const QByteArray other = content(4096, 2);
        QVERIFY(world.put(kOwner, world.request(good, 1, 0), good).ok());
        auto swap = world.request(other, 1, 1);
        swap.replaces = idFor(good);
        swap.alsoAt = kOther;
        swap.owner = kOwner;
        QCOMPARE(codeOf(world.put(kOther, swap, other)), u"Conflict"_s);
        QVERIFY(world.packs.contains(idFor(good)));
        QCOMPARE(codeOf(world.put(kOwner, swap, content(4096, 3))), u"Malformed"_s);
        QVERIFY(world.packs.contains(idFor(good)));
        QCOMPARE(codeOf(world.put(kOwner, swap, other)), u"ok"_s);
        QVERIFY(!world.packs.contains(idFor(good)));
        QVERIFY(world.packs.contains(idFor(other)));
    }

    void anAccountProvesWhatIsIts()
    {
        HolderWorld world;
        const auto account = [](quint8 fill) {
            crypto::SecretKey seed;
            seed.mutableBytes()[0] = fill;
            return *store::Account::make(seed, u"net"_s);
        };
        const auto owner = account(1);
        const auto thief = account(2);
        const QByteArray bytes = content(4096, 1);
        auto request = world.request(bytes, 1, 0);
        request.owner = owner->id();
        QVERIFY(world.put(kOther, request, bytes).ok());
        const auto bind = [&](const QByteArray &manifest, const store::AccountPtr &by) {
            const auto proof = store::prove(*by, store::OwnerAct::Bind, tagFor(1), idFor(manifest));
            return world.run(world.holder.bind(kOther, {tagFor(1), idFor(manifest), proof}, {}));
        };
        QVERIFY(bind("false", thief).ok());
        QVERIFY(bind("true", owner).ok());
        for (int i = 0; i < 10; ++i)
            QVERIFY(bind(QByteArray::number(i), thief).ok());
        QCOMPARE(world.holder.manifestsOf(tagFor(1)).front(), idFor("true"));

        using store::OwnerAct;
        const auto remove = [&](const store::AccountPtr &by, OwnerAct act) {
            return codeOf(world.run(world.holder.remove(
                kOther, {tagFor(1), owner->id(), store::prove(*by, act, tagFor(1))}, {})));
        };
        QCOMPARE(remove(thief, OwnerAct::Remove), u"Unauthorized"_s);
        QCOMPARE(remove(owner, OwnerAct::Bind), u"Unauthorized"_s);
        QVERIFY(world.packs.contains(idFor(bytes)));
        QCOMPARE(remove(owner, OwnerAct::Remove), u"ok"_s);
        QVERIFY(!world.packs.contains(idFor(bytes)));
        // It stays away: whoever has a copy does not bring it back.
        QCOMPARE(world.put(kOther, request, bytes).error().code, Errc::Conflict);
        // What is not held is not noted for others either.
        const auto elsewhere = world.run(world.holder.remove(kOther,
            {tagFor(2), owner->id(), store::prove(*thief, OwnerAct::Remove, tagFor(2))}, {}));
        QCOMPARE(elsewhere.error().code, Errc::Unauthorized);
    }

    void aPointerGoesForwardOnly()
    {
        HolderWorld world;
        const auto put = [&](const NodeId &from, const QByteArray &record) {
            return world.run(world.holder.putPointer(from, {}, record));
        };
        const auto pointer = [](quint8 of, quint64 seq, const QByteArray &payload) {
            crypto::SecretKey seed;
            seed.mutableBytes()[0] = of;
            return store::writePointer(**store::Account::make(seed, u"net"_s), seq, payload);
        };
        const auto first = pointer(1, 1, "first");
        const auto second = pointer(1, 2, "second");
        QCOMPARE(put(kOther, second.bytes)->body, second.bytes);
        QCOMPARE(put(kOther, first.bytes)->body, second.bytes); // replayed
        QByteArray forged = first.bytes;
        forged[44] = 9; // its seq
        QCOMPARE(put(kOther, forged).error().code, Errc::Unauthorized);
        QCOMPARE(put(kOther, QByteArray(4096, 'x')).error().code, Errc::Malformed);
        QCOMPARE(put(kStranger, second.bytes).error().code, Errc::Unauthorized);
        const auto get = [&](const store::Pointer &of) {
            return world.run(world.holder.getPointer(kStranger, {store::pointerId(of.key)}, {}));
        };
        QCOMPARE(get(first)->body, second.bytes);
        QVERIFY(get(pointer(2, 1, "none"))->body.isEmpty());
        // Nobody fills the shelf alone.
        world.db->setPointerLimits({.all = 12, .perNode = 8});
        int taken = 0;
        for (quint8 i = 10; i < 30; ++i)
            taken += put(kOwner, pointer(i, 1, "many").bytes).ok();
        QCOMPARE(taken, 8);
        QVERIFY(put(kOther, pointer(3, 1, "room for others").bytes).ok());
        QVERIFY(put(kOwner, pointer(10, 2, "what is there is renewed").bytes).ok());
    }

    void theOwnersManifestIsNotPushedOut()
    {
        HolderWorld world;
        const QByteArray bytes = content(4096, 1);
        QVERIFY(world.put(kOwner, world.request(bytes, 1, 0), bytes).ok());
        const auto bind = [&](const NodeId &from, const QByteArray &manifest) {
            return world.run(world.holder.bind(from, {tagFor(1), idFor(manifest), {}}, {}));
        };
        QVERIFY(bind(kOther, "false").ok());
        QVERIFY(bind(kOwner, "true").ok());
        for (int i = 0; i < 10; ++i)
            QVERIFY(bind(kOther, QByteArray::number(i)).ok());
        QCOMPARE(world.holder.manifestsOf(tagFor(1)).front(), idFor("true"));
        QCOMPARE(world.holder.manifestsOf(tagFor(1)).size(), store::HeldFile::kManifestsMax);
        QCOMPARE(codeOf(bind(idOf(9), "stranger")), u"Unauthorized"_s);
    }

    void aRecordThatAnotherFileNeedsIsNotTakenForOurs()
    {
        HolderWorld world;
        const QByteArray bytes = content(4096, 1);
        QVERIFY(world.put(kOther, world.request(bytes, 9, 0), bytes).ok());
        QCOMPARE(codeOf(world.put(kOwner, world.request(bytes, 1, 0), bytes)), u"Conflict"_s);
    }

    void aFileHasOneOwner()
    {
        HolderWorld world;
        const QByteArray first = content(4096, 1);
        const QByteArray second = content(4096, 2);
        QVERIFY(world.put(kOwner, world.request(first, 1, 0, 3), first).ok());
        QCOMPARE(codeOf(world.put(kOther, world.request(second, 1, 1, 3), second)), u"Conflict"_s);
        auto repaired = world.request(second, 1, 1, 3);
        repaired.owner = kOwner;
        QCOMPARE(codeOf(world.put(kOther, repaired, second)), u"ok"_s);
    }

    void putsThatFailLeaveNothingBehind()
    {
        HolderWorld world;
        const QByteArray bytes = content(4096, 1);
        QCOMPARE(codeOf(world.put(kOther, world.request("what it is not", 1, 0), bytes)),
            u"Malformed"_s);
        QVERIFY(!world.holder.ownerOf(tagFor(1)).has_value());
        QVERIFY(world.put(kOwner, world.request(bytes, 1, 0), bytes).ok());
        QCOMPARE(world.holder.ownerOf(tagFor(1)), std::optional(kOwner));
    }

    void aGetIsCancelledAtAnyMoment()
    {
        World world(3, 5);
        auto put = startPut(world, 1, content(24 * kMib, 1), {});
        advanceUntilReady(world, put);
        const auto result = sim::resultOf(put);
        QVERIFY2(result.ok(), qPrintable(codeOf(result)));
        int cancelled = 0;
        for (Ticks after = 1ms; after < 60ms; after += 2ms) {
            const Cancel cancel;
            auto sink = std::make_shared<BytesSink>();
            auto got = world.host(1).node().get(result->link, sink, {}, {}, cancel);
            world.clock.advance(after);
            cancel.cancel();
            world.clock.advance(1s);
            QVERIFY(got.isReady());
            if (!sink->committed) {
                QCOMPARE(codeOf(sim::resultOf(got)), u"Closed"_s);
                ++cancelled;
            }
        }
        QVERIFY(cancelled > 10);
    }

    void aNodeThatHangsDelaysNoGet()
    {
        for (const int hung : {2, 3, 4, 5}) {
            World world(3, 5);
            const QByteArray bytes = content(3 * kMib, 1);
            auto put = startPut(world, 1, bytes, {});
            advanceUntilReady(world, put);
            const auto result = sim::resultOf(put);
            QVERIFY2(result.ok(), qPrintable(codeOf(result)));
            world.clock.advance(10s);
            world.network.freeze(world.host(hung).peer.id);
            const Ticks before = world.clock.now();
            auto sink = std::make_shared<BytesSink>();
            auto got = world.host(1).node().get(result->link, sink, {}, {}, {});
            advanceUntilReady(world, got);
            QVERIFY(sim::resultOf(got).ok());
            QCOMPARE(sink->bytes, bytes);
            QVERIFY2(world.clock.now() - before < 2s,
                qPrintable(QString::number((world.clock.now() - before).count())));
            world.network.thaw(world.host(hung).peer.id);
        }
    }
};

QTEST_APPLESS_MAIN(StoreHostileTest)
#include "store_hostile_test.moc"
