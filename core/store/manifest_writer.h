// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/manifest.h>

namespace borg::store {

struct ManifestOptions {
    Code code;
    HashCode hashCode = HashCode::Blake3;
    FileId file;
    crypto::SecretKey key;
};

/// A page to be stored like a segment, under pageSegment(level, index).
struct WrittenPage {
    int level = 0;
    quint32 index = 0;
    EncodedSegment coded;
};

struct WrittenManifest {
    std::vector<WrittenPage> pages; ///< That were not given out before; store them too.
    QByteArray rootPage; ///< For encodeRootPage(). Manifest::parse takes it.
};

/// Builds a manifest while the segments are made, in memory for about one page (1 MiB) per level.
/// One thread at a time; give add() to a worker when pages matter (a full page is coded there).
class ManifestWriter {
public:
    /// @return the writer, or Malformed (the code or hash code is out of limits).
    [[nodiscard]] static Result<ManifestWriter> make(const ManifestOptions &options);
    ~ManifestWriter();
    ManifestWriter(ManifestWriter &&) noexcept;
    ManifestWriter &operator=(ManifestWriter &&) noexcept;

    /// The next segment, in order; every one but the last is full.
    /// @return pages that became full with it, to be stored; mostly none. TooLarge: kSegmentsMax;
    ///         Malformed: the segment before was not full, or the number of shards is not n.
    [[nodiscard]] Result<std::vector<WrittenPage>> add(const EncodedSegment &segment);

    /// The end. Use the writer no more.
    /// @return the rest, Malformed (no segment; name or type are too long or the type is not ASCII)
    [[nodiscard]] Result<WrittenManifest> finish(const FileDetails &details);

    /// A file of at most kInlineBytesMax: the root page is all there is.
    /// @return the root page, TooLarge or Malformed (as above).
    [[nodiscard]] static Result<QByteArray> inlineFile(
        const ManifestOptions &options, const FileDetails &details, QByteArrayView content);

private:
    struct Private;
    explicit ManifestWriter(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

} // namespace borg::store
