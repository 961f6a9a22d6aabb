// SPDX-License-Identifier: GPL-3.0-or-later
#include "database.h"

#include "disk_vfs.h"

#include <map>
#include <mutex>

namespace borg::disk {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char *kSetUp = "PRAGMA locking_mode=EXCLUSIVE;" // before WAL: no shared memory
                               "PRAGMA journal_mode=WAL;"
                               "PRAGMA synchronous=FULL;"
                               "PRAGMA temp_store=MEMORY;"
                               "PRAGMA foreign_keys=ON;"
                               "PRAGMA trusted_schema=OFF;";
constexpr std::size_t kStatementsMax = 64; ///< Kept prepared.

struct CloseStatement {
    void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, CloseStatement>;

/// Makes a prepared statement ready for its next use, whatever happened.
struct Reset {
    explicit Reset(sqlite3_stmt *it)
        : statement(it)
    {
    }
    ~Reset()
    {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
    Q_DISABLE_COPY_MOVE(Reset)

    sqlite3_stmt *statement;
};

/// The value stays where it is until the statement is reset: SQLite need not copy it.
int bind(sqlite3_stmt *statement, int at, const Value &value)
{
    if (const auto *number = std::get_if<qint64>(&value))
        return sqlite3_bind_int64(statement, at, *number);
    if (const auto *real = std::get_if<double>(&value))
        return sqlite3_bind_double(statement, at, *real);
    if (const auto *blob = std::get_if<QByteArray>(&value)) {
        const char *const data = blob->isNull() ? "" : blob->constData();
        return sqlite3_bind_blob64(
            statement, at, data, static_cast<sqlite3_uint64>(blob->size()), SQLITE_STATIC);
    }
    if (const auto *text = std::get_if<QString>(&value)) {
        const QByteArray utf8 = text->toUtf8();
        return sqlite3_bind_text64(statement, at, utf8.constData(),
            static_cast<sqlite3_uint64>(utf8.size()), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    return sqlite3_bind_null(statement, at);
}

Value valueAt(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return qint64{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
        return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
        const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(statement, column));
        return QString::fromUtf8(text, sqlite3_column_bytes(statement, column));
    }
    case SQLITE_BLOB: {
        const auto *blob = static_cast<const char *>(sqlite3_column_blob(statement, column));
        return QByteArray(blob, sqlite3_column_bytes(statement, column));
    }
    default:
        return std::monostate{};
    }
}

} // namespace

struct Database::State {
    explicit State(Disk &disk)
        : vfs(disk)
    {
    }
    ~State()
    {
        statements.clear();
        sqlite3_close(connection);
    }
    Q_DISABLE_COPY_MOVE(State)

    [[nodiscard]] Error error() const;
    Result<sqlite3_stmt *> prepare(const char *sql);
    Result<Done> bindAll(sqlite3_stmt *statement, const Row &parameters) const;
    Result<Done> execute(const char *sql) const;
    Result<Done> migrate(const QString &name, Migrations migrations);

    DiskVfs vfs;
    sqlite3 *connection = nullptr;
    std::recursive_mutex mutex; ///< Recursive: transaction() calls what takes it again.
    std::map<const char *, Statement> statements; ///< By address: SQL is written as literals.
};

Error Database::State::error() const
{
    const int code = sqlite3_errcode(connection);
    QString detail = QString::fromUtf8(sqlite3_errmsg(connection));
    if (!vfs.lastError().isEmpty() && (code == SQLITE_IOERR || code == SQLITE_FULL))
        detail += u" (%1)"_s.arg(vfs.lastError());
    switch (code) {
    case SQLITE_FULL:
        return {Errc::NoSpace, detail};
    case SQLITE_CONSTRAINT:
        return {Errc::Conflict, detail};
    default:
        return {Errc::Storage, detail};
    }
}

Result<sqlite3_stmt *> Database::State::prepare(const char *sql)
{
    if (const auto found = statements.find(sql); found != statements.end()) {
        // Memory of a literal is never used again; that of a caller's own string may be.
        if (qstrcmp(sqlite3_sql(found->second.get()), sql) == 0)
            return found->second.get();
        statements.erase(found);
    }
    if (statements.size() >= kStatementsMax)
        statements.clear();
    sqlite3_stmt *statement = nullptr;
    if (sqlite3_prepare_v3(connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr)
        != SQLITE_OK)
        return error();
    if (!statement)
        return Error{Errc::Storage, u"an empty statement"_s};
    statements.emplace(sql, statement);
    return statement;
}

Result<Done> Database::State::bindAll(sqlite3_stmt *statement, const Row &parameters) const
{
    BORG_ASSERT(sqlite3_bind_parameter_count(statement) == static_cast<int>(parameters.size()));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (bind(statement, static_cast<int>(i) + 1, parameters[i]) != SQLITE_OK)
            return error();
    }
    return Done{};
}

Result<Done> Database::State::execute(const char *sql) const
{
    if (sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return error();
    return Done{};
}

Result<Done> Database::State::migrate(const QString &name, Migrations migrations)
{
    const auto statement = prepare("PRAGMA user_version");
    if (!statement)
        return statement.error();
    std::size_t version = 0;
    {
        const Reset reset(*statement);
        if (sqlite3_step(*statement) != SQLITE_ROW)
            return error();
        version = static_cast<std::size_t>(sqlite3_column_int64(*statement, 0));
    }
    if (version > migrations.size()) {
        return Error{
            Errc::Conflict, u"%1 was written by a newer version of this program"_s.arg(name)};
    }
    for (; version < migrations.size(); ++version) {
        const QByteArray sql = QByteArray("BEGIN IMMEDIATE;") + migrations[version]
            + ";PRAGMA user_version=" + QByteArray::number(version + 1) + ";COMMIT;";
        if (auto done = execute(sql.constData()); !done) {
            sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr);
            return done;
        }
    }
    return Done{};
}

Database::Database(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(
    Disk &disk, const QString &name, Migrations migrations)
{
    if (auto fits = checkName(name); !fits)
        return fits.error();
    auto state = std::make_unique<State>(disk);
    const int opened = sqlite3_open_v2(name.toUtf8().constData(), &state->connection,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, state->vfs.name());
    if (!state->connection)
        return Error{Errc::Storage, u"no memory for a database"_s};
    if (opened != SQLITE_OK)
        return state->error();
    sqlite3_db_config(state->connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    if (auto done = state->execute(kSetUp); !done)
        return done.error();
    if (auto done = state->migrate(name, migrations); !done)
        return done.error();
    return std::unique_ptr<Database>(new Database(std::move(state)));
}

Result<qint64> Database::run(const char *sql, const Row &parameters)
{
    const std::lock_guard lock(m_state->mutex);
    const auto statement = m_state->prepare(sql);
    if (!statement)
        return statement.error();
    const Reset reset(*statement);
    if (auto bound = m_state->bindAll(*statement, parameters); !bound)
        return bound.error();
    int code = sqlite3_step(*statement);
    while (code == SQLITE_ROW)
        code = sqlite3_step(*statement);
    if (code != SQLITE_DONE)
        return m_state->error();
    return qint64{sqlite3_changes64(m_state->connection)};
}

Result<std::vector<Row>> Database::rows(const char *sql, const Row &parameters, qsizetype rowsMax)
{
    const std::lock_guard lock(m_state->mutex);
    const auto statement = m_state->prepare(sql);
    if (!statement)
        return statement.error();
    const Reset reset(*statement);
    if (auto bound = m_state->bindAll(*statement, parameters); !bound)
        return bound.error();
    std::vector<Row> rows;
    int code = sqlite3_step(*statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(*statement)) {
        if (std::ssize(rows) >= rowsMax)
            return Error{Errc::TooLarge, u"a query has more than %1 rows"_s.arg(rowsMax)};
        Row &row = rows.emplace_back();
        const int columns = sqlite3_column_count(*statement);
        row.reserve(static_cast<std::size_t>(columns));
        for (int i = 0; i < columns; ++i)
            row.push_back(valueAt(*statement, i));
    }
    if (code != SQLITE_DONE)
        return m_state->error();
    return rows;
}

Result<Done> Database::transaction(const std::function<Result<Done>()> &body)
{
    const std::lock_guard lock(m_state->mutex);
    BORG_ASSERT(sqlite3_get_autocommit(m_state->connection)); // no transaction inside another
    if (auto begun = m_state->execute("BEGIN IMMEDIATE"); !begun)
        return begun;
    auto result = body();
    if (result)
        result = m_state->execute("COMMIT");
    // A failed statement may have ended it already.
    if (!result && !sqlite3_get_autocommit(m_state->connection))
        sqlite3_exec(m_state->connection, "ROLLBACK", nullptr, nullptr, nullptr);
    return result;
}

} // namespace borg::disk
