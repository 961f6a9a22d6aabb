// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/merkle.h>
#include <sim/sim_clock.h>
#include <sim/sim_crypto.h>
#include <sim/sim_rng.h>
#include <tree/bulk_codec.h>
#include <tree/bulk_spool.h>

#include <map>

namespace borg::sim {

/// A big object, cut and hashed, and every record of it once: all spools of a world share them.
struct BulkFile {
    QByteArray bytes;
    tree::BulkLayout layout{1};
    crypto::Hash root{};
    std::vector<QByteArray> records; ///< Empty where there is padding.
};

enum class Parity : quint8 { Right, Wrong };

inline BulkFile makeBulkFile(qsizetype sizeBytes, quint64 seed, Parity parity = Parity::Right)
{
    using namespace tree;
    BulkFile file;
    SimRng rng(seed);
    file.bytes.resize(sizeBytes);
    for (char &byte : file.bytes)
        byte = static_cast<char>(rng.bits());
    file.layout = BulkLayout(sizeBytes);
    const SimCrypto crypto(NodeId{{1}}, 42);
    std::vector<QByteArray> chunks;
    std::vector<crypto::Hash> leaves;
    const qsizetype groupBytes = kBulkDataPerGroup * kBulkChunkBytes;
    for (qsizetype at = 0; at < sizeBytes; at += groupBytes) {
        for (auto &chunk : bulkGroup(
                 QByteArrayView(file.bytes).sliced(at, std::min(groupBytes, sizeBytes - at)))) {
            if (parity == Parity::Wrong && chunks.size() % kBulkGroupChunks >= kBulkDataPerGroup)
                chunk[17] = static_cast<char>(chunk[17] ^ 1);
            leaves.push_back(crypto.hash(chunk));
            chunks.push_back(std::move(chunk));
        }
    }
    const net::MerkleTree tree(crypto, leaves);
    file.root = net::merkleRoot(crypto, leaves);
    for (quint32 index = 0; index < file.layout.chunks(); ++index)
        file.records.push_back(file.layout.isPadding(index)
                ? QByteArray()
                : bulkRecord(tree.path(index), chunks[index]));
    return file;
}

/// A spool in memory. Answers come a millisecond later.
class BulkMemory final : public tree::BulkSpool {
public:
    BulkMemory(SimClock &clock, const BulkFile *shared)
        : m_clock(clock)
        , m_shared(shared)
    {
    }
    ~BulkMemory() override
    {
        for (const auto timer : m_timers)
            m_clock.cancel(timer);
    }

    struct Held {
        tree::BulkObject about;
        std::map<quint32, QByteArray> records;
    };

    void open(const tree::BulkObject &object) override { held[object.id].about = object; }
    void store(const tree::BulkId &id, quint32 index, const QByteArray &record,
        std::function<void(bool)> answer) override
    {
        later([=, this] {
            if (isFull || !held.contains(id))
                return answer(false);
            held[id].records[index] = shared(index, record);
            answer(true);
        });
    }
    void load(const tree::BulkId &id, quint32 index,
        std::function<void(std::optional<QByteArray>)> answer) override
    {
        later([=, this] {
            const auto object = held.find(id);
            if (object == held.end() || !object->second.records.contains(index))
                return answer(std::nullopt);
            answer(object->second.records.at(index));
        });
    }
    void rebuild(const tree::BulkId &id, quint32 group,
        std::function<void(const tree::BulkGroupDone &)> answer) override
    {
        using Outcome = tree::BulkGroupDone::Outcome;
        later([=, this] {
            if (!held.contains(id))
                return answer({id, group, Outcome::Failed, {}});
            auto &object = held[id];
            tree::BulkGroupRecords records;
            const quint32 first = group * tree::kBulkGroupChunks;
            for (quint32 slot = 0; slot < tree::kBulkGroupChunks; ++slot) {
                if (const auto record = object.records.find(first + slot);
                    record != object.records.end())
                    records[slot] = record->second;
            }
            const SimCrypto crypto(NodeId{{1}}, 42);
            auto rebuilt = tree::rebuildBulkGroup(
                crypto, object.about.layout, object.about.root, group, records);
            if (!rebuilt)
                return answer({id, group, Outcome::Failed, {}});
            if (rebuilt->isContradictory)
                return answer({id, group, Outcome::Contradictory, {}});
            for (quint32 slot = 0; slot < tree::kBulkGroupChunks; ++slot) {
                if (!rebuilt->records[slot].isEmpty())
                    object.records[first + slot] = shared(first + slot, rebuilt->records[slot]);
            }
            answer({id, group, rebuilt->damaged.empty() ? Outcome::Whole : Outcome::Damaged,
                rebuilt->damaged});
        });
    }
    void remove(const tree::BulkId &id) override { held.erase(id); }

    /// All bytes of an object as they would be saved; empty when one is missing.
    [[nodiscard]] QByteArray bytes(const tree::BulkId &id) const
    {
        const auto object = held.find(id);
        if (object == held.end())
            return {};
        const auto &layout = object->second.about.layout;
        QByteArray all;
        for (quint32 number = 0; number < layout.dataChunks(); ++number) {
            const quint32 index = tree::BulkLayout::indexOfData(number);
            const auto record = object->second.records.find(index);
            if (record == object->second.records.end())
                return {};
            all.append(tree::bulkChunkOf(layout, index, record->second));
        }
        return all.first(layout.sizeBytes());
    }

    std::map<tree::BulkId, Held> held;
    bool isFull = false; ///< The disk takes nothing.

private:
    [[nodiscard]] QByteArray shared(quint32 index, const QByteArray &record) const
    {
        return m_shared && index < m_shared->records.size() && m_shared->records[index] == record
            ? m_shared->records[index]
            : record;
    }
    void later(std::function<void()> what)
    {
        m_timers.push_back(m_clock.after(std::chrono::milliseconds(1), std::move(what)));
        if (m_timers.size() > 4096) // they fire in order
            m_timers.erase(m_timers.begin(), m_timers.begin() + 2048);
    }

    SimClock &m_clock;
    const BulkFile *m_shared;
    std::vector<Clock::TimerId> m_timers;
};

} // namespace borg::sim
