// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bulk_memory.h"
#include "byzantine_nodes.h"

namespace borg::sim {

/// A tree whose nodes take big objects.
class BulkWorld : public TreeWorld {
public:
    explicit BulkWorld(quint64 seed, qsizetype sizeBytes, const LinkFaults &faults = {})
        : TreeWorld(seed, faults)
        , file(makeBulkFile(sizeBytes, seed))
    {
        config.bulkBytesMax = tree::kBulkBytesMax;
    }
    ~BulkWorld() { nodes.clear(); }

    TreeWorldNode &addBulk(quint32 number)
    {
        auto &node = add(number);
        spools[number] = std::make_unique<BulkMemory>(clock, &file);
        node.node.setBulkSpool(spools[number].get());
        return node;
    }
    /// Node 0 makes the tree; the others join it through some of the first ones.
    void joinBulk(quint32 count)
    {
        addBulk(0).node.start({}, {});
        for (quint32 number = 1; number < count; ++number)
            addBulk(number).node.start(someSeeds(number), {});
        clock.advance(std::chrono::seconds(8));
    }
    std::vector<net::Peer> someSeeds(quint32 number)
    {
        std::vector<net::Peer> seeds;
        for (int i = 0; i < 3; ++i)
            seeds.push_back(peer(rng.below(std::min(number, 8U))));
        return seeds;
    }
    tree::BulkId publish(quint32 source)
    {
        auto &node = nodes.at(source)->node;
        const auto object = node.publishBulk(
            QStringLiteral("release"), file.layout.sizeBytes(), file.root, std::chrono::hours(1));
        BORG_ASSERT(object.ok());
        auto &held = spools[source]->held[object->id];
        held.about = *object;
        tree::BulkBits bits(file.layout.chunks());
        for (quint32 index = 0; index < file.layout.chunks(); ++index) {
            bits.set(index);
            if (!file.layout.isPadding(index))
                held.records[index] = file.records[index];
        }
        node.resumeBulk(object->head, bits);
        return object->id;
    }
    void kill(quint32 number)
    {
        spools.erase(number);
        TreeWorld::kill(number);
    }
    [[nodiscard]] std::optional<tree::BulkStatus> statusOf(
        quint32 number, const tree::BulkId &id) const
    {
        for (auto &status : nodes.at(number)->node.bulks()) {
            if (status.id == id)
                return status;
        }
        return std::nullopt;
    }
    /// @return how many living nodes have not all of it.
    [[nodiscard]] int incomplete(const tree::BulkId &id) const
    {
        return static_cast<int>(std::ranges::count_if(nodes, [&](const auto &entry) {
            const auto status = statusOf(entry.first, id);
            return !status || !status->isWhole;
        }));
    }
    /// @return how many living nodes would save other bytes than those that were sent.
    [[nodiscard]] int wrong(const tree::BulkId &id) const
    {
        return static_cast<int>(std::ranges::count_if(nodes,
            [&](const auto &entry) { return spools.at(entry.first)->bytes(id) != file.bytes; }));
    }
    /// @return the most that one of them sent, in sizes of the object.
    [[nodiscard]] double mostSent(const tree::BulkId &id) const
    {
        quint64 most = 0;
        for (const auto &[number, node] : nodes) {
            if (const auto status = statusOf(number, id))
                most = std::max(most, status->sentBytes);
        }
        return static_cast<double>(most) / static_cast<double>(file.layout.sizeBytes());
    }

    /// As a source that lies: its hashes are right, its parity belongs to other bytes.
    void falsifyParity() { file = makeBulkFile(file.bytes.size(), 99, Parity::Wrong); }

    BulkFile file;
    std::map<quint32, std::unique_ptr<BulkMemory>> spools; // the nodes go first
};

} // namespace borg::sim
