// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_db.h"

#include <store/capability.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using disk::Row;
using disk::Value;

namespace {

constexpr std::array kMigrations{
    "CREATE TABLE files(id TEXT PRIMARY KEY, tag BLOB NOT NULL, link TEXT NOT NULL,"
    " name TEXT NOT NULL, bytes INTEGER NOT NULL, created INTEGER NOT NULL, k INTEGER NOT NULL,"
    " n INTEGER NOT NULL, root_k INTEGER NOT NULL, root_n INTEGER NOT NULL,"
    " segments INTEGER NOT NULL, was_healthy INTEGER NOT NULL, is_spooled INTEGER NOT NULL);"
    "CREATE TABLE open_puts(fingerprint TEXT PRIMARY KEY, key BLOB NOT NULL, file BLOB NOT NULL,"
    " k INTEGER NOT NULL, n INTEGER NOT NULL, since INTEGER NOT NULL);"
    "CREATE TABLE held(tag BLOB PRIMARY KEY, owner BLOB, manifests BLOB NOT NULL);"
    "CREATE TABLE removed(tag BLOB PRIMARY KEY, since INTEGER NOT NULL);",
    "ALTER TABLE files ADD COLUMN of_account INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE files ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE files ADD COLUMN trash INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE account(only INTEGER PRIMARY KEY CHECK(only = 1), seed BLOB NOT NULL,"
    " seq INTEGER NOT NULL, lists TEXT NOT NULL, listed TEXT NOT NULL, after TEXT NOT NULL,"
    " saved INTEGER NOT NULL);"
    "CREATE TABLE pointers(id BLOB PRIMARY KEY, record BLOB NOT NULL, by BLOB NOT NULL);"
    "CREATE INDEX pointers_by ON pointers(by);",
    "ALTER TABLE files ADD COLUMN folder TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE files ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE files ADD COLUMN modified INTEGER NOT NULL DEFAULT 0;",
};
constexpr qint64 kOpenPutsMax = 256;
constexpr qint64 kRemovedMax = 4096;
constexpr qsizetype kFilesMax = 100'000'000;

template <std::size_t N>
QByteArray blob(const std::array<quint8, N> &bytes)
{
    return {reinterpret_cast<const char *>(bytes.data()), qsizetype{N}};
}

template <std::size_t N>
bool readBlob(QByteArrayView from, std::array<quint8, N> &to)
{
    if (from.size() != qsizetype{N})
        return false;
    std::ranges::transform(from, to.begin(), [](char c) { return static_cast<quint8>(c); });
    return true;
}

template <typename T>
T valueOf(const Row &row, std::size_t column)
{
    const auto *value = column < row.size() ? std::get_if<T>(&row[column]) : nullptr;
    return value ? *value : T{};
}

qint64 number(const Row &row, std::size_t column)
{
    return valueOf<qint64>(row, column);
}

std::optional<FileRecord> fileOf(const Row &row)
{
    FileRecord file;
    file.id = valueOf<QString>(row, 0);
    const auto manifest = ShardId::fromText(file.id);
    if (!manifest || !readBlob(valueOf<QByteArray>(row, 1), file.tag.bytes))
        return std::nullopt;
    file.manifest = *manifest;
    file.link = valueOf<QString>(row, 2);
    file.name = valueOf<QString>(row, 3);
    file.bytes = number(row, 4);
    file.createdUtcMs = number(row, 5);
    file.code = {static_cast<int>(number(row, 6)), static_cast<int>(number(row, 7))};
    file.rootCode = {static_cast<int>(number(row, 8)), static_cast<int>(number(row, 9))};
    file.segments = number(row, 10);
    file.wasHealthy = number(row, 11) != 0;
    file.isSpooled = number(row, 12) != 0;
    file.isOfAccount = number(row, 13) != 0;
    file.isHidden = number(row, 14) != 0;
    file.trash = number(row, 15);
    file.folder = valueOf<QString>(row, 16);
    file.movedUtcMs = number(row, 17);
    file.modifiedUtcMs = number(row, 18);
    return file;
}

} // namespace

Result<std::shared_ptr<StoreDb>> StoreDb::open(disk::Disk &disk, const QString &name)
{
    auto database = disk::Database::open(disk, name, kMigrations);
    if (!database)
        return database.error();
    return std::shared_ptr<StoreDb>(new StoreDb(*std::move(database)));
}

Result<Done> StoreDb::run(const char *sql, const Row &parameters)
{
    if (const auto changed = m_database->run(sql, parameters); !changed)
        return changed.error();
    return Done{};
}

Result<std::vector<FileRecord>> StoreDb::files()
{
    const auto rows = m_database->rows(
        "SELECT id, tag, link, name, bytes, created, k, n, root_k, root_n, segments, was_healthy,"
        " is_spooled, of_account, is_hidden, trash, folder, moved, modified FROM files ORDER BY "
        "created, id",
        {}, kFilesMax);
    if (!rows)
        return rows.error();
    std::vector<FileRecord> files;
    for (const Row &row : *rows) {
        if (auto file = fileOf(row))
            files.push_back(*std::move(file));
    }
    return files;
}

Result<Done> StoreDb::save(const FileRecord &file)
{
    return run("INSERT OR REPLACE INTO files VALUES"
               "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)",
        {Value(file.id), Value(blob(file.tag.bytes)), Value(file.link), Value(file.name),
            Value(file.bytes), Value(file.createdUtcMs), Value(qint64{file.code.k}),
            Value(qint64{file.code.n}), Value(qint64{file.rootCode.k}),
            Value(qint64{file.rootCode.n}), Value(file.segments),
            Value(qint64{file.wasHealthy ? 1 : 0}), Value(qint64{file.isSpooled ? 1 : 0}),
            Value(qint64{file.isOfAccount ? 1 : 0}), Value(qint64{file.isHidden ? 1 : 0}),
            Value(file.trash), Value(file.folder), Value(file.movedUtcMs),
            Value(file.modifiedUtcMs)});
}

Result<Done> StoreDb::saveProgress(const FileRecord &file)
{
    return run("UPDATE files SET was_healthy = max(was_healthy, ?2),"
               " is_spooled = min(is_spooled, ?3) WHERE id = ?1",
        {Value(file.id), Value(qint64{file.wasHealthy ? 1 : 0}),
            Value(qint64{file.isSpooled ? 1 : 0})});
}

Result<Done> StoreDb::save(const std::vector<FileChange> &changes)
{
    return m_database->transaction([&]() -> Result<Done> {
        for (const FileChange &change : changes) {
            if (change.trash) {
                const auto saved = run("UPDATE files SET trash = ?2 WHERE id = ?1",
                    {Value(change.id), Value(*change.trash)});
                if (!saved)
                    return saved;
            }
            if (!change.place)
                continue;
            const auto &[path, moved] = *change.place;
            const auto saved
                = run("UPDATE files SET folder = ?2, name = ?3, moved = ?4 WHERE id = ?1",
                    {Value(change.id), Value(path.folder), Value(path.name), Value(moved)});
            if (!saved)
                return saved;
        }
        return Done{};
    });
}

Result<Done> StoreDb::removeFile(const QString &id)
{
    return run("DELETE FROM files WHERE id = ?1", {Value(id)});
}

Result<std::optional<OpenPut>> StoreDb::openPut(const QString &fingerprint)
{
    const auto rows = m_database->rows(
        "SELECT key, file, k, n FROM open_puts WHERE fingerprint = ?1"
        " AND file NOT IN (SELECT substr(tag, 2, length(file)) FROM files)", // a tag is a byte and
                                                                             // the file id
        {Value(fingerprint)});
    if (!rows)
        return rows.error();
    if (rows->empty())
        return std::optional<OpenPut>{};
    OpenPut put;
    std::array<quint8, 32> key{};
    const Row &row = rows->front();
    if (!readBlob(valueOf<QByteArray>(row, 0), key)
        || !readBlob(valueOf<QByteArray>(row, 1), put.file.bytes))
        return std::optional<OpenPut>{};
    put.key = crypto::SecretKey(key);
    put.code = {static_cast<int>(number(row, 2)), static_cast<int>(number(row, 3))};
    return std::optional(put);
}

Result<Done> StoreDb::saveOpenPut(const QString &fingerprint, const OpenPut &put, qint64 utcMs)
{
    const auto saved = run("INSERT OR REPLACE INTO open_puts VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        {Value(fingerprint), Value(put.key.view().toByteArray()), Value(blob(put.file.bytes)),
            Value(qint64{put.code.k}), Value(qint64{put.code.n}), Value(utcMs)});
    if (!saved)
        return saved;
    return run("DELETE FROM open_puts WHERE fingerprint NOT IN"
               " (SELECT fingerprint FROM open_puts ORDER BY since DESC LIMIT ?1)",
        {Value(kOpenPutsMax)});
}

Result<Done> StoreDb::removeOpenPut(const QString &fingerprint)
{
    return run("DELETE FROM open_puts WHERE fingerprint = ?1", {Value(fingerprint)});
}

Result<std::vector<ShardId>> StoreDb::removed()
{
    const auto rows = m_database->rows("SELECT tag FROM removed");
    if (!rows)
        return rows.error();
    std::vector<ShardId> tags;
    for (const Row &row : *rows) {
        if (ShardId tag; readBlob(valueOf<QByteArray>(row, 0), tag.bytes))
            tags.push_back(tag);
    }
    return tags;
}

Result<Done> StoreDb::saveRemoved(const ShardId &tag, qint64 utcMs)
{
    const auto saved = run(
        "INSERT OR REPLACE INTO removed VALUES(?1, ?2)", {Value(blob(tag.bytes)), Value(utcMs)});
    if (!saved)
        return saved;
    return run("DELETE FROM removed WHERE tag NOT IN"
               " (SELECT tag FROM removed ORDER BY since DESC LIMIT ?1)",
        {Value(kRemovedMax)});
}

Result<std::optional<AccountState>> StoreDb::account()
{
    const auto rows
        = m_database->rows("SELECT seed, seq, lists, listed, after, saved FROM account");
    if (!rows)
        return rows.error();
    if (rows->empty())
        return std::optional<AccountState>{};
    const Row &row = rows->front();
    AccountState account;
    std::array<quint8, 32> seed{};
    if (!readBlob(valueOf<QByteArray>(row, 0), seed))
        return Error{Errc::Storage, u"the account in the store's database is damaged"_s};
    account.seed = crypto::SecretKey(seed);
    account.seq = static_cast<quint64>(number(row, 1));
    const auto split = [](const QString &text) {
        const auto parts = text.split(u' ', Qt::SkipEmptyParts);
        return std::vector<QString>(parts.begin(), parts.end());
    };
    account.lists = split(valueOf<QString>(row, 2));
    account.listed = split(valueOf<QString>(row, 3));
    account.after = split(valueOf<QString>(row, 4));
    account.savedUtcMs = number(row, 5);
    return std::optional(account);
}

Result<Done> StoreDb::saveAccount(const AccountState &account)
{
    const auto join = [](const std::vector<QString> &parts) {
        return QStringList(parts.begin(), parts.end()).join(u' '); // links and ids have no blanks
    };
    return run("INSERT OR REPLACE INTO account VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6)",
        {Value(account.seed.view().toByteArray()), Value(static_cast<qint64>(account.seq)),
            Value(join(account.lists)), Value(join(account.listed)), Value(join(account.after)),
            Value(account.savedUtcMs)});
}

Result<QByteArray> StoreDb::pointer(const ShardId &id)
{
    const auto rows
        = m_database->rows("SELECT record FROM pointers WHERE id = ?1", {Value(blob(id.bytes))});
    if (!rows)
        return rows.error();
    return rows->empty() ? QByteArray() : valueOf<QByteArray>(rows->front(), 0);
}

Result<std::vector<ShardId>> StoreDb::pointersBehind(const ShardId &after)
{
    const auto rows = m_database->rows(
        "SELECT id FROM pointers WHERE id > ?1 ORDER BY id LIMIT 256", {Value(blob(after.bytes))});
    if (!rows)
        return rows.error();
    std::vector<ShardId> ids;
    for (const Row &row : *rows) {
        if (ShardId id; readBlob(valueOf<QByteArray>(row, 0), id.bytes))
            ids.push_back(id);
    }
    return ids;
}

Result<QByteArray> StoreDb::keepPointer(const Pointer &wanted, const NodeId &by)
{
    const ShardId id = pointerId(wanted.key);
    const std::lock_guard lock(m_pointers);
    const auto before = pointer(id);
    if (!before)
        return before.error();
    const auto old = readPointer(*before);
    if (old && !wanted.supersedes(*old))
        return old->bytes;
    const auto counts = m_database->rows("SELECT (SELECT count(*) FROM pointers),"
                                         " (SELECT count(*) FROM pointers WHERE by = ?1)",
        {Value(blob(by.bytes))});
    if (!counts)
        return counts.error();
    const Row &row = counts->front();
    if (before->isEmpty()
        && (number(row, 0) >= m_pointerLimits.all || number(row, 1) >= m_pointerLimits.perNode))
        return Error{Errc::NoSpace, u"enough pointers are kept here"_s};
    const auto saved = run("INSERT INTO pointers VALUES(?1, ?2, ?3)"
                           " ON CONFLICT(id) DO UPDATE SET record = excluded.record",
        {Value(blob(id.bytes)), Value(wanted.bytes), Value(blob(by.bytes))});
    if (!saved)
        return saved.error();
    return wanted.bytes;
}

Result<std::vector<HeldFile>> StoreDb::held()
{
    const auto rows = m_database->rows("SELECT tag, owner, manifests FROM held", {}, 100'000'000);
    if (!rows)
        return rows.error();
    std::vector<HeldFile> held;
    for (const Row &row : *rows) {
        HeldFile file;
        if (!readBlob(valueOf<QByteArray>(row, 0), file.tag.bytes))
            continue;
        if (NodeId owner; readBlob(valueOf<QByteArray>(row, 1), owner.bytes))
            file.owner = owner;
        const auto manifests = valueOf<QByteArray>(row, 2);
        for (qsizetype at = 0; at + 33 <= manifests.size(); at += 33) {
            if (ShardId id; readBlob(QByteArrayView(manifests).sliced(at, 33), id.bytes))
                file.manifests.push_back(id);
        }
        held.push_back(std::move(file));
    }
    return held;
}

Result<Done> StoreDb::saveHeld(const HeldFile &held)
{
    QByteArray manifests;
    for (const ShardId &id : held.manifests)
        manifests += blob(id.bytes);
    return run("INSERT OR REPLACE INTO held VALUES(?1, ?2, ?3)",
        {Value(blob(held.tag.bytes)), held.owner ? Value(blob(held.owner->bytes)) : Value(),
            Value(manifests)});
}

Result<Done> StoreDb::removeHeld(const ShardId &tag)
{
    return run("DELETE FROM held WHERE tag = ?1", {Value(blob(tag.bytes))});
}

} // namespace borg::store
