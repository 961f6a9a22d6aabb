// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>
#include <crypto/secret.h>
#include <disk/database.h>
#include <store/code_table.h>
#include <store/path.h>
#include <store/pointer.h>
#include <store/segment_codec.h>

#include <mutex>
#include <optional>

namespace borg::store {

/// An own file, as it is kept. The link holds the key: the data folder is the owner's alone.
struct FileRecord {
    QString id; ///< The manifest's id as text.
    ShardId manifest;
    ShardId tag; ///< fileTag().
    QString link;
    QString name;
    qint64 bytes = 0;
    qint64 createdUtcMs = 0;
    Code code;
    Code rootCode;
    qint64 segments = 0;
    bool wasHealthy = false; ///< All its shards have been placed once.
    bool isSpooled = false; ///< The spool has blocks of it.
    bool isOfAccount = true; ///< Its owner is the account; of old files it is this node.
    bool isHidden = false; ///< Of the store itself: a list of the files, not one of them.
    /// When it went into the trash (UTC, ms); negative: when it came out again; 0: it never was.
    qint64 trash = 0;
    QString folder; ///< See path.h; the name is its last part.
    qint64 movedUtcMs = 0; ///< When it came to this place from another one; 0: it was put there.
    qint64 modifiedUtcMs = 0; ///< Of the content, on the computer that it came from; 0: unknown.

    [[nodiscard]] bool isInTrash() const { return trash > 0; }
    [[nodiscard]] Path path() const { return {folder, name}; }
    /// Of those at one path the last one is the file, the others are its versions.
    [[nodiscard]] std::pair<qint64, const QString &> order() const
    {
        return {std::max(createdUtcMs, movedUtcMs), id};
    }
};

/// What happens to a file without its content changing.
struct FileChange {
    struct Place {
        Path path;
        qint64 movedUtcMs = 0;
    };
    QString id;
    std::optional<qint64> trash{}; ///< As FileRecord has it.
    std::optional<Place> place{}; ///< To another path, or to the top of the versions at its own.
};

/// The account of this node, and how far its list of files is published.
struct AccountState {
    crypto::SecretKey seed;
    quint64 seq = 0; ///< Of the pointer that was written or read last.
    std::vector<QString> lists; ///< Links of the last lists, the newest first.
    std::vector<QString> listed; ///< The files in the newest: id, or id:trash.
    std::vector<QString> after; ///< FileList::after of the newest.
    qint64 savedUtcMs = 0; ///< When it was published; 0: never.
};

/// A put that is under way, or broke off: goes on under the same key when the same file comes.
struct OpenPut {
    crypto::SecretKey key;
    FileId file;
    Code code;
};

/// What the node knows of a file whose records it holds.
struct HeldFile {
    ShardId tag;
    std::optional<NodeId> owner;
    std::vector<ShardId> manifests; ///< As peers named them, at most kManifestsMax.

    static constexpr std::size_t kManifestsMax = 4;
};

/// The store's lists in SQLite. Every call blocks: use OnExecutor. Thread-safe.
class StoreDb {
public:
    static Result<std::shared_ptr<StoreDb>> open(disk::Disk &disk, const QString &name);

    Result<std::vector<FileRecord>> files();
    Result<Done> save(const FileRecord &file);
    /// That it has become healthy, or left the spool. In any order with others of the same file,
    /// and nothing when the file was removed.
    Result<Done> saveProgress(const FileRecord &file);
    Result<Done> removeFile(const QString &id);
    /// All of them or, when it fails, none.
    Result<Done> save(const std::vector<FileChange> &changes);

    /// @return the put, or nothing when none is open under `fingerprint`. One whose file is on the
    ///         list has ended.
    Result<std::optional<OpenPut>> openPut(const QString &fingerprint);
    Result<Done> saveOpenPut(const QString &fingerprint, const OpenPut &put, qint64 utcMs);
    Result<Done> removeOpenPut(const QString &fingerprint);

    /// Own files that were removed lately: nodes that were away are still to hear of it.
    Result<std::vector<ShardId>> removed();
    Result<Done> saveRemoved(const ShardId &tag, qint64 utcMs);

    /// @return nothing before the first saveAccount().
    Result<std::optional<AccountState>> account();
    Result<Done> saveAccount(const AccountState &account);

    /// Pointers that are kept for others.
    struct PointerLimits {
        qint64 all = 100'000;
        qint64 perNode = 6'250; ///< Brought by one: keepers hand on many.
    };
    void setPointerLimits(const PointerLimits &limits) { m_pointerLimits = limits; }
    /// @return the record, empty for none.
    Result<QByteArray> pointer(const ShardId &id);
    /// @return up to 256 names of pointers that are kept, in order, from the one behind `after` on.
    Result<std::vector<ShardId>> pointersBehind(const ShardId &after);
    /// Keeps `wanted` unless what is kept supersedes it.
    /// @return the record that is kept now, or NoSpace: it is a new one, and of all or of `by`
    /// there
    ///         are enough.
    Result<QByteArray> keepPointer(const Pointer &wanted, const NodeId &by);

    Result<std::vector<HeldFile>> held();
    Result<Done> saveHeld(const HeldFile &held);
    Result<Done> removeHeld(const ShardId &tag);

private:
    explicit StoreDb(std::unique_ptr<disk::Database> database)
        : m_database(std::move(database))
    {
    }
    Result<Done> run(const char *sql, const disk::Row &parameters);

    const std::unique_ptr<disk::Database> m_database;
    std::mutex m_pointers; ///< Two writers of one pointer.
    PointerLimits m_pointerLimits;
};

} // namespace borg::store
