// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/key_source.h>
#include <store/account.h>
#include <store/block_fetch.h>
#include <store/block_send.h>
#include <store/manifest_writer.h>
#include <store/source.h>
#include <store/spool.h>
#include <store/store_types.h>

namespace borg::store {

/// What puts, gets and repairs work with. All outlive them.
struct StoreContext {
    TaskScope &scope;
    Executor &executor;
    Executor &diskExecutor;
    ShardNet &net;
    Spool &spool;
    crypto::KeySource &keys;
    Latency &latency;
    const StoreConfig &config;
    std::shared_ptr<StoreDb> db;
    std::set<ShardId> &putting; ///< Tags of the puts under way.
    const AccountPtr &account; ///< From open() on.
};

class SegmentMaker;

/// One put, from the source to the file record. Kept alive by its own tasks.
class PutTask : public std::enable_shared_from_this<PutTask> {
public:
    PutTask(StoreContext context, std::shared_ptr<Source> source, PutOptions options,
        Progress progress, Cancel cancel);
    ~PutTask();

    /// @return the file's record, not yet saved, once all of it is safe or in the spool.
    QCoro::Task<Result<FileRecord>> run();
    /// Awaits the slower nodes after run() has answered: at most some seconds.
    QCoro::Task<Result<Done>> drained();
    /// @return under what a put of this source goes on when it broke off; empty for one that is not
    ///         worth it: a stream, or a file that goes in one piece.
    [[nodiscard]] static QString resumeMark(const Source &source);
    /// What its shards are kept under; all zero before it has begun.
    [[nodiscard]] const ShardId &tag() const { return m_tag; }
    /// Where its shards went so far.
    [[nodiscard]] const Locations &locations() const { return m_locations; }

private:
    struct Plan {
        Code code;
        Code rootCode;
    };

    [[nodiscard]] Result<Plan> plan() const;
    [[nodiscard]] int durableAt(const Code &code) const;
    QCoro::Task<Result<Done>> choosePlanAndKey();
    QCoro::Task<Result<FileRecord>> work();
    QCoro::Task<Result<Done>> sendSegments();
    QCoro::Task<Result<Done>> finishBlocks();
    QCoro::Task<Result<QByteArray>> writeManifest();
    QCoro::Task<Result<Done>> sendRoot(QByteArray rootPage);
    QCoro::Task<Result<Done>> sendBlock(Outgoing block, qint64 plainBytes, qint64 budgeted);
    QCoro::Task<Result<Done>> spoolBlock(std::shared_ptr<BlockSend> send);
    QCoro::Task<Result<Done>> bindHolders();
    QCoro::Task<Result<Done>> takeBack();
    void launch(quint32 segment, EncodedSegment coded, qint64 plainBytes);
    void settled(Result<Done> outcome);
    void noteHolders(const Outgoing &block);
    void made(qint64 plainBytes);

    const StoreContext m_context;
    const std::shared_ptr<Source> m_source;
    const PutOptions m_options;
    const Progress m_progress;
    const Cancel m_cancel;
    const AccountPtr m_account; ///< Of the whole put, whatever becomes of the node's.
    Cancel m_stop; ///< Of the sends: cancelled, or something failed.
    Budget m_budget;
    Signal m_changed;
    Plan m_plan;
    OpenPut m_put;
    bool m_isResumed = false;
    ShardId m_tag;
    ShardId m_manifest;
    std::shared_ptr<SegmentMaker> m_maker;
    Locations m_locations;
    std::optional<Error> m_failure;
    int m_unsafe = 0; ///< Blocks that are neither safe nor in the spool yet.
    int m_running = 0; ///< Blocks that are still being sent, safe or not.
    bool m_isSpooled = false;
    qint64 m_plainBytes = 0; ///< Read.
    qint64 m_segments = 0;
    qint64 m_durableBytes = 0;
};

} // namespace borg::store
