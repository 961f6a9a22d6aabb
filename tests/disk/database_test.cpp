// SPDX-License-Identifier: GPL-3.0-or-later
#include <disk/database.h>
#include <sim/sim_disk.h>

#include <QTest>

#include <set>
#include <thread>

using namespace borg;
using disk::Database;
using disk::Row;
using disk::Value;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::array kMigrations{
    "CREATE TABLE file (id TEXT PRIMARY KEY, bytes BLOB, size INTEGER)",
    "ALTER TABLE file ADD COLUMN score REAL; CREATE TABLE other (x)",
};

std::unique_ptr<Database> opened(disk::Disk &disk)
{
    auto database = Database::open(disk, u"list.db"_s, kMigrations);
    return database ? *std::move(database) : nullptr;
}

} // namespace

class DatabaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsEveryTypeOfValue()
    {
        sim::SimDisk disk(1);
        {
            const auto database = opened(disk);
            const Row row{u"näme"_s, "\0bytes"_ba, qint64{1} << 40, 0.5};
            const auto changed = database->run("INSERT INTO file VALUES (?1, ?2, ?3, ?4)", row);
            QCOMPARE(*changed, 1);
            QCOMPARE(*database->run("INSERT INTO file (id) VALUES (?1)", {Value(u"none"_s)}), 1);
        }
        const auto database = opened(disk);
        const auto rows = database->rows("SELECT id, bytes, size, score FROM file ORDER BY id");
        QCOMPARE(rows->size(), 2U);
        QVERIFY(rows->at(0) == (Row{u"none"_s, {}, {}, {}}));
        QVERIFY(rows->at(1) == (Row{u"näme"_s, "\0bytes"_ba, qint64{1} << 40, 0.5}));
    }

    void migratesFromAnyVersion()
    {
        sim::SimDisk disk(1);
        {
            const auto old = Database::open(disk, u"list.db"_s, {kMigrations.data(), 1});
            QVERIFY((*old)->run("INSERT INTO file (id) VALUES ('a')").ok());
        }
        const auto database = opened(disk);
        QCOMPARE(database->rows("SELECT score FROM file")->size(), 1U);
    }

    void refusesTheSchemaOfANewerProgram()
    {
        sim::SimDisk disk(1);
        QVERIFY(opened(disk) != nullptr);
        const auto older = Database::open(disk, u"list.db"_s, {kMigrations.data(), 1});
        QCOMPARE(name(older.error().code), "Conflict"_L1);
    }

    void refusesWhatIsNoDatabase()
    {
        sim::SimDisk disk(1);
        QVERIFY(disk.write(u"list.db"_s, 0, QByteArray(8192, 'x')).ok());
        const auto database = Database::open(disk, u"list.db"_s, kMigrations);
        QCOMPARE(name(database.error().code), "Storage"_L1);
    }

    void undoesAFailedTransaction()
    {
        sim::SimDisk disk(1);
        const auto database = opened(disk);
        const auto failed = database->transaction([&]() -> Result<Done> {
            if (auto done = database->run("INSERT INTO file (id) VALUES ('a')"); !done)
                return done.error();
            return Error{Errc::Busy, {}};
        });
        QCOMPARE(name(failed.error().code), "Busy"_L1);
        QCOMPARE(database->rows("SELECT id FROM file")->size(), 0U);
        const auto kept = database->transaction([&]() -> Result<Done> {
            const auto done = database->run("INSERT INTO file (id) VALUES ('a')");
            return done ? Result<Done>(Done{}) : done.error();
        });
        QVERIFY(kept.ok());
        QCOMPARE(database->rows("SELECT id FROM file")->size(), 1U);
    }

    void tellsBrokenConstraintsFromBrokenDisks()
    {
        sim::SimDisk disk(1);
        const auto database = opened(disk);
        QVERIFY(database->run("INSERT INTO file (id) VALUES ('a')").ok());
        const auto twice = database->run("INSERT INTO file (id) VALUES ('a')");
        QCOMPARE(name(twice.error().code), "Conflict"_L1);
        QCOMPARE(name(database->rows("SELECT id FROM file", {}, 0).error().code), "TooLarge"_L1);
        disk.setTotalBytes(disk.usedBytes());
        const auto full = database->run("INSERT INTO file (id) VALUES ('b')");
        QCOMPARE(name(full.error().code), "NoSpace"_L1);
        disk.setTotalBytes(1 << 30);
        QVERIFY(database->run("INSERT INTO file (id) VALUES ('b')").ok());
        disk.failEvery(1, Errc::Storage);
        const auto broken = database->run("INSERT INTO file (id) VALUES ('c')");
        QCOMPARE(name(broken.error().code), "Storage"_L1);
        QVERIFY2(broken.error().detail.contains(u"simulated"_s), qPrintable(broken.error().detail));
    }

    /// A statement that returned stays, whenever the power goes.
    void keepsEveryCommitThroughPowerCuts()
    {
        for (quint64 seed = 1; seed <= 200; ++seed) {
            sim::SimDisk disk(seed);
            sim::SimRng rng(seed);
            std::set<qint64> kept;
            qint64 next = 0;
            for (int life = 0; life < 4; ++life) {
                disk.cutPowerAtCall(disk.callCount() + 1 + rng.below(150));
                auto database = opened(disk);
                const qint64 first = next;
                for (; database && next < first + 60; ++next) {
                    const auto done = database->run("INSERT INTO other VALUES (?1)", {Value(next)});
                    if (!done)
                        break;
                    kept.insert(next);
                }
                const qint64 unknown = next++; // may be there
                database.reset();
                disk.crash();
                database = opened(disk);
                QVERIFY2(database, qPrintable(u"seed %1"_s.arg(seed)));
                std::set<qint64> found;
                const auto rows = database->rows("SELECT x FROM other");
                QVERIFY(rows.ok());
                for (const Row &row : *rows)
                    found.insert(std::get<qint64>(row[0]));
                if (found.contains(unknown))
                    kept.insert(unknown);
                QVERIFY2(found == kept, qPrintable(u"seed %1, life %2"_s.arg(seed).arg(life)));
            }
        }
    }

    void servesManyThreads()
    {
        sim::SimDisk disk(1);
        const auto database = opened(disk);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&database, t] {
                for (int i = 0; i < 50; ++i) {
                    const auto done = database->transaction([&]() -> Result<Done> {
                        const auto inserted = database->run(
                            "INSERT INTO other VALUES (?1)", {Value(qint64{t * 1000 + i})});
                        return inserted ? Result<Done>(Done{}) : inserted.error();
                    });
                    QVERIFY(done.ok());
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(database->rows("SELECT x FROM other")->size(), 200U);
    }
};

QTEST_APPLESS_MAIN(DatabaseTest)
#include "database_test.moc"
