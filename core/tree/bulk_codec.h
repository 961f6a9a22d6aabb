// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/bulk_layout.h>

#include <array>

/// What a processor does for big objects. Pure and thread-safe, as `crypto` is: for an executor.
///
/// A record is a chunk behind its way to the root, as in the body of bulkChunk.
namespace borg::tree {

/// @return the 16 chunks of a group from its part of the object's bytes, the last filled up with
///         zeros.  @pre 1 <= data.size() <= 12 chunks
[[nodiscard]] std::vector<QByteArray> bulkGroup(QByteArrayView data);

/// @return whether `record` is chunk `index` of the object with that root.
[[nodiscard]] bool isBulkRecord(const crypto::Crypto &crypto, const BulkLayout &layout,
    const crypto::Hash &root, quint32 index, QByteArrayView record);
[[nodiscard]] QByteArrayView bulkChunkOf(
    const BulkLayout &layout, quint32 index, QByteArrayView record);
[[nodiscard]] QByteArray bulkRecord(std::span<const crypto::Hash> path, QByteArrayView chunk);

/// What became of a group of which 12 records were there.
struct BulkRebuilt {
    /// Those that were missing, by their number in the group; padding stays empty.
    std::array<QByteArray, kBulkGroupChunks> records;
    std::vector<quint32> damaged; ///< Given, and not what the root says.
    /// The parity does not fit the data: whoever made the object wants to show different bytes to
    /// different nodes. Nobody may have it.
    bool isContradictory = false;

    [[nodiscard]] bool isGood() const { return damaged.empty() && !isContradictory; }
};
using BulkGroupRecords = std::array<QByteArray, kBulkGroupChunks>;
/// Checks a group as a whole and computes what it lacks.
/// @param records empty where there is none
/// @return Malformed when fewer than 12 chunks are there, padding counted.
[[nodiscard]] Result<BulkRebuilt> rebuildBulkGroup(const crypto::Crypto &crypto,
    const BulkLayout &layout, const crypto::Hash &root, quint32 group,
    const BulkGroupRecords &records);

} // namespace borg::tree
