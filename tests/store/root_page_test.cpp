// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/root_page.h>

#include <QTest>

#include <random>
#include <set>

using namespace borg;
using namespace borg::store;

namespace {

QByteArray noise(qsizetype size, quint32 seed = 1)
{
    std::mt19937 random(seed);
    QByteArray bytes(size, '\0');
    for (char &byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

std::vector<QByteArrayView> viewsOf(const std::vector<QByteArray> &pieces)
{
    return {pieces.begin(), pieces.end()};
}

} // namespace

class RootPageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackFromAnyEnoughPieces()
    {
        std::mt19937 random(4);
        for (const Code code : {Code{1, 1}, Code{1, 2}, Code{2, 3}, Code{2, 10}, Code{4, 48}}) {
            for (const qsizetype size : {1, 2, 3, 4095, 40'000, 65'536}) {
                const QByteArray page = noise(size);
                auto coded = encodeRootPage(page, code, defaultHashCode());
                QCOMPARE(coded.pieces.size(), static_cast<std::size_t>(code.n));
                std::ranges::shuffle(coded.pieces, random);
                coded.pieces.resize(static_cast<std::size_t>(code.k));
                const auto back = decodeRootPage(coded.manifest, viewsOf(coded.pieces));
                QVERIFY(back);
                QCOMPARE(*back, page);
                coded.pieces.pop_back();
                const auto tooFew = decodeRootPage(coded.manifest, viewsOf(coded.pieces));
                QCOMPARE(tooFew.error().code, Errc::NotFound);
            }
        }
    }

    void theLinkStaysWhenMorePiecesAreMade()
    {
        const QByteArray page = noise(5'000);
        const auto few = encodeRootPage(page, {2, 3}, defaultHashCode());
        const auto many = encodeRootPage(page, {2, 100}, defaultHashCode());
        QCOMPARE(few.manifest, many.manifest);
        QVERIFY(std::ranges::equal(few.pieces, std::span(many.pieces).first(3)));
        QVERIFY(encodeRootPage(page, {3, 3}, defaultHashCode()).manifest != few.manifest);
        QVERIFY(
            encodeRootPage(noise(5'000, 2), {2, 3}, defaultHashCode()).manifest != few.manifest);
    }

    void aHolderOfKMinusOnePiecesHasNoPage()
    {
        const QByteArray page = noise(10'000);
        const auto coded = encodeRootPage(page, {2, 5}, defaultHashCode());
        for (const QByteArray &piece : coded.pieces)
            QVERIFY(piece.size() < page.size());
    }

    /// Each piece is checked by itself: every flipped bit is noticed before anything is stored.
    void everyFlippedBitOfAPieceIsNoticed()
    {
        const auto coded = encodeRootPage(noise(300), {2, 4}, defaultHashCode());
        const QByteArray &piece = coded.pieces[3];
        QCOMPARE(readRootPiece(piece)->manifest, coded.manifest);
        QCOMPARE(readRootPiece(piece)->index, 3);
        QVERIFY(matchesStored(coded.ids[3], piece));
        QVERIFY(!matchesStored(coded.ids[2], piece));
        for (qsizetype bit = 0; bit < piece.size() * 8; ++bit) {
            QByteArray changed = piece;
            changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
            const auto info = readRootPiece(changed);
            QVERIFY(!info || info->manifest != coded.manifest);
            QVERIFY(!matchesStored(coded.ids[3], changed));
        }
        for (qsizetype size = 0; size < piece.size(); ++size)
            QVERIFY(!readRootPiece(piece.first(size)));
        QVERIFY(!readRootPiece(piece + '\0'));
    }

    void liarsAmongTheAnswersDoNoHarm()
    {
        const QByteArray page = noise(20'000);
        const auto coded = encodeRootPage(page, {3, 10}, defaultHashCode());
        const auto other = encodeRootPage(noise(20'000, 9), {3, 10}, defaultHashCode());
        std::vector<QByteArray> answers(other.pieces);
        answers.push_back({});
        answers.push_back(noise(7'000));
        for (int i = 0; i < 20; ++i) {
            QByteArray lie = coded.pieces[static_cast<std::size_t>(i % 10)];
            lie[lie.size() - 1 - i] = static_cast<char>(lie[lie.size() - 1 - i] + 1);
            answers.push_back(lie);
        }
        answers.insert(answers.end(), 5, coded.pieces[1]);
        answers.push_back(coded.pieces[7]);
        QCOMPARE(decodeRootPage(coded.manifest, viewsOf(answers)).error().code, Errc::NotFound);
        answers.push_back(coded.pieces[4]);
        const auto back = decodeRootPage(coded.manifest, viewsOf(answers));
        QVERIFY(back);
        QCOMPARE(*back, page);
    }

    /// Pieces whose paths are right and that are no code word: each k of them give another page.
    void aLinkStandsForOnePageEvenWhenItsMakerLies()
    {
        const QByteArray page = noise(2'000);
        auto coded = encodeRootPage(page, {2, 4}, defaultHashCode());
        const auto foreign = encodeRootPage(noise(2'000, 5), {2, 4}, defaultHashCode());
        // Piece 3 of another page, in a tree that holds both: the maker computes it all anew.
        const auto payload
            = [](const QByteArray &piece) { return piece.sliced(kRootPieceHeadBytes); };
        const auto all = encodeRootPage(page, {2, 128}, defaultHashCode());
        std::vector<crypto::Hash> leaves;
        for (const QByteArray &piece : all.pieces)
            leaves.push_back(crypto::hashLeaf(crypto::HashKind(defaultHashCode()), payload(piece)));
        leaves[3]
            = crypto::hashLeaf(crypto::HashKind(defaultHashCode()), payload(foreign.pieces[3]));
        std::vector<QByteArray> forged;
        for (std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
            QByteArray piece = coded.pieces[i].first(12);
            for (const crypto::Hash &node : pathOf(leaves, i, defaultHashCode()))
                piece.append(QByteArrayView(node));
            forged.push_back(piece + payload(i == 3 ? foreign.pieces[3] : coded.pieces[i]));
        }
        const ShardId manifest = readRootPiece(forged[0])->manifest;
        QCOMPARE(readRootPiece(forged[2])->manifest, manifest);
        QVERIFY(manifest != coded.manifest);
        for (const auto &[a, b] : {std::pair{0, 1}, {0, 2}, {1, 2}}) {
            const std::vector<QByteArrayView> two{forged[std::size_t(a)], forged[std::size_t(b)]};
            QCOMPARE(decodeRootPage(manifest, two).error().code, Errc::Malformed);
        }
    }

    void namesAreFoundWithTheLinkAlone()
    {
        const auto coded = encodeRootPage("page", {2, 50}, defaultHashCode());
        std::set<ShardId> names;
        for (int i = 0; i < kRootPieces; ++i)
            names.insert(rootPieceId(coded.manifest, i));
        QCOMPARE(names.size(), std::size_t{kRootPieces});
        for (std::size_t i = 0; i < coded.ids.size(); ++i) {
            QVERIFY(names.contains(coded.ids[i]));
            QVERIFY(matchesStored(coded.ids[i], coded.pieces[i]));
            QVERIFY(ShardId::fromText(coded.ids[i].text()));
        }
    }

    void anOrdinaryShardThatLooksLikeAPieceIsAShard()
    {
        const QByteArray shard = "BRGR" + noise(5'000);
        QVERIFY(matchesStored(shardIdOf(shard, HashCode::Sha256), shard));
        const auto coded = encodeRootPage("page", {2, 3}, defaultHashCode());
        QVERIFY(matchesStored(shardIdOf(coded.pieces[0], HashCode::Sha256), coded.pieces[0]));
    }

    void pagesAndRecordsHaveNumbersOfTheirOwn()
    {
        std::set<quint32> numbers{kRootSegment, (1U << 28) - 1};
        for (int level = 0; level < 4; ++level) {
            for (const quint32 index : {0U, 1U, 0x0fffffffU})
                numbers.insert(pageSegment(level, index));
        }
        QCOMPARE(numbers.size(), 14U);
    }
};

QTEST_APPLESS_MAIN(RootPageTest)
#include "root_page_test.moc"
