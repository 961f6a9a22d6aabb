// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/put_task.h>

#include <ranges>

namespace borg::store {

/// The node's own files and how they are: from what the nodes last said they hold, and from who is
/// online now. Lives on the node's thread; saves through the Executor.
class OwnFiles {
public:
    struct Judge {
        int nodesNow = 1; ///< That can hold shards.
        int nodesExpected = 1; ///< With those that may come back.
        std::function<bool(const NodeId &)> isOnline;
    };

    /// @param context's parts outlive this object.
    explicit OwnFiles(StoreContext context)
        : m_context(std::move(context))
    {
    }
    /// @param judge is asked whenever health is computed anew.
    void setJudge(std::function<Judge()> judge) { m_judge = std::move(judge); }
    void onChanged(std::function<void()> changed) { m_changed = std::move(changed); }

    /// Reads the list. Call once.
    QCoro::Task<Result<Done>> load();
    /// Saves a new file. @return its state.
    QCoro::Task<Result<QString>> add(FileRecord record, Locations locations);
    QCoro::Task<Result<Done>> remove(QString id);
    /// Into the trash, out of it, to other places: all of it or, when it fails, nothing.
    QCoro::Task<Result<Done>> change(std::vector<FileChange> changes);
    /// Takes over a file that another computer of the account has put.
    QCoro::Task<Result<Done>> adopt(FileRecord record);

    /// What a look at the file found.
    void seen(const ShardId &tag, Locations locations, bool isSpooled);
    /// Asks the nodes about up to `filesMax` files, those asked longest ago first.
    QCoro::Task<Result<Done>> ask(std::size_t filesMax);
    /// Who is online has changed.
    void membersChanged();

    enum class Which : quint8 { Kept, Trashed };
    /// @return the last version of each, without the hidden ones; oldest first.
    [[nodiscard]] std::vector<FileInfo> list(Which which) const;
    [[nodiscard]] std::vector<FileRecord> records() const; ///< All of them.
    /// @return what is directly in a folder.
    [[nodiscard]] FolderContent content(const QString &folder) const;
    /// @return all that is kept at a path, the last version first; empty: nothing is there.
    [[nodiscard]] std::vector<FileRecord> versions(const Path &path) const;
    /// @return those in the trash that went there together with `file`, the last version first.
    [[nodiscard]] std::vector<FileRecord> trashedWith(const FileRecord &file) const;
    /// @return the last version of each file in a folder and below.
    [[nodiscard]] std::vector<FileRecord> below(const QString &folder) const;
    [[nodiscard]] bool isFolder(const QString &folder) const;
    /// @return the path of what is in the way of a file at `path`: a folder of that name, or a file
    ///         where it needs a folder; empty when nothing is.
    [[nodiscard]] QString obstacleTo(const Path &path) const;
    /// @return versions that had a later one before `utcMs`.
    [[nodiscard]] std::vector<FileRecord> supersededBefore(qint64 utcMs) const;
    [[nodiscard]] qsizetype count() const { return std::ssize(m_files); }
    /// @return a number that changes when a file comes or goes.
    [[nodiscard]] quint64 revision() const { return m_revision; }
    /// @return a file, hidden ones too.
    [[nodiscard]] std::optional<FileInfo> info(const QString &id) const;
    [[nodiscard]] std::optional<FileRecord> byTag(const ShardId &tag) const;
    [[nodiscard]] std::optional<FileRecord> byId(const QString &id) const;
    [[nodiscard]] std::vector<ShardId> tags() const;
    /// @return files that are not as healthy as the network allows.
    [[nodiscard]] std::vector<ShardId> unhealthy() const;
    /// @return one of them at random, hidden ones too.
    [[nodiscard]] std::optional<FileRecord> any(Rng &rng) const;
    [[nodiscard]] bool isUnhealthy(const ShardId &tag) const;

private:
    struct Health {
        int alive = 0;
        int wanted = 0;
        int needed = 0;
        bool isRootLost = false;
        bool isRootWhole = false;
    };
    struct Own {
        FileRecord record;
        std::optional<Locations> locations; ///< Not asked yet since the start: none.
        Ticks askedAt{0};
        FileInfo info;
    };
    [[nodiscard]] const Own *find(const ShardId &tag) const;
    [[nodiscard]] Health healthOf(const Own &own, const Judge &judge) const;
    [[nodiscard]] static QString stateOf(const Own &own, const Health &health);
    /// Versions of one file, the last one first; in order of path.
    using Paths = std::map<QString, std::vector<const Own *>>;
    [[nodiscard]] static QString keyOf(const FileRecord &record);
    static void insert(std::vector<const Own *> &versions, const Own &own);
    void place(const Own &own);
    void unplace(const Own &own);
    [[nodiscard]] static FileInfo infoOf(const std::vector<const Own *> &versions);
    /// @return the paths that begin with "folder/".
    [[nodiscard]] std::ranges::subrange<Paths::const_iterator> pathsBelow(
        const QString &folder) const;
    void update(Own &own);
    void save(const FileRecord &record);

    const StoreContext m_context;
    std::function<Judge()> m_judge;
    std::function<void()> m_changed;
    std::map<QString, Own> m_files;
    std::map<ShardId, QString> m_byTag; ///< The id.
    Paths m_paths; ///< Of those that are neither hidden nor in the trash.
    quint64 m_revision = 0;
};

} // namespace borg::store
