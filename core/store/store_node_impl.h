// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/sleep.h>
#include <store/audit.h>
#include <store/capability.h>
#include <store/get_task.h>
#include <store/list_keeper.h>
#include <store/own_files.h>
#include <store/pointer_net.h>
#include <store/repair.h>
#include <store/root_page.h>
#include <store/store_node.h>

/// The inside of StoreNode, for the files that implement it and nobody else.
namespace borg::store {

[[nodiscard]] PackOptions packOptions(const StoreConfig &config);
/// What stands in the way of a file at `path`; see OwnFiles::obstacleTo().
[[nodiscard]] Error obstacle(const Path &path, const QString &before);
template <typename T>
QCoro::Task<Result<T>> failed(Error error)
{
    co_return error;
}

class StoreNode::Private {
public:
    Private(TaskScope &ofScope, const StoreParts &ofParts, StoreConfig ofConfig)
        : scope(ofScope)
        , parts(ofParts)
        , config(std::move(ofConfig))
        , packs(scope, parts.rng, parts.disk, parts.diskExecutor, packOptions(config))
        , holder(scope, parts.executor, parts.diskExecutor, packs, parts.directory,
              parts.crypto.self())
        , rpc(scope, parts.bulk,
              [this](const NodeId &id) -> std::optional<net::Endpoint> {
                  const auto member = parts.directory.find(id);
                  return member ? std::optional(member->endpoint) : std::nullopt;
              })
        , net(scope, rpc, holder, packs, parts.directory, parts.crypto.self(),
              config.holdsOwnShards)
        , spool(parts.disk)
    {
        holder.setOptions({config.bytesPerPeer});
        holder.setAskHave([this](NodeId node, ShardId id) { return hasOne(node, id); });
        packs.onStateChanged([this] { changed(); });
    }

    [[nodiscard]] StoreContext context()
    {
        return {scope, parts.executor, parts.diskExecutor, net, spool, parts.keys, latency, config,
            db, putting, account};
    }
    QCoro::Task<Result<bool>> hasOne(NodeId node, ShardId id)
    {
        const auto there
            = co_await net.ask(node, GetShard{id, 0, -1}, {}, {.deadline = ShardNet::kGetWithin});
        if (!there && there.error().code == Errc::NotFound)
            co_return false;
        if (!there)
            co_return there.error();
        co_return co_await disk::OnExecutor<bool>(
            scope, parts.executor, [id, bytes = there->body] { return matchesStored(id, bytes); });
    }
    QCoro::Task<Result<Done>> open();
    QCoro::Task<Result<PutResult>> finishPut(
        std::shared_ptr<Source> source, std::shared_ptr<PutTask> task);
    QCoro::Task<Result<PutResult>> addPut(
        std::shared_ptr<Source> source, std::shared_ptr<PutTask> task);
    QCoro::Task<Result<Done>> finishRest(std::shared_ptr<PutTask> task, FileRecord file);
    QCoro::Task<Result<Done>> watchHealth();
    QCoro::Task<Result<Done>> handOnPointers();
    QCoro::Task<Result<Done>> finishRemovals(NodeId node);
    // files and folders (store_files.cpp)
    [[nodiscard]] Result<FileRecord> fileOf(const QString &fileId) const;
    /// What goes with a file: all its versions when it is the last one.
    [[nodiscard]] std::vector<FileRecord> wholeOf(const FileRecord &file) const;
    /// Later than anything that was done to `files`, whatever the clock did.
    [[nodiscard]] qint64 stampAfter(const std::vector<FileRecord> &files) const;
    QCoro::Task<Result<Done>> change(std::vector<FileChange> changes);
    void trash(std::vector<FileChange> &changes, const FileRecord &file) const;
    QCoro::Task<Result<Done>> removeFile(FileRecord file);
    QCoro::Task<Result<Done>> tidy();
    QCoro::Task<Result<Done>> lookAgain();
    QCoro::Task<Result<VerifyReport>> audit(
        FileRecord file, bool isSample, Progress progress, Cancel cancel);
    QCoro::Task<Result<Done>> removeExpired();
    QCoro::Task<Result<PutResult>> putList(QByteArray list);
    QCoro::Task<Result<QByteArray>> getList(QString link);
    QCoro::Task<Result<Done>> removeList(QString fileId);
    [[nodiscard]] ListKeeper::Doors doors();
    [[nodiscard]] RemoveFile removalOf(const ShardId &tag) const
    {
        return {tag, account->id(), prove(*account, OwnerAct::Remove, tag)};
    }
    void memberChanged(const NodeId &node);
    void changed();

    TaskScope &scope;
    const StoreParts parts;
    const StoreConfig config;
    PackStore packs;
    Holder holder;
    net::RpcPeer rpc;
    ShardNet net;
    Spool spool;
    Latency latency;
    std::shared_ptr<StoreDb> db;
    std::set<ShardId> putting;
    AccountPtr account; ///< From open() on, as the next.
    std::unique_ptr<OwnFiles> files;
    std::unique_ptr<Repair> repair;
    std::unique_ptr<ListKeeper> lists;
    tree::Directory::Watch watch;
    std::function<void()> onChanged;
    Clock::TimerId changedTimer = Clock::TimerId::None;
    std::set<ShardId> removed; ///< Own files whose shards may still be on nodes that were away.
};

} // namespace borg::store
