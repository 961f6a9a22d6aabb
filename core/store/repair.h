// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/manifest_reader.h>
#include <store/put_task.h>

namespace borg::store {

/// Brings files back to full health: those whose records this node holds for others, since any
/// holder can, and its own, whose spooled blocks it places when there is room.
///
/// Who begins follows from the file and the online nodes (rendezvous order); the next takes over
/// when nothing was heard of a repair in time. One file at a time, the most endangered segment
/// first, exactly k verified shards each, only the missing ones are rebuilt.
class Repair {
public:
    /// @param holder, directory outlive this object.
    Repair(StoreContext context, Holder &holder, const tree::Directory &directory);

    /// Own files are told apart by this: the record of `tag`, if it is ours.
    void setOwn(std::function<std::optional<FileRecord>(const ShardId &tag)> own,
        std::function<std::vector<ShardId>()> ownTags)
    {
        m_own = std::move(own);
        m_ownTags = std::move(ownTags);
    }
    /// `seen` hears, after each look at an own file, who holds what and whether it still needs the
    /// spool.
    void onSeen(std::function<void(const ShardId &tag, Locations, bool isSpooled)> seen)
    {
        m_seen = std::move(seen);
    }

    /// Runs until the scope is closed.
    QCoro::Task<Result<Done>> run();
    /// Have a look at this file in `span`; a look that is due earlier stays.
    void notice(const ShardId &tag, Ticks span);
    /// Some node went, stayed away, came or came back.
    void membersChanged();
    /// `from` sees to this file.
    void heardOfRepair(const NodeId &from, const ShardId &tag);

    [[nodiscard]] qint64 rebuiltCount() const { return m_rebuilt; }
    /// @return nodes that count: online, or away for less than repairAfter.
    [[nodiscard]] int nodesExpected() const;

private:
    struct Needy {
        quint32 segment = 0;
        int spare = 0; ///< Alive beyond k: the fewest first.
    };
    struct Case;

    [[nodiscard]] Ticks takeover() const;
    [[nodiscard]] Ticks turnOf(const ShardId &tag) const;
    [[nodiscard]] std::vector<Needy> needyOf(const Case &file) const;
    [[nodiscard]] bool awaitsReturn() const;
    QCoro::Task<Result<Done>> look(ShardId tag);
    QCoro::Task<Result<Done>> findManifest(std::shared_ptr<Case> file);
    QCoro::Task<Result<Done>> repairAll(std::shared_ptr<Case> file);
    QCoro::Task<Result<BlockRef>> blockOf(std::shared_ptr<Case> file, quint32 segment);
    QCoro::Task<Result<Done>> repairBlock(std::shared_ptr<Case> file, BlockRef block);
    QCoro::Task<Result<Done>> repairRoot(std::shared_ptr<Case> file);
    QCoro::Task<Result<std::vector<QByteArray>>> missingShards(
        std::shared_ptr<Case> file, BlockRef block, std::vector<int> missing);
    QCoro::Task<Result<Done>> send(std::shared_ptr<Case> file, Outgoing block);
    QCoro::Task<Result<Done>> report(std::shared_ptr<Case> file);

    const StoreContext m_context;
    Holder &m_holder;
    const tree::Directory &m_directory;
    std::function<std::optional<FileRecord>(const ShardId &)> m_own;
    std::function<std::vector<ShardId>()> m_ownTags;
    std::function<void(const ShardId &, Locations, bool)> m_seen;
    std::map<ShardId, Ticks> m_due; ///< When to look at a file, by tag.
    Signal m_changed;
    Clock::TimerId m_giveUpTimer = Clock::TimerId::None;
    qint64 m_rebuilt = 0;
};

} // namespace borg::store
