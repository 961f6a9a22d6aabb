// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pack_world.h"

#include <algorithm>
#include <map>
#include <vector>

namespace borg::store::test {

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
