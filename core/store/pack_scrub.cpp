// SPDX-License-Identifier: GPL-3.0-or-later
#include "pack_store_impl.h"

#include <base/sleep.h>
#include <disk/on_executor.h>

#include <algorithm>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kChunkBytes = 4LL * 1024 * 1024;
constexpr int kReadAttempts = 2;
constexpr int kUnreadableInRowMax = 8; ///< More is not a bad sector but a bad disk.

struct Place {
    ShardId id;
    Location at;
    qint64 bytes;
    quint64 secret;
    QString file;
};

/// @return Done, Malformed (spoilt) or Storage (unreadable, even on the second try).
Result<Done> check(disk::Disk &disk, const Place &place, const ScrubOptions &options)
{
    for (int attempt = 1;; ++attempt) {
        auto record
            = disk.read(place.file, place.at.block * kBlockBytes, kRecordHeaderBytes + place.bytes);
        if (!record && attempt < kReadAttempts)
            continue;
        if (!record)
            return Error{Errc::Storage, record.error().detail};
        const auto shard = checkedShard(*std::move(record), place.secret, place.id);
        if (!shard)
            return shard.error();
        if (options.verify && !options.verify(place.id, *shard))
            return Error{Errc::Malformed, u"the bytes are not those of the id"_s};
        return Done{};
    }
}

} // namespace

QCoro::Task<Result<ScrubReport>> PackStore::Impl::scrub(ScrubOptions options)
{
    if (m_isScrubbing)
        co_return Error{Errc::Conflict, u"scrubbing is running"_s};
    if (m_state == PackState::Opening)
        co_return Error{Errc::Storage, u"the pack store is not open"_s};
    m_isScrubbing = true;
    auto result = co_await scrubAll(std::move(options));
    m_isScrubbing = false;
    co_return result;
}

QCoro::Task<Result<ScrubReport>> PackStore::Impl::scrubAll(ScrubOptions options)
{
    // In the order of the disk. An entry may belong to another shard when its turn comes; then
    // that one is checked.
    std::vector<std::pair<Location, quint32>> order;
    order.reserve(static_cast<std::size_t>(index().count()));
    for (quint32 i = 0; i < index().entries().size(); ++i) {
        if (index().entries()[i].bytes > 0)
            order.emplace_back(index().entries()[i].at, i);
    }
    std::ranges::sort(order);

    ScrubReport report;
    int unreadableInRow = 0;
    for (std::size_t next = 0; next < order.size();) {
        const Ticks started = m_scope.clock().now();
        const auto places = std::make_shared<std::vector<Place>>();
        qint64 bytes = 0;
        for (; next < order.size() && bytes < kChunkBytes; ++next) {
            const auto &entry = index().entries()[order[next].second];
            if (entry.bytes == 0)
                continue;
            places->push_back({entry.id, entry.at, entry.bytes,
                m_book.packs().at(entry.at.pack).secret, path(entry.at.pack)});
            bytes += entry.bytes;
        }
        using Checks = std::vector<Result<Done>>;
        const auto checks = co_await disk::OnExecutor<Checks>(
            m_scope, m_executor, [&disk = m_disk, places, options] {
                Checks all;
                for (const Place &place : *places)
                    all.push_back(check(disk, place, options));
                return all;
            });
        for (std::size_t i = 0; i < checks.size(); ++i) {
            const Place &place = (*places)[i];
            const auto *const entry = index().find(place.id);
            if (!entry || entry->at != place.at)
                continue; // removed or moved meanwhile
            ++report.checkedCount;
            report.checkedBytes += place.bytes;
            const bool isUnreadable = !checks[i] && checks[i].error().code == Errc::Storage;
            unreadableInRow = isUnreadable ? unreadableInRow + 1 : 0;
            if (unreadableInRow > kUnreadableInRowMax)
                co_return checks[i].error();
            if (checks[i])
                continue;
            const QString reason = checks[i].error().detail;
            report.damaged.push_back({place.id, index().metaOf(*entry), entry->bytes, reason});
            drop(place.id, place.at, reason);
        }
        if (options.bytesPerSecond <= 0)
            continue;
        const Ticks share{bytes * 1'000'000 / options.bytesPerSecond};
        const Ticks busy = m_scope.clock().now() - started;
        if (const auto slept = co_await Sleep(m_scope, std::max(share - busy, Ticks{0})); !slept)
            co_return slept.error();
    }
    co_return report;
}

} // namespace borg::store
