// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <disk/disk.h>
#include <store/pack_book.h>
#include <store/pack_record.h>

namespace borg::store {

/// One record met while a pack was read.
struct FoundRecord {
    RecordHeader header;
    Location at;
    std::vector<ShardId> removes; ///< Of a Remove record.
};

/// What lies in a pack from some place on.
struct PackScan {
    std::vector<FoundRecord> records; ///< In the order of the file; marks are not among them.
    std::map<quint32, qint64> marks; ///< By pack: all of it before this was durable.
    std::vector<std::pair<qint64, qint64>> gaps; ///< Unreadable: from, to; something follows.
    qint64 endBytes = 0; ///< Where the last whole record ends.
    quint64 lastSequence = 0;
};

/// Reads the headers of a pack from `fromBytes` on, skipping what is not a record. Blocks.
///
/// @return what was found, or Storage when the disk could not read.
[[nodiscard]] Result<PackScan> scanPack(
    disk::Disk &disk, const QString &file, quint64 secret, qint64 fromBytes);

/// A store as it lies on disk.
struct LoadedPacks {
    PackBook book;
    PackOpenReport report;
    quint32 lastNumber = 0; ///< The highest pack number ever seen.
    disk::Space space;
    std::optional<Error> writeError; ///< It can be read, and not be written to.
};

/// Loads the snapshot, replays what came later in the order of sequence numbers, wipes torn
/// records, cuts torn ends, and syncs what it found beyond the last commit mark, so that from then
/// on it is durable indeed. Blocks.
///
/// @return the store, or Storage or NoSpace (and nothing was changed), or Conflict (made by a newer
///         program).
[[nodiscard]] Result<LoadedPacks> loadPacks(
    disk::Disk &disk, const QString &folder, std::size_t seed);

/// The file of the index snapshot inside the store's folder.
inline constexpr QLatin1StringView kSnapshotName("index");
inline constexpr qint64 kSnapshotBytesMax = 16LL << 30;

} // namespace borg::store
