// SPDX-License-Identifier: GPL-3.0-or-later
#include <sim/sim_crypto.h>
#include <sim/sim_rng.h>
#include <tree/address_book.h>
#include <tree/id_set.h>
#include <tree/message_store.h>
#include <tree/place.h>
#include <tree/seq_window.h>
#include <tree/sources.h>

#include <QTest>
#include <QtEndian>

#include <set>

using namespace borg;
using namespace borg::tree;
using namespace std::chrono_literals;

namespace {

NodeId id(quint8 number)
{
    NodeId id;
    id.bytes.fill(number);
    return id;
}

/// The parts of a machine that a rule needs, without the machine.
struct Alone {
    TreeConfig config;
    sim::SimRng rng{1};
    sim::SimCrypto crypto{id(1), 42};
    Context context{config, rng, crypto, id(1)};
    Links links{context};
    Sources sources{context};
    AddressBook book{context, links};
};

MessageId messageId(quint32 number)
{
    MessageId id;
    for (std::size_t i = 0; i < 4; ++i)
        id.bytes[i] = id.bytes[i + 8] = static_cast<quint8>(number >> 8 * i);
    id.bytes[15] = 1;
    return id;
}

} // namespace

class RulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWindowKnowsWhatItSaw()
    {
        sim::SimRng rng(3);
        SeqWindow window;
        std::set<quint64> seen;
        for (int i = 0; i < 5000; ++i) {
            const quint64 seq = 1000 + static_cast<quint64>(i) / 2 + rng.below(8);
            QCOMPARE(window.insert(seq), seen.insert(seq).second);
            QVERIFY(window.contains(seq));
            QVERIFY(window.ranges().size() <= SeqWindow::kGapsMax);
        }
    }

    void oldNumbersCannotComeAgain()
    {
        SeqWindow window;
        QVERIFY(window.insert(1));
        QVERIFY(window.insert(100'000));
        QVERIFY(!window.insert(2));
        QVERIFY(window.insert(99'000));
    }

    void aSetForgetsTheOldestFirst()
    {
        IdSet set(7);
        constexpr auto kMany = static_cast<quint32>(2 * IdSet::kGenerationMax);
        for (quint32 i = 0; i < kMany; ++i)
            set.insert(messageId(i), 1s);
        QVERIFY(set.contains(messageId(kMany - 1)));
        QVERIFY(set.contains(messageId(kMany / 2)));
        set.insert(messageId(kMany), 1s);
        QVERIFY(set.contains(messageId(kMany / 2)));
        QVERIFY(!set.contains(messageId(0)));
        set.insert(messageId(kMany + 1), 200s);
        set.insert(messageId(kMany + 2), 400s);
        QVERIFY(!set.contains(messageId(kMany)));
        QVERIFY(set.contains(messageId(kMany + 1)));
    }

    /// The ids share half of their bits with others, so that the index cannot tell by tags alone.
    void aStoreFindsWhatItStillHolds()
    {
        constexpr quint32 kHeld = 100;
        constexpr qsizetype kBytes = 1000;
        MessageStore store(kHeld * kBytes);
        for (quint32 i = 0; i < 5'000; ++i) {
            Stored stored;
            stored.id = messageId(i % 977);
            stored.id.bytes[4] = static_cast<quint8>(i >> 8);
            stored.id.bytes[5] = static_cast<quint8>(i);
            stored.seq = i;
            stored.at = 1s;
            stored.message = QByteArray(kBytes, 'x');
            const auto id = stored.id;
            store.add(std::move(stored));
            QVERIFY(store.find(id));
            QCOMPARE(store.find(id)->seq, quint64{i});
            QVERIFY(!store.find(messageId(i + 1'000'000)));
            for (const auto &held : store.all())
                QVERIFY(i % 97 != 0 || store.find(held.id) == &held);
            if (i == 4'999) {
                QCOMPARE(store.all().size(), std::size_t{kHeld + 1});
                const auto first = store.all().front().id;
                store.trim(1s + MessageStore::kKeepFor + 1s);
                QVERIFY(store.all().empty());
                QVERIFY(!store.find(id) && !store.find(first));
            }
        }
    }

    void betterIsAnOrder()
    {
        const sim::SimCrypto crypto(id(1), 42);
        std::vector<Place> places;
        for (qint64 epoch : {0, 5}) {
            for (quint32 rank : {0U, 9U}) {
                for (quint8 root = 1; root <= 3; ++root)
                    places.push_back(placeOfRoot(id(root), epoch, rank, 8));
            }
        }
        const auto better
            = [&](const Place &a, const Place &b) { return isBetterTree(crypto, a, b); };
        for (const auto &a : places) {
            for (const auto &b : places) {
                QCOMPARE(better(a, b) || better(b, a), !isSameTree(a, b));
                QVERIFY(!(better(a, b) && better(b, a)));
                for (const auto &c : places)
                    QVERIFY(!better(a, b) || !better(b, c) || better(a, c));
            }
        }
        QVERIFY(better(places[6], places[5])); // the epoch counts before all
    }

    void impossiblePlacesAreRefused()
    {
        const Place root = placeOfRoot(id(1), 5, 0, 8);
        const Place child = placeUnder(root, 10ms, id(2));
        QCOMPARE(judge(child, id(2), 10), Claim::Fine);
        QCOMPARE(child.latRootUs, 5000U);
        QCOMPARE(depthOf(child), 1U);
        QCOMPARE(judge(child, id(3), 10), Claim::Absurd); // somebody else's
        QCOMPARE(judge(placeUnder(child, 0ms, id(1)), id(1), 10), Claim::Absurd); // a loop
        const auto claims = [&](auto change) {
            Place place = child;
            change(place);
            return judge(place, id(2), 10);
        };
        QCOMPARE(claims([](Place &p) { p.path.chop(1); }), Claim::Absurd);
        QCOMPARE(claims([](Place &p) { p.capacity = kCapacityMax + 1; }), Claim::Absurd);
        QCOMPARE(claims([](Place &p) { p.children = kCapacityMax + 1; }), Claim::Absurd);
        QCOMPARE(claims([](Place &p) { p.rank = kRankMax + 1; }), Claim::Absurd);
        QCOMPARE(claims([](Place &p) { p.latRootUs = kLatencyUsMax + 1; }), Claim::Absurd);
        QCOMPARE(claims([](Place &p) { p.epoch = -1; }), Claim::Absurd);
        QCOMPARE(claims([](Place &p) { p.epoch = 11; }), Claim::Future);
        Place far = root;
        far.latRootUs = 1;
        QCOMPARE(judge(far, id(1), 10), Claim::Absurd); // a root is not far from itself
    }

    void aTakeoverIsNotOfTheFuture()
    {
        QCOMPARE(epochMaxAt(100'000'000, 500'000), 102);
        QCOMPARE(epochMaxAt(100'000'000, 3'000'000), 105);
        QCOMPARE(epochMaxAt(100'000'000, 0), 100 + kClocksApartS + kEpochAheadS);
        QCOMPARE(epochMaxAt(100'000'000, 1LL << 60), 100 + kBoundMaxS + kEpochAheadS);
    }

    void theUplinkDecidesHowManyChildren()
    {
        QCOMPARE(capacityFor(0), 0U);
        QCOMPARE(capacityFor(4'999'999), 0U);
        QCOMPARE(capacityFor(5'000'000), 4U);
        QCOMPARE(capacityFor(50'000'000), 8U);
        QCOMPARE(capacityFor(300'000'000), 24U);
    }

    void aMoveHasToBeWorthIt()
    {
        QVERIFY(isFarBetter(80ms, 100ms));
        QVERIFY(!isFarBetter(86ms, 100ms)); // less than 15 %
        QVERIFY(!isFarBetter(5ms, 14ms)); // less than 10 ms
    }

    void nearAndIdleIsCheaper()
    {
        Place place = placeOfRoot(id(1), 5, 0, 8);
        const auto idle = costOf(place, 1ms);
        QVERIFY(costOf(placeUnder(place, 1ms, id(2)), 1ms) > idle);
        QVERIFY(costOf(place, 20ms) > idle);
        place.children = 4;
        QCOMPARE(costOf(place, 1ms), idle);
        place.children = 6;
        QVERIFY(costOf(place, 1ms) > idle);
        const auto busy = costOf(place, 1ms);
        place.children = 8;
        QVERIFY(costOf(place, 1ms) > busy + 50ms);
    }

    void aDigestSaysWhatIsThere()
    {
        Alone node;
        auto &context = node.context;
        auto &sources = node.sources;
        for (const quint64 seq : {5U, 6U, 7U, 10U})
            sources.ensure({id(2).bytes}).window.insert(seq);
        sources.ensure({id(3).bytes}).window.insert(1);
        const QByteArray bytes = sources.digest(30s);
        const auto digest = Digest::read(bytes);
        QVERIFY(digest.ok());
        QVERIFY(digest->contains(id(2), 6) && digest->contains(id(2), 10));
        QVERIFY(!digest->contains(id(2), 8) && !digest->contains(id(4), 1));
        QVERIFY(digest->contains(id(3), 1));
        for (qsizetype size = 1; size < bytes.size(); ++size)
            (void)Digest::read(bytes.first(size)).ok(); // never reads past the end
        QVERIFY(!Digest::read(bytes.chopped(1)).ok());
        context.moment.now = 60s;
        QVERIFY(sources.digest(30s).isEmpty());
    }

    void aSilentSourceIsKeptSmallAndKnowsItsNumbers()
    {
        Alone node;
        auto &context = node.context;
        auto &sources = node.sources;
        const crypto::PublicKey two{id(2).bytes};
        for (const quint64 seq : {5U, 6U, 9U})
            sources.ensure(two).window.insert(seq);
        sources.ensure(two).pulledInRow = 3;
        sources.ensure({id(3).bytes}).window.insert(70);
        context.moment.now = Sources::kDozeAfter + 1s;
        sources.ensure({id(4).bytes}).window.insert(1);
        sources.ensure({id(4).bytes}).seenAt = context.now();
        sources.sweep();
        QCOMPARE(sources.count(), 3U);
        QVERIFY(!sources.find({id(5).bytes}));

        Source *source = sources.find(two); // wakes it
        QVERIFY(source);
        QCOMPARE(source->id, id(2));
        QCOMPARE(source->pulledInRow, 3);
        QVERIFY(source->window.contains(7) && source->window.contains(9));
        QVERIFY(!source->window.contains(10)); // and the gap is too old to be filled
        QVERIFY(source->window.insert(10));
        source->seenAt = context.now();
        QCOMPARE(sources.count(), 3U);
        sources.sweep();
        QCOMPARE(sources.count(), 3U);
        QCOMPARE(sources.find(two), source);
        QVERIFY(source->window.contains(10));

        context.moment.now += Sources::kForgetAfter; // the third one was silent for longer
        sources.sweep();
        QVERIFY(!sources.find({id(3).bytes}));
        QCOMPARE(sources.count(), 2U);
    }

    void aSourceThatRestsIsInTheDigestAndLosesNothing()
    {
        Alone node;
        auto &context = node.context;
        auto &sources = node.sources;
        const crypto::PublicKey two{id(2).bytes};
        for (const quint64 seq : {5U, 6U})
            sources.ensure(two).window.insert(seq);
        context.moment.now = Sources::kRestAfter + 1s;
        sources.sweep();
        const auto digest = Digest::read(sources.digest(30s));
        QVERIFY(digest->contains(id(2), 5) && digest->contains(id(2), 6));
        QVERIFY(!digest->contains(id(2), 4) && !digest->contains(id(2), 7));
        Source *source = sources.find(two);
        QVERIFY(source && source->window.insert(4)); // late, and still taken
        QCOMPARE(Digest::read(sources.digest(30s))->contains(id(2), 4), true);
        context.moment.now = 60s;
        QVERIFY(sources.digest(30s).isEmpty());
    }

    void theLongestSilentSourceGoesFirst()
    {
        Alone node;
        auto &context = node.context;
        auto &sources = node.sources;
        const auto key = [](std::size_t number) {
            crypto::PublicKey made;
            qToBigEndian(quint64{number}, made.bytes.data());
            return made;
        };
        for (std::size_t number = 0; number < Sources::kSourcesMax; ++number) {
            context.moment.now = Ticks{static_cast<qint64>(number) * 1000};
            Source &source = sources.ensure(key(number));
            source.window.insert(number + 1);
            source.seenAt = context.now();
        }
        context.moment.now += Sources::kDozeAfter;
        sources.sweep();
        for (std::size_t more = 0; more < 2'000; ++more)
            sources.ensure(key(Sources::kSourcesMax + more)).seenAt = context.now();
        QCOMPARE(sources.count(), Sources::kSourcesMax);
        QVERIFY(!sources.find(key(1'000)));
        QVERIFY(sources.find(key(2'500)));
    }

    void aCalmBookStaysSmall()
    {
        Alone node;
        const auto known = [](quint16 number) {
            NodeId made;
            qToBigEndian(number, made.bytes.data());
            return net::Peer{made, {QStringLiteral("n"), 7000}};
        };
        node.book.add(known(1), AddressBook::Rank::Seed);
        node.book.calm();
        for (quint16 number = 2; number < 1'000; ++number)
            node.book.add(known(number), AddressBook::Rank::Known);
        QVERIFY(node.book.peers().size() <= AddressBook::kCalmEntriesMax);
        QVERIFY(std::ranges::contains(node.book.peers(), known(1).id, &net::Peer::id));
        node.book.rouse(); // it looks for a parent: everybody counts
        for (quint16 number = 2; number < 1'000; ++number)
            node.book.add(known(number), AddressBook::Rank::Known);
        QCOMPARE(node.book.peers().size(), AddressBook::kEntriesMax);
    }

    void creditComesBackWithTime()
    {
        Alone node;
        node.config.credit = {10, 20, 1'000'000, 1'000'000};
        auto &context = node.context;
        auto &sources = node.sources;
        Source &source = sources.ensure({id(2).bytes});
        int taken = 0;
        while (sources.takeCredit(source, 1, 100, 1.0))
            ++taken;
        QCOMPARE(taken, 20);
        context.moment.now = 1s;
        while (sources.takeCredit(source, 1, 100, 1.0))
            ++taken;
        QCOMPARE(taken, 30);
    }
};

QTEST_APPLESS_MAIN(RulesTest)
#include "rules_test.moc"
