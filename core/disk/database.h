// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <disk/disk.h>

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>
#include <span>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace borg::disk {

/// One value of a row or a parameter: NULL, INTEGER, REAL, TEXT or BLOB.
using Value = std::variant<std::monostate, qint64, double, QString, QByteArray>;
using Row = std::vector<Value>;

/// A SQLite database whose bytes go through a Disk, so that the simulator can cut its power too.
/// For metadata: lists, states, hints. Never for shard bytes.
///
/// WAL, synchronous=FULL: a committed change survives a power cut. One process only (the data
/// folder's lock sees to that). Thread-safe: calls wait for each other; all of them block, so use
/// OnExecutor. Errors: NoSpace, Storage (with SQLite's words), Conflict (a constraint was broken).
class Database {
public:
    /// SQL that brings the schema from version i to i + 1, i being its place in the list. Append
    /// only. Several statements are separated by ';'.
    using Migrations = std::span<const char *const>;

    /// Opens or makes the file `name` of `disk`, which outlives this object, and runs the
    /// migrations that it lacks, each in a transaction of its own.
    ///
    /// @return the database, or Conflict when a newer program made its schema.
    static Result<std::unique_ptr<Database>> open(
        Disk &disk, const QString &name, Migrations migrations);
    ~Database();

    /// Runs one statement that returns no rows; `?1`, `?2`… stand for `parameters`.
    ///
    /// @return the number of rows changed.
    Result<qint64> run(const char *sql, const Row &parameters = {});

    /// @return the rows of one query, or TooLarge beyond `rowsMax`.
    Result<std::vector<Row>> rows(
        const char *sql, const Row &parameters = {}, qsizetype rowsMax = 1'000'000);

    /// Runs `body` in one transaction: all of it lasts when it returns Done, nothing otherwise.
    /// Inside, call run() and rows() of this object; a transaction has no second one inside.
    Result<Done> transaction(const std::function<Result<Done>()> &body);

private:
    struct State;

    explicit Database(std::unique_ptr<State> state);
    Q_DISABLE_COPY_MOVE(Database)

    std::unique_ptr<State> m_state;
};

} // namespace borg::disk
