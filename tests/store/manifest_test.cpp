// SPDX-License-Identifier: GPL-3.0-or-later
#include <crypto/key_source.h>
#include <store/manifest_writer.h>

#include <QFile>
#include <QTest>
#include <QtEndian>

#include <map>

using namespace borg;
using namespace borg::store;
using namespace Qt::Literals::StringLiterals;

namespace {

crypto::SecretKey fixedKey()
{
    crypto::SecretKey key;
    for (std::size_t i = 0; i < crypto::SecretKey::kBytes; ++i)
        key.mutableBytes()[i] = static_cast<quint8>(i + 1);
    return key;
}

ManifestOptions optionsFor(const Code &code, HashCode hashCode = defaultHashCode())
{
    ManifestOptions options{.code = code, .hashCode = hashCode, .file = {}, .key = fixedKey()};
    options.file.bytes = {0xf1, 0x1e};
    return options;
}

const FileDetails kDetails{
    u"a \u00fcber file\nwith a line.txt"_s, u"text/plain"_s, 1'700'000'000'123};

/// What a writer is told about a segment; the shards themselves play no part.
EncodedSegment fakeSegment(const ManifestOptions &options, quint64 index, qsizetype plainBytes)
{
    EncodedSegment segment;
    segment.plainBytes = plainBytes;
    std::array<quint8, 32> seed{};
    qToBigEndian(index, seed.data());
    segment.plainHash = seed;
    segment.plainHash[31] = 0xaa;
    for (int i = 0; i < options.code.n; ++i) {
        seed[8] = static_cast<quint8>(i);
        segment.ids.push_back(shardIdFromRoot(seed, options.hashCode));
    }
    return segment;
}

struct Written {
    ManifestOptions options;
    std::map<std::pair<int, quint32>, EncodedSegment> pages;
    QByteArray rootPage;
    qint64 fileBytes = 0;
};

Written writtenWith(const ManifestOptions &options, qint64 segments, qsizetype lastBytes = 1000)
{
    Written out{.options = options, .pages = {}, .rootPage = {}, .fileBytes = 0};
    auto writer = ManifestWriter::make(options);
    const auto keep = [&](std::vector<WrittenPage> pages) {
        for (WrittenPage &page : pages)
            out.pages.emplace(std::pair(page.level, page.index), std::move(page.coded));
    };
    for (qint64 i = 0; i < segments; ++i) {
        const qsizetype bytes = i + 1 < segments ? segmentPlainBytes(options.code.k) : lastBytes;
        auto pages = writer->add(fakeSegment(options, static_cast<quint64>(i), bytes));
        BORG_ASSERT(pages.ok());
        keep(*std::move(pages));
        out.fileBytes += bytes;
    }
    auto finished = writer->finish(kDetails);
    BORG_ASSERT(finished.ok());
    keep(std::move(finished->pages));
    out.rootPage = finished->rootPage;
    return out;
}

/// Opens the pages on the way to a segment, as a reader does: by the ids in the page above.
Result<std::vector<ShardId>> shardsOf(
    const Written &written, const Manifest &manifest, qint64 segment, crypto::Hash *plainHash)
{
    const auto codec = SegmentCodec::make(manifest.code(), manifest.hashCode());
    std::optional<Page> page;
    for (const PageStep &step : manifest.pathTo(segment)) {
        const auto ids = page ? page->entry(step.slot) : manifest.entry(step.slot);
        const auto stored = written.pages.find({step.level, step.index});
        if (stored == written.pages.end() || stored->second.ids != ids)
            return Error{Errc::NotFound, u"page %1"_s.arg(step.index)};
        std::vector<ShardPiece> pieces;
        const int parity = manifest.code().n - manifest.code().k; // the last k, to decode
        for (int i = parity; i < manifest.code().n; ++i)
            pieces.push_back({i, stored->second.shards[static_cast<std::size_t>(i)]});
        const auto bytes = codec->decodePublic(step.bytes, pieces);
        if (!bytes)
            return bytes.error();
        auto parsed = Page::parse(manifest, step.level, step.index, *bytes);
        if (!parsed)
            return parsed.error();
        page.emplace(*std::move(parsed));
    }
    const int slot = manifest.slotOf(segment);
    if (plainHash) {
        if (page) {
            *plainHash = (*page->plainHashes(written.options.key))[std::size_t(slot)];
        } else {
            *plainHash = manifest.open(written.options.key)->plainHashes[std::size_t(slot)];
        }
    }
    return page ? page->entry(slot) : manifest.entry(slot);
}

/// Compares with tests/golden, or writes there when BORG_REGOLDEN is set.
QByteArray golden(const QString &name, const QByteArray &now)
{
    const QString path = QStringLiteral(BORG_GOLDEN_DIR) + u'/' + name;
    QFile file(path);
    if (qEnvironmentVariableIsSet("BORG_REGOLDEN")) {
        BORG_ASSERT(file.open(QIODevice::WriteOnly));
        file.write(now.toHex() + '\n');
        return now;
    }
    return file.open(QIODevice::ReadOnly) ? QByteArray::fromHex(file.readAll()) : QByteArray();
}

} // namespace

class ManifestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everySegmentIsFound_data()
    {
        QTest::addColumn<int>("k");
        QTest::addColumn<int>("n");
        QTest::addColumn<qint64>("segments");
        QTest::addColumn<int>("depth");
        QTest::newRow("one segment") << 2 << 4 << 1LL << 0;
        QTest::newRow("fills the root") << 3 << 10 << 100LL << 0;
        QTest::newRow("one page") << 3 << 10 << 500LL << 1;
        QTest::newRow("pages, the last full") << 20 << 50 << 2 * 642LL << 1;
        QTest::newRow("pages, the last short") << 20 << 50 << 2 * 642LL + 1 << 1;
        QTest::newRow("two levels") << 2 << 128 << 16 * 254LL + 3 << 2;
    }

    void everySegmentIsFound()
    {
        QFETCH(int, k);
        QFETCH(int, n);
        QFETCH(qint64, segments);
        QFETCH(int, depth);
        const Written written = writtenWith(optionsFor({k, n}), segments);
        QVERIFY(written.rootPage.size() <= kRootPageBytesMax);
        const auto manifest = Manifest::parse(written.rootPage);
        QVERIFY2(manifest, manifest ? "" : qPrintable(manifest.error().detail));
        QCOMPARE(manifest->fileBytes(), written.fileBytes);
        QCOMPARE(manifest->segmentCount(), segments);
        QCOMPARE(manifest->depth(), depth);
        QVERIFY(!manifest->isInline());
        std::size_t pages = 0;
        for (int level = 0; level < depth; ++level)
            pages += manifest->pageCount(level);
        QCOMPARE(pages, written.pages.size());

        TreeBuilder tree(manifest->hashCode());
        qint64 bytes = 0;
        for (qint64 segment = 0; segment < segments; ++segment) {
            const auto expected = fakeSegment(written.options, static_cast<quint64>(segment), 1);
            tree.add(segmentLeaf(expected.ids, manifest->hashCode()));
            bytes += manifest->plainBytesOf(segment);
            if (segment % 97 != 0 && segment + 2 < segments)
                continue; // decoding the pages for each would take long
            crypto::Hash plainHash{};
            const auto shards = shardsOf(written, *manifest, segment, &plainHash);
            QVERIFY2(shards, shards ? "" : qPrintable(shards.error().detail));
            QVERIFY(*shards == expected.ids);
            QVERIFY(plainHash == expected.plainHash);
        }
        QCOMPARE(bytes, written.fileBytes);
        QCOMPARE(manifest->rootHash(), tree.root());
        const auto opened = manifest->open(fixedKey());
        QVERIFY(opened);
        QVERIFY(opened->details == kDetails);
    }

    void aSmallFileLivesInTheRootPage()
    {
        for (const qsizetype size : {qsizetype{0}, qsizetype{1}, qsizetype{kInlineBytesMax}}) {
            const QByteArray content(size, 'c');
            const auto page = ManifestWriter::inlineFile(optionsFor({2, 4}), kDetails, content);
            QVERIFY(page);
            QVERIFY(!size || !page->contains(QByteArray(16, 'c'))); // sealed
            const auto manifest = Manifest::parse(*page);
            QVERIFY(manifest);
            QVERIFY(manifest->isInline());
            QCOMPARE(manifest->fileBytes(), size);
            QCOMPARE(manifest->segmentCount(), 0);
            const auto opened = manifest->open(fixedKey());
            QVERIFY(opened);
            QCOMPARE(opened->content, content);
            QVERIFY(opened->details == kDetails);
        }
        const auto tooLarge = ManifestWriter::inlineFile(
            optionsFor({2, 4}), kDetails, QByteArray(kInlineBytesMax + 1, 'c'));
        QCOMPARE(tooLarge.error().code, Errc::TooLarge);
    }

    void theKeyAndOnlyTheKeyOpensThePrivatePart()
    {
        const Written written = writtenWith(optionsFor({3, 10}), 500);
        const auto manifest = Manifest::parse(written.rootPage);
        QVERIFY(!written.rootPage.contains("file"));
        QCOMPARE(manifest->open(crypto::randomKey()).error().code, Errc::Unauthorized);
        const auto &stored = written.pages.at({0, 0});
        const auto codec = SegmentCodec::make({3, 10}, defaultHashCode());
        std::vector<ShardPiece> pieces;
        for (int i = 0; i < 3; ++i)
            pieces.push_back({i, stored.shards[static_cast<std::size_t>(i)]});
        const auto bytes = codec->decodePublic(manifest->pageBytes(0, 0), pieces);
        const auto page = Page::parse(*manifest, 0, 0, *bytes);
        QVERIFY(page->plainHashes(fixedKey()));
        QCOMPARE(page->plainHashes(crypto::randomKey()).error().code, Errc::Unauthorized);
    }

    /// One key never seals two contents: the salt follows from both.
    void theSameFileMakesTheSameManifestAndAnotherNameAnotherSalt()
    {
        const auto options = optionsFor({2, 4});
        const auto a = *ManifestWriter::inlineFile(options, kDetails, "content");
        QCOMPARE(*ManifestWriter::inlineFile(options, kDetails, "content"), a);
        FileDetails renamed = kDetails;
        renamed.name = u"x"_s;
        const auto b = *ManifestWriter::inlineFile(options, renamed, "content");
        QVERIFY(a.sliced(68, 32) != b.sliced(68, 32));
        const auto c = *ManifestWriter::inlineFile(optionsFor({2, 5}), kDetails, "content");
        QVERIFY(a.sliced(68, 32) != c.sliced(68, 32)); // the public part is bound, too
    }

    void theBytesStayTheSameForEver()
    {
        const auto options = optionsFor({2, 3}, HashCode::Sha256);
        const Written written = writtenWith(options, 3);
        QCOMPARE(written.rootPage, golden(u"manifest_root_v1.hex"_s, written.rootPage));
        const auto small = *ManifestWriter::inlineFile(options, kDetails, "hello");
        QCOMPARE(small, golden(u"manifest_inline_v1.hex"_s, small));
        const auto pieces = encodeRootPage(small, {2, 3}, HashCode::Sha256);
        QCOMPARE(pieces.pieces[2], golden(u"root_piece_v1.hex"_s, pieces.pieces[2]));
        const auto codec = SegmentCodec::make({2, 3}, HashCode::Sha256);
        const auto coded = codec->encode(fixedKey(), options.file, 5, QByteArray(5000, 'p'), true);
        const QByteArray parity(QByteArrayView(coded.ids[2].bytes));
        QCOMPARE(parity, golden(u"segment_parity_id_v1.hex"_s, parity));
    }

    /// By the parser or, where only the private part's size is in question, by its seal.
    void everyFlippedBitAndEveryCutIsRefused()
    {
        const Written written = writtenWith(optionsFor({2, 3}), 2);
        const QByteArray &page = written.rootPage;
        const auto refused = [](const QByteArray &bytes) {
            const auto manifest = Manifest::parse(bytes);
            return !manifest || !manifest->open(fixedKey());
        };
        QVERIFY(!refused(page));
        for (qsizetype bit = 0; bit < page.size() * 8; ++bit) {
            QByteArray changed = page;
            changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
            QVERIFY2(refused(changed), QByteArray::number(bit));
        }
        for (qsizetype size = 0; size < page.size(); ++size)
            QVERIFY2(refused(page.first(size)), QByteArray::number(size));
        QVERIFY(refused(page + '\0'));
        QVERIFY(refused(page + QByteArray(64, '\0')));
    }

    void giantNumbersAreRefusedBeforeAnythingIsAllocated()
    {
        const Written written = writtenWith(optionsFor({2, 3}), 2);
        const auto with = [&](qsizetype at, const char *hex) {
            QByteArray page = written.rootPage;
            const QByteArray bytes = QByteArray::fromHex(hex);
            page.replace(at, bytes.size(), bytes);
            return Manifest::parse(page);
        };
        QVERIFY(!with(28, "ffffffffffffffff")); // file bytes
        QVERIFY(!with(28, "7fffffffffffffff"));
        QVERIFY(!with(28, "0000000000000000"));
        QVERIFY(!with(8, "00")); // k
        QVERIFY(!with(8, "04")); // k above n
        QVERIFY(!with(8, "ff"));
        QVERIFY(!with(9, "ff")); // n
        QVERIFY(!with(7, "04")); // depth
        QVERIFY(!with(7, "fe"));
        QVERIFY(!with(6, "02")); // cipher
        QVERIFY(!with(5, "09")); // hash code
        QVERIFY(!with(4, "02")); // version
        QVERIFY(with(4, "02").error().detail.contains("version 2"_L1));
        QVERIFY(!with(10, "0001")); // zeros
        QCOMPARE(
            Manifest::parse(QByteArray(kRootPageBytesMax + 1, 'x')).error().code, Errc::TooLarge);
    }

    void aPageOfAnotherPlaceOrFileIsRefused()
    {
        const Written written = writtenWith(optionsFor({20, 50}), 1500);
        const auto manifest = Manifest::parse(written.rootPage);
        const auto codec = SegmentCodec::make({20, 50}, defaultHashCode());
        const auto pageAt = [&](quint32 index) {
            std::vector<ShardPiece> pieces;
            const auto &stored = written.pages.at({0, index});
            for (int i = 0; i < 20; ++i)
                pieces.push_back({i, stored.shards[static_cast<std::size_t>(i)]});
            return *codec->decodePublic(manifest->pageBytes(0, index), pieces);
        };
        const QByteArray first = pageAt(0);
        QVERIFY(Page::parse(*manifest, 0, 0, first));
        QVERIFY(!Page::parse(*manifest, 0, 1, first));
        QVERIFY(!Page::parse(*manifest, 0, 0, pageAt(1)));
        QVERIFY(!Page::parse(*manifest, 0, 9, first));
        QVERIFY(!Page::parse(*manifest, 1, 0, first));
        QVERIFY(!Page::parse(*manifest, -1, 0, first));
        QVERIFY(!Page::parse(*manifest, 0, 0, first.chopped(1)));
        QByteArray foreign = first;
        foreign[9] = 'x'; // file id
        QVERIFY(!Page::parse(*manifest, 0, 0, foreign));
    }

    void theWriterRefusesWhatNoReaderTakes()
    {
        const auto options = optionsFor({2, 3});
        const qsizetype full = segmentPlainBytes(2);
        auto writer = ManifestWriter::make(options);
        QVERIFY(writer->add(fakeSegment(options, 0, full)));
        QVERIFY(writer->add(fakeSegment(options, 1, full - 1)));
        QVERIFY(!writer->add(fakeSegment(options, 2, full))); // after a short one
        QVERIFY(!ManifestWriter::make(options)->add(fakeSegment(options, 0, full + 1)));
        QVERIFY(!ManifestWriter::make(options)->add(fakeSegment(optionsFor({2, 4}), 0, full)));
        QVERIFY(!ManifestWriter::make(options)->finish(kDetails)); // nothing in it
        QVERIFY(!ManifestWriter::make(optionsFor({0, 3})));
        const auto named = [&](const QString &name, const QString &mime) {
            return ManifestWriter::inlineFile(options, {name, mime, 0}, "c").ok();
        };
        QVERIFY(named(QString(1024, u'n'), u"a/b"_s));
        QVERIFY(!named(QString(1025, u'n'), u"a/b"_s));
        QVERIFY(!named(QString(600, u'ü'), u"a/b"_s));
        QVERIFY(!named(u"n"_s, u"ä/b"_s));
        QVERIFY(!named(u"n"_s, QString(129, u'm')));
        QVERIFY(!named(QString(QChar(0xd800)), u"a/b"_s));
        QVERIFY(named({}, {}));
    }

    /// The longest name and list that the writer puts into a root page still fit a link's piece.
    void theRootPageIsNeverTooLarge()
    {
        for (qint64 segments = 165; segments <= 195; ++segments) {
            const Written written = writtenWith(optionsFor({3, 10}), segments);
            QVERIFY(written.rootPage.size() <= kRootPageBytesMax);
            const auto manifest = Manifest::parse(written.rootPage);
            QVERIFY(manifest);
            QVERIFY(manifest->depth() <= 1);
            QCOMPARE(manifest->depth() == 0, written.pages.empty());
        }
    }
};

QTEST_APPLESS_MAIN(ManifestTest)
#include "manifest_test.moc"
