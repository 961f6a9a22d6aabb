// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/cancel.h>
#include <base/executor.h>
#include <base/task_scope.h>
#include <store/store_node.h>

#include <map>

/// A whole folder of this computer, into the network or out of it: file by file, several at a time.
/// What is there already, with the same size and time, is left out, so that one that broke off goes
/// on when it is started again.
namespace borg::node {

/// A file below a folder of this computer.
struct LocalFile {
    QString path; ///< On this computer.
    QString under; ///< From the folder on, with slashes.
    qint64 bytes = 0;
    qint64 modifiedUtcMs = 0;
};
struct LocalFolder {
    std::vector<LocalFile> files; ///< By path.
    qint64 bytes = 0;
    qint64 leftOut = 0; ///< Links, devices and the like.
    std::vector<QString> problems; ///< Folders that cannot be read, names that cannot be kept.

    static constexpr std::size_t kFilesMax = 1'000'000;
};
/// Follows no links. Blocks: for the disk's Executor.
/// @return what is below `path`, or Storage, TooLarge, or Closed (cancelled).
[[nodiscard]] Result<LocalFolder> readLocalFolder(const QString &path, const Cancel &cancel);

/// How far it is, and how it ended.
struct FolderProgress {
    qint64 bytes = 0;
    qint64 bytesTotal = 0;
    qint64 files = 0;
    qint64 filesTotal = 0;
    qint64 unchanged = 0;
};

/// Lives on the node's thread, kept alive by its own tasks.
class FolderJob : public std::enable_shared_from_this<FolderJob> {
public:
    static constexpr qint64 kSmallBytes = 1 << 20;
    static constexpr int kSmallAtOnce = 24; ///< Files of up to kSmallBytes,
    static constexpr int kLargeAtOnce = 2; ///< and others: each has up to 64 MiB in memory.

    struct Parts {
        TaskScope &scope;
        Executor &diskExecutor;
        store::StoreNode &store;
    };
    using Watch = std::function<void(const FolderProgress &)>;

    FolderJob(const Parts &parts, Watch watch, Cancel cancel)
        : m_parts(parts)
        , m_watch(std::move(watch))
        , m_cancel(std::move(cancel))
    {
    }

    /// Puts what is below `path` into `folder`. @param code both 0: by the number of nodes.
    /// @return Done, or why some files are not there; those that are stay.
    QCoro::Task<Result<Done>> put(QString path, QString folder, std::pair<int, int> code);
    /// Writes what is in `folder` into the folder `path`, which is made.
    QCoro::Task<Result<Done>> get(QString folder, QString path, store::Overwrite overwrite);

    /// @return what there is to know besides; empty: nothing.
    [[nodiscard]] QString note() const;
    [[nodiscard]] const FolderProgress &progress() const { return m_progress; }

private:
    using One = std::function<QCoro::Task<Result<bool>>(std::size_t index)>;
    /// Those that wait for their turn.
    struct Queue {
        std::vector<std::size_t> indices;
        std::size_t next = 0;
    };
    /// Runs `one` for all, several at a time. It answers whether anything had to be done.
    QCoro::Task<Result<Done>> runAll(std::vector<qint64> sizes, One one);
    QCoro::Task<Result<Done>> worker(std::shared_ptr<Queue> queue, One one);
    QCoro::Task<Result<bool>> putOne(std::shared_ptr<const LocalFolder> from, std::size_t index,
        QString folder, std::pair<int, int> code);
    QCoro::Task<Result<bool>> getOne(
        store::FileInfo file, std::size_t index, QString out, store::Overwrite overwrite);
    [[nodiscard]] Result<Done> outcome(const QString &what) const;
    void failed(const QString &path, const Error &error);
    void tell();

    const Parts m_parts;
    const Watch m_watch;
    const Cancel m_cancel;
    FolderProgress m_progress;
    std::map<std::size_t, qint64> m_under; ///< Bytes of those under way.
    qint64 m_leftOut = 0;
    qint64 m_failures = 0;
    QString m_firstFailure;
    Errc m_firstCode = Errc::Storage;
};

} // namespace borg::node
