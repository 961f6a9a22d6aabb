// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sim/sim_clock.h>
#include <sim/sim_disk.h>
#include <sim/sim_executor.h>
#include <sim/task_result.h>
#include <store/pack_record.h>
#include <store/pack_store.h>

#include <memory>

namespace borg::store::test {

using namespace std::chrono_literals;

/// A shard whose size and bytes follow from its number, and that can be told from all others.
inline ShardId idOf(quint32 number)
{
    ShardId id;
    sim::SimRng rng(number + 1);
    for (quint8 &byte : id.bytes)
        byte = static_cast<quint8>(rng.bits());
    id.bytes[0] = 1;
    return id;
}

inline QByteArray bytesOf(quint32 number, quint32 sizeMax = 24'000)
{
    sim::SimRng rng(number + 77);
    QByteArray bytes(1 + rng.below(sizeMax), Qt::Uninitialized);
    for (qsizetype i = 0; i < bytes.size(); i += 4) {
        const quint32 bits = rng.bits();
        memcpy(
            bytes.data() + i, &bits, static_cast<size_t>(std::min<qsizetype>(4, bytes.size() - i)));
    }
    return bytes;
}

inline ShardMeta metaOf(quint32 number)
{
    return {.manifest = idOf(1'000'000 + number % 7),
        .segment = number / 7,
        .index = static_cast<quint16>(number % 50),
        .leaseUntilUtcMs = 1'800'000'000'000 + number};
}

/// Small packs and buffers, so that everything happens within a few hundred operations.
inline PackOptions smallOptions()
{
    PackOptions options;
    options.folder = QStringLiteral("packs");
    options.packBytes = 256 * 1024;
    options.growBytes = 64 * 1024;
    options.gatherBytes = 64 * 1024;
    options.inFlightBytesMax = 128 * 1024;
    options.snapshotEveryBytes = 512 * 1024;
    options.compactSharePermille = 1000;
    return options;
}

/// A pack store on a simulated disk that goes down and comes up again.
class PackWorld {
public:
    explicit PackWorld(quint64 seed, PackOptions options = smallOptions())
        : rng(seed)
        , disk(seed * 31 + 7, 64LL * 1024 * 1024)
        , m_options(std::move(options))
    {
    }
    ~PackWorld() { stop(); }

    template <typename T>
    T run(QCoro::Task<T> task)
    {
        for (int i = 0; i < 100'000 && !task.isReady(); ++i)
            clock.advance(1ms);
        return sim::resultOf(task);
    }

    Result<PackOpenReport> start()
    {
        scope = std::make_unique<TaskScope>(clock);
        store = std::make_unique<PackStore>(*scope, rng, disk, executor, m_options);
        return run(store->open());
    }

    /// Like the end of the process: nothing is written any more.
    void stop()
    {
        if (!scope)
            return;
        scope->close();
        for (int i = 0; i < 100'000 && !scope->isIdle(); ++i)
            clock.advance(1ms);
        store.reset();
        scope.reset();
    }

    /// Lets everything under way come to its end.
    void settle() { clock.advance(3s); }

    /// What the packs take of the disk, as the disk says.
    qint64 packFileBytes()
    {
        qint64 sum = 0;
        const auto entries = disk.list(QStringLiteral("packs"));
        if (!entries)
            return -1;
        for (const disk::Entry &entry : *entries)
            sum += packNumber(entry.name) ? entry.sizeBytes : 0;
        return sum;
    }

    sim::SimClock clock;
    sim::SimRng rng;
    sim::SimDisk disk;
    sim::SimExecutor executor{clock};
    std::unique_ptr<TaskScope> scope;
    std::unique_ptr<PackStore> store;

private:
    PackOptions m_options;
};

} // namespace borg::store::test
