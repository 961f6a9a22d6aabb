// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/cancel.h>
#include <base/executor.h>
#include <base/rng.h>
#include <base/task_scope.h>
#include <crypto/crypto.h>
#include <crypto/key_source.h>
#include <disk/disk.h>
#include <net/transport.h>
#include <store/source.h>
#include <store/store_types.h>
#include <tree/directory.h>

namespace borg::store {

/// What a StoreNode works with. All outlive it.
struct StoreParts {
    Rng &rng;
    net::Transport &bulk; ///< The StoreNode becomes its listener.
    disk::Disk &disk; ///< Below it: packs/, spool/ and store.sqlite are the store's.
    Executor &executor; ///< For work that needs a processor.
    Executor &diskExecutor; ///< For work that waits: disk, database, sources and sinks.
    tree::Directory &directory;
    const crypto::Crypto &crypto;
    crypto::KeySource &keys;
};

/// A node's whole storage: gives room to others' shards, puts and gets files, keeps the list of
/// its own files, and repairs what lost nodes held.
///
/// Lives on the node's thread; disk and CPU work run on the Executor. Closing `scope` ends every
/// task with Closed; destroy this object when the scope is idle.
class StoreNode {
public:
    /// @param scope outlives this object.
    StoreNode(TaskScope &scope, const StoreParts &parts, StoreConfig config);
    ~StoreNode();

    /// Reads what the node held before, serves it, and takes up unfinished uploads. Call once.
    QCoro::Task<Result<Done>> open();

    /// Puts a file into the network. The answer comes when it is safe: every segment durable on
    /// min(n, max(k + 2, repair threshold)) nodes; the rest is sent behind it. With too few nodes
    /// the file is kept in the local spool and the answer's state says "spooled".
    ///
    /// `progress` hears durable bytes of the file. What a put that broke off had sent is not sent
    /// again when the same file is put.
    /// @return the result, or the errors of Source, Malformed (the code or the path breaks the
    ///         rules), Conflict (a folder has this name, or a file that of its folder), Storage
    ///         (no room for the spool) or Closed (cancelled).
    QCoro::Task<Result<PutResult>> put(
        std::shared_ptr<Source> source, PutOptions options, Progress progress, Cancel cancel);

    /// Fetches a file, or a part of it, into `sink`, which is committed on success and discarded
    /// otherwise. `progress` hears verified bytes written.
    /// @return the result, or the errors of Sink, Malformed (no link), Unauthorized (the key does
    ///         not open it), NotFound (too few shards are reachable; says how many) or Closed.
    QCoro::Task<Result<GetResult>> get(QString link, std::shared_ptr<Sink> sink, GetOptions options,
        Progress progress, Cancel cancel);

    /// @return our own files with their health as last learned, each in its last version, oldest
    ///         first.
    [[nodiscard]] std::vector<FileInfo> files() const;
    /// @return what is directly in a folder ("" is the top), or NotFound, Malformed or TooLarge.
    [[nodiscard]] Result<FolderContent> folder(const QString &path) const;
    /// @return the files in a folder and below, in order of path.
    [[nodiscard]] std::vector<FileInfo> below(const QString &folder) const;
    /// @return all that is kept of the file at a path, the last version first.
    [[nodiscard]] std::vector<FileInfo> versions(const QString &path) const;
    /// Moves or renames a file with its versions, or a folder with all that is in it, all at once.
    /// @return how many files; or NotFound, Conflict (something is there already), Malformed or
    ///         TooLarge.
    QCoro::Task<Result<int>> move(QString from, QString to);
    /// @return one of them, or of those in the trash.
    [[nodiscard]] std::optional<FileInfo> file(const QString &fileId) const;
    /// @return those in the trash, kept like others until StoreConfig::trashFor has passed.
    [[nodiscard]] std::vector<FileInfo> trash() const;
    /// Into the trash: with all its versions when it is the last one. @return Done, or NotFound.
    QCoro::Task<Result<Done>> moveToTrash(QString fileId);
    /// The same for all files of a folder, all at once; or takes them off every node, one after the
    /// other. @return how many, or NotFound, Malformed or TooLarge.
    QCoro::Task<Result<int>> removeFolder(QString path, bool isForGood);
    /// Out of the trash again, with those that went there with it; or makes an earlier version the
    /// last one. @return Done, NotFound, or Conflict: a folder has its name now.
    QCoro::Task<Result<Done>> restore(QString fileId);
    /// @return the link that opens an own file, or NotFound. The only way to a key.
    [[nodiscard]] Result<QString> link(const QString &fileId) const;
    /// Takes a file off the list and its shards off every node that can be reached, for good; with
    /// all its versions when it is the last one.
    QCoro::Task<Result<Done>> remove(QString fileId);
    /// Has every holder of a file prove by a leaf chosen at random that it has what it lists. Those
    /// who cannot are not believed for a while, and what they were to hold is rebuilt. `progress`
    /// hears shards. @return what came of it, or NotFound, Malformed or Closed.
    QCoro::Task<Result<VerifyReport>> verify(QString fileId, Progress progress, Cancel cancel);
    /// Asks the holders of all own files anew. files() is fresh afterwards.
    QCoro::Task<Result<Done>> refreshHealth();

    /// @return the link that gives everything of this account, or Busy: not open yet. Whoever has
    ///         it can read and remove all files.
    [[nodiscard]] Result<QString> recoveryLink() const;
    /// Becomes the account of a recovery link: its files are ours then, from any computer.
    /// @return how many files; or Malformed (no recovery link), Conflict (there are files of
    /// another
    ///         account here), NotFound (no node that answers knows it), or the errors of get().
    QCoro::Task<Result<int>> recover(QString link);
    [[nodiscard]] ListState listState() const;

    [[nodiscard]] StoreStats stats() const;
    /// `changed` is called, from the event loop, after files() or stats() may have changed.
    void onChanged(std::function<void()> changed);

private:
    Q_DISABLE_COPY_MOVE(StoreNode)

    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace borg::store
