// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_machine.h"

#include <net/merkle.h>
#include <tree/bulk.h>
#include <tree/bulk_codec.h>

#include <QTest>

#include <set>

using namespace borg;
using namespace borg::tree;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

/// An object as its source makes it.
struct Object {
    explicit Object(qint64 sizeBytes)
        : layout(sizeBytes)
    {
        sim::SimRng rng(static_cast<quint64>(sizeBytes));
        bytes.resize(sizeBytes);
        for (char &byte : bytes)
            byte = static_cast<char>(rng.bits());
        const qsizetype groupBytes = kBulkDataPerGroup * kBulkChunkBytes;
        std::vector<crypto::Hash> leaves;
        for (qint64 at = 0; at < sizeBytes; at += groupBytes) {
            for (auto &chunk : bulkGroup(QByteArrayView(bytes).sliced(
                     at, std::min<qint64>(groupBytes, sizeBytes - at)))) {
                leaves.push_back(crypto.hash(chunk));
                chunks.push_back(std::move(chunk));
            }
        }
        root = net::merkleRoot(crypto, leaves);
        const net::MerkleTree tree(crypto, leaves);
        for (quint32 index = 0; index < layout.chunks(); ++index)
            records.push_back(bulkRecord(tree.path(index), chunks[index]));
    }
    [[nodiscard]] BulkGroupRecords group(quint32 number, const std::set<quint32> &without) const
    {
        BulkGroupRecords given;
        for (quint32 slot = 0; slot < kBulkGroupChunks; ++slot) {
            const quint32 index = number * kBulkGroupChunks + slot;
            if (!without.contains(slot) && !layout.isPadding(index))
                given[slot] = records[index];
        }
        return given;
    }

    sim::SimCrypto crypto{NodeId{{9}}, 42};
    BulkLayout layout;
    QByteArray bytes;
    crypto::Hash root{};
    std::vector<QByteArray> chunks;
    std::vector<QByteArray> records;
};

/// Node 1, its neighbours, and what node 9 announced.
struct World {
    explicit World(qint64 bulkBytesMax = kBulkBytesMax)
        : tree(config(bulkBytesMax), rng, crypto)
    {
        feed(Start{});
    }
    static TreeConfig config(qint64 bulkBytesMax)
    {
        TreeConfig config = Machine::config();
        config.bulkBytesMax = bulkBytesMax;
        return config;
    }
    void feed(const Event &event, Ticks after = 0ms)
    {
        now += after;
        actions.clear();
        tree.on(event, {now, kUtcMs + now.count() / 1000}, actions);
    }
    template <typename M>
    void say(quint8 from, const M &word, const QByteArray &body = {}, Ticks after = 0ms)
    {
        const auto head = QJsonDocument(wire::encode(word)).toJson(QJsonDocument::Compact);
        feed(FrameArrived{id(from), {wire::FrameClass::Control, head, body}}, after);
    }
    void greet(quint8 from)
    {
        feed(LinkUp{{id(from), {u"n"_s, 0}}, net::Direction::Inbound});
        Hello hello;
        hello.network = u"net"_s;
        hello.host = u"n"_s;
        hello.port = 7000;
        hello.place = placeOf({from}, 0);
        say(from, hello);
    }
    /// The announcement of `object` by node 9, signed.
    QByteArray head(const Object &object, quint32 ttlS = 3600, quint64 seq = 1)
    {
        const BulkRecord record{u"release"_s, object.layout.sizeBytes(), kBulkChunkBytes,
            QByteArrayView(object.root).toByteArray(), ttlS};
        const net::Draft draft{u"net"_s, u"tree.bulk"_s, seq, (kUtcMs + now.count() / 1000) * 1000,
            30'000, 2, wire::encodeFields(record)};
        message = *net::writeMessage(object.crypto, draft, {});
        net::Head head;
        head.key = object.crypto.publicKey();
        head.message = message;
        std::ranges::copy(net::signMessage(object.crypto, message), head.signature.begin());
        return net::writeHead(head);
    }
    BulkId idOf(const Object &object) const
    {
        return *bulkIdOf(QByteArrayView(object.crypto.hash(message)).first(16));
    }
    /// Node `from` has heard of it, and tells us.
    BulkId learn(quint8 from, const Object &object)
    {
        const QByteArray signedHead = head(object);
        const BulkId bulk = idOf(object);
        say(from, BulkHave{bytesOf(bulk), true, 0}, BulkBits(object.layout.chunks()).bytes());
        say(from, BulkNotice{}, signedHead);
        return bulk;
    }
    template <typename A>
    std::vector<A> all() const
    {
        std::vector<A> found;
        for (const auto &action : actions) {
            std::visit(
                [&found]<typename T>(const T &one) {
                    if constexpr (std::is_same_v<T, A>)
                        found.push_back(one);
                },
                action);
        }
        return found;
    }
    /// Of the part for big objects.
    template <typename A>
    std::vector<A> allBulk() const
    {
        std::vector<A> found;
        for (const auto &action : all<BulkAction>()) {
            if (const auto *one = std::get_if<A>(&action))
                found.push_back(*one);
        }
        return found;
    }
    /// What the machine said to a neighbour, with the bodies.
    template <typename M>
    std::vector<std::pair<M, QByteArray>> said(quint8 to) const
    {
        std::vector<std::pair<M, QByteArray>> words;
        for (const auto &send : all<Send>()) {
            if (send.to != id(to))
                continue;
            if (auto word = wire::decode<M>(QJsonDocument::fromJson(send.frame.head).object()))
                words.emplace_back(*std::move(word), send.frame.body);
        }
        return words;
    }
    /// Everything that node `from` has; @return what it is asked for.
    std::vector<quint32> has(quint8 from, const BulkId &bulk, const Object &object)
    {
        BulkBits bits(object.layout.chunks());
        for (quint32 index = 0; index < bits.size(); ++index)
            bits.set(index);
        say(from, BulkHave{bytesOf(bulk), true, 0}, bits.bytes());
        std::vector<quint32> asked;
        for (const auto &[word, body] : said<BulkAsk>(from)) {
            const auto indices = readChunkList(body, object.layout, 64).value();
            asked.insert(asked.end(), indices.begin(), indices.end());
        }
        return asked;
    }
    bool isCut(quint8 peer) const { return std::ranges::contains(all<HangUp>(), HangUp{id(peer)}); }

    sim::SimRng rng{1};
    sim::SimCrypto crypto{id(1), 42};
    PeerTree tree;
    Ticks now{0};
    Actions actions;
    QByteArray message;
};

} // namespace

class BulkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sizesGiveGroupsAndPadding_data()
    {
        QTest::addColumn<qint64>("size");
        QTest::addColumn<quint32>("data");
        QTest::addColumn<quint32>("groups");
        QTest::newRow("one byte") << qint64{1} << 1U << 1U;
        QTest::newRow("one chunk") << qint64{65'536} << 1U << 1U;
        QTest::newRow("a byte more") << qint64{65'537} << 2U << 1U;
        QTest::newRow("one group") << qint64{12 * 65'536} << 12U << 1U;
        QTest::newRow("a byte over") << qint64{12 * 65'536 + 1} << 13U << 2U;
        QTest::newRow("the largest") << kBulkBytesMax << 4096U << 342U;
    }
    void sizesGiveGroupsAndPadding()
    {
        QFETCH(qint64, size);
        QFETCH(quint32, data);
        QFETCH(quint32, groups);
        const BulkLayout layout(size);
        QCOMPARE(layout.dataChunks(), data);
        QCOMPARE(layout.groups(), groups);
        quint32 padding = 0;
        for (quint32 index = 0; index < layout.chunks(); ++index)
            padding += layout.isPadding(index) ? 1U : 0U;
        QCOMPARE(padding, groups * kBulkDataPerGroup - data);
        QVERIFY(!layout.isPadding(BulkLayout::indexOfData(data - 1)));
        for (quint32 index = 0; index < layout.chunks(); ++index)
            QVERIFY(layout.recordBytes(index) <= Bulk::kRecordBytes);
    }

    void waysAreAsLongAsTheTreeIsHigh()
    {
        const Object object(30 * 65'536); // 3 groups: the last one moves up alone
        for (quint32 index = 0; index < object.layout.chunks(); ++index) {
            QCOMPARE(object.records[index].size(), object.layout.recordBytes(index));
            QVERIFY(isBulkRecord(
                object.crypto, object.layout, object.root, index, object.records[index]));
        }
        QByteArray wrong = object.records[5];
        wrong[wrong.size() - 1] = static_cast<char>(wrong.back() ^ 1);
        QVERIFY(!isBulkRecord(object.crypto, object.layout, object.root, 5, wrong));
        QVERIFY(!isBulkRecord(object.crypto, object.layout, object.root, 6, object.records[5]));
        QVERIFY(!isBulkRecord(object.crypto, object.layout, object.root, 5, {}));
        QVERIFY(!isBulkRecord(object.crypto, object.layout, object.root, 48, object.records[5]));
    }

    void bitmapsAreReadStrictly()
    {
        BulkBits bits(19);
        bits.set(0);
        bits.set(18);
        QCOMPARE(bits.bytes(), QByteArray::fromHex("800020"));
        QCOMPARE(bits.count(), 2U);
        QCOMPARE(BulkBits::read(bits.bytes(), 19), bits);
        bits.reset(18);
        bits.reset(18);
        QCOMPARE(bits.count(), 1U);
        QVERIFY(!BulkBits::read(QByteArray::fromHex("8000"), 19));
        QVERIFY(!BulkBits::read(QByteArray::fromHex("80002000"), 19));
        QVERIFY(!BulkBits::read(QByteArray::fromHex("800010"), 19)); // bit 19 of 19
    }

    void listsAreReadStrictly()
    {
        const BulkLayout layout(65'536); // 16 chunks
        const std::vector<quint32> indices{0, 15, 3};
        QCOMPARE(writeChunkList(indices), QByteArray::fromHex("0000000f0003"));
        QCOMPARE(readChunkList(writeChunkList(indices), layout, 3), indices);
        QVERIFY(!readChunkList(writeChunkList(indices), layout, 2));
        QVERIFY(!readChunkList(QByteArray::fromHex("0010"), layout, 3));
        QVERIFY(!readChunkList(QByteArray::fromHex("00"), layout, 3));
        QCOMPARE(bulkIdFromText(BulkId{{1, 2}}.text()), (BulkId{{1, 2}}));
        QVERIFY(!bulkIdFromText(u"0102"));
        QVERIFY(!bulkIdFromText(u"zz02000000000000000000000000000000"));
    }

    /// Each stripe has a quarter of the nodes, and another quarter for another object.
    void stripesShareOutTheNodes()
    {
        std::array<int, kBulkStripes> counts{};
        int same = 0;
        sim::SimRng rng(3);
        for (int number = 0; number < 4000; ++number) {
            NodeId node;
            for (auto &byte : node.bytes)
                byte = static_cast<quint8>(rng.bits());
            const quint32 stripe = stripeOfNode(node, BulkId{{7}});
            ++counts.at(stripe);
            same += stripe == stripeOfNode(node, BulkId{{8}}) ? 1 : 0;
        }
        for (const int count : counts)
            QVERIFY(count > 900 && count < 1100);
        QVERIFY(same > 900 && same < 1100);
    }

    void anyTwelveOfSixteenGiveAGroupBack()
    {
        const Object object(20 * 65'536 + 1000);
        sim::SimRng rng(4);
        for (int round = 0; round < 40; ++round) {
            const quint32 group = rng.below(2);
            std::set<quint32> lost;
            if (round < 4) { // a whole stripe
                for (quint32 slot = static_cast<quint32>(round); slot < 16; slot += 4)
                    lost.insert(slot);
            }
            while (lost.size() < 4)
                lost.insert(rng.below(16));
            const auto rebuilt = rebuildBulkGroup(
                object.crypto, object.layout, object.root, group, object.group(group, lost));
            QVERIFY(rebuilt.ok() && rebuilt->isGood());
            for (const quint32 slot : lost) {
                const quint32 index = group * kBulkGroupChunks + slot;
                QCOMPARE(rebuilt->records[slot],
                    object.layout.isPadding(index) ? QByteArray() : object.records[index]);
            }
        }
        const std::set<quint32> five{0, 1, 2, 3, 4};
        QVERIFY(
            !rebuildBulkGroup(object.crypto, object.layout, object.root, 0, object.group(0, five))
                .ok());
    }

    void aDamagedChunkOfAGroupIsNamed()
    {
        const Object object(12 * 65'536);
        auto records = object.group(0, {});
        records[7][100] = static_cast<char>(records[7][100] ^ 1);
        const auto rebuilt
            = rebuildBulkGroup(object.crypto, object.layout, object.root, 0, records);
        QVERIFY(rebuilt.ok());
        QCOMPARE(rebuilt->damaged, (std::vector<quint32>{7}));
        QVERIFY(!rebuilt->isGood());
    }

    void anUnknownObjectIsAskedAboutOnce()
    {
        World world;
        world.greet(2);
        world.greet(3);
        const Object object(100'000);
        const QByteArray head = world.head(object);
        const BulkId bulk = world.idOf(object);
        const QByteArray nothing = BulkBits(object.layout.chunks()).bytes();
        world.say(2, BulkHave{bytesOf(bulk), true, 0}, nothing);
        QCOMPARE(world.said<BulkWhat>(2).size(), 1U);
        world.say(3, BulkHave{bytesOf(bulk), true, 0}, nothing);
        QVERIFY(world.said<BulkWhat>(3).empty());
        world.say(2, BulkNotice{}, head);
        QCOMPARE(world.allBulk<BulkOpen>().size(), 1U);
        QCOMPARE(world.said<BulkHave>(3).size(), 1U);
        QVERIFY(world.said<BulkHave>(3).front().first.isFull);
        QCOMPARE(world.tree.bulks().size(), 1U);
        // Whoever asks us what it is gets the same signed bytes.
        world.say(3, BulkWhat{bytesOf(bulk)});
        QCOMPARE(world.said<BulkNotice>(3).size(), 1U);
        QCOMPARE(world.said<BulkNotice>(3).front().second, head);
    }

    void anAnnouncementThatIsForgedCutsItsBringer()
    {
        World world;
        world.greet(2);
        const Object object(100'000);
        QByteArray head = world.head(object);
        world.say(2, BulkHave{bytesOf(world.idOf(object)), true, 0},
            BulkBits(object.layout.chunks()).bytes());
        const auto at = head.indexOf("\"s\":\"") + 5;
        head[at] = head[at] == 'B' ? 'C' : 'B'; // another signature
        world.say(2, BulkNotice{}, head);
        QVERIFY(world.tree.bulks().empty());
        QVERIFY(world.isCut(2));
    }

    void anAnnouncementThatNobodyAskedForIsNotTaken()
    {
        World world;
        world.greet(2);
        world.say(2, BulkNotice{}, world.head(Object(100'000)));
        QVERIFY(world.tree.bulks().empty());
        QVERIFY(!world.isCut(2));
    }

    void whatHasEndedOrIsTooLargeIsNotTaken()
    {
        World world(1'000'000);
        world.greet(2);
        (void)world.learn(2, Object(1'000'001));
        QVERIFY(world.tree.bulks().empty());
        const Object object(1'000'000);
        const QByteArray head = world.head(object, 10);
        const BulkId bulk = world.idOf(object);
        world.say(2, BulkHave{bytesOf(bulk), true, 0}, BulkBits(object.layout.chunks()).bytes());
        world.say(2, BulkNotice{}, head, 11s);
        QVERIFY(world.tree.bulks().empty());
    }

    void asksForNoMoreThanAFewAtOnce()
    {
        World world;
        world.greet(2);
        const Object object(4'000'000);
        const BulkId bulk = world.learn(2, object);
        const auto asked = world.has(2, bulk, object);
        QCOMPARE(asked.size(), 2U); // a small window at first
        QCOMPARE(std::set(asked.begin(), asked.end()).size(), asked.size());
        // Our stripe first.
        for (const quint32 index : asked)
            QCOMPARE(stripeOfChunk(index), stripeOfNode(id(1), bulk));
    }

    void aChunkIsStoredAndMoreIsAskedFor()
    {
        World world;
        world.greet(2);
        const Object object(4'000'000);
        const BulkId bulk = world.learn(2, object);
        const auto asked = world.has(2, bulk, object);
        world.say(2, BulkChunk{bytesOf(bulk), asked[0], 0}, object.records[asked[0]], 50ms);
        QCOMPARE(world.allBulk<BulkStore>().size(), 1U);
        QCOMPARE(world.allBulk<BulkStore>().front().record, object.records[asked[0]]);
        QCOMPARE(world.said<BulkAsk>(2).size(), 1U);
        QVERIFY(world.tree.bulks().front().haveBytes == 0); // not before it is stored
        world.feed(BulkEvent(BulkStored{bulk, asked[0], true}));
        QVERIFY(world.tree.bulks().front().haveBytes > 0);
    }

    void aForgedChunkCutsItsSender()
    {
        World world;
        world.greet(2);
        const Object object(4'000'000);
        const BulkId bulk = world.learn(2, object);
        const auto asked = world.has(2, bulk, object);
        QByteArray record = object.records[asked[0]];
        record[record.size() - 1] = static_cast<char>(record.back() ^ 1);
        world.say(2, BulkChunk{bytesOf(bulk), asked[0], 0}, record);
        QVERIFY(world.allBulk<BulkStore>().empty());
        QVERIFY(world.isCut(2));
        const auto offences = world.tree.status().offences;
        QCOMPARE(offences.at(static_cast<std::size_t>(Offence::ForgedChunk)), 1);
    }

    void aChunkThatNobodyAskedForIsNotKept()
    {
        World world;
        world.greet(2);
        const Object object(4'000'000);
        const BulkId bulk = world.learn(2, object);
        world.say(2, BulkChunk{bytesOf(bulk), 3, 0}, object.records[3]);
        QVERIFY(world.allBulk<BulkStore>().empty());
        QVERIFY(!world.isCut(2)); // it may be an honest mistake, a few times
        for (int i = 0; i < 40; ++i)
            world.say(2, BulkChunk{bytesOf(bulk), 3, 0}, object.records[3]);
        QVERIFY(!world.tree.status().links.size());
    }

    void wordsThatCannotBeCutTheirSender_data()
    {
        QTest::addColumn<int>("what");
        for (int what = 0; what < 6; ++what)
            QTest::addRow("%d", what) << what;
    }
    void wordsThatCannotBeCutTheirSender()
    {
        QFETCH(int, what);
        World world;
        world.greet(2);
        const Object object(4'000'000);
        const BulkId bulk = world.learn(2, object);
        const QByteArray many = QByteArray(2 * 17, '\0');
        switch (what) {
        case 0:
            world.say(2, BulkHave{bytesOf(bulk), true, 0}, QByteArray("short"));
            break;
        case 1:
            world.say(2, BulkHave{bytesOf(bulk), false, 0}, QByteArray::fromHex("ffff"));
            break;
        case 2:
            world.say(2, BulkAsk{bytesOf(bulk)}, many);
            break;
        case 3:
            world.say(2, BulkChunk{bytesOf(bulk), 60'000, 0}, object.records[3]);
            break;
        case 4:
            world.say(2, BulkChunk{bytesOf(bulk), 3, 0}, QByteArray("short"));
            break;
        default:
            world.say(2, BulkNotice{}, QByteArray(5000, 'x'));
        }
        QVERIFY(world.isCut(2));
    }

    void whatIsAskedForIsReadAndSent()
    {
        World world;
        world.greet(2);
        const Object object(4'000'000);
        const BulkId bulk = world.learn(2, object);
        BulkBits all(object.layout.chunks());
        for (quint32 index = 0; index < all.size(); ++index)
            all.set(index);
        world.feed(BulkEvent(BulkResumed{world.head(object), all.bytes()}));
        QVERIFY(world.tree.bulks().front().isWhole);
        world.say(2, BulkAsk{bytesOf(bulk)}, writeChunkList(std::vector<quint32>{5, 6, 7}));
        auto loads = world.allBulk<BulkLoad>();
        QCOMPARE(loads.size(), std::size_t{Bulk::kLoadsPerLink}); // one after the other
        world.feed(
            BulkEvent(BulkLoaded{bulk, loads[0].index, id(2), object.records[loads[0].index]}));
        const auto chunks = world.said<BulkChunk>(2);
        QCOMPARE(chunks.size(), 1U);
        QCOMPARE(chunks.front().first.index, loads[0].index);
        QCOMPARE(chunks.front().second, object.records[loads[0].index]);
        QCOMPARE(world.allBulk<BulkLoad>().size(), 1U);
        // A chunk that is damaged here is not had any more, and the other side hears of it.
        world.feed(BulkEvent(BulkLoaded{bulk, loads[1].index, id(2), std::nullopt}));
        QCOMPARE(world.said<BulkNo>(2).size(), 1U);
        QVERIFY(!world.tree.bulks().front().isWhole);
    }

    void aRefusedChunkIsSentAgain()
    {
        World world;
        world.greet(2);
        const Object object(4'000'000);
        const BulkId bulk = world.learn(2, object);
        BulkBits all(object.layout.chunks());
        for (quint32 index = 0; index < all.size(); ++index)
            all.set(index);
        world.feed(BulkEvent(BulkResumed{world.head(object), all.bytes()}));
        world.say(2, BulkAsk{bytesOf(bulk)}, writeChunkList(std::vector<quint32>{5}));
        world.feed(BulkEvent(BulkLoaded{bulk, 5, id(2), object.records[5]}));
        wire::Frame frame;
        for (const auto &send : world.all<Send>()) {
            if (Bulk::isChunk(send.frame))
                frame = send.frame;
        }
        QVERIFY(!frame.body.isEmpty());
        QCOMPARE(frame.frameClass, wire::FrameClass::Bulk);
        world.feed(SendRefused{id(2), frame});
        QVERIFY(world.allBulk<BulkLoad>().empty());
        QCOMPARE(world.tree.bulks().front().sentBytes, 0U);
        world.feed(Writable{id(2)});
        QCOMPARE(world.allBulk<BulkLoad>().size(), 1U);
    }

    /// The last run's chunks are told of while the same ones come anew.
    void whatComesTwiceCountsOnce()
    {
        World world;
        world.greet(2);
        const Object object(12 * 65'536);
        const QByteArray signedHead = world.head(object);
        const BulkId bulk = world.learn(2, object);
        std::deque<quint32> asked;
        const auto note = [&](const std::vector<quint32> &more) {
            asked.insert(asked.end(), more.begin(), more.end());
        };
        note(world.has(2, bulk, object));
        std::vector<quint32> stored;
        while (!asked.empty()) {
            const quint32 index = asked.front();
            asked.pop_front();
            world.say(2, BulkChunk{bytesOf(bulk), index, 0}, object.records[index], 1ms);
            for (const auto &[word, body] : world.said<BulkAsk>(2))
                note(readChunkList(body, object.layout, 64).value());
            stored.push_back(index);
            world.feed(TimerFired{}, 600ms);
            for (const auto &[word, body] : world.said<BulkAsk>(2))
                note(readChunkList(body, object.layout, 64).value());
        }
        QVERIFY(stored.size() >= 12);
        BulkBits all(object.layout.chunks());
        for (quint32 index = 0; index < all.size(); ++index)
            all.set(index);
        for (std::size_t at = 0; at + 1 < stored.size(); ++at)
            world.feed(BulkEvent(BulkStored{bulk, stored[at], true}));
        world.feed(BulkEvent(BulkResumed{signedHead, all.bytes()}));
        world.feed(BulkEvent(BulkStored{bulk, stored.back(), true}));
        world.feed(BulkEvent(BulkGroupDone{bulk, 0, BulkGroupDone::Outcome::Whole, {}}));
        QVERIFY(world.tree.bulks().front().isWhole);
        QCOMPARE(world.tree.bulks().front().have, 16U);
    }

    void silenceIsNotWaitedForLong()
    {
        World world;
        world.greet(2);
        const Object object(4'000'000);
        const BulkId bulk = world.learn(2, object);
        QCOMPARE(world.has(2, bulk, object).size(), 2U);
        bool isCancelled = false;
        for (int second = 0; second < 25; ++second) {
            world.say(2, State{world.now.count() + 1, 0, 0, placeOf({2}, 0), {}}, {}, 1s);
            world.feed(TimerFired{});
            isCancelled |= !world.said<BulkCancel>(2).empty();
        }
        QVERIFY(isCancelled);
        const auto offences = world.tree.status().offences;
        QVERIFY(offences.at(static_cast<std::size_t>(Offence::BrokenPromise)) > 0);
    }
};

QTEST_APPLESS_MAIN(BulkTest)
#include "bulk_test.moc"
