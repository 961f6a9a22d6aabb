// SPDX-License-Identifier: GPL-3.0-or-later
/// The pack store on a real disk against the disk itself: shards of 512 KiB, put durably and read
/// back, in turns with plain sequential writes into a reserved file that are synced every 8 and
/// every 32 MiB (the faster one counts).
///
/// pack_bench [MiB per round] [folder]; the last line is one JSON object.
#include <base/loop_clock.h>
#include <base/pool_executor.h>
#include <base/system_rng.h>
#include <disk/real_disk.h>
#include <store/pack_store.h>

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <vector>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kShardBytes = 512 * 1024;
constexpr double kMb = 1e6;
constexpr int kRounds = 5;
constexpr int kAtOnce = 32;

double secondsNow()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

QByteArray noise()
{
    SystemRng rng;
    QByteArray bytes(kShardBytes, Qt::Uninitialized);
    for (qsizetype i = 0; i < bytes.size(); i += 4) {
        const quint32 bits = rng.bits();
        std::memcpy(bytes.data() + i, &bits, 4);
    }
    return bytes;
}

store::ShardId idOf(quint32 round, quint32 number)
{
    store::ShardId id;
    id.bytes[0] = 1;
    std::memcpy(id.bytes.data() + 1, &round, 4);
    std::memcpy(id.bytes.data() + 5, &number, 4);
    return id;
}

template <typename T>
void require(const Result<T> &result)
{
    if (result)
        return;
    std::fprintf(stderr, "pack_bench: %s\n", qPrintable(result.error().detail));
    std::exit(1);
}

/// @return megabytes a second of plain durable writes.
double rawRate(disk::Disk &disk, const QByteArray &bytes, qint64 total, qint64 syncEvery)
{
    const double start = secondsNow();
    const QString file = u"raw"_s;
    require(disk.preallocate(file, total));
    for (qint64 at = 0; at < total; at += kShardBytes) {
        require(disk.write(file, at, bytes));
        if ((at + kShardBytes) % syncEvery == 0)
            require(disk.sync(file));
    }
    require(disk.sync(file));
    const double took = secondsNow() - start;
    require(disk.remove(file));
    return static_cast<double>(total) / kMb / took;
}

/// Runs `count` operations, `atOnce` of them at any time, and waits for the last one.
class Runner {
public:
    Runner(int count, int atOnce, std::function<QCoro::Task<Result<Done>>(quint32)> operation)
        : m_count(count)
        , m_operation(std::move(operation))
    {
        for (int i = 0; i < atOnce; ++i)
            m_workers.push_back(work());
    }
    void wait()
    {
        while (m_ended < m_workers.size())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }

private:
    QCoro::Task<> work()
    {
        while (m_next < m_count) {
            const auto number = static_cast<quint32>(m_next++);
            require(co_await m_operation(number));
        }
        ++m_ended;
        QCoreApplication::postEvent(qApp, std::make_unique<QEvent>(QEvent::User).release());
    }

    const int m_count;
    const std::function<QCoro::Task<Result<Done>>(quint32)> m_operation;
    int m_next = 0;
    std::size_t m_ended = 0;
    std::vector<QCoro::Task<>> m_workers;
};

class Bench {
public:
    Bench(const QString &folder, qint64 total)
        : m_disk(*disk::RealDisk::open(folder))
        , m_total(total)
        , m_store(m_scope, m_rng, *m_disk, m_executor, {.folder = u"packs"_s})
    {
        const auto opened = m_store.open();
        while (!opened.isReady())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    ~Bench()
    {
        m_scope.close();
        while (!m_scope.isIdle())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }

    void round(quint32 number)
    {
        const qint64 kMiB = 1024 * 1024;
        m_raw8.push_back(rawRate(*m_disk, m_bytes, m_total, 8 * kMiB));
        m_put.push_back(rate(number, kAtOnce, &Bench::put));
        m_raw32.push_back(rawRate(*m_disk, m_bytes, m_total, 32 * kMiB));
        m_get.push_back(rate(number, 8, &Bench::get));
        m_part.push_back(rate(number, 8, &Bench::getPart) / (kShardBytes / (64 * 1024)));
        for (quint32 i = 0; i < count(); ++i) // not timed; keeps the disk small
            m_removes.push_back(m_store.remove(idOf(number, i)));
        for (const auto &remove : m_removes) {
            while (!remove.isReady())
                QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
        m_removes.clear();
    }

    QJsonObject report()
    {
        std::vector<double> latencies;
        for (quint32 i = 0; i < 30; ++i) {
            const double start = secondsNow();
            Runner(1, 1, [this, i](quint32) { return put(99, i); }).wait();
            latencies.push_back((secondsNow() - start) * 1000);
        }
        const double raw = std::max(median(m_raw8), median(m_raw32));
        std::vector<double> ratios;
        for (std::size_t i = 0; i < m_put.size(); ++i)
            ratios.push_back(m_put[i] / std::max(m_raw8[i], m_raw32[i]));
        return {{u"shard_kib"_s, kShardBytes / 1024}, {u"size_mib"_s, m_total / 1024 / 1024},
            {u"raw_durable_mb_s"_s, raw}, {u"raw_8_mb_s"_s, median(m_raw8)},
            {u"raw_32_mb_s"_s, median(m_raw32)}, {u"put_mb_s"_s, median(m_put)},
            {u"ratio"_s, median(ratios)}, {u"get_mb_s"_s, median(m_get)},
            {u"get_64k_mb_s"_s, median(m_part)}, {u"single_put_ms_p50"_s, median(latencies)},
            {u"put_cpu_s_per_gb"_s, m_putCpu / m_putGb},
            {u"get_cpu_s_per_gb"_s, m_getCpu / m_putGb}};
    }

private:
    using Operation = QCoro::Task<Result<Done>> (Bench::*)(quint32, quint32);

    [[nodiscard]] quint32 count() const { return static_cast<quint32>(m_total / kShardBytes); }
    double rate(quint32 round, int atOnce, Operation operation)
    {
        const double start = secondsNow();
        const double cpu = cpuSeconds();
        Runner(static_cast<int>(count()), atOnce, [this, round, operation](quint32 number) {
            return (this->*operation)(round, number);
        }).wait();
        const double used = cpuSeconds() - cpu;
        if (operation == &Bench::put) {
            m_putCpu += used;
            m_putGb += static_cast<double>(m_total) / 1e9;
        } else if (operation == &Bench::get) {
            m_getCpu += used;
        }
        return static_cast<double>(m_total) / kMb / (secondsNow() - start);
    }
    QCoro::Task<Result<Done>> put(quint32 round, quint32 number)
    {
        return m_store.put(idOf(round, number), {}, m_bytes);
    }
    QCoro::Task<Result<Done>> get(quint32 round, quint32 number)
    {
        const auto bytes = co_await m_store.get(idOf(round, number));
        co_return bytes ? Result<Done>(Done{}) : bytes.error();
    }
    QCoro::Task<Result<Done>> getPart(quint32 round, quint32 number)
    {
        const auto bytes = co_await m_store.get(idOf(round, number), 128 * 1024, 64 * 1024);
        co_return bytes ? Result<Done>(Done{}) : bytes.error();
    }

    LoopClock m_clock;
    TaskScope m_scope{m_clock};
    SystemRng m_rng;
    PoolExecutor m_executor;
    const std::unique_ptr<disk::RealDisk> m_disk;
    const qint64 m_total;
    store::PackStore m_store;
    const QByteArray m_bytes = noise();
    std::vector<double> m_raw8;
    std::vector<double> m_raw32;
    std::vector<double> m_put;
    std::vector<double> m_get;
    std::vector<double> m_part;
    std::vector<QCoro::Task<Result<Done>>> m_removes;
    double m_putCpu = 0;
    double m_putGb = 0;
    double m_getCpu = 0;
};

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const qint64 mib = std::max<qint64>(arguments.value(1, u"256"_s).toLongLong(), 32);
    const QString parent = arguments.value(2, QDir::currentPath());
    const QTemporaryDir folder(parent + u"/pack-bench-XXXXXX"_s);
    if (!folder.isValid()) {
        std::fprintf(stderr, "pack_bench: cannot write in %s\n", qPrintable(parent));
        return 1;
    }
    QJsonObject report;
    {
        Bench bench(folder.path(), mib * 1024 * 1024);
        for (quint32 round = 0; round < kRounds; ++round)
            bench.round(round);
        report = bench.report();
    }
    std::printf("%s\n", QJsonDocument(report).toJson(QJsonDocument::Compact).constData());
    return 0;
}
