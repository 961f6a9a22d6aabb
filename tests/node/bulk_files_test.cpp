// SPDX-License-Identifier: GPL-3.0-or-later
#include <node/bulk_files.h>
#include <sim/sim_clock.h>
#include <sim/sim_crypto.h>
#include <sim/sim_disk.h>
#include <sim/sim_executor.h>
#include <sim/task_result.h>
#include <tree/bulk.h>
#include <tree/bulk_codec.h>

#include <QTest>

using namespace borg;
using namespace borg::node;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A file of the user's, in memory.
class Bytes final : public store::Source {
public:
    explicit Bytes(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }
    Result<Done> open() override { return Done{}; }
    [[nodiscard]] qint64 sizeBytes() const override { return m_bytes.size(); }
    Result<QByteArray> read(qsizetype sizeBytes) override
    {
        const QByteArray part = m_bytes.sliced(m_at, std::min(sizeBytes, m_bytes.size() - m_at));
        m_at += part.size();
        return part;
    }
    [[nodiscard]] QString fingerprint() const override { return {}; }

private:
    const QByteArray m_bytes;
    qsizetype m_at = 0;
};

class Saved final : public store::Sink {
public:
    Result<Done> open() override { return Done{}; }
    Result<Done> write(QByteArrayView part) override
    {
        bytes.append(part);
        return Done{};
    }
    Result<Done> commit() override
    {
        isCommitted = true;
        return Done{};
    }
    void discard() override { isDiscarded = true; }

    QByteArray bytes;
    bool isCommitted = false;
    bool isDiscarded = false;
};

QByteArray noise(qsizetype sizeBytes)
{
    sim::SimRng rng(5);
    QByteArray bytes(sizeBytes, '\0');
    for (char &byte : bytes)
        byte = static_cast<char>(rng.bits());
    return bytes;
}

/// A node's folder, and an object that node 9 made of `bytes`.
struct World {
    explicit World(qsizetype sizeBytes = 13 * tree::kBulkChunkBytes + 77)
        : bytes(noise(sizeBytes))
    {
    }
    ~World()
    {
        scope.close();
        clock.advance(1s);
    }
    template <typename T>
    Result<T> wait(QCoro::Task<Result<T>> task)
    {
        clock.advance(1s);
        return sim::resultOf(task);
    }
    /// As borgctl bulk send.
    tree::BulkObject sent()
    {
        const auto made = wait(files.make(std::make_shared<Bytes>(bytes)));
        BORG_ASSERT(made.ok());
        auto object = announce(*made);
        object.isOwn = true;
        BORG_ASSERT(wait(files.adopt(*made, object)).ok());
        return object;
    }
    tree::BulkObject announce(const BulkFiles::Made &made)
    {
        const tree::BulkRecord record{u"r"_s, made.sizeBytes, tree::kBulkChunkBytes,
            QByteArrayView(made.root).toByteArray(), 600};
        message = *net::writeMessage(crypto,
            {u"n"_s, u"tree.bulk"_s, 1, 1'790'000'000'000'000, 30'000, 2,
                wire::encodeFields(record)},
            {});
        net::Head head;
        head.key = crypto.publicKey();
        head.message = message;
        std::ranges::copy(net::signMessage(crypto, message), head.signature.begin());
        tree::BulkObject object;
        object.id = *tree::bulkIdOf(QByteArrayView(crypto.hash(message)).first(16));
        object.layout = tree::BulkLayout(made.sizeBytes);
        object.root = made.root;
        object.head = net::writeHead(head);
        return object;
    }
    std::optional<QByteArray> record(const tree::BulkObject &object, quint32 index)
    {
        std::optional<QByteArray> got;
        files.load(object.id, index, [&got](auto loaded) { got = std::move(loaded); });
        clock.advance(1s);
        return got;
    }
    [[nodiscard]] static QString chunks(const tree::BulkObject &object)
    {
        return u"bulk/"_s + object.id.text() + u".chunks"_s;
    }

    const QByteArray bytes;
    sim::SimClock clock;
    sim::SimDisk disk{1};
    sim::SimExecutor executor{clock};
    sim::SimCrypto crypto{NodeId{{9}}, 42};
    TaskScope scope{clock};
    BulkFiles files{scope, disk, executor, crypto, 0};
    QByteArray message;
};

} // namespace

class BulkFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsSentCanBeReadChunkByChunkAndSaved()
    {
        World world;
        const auto object = world.sent();
        for (quint32 index = 0; index < object.layout.chunks(); ++index) {
            const auto record = world.record(object, index);
            QCOMPARE(record.has_value(), !object.layout.isPadding(index));
            if (record)
                QVERIFY(
                    tree::isBulkRecord(world.crypto, object.layout, object.root, index, *record));
        }
        const auto sink = std::make_shared<Saved>();
        QVERIFY(world.wait(world.files.save(object.id, sink)).ok());
        QVERIFY(sink->isCommitted);
        QCOMPARE(sink->bytes, world.bytes);
    }

    void aDamagedChunkIsNotSentButRebuilt()
    {
        World world;
        const auto object = world.sent();
        world.disk.flipBit(World::chunks(object), 3 * tree::Bulk::kRecordBytes + 5000, 2);
        QVERIFY(!world.record(object, 3));
        std::optional<tree::BulkGroupDone> done;
        world.files.rebuild(object.id, 0, [&done](const auto &one) { done = one; });
        world.clock.advance(1s);
        QVERIFY(done && done->outcome == tree::BulkGroupDone::Outcome::Whole);
        QVERIFY(world.record(object, 3).has_value());
    }

    void savesTheRightBytesOrNone()
    {
        World world;
        const auto object = world.sent();
        for (quint32 index = 0; index < 4; ++index)
            world.disk.flipBit(World::chunks(object), index * tree::Bulk::kRecordBytes + 5000, 2);
        auto sink = std::make_shared<Saved>();
        QVERIFY(world.wait(world.files.save(object.id, sink)).ok()); // any 12 of 16
        QCOMPARE(sink->bytes, world.bytes);
        for (quint32 index = 0; index < 5; ++index)
            world.disk.flipBit(World::chunks(object), index * tree::Bulk::kRecordBytes + 5000, 2);
        sink = std::make_shared<Saved>();
        const auto saved = world.wait(world.files.save(object.id, sink));
        QVERIFY(!saved.ok());
        QCOMPARE(name(saved.error().code), name(Errc::Storage));
        QVERIFY(sink->isDiscarded && !sink->isCommitted);
    }

    void afterARestartOnlyWhatIsRightIsThere()
    {
        World world;
        const auto object = world.sent();
        world.disk.flipBit(World::chunks(object), 17 * tree::Bulk::kRecordBytes + 9, 0);
        QVERIFY(world.disk.write(u"bulk/new7.chunks"_s, 0, "of a send that was killed").ok());
        QVERIFY(world.disk.write(u"bulk/broken.head"_s, 0, "no head").ok());
        BulkFiles again(world.scope, world.disk, world.executor, world.crypto, 0);
        const auto found = world.wait(again.load());
        QVERIFY(found.ok());
        QCOMPARE(found->size(), 1U);
        QCOMPARE(found->front().about.id, object.id);
        QCOMPARE(found->front().about.head, object.head);
        const auto &have = found->front().have;
        for (quint32 index = 0; index < have.size(); ++index)
            QCOMPARE(have.test(index), index != 17);
        QVERIFY(!world.disk.size(u"bulk/new7.chunks"_s).ok());
        QVERIFY(!world.disk.size(u"bulk/broken.head"_s).ok());
    }

    void whatIsRemovedStaysRemovedThoughAWriteIsUnderWay()
    {
        World world;
        const auto object = world.sent();
        const auto record = world.record(object, 1);
        std::optional<bool> isStored;
        world.files.store(object.id, 1, *record, [&isStored](bool stored) { isStored = stored; });
        world.files.remove(object.id);
        world.clock.advance(1s);
        QVERIFY(isStored.has_value());
        QVERIFY(world.disk.list(u"bulk"_s)->empty());
        QVERIFY(!world.record(object, 1));
        QVERIFY(world.disk.list(u"bulk"_s)->empty());
    }

    void aDiskWithoutRoomTakesNothingUntilItHasSome()
    {
        World world;
        const auto object = world.sent();
        const auto record = world.record(object, 2);
        world.files.remove(object.id);
        world.clock.advance(1s);
        world.disk.setTotalBytes(world.disk.usedBytes() + 1000);
        world.files.open(object);
        std::optional<bool> isStored;
        const auto store = [&] {
            world.files.store(
                object.id, 2, *record, [&isStored](bool stored) { isStored = stored; });
            world.clock.advance(1s);
        };
        store();
        QCOMPARE(isStored, false);
        world.disk.setTotalBytes(1LL << 30);
        store(); // looks again, for the next one
        store();
        QCOMPARE(isStored, true);
        QCOMPARE(world.record(object, 2), record);
    }

    void aFileOfNoFittingSizeIsRefused()
    {
        World world(1);
        for (const qint64 size : {qint64{0}, tree::kBulkBytesMax + 1}) {
            const auto made
                = world.wait(world.files.make(std::make_shared<Bytes>(QByteArray(size, 'x'))));
            QVERIFY(!made.ok());
            QCOMPARE(name(made.error().code), name(Errc::TooLarge));
        }
        world.clock.advance(1s);
        QVERIFY(world.disk.list(u"bulk"_s)->empty());
    }

    void everyFailingCallOfTheDiskIsSurvived()
    {
        for (qint64 call = 1; call < 80; ++call) {
            World world;
            world.disk.failCall(call, Errc::Storage);
            const auto made = world.wait(world.files.make(std::make_shared<Bytes>(world.bytes)));
            if (!made)
                continue;
            const auto object = world.announce(*made);
            if (!world.wait(world.files.adopt(*made, object)))
                continue;
            const auto sink = std::make_shared<Saved>();
            if (world.wait(world.files.save(object.id, sink)))
                QCOMPARE(sink->bytes, world.bytes);
            else
                QVERIFY(!sink->isCommitted);
        }
    }
};

QTEST_APPLESS_MAIN(BulkFilesTest)
#include "bulk_files_test.moc"
