// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_node_impl.h"

/// Files and folders of the account: where they stand, their versions, the trash.
namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr Ticks kDistrustFor = 24h;
constexpr Ticks kDistrustForLocal = 10min;

Q_LOGGING_CATEGORY(lcStore, "borg.store")

qint64 milliseconds(Ticks span)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

} // namespace

Error obstacle(const Path &path, const QString &before)
{
    return {Errc::Conflict,
        before == path.text() ? u"There is a folder \"%1\"."_s.arg(before)
                              : u"\"%1\" is a file, not a folder."_s.arg(before)};
}

std::vector<FileInfo> StoreNode::files() const
{
    return d->files ? d->files->list(OwnFiles::Which::Kept) : std::vector<FileInfo>{};
}

Result<FolderContent> StoreNode::folder(const QString &path) const
{
    const auto folder = cleanFolder(path);
    if (!folder)
        return folder.error();
    if (!d->files || !d->files->isFolder(*folder))
        return Error{Errc::NotFound, u"There is no folder \"%1\"."_s.arg(path)};
    return d->files->content(*folder);
}

std::vector<FileInfo> StoreNode::below(const QString &folder) const
{
    std::vector<FileInfo> infos;
    for (const FileRecord &file : d->files ? d->files->below(folder) : std::vector<FileRecord>{}) {
        if (auto info = d->files->info(file.id))
            infos.push_back(*std::move(info));
    }
    return infos;
}

std::vector<FileInfo> StoreNode::versions(const QString &path) const
{
    std::vector<FileInfo> infos;
    const auto clean = cleanPath(path);
    if (!d->files || !clean)
        return infos;
    for (const FileRecord &file : d->files->versions(*clean))
        infos.push_back(*d->files->info(file.id));
    return infos;
}

std::optional<FileInfo> StoreNode::file(const QString &fileId) const
{
    return d->files ? d->files->info(fileId) : std::nullopt;
}

std::vector<FileInfo> StoreNode::trash() const
{
    return d->files ? d->files->list(OwnFiles::Which::Trashed) : std::vector<FileInfo>{};
}

Result<QString> StoreNode::link(const QString &fileId) const
{
    const auto file = d->fileOf(fileId);
    if (!file)
        return file.error();
    return file->link;
}

Result<FileRecord> StoreNode::Private::fileOf(const QString &fileId) const
{
    const auto file = files ? files->byId(fileId) : std::nullopt;
    if (!file || file->isHidden)
        return Error{Errc::NotFound, u"no such file: %1"_s.arg(fileId)};
    return *file;
}

std::vector<FileRecord> StoreNode::Private::wholeOf(const FileRecord &file) const
{
    if (file.isInTrash())
        return files->trashedWith(file);
    auto versions = files->versions(file.path());
    if (versions.empty() || versions.front().id != file.id)
        return {file};
    return versions;
}

qint64 StoreNode::Private::stampAfter(const std::vector<FileRecord> &of) const
{
    qint64 last = scope.clock().utcMs() - 1;
    for (const FileRecord &file : of)
        last = std::max({last, std::abs(file.trash), file.order().first});
    return last + 1;
}

QCoro::Task<Result<Done>> StoreNode::Private::change(std::vector<FileChange> changes)
{
    auto changed = co_await files->change(std::move(changes));
    if (changed)
        lists->filesChanged();
    co_return changed;
}

void StoreNode::Private::trash(std::vector<FileChange> &changes, const FileRecord &file) const
{
    const auto whole = wholeOf(file);
    const qint64 now = stampAfter(whole);
    for (const FileRecord &one : whole)
        changes.push_back({.id = one.id, .trash = now});
}

QCoro::Task<Result<Done>> StoreNode::moveToTrash(QString fileId)
{
    const auto file = d->fileOf(fileId);
    if (!file)
        co_return file.error();
    if (file->isInTrash())
        co_return Done{};
    std::vector<FileChange> changes;
    d->trash(changes, *file);
    co_return co_await d->change(std::move(changes));
}

QCoro::Task<Result<int>> StoreNode::removeFolder(QString path, bool isForGood)
{
    const auto folder = cleanFolder(path);
    if (!folder)
        co_return folder.error();
    if (!d->files)
        co_return Error{Errc::Closed, u"not open yet"_s};
    const auto inside = d->files->below(*folder);
    if (folder->isEmpty() || inside.empty())
        co_return Error{Errc::NotFound, u"There is no folder \"%1\"."_s.arg(path)};
    std::vector<FileChange> changes;
    for (const FileRecord &file : inside)
        d->trash(changes, file);
    std::vector<QString> ids;
    for (const FileChange &change : changes)
        ids.push_back(change.id);
    // Into the trash first, all at once: then it is gone even if this breaks off.
    if (const auto changed = co_await d->change(std::move(changes)); !changed)
        co_return changed.error();
    for (const QString &id : isForGood ? ids : std::vector<QString>{}) {
        const auto file = d->fileOf(id); // another computer may have been faster
        if (!file)
            continue;
        if (const auto removed = co_await d->removeFile(*file); !removed)
            co_return removed.error();
    }
    if (isForGood)
        d->lists->filesChanged();
    co_return static_cast<int>(inside.size());
}

QCoro::Task<Result<Done>> StoreNode::restore(QString fileId)
{
    const auto file = d->fileOf(fileId);
    if (!file)
        co_return file.error();
    std::vector<FileChange> changes;
    if (!file->isInTrash()) { // an earlier version becomes the last one
        const auto versions = d->files->versions(file->path());
        if (versions.empty() || versions.front().id == fileId)
            co_return Done{};
        changes.push_back(
            {.id = fileId, .place = FileChange::Place{file->path(), d->stampAfter(versions)}});
        co_return co_await d->change(std::move(changes));
    }
    if (const QString before = d->files->obstacleTo(file->path()); !before.isEmpty())
        co_return obstacle(file->path(), before);
    // What was put at its path meanwhile becomes an earlier version.
    const auto there = d->files->versions(file->path());
    const auto whole = d->wholeOf(*file);
    const qint64 now = d->stampAfter(whole);
    for (const FileRecord &one : whole) {
        FileChange change{.id = one.id, .trash = -now};
        if (one.id == fileId && !there.empty())
            change.place = {file->path(), d->stampAfter(there)};
        changes.push_back(std::move(change));
    }
    co_return co_await d->change(std::move(changes));
}

QCoro::Task<Result<int>> StoreNode::move(QString from, QString to)
{
    const auto source = cleanPath(from);
    const auto target = cleanPath(to);
    if (!source || !target)
        co_return source ? target.error() : source.error();
    if (!d->files)
        co_return Error{Errc::Closed, u"not open yet"_s};
    if (target->name.isEmpty())
        co_return Error{Errc::Malformed, u"Name what it shall be called."_s};
    if (*source == *target)
        co_return int{0};
    const QString top = source->text();
    const auto file = d->files->versions(*source);
    if (file.empty() && (top.isEmpty() || !d->files->isFolder(top)))
        co_return Error{Errc::NotFound, u"There is no file or folder \"%1\"."_s.arg(from)};
    if (file.empty() && isWithin(target->text(), top))
        co_return Error{Errc::Malformed, u"A folder cannot be moved into itself."_s};
    const auto inside = file.empty() ? d->files->below(top) : std::vector{file.front()};
    std::vector<Path> places;
    for (const FileRecord &one : inside) {
        const QString rest = one.path().text().sliced(top.size());
        auto place = cleanPath(target->text() + rest);
        if (!place)
            co_return place.error();
        if (const QString before = d->files->obstacleTo(*place); !before.isEmpty())
            co_return obstacle(*place, before);
        if (!d->files->versions(*place).empty())
            co_return Error{Errc::Conflict,
                u"\"%1\" is there already. Remove it first, or choose another name."_s.arg(
                    place->text())};
        places.push_back(*std::move(place));
    }
    std::vector<FileChange> changes;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        const auto whole = d->wholeOf(inside[i]);
        qint64 stamp = d->stampAfter(whole);
        for (const FileRecord &one : whole | std::views::reverse) // the last one on top
            changes.push_back({.id = one.id, .place = FileChange::Place{places[i], stamp++}});
    }
    if (const auto moved = co_await d->change(std::move(changes)); !moved)
        co_return moved.error();
    co_return static_cast<int>(inside.size());
}

QCoro::Task<Result<Done>> StoreNode::remove(QString fileId)
{
    const auto file = d->fileOf(fileId);
    if (!file)
        co_return file.error();
    for (const FileRecord &one : d->wholeOf(*file)) {
        if (const auto removed = co_await d->removeFile(one); !removed)
            co_return removed;
    }
    d->lists->filesChanged();
    co_return Done{};
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

QCoro::Task<Result<VerifyReport>> StoreNode::verify(
    QString fileId, Progress progress, Cancel cancel)
{
    const auto file = d->fileOf(fileId);
    if (!file)
        co_return file.error();
    co_return co_await d->audit(*file, false, std::move(progress), std::move(cancel));
}

QCoro::Task<Result<VerifyReport>> StoreNode::Private::audit(
    FileRecord file, bool isSample, Progress progress, Cancel cancel)
{
    auto report = co_await std::make_shared<Audit>(
        context(), parts.rng, std::move(progress), std::move(cancel))
                      ->run(file.manifest, isSample);
    if (!report)
        co_return report;
    for (const NodeId &node : report->liars) {
        qCWarning(lcStore).noquote()
            << "node" << node.text() << "cannot prove that it has what it lists";
        net.distrust(node, config.local ? kDistrustForLocal : kDistrustFor);
    }
    if (!report->liars.empty())
        scope.spawn("store.distrust"_L1, lookAgain()); // there may be many files
    co_return report;
}

/// At who has what of all files, since somebody is not believed any more.
QCoro::Task<Result<Done>> StoreNode::Private::lookAgain()
{
    if (const auto asked = co_await files->ask(std::numeric_limits<std::size_t>::max()); !asked)
        co_return asked;
    for (const ShardId &tag : files->unhealthy())
        repair->notice(tag, 1s);
    changed();
    co_return Done{};
}

/// The trash is emptied and old versions go, in time.
QCoro::Task<Result<Done>> StoreNode::Private::tidy()
{
    const Ticks every = std::min({Ticks(1h), config.trashFor, config.versionsFor});
    for (;;) {
        if (const auto slept = co_await Sleep(scope, every); !slept)
            co_return slept;
        if (const auto tidied = co_await removeExpired(); !tidied)
            co_return tidied;
    }
}

QCoro::Task<Result<Done>> StoreNode::Private::removeExpired()
{
    const qint64 now = scope.clock().utcMs();
    auto expired = files->supersededBefore(now - milliseconds(config.versionsFor));
    for (const FileRecord &file : files->records()) {
        if (file.isInTrash() && !file.isHidden && now >= file.trash + milliseconds(config.trashFor))
            expired.push_back(file);
    }
    for (const FileRecord &file : expired) {
        if (const auto gone = co_await removeFile(file); !gone)
            co_return gone;
    }
    if (!expired.empty())
        lists->filesChanged();
    co_return Done{};
}

} // namespace borg::store
