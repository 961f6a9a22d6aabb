// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_node_impl.h"

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kFilesAskedAtOnce = 16;
constexpr quint32 kOthersHandOn = 8; ///< One in so many times.
constexpr qint64 kVerifyBytesPerSecond = 100LL << 20; ///< After a start; nobody waits for it.

} // namespace

PackOptions packOptions(const StoreConfig &config)
{
    PackOptions options;
    options.folder = u"packs"_s;
    options.bytesLimit = config.bytesLimit;
    options.packBytes = config.packBytes;
    return options;
}

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
    scope.spawn("store.tidy"_L1, tidy());
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
    if (files->isUnhealthy(file.tag))
        repair->notice(file.tag, 1s);
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
        if (const auto file = files->any(parts.rng)) {
            // Bit by bit everything is asked for; what cannot be read yet is no fault of a node.
            const auto audited = co_await audit(*file, true, {}, {});
            if (!audited && audited.error().code == Errc::Closed)
                co_return audited.error();
        }
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
    auto path = cleanPath(options.folder + u'/' + options.name);
    if (!path)
        return failed<PutResult>(path.error());
    if (const QString before = d->files ? d->files->obstacleTo(*path) : QString();
        !before.isEmpty())
        return failed<PutResult>(obstacle(*path, before));
    options.folder = path->folder;
    options.name = path->name;
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
    const auto versions = file.name.isEmpty() ? 1 : std::ssize(files->versions(file.path()));
    co_return PutResult{
        file.link, file.id, file.bytes, *state, text(file.code), static_cast<int>(versions - 1)};
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
