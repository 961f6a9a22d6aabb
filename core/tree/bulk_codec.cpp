// SPDX-License-Identifier: GPL-3.0-or-later
#include "bulk_codec.h"

#include <base/assert.h>
#include <net/merkle.h>

#include <coding/erasure.h>
#include <cstring>

namespace borg::tree {

namespace {

constexpr qsizetype kHashBytes = sizeof(crypto::Hash);
constexpr std::size_t kGroupLevels = 4; ///< Of the hash tree: 16 chunks.

const coding::Erasure &erasure()
{
    static const auto code = coding::Erasure::make(
        {static_cast<int>(kBulkDataPerGroup), static_cast<int>(kBulkGroupChunks)});
    return *code;
}

std::vector<crypto::Hash> pathOf(const BulkLayout &layout, quint32 index, QByteArrayView record)
{
    std::vector<crypto::Hash> path(static_cast<std::size_t>(layout.pathLength(index)));
    for (auto &hash : path) {
        std::memcpy(hash.data(), record.data(), hash.size());
        record = record.sliced(kHashBytes);
    }
    return path;
}

} // namespace

std::vector<QByteArray> bulkGroup(QByteArrayView data)
{
    BORG_ASSERT(!data.isEmpty() && data.size() <= kBulkDataPerGroup * kBulkChunkBytes);
    std::vector<QByteArray> chunks;
    std::vector<const char *> from;
    std::vector<char *> to;
    for (quint32 slot = 0; slot < kBulkGroupChunks; ++slot) {
        QByteArray &chunk = chunks.emplace_back(kBulkChunkBytes, '\0');
        if (slot >= kBulkDataPerGroup) {
            to.push_back(chunk.data());
            continue;
        }
        const auto part = data.first(std::min(data.size(), kBulkChunkBytes));
        std::ranges::copy(part, chunk.begin());
        data = data.sliced(part.size());
        from.push_back(chunk.constData());
    }
    erasure().encode(from, to, kBulkChunkBytes);
    return chunks;
}

QByteArrayView bulkChunkOf(const BulkLayout &layout, quint32 index, QByteArrayView record)
{
    return record.sliced(layout.pathLength(index) * kHashBytes);
}

bool isBulkRecord(const crypto::Crypto &crypto, const BulkLayout &layout, const crypto::Hash &root,
    quint32 index, QByteArrayView record)
{
    if (index >= layout.chunks() || record.size() != layout.recordBytes(index))
        return false;
    const auto path = pathOf(layout, index, record);
    const auto leaf = crypto.hash(bulkChunkOf(layout, index, record));
    return net::merkleRootOf(crypto, leaf, index, layout.chunks(), path) == root;
}

QByteArray bulkRecord(std::span<const crypto::Hash> path, QByteArrayView chunk)
{
    QByteArray record;
    record.reserve(std::ssize(path) * kHashBytes + chunk.size());
    for (const auto &hash : path)
        record.append(QByteArrayView(hash));
    record.append(chunk);
    return record;
}

Result<BulkRebuilt> rebuildBulkGroup(const crypto::Crypto &crypto, const BulkLayout &layout,
    const crypto::Hash &root, quint32 group, const BulkGroupRecords &records)
{
    const quint32 first = group * kBulkGroupChunks;
    std::vector<QByteArray> chunks(kBulkGroupChunks);
    std::vector<coding::Erasure::Present> present;
    std::vector<coding::Erasure::Wanted> wanted;
    std::vector<crypto::Hash> above; ///< The way of the whole group.
    BulkRebuilt rebuilt;
    for (quint32 slot = 0; slot < kBulkGroupChunks; ++slot) {
        const QByteArray &record = records[slot];
        QByteArray &chunk = chunks[slot];
        chunk = QByteArray(kBulkChunkBytes, '\0');
        if (!record.isEmpty() && !isBulkRecord(crypto, layout, root, first + slot, record)) {
            rebuilt.damaged.push_back(first + slot);
        } else if (!record.isEmpty()) {
            chunk = bulkChunkOf(layout, first + slot, record).toByteArray();
            const auto path = pathOf(layout, first + slot, record);
            above.assign(path.begin() + kGroupLevels, path.end());
        } else if (!layout.isPadding(first + slot)) {
            wanted.push_back({static_cast<int>(slot), chunk.data()});
            continue;
        }
        present.push_back({static_cast<int>(slot), chunk.constData()});
    }
    if (!rebuilt.damaged.empty())
        return rebuilt;
    if (auto done = erasure().rebuild(present, wanted, kBulkChunkBytes); !done)
        return done.error();

    std::vector<crypto::Hash> leaves;
    for (const QByteArray &chunk : chunks)
        leaves.push_back(crypto.hash(chunk));
    const net::MerkleTree tree(crypto, leaves);
    const auto top = net::merkleRoot(crypto, leaves);
    // A group is a whole subtree: its root goes up as a leaf of the groups would.
    if (net::merkleRootOf(crypto, top, group, layout.groups(), above) != root) {
        rebuilt.isContradictory = true;
        return rebuilt;
    }
    for (const auto &shard : wanted) {
        const auto slot = static_cast<std::size_t>(shard.index);
        auto path = tree.path(slot);
        path.insert(path.end(), above.begin(), above.end());
        rebuilt.records[slot] = bulkRecord(path, chunks[slot]);
    }
    return rebuilt;
}

} // namespace borg::tree
