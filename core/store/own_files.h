// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/put_task.h>

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
    /// Into the trash, or out of it; see FileRecord::trash.
    QCoro::Task<Result<Done>> setTrash(QString id, qint64 trash);
    /// Takes over a file that another computer of the account has put.
    QCoro::Task<Result<Done>> adopt(FileRecord record);

    /// What a look at the file found.
    void seen(const ShardId &tag, Locations locations, bool isSpooled);
    /// Asks the nodes about up to `filesMax` files, those asked longest ago first.
    QCoro::Task<Result<Done>> ask(std::size_t filesMax);
    /// Who is online has changed.
    void membersChanged();

    enum class Which : quint8 { Kept, Trashed };
    [[nodiscard]] std::vector<FileInfo> list(Which which) const; ///< Without the hidden ones.
    [[nodiscard]] std::vector<FileRecord> records() const; ///< All of them.
    /// @return a number that changes when a file comes or goes.
    [[nodiscard]] quint64 revision() const { return m_revision; }
    /// @return a file, hidden ones too.
    [[nodiscard]] std::optional<FileInfo> info(const QString &id) const;
    [[nodiscard]] std::optional<FileRecord> byTag(const ShardId &tag) const;
    [[nodiscard]] std::optional<FileRecord> byId(const QString &id) const;
    [[nodiscard]] std::vector<ShardId> tags() const;
    /// @return files that are not as healthy as the network allows.
    [[nodiscard]] std::vector<ShardId> unhealthy() const;

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
    [[nodiscard]] Health healthOf(const Own &own, const Judge &judge) const;
    [[nodiscard]] static QString stateOf(const Own &own, const Health &health);
    void update(Own &own);
    void save(const FileRecord &record);

    const StoreContext m_context;
    std::function<Judge()> m_judge;
    std::function<void()> m_changed;
    std::map<QString, Own> m_files;
    quint64 m_revision = 0;
};

} // namespace borg::store
