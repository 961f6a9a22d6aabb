// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <base/node_id.h>
#include <store/path.h>

#include <QString>

#include <set>
#include <vector>

/// The values that StoreNode takes and gives. Sizes are bytes.
namespace borg::store {

struct StoreConfig {
    QString network; ///< Its id: part of what all accounts sign.
    qint64 bytesLimit = 10LL << 30; ///< What others may store here.
    qint64 bytesPerPeer = 0; ///< What one peer may store here; 0: all of bytesLimit.
    bool local = true; ///< Every node is its own failure domain; short detection times.
    Ticks repairAfter = std::chrono::seconds(15); ///< A node away for longer is replaced.
    Ticks healthEvery = std::chrono::seconds(10); ///< Own files are asked after at least so often.
    bool holdsOwnShards = true; ///< This node is a holder for its own files too.
    qint64 putBytesInFlight = 64LL << 20; ///< Of shards, per put: this bounds its memory.
    qint64 getBytesInFlight = 48LL << 20;
    qint64 packBytes = 256LL << 20;
    Ticks trashFor = std::chrono::days(7); ///< Files stay in the trash so long.
    Ticks versionsFor = std::chrono::days(90); ///< A version, once there is a later one.
};

struct PutOptions {
    QString name; ///< Of the file; whoever has its link sees it.
    int k = 0; ///< Both 0: by the number of nodes.
    int n = 0;
    bool isHidden = false; ///< Of the store itself, not one of the user's files.
    QString folder{}; ///< See path.h. A file of that path gets a new version.
};

struct PutResult {
    QString link; ///< Opens the file: whoever has it can read.
    QString fileId;
    qint64 bytes = 0;
    QString state; ///< "healthy", "durable", "sending" or "spooled", as in FileInfo.
    QString code; ///< "k/n".
    int versions = 0; ///< Earlier ones that are kept.
};

struct GetOptions {
    qint64 offset = 0;
    qint64 length = -1; ///< -1: to the end.
};

struct GetResult {
    QString fileId;
    QString name; ///< As it was put; never a path.
    qint64 bytes = 0; ///< Written to the sink.
    int segmentsDecoded = 0; ///< How many needed parity.
    Ticks firstByteAfter{0};
};

/// An own file. `state`: spooled (waits here for peers), sending, durable (safe, not yet
/// everywhere), healthy (all shards that the network has room for are reachable), degraded
/// (readable, repair below), endangered (at most k reachable), lost, unknown (not asked yet).
struct FileInfo {
    QString id;
    QString name;
    qint64 bytes = 0;
    qint64 createdUtcMs = 0;
    QString code;
    QString state;
    qint64 segments = 0;
    int shardsWanted = 0; ///< Of the weakest segment: n, or fewer while the network is too small.
    int shardsAlive = 0; ///< Distinct shards of the weakest segment that online nodes hold.
    int shardsNeeded = 0; ///< k.
    qint64 trashedUtcMs = 0; ///< When it went into the trash; 0: it is not there.
    QString folder;
    qint64 modifiedUtcMs = 0; ///< Of the content where it came from; 0: unknown.
    int versions = 0; ///< Earlier ones that are kept.

    [[nodiscard]] QString path() const { return Path{folder, name}.text(); }
    friend bool operator==(const FileInfo &, const FileInfo &) = default;
};

/// A folder in a folder, with all that is below it.
struct FolderInfo {
    QString name;
    qint64 files = 0;
    qint64 bytes = 0;

    friend bool operator==(const FolderInfo &, const FolderInfo &) = default;
};
struct FolderContent {
    std::vector<FolderInfo> folders; ///< By name.
    std::vector<FileInfo> files; ///< By name.
};

/// What came of asking the holders of a file to prove that they have it.
struct VerifyReport {
    qint64 asked = 0; ///< Shards and root pieces that online nodes say they hold.
    qint64 proven = 0;
    qint64 wrong = 0; ///< The answer was no proof.
    qint64 denied = 0; ///< Listed before and after, and not there when asked for.
    qint64 gone = 0; ///< Found damaged or missing by the holder itself.
    qint64 silent = 0; ///< No answer, three times.
    qint64 nodes = 0; ///< That were asked.
    qint64 blocks = 0; ///< Segments, pages and the root page.
    qint64 lostBlocks = 0; ///< Of which fewer shards are proven than rebuild them.
    int spareOfWeakest = 0; ///< Proven shards beyond those needed; below 0: lost.
    std::set<NodeId> liars; ///< Who gave wrong answers, or none of what they list.
};

/// How the list of our files is kept in the network.
struct ListState {
    qint64 savedUtcMs = 0; ///< When it was written or read last; 0: never.
    int copies
        = 0; ///< Nodes that keep its place, as of the last write; 0: not written since start.
    bool isCurrent = true; ///< The network's list is ours.
    QString problem; ///< Of the last try; empty: none.

    friend bool operator==(const ListState &, const ListState &) = default;
};

/// What this node gives.
struct StoreStats {
    qint64 shards = 0;
    qint64 bytes = 0;
    qint64 bytesLimit = 0;
    qint64 diskFreeBytes = 0;
    qint64 shardsVerified = 0; ///< Whose hash was checked since the start.
    qint64 shardsCorrupt = 0;
    qint64 repairsDone = 0; ///< Shards rebuilt by this node since the start.
    bool readOnly = false;
    QString reason;

    friend bool operator==(const StoreStats &, const StoreStats &) = default;
};

/// `done` of `total` bytes; total is -1 while nobody knows.
using Progress = std::function<void(qint64 done, qint64 total)>;

} // namespace borg::store
