// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/bulk_layout.h>

#include <memory>
#include <variant>

/// What the part of the machine for big objects hears and wants beside frames: it knows no disk,
/// so chunks lie with whoever drives it. Everything here is about chunks that were checked.
namespace borg::tree {

/// An announced object.
struct BulkObject {
    BulkId id;
    NodeId src;
    quint64 seq = 0; ///< Of its announcement: a later one of the same source takes its place.
    QString name; ///< By its source's word; for people.
    BulkLayout layout{1};
    crypto::Hash root{};
    qint64 endsUtcMs = 0; ///< Then everybody forgets it.
    QByteArray head; ///< The announcement as it was signed: proves all of this.
    bool isOwn = false;
};

/// The answer to BulkStore.
struct BulkStored {
    BulkId id;
    quint32 index = 0;
    bool isStored = false;
};
/// The answer to BulkLoad.
struct BulkLoaded {
    BulkId id;
    quint32 index = 0;
    NodeId peer;
    std::optional<QByteArray> record; ///< None: it is not there any more, or damaged.
};
/// The answer to BulkRebuild.
struct BulkGroupDone {
    enum class Outcome : quint8 { Whole, Damaged, Contradictory, Failed };
    BulkId id;
    quint32 group = 0;
    Outcome outcome = Outcome::Failed;
    std::vector<quint32> damaged; ///< Chunks that are not what the root says.
};
/// An object is there from before: of the last run, or one that this node has just made.
struct BulkResumed {
    QByteArray head;
    QByteArray have; ///< As BulkBits::bytes().
};
using BulkEvent = std::variant<BulkStored, BulkLoaded, BulkGroupDone, BulkResumed>;

/// Chunks of it will come. Not for our own.
struct BulkOpen {
    std::shared_ptr<const BulkObject> object; ///< Never null; actions stay small.
};
struct BulkStore {
    BulkId id;
    quint32 index = 0;
    QByteArray record; ///< The chunk behind its way to the root.
};
struct BulkLoad {
    BulkId id;
    quint32 index = 0;
    NodeId peer; ///< Who wants it.
};
/// 12 chunks of it are stored: check it as a whole and store what it lacks.
struct BulkRebuild {
    BulkId id;
    quint32 group = 0;
};
struct BulkForget { ///< Nothing more of it will be asked for.
    BulkId id;
};
struct BulkChanged { ///< For people: it came, is whole, stopped, or went.
    BulkId id;
};
using BulkAction
    = std::variant<BulkOpen, BulkStore, BulkLoad, BulkRebuild, BulkForget, BulkChanged>;

/// An object as people see it.
struct BulkStatus {
    BulkId id;
    NodeId src;
    QString name;
    qint64 sizeBytes = 0;
    qint64 endsUtcMs = 0;
    bool isOwn = false;
    bool isWhole = false;
    bool isPaused = false; ///< The disk takes nothing.
    quint32 chunks = 0; ///< That can be had, parity included.
    quint32 have = 0; ///< Of these.
    qint64 haveBytes = 0; ///< Of sizeBytes, roughly: as many as groups and chunks are worth.
    quint32 neighbours = 0; ///< That know it,
    quint32 wholeNeighbours = 0; ///< and have all of it.
    quint64 sentBytes = 0; ///< To others.
    quint64 sentInStripe = 0; ///< Chunks of our own stripe that we sent,
    quint64 sentOutside = 0; ///< and others.

    friend bool operator==(const BulkStatus &, const BulkStatus &) = default;
};

} // namespace borg::tree
