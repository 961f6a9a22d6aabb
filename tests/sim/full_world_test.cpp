// SPDX-License-Identifier: GPL-3.0-or-later
#include "full_world.h"

#include <QLoggingCategory>
#include <QTest>

#include <list>

using namespace borg;
using namespace borg::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kMib = 1 << 20;

// The row that fails names its seed.
void seeds(quint64 usual)
{
    const bool isSoak = qEnvironmentVariableIntValue("BORG_SOAK") == 1;
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 1; seed <= (isSoak ? 100 : usual); ++seed)
        QTest::addRow("seed %llu", seed) << seed;
}

#define VERIFY_OK(result) QVERIFY2((result).ok(), qPrintable(wordsOf(result)))

/// Nodes that die and come back while they put files.
class Chaos {
public:
    struct Acked {
        quint32 owner;
        store::PutResult result;
        QByteArray bytes;
    };

    Chaos(FullWorld &world, std::size_t downMax, quint32 filesMax, const store::Code &code)
        : m_world(world)
        , m_downMax(downMax)
        , m_filesMax(filesMax)
        , m_code(code)
    {
    }

    void step()
    {
        if (m_world.rng.below(12) == 0 && m_downUntil.size() < m_downMax)
            killOne();
        if (m_begun < m_filesMax && m_world.rng.below(6) == 0)
            beginOne();
        if (!acked.empty() && m_world.rng.below(6) == 0)
            readOne();
        m_world.advance(250ms);
        goOn();
        if (hoarder.isEmpty() && m_world.rng.below(6) == 0)
            hoarder = m_world.hoarder(m_code.k);
        restartThose([this](Ticks until) { return until <= m_world.clock.now(); });
    }
    /// Everybody is there again, and every put goes on.
    void restartAll()
    {
        goOn();
        restartThose([](Ticks) { return true; });
    }
    [[nodiscard]] bool isQuiet() const
    {
        return m_downUntil.empty() && m_uploads.empty() && m_readers.empty();
    }

    std::vector<Acked> acked;
    std::vector<QString> failures; ///< Puts that failed without the death of their node.
    QString hoarder; ///< The first that was met.
    int resumed = 0;
    int kills = 0;
    int reads = 0; ///< That came to their end.
    int goodReads = 0;
    int wrongReads = 0; ///< Ended well with other bytes than were put.

private:
    struct Reader {
        std::size_t which;
        quint32 host;
        int start;
        std::shared_ptr<BytesSink> sink;
        std::optional<QCoro::Task<Result<store::GetResult>>> task;
    };

    void killOne()
    {
        const quint32 victim = m_world.anyBut({});
        auto &disk = m_world.host(victim).disk;
        if (m_world.rng.below(2) == 0) { // in the middle of its next writes
            disk.cutPowerAtCall(disk.callCount() + 1 + m_world.rng.below(40));
            m_world.runUntil([&] { return disk.isPowerCut(); }, 300ms, Ticks(100));
        }
        m_world.kill(victim);
        // Some stay away for long enough to be replaced before they come back.
        const Ticks longer = m_world.rng.below(4) == 0 ? Ticks(25s) : Ticks(0);
        m_downUntil[victim]
            = m_world.clock.now() + longer + Ticks(500'000 + m_world.rng.below(8'000'000));
        ++kills;
    }
    void beginOne()
    {
        const quint32 at = m_world.anyBut({});
        ++m_begun;
        m_uploads.push_back({at, 0, content(1 + m_world.rng.below(5 * kMib), m_begun),
            u"file %1"_s.arg(m_begun), {u"file %1"_s.arg(m_begun), m_code.k, m_code.n}, {}});
        m_world.begin(m_uploads.back());
    }
    void readOne()
    {
        const auto which = m_world.rng.below(static_cast<quint32>(acked.size()));
        const quint32 at = m_world.anyBut({});
        Reader &reader = m_readers.emplace_back(
            which, at, m_world.host(at).starts, std::make_shared<BytesSink>(), std::nullopt);
        reader.task.emplace(
            m_world.node(at).store.get(acked[which].result.link, reader.sink, {}, {}, {}));
    }
    void restartThose(const std::function<bool(Ticks)> &isDue)
    {
        std::erase_if(m_downUntil, [&](const auto &entry) {
            if (!isDue(entry.second) || !m_world.canRestart(entry.first))
                return false;
            m_world.restart(entry.first);
            return true;
        });
    }
    void goOn()
    {
        for (Upload &upload : m_uploads) {
            const auto &host = m_world.host(upload.host);
            if (upload.task && upload.task->isReady())
                finish(upload, !host.node || host.starts != upload.start);
            else if (!upload.task && host.node && host.node->isOpen()) {
                m_world.begin(upload);
                ++resumed;
            }
        }
        std::erase_if(m_uploads, [](const Upload &upload) { return upload.bytes.isEmpty(); });
        std::erase_if(m_readers, [this](Reader &reader) { return hasEnded(reader); });
    }
    bool hasEnded(Reader &reader)
    {
        if (!reader.task->isReady())
            return false;
        const auto result = sim::resultOf(*reader.task);
        const auto &host = m_world.host(reader.host);
        if (!host.node || host.starts != reader.start)
            return true; // died as well
        const bool isSame = reader.sink->bytes == acked[reader.which].bytes;
        ++reads;
        goodReads += result.ok() && isSame ? 1 : 0;
        wrongReads += result.ok() && !isSame ? 1 : 0;
        return true;
    }
    void finish(Upload &upload, bool hasDied)
    {
        const auto result = sim::resultOf(*upload.task);
        upload.task.reset();
        if (!result && hasDied)
            return; // goes on when its node is back
        if (result) {
            m_world.codes[result->fileId] = *store::parseCode(result->code);
            acked.push_back({upload.host, *result, upload.bytes});
        } else {
            failures.push_back(wordsOf(result));
        }
        upload.bytes.clear();
    }

    FullWorld &m_world;
    const std::size_t m_downMax;
    const quint32 m_filesMax;
    const store::Code m_code;
    quint32 m_begun = 0;
    std::map<quint32, Ticks> m_downUntil;
    std::list<Reader> m_readers;
    std::list<Upload> m_uploads; ///< Without a task: its node died. Without bytes: it is over.
};

} // namespace

class FullWorldTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        // What dies with its disk has much to say.
        QLoggingCategory::setFilterRules(u"borg.*=false"_s);
    }

    /// A hundred join at once and keep two files; thirty die in the middle of a broadcast.
    void aHundredLoseThirty_data() { seeds(3); }
    void aHundredLoseThirty()
    {
        QFETCH(quint64, seed);
        FullWorld world(seed);
        world.joinAll(100);
        QVERIFY2(world.settles(60s), qPrintable(world.treeFlaw()));

        const quint32 owner = world.rng.below(100);
        const QByteArray small = content(kMib, seed);
        const auto byTable = world.put(owner, small, {u"small"_s, 0, 0});
        VERIFY_OK(byTable);
        QCOMPARE(byTable->code, u"20/50"_s);
        const QByteArray large = content(5 * kMib + 7, seed + 1);
        const auto asTold = world.put(owner, large, {u"large"_s, 4, 16});
        VERIFY_OK(asTold);
        QVERIFY(world.runUntil([&] { return world.weakest(asTold->fileId) == 16; }, 10s, 1s));
        QCOMPARE(world.weakest(byTable->fileId), 50);

        const quint32 teller = world.anyBut({owner});
        const auto told = world.node(teller).tree.broadcast(u"test"_s, {}, QByteArray(1024, 'x'));
        VERIFY_OK(told);
        world.advance(Ticks{world.rng.below(60'000)}); // it is on its way
        // Every other time the owner is among the dead: then the holders see to its files.
        std::set<quint32> spared{teller};
        if (seed % 2 == 0)
            world.kill(owner);
        else
            spared.insert(owner);
        while (world.up().size() > 70)
            world.kill(world.anyBut(spared));
        world.runUntil([&] { return world.missing(*told, teller) == 0; }, 10s);
        QCOMPARE(world.missing(*told, teller), 0);

        for (const auto &[result, bytes] : {std::pair{byTable, small}, {asTold, large}}) {
            const auto got = world.get(world.anyBut({owner}), result->link);
            VERIFY_OK(got.result);
            QVERIFY(got.bytes == bytes);
        }
        QVERIFY2(world.settles(60s), qPrintable(world.treeFlaw()));
        QString hoarder;
        const auto isWhole = [&] {
            if (hoarder.isEmpty())
                hoarder = world.hoarder(4);
            return world.weakest(asTold->fileId) == 16 && world.weakest(byTable->fileId) == 50;
        };
        world.runUntil(isWhole, 180s, 2s);
        QCOMPARE(hoarder, QString());
        QCOMPARE(world.weakest(asTold->fileId), 16);
        QCOMPARE(world.weakest(byTable->fileId), 50);
        if (world.isUp(owner)) {
            const auto saysSo = [&] {
                return world.fileAt(owner, byTable->fileId).state == "healthy"_L1
                    && world.fileAt(owner, asTold->fileId).state == "healthy"_L1;
            };
            world.runUntil(saysSo, 60s, 250ms);
            QCOMPARE(world.fileAt(owner, byTable->fileId).state, u"healthy"_s);
            QCOMPARE(world.fileAt(owner, asTold->fileId).state, u"healthy"_s);
        }
        QCOMPARE(world.hoarder(4), QString());
        const auto got = world.get(world.anyBut({owner}), asTold->link);
        VERIFY_OK(got.result);
        QVERIFY(got.bytes == large);
    }

    /// Nodes die and come back, half of them killed in the middle of a write, while files are put
    /// and read. All files come back whole; that includes those whose owner died while it put them.
    void nothingAcknowledgedIsLost_data() { seeds(4); }
    void nothingAcknowledgedIsLost()
    {
        QFETCH(quint64, seed);
        chaos(seed, {12, 3, {4, 11}});
    }
    /// Here each node is at its limit of k - 1 shards, and two deaths send files to the spool.
    void nothingAcknowledgedIsLostAmongFive_data() { seeds(4); }
    void nothingAcknowledgedIsLostAmongFive()
    {
        QFETCH(quint64, seed);
        chaos(seed, {5, 2, {3, 10}});
    }

    /// What a killed putter had sent is not sent again.
    void aKilledPutterGoesOn_data() { seeds(3); }
    void aKilledPutterGoesOn()
    {
        QFETCH(quint64, seed);
        FullWorld world(seed);
        world.joinAll(12);
        QVERIFY2(world.settles(30s), qPrintable(world.treeFlaw()));
        Upload upload{3, 0, content(12 * kMib, seed), u"one:file"_s, {u"file"_s, 4, 11}, {}};
        world.begin(upload);
        QVERIFY(world.runUntil([&] { return world.shardsHeld() >= 20; }, 10s, 1ms));
        QVERIFY(!upload.task->isReady());
        world.kill(3);
        QVERIFY(world.runUntil([&] { return world.canRestart(3); }, 10s));
        QVERIFY(!sim::resultOf(*upload.task).ok());
        upload.task.reset(); // it holds on to the database of the dead
        QVERIFY(world.shardsHeld() > 0);
        world.advance(2s);
        world.restart(3);
        QVERIFY2(world.settles(60s), qPrintable(world.treeFlaw()));
        world.begin(upload);
        QVERIFY(world.runUntil([&] { return upload.task->isReady(); }, 60s));
        const auto result = sim::resultOf(*upload.task);
        VERIFY_OK(result);
        const auto isWhole = [&] { return world.weakest(result->fileId) == 11; };
        world.runUntil(isWhole, 60s, 1s);
        QCOMPARE(world.weakest(result->fileId), 11);
        QCOMPARE(world.fileCount(), 1U); // not a second one under another key
        const auto got = world.get(7, result->link);
        VERIFY_OK(got.result);
        QVERIFY(got.bytes == upload.bytes);
    }

    /// A cut cable parts twenty-four nodes; both halves go on, then come together.
    void bothSidesOfAPartitionAreReadAfterwards_data() { seeds(3); }
    void bothSidesOfAPartitionAreReadAfterwards()
    {
        QFETCH(quint64, seed);
        FullWorld world(seed);
        world.joinAll(24);
        QVERIFY2(world.settles(30s), qPrintable(world.treeFlaw()));
        std::map<NodeId, int> groups;
        for (quint32 number = 12; number < 24; ++number)
            groups[world.host(number).peer.id] = 1;
        world.partition(groups);
        const auto isParted = [&] {
            return std::ranges::all_of(
                world.up(), [&](quint32 number) { return world.node(number).onlineCount() == 11; });
        };
        QVERIFY(world.runUntil(isParted, 60s));

        struct Side {
            quint32 owner;
            quint32 other;
            QByteArray bytes;
            store::PutResult file;
        };
        std::array sides{Side{2, 20, content(3 * kMib, seed), {}},
            Side{19, 5, content(2 * kMib + 9, seed + 1), {}}};
        for (Side &side : sides) {
            const auto result = world.put(side.owner, side.bytes, {u"file"_s, 0, 0});
            VERIFY_OK(result);
            QCOMPARE(result->code, u"4/11"_s);
            QVERIFY(!world.get(side.other, result->link).result.ok());
            side.file = *result;
        }
        world.heal();
        QVERIFY2(world.settles(90s), qPrintable(world.treeFlaw()));
        for (const Side &side : sides) {
            const auto got = world.get(side.other, side.file.link);
            VERIFY_OK(got.result);
            QVERIFY(got.bytes == side.bytes);
            const auto isWhole
                = [&] { return world.fileAt(side.owner, side.file.fileId).state == "healthy"_L1; };
            world.runUntil(isWhole, 120s, 1s);
            QCOMPARE(world.fileAt(side.owner, side.file.fileId).state, u"healthy"_s);
        }
        QCOMPARE(world.hoarder(4), QString());
    }

    /// Removed while two holders and, a moment later, the owner are dead: nobody brings it back.
    void whatWasRemovedStaysAway_data() { seeds(3); }
    void whatWasRemovedStaysAway()
    {
        QFETCH(quint64, seed);
        FullWorld world(seed);
        world.joinAll(12);
        QVERIFY2(world.settles(30s), qPrintable(world.treeFlaw()));
        const QByteArray kept = content(2 * kMib, seed);
        const auto staying = world.put(1, kept, {u"kept"_s, 0, 0});
        VERIFY_OK(staying);
        const auto going = world.put(1, content(3 * kMib, seed + 1), {u"removed"_s, 0, 0});
        VERIFY_OK(going);
        world.advance(5s);
        for (const quint32 number : {5U, 8U})
            world.kill(number);
        auto removed = world.node(1).store.remove(going->fileId);
        QVERIFY(world.runUntil([&] { return removed.isReady(); }, 30s));
        VERIFY_OK(sim::resultOf(removed));
        world.kill(1);
        world.advance(25s); // long enough for a repair
        for (const quint32 number : {1U, 5U, 8U})
            world.restart(number);
        QVERIFY2(world.settles(60s), qPrintable(world.treeFlaw()));
        world.runUntil([&] { return world.fileCount() == 1; }, 60s, 1s);
        QCOMPARE(world.fileCount(), 1U);
        QVERIFY(!world.get(3, going->link).result.ok());
        const auto got = world.get(3, staying->link);
        VERIFY_OK(got.result);
        QVERIFY(got.bytes == kept);
        QCOMPARE(world.node(1).store.files().size(), 1U);
    }

    /// The tree says that three nodes are there, and nobody can move bytes to or from them.
    void membersThatCannotBeReachedForBytes_data() { seeds(3); }
    void membersThatCannotBeReachedForBytes()
    {
        QFETCH(quint64, seed);
        FullWorld world(seed);
        world.joinAll(12);
        QVERIFY2(world.settles(30s), qPrintable(world.treeFlaw()));
        const QByteArray before = content(2 * kMib, seed);
        const auto earlier = world.put(1, before, {u"earlier"_s, 0, 0});
        VERIFY_OK(earlier);
        std::map<NodeId, int> groups;
        for (const quint32 number : {9U, 10U, 11U})
            groups[world.host(number).peer.id] = 1;
        world.bulkNetwork.partition(groups);
        const QByteArray bytes = content(3 * kMib, seed + 1);
        const auto later = world.put(2, bytes, {u"later"_s, 0, 0});
        VERIFY_OK(later);
        QVERIFY2(later->state != "spooled"_L1, qPrintable(later->state));
        for (const auto &[link, wanted] :
            {std::pair{later->link, bytes}, {earlier->link, before}}) {
            const auto got = world.get(5, link);
            VERIFY_OK(got.result);
            QVERIFY(got.bytes == wanted);
        }
        world.bulkNetwork.heal();
        const auto isWhole = [&] {
            return world.fileAt(2, later->fileId).state == "healthy"_L1
                && world.weakest(later->fileId) == 11;
        };
        world.runUntil(isWhole, 120s, 1s);
        QCOMPARE(world.fileAt(2, later->fileId).state, u"healthy"_s);
        QCOMPARE(world.weakest(later->fileId), 11);
        const auto got = world.get(10, later->link);
        VERIFY_OK(got.result);
        QVERIFY(got.bytes == bytes);
    }

    /// One disk is full, one fails now and then, one has lost bits: the files are none the worse.
    void badDisksAreWorkedAround_data() { seeds(3); }
    void badDisksAreWorkedAround()
    {
        QFETCH(quint64, seed);
        FullWorld world(seed);
        world.joinAll(12);
        QVERIFY2(world.settles(30s), qPrintable(world.treeFlaw()));
        world.host(4).disk.setTotalBytes(world.host(4).disk.usedBytes());
        world.host(7).disk.failEvery(40, Errc::Storage);
        std::vector<std::pair<store::PutResult, QByteArray>> files;
        for (quint64 i = 0; i < 4; ++i) {
            const QByteArray bytes = content(3 * kMib, seed + i);
            const auto result = world.put(1, bytes, {u"file %1"_s.arg(i), 0, 0});
            VERIFY_OK(result);
            QVERIFY(result->state != "spooled"_L1);
            files.emplace_back(*result, bytes);
        }
        auto &spoilt = world.host(2).disk;
        const auto packs = spoilt.list(u"packs"_s);
        VERIFY_OK(packs);
        for (const auto &entry : *packs) {
            for (qint64 at = 50'000; at < entry.sizeBytes; at += 200'000)
                spoilt.flipBit(u"packs/"_s + entry.name, at, static_cast<int>(seed % 8));
        }
        for (const auto &[file, bytes] : files) {
            const auto got = world.get(world.anyBut({1}), file.link);
            VERIFY_OK(got.result);
            QVERIFY(got.bytes == bytes);
        }
        world.host(7).disk.failEvery(0, Errc::Storage);
        world.kill(7);
        QVERIFY(world.runUntil([&] { return world.canRestart(7); }, 10s));
        world.restart(7);
        QVERIFY2(world.settles(60s), qPrintable(world.treeFlaw()));
        for (const auto &[file, bytes] : files) {
            const auto isWhole = [&] { return world.fileAt(1, file.fileId).state == "healthy"_L1; };
            world.runUntil(isWhole, 180s, 1s);
            QCOMPARE(world.fileAt(1, file.fileId).state, u"healthy"_s);
            const auto got = world.get(7, file.link);
            VERIFY_OK(got.result);
            QVERIFY(got.bytes == bytes);
        }
        QCOMPARE(world.hoarder(4), QString());
    }

    void theSameSeedGivesTheSameTrace_data() { seeds(2); }
    void theSameSeedGivesTheSameTrace()
    {
        QFETCH(quint64, seed);
        const auto trace = [](quint64 ofSeed) {
            FullWorld world(ofSeed, {.dropPermille = 5, .duplicatePermille = 5});
            world.joinAll(15);
            world.advance(10s);
            Chaos chaos(world, 3, 4, {4, 11});
            for (int i = 0; i < 100; ++i)
                chaos.step();
            return world.traceHash();
        };
        const quint64 first = trace(seed);
        QCOMPARE(trace(seed), first);
        QVERIFY(trace(seed + 1000) != first);
    }

private:
    struct Setting {
        quint32 nodes;
        std::size_t downMax;
        store::Code code;
    };
    static void chaos(quint64 seed, const Setting &setting)
    {
        FullWorld world(seed);
        world.joinAll(setting.nodes);
        QVERIFY2(world.settles(30s), qPrintable(world.treeFlaw()));
        Chaos chaos(world, setting.downMax, 12, setting.code);
        const Ticks end = world.clock.now() + 90s;
        while (world.clock.now() < end)
            chaos.step();
        QVERIFY2(chaos.kills > 5, QByteArray::number(chaos.kills));

        const auto isQuiet = [&] {
            chaos.restartAll();
            return chaos.isQuiet();
        };
        QVERIFY(world.runUntil(isQuiet, 120s));
        QCOMPARE(chaos.failures, std::vector<QString>());
        // A reader that has just started, or a file whose slower shards are not yet sent, may fail.
        QCOMPARE(chaos.wrongReads, 0);
        QVERIFY2(chaos.reads > 10 && chaos.goodReads * 10 >= chaos.reads * 7,
            qPrintable(u"%1 of %2"_s.arg(chaos.goodReads).arg(chaos.reads)));
        QCOMPARE(chaos.acked.size(), 12U);
        QVERIFY2(world.settles(60s), qPrintable(world.treeFlaw()));
        for (const auto &file : chaos.acked) {
            const auto &id = file.result.fileId;
            world.runUntil(
                [&] { return world.fileAt(file.owner, id).state == "healthy"_L1; }, 180s, 1s);
            const auto info = world.fileAt(file.owner, id);
            QCOMPARE(info.state, u"healthy"_s);
            if (info.segments > 0)
                QCOMPARE(world.weakest(id), setting.code.n);
            QVERIFY(world.weakest(id) >= info.shardsWanted);
            const auto got = world.get(world.anyBut({file.owner}), file.result.link);
            VERIFY_OK(got.result);
            QVERIFY(got.bytes == file.bytes);
        }
        QCOMPARE(chaos.hoarder, QString());
        QCOMPARE(world.hoarder(setting.code.k), QString());
    }
};

QTEST_GUILESS_MAIN(FullWorldTest)
#include "full_world_test.moc"
