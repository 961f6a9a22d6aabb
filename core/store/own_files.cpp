// SPDX-License-Identifier: GPL-3.0-or-later
#include "own_files.h"

#include <store/root_page.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

QCoro::Task<Result<Done>> OwnFiles::load()
{
    const auto records = co_await disk::OnExecutor<Result<std::vector<FileRecord>>>(
        m_context.scope, m_context.diskExecutor, [db = m_context.db] { return db->files(); });
    if (!records)
        co_return records.error();
    for (const FileRecord &record : *records) {
        Own &own = m_files[record.id];
        own.record = record;
        place(own);
        update(own);
    }
    co_return Done{};
}

QCoro::Task<Result<QString>> OwnFiles::add(FileRecord record, Locations locations)
{
    const QString id = record.id;
    const auto saved = co_await disk::OnExecutor<Result<Done>>(m_context.scope,
        m_context.diskExecutor, [db = m_context.db, record] { return db->save(record); });
    if (!saved)
        co_return saved.error();
    ++m_revision;
    Own &own = m_files[id];
    unplace(own); // the same content again is the same file
    own.record = std::move(record);
    place(own);
    own.locations = std::move(locations);
    own.askedAt = m_context.scope.clock().now();
    update(own);
    co_return QString(own.info.state); // QCoro moves out of a plain lvalue
}

QCoro::Task<Result<Done>> OwnFiles::adopt(FileRecord record)
{
    if (m_files.contains(record.id))
        co_return Done{};
    const auto saved = co_await disk::OnExecutor<Result<Done>>(m_context.scope,
        m_context.diskExecutor, [db = m_context.db, record] { return db->save(record); });
    if (!saved)
        co_return saved;
    ++m_revision;
    Own &own = m_files[record.id];
    own.record = std::move(record);
    place(own);
    update(own);
    co_return Done{};
}

QCoro::Task<Result<Done>> OwnFiles::change(std::vector<FileChange> changes)
{
    const auto saved = co_await disk::OnExecutor<Result<Done>>(m_context.scope,
        m_context.diskExecutor, [db = m_context.db, changes] { return db->save(changes); });
    if (!saved)
        co_return saved;
    for (const FileChange &change : changes) {
        const auto found = m_files.find(change.id);
        if (found == m_files.end())
            continue;
        ++m_revision;
        Own &own = found->second;
        unplace(own);
        own.record.trash = change.trash.value_or(own.record.trash);
        if (change.place) {
            own.record.folder = change.place->path.folder;
            own.record.name = change.place->path.name;
            own.record.movedUtcMs = change.place->movedUtcMs;
        }
        place(own);
        update(own);
    }
    co_return Done{};
}

QCoro::Task<Result<Done>> OwnFiles::remove(QString id)
{
    const auto removed = co_await disk::OnExecutor<Result<Done>>(m_context.scope,
        m_context.diskExecutor, [db = m_context.db, id] { return db->removeFile(id); });
    if (!removed)
        co_return removed;
    if (const auto found = m_files.find(id); found != m_files.end()) {
        unplace(found->second);
        m_byTag.erase(found->second.record.tag);
        m_files.erase(found);
    }
    ++m_revision;
    if (m_changed)
        m_changed();
    co_return Done{};
}

void OwnFiles::seen(const ShardId &tag, Locations locations, bool isSpooled)
{
    const auto known = m_byTag.find(tag);
    if (known == m_byTag.end())
        return;
    Own &own = m_files.at(known->second);
    own.locations = std::move(locations);
    own.askedAt = m_context.scope.clock().now();
    if (std::exchange(own.record.isSpooled, isSpooled) != isSpooled)
        save(own.record);
    update(own);
}

QCoro::Task<Result<Done>> OwnFiles::ask(std::size_t filesMax)
{
    std::vector<std::pair<Ticks, ShardId>> order;
    for (const auto &[id, own] : m_files)
        order.emplace_back(own.locations ? own.askedAt : Ticks{-1}, own.record.tag);
    std::ranges::sort(order);
    order.resize(std::min(order.size(), filesMax));
    for (const auto &[askedAt, tag] : order) {
        auto locations = co_await m_context.net.locate(tag);
        if (!locations)
            co_return locations.error();
        if (const auto record = byTag(tag))
            seen(tag, *std::move(locations), record->isSpooled);
    }
    co_return Done{};
}

void OwnFiles::membersChanged()
{
    for (auto &[id, own] : m_files)
        update(own);
}

OwnFiles::Health OwnFiles::healthOf(const Own &own, const Judge &judge) const
{
    const FileRecord &record = own.record;
    const auto roots = own.locations->aliveFrom(kRootSegment, 1, judge.isOnline);
    Health health;
    health.isRootLost = roots[0] < record.rootCode.k;
    health.isRootWhole = roots[0] >= std::min(record.rootCode.n, judge.nodesExpected);
    if (record.segments == 0) { // inline: the root page is the file
        health.alive = std::min(roots[0], record.rootCode.n);
        health.wanted = placeable(record.rootCode, judge.nodesExpected);
        health.needed = record.rootCode.k;
        return health;
    }
    const auto alive
        = own.locations->aliveFrom(0, static_cast<std::size_t>(record.segments), judge.isOnline);
    health.alive = *std::ranges::min_element(alive);
    health.wanted = placeable(record.code, judge.nodesExpected);
    health.needed = record.code.k;
    return health;
}

QString OwnFiles::stateOf(const Own &own, const Health &health)
{
    const FileRecord &record = own.record;
    const bool isReadable = health.alive >= health.needed && !health.isRootLost;
    if (record.isSpooled)
        return isReadable ? u"sending"_s : u"spooled"_s;
    if (!isReadable)
        return u"lost"_s;
    if (health.alive >= health.wanted && health.isRootWhole)
        return u"healthy"_s;
    const Code code = record.segments == 0 ? record.rootCode : record.code;
    if (!record.wasHealthy && health.alive > repairThreshold(code))
        return u"durable"_s;
    return health.alive <= health.needed ? u"endangered"_s : u"degraded"_s;
}

void OwnFiles::update(Own &own)
{
    const FileRecord &record = own.record;
    FileInfo info{record.id, record.name, record.bytes, record.createdUtcMs, text(record.code),
        record.isSpooled ? u"spooled"_s : u"unknown"_s, record.segments, record.code.n, 0,
        record.code.k, std::max<qint64>(record.trash, 0), record.folder, record.modifiedUtcMs, 0};
    if (own.locations && m_judge) {
        const Health health = healthOf(own, m_judge());
        info.shardsAlive = health.alive;
        info.shardsWanted = health.wanted;
        info.shardsNeeded = health.needed;
        info.state = stateOf(own, health);
        if (info.state == "healthy"_L1 && !std::exchange(own.record.wasHealthy, true))
            save(own.record);
    }
    if (info == own.info)
        return;
    own.info = std::move(info);
    if (m_changed)
        m_changed();
}

void OwnFiles::save(const FileRecord &record)
{
    const auto saving = [](StoreContext context, FileRecord file) -> QCoro::Task<Result<Done>> {
        co_return co_await disk::OnExecutor<Result<Done>>(context.scope, context.diskExecutor,
            [db = context.db, file] { return db->saveProgress(file); });
    };
    m_context.scope.spawn("store.files.save"_L1, saving(m_context, record));
}

std::vector<FileInfo> OwnFiles::list(Which which) const
{
    std::vector<FileInfo> list;
    Paths trashed;
    if (which == Which::Trashed) {
        for (const auto &[id, own] : m_files) {
            if (own.record.isInTrash() && !own.record.isHidden)
                insert(trashed[keyOf(own.record) + u'/' + QString::number(own.record.trash)], own);
        }
    }
    for (const auto &[path, versions] : which == Which::Kept ? m_paths : trashed)
        list.push_back(infoOf(versions));
    std::ranges::stable_sort(list, {}, &FileInfo::createdUtcMs);
    return list;
}

std::optional<FileInfo> OwnFiles::info(const QString &id) const
{
    const auto found = m_files.find(id);
    return found == m_files.end() ? std::nullopt : std::optional(found->second.info);
}

std::vector<FileRecord> OwnFiles::records() const
{
    std::vector<FileRecord> records;
    for (const auto &[id, own] : m_files)
        records.push_back(own.record);
    return records;
}

std::optional<FileRecord> OwnFiles::byTag(const ShardId &tag) const
{
    const Own *own = find(tag);
    return own ? std::optional(own->record) : std::nullopt;
}

const OwnFiles::Own *OwnFiles::find(const ShardId &tag) const
{
    const auto known = m_byTag.find(tag);
    return known == m_byTag.end() ? nullptr : &m_files.at(known->second);
}

std::optional<FileRecord> OwnFiles::any(Rng &rng) const
{
    if (m_byTag.empty())
        return std::nullopt;
    // The first behind a random tag: tags are spread evenly.
    ShardId tag;
    for (quint8 &byte : tag.bytes)
        byte = static_cast<quint8>(rng.below(256));
    tag.bytes[0] = m_byTag.begin()->first.bytes[0]; // the code
    auto found = m_byTag.lower_bound(tag);
    if (found == m_byTag.end())
        found = m_byTag.begin();
    return m_files.at(found->second).record;
}

bool OwnFiles::isUnhealthy(const ShardId &tag) const
{
    const Own *own = find(tag);
    return own && own->locations && own->info.state != "healthy"_L1;
}

std::optional<FileRecord> OwnFiles::byId(const QString &id) const
{
    const auto found = m_files.find(id);
    return found == m_files.end() ? std::nullopt : std::optional(found->second.record);
}

std::vector<ShardId> OwnFiles::tags() const
{
    std::vector<ShardId> tags;
    for (const auto &[id, own] : m_files)
        tags.push_back(own.record.tag);
    return tags;
}

std::vector<ShardId> OwnFiles::unhealthy() const
{
    std::vector<ShardId> tags;
    for (const auto &[id, own] : m_files) {
        if (own.locations && own.info.state != "healthy"_L1)
            tags.push_back(own.record.tag);
    }
    return tags;
}

} // namespace borg::store
