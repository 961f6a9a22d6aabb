// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_node.h"

#include <base/sleep.h>
#include <store/capability.h>
#include <store/get_task.h>
#include <store/list_keeper.h>
#include <store/own_files.h>
#include <store/pointer_net.h>
#include <store/repair.h>
#include <store/root_page.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kFilesAskedAtOnce = 16;
constexpr quint32 kOthersHandOn = 8; ///< One in so many times.
constexpr qint64 kVerifyBytesPerSecond = 100LL << 20; ///< After a start; nobody waits for it.

PackOptions packOptions(const StoreConfig &config)
{
    PackOptions options;
    options.folder = u"packs"_s;
    options.bytesLimit = config.bytesLimit;
    options.packBytes = config.packBytes;
    return options;
}

} // namespace

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
    QCoro::Task<Result<Done>> removeFile(FileRecord file);
    QCoro::Task<Result<Done>> setTrash(QString fileId, bool isIn);
    QCoro::Task<Result<Done>> emptyTrash();
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

void StoreNode::Private::changed()
{
    if (!onChanged || changedTimer != Clock::TimerId::None || scope.isClosed())
        return;
    changedTimer = scope.clock().after(Ticks{0}, [this] {
        changedTimer = Clock::TimerId::None;
        onChanged();
    });
}

QCoro::Task<Result<Done>> StoreNode::Private::open()
{
    if (const auto opened = co_await packs.open(); !opened)
        co_return opened.error();
    auto database
        = co_await disk::OnExecutor<Result<std::shared_ptr<StoreDb>>>(scope, parts.diskExecutor,
            [&disk = parts.disk] { return StoreDb::open(disk, u"store.sqlite"_s); });
    if (!database)
        co_return database.error();
    db = *std::move(database);
    rpc.askBack([this](const NodeId &node) { return parts.directory.askForBulk(node); });
    if (const auto opened = co_await holder.open(db); !opened)
        co_return opened;
    const auto gone = co_await disk::OnExecutor<Result<std::vector<ShardId>>>(
        scope, parts.diskExecutor, [db = db] { return db->removed(); });
    if (!gone)
        co_return gone.error();
    removed.insert(gone->begin(), gone->end());

    repair = std::make_unique<Repair>(context(), holder, parts.directory);
    files = std::make_unique<OwnFiles>(context());
    files->onChanged([this] { changed(); });
    lists = std::make_unique<ListKeeper>(context(), account, *files, doors());
    if (const auto opened = co_await lists->open(); !opened)
        co_return opened;
    files->setJudge([this] {
        return OwnFiles::Judge{net.nodeCount(), repair->nodesExpected(),
            [this](const NodeId &node) { return net.isOnline(node); }};
    });
    if (const auto loaded = co_await files->load(); !loaded)
        co_return loaded;
    repair->setOwn(
        [this](const ShardId &tag) { return files->byTag(tag); }, [this] { return files->tags(); });
    repair->onSeen([this](const ShardId &tag, Locations locations, bool isSpooled) {
        files->seen(tag, std::move(locations), isSpooled);
        changed();
    });
    holder.onRepairing(
        [this](const NodeId &from, const ShardId &tag) { repair->heardOfRepair(from, tag); });
    holder.onDamaged([this](const ShardId &tag) { repair->notice(tag, 1s); });
    holder.onChanged([this] { changed(); });
    holder.serveOn(rpc);
    watch = parts.directory.watch([this](const NodeId &node) { memberChanged(node); });
    scope.spawn("store.repair"_L1, repair->run());
    scope.spawn("store.health"_L1, watchHealth());
    scope.spawn("store.list"_L1, lists->run());
    scope.spawn("store.trash"_L1, emptyTrash());
    scope.spawn("store.pointers"_L1, handOnPointers());
    scope.spawn("store.verify"_L1, holder.verifyAll(kVerifyBytesPerSecond));
    repair->membersChanged();
    changed();
    co_return Done{};
}

void StoreNode::Private::memberChanged(const NodeId &node)
{
    if (scope.isClosed())
        return;
    repair->membersChanged();
    files->membersChanged();
    if (!removed.empty() && net.isOnline(node))
        scope.spawn("store.remove"_L1, finishRemovals(node));
    changed();
}

/// A node that was away when files were removed hears of it when it is back; it must not bring
/// them back to life by repairing them.
QCoro::Task<Result<Done>> StoreNode::Private::finishRemovals(NodeId node)
{
    const std::vector<ShardId> tags(removed.begin(), removed.end());
    for (const ShardId &tag : tags) {
        const auto answer
            = co_await net.ask(node, removalOf(tag), {}, {.deadline = ShardNet::kAskWithin});
        if (!answer && answer.error().code != Errc::Unauthorized)
            co_return Done{}; // it will come again
    }
    co_return Done{};
}

/// The slower nodes get their shards behind the answer; what found no place is repaired.
QCoro::Task<Result<Done>> StoreNode::Private::finishRest(
    std::shared_ptr<PutTask> task, FileRecord file)
{
    if (const auto drained = co_await task->drained(); !drained)
        co_return drained;
    const auto now = files->byTag(file.tag); // it may have left the spool, or the list, meanwhile
    if (!now)
        co_return Done{};
    files->seen(file.tag, task->locations(), now->isSpooled);
    for (const ShardId &tag : files->unhealthy()) {
        if (tag == file.tag)
            repair->notice(tag, 1s);
    }
    co_return Done{};
}

QCoro::Task<Result<Done>> StoreNode::Private::watchHealth()
{
    // The tree needs a moment to know its members after a start.
    Ticks pause = 1s;
    for (;;) {
        if (const auto slept = co_await Sleep(scope, pause); !slept)
            co_return slept;
        pause = config.healthEvery;
        if (const auto asked = co_await files->ask(kFilesAskedAtOnce); !asked)
            co_return asked;
        files->membersChanged(); // a node may have been given up meanwhile
        for (const ShardId &tag : files->unhealthy())
            repair->notice(tag, config.healthEvery);
        changed(); // free space and counters move without an event
    }
}

/// Whoever lost a computer may come months later: the keepers see to it that there are enough of
/// them. The first of each does, and now and then another one, for the first may have come later.
QCoro::Task<Result<Done>> StoreNode::Private::handOnPointers()
{
    const Ticks every = config.local ? Ticks(1min) : Ticks(1h);
    for (ShardId behind;;) {
        const auto kept = co_await disk::OnExecutor<Result<std::vector<ShardId>>>(
            scope, parts.diskExecutor, [db = db, behind] { return db->pointersBehind(behind); });
        if (!kept)
            co_return kept.error();
        for (const ShardId &id : *kept) {
            if (placeAsKeeper(net, id) != 0 && parts.rng.below(kOthersHandOn) != 0)
                continue;
            const auto found = co_await findPointer(net, id);
            if (!found)
                co_return found.error();
        }
        behind = kept->empty() ? ShardId{} : kept->back();
        if (!kept->empty())
            continue;
        if (const auto slept = co_await Sleep(scope, every); !slept)
            co_return slept;
    }
}

StoreNode::StoreNode(TaskScope &scope, const StoreParts &parts, StoreConfig config)
    : d(std::make_unique<Private>(scope, parts, std::move(config)))
{
}

StoreNode::~StoreNode()
{
    d->scope.clock().cancel(d->changedTimer);
}

QCoro::Task<Result<Done>> StoreNode::open()
{
    return d->open();
}

QCoro::Task<Result<PutResult>> StoreNode::put(
    std::shared_ptr<Source> source, PutOptions options, Progress progress, Cancel cancel)
{
    auto task = std::make_shared<PutTask>(
        d->context(), source, std::move(options), std::move(progress), std::move(cancel));
    return d->finishPut(std::move(source), std::move(task));
}

QCoro::Task<Result<PutResult>> StoreNode::Private::finishPut(
    std::shared_ptr<Source> source, std::shared_ptr<PutTask> task)
{
    if (!files)
        co_return Error{Errc::Closed, u"not open yet"_s};
    auto result = co_await addPut(std::move(source), task);
    putting.erase(task->tag());
    co_return result;
}

QCoro::Task<Result<PutResult>> StoreNode::Private::addPut(
    std::shared_ptr<Source> source, std::shared_ptr<PutTask> task)
{
    auto record = co_await task->run();
    if (!record)
        co_return record.error();
    const QString fingerprint = PutTask::resumeMark(*source);
    const FileRecord file = *record;
    auto state = co_await files->add(*std::move(record), task->locations());
    if (!state)
        co_return state.error();
    if (!fingerprint.isEmpty()) {
        (void)co_await disk::OnExecutor<Result<Done>>(scope, parts.diskExecutor,
            [db = db, fingerprint] { return db->removeOpenPut(fingerprint); });
    }
    scope.spawn("store.put.rest"_L1, finishRest(std::move(task), file));
    if (!file.isHidden)
        lists->filesChanged();
    changed();
    co_return PutResult{file.link, file.id, file.bytes, *state, text(file.code)};
}

QCoro::Task<Result<GetResult>> StoreNode::get(
    QString link, std::shared_ptr<Sink> sink, GetOptions options, Progress progress, Cancel cancel)
{
    auto capability = Capability::parseRead(link);
    if (!capability)
        co_return capability.error();
    if (!d->files)
        co_return Error{Errc::Closed, u"not open yet"_s};
    co_return co_await std::make_shared<GetTask>(d->context(), *std::move(capability),
        std::move(sink), options, std::move(progress), std::move(cancel))
        ->run();
}

std::vector<FileInfo> StoreNode::files() const
{
    return d->files ? d->files->list(OwnFiles::Which::Kept) : std::vector<FileInfo>{};
}

std::optional<FileInfo> StoreNode::file(const QString &fileId) const
{
    return d->files ? d->files->info(fileId) : std::nullopt;
}

std::vector<FileInfo> StoreNode::trash() const
{
    return d->files ? d->files->list(OwnFiles::Which::Trashed) : std::vector<FileInfo>{};
}

QCoro::Task<Result<Done>> StoreNode::moveToTrash(QString fileId)
{
    return d->setTrash(fileId, true);
}

QCoro::Task<Result<Done>> StoreNode::restore(QString fileId)
{
    return d->setTrash(fileId, false);
}

QCoro::Task<Result<Done>> StoreNode::Private::setTrash(QString fileId, bool isIn)
{
    const auto file = files ? files->byId(fileId) : std::nullopt;
    if (!file || file->isHidden)
        co_return Error{Errc::NotFound, u"no such file: %1"_s.arg(fileId)};
    if (file->isInTrash() == isIn)
        co_return Done{};
    // Later than the last move, whatever the clock did: of two computers the last one is right.
    const qint64 now = std::max(scope.clock().utcMs(), std::abs(file->trash) + 1);
    if (const auto moved = co_await files->setTrash(fileId, isIn ? now : -now); !moved)
        co_return moved;
    lists->filesChanged();
    co_return Done{};
}

QCoro::Task<Result<Done>> StoreNode::Private::emptyTrash()
{
    const qint64 keptMs
        = std::chrono::duration_cast<std::chrono::milliseconds>(config.trashFor).count();
    for (;;) {
        if (const auto slept = co_await Sleep(scope, std::min<Ticks>(1h, config.trashFor)); !slept)
            co_return slept;
        for (const FileInfo &file : files->list(OwnFiles::Which::Trashed)) {
            const auto record = files->byId(file.id);
            if (!record || scope.clock().utcMs() < record->trash + keptMs)
                continue;
            if (const auto gone = co_await removeFile(*record); !gone)
                co_return gone;
            lists->filesChanged();
        }
    }
}

Result<QString> StoreNode::link(const QString &fileId) const
{
    const auto file = d->files ? d->files->byId(fileId) : std::nullopt;
    if (!file || file->isHidden)
        return Error{Errc::NotFound, u"no such file: %1"_s.arg(fileId)};
    return file->link;
}

QCoro::Task<Result<Done>> StoreNode::remove(QString fileId)
{
    const auto file = d->files ? d->files->byId(fileId) : std::nullopt;
    if (!file || file->isHidden)
        co_return Error{Errc::NotFound, u"no such file: %1"_s.arg(fileId)};
    const auto removed = co_await d->removeFile(*file);
    if (removed)
        d->lists->filesChanged();
    co_return removed;
}

QCoro::Task<Result<Done>> StoreNode::Private::removeFile(FileRecord file)
{
    const auto noted = co_await disk::OnExecutor<Result<Done>>(scope, parts.diskExecutor,
        [db = db, &spool = spool, tag = file.tag, now = scope.clock().utcMs()] {
            auto saved = db->saveRemoved(tag, now);
            return saved ? spool.removeAll(tag) : saved;
        });
    if (!noted)
        co_return noted;
    removed.insert(file.tag);
    if (const auto gone = co_await files->remove(file.id); !gone)
        co_return gone;
    std::vector<QCoro::Task<Result<net::Answer<RemoveReply>>>> asked;
    for (const NodeId &node : net.online())
        asked.push_back(net.ask(node, removalOf(file.tag), {}, {.deadline = ShardNet::kAskWithin}));
    for (auto &task : asked)
        (void)co_await task; // who is away hears of it when it is back
    co_return Done{};
}

ListKeeper::Doors StoreNode::Private::doors()
{
    return {[this](QByteArray list) { return putList(std::move(list)); },
        [this](QString link) { return getList(std::move(link)); },
        [this](QString fileId) { return removeList(std::move(fileId)); }, [this] { changed(); }};
}

QCoro::Task<Result<PutResult>> StoreNode::Private::putList(QByteArray list)
{
    PutOptions options;
    options.isHidden = true;
    auto source = bytesSource(list);
    co_return co_await finishPut(
        source, std::make_shared<PutTask>(context(), source, options, Progress(), Cancel()));
}

QCoro::Task<Result<QByteArray>> StoreNode::Private::getList(QString link)
{
    auto capability = Capability::parseRead(link);
    if (!capability)
        co_return capability.error();
    const auto bytes = std::make_shared<QByteArray>();
    const auto got = co_await std::make_shared<GetTask>(context(), *std::move(capability),
        bytesSink(bytes, kListBytesMax), GetOptions(), Progress(), Cancel())
                         ->run();
    if (!got)
        co_return got.error();
    co_return QByteArray(*bytes);
}

QCoro::Task<Result<Done>> StoreNode::Private::removeList(QString fileId)
{
    const auto file = files->byId(fileId);
    if (!file || !file->isHidden) // of another computer: it goes with its lease
        co_return Done{};
    co_return co_await removeFile(*file);
}

Result<QString> StoreNode::recoveryLink() const
{
    if (!d->account)
        return Error{Errc::Busy, u"not open yet"_s};
    return RecoveryLink{d->account->pointer(), d->account->seed()}.text();
}

QCoro::Task<Result<int>> StoreNode::recover(QString link)
{
    const auto parsed = RecoveryLink::parse(link);
    if (!parsed)
        co_return parsed.error();
    if (!d->lists)
        co_return Error{Errc::Closed, u"not open yet"_s};
    auto count = co_await d->lists->recover(*parsed);
    if (count)
        d->scope.spawn("store.files.ask"_L1, refreshHealth());
    co_return count;
}

ListState StoreNode::listState() const
{
    return d->lists ? d->lists->state() : ListState{};
}

QCoro::Task<Result<Done>> StoreNode::refreshHealth()
{
    if (!d->files)
        co_return Error{Errc::Closed, u"not open yet"_s};
    co_return co_await d->files->ask(std::numeric_limits<std::size_t>::max());
}

StoreStats StoreNode::stats() const
{
    const PackUsage usage = d->packs.usage();
    StoreStats stats;
    stats.shards = usage.shardCount;
    stats.bytes = usage.shardBytes;
    stats.bytesLimit = usage.limitBytes;
    stats.diskFreeBytes = usage.roomBytes;
    stats.shardsVerified = d->holder.verifiedCount();
    stats.shardsCorrupt = d->holder.corruptCount();
    stats.repairsDone = d->repair ? d->repair->rebuiltCount() : 0;
    stats.readOnly = usage.state == PackState::Full || usage.state == PackState::Failed;
    stats.reason = usage.reason;
    return stats;
}

void StoreNode::onChanged(std::function<void()> changed)
{
    d->onChanged = std::move(changed);
}

} // namespace borg::store
