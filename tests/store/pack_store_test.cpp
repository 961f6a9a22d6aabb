// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_world.h"

#include <QTest>

#include <algorithm>

using namespace borg;
using namespace borg::store;
using namespace borg::store::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A store with so many shards in it.
std::unique_ptr<PackWorld> filled(quint32 shards, PackOptions options = smallOptions())
{
    auto world = std::make_unique<PackWorld>(1, std::move(options));
    if (!world->start())
        return world;
    for (quint32 i = 0; i < shards; ++i) {
        if (!world->run(world->store->put(idOf(i), metaOf(i), bytesOf(i))))
            break;
    }
    return world;
}

template <typename T>
QLatin1String errorOf(const Result<T> &result)
{
    return result ? "none"_L1 : name(result.error().code);
}

} // namespace

class PackStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"borg.*=false"_s); }

    void checksumsAreCastagnolis()
    {
        QCOMPARE(crc32c("123456789"), 0xe3069283U);
        QCOMPARE(crc32c({}), 0U);
    }

    void recordsReadBackAsWritten()
    {
        const RecordHeader header{.kind = RecordKind::Put,
            .packSecret = 7,
            .sequence = 99,
            .id = idOf(1),
            .meta = metaOf(1),
            .dataBytes = 1234,
            .dataCrc = 5678};
        std::array<char, kRecordHeaderBytes> bytes{};
        encode(header, bytes);
        const QByteArrayView view(bytes.data(), kRecordHeaderBytes);
        QVERIFY(decodeRecord(view, 7) == header);
        QVERIFY(!decodeRecord(view, 8)); // of another pack
        for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
            bytes[i / 8] = static_cast<char>(bytes[i / 8] ^ (1 << (i % 8)));
            QVERIFY(!decodeRecord(view, 7));
            bytes[i / 8] = static_cast<char>(bytes[i / 8] ^ (1 << (i % 8)));
        }
    }

    /// A peer can send a shard that looks like records. Not knowing the secret, it gains nothing,
    /// even when the real header before it is spoilt.
    void shardsCannotPassForRecords()
    {
        PackWorld world(1);
        QVERIFY(world.start().ok());
        QByteArray forged(20'000, '\0');
        for (quint64 secret = 0; secret < 4; ++secret) {
            const RecordHeader header{.packSecret = secret,
                .sequence = 1000,
                .id = idOf(66),
                .meta = {},
                .dataBytes = 10,
                .dataCrc = crc32c(QByteArray(10, '\0'))};
            const qint64 at = kBlockBytes * static_cast<qint64>(secret + 1) - kRecordHeaderBytes;
            encode(header,
                std::span<char, kRecordHeaderBytes>(forged.data() + at, kRecordHeaderBytes));
        }
        QVERIFY(world.run(world.store->put(idOf(1), metaOf(1), forged)).ok());
        QVERIFY(world.run(world.store->put(idOf(2), metaOf(2), bytesOf(2))).ok());
        world.stop();
        world.disk.flipBit(u"packs/00000001.pack"_s, kBlockBytes + 9, 1);
        QVERIFY(world.start().ok());
        QVERIFY(!world.store->contains(idOf(66)));
        QVERIFY(!world.store->contains(idOf(1)));
        QVERIFY(world.store->contains(idOf(2))); // damage costs one record
    }

    void givesBackWhatWasPut()
    {
        const auto world = filled(50);
        PackStore &store = *world->store;
        for (quint32 i = 0; i < 50; ++i) {
            QCOMPARE(*world->run(store.get(idOf(i))), bytesOf(i));
            QVERIFY(store.meta(idOf(i)) == metaOf(i));
            QCOMPARE(store.sizeBytes(idOf(i)), qint64{bytesOf(i).size()});
        }
        const QByteArray bytes = bytesOf(3);
        QCOMPARE(*world->run(store.get(idOf(3), 10, 20)), bytes.mid(10, 20));
        QCOMPARE(*world->run(store.get(idOf(3), 10)), bytes.mid(10));
        QCOMPARE(world->run(store.get(idOf(3), bytes.size(), 0))->size(), 0);
        QCOMPARE(errorOf(world->run(store.get(idOf(3), 0, bytes.size() + 1))), "Malformed"_L1);
        QCOMPARE(errorOf(world->run(store.get(idOf(3), -1, 1))), "Malformed"_L1);
        QCOMPARE(errorOf(world->run(store.get(idOf(99)))), "NotFound"_L1);
        QCOMPARE(store.usage().diskBytes(), world->packFileBytes());
    }

    void refusesWhatIsNoShard()
    {
        const auto world = filled(0);
        QCOMPARE(errorOf(world->run(world->store->put(idOf(1), {}, {}))), "Malformed"_L1);
        const QByteArray large(PackStore::kShardBytesMax + 1, 'x');
        QCOMPARE(errorOf(world->run(world->store->put(idOf(1), {}, large))), "TooLarge"_L1);
    }

    void putsTwiceWithoutWritingTwice()
    {
        const auto world = filled(5);
        const PackUsage before = world->store->usage();
        auto first = world->store->put(idOf(7), metaOf(7), bytesOf(7));
        auto second = world->store->put(idOf(7), metaOf(7), bytesOf(7));
        QVERIFY(world->run(std::move(first)).ok());
        QVERIFY(world->run(std::move(second)).ok());
        QVERIFY(world->run(world->store->put(idOf(7), metaOf(7), bytesOf(7))).ok());
        const PackUsage after = world->store->usage();
        QCOMPARE(after.shardCount, before.shardCount + 1);
        QCOMPARE(after.deadBytes, before.deadBytes);
    }

    void isNotThereBeforeItIsDurable()
    {
        const auto world = filled(0);
        auto task = world->store->put(idOf(1), metaOf(1), bytesOf(1));
        QVERIFY(!world->store->contains(idOf(1)));
        QVERIFY(!task.isReady());
        QVERIFY(world->run(std::move(task)).ok());
        QVERIFY(world->store->contains(idOf(1)));
    }

    void forgetsAndTakesAgain()
    {
        const auto world = filled(10);
        auto remove = world->store->remove(idOf(3));
        auto put = world->store->put(idOf(3), metaOf(3), bytesOf(3)); // behind the remove
        auto again = world->store->remove(idOf(4));
        QVERIFY(world->run(std::move(remove)).ok());
        QVERIFY(world->run(std::move(put)).ok());
        QVERIFY(world->run(std::move(again)).ok());
        QVERIFY(world->run(world->store->remove(idOf(4))).ok()); // none any more
        QVERIFY(world->store->contains(idOf(3)));
        QVERIFY(!world->store->contains(idOf(4)));
        world->stop();
        QVERIFY(world->start().ok());
        QCOMPARE(*world->run(world->store->get(idOf(3))), bytesOf(3));
        QCOMPARE(world->store->usage().shardCount, 9);
    }

    void listsTheShardsOfAManifest()
    {
        const auto world = filled(70);
        std::vector<ShardId> expected;
        for (quint32 i = 3; i < 70; i += 7)
            expected.push_back(idOf(i));
        auto found = world->store->byManifest(idOf(1'000'003));
        std::ranges::sort(expected);
        std::ranges::sort(found);
        QVERIFY(found == expected);
        for (quint32 i = 3; i < 70; i += 7)
            QVERIFY(world->run(world->store->remove(idOf(i))).ok());
        QVERIFY(world->store->byManifest(idOf(1'000'003)).empty());
        QCOMPARE(std::ssize(world->store->ids()), 60);
    }

    /// Sixty puts at once cost a few syncs, not sixty.
    void gathersConcurrentPutsUnderOneSync()
    {
        PackOptions options = smallOptions();
        options.gatherBytes = 8 * 1024 * 1024;
        options.inFlightBytesMax = 8 * 1024 * 1024;
        options.packBytes = 16 * 1024 * 1024;
        const auto world = filled(1, options);
        const qint64 before = world->disk.syncCount();
        std::vector<QCoro::Task<Result<Done>>> tasks;
        for (quint32 i = 100; i < 160; ++i)
            tasks.push_back(world->store->put(idOf(i), metaOf(i), bytesOf(i)));
        for (auto &task : tasks)
            QVERIFY(world->run(std::move(task)).ok());
        QVERIFY2(world->disk.syncCount() - before <= 3,
            qPrintable(QString::number(world->disk.syncCount() - before)));
    }

    void holdsPutsBackInsteadOfFailingThem()
    {
        const auto world = filled(0); // 128 KiB in flight at most
        std::vector<QCoro::Task<Result<Done>>> tasks;
        for (quint32 i = 0; i < 60; ++i)
            tasks.push_back(world->store->put(idOf(i), metaOf(i), bytesOf(i)));
        for (auto &task : tasks)
            QVERIFY(world->run(std::move(task)).ok());
        QCOMPARE(world->store->usage().shardCount, 60);
    }

    void opensFromTheSnapshot()
    {
        const auto world = filled(60);
        QVERIFY(world->run(world->store->close()).ok());
        QVERIFY(world->run(world->store->put(idOf(200), metaOf(200), bytesOf(200))).ok());
        const PackUsage before = world->store->usage();
        world->stop();
        auto report = world->start();
        QVERIFY(report->fromSnapshot);
        QCOMPARE(report->replayedRecords, 1);
        QCOMPARE(world->store->usage().shardCount, before.shardCount);
        QCOMPARE(world->store->usage().liveBytes, before.liveBytes);
        world->stop();

        // A spoilt snapshot is no snapshot.
        world->disk.flipBit(u"packs/index"_s, 300, 2);
        report = world->start();
        QVERIFY(!report->fromSnapshot);
        QCOMPARE(report->replayedRecords, 61);
        QCOMPARE(*world->run(world->store->get(idOf(200))), bytesOf(200));
    }

    void winsBackTheRoomOfRemovedShards()
    {
        const auto world = filled(200);
        const qint64 full = world->packFileBytes();
        for (quint32 i = 0; i < 200; ++i) {
            if (i % 10 != 0)
                QVERIFY(world->run(world->store->remove(idOf(i))).ok());
        }
        world->settle();
        const PackUsage usage = world->store->usage();
        QVERIFY(usage.diskBytes() < full / 3);
        QCOMPARE(usage.diskBytes(), world->packFileBytes());
        for (int start = 0; start < 2; ++start) { // also without a snapshot
            for (quint32 i = 0; i < 200; ++i)
                QCOMPARE(world->store->contains(idOf(i)), i % 10 == 0);
            world->stop();
            QVERIFY(world->start().ok());
        }
        for (quint32 i = 0; i < 200; i += 10)
            QCOMPARE(*world->run(world->store->get(idOf(i))), bytesOf(i));
    }

    void refusesEarlyAtItsLimitAndRecovers()
    {
        PackOptions options = smallOptions();
        options.bytesLimit = 4 * 1024 * 1024;
        const auto world = filled(1000, options);
        PackStore &store = *world->store;
        QCOMPARE(store.usage().state, PackState::Full);
        QVERIFY(store.usage().reason.contains(u"limit"_s));
        QVERIFY(store.usage().diskBytes() <= options.bytesLimit);
        const auto stored = static_cast<quint32>(store.usage().shardCount);
        QVERIFY(stored > 100 && stored < 1000);
        const auto refused = world->run(store.put(idOf(5000), {}, bytesOf(5000)));
        QCOMPARE(errorOf(refused), "NoSpace"_L1);
        for (quint32 i = 0; i < stored; ++i)
            QCOMPARE(*world->run(store.get(idOf(i))), bytesOf(i));
        for (quint32 i = 0; i < stored; i += 2)
            QVERIFY(world->run(store.remove(idOf(i))).ok());
        world->clock.advance(20s);
        QCOMPARE(store.usage().state, PackState::Writable);
        QVERIFY(world->run(store.put(idOf(5000), {}, bytesOf(5000))).ok());
    }

    void leavesAShareOfTheDiskFree()
    {
        const auto world = std::make_unique<PackWorld>(1);
        world->disk.setTotalBytes(4 * 1024 * 1024);
        QVERIFY(world->start().ok());
        int states = 0;
        world->store->onStateChanged([&states] { ++states; });
        Result<Done> last = Done{};
        for (quint32 i = 0; i < 1000 && last; ++i)
            last = world->run(world->store->put(idOf(i), metaOf(i), bytesOf(i)));
        QCOMPARE(errorOf(last), "NoSpace"_L1);
        QCOMPARE(states, 1);
        QVERIFY(world->disk.space()->freeBytes >= 4 * 1024 * 1024 / 1000 * 50);
        world->disk.setTotalBytes(64 * 1024 * 1024);
        world->clock.advance(6s);
        QCOMPARE(world->store->usage().state, PackState::Writable);
        QCOMPARE(states, 2);
    }

    void dropsAndTellsOfADamagedShard()
    {
        const auto world = filled(20);
        std::vector<DamagedShard> told;
        world->store->onDamaged([&told](const DamagedShard &shard) { told.push_back(shard); });
        const qint64 dataAt = kBlockBytes + kRecordHeaderBytes; // of the first shard
        world->disk.flipBit(u"packs/00000001.pack"_s, dataAt, 3);
        QCOMPARE(errorOf(world->run(world->store->get(idOf(0)))), "NotFound"_L1);
        QCOMPARE(told.size(), 1U);
        QVERIFY(told[0].id == idOf(0) && told[0].meta == metaOf(0));
        QVERIFY(!world->store->contains(idOf(0)));
        world->settle();
        world->stop();
        QVERIFY(world->start().ok());
        QVERIFY(!world->store->contains(idOf(0))); // not found again in the pack
        QVERIFY(world->run(world->store->put(idOf(0), metaOf(0), bytesOf(0))).ok());
        QCOMPARE(*world->run(world->store->get(idOf(0))), bytesOf(0));
    }

    void scrubsWithTheCallersEyes()
    {
        const auto world = filled(40);
        const auto verify = [](const ShardId &id, QByteArrayView bytes) {
            return id != idOf(5) && !bytes.isEmpty();
        };
        const Ticks before = world->clock.now();
        const auto report
            = world->run(world->store->scrub({.bytesPerSecond = 100'000, .verify = verify}));
        QCOMPARE(report->checkedCount, 40);
        QCOMPARE(report->damaged.size(), 1U);
        QVERIFY(report->damaged[0].id == idOf(5));
        QVERIFY(!world->store->contains(idOf(5)));
        QVERIFY(world->clock.now() - before >= Ticks{report->checkedBytes * 10});
    }

    void endsWaitingPutsWhenClosed()
    {
        const auto world = filled(0);
        auto task = world->store->put(idOf(1), metaOf(1), bytesOf(1));
        world->scope->close();
        QCOMPARE(errorOf(world->run(std::move(task))), "Closed"_L1);
        QVERIFY(!world->store->contains(idOf(1)) || world->scope->isIdle());
    }

    void refusesPacksOfANewerProgram()
    {
        const auto world = filled(3);
        world->stop();
        const QByteArray header = encode(PackHeader{.format = 2, .number = 1, .secret = 5});
        QVERIFY(world->disk.write(u"packs/00000001.pack"_s, 0, header).ok());
        QCOMPARE(errorOf(world->start()), "Conflict"_L1);
    }
};

QTEST_APPLESS_MAIN(PackStoreTest)
#include "pack_store_test.moc"
