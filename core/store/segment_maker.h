// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/manifest_writer.h>
#include <store/source.h>

namespace borg::store {

/// Reads, encrypts and codes the segments of a source and writes the manifest along the way. Used
/// on the Executor, one call at a time.
class SegmentMaker {
public:
    struct Made {
        std::optional<EncodedSegment> segment; ///< None for an inline file.
        std::vector<WrittenPage> pages; ///< That are full now.
        bool isLast = false;
    };

    /// @pre the source is open
    static Result<std::shared_ptr<SegmentMaker>> make(
        std::shared_ptr<Source> source, const ManifestOptions &options);

    /// @return the next segment, or the source's error.
    Result<Made> next();
    /// After the last: @return the pages that are left, and the root page.
    Result<WrittenManifest> finish(const FileDetails &details);

    [[nodiscard]] qint64 plainBytes() const { return m_plainBytes; }

private:
    SegmentMaker(std::shared_ptr<Source> source, const ManifestOptions &options, SegmentCodec codec,
        ManifestWriter writer);

    const std::shared_ptr<Source> m_source;
    const ManifestOptions m_options;
    const SegmentCodec m_codec;
    ManifestWriter m_writer;
    std::optional<QByteArray> m_ahead; ///< Read, not coded: the last segment is coded as such.
    QByteArray m_inline;
    quint64 m_index = 0;
    qint64 m_plainBytes = 0;
};

} // namespace borg::store
