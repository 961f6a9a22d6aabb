// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/loop_clock.h>
#include <base/pool_executor.h>
#include <base/system_rng.h>
#include <disk/real_disk.h>
#include <sim/sim_rng.h>
#include <store/pack_record.h>
#include <store/pack_store.h>

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstring>
#include <map>
#include <unistd.h>

using namespace borg;
using namespace borg::store;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kRounds = 50;
constexpr quint32 kShards = 200;
constexpr int kAtOnce = 6;

ShardId idOf(quint32 number)
{
    ShardId id;
    id.bytes[0] = 1;
    std::memcpy(id.bytes.data() + 1, &number, sizeof number);
    return id;
}

QByteArray bytesOf(quint32 number)
{
    sim::SimRng rng(number);
    QByteArray bytes(4 * (1 + rng.below(40'000)), Qt::Uninitialized);
    for (qsizetype i = 0; i < bytes.size(); i += 4) {
        const quint32 bits = rng.bits();
        std::memcpy(bytes.data() + i, &bits, 4);
    }
    return bytes;
}

/// A store on the real disk, with the real clock and threads.
struct RealWorld {
    explicit RealWorld(const QString &folder)
        : disk(*disk::RealDisk::open(folder))
        , store(scope, rng, *disk, executor,
              {.folder = u"packs"_s,
                  .packBytes = 4 * 1024 * 1024,
                  .growBytes = 1024 * 1024,
                  .compactSharePermille = 1000,
                  .snapshotEveryBytes = 8 * 1024 * 1024})
    {
    }
    ~RealWorld()
    {
        scope.close();
        while (!scope.isIdle())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    template <typename T>
    Result<T> run(QCoro::Task<Result<T>> task)
    {
        Result<T> result = Error{Errc::Timeout, {}};
        bool isDone = false;
        auto keep = [](QCoro::Task<Result<T>> &from, Result<T> &to, bool &done) -> QCoro::Task<> {
            to = co_await from;
            done = true;
        }(task, result, isDone);
        while (!isDone)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        return result;
    }

    LoopClock clock;
    TaskScope scope{clock};
    SystemRng rng;
    PoolExecutor executor{2};
    const std::unique_ptr<disk::RealDisk> disk;
    PackStore store;
};

struct Line {
    char kind; ///< 'b' for begun, 'p' for put, 'r' for removed.
    quint32 number;
};

/// Tells the parent, in one write each, which survives our death.
void tell(char kind, quint32 number)
{
    const Line line{kind, number};
    if (::write(STDOUT_FILENO, &line, sizeof line) != sizeof line)
        ::_exit(2);
}

QCoro::Task<> worker(PackStore &store, sim::SimRng &rng, quint32 worker)
{
    for (;;) { // each worker has shards of its own, so their order is known
        const quint32 number = rng.below(kShards / kAtOnce) * kAtOnce + worker;
        const bool isPut = rng.below(3) != 0;
        tell('b', number);
        const auto done = isPut ? co_await store.put(idOf(number), {}, bytesOf(number))
                                : co_await store.remove(idOf(number));
        if (!done)
            ::_exit(3);
        tell(isPut ? 'p' : 'r', number);
    }
}

/// The process that is killed: writes and never ends by itself.
int writeForEver(const QString &folder, quint64 seed)
{
    RealWorld world(folder);
    if (!world.run(world.store.open()))
        return 4;
    sim::SimRng rng(seed);
    std::vector<QCoro::Task<>> workers;
    for (quint32 i = 0; i < kAtOnce; ++i)
        workers.push_back(worker(world.store, rng, i));
    return QCoreApplication::exec();
}

} // namespace

class PackKillTest : public QObject {
    Q_OBJECT

    /// What a shard may be: the last answer, or either while an operation was under way.
    struct Expected {
        bool isThere = false;
        bool isUnsure = false;
    };
    std::map<quint32, Expected> m_expected;
    qint64 m_answers = 0;

    void read(QByteArrayView lines)
    {
        constexpr auto kLineBytes = static_cast<qsizetype>(sizeof(Line));
        for (qsizetype at = 0; at + kLineBytes <= lines.size(); at += kLineBytes) {
            Line line{};
            std::memcpy(&line, lines.data() + at, sizeof line);
            Expected &expected = m_expected[line.number];
            if (line.kind == 'b') {
                expected.isUnsure = true;
            } else {
                expected = {line.kind == 'p', false};
                ++m_answers;
            }
        }
    }

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"borg.*=false"_s); }

    /// The same folder through all rounds: what one death leaves, the next process goes on with.
    void losesNothingAcknowledgedInFiftyKills()
    {
        const QTemporaryDir folder;
        sim::SimRng rng(1); // of the moments only: what is cut differs from run to run
        for (int round = 0; round < kRounds; ++round) {
            QProcess child;
            child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            child.start(QCoreApplication::applicationFilePath(),
                {u"--write"_s, folder.path(), QString::number(round)});
            QVERIFY(child.waitForStarted());
            QVERIFY(child.waitForReadyRead(30'000));
            QTest::qSleep(static_cast<int>(rng.below(150)));
            ::kill(static_cast<pid_t>(child.processId()), SIGKILL);
            QVERIFY(child.waitForFinished());
            QCOMPARE(child.exitStatus(), QProcess::CrashExit); // it did not end by itself
            read(child.readAllStandardOutput());
            check(folder.path(), round);
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY(m_answers > 10 * kRounds); // there was something to lose
    }

private:
    void check(const QString &folder, int round)
    {
        RealWorld world(folder);
        QVERIFY(world.run(world.store.open()).ok());
        qint64 count = 0;
        for (auto &[number, expected] : m_expected) {
            const bool isThere = world.store.contains(idOf(number));
            QVERIFY2(isThere == expected.isThere || expected.isUnsure,
                qPrintable(u"round %1: shard %2 %3"_s.arg(round).arg(number).arg(
                    isThere ? u"came back" : u"was lost")));
            expected = {isThere, false};
            if (!isThere)
                continue;
            ++count;
            const auto bytes = world.run(world.store.get(idOf(number)));
            QVERIFY(bytes.ok());
            QVERIFY(*bytes == bytesOf(number));
        }
        const PackUsage usage = world.store.usage();
        QCOMPARE(usage.shardCount, count);
        qint64 onDisk = 0;
        for (const disk::Entry &entry : *world.disk->list(u"packs"_s))
            onDisk += packNumber(entry.name) ? entry.sizeBytes : 0;
        QCOMPARE(usage.diskBytes(), onDisk);
    }
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--write"_L1)
        return writeForEver(arguments.value(2), arguments.value(3).toULongLong());
    PackKillTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "pack_kill_test.moc"
