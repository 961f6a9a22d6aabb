// SPDX-License-Identifier: GPL-3.0-or-later
#include "segment_maker.h"

namespace borg::store {

SegmentMaker::SegmentMaker(std::shared_ptr<Source> source, const ManifestOptions &options,
    SegmentCodec codec, ManifestWriter writer)
    : m_source(std::move(source))
    , m_options(options)
    , m_codec(std::move(codec))
    , m_writer(std::move(writer))
{
}

Result<std::shared_ptr<SegmentMaker>> SegmentMaker::make(
    std::shared_ptr<Source> source, const ManifestOptions &options)
{
    auto codec = SegmentCodec::make(options.code, options.hashCode);
    if (!codec)
        return codec.error();
    auto writer = ManifestWriter::make(options);
    if (!writer)
        return writer.error();
    return std::shared_ptr<SegmentMaker>(
        new SegmentMaker(std::move(source), options, *std::move(codec), *std::move(writer)));
}

Result<SegmentMaker::Made> SegmentMaker::next()
{
    const qsizetype full = segmentPlainBytes(m_options.code.k);
    if (!m_ahead) {
        auto first = m_source->read(full);
        if (!first)
            return first.error();
        m_ahead = *std::move(first);
    }
    const QByteArray plain = *std::move(m_ahead);
    m_ahead = QByteArray();
    if (plain.size() == full) {
        auto following = m_source->read(full);
        if (!following)
            return following.error();
        m_ahead = *std::move(following);
    }
    m_plainBytes += plain.size();
    Made made;
    made.isLast = m_ahead->isEmpty();
    if (m_index == 0 && made.isLast && plain.size() <= kInlineBytesMax) {
        m_inline = plain;
        return made;
    }
    made.segment = m_codec.encode(m_options.key, m_options.file, m_index++, plain, made.isLast);
    auto pages = m_writer.add(*made.segment);
    if (!pages)
        return pages.error();
    made.pages = *std::move(pages);
    return made;
}

Result<WrittenManifest> SegmentMaker::finish(const FileDetails &details)
{
    if (m_index > 0)
        return m_writer.finish(details);
    auto page = ManifestWriter::inlineFile(m_options, details, m_inline);
    if (!page)
        return page.error();
    return WrittenManifest{{}, *std::move(page)};
}

} // namespace borg::store
