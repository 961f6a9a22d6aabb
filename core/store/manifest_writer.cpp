// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest_writer.h"

#include "manifest_layout.h"

#include <algorithm>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace layout;

namespace {

Result<Done> checkDetails(const FileDetails &details)
{
    const auto isAscii = [](QChar c) { return c >= u' ' && c <= u'~'; };
    if (details.name.toUtf8().size() > kNameBytesMax)
        return Error{Errc::Malformed, u"The name is longer than %1 bytes."_s.arg(kNameBytesMax)};
    if (QString::fromUtf8(details.name.toUtf8()) != details.name)
        return Error{Errc::Malformed, u"The name is not valid Unicode."_s};
    if (details.mime.size() > kMimeBytesMax || !std::ranges::all_of(details.mime, isAscii))
        return Error{Errc::Malformed, u"The type of the file is not a MIME type."_s};
    return Done{};
}

/// Name, type and time; hashes or content follow.
ByteWriter privateHead(const FileDetails &details)
{
    ByteWriter writer;
    const QByteArray name = details.name.toUtf8();
    writer.number(static_cast<quint16>(name.size()));
    writer.raw(name);
    writer.number(static_cast<quint16>(details.mime.size()));
    writer.raw(details.mime.toLatin1());
    writer.number(static_cast<quint64>(details.modifiedUtcMs));
    return writer;
}

qsizetype padded(qsizetype bytes)
{
    return std::max(kPrivateStep, (bytes + kPrivateStep - 1) / kPrivateStep * kPrivateStep);
}

struct Root {
    quint8 depth = 0;
    qint64 fileBytes = 0;
    crypto::Hash rootHash{};
    QByteArray entries;
};

QByteArray rootPageOf(const ManifestOptions &options, const Root &root, ByteWriter plain)
{
    ByteWriter page;
    page.raw(QByteArrayView(kRootMagic, 4));
    page.number(kVersion);
    page.number(static_cast<quint8>(options.hashCode));
    page.number(kCipherAes256Gcm);
    page.number(root.depth);
    page.number(static_cast<quint8>(options.code.k));
    page.number(static_cast<quint8>(options.code.n));
    page.zeros(2);
    page.raw(QByteArrayView(options.file.bytes));
    page.number(static_cast<quint64>(root.fileBytes));
    page.raw(QByteArrayView(root.rootHash));
    BORG_ASSERT(page.size() == kRootHeadBytes);
    page.raw(root.entries);
    plain.zeros(padded(plain.size()) - plain.size());
    page.raw(sealPrivate(options.key, options.file, page.bytes(), plain.bytes()));
    return page.bytes();
}

/// A page that is being filled.
struct Level {
    QByteArray entries;
    QByteArray plainHashes; ///< Level 0 only.
    int count = 0;
    quint32 pagesDone = 0;
};

} // namespace

struct ManifestWriter::Private {
    Private(ManifestOptions given, SegmentCodec made)
        : options(std::move(given))
        , codec(std::move(made))
        , tree(options.hashCode)
    {
    }

    /// Closes the page of a level and enters it into the level above.
    void flush(int at, std::vector<WrittenPage> &out)
    {
        Level &level = levels[static_cast<std::size_t>(at)];
        QByteArray page = pageHead(options.file, at, level.pagesDone) + level.entries;
        if (at == 0)
            page += sealPrivate(options.key, options.file, page, level.plainHashes);
        WrittenPage written{at, level.pagesDone, codec.encodePublic(page)};
        const quint32 done = level.pagesDone + 1;
        level = Level{};
        level.pagesDone = done;
        enter(at + 1, written.coded.ids);
        out.push_back(std::move(written));
        if (levels[static_cast<std::size_t>(at + 1)].count == fanOf(options.code, at + 1))
            flush(at + 1, out);
    }

    void enter(int at, const std::vector<ShardId> &shards)
    {
        // One level more than a root may stand on: a file that needs it is refused in finish().
        if (levels.size() <= static_cast<std::size_t>(at))
            levels.resize(static_cast<std::size_t>(at) + 1);
        Level &level = levels[static_cast<std::size_t>(at)];
        for (const ShardId &shard : shards)
            level.entries.append(QByteArrayView(shard.bytes).sliced(1));
        ++level.count;
    }

    [[nodiscard]] bool fitsRoot(const Level &level, qsizetype plainBytes) const
    {
        return level.pagesDone == 0
            && kRootHeadBytes + level.entries.size() + kSealBytes + padded(plainBytes)
            <= kRootPageBytesMax;
    }

    ManifestOptions options;
    SegmentCodec codec;
    TreeBuilder tree;
    std::vector<Level> levels{1};
    qint64 fileBytes = 0;
    bool lastWasFull = true;
};

ManifestWriter::ManifestWriter(std::unique_ptr<Private> p)
    : d(std::move(p))
{
}

ManifestWriter::~ManifestWriter() = default;
ManifestWriter::ManifestWriter(ManifestWriter &&) noexcept = default;
ManifestWriter &ManifestWriter::operator=(ManifestWriter &&) noexcept = default;

Result<ManifestWriter> ManifestWriter::make(const ManifestOptions &options)
{
    auto codec = SegmentCodec::make(options.code, options.hashCode);
    if (!codec)
        return codec.error();
    return ManifestWriter(std::make_unique<Private>(options, *std::move(codec)));
}

Result<std::vector<WrittenPage>> ManifestWriter::add(const EncodedSegment &segment)
{
    const qsizetype full = segmentPlainBytes(d->options.code.k);
    const auto ofOurCode = [&](const ShardId &id) { return id.code() == d->options.hashCode; };
    if (!d->lastWasFull || segment.plainBytes < 1 || segment.plainBytes > full
        || std::ssize(segment.ids) != d->options.code.n
        || !std::ranges::all_of(segment.ids, ofOurCode))
        return Error{Errc::Malformed, u"a segment that cannot come here"_s};
    if (d->tree.count() == static_cast<quint64>(kSegmentsMax))
        return Error{Errc::TooLarge, u"The file has more than %1 segments."_s.arg(kSegmentsMax)};
    d->lastWasFull = segment.plainBytes == full;
    d->fileBytes += segment.plainBytes;
    d->tree.add(segmentLeaf(segment.ids, d->options.hashCode));
    d->enter(0, segment.ids);
    d->levels[0].plainHashes.append(QByteArrayView(segment.plainHash));
    std::vector<WrittenPage> pages;
    if (d->levels[0].count == fanOf(d->options.code, 0))
        d->flush(0, pages);
    return pages;
}

Result<WrittenManifest> ManifestWriter::finish(const FileDetails &details)
{
    if (auto done = checkDetails(details); !done)
        return done.error();
    if (d->fileBytes == 0)
        return Error{Errc::Malformed, u"a manifest without segments"_s};
    WrittenManifest written;
    ByteWriter plain = privateHead(details);
    std::size_t depth = 0;
    if (const Level &segments = d->levels[0];
        d->fitsRoot(segments, plain.size() + segments.plainHashes.size())) {
        plain.raw(segments.plainHashes);
    } else {
        do {
            if (d->levels[depth].count > 0)
                d->flush(static_cast<int>(depth), written.pages);
            ++depth;
        } while (!d->fitsRoot(d->levels[depth], plain.size()) && depth <= kDepthMax);
        if (depth > kDepthMax)
            return Error{Errc::TooLarge, u"The list of shards is too long for this code."_s};
    }
    written.rootPage = rootPageOf(d->options,
        {.depth = static_cast<quint8>(depth),
            .fileBytes = d->fileBytes,
            .rootHash = d->tree.root(),
            .entries = d->levels[depth].entries},
        std::move(plain));
    return written;
}

Result<QByteArray> ManifestWriter::inlineFile(
    const ManifestOptions &options, const FileDetails &details, QByteArrayView content)
{
    if (content.size() > kInlineBytesMax)
        return Error{Errc::TooLarge, u"%1 bytes"_s.arg(content.size())};
    if (auto done = checkDetails(details); !done)
        return done.error();
    if (auto codec = SegmentCodec::make(options.code, options.hashCode); !codec)
        return codec.error();
    ByteWriter plain = privateHead(details);
    plain.raw(content);
    return rootPageOf(options,
        {.depth = kInlineDepth,
            .fileBytes = content.size(),
            .rootHash = TreeBuilder(options.hashCode).root(),
            .entries = {}},
        std::move(plain));
}

} // namespace borg::store
