// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/one_shot.h>
#include <store/pack_load.h>
#include <store/pack_store.h>

#include <deque>
#include <unordered_map>

namespace borg::store {

/// The inside of PackStore, in four files: pack_store.cpp (what callers ask for), pack_commit.cpp
/// (queue, batches, group commit), pack_compact.cpp and pack_scrub.cpp.
///
/// Operations queue up in m_queue. writeLoop() gives the next ones room in the active pack and
/// writes them with one call; syncLoop() makes written batches durable, several with one sync, and
/// only then enters them in the book and answers. Both run while there is work, at the same time;
/// order is kept throughout, so the book always is what a replay of the packs would give.
class PackStore::Impl {
public:
    Impl(TaskScope &scope, Rng &rng, disk::Disk &disk, Executor &executor, PackOptions options);

    QCoro::Task<Result<PackOpenReport>> open();
    QCoro::Task<Result<Done>> snapshot();
    QCoro::Task<Result<Done>> put(ShardId id, ShardMeta meta, QByteArray bytes);
    QCoro::Task<Result<QByteArray>> get(ShardId id, qint64 offset, qint64 sizeBytes);
    QCoro::Task<Result<Done>> remove(ShardId id);
    QCoro::Task<Result<ScrubReport>> scrub(ScrubOptions options);
    QCoro::Task<Result<qint64>> compact();
    QCoro::Task<Result<Done>> refreshSpace();
    [[nodiscard]] const PackIndex &index() const { return m_book.index(); }
    [[nodiscard]] PackUsage usage() const;

    std::function<void(const DamagedShard &)> damaged;
    std::function<void()> stateChanged;

private:
    using Answer = std::function<void(const Result<Done> &)>;
    /// One thing to append.
    struct Item {
        RecordKind kind = RecordKind::Put;
        ShardId id;
        ShardMeta meta;
        QByteArray bytes; ///< Put only.
        std::optional<Location> movedFrom; ///< A copy that compaction makes.
        Answer answer;
    };
    /// The last operation under way for a shard, with all who wait for it.
    struct Operation {
        RecordKind kind;
        std::vector<OneShot<Done>::Setter> waiters;
    };
    struct Record {
        RecordHeader header;
        QByteArray data;
        std::vector<Item> items; ///< One, or all removes of the record; none for a mark.
        qint64 offset = 0;
    };
    /// What one write call appends.
    struct Batch {
        quint32 pack = 0;
        Pack before; ///< The pack as it was.
        bool isFirst = false; ///< The pack has to be made.
        std::optional<std::pair<quint32, qint64>> cut; ///< The pack before it ends here.
        qint64 fileBytesMax = 0; ///< What the pack's file may grow to.
        qint64 keepFreeBytes = 0;
        qint64 bytes = 0;
        std::vector<Record> records;
    };
    struct Written {
        Result<Done> done = Done{};
        bool wasCut = false; ///< The pack before it.
        bool wasTouched = false; ///< Some of the batch may be in the pack.
        qint64 fileBytes = 0;
        std::optional<qint64> freeBytes;
    };
    using BatchPtr = std::shared_ptr<Batch>;

    enum class Which : quint8 { FreshPuts, All };

    // pack_commit.cpp
    QCoro::Task<Result<Done>> begin(ShardId id, RecordKind kind, ShardMeta meta, QByteArray bytes);
    QCoro::Task<Result<Done>> append(std::vector<Item> items);
    QCoro::Task<Result<Done>> waitForRoom();
    [[nodiscard]] bool hasRoomInFlight(qint64 bytes) const;
    void enqueue(Item item);
    void finish(const Item &item, const Result<Done> &result);
    QCoro::Task<Result<Done>> writeLoop();
    QCoro::Task<Result<Done>> syncLoop();
    QCoro::Task<Result<Done>> gather();
    BatchPtr takeBatch();
    void openPackFor(Batch &batch, qint64 firstBytes);
    void addMarks(Batch &batch, qint64 firstBytes);
    void addRecord(Batch &batch, Record record);
    Record takeRecord();
    [[nodiscard]] qint64 nextRecordBytes() const;
    static Written write(disk::Disk &disk, const PackOptions &options, Batch &batch);
    static Result<Done> prepare(
        disk::Disk &disk, const PackOptions &options, const Batch &batch, Written &written);
    void onWritten(const BatchPtr &batch, const Written &written);
    void onSynced(const std::vector<BatchPtr> &group);
    void onSyncFailed(const std::vector<BatchPtr> &group, const Error &error);
    void onLost(const Batch &batch, const Error &error);
    void answerAll(const Batch &batch, const Result<Done> &result);
    void retryWithoutPuts(Batch &batch, const Error &error);
    void failQueue(const Error &error, Which which);
    void seal(quint32 number);

    // pack_store.cpp
    [[nodiscard]] QString path(quint32 number) const;
    [[nodiscard]] qint64 roomBytes() const;
    [[nodiscard]] qint64 keepFreeBytes() const;
    Result<Done> admit(qint64 record);
    void setState(PackState state, const QString &reason);
    void reconsider();
    QCoro::Task<Result<Done>> watchSpace();
    void drop(const ShardId &id, Location at, const QString &reason);

    // pack_scrub.cpp
    QCoro::Task<Result<ScrubReport>> scrubAll(ScrubOptions options);

    // pack_compact.cpp
    enum class Compacted : quint8 { Won, Later };
    void compactSoon();
    QCoro::Task<Result<Done>> compactAlone();
    [[nodiscard]] std::optional<quint32> packToCompact() const;
    QCoro::Task<Result<Compacted>> compactPack(quint32 number);
    QCoro::Task<Result<Compacted>> copyLive(quint32 number, std::shared_ptr<const PackScan> scan);
    QCoro::Task<Result<Compacted>> keepRemoves(std::shared_ptr<const PackScan> scan);
    QCoro::Task<Result<Done>> deletePack(quint32 number, std::shared_ptr<const PackScan> scan);

    TaskScope &m_scope;
    Rng &m_rng;
    disk::Disk &m_disk;
    Executor &m_executor;
    const PackOptions m_options;
    PackBook m_book;

    PackState m_state = PackState::Opening;
    QString m_reason;
    disk::Space m_space; ///< As last seen.
    bool m_isWatching = false;

    std::deque<Item> m_queue;
    std::unordered_map<ShardId, std::shared_ptr<Operation>, ShardIdHash> m_operations;
    /// An operation on them failed half-way, with this sequence number: the packs may say another
    /// thing than the index, until a later record has the last word.
    std::unordered_map<ShardId, quint64, ShardIdHash> m_doubtful;
    std::deque<OneShot<Done>::Setter> m_roomWaiters;
    qint64 m_queuedBytes = 0; ///< In m_queue, as records.
    qint64 m_inFlightBytes = 0; ///< From enqueue() to the answer.
    quint32 m_active = 0; ///< The pack that is appended to; 0: none.
    quint32 m_lastNumber = 0;
    std::vector<quint32> m_unmarked; ///< Sealed, without a mark of their ends.
    std::vector<BatchPtr> m_written; ///< Not synced.
    qint64 m_writtenBytes = 0;
    Ticks m_lastArrival{0};
    std::size_t m_lastGroup = 0; ///< Items in the last sync.
    bool m_isWriting = false;
    bool m_isSyncing = false;

    qint64 m_sinceSnapshotBytes = 0;
    bool m_isSnapshotting = false;
    bool m_isCompacting = false;
    bool m_isScrubbing = false;
};

/// @return the bytes of the shard in a record as it was read, or why they are not good.
[[nodiscard]] Result<QByteArray> checkedShard(
    QByteArray record, quint64 packSecret, const ShardId &id);

} // namespace borg::store
