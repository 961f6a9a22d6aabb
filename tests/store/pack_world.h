// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sim/sim_clock.h>
#include <sim/sim_disk.h>
#include <sim/sim_executor.h>
#include <sim/task_result.h>
#include <store/pack_record.h>
#include <store/pack_store.h>

#include <deque>
#include <map>
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

/// Runs puts and removes, several at a time, and knows what a store may hold afterwards: for every
/// shard what the last acknowledged operation left, or what one behind it would have.
class PackModel {
public:
    enum class Kind : quint8 { Put, Remove };

    PackModel(PackWorld &world, quint64 seed, quint32 shards = 40)
        : m_world(world)
        , m_rng(seed)
        , m_shards(shards)
    {
    }

    /// Starts `count` operations; between them some time passes, now and then much.
    void operate(int count, int atOnce = 8)
    {
        for (int i = 0; i < count && !m_world.disk.isPowerCut(); ++i) {
            startOne();
            while (std::ssize(m_open)
                    > static_cast<qsizetype>(m_rng.below(static_cast<quint32>(atOnce)) + 1)
                && !m_world.disk.isPowerCut())
                pass(Ticks{m_rng.below(4000)});
            if (m_rng.below(64) == 0)
                m_snapshots.push_back(m_world.store->close());
        }
    }
    /// Waits for all that is open, as far as the disk works.
    void finish()
    {
        for (int i = 0; i < 2000 && !m_open.empty() && !m_world.disk.isPowerCut(); ++i)
            pass(1ms);
    }
    /// Call after the store is gone: what was open stays unanswered.
    void forget()
    {
        collect();
        for (const auto &open : m_open)
            m_history[open->number].emplace_back(open->begun, kNever, open->kind, false);
        m_open.clear();
        m_snapshots.clear();
    }

    /// @return what is wrong with the store, or nothing. Afterwards the store is the truth.
    QString check()
    {
        PackStore &store = *m_world.store;
        qint64 count = 0;
        qint64 shardBytes = 0;
        qint64 liveBytes = 0;
        for (quint32 number = 0; number < m_shards; ++number) {
            const ShardId id = idOf(number);
            const bool isThere = store.contains(id);
            if (!mayBe(number, isThere ? Kind::Put : Kind::Remove))
                return QStringLiteral("shard %1 %2")
                    .arg(number)
                    .arg(isThere ? QStringLiteral("came back") : QStringLiteral("was lost"));
            ++m_time;
            m_history[number] = {{m_time, m_time, isThere ? Kind::Put : Kind::Remove, true}};
            const auto got = m_world.run(store.get(id));
            if (isThere != got.ok())
                return QStringLiteral("shard %1 cannot be read: %2")
                    .arg(number)
                    .arg(got.error().detail);
            if (!isThere)
                continue;
            const QByteArray bytes = bytesOf(number);
            if (*got != bytes || *store.meta(id) != metaOf(number))
                return QStringLiteral("shard %1 has other bytes").arg(number);
            ++count;
            shardBytes += bytes.size();
            liveBytes += recordBytes(bytes.size());
        }
        const PackUsage usage = store.usage();
        if (usage.shardCount != count || std::ssize(store.ids()) != count)
            return QStringLiteral("%1 shards instead of %2").arg(usage.shardCount).arg(count);
        if (usage.shardBytes != shardBytes || usage.liveBytes != liveBytes)
            return QStringLiteral("the accounts of live bytes are wrong");
        if (usage.diskBytes() != m_world.packFileBytes())
            return QStringLiteral("the accounts say %1 bytes on disk, the disk says %2")
                .arg(usage.diskBytes())
                .arg(m_world.packFileBytes());
        return {};
    }

    [[nodiscard]] qint64 acknowledgedCount() const { return m_acknowledged; }

private:
    struct Open {
        quint32 number;
        Kind kind;
        quint64 begun;
        QCoro::Task<Result<Done>> task;
    };
    /// Operations that overlap in time may take effect in any order.
    struct Past {
        quint64 begun;
        quint64 ended;
        Kind kind;
        bool isAcknowledged;
    };
    static constexpr quint64 kNever = ~quint64{0};

    void startOne()
    {
        const quint32 number = m_rng.below(m_shards);
        const bool isPut = m_rng.below(3) != 0;
        auto open = std::make_unique<Open>(number, isPut ? Kind::Put : Kind::Remove, ++m_time);
        open->task = isPut ? m_world.store->put(idOf(number), metaOf(number), bytesOf(number))
                           : m_world.store->remove(idOf(number));
        m_open.push_back(std::move(open));
    }
    void pass(Ticks span)
    {
        m_world.clock.advance(span);
        collect();
    }
    void collect()
    {
        std::erase_if(m_open, [this](const std::unique_ptr<Open> &open) {
            if (!open->task.isReady())
                return false;
            const bool isDone = sim::resultOf(open->task).ok();
            m_acknowledged += isDone ? 1 : 0;
            m_history[open->number].emplace_back(open->begun, ++m_time, open->kind, isDone);
            return true;
        });
    }
    /// Whether `kind` may have had the last word: nothing acknowledged began after its end.
    bool mayBe(quint32 number, Kind kind)
    {
        auto past = m_history[number];
        past.push_back({0, 0, Kind::Remove, true}); // at first there is nothing
        return std::ranges::any_of(past, [&](const Past &last) {
            return last.kind == kind && std::ranges::none_of(past, [&](const Past &later) {
                return later.isAcknowledged && later.begun > last.ended;
            });
        });
    }

    PackWorld &m_world;
    sim::SimRng m_rng;
    quint32 m_shards;
    quint64 m_time = 0;
    qint64 m_acknowledged = 0;
    std::vector<std::unique_ptr<Open>> m_open;
    std::vector<QCoro::Task<Result<Done>>> m_snapshots;
    std::map<quint32, std::vector<Past>> m_history;
};

} // namespace borg::store::test
