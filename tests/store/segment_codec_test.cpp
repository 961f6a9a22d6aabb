// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/key_source.h>
#include <store/segment_codec.h>

#include <QTest>

#include <random>
#include <set>

using namespace borg;
using namespace borg::store;

namespace {

constexpr FileId kFile{{1, 2, 3}};

QByteArray noise(qsizetype size, quint32 seed = 1)
{
    std::mt19937 random(seed);
    QByteArray bytes(size, '\0');
    for (char &byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

std::span<char> spanOf(QByteArray &bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

/// A segment, coded, and all that a reader knows about it.
struct Coded {
    SegmentCodec codec;
    QByteArray plain;
    EncodedSegment encoded;
    SegmentRef ref;

    Coded(const Code &code, qsizetype bytes, quint64 index = 0, bool last = true)
        : codec(*SegmentCodec::make(code, defaultHashCode()))
        , plain(noise(bytes))
    {
        ref = {.key = crypto::randomKey(),
            .file = kFile,
            .index = index,
            .plainBytes = bytes,
            .last = last,
            .plainHash = {}};
        encoded = codec.encode(ref.key, ref.file, index, plain, last);
        ref.plainHash = encoded.plainHash;
    }

    [[nodiscard]] std::vector<ShardPiece> pieces(const std::vector<int> &indexes) const
    {
        std::vector<ShardPiece> found;
        for (const int index : indexes)
            found.push_back({index, encoded.shards[static_cast<std::size_t>(index)]});
        return found;
    }

    /// The error's code, or nothing when it decoded; checks what came out in both cases.
    [[nodiscard]] std::optional<Errc> decode(
        const SegmentRef &as, const std::vector<ShardPiece> &shards) const
    {
        QByteArray out(plain.size(), 'x');
        const auto done = codec.decode(as, shards, spanOf(out));
        if (done) {
            BORG_ASSERT(out == plain);
            return {};
        }
        BORG_ASSERT(out == QByteArray(plain.size(), '\0'));
        return done.error().code;
    }
};

} // namespace

class SegmentCodecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sizesFollowTheDesign()
    {
        QCOMPARE(segmentPlainBytes(1), 524160);
        QCOMPARE(segmentCipherBytes(segmentPlainBytes(20)), 20 * kShardBytesMax);
        QCOMPARE(segmentCipherBytes(1), 4112);
        QCOMPARE(segmentCipherBytes(4096), 4112);
        QCOMPARE(segmentCipherBytes(4097), 4113);
        QCOMPARE(segmentCipherBytes(65520), 65536);
        QCOMPARE(segmentCipherBytes(65521), 65553);
        QCOMPARE(shardBytesOf(20 * kShardBytesMax, 20), kShardBytesMax);
        QCOMPARE(shardBytesOf(4112, 4), 4096);
        QCOMPARE(shardBytesOf(4112, 1), 8192);
        QCOMPARE(shardBytesOf(4 * 4096, 4), 4096);
        QCOMPARE(shardBytesOf(4 * 4096 + 1, 4), 8192);
    }

    void comesBackFromAnyEnoughShards_data()
    {
        QTest::addColumn<int>("k");
        QTest::addColumn<int>("n");
        QTest::addColumn<qsizetype>("bytes");
        for (const auto &[k, n] :
            {std::pair{1, 1}, {1, 2}, {2, 3}, {3, 10}, {4, 8}, {20, 50}, {64, 128}}) {
            const qsizetype full = segmentPlainBytes(k);
            for (const qsizetype bytes : {qsizetype{1}, qsizetype{4'000}, qsizetype{20'000},
                     qsizetype{65'520}, qsizetype{65'521}, full / 2, full - 1, full}) {
                if (k == 64 && bytes > 20'000)
                    continue; // 66 MB of shards show nothing new
                QTest::addRow("%d of %d, %lld bytes", k, n, static_cast<long long>(bytes))
                    << k << n << bytes;
            }
        }
    }

    void comesBackFromAnyEnoughShards()
    {
        QFETCH(int, k);
        QFETCH(int, n);
        QFETCH(qsizetype, bytes);
        const Coded coded({k, n}, bytes, 7);
        QCOMPARE(coded.encoded.shards.size(), static_cast<std::size_t>(n));
        const qsizetype shardBytes = shardBytesOf(segmentCipherBytes(bytes), k);
        std::set<ShardId> ids;
        for (std::size_t i = 0; i < coded.encoded.shards.size(); ++i) {
            QCOMPARE(coded.encoded.shards[i].size(), shardBytes);
            QVERIFY(matches(coded.encoded.ids[i], coded.encoded.shards[i]));
            ids.insert(coded.encoded.ids[i]);
        }
        QCOMPARE(ids.size(), static_cast<std::size_t>(n)); // no two shards are the same

        std::vector<int> order(static_cast<std::size_t>(n));
        std::iota(order.begin(), order.end(), 0);
        QVERIFY(!coded.decode(coded.ref, coded.pieces(order)));
        std::mt19937 random(9);
        for (int round = 0; round < 4; ++round) {
            std::ranges::shuffle(order, random);
            const std::vector<int> kept(order.begin(), order.begin() + k);
            QVERIFY(!coded.decode(coded.ref, coded.pieces(kept)));
            const std::vector<int> tooFew(order.begin(), order.begin() + k - 1);
            QCOMPARE(coded.decode(coded.ref, coded.pieces(tooFew)), Errc::NotFound);
            const auto rebuilt = coded.codec.rebuild(coded.pieces(kept), order);
            QVERIFY(rebuilt);
            for (std::size_t i = 0; i < order.size(); ++i)
                QVERIFY((*rebuilt)[i] == coded.encoded.shards[static_cast<std::size_t>(order[i])]);
        }
    }

    void theSameInputGivesTheSameShardsAndOtherInputAnotherKey()
    {
        const Coded a({3, 5}, 100'000);
        const auto again = a.codec.encode(a.ref.key, kFile, 0, a.plain, true);
        QVERIFY(again.ids == a.encoded.ids);
        // One plaintext byte differs: nothing of the ciphertext is the same, the key was another.
        QByteArray changed = a.plain;
        changed[99'999] = static_cast<char>(changed[99'999] + 1);
        const auto other = a.codec.encode(a.ref.key, kFile, 0, changed, true);
        for (std::size_t i = 0; i < 3; ++i) {
            qsizetype equal = 0;
            for (qsizetype at = 0; at < 30'000; ++at)
                equal += other.shards[i][at] == a.encoded.shards[i][at] ? 1 : 0;
            QVERIFY2(equal < 300, QByteArray::number(equal)); // 1 in 256 by chance
        }
    }

    void noShardOfAShortSegmentHoldsAllOfItOrNothing()
    {
        const Coded coded({20, 50}, 20'000);
        for (std::size_t i = 0; i < 20; ++i) {
            const QByteArray &shard = coded.encoded.shards[i];
            const auto used = shard.size() - shard.count('\0');
            QVERIFY(used > 800 && used < 1'100); // a twentieth
        }
    }

    void everyFlippedBitIsDetected()
    {
        const Coded coded({2, 4}, 1'000);
        const qsizetype slice = segmentCipherBytes(1'000) / 2;
        for (int index = 0; index < 4; ++index) {
            for (qsizetype bit = 0; bit < 4096 * 8; bit += bit < slice * 8 ? 1 : 61) {
                EncodedSegment copy = coded.encoded;
                QByteArray &shard = copy.shards[static_cast<std::size_t>(index)];
                shard[bit / 8] = static_cast<char>(shard[bit / 8] ^ 1 << bit % 8);
                QVERIFY(!matches(copy.ids[static_cast<std::size_t>(index)], shard));
                if (bit >= slice * 8 || bit % 5 != 0)
                    continue;
                const std::vector<ShardPiece> used{
                    {index, shard}, {index ^ 1, copy.shards[static_cast<std::size_t>(index ^ 1)]}};
                QCOMPARE(coded.decode(coded.ref, used), Errc::Unauthorized);
            }
        }
    }

    void swappedShardsSegmentsFilesAndKeysAreDetected()
    {
        const Coded coded({2, 4}, 100'000, 5, true);
        const auto &shards = coded.encoded.shards;
        QCOMPARE(coded.decode(coded.ref, {{0, shards[1]}, {1, shards[0]}}), Errc::Unauthorized);
        QCOMPARE(coded.decode(coded.ref, {{2, shards[3]}, {3, shards[2]}}), Errc::Unauthorized);
        const auto good = coded.pieces({0, 1});
        QVERIFY(!coded.decode(coded.ref, good));
        const auto changed = [&](auto change) {
            SegmentRef as = coded.ref;
            change(as);
            return coded.decode(as, good);
        };
        QCOMPARE(changed([](SegmentRef &as) { as.key = crypto::randomKey(); }), Errc::Unauthorized);
        QCOMPARE(changed([](SegmentRef &as) { as.index = 6; }), Errc::Unauthorized);
        QCOMPARE(changed([](SegmentRef &as) { as.file.bytes[15] = 1; }), Errc::Unauthorized);
        QCOMPARE(changed([](SegmentRef &as) { as.last = false; }), Errc::Unauthorized);
        QCOMPARE(changed([](SegmentRef &as) { as.plainHash[0] ^= 1; }), Errc::Unauthorized);
    }

    void aShorterOrLongerSegmentIsDetected()
    {
        const Coded coded({2, 4}, 100'000);
        for (const qsizetype bytes : {99'999, 100'001, 65'520, 1}) {
            SegmentRef as = coded.ref;
            as.plainBytes = bytes;
            QByteArray out(bytes, 'x');
            QVERIFY(!coded.codec.decode(as, coded.pieces({0, 1}), spanOf(out)));
        }
    }

    void shardsOfTheWrongSizeOrIndexAreRefused()
    {
        const Coded coded({2, 4}, 100'000);
        const QByteArray &shard = coded.encoded.shards[0];
        const QByteArray &other = coded.encoded.shards[1];
        QCOMPARE(coded.decode(coded.ref, {{0, shard.chopped(1)}, {1, other}}), Errc::Malformed);
        QCOMPARE(coded.decode(coded.ref, {{0, {}}, {1, other}}), Errc::Malformed);
        QCOMPARE(coded.decode(coded.ref, {{4, shard}, {1, other}}), Errc::Malformed);
        QCOMPARE(coded.decode(coded.ref, {{-1, shard}, {1, other}}), Errc::Malformed);
        QCOMPARE(coded.decode(coded.ref, {{1, other}, {1, other}}), Errc::NotFound);
        const std::array wanted{3};
        QVERIFY(!coded.codec.rebuild(coded.pieces({0}), wanted));
        const std::array<ShardPiece, 2> uneven{{{0, shard}, {1, QByteArrayView(other).chopped(1)}}};
        QVERIFY(!coded.codec.rebuild(uneven, wanted));
        const std::array outside{4};
        QVERIFY(!coded.codec.rebuild(coded.pieces({0, 1}), outside));
    }

    /// Whoever made the link knows the key, and could seal two contents that fit one manifest.
    void aMakerCannotGiveTwoReadersTwoContents()
    {
        const Coded honest({2, 3}, 60'000);
        QByteArray other = honest.plain;
        other[0] = static_cast<char>(other[0] + 1);
        // Its own key follows from its own content, so the lie needs the other content's hash.
        const auto lie = honest.codec.encode(honest.ref.key, kFile, 0, other, true);
        const std::vector<ShardPiece> pieces{{0, lie.shards[0]}, {1, lie.shards[1]}};
        QCOMPARE(honest.decode(honest.ref, pieces), Errc::Unauthorized);
    }

    void rangesTouchFewShardsAndGiveTheBytes_data()
    {
        QTest::addColumn<int>("k");
        QTest::addColumn<qsizetype>("bytes");
        QTest::newRow("full 3") << 3 << segmentPlainBytes(3);
        QTest::newRow("short 3") << 3 << qsizetype{500'000};
        QTest::newRow("tiny 20") << 20 << qsizetype{30'000};
        QTest::newRow("filled up 3") << 3 << qsizetype{100};
        QTest::newRow("full 1") << 1 << segmentPlainBytes(1);
    }

    void rangesTouchFewShardsAndGiveTheBytes()
    {
        QFETCH(int, k);
        QFETCH(qsizetype, bytes);
        const Coded coded({k, k + 1}, bytes);
        std::mt19937 random(2);
        for (int round = 0; round < 60; ++round) {
            const auto offset = static_cast<qsizetype>(random() % static_cast<quint64>(bytes));
            const auto most = static_cast<quint64>(
                round % 3 ? bytes - offset : std::min<qsizetype>(100, bytes - offset));
            const auto size = 1 + static_cast<qsizetype>(random() % most);
            std::vector<ShardPart> parts;
            for (const ShardRange &range : coded.codec.rangesFor(bytes, offset, size)) {
                const QByteArray &shard
                    = coded.encoded.shards[static_cast<std::size_t>(range.index)];
                QVERIFY(range.index < k && range.offset % kGroupBytes == 0);
                QVERIFY(
                    range.bytes % kGroupBytes == 0 || range.offset + range.bytes == shard.size());
                parts.push_back({range, QByteArrayView(shard).sliced(range.offset, range.bytes)});
            }
            if (bytes == segmentPlainBytes(k) && size <= 100)
                QVERIFY(parts.size() <= 2);
            QByteArray out(size, 'x');
            QVERIFY(coded.codec.decodeRange(coded.ref, offset, parts, spanOf(out)));
            QCOMPARE(out, coded.plain.sliced(offset, size));

            QByteArray spoilt = parts.front().bytes.toByteArray();
            spoilt.fill('z');
            auto lying = parts;
            lying.front().bytes = spoilt;
            QCOMPARE(coded.codec.decodeRange(coded.ref, offset, lying, spanOf(out)).error().code,
                Errc::Unauthorized);
            QCOMPARE(out, QByteArray(size, '\0'));
            lying.pop_back();
            QCOMPARE(coded.codec.decodeRange(coded.ref, offset, lying, spanOf(out)).error().code,
                Errc::Malformed);
        }
    }

    void publicPagesComeBackWithoutAKey()
    {
        const auto codec = SegmentCodec::make({3, 7}, defaultHashCode());
        for (const qsizetype size : {1, 2, 4097, 100'000, 3 * 512 * 1024}) {
            const QByteArray page = noise(size);
            const auto encoded = codec->encodePublic(page);
            QCOMPARE(encoded.plainBytes, size);
            std::vector<ShardPiece> pieces;
            for (const int index : {6, 1, 4})
                pieces.push_back({index, encoded.shards[static_cast<std::size_t>(index)]});
            const auto back = codec->decodePublic(size, pieces);
            QVERIFY(back);
            QCOMPARE(*back, page);
            pieces.pop_back();
            QCOMPARE(codec->decodePublic(size, pieces).error().code, Errc::NotFound);
        }
    }

    void codesOutOfLimitsHaveNoCodec()
    {
        QVERIFY(!SegmentCodec::make({0, 3}, HashCode::Sha256));
        QVERIFY(!SegmentCodec::make({65, 70}, HashCode::Sha256));
        QVERIFY(!SegmentCodec::make({2, 3}, static_cast<HashCode>(9)));
        QVERIFY(SegmentCodec::make({2, 3}, HashCode::Sha256));
    }
};

QTEST_APPLESS_MAIN(SegmentCodecTest)
#include "segment_codec_test.moc"
