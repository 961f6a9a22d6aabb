// SPDX-License-Identifier: GPL-3.0-or-later
#include "merkle.h"

#include <base/assert.h>

#include <algorithm>

namespace borg::net {

namespace {

crypto::Hash parentOf(
    const crypto::Crypto &crypto, const crypto::Hash &left, const crypto::Hash &right)
{
    std::array<quint8, 65> bytes;
    bytes[0] = 1;
    std::ranges::copy(left, bytes.begin() + 1);
    std::ranges::copy(right, bytes.begin() + 33);
    return crypto.hash(QByteArrayView(bytes));
}

/// Replaces a row by the one above it.
void climb(const crypto::Crypto &crypto, std::vector<crypto::Hash> &row)
{
    const std::size_t pairs = row.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i)
        row[i] = parentOf(crypto, row[2 * i], row[2 * i + 1]);
    if (row.size() % 2 == 1)
        row[pairs] = row.back();
    row.resize(pairs + row.size() % 2);
}

} // namespace

crypto::Hash merkleRoot(const crypto::Crypto &crypto, std::span<const crypto::Hash> leaves)
{
    BORG_ASSERT(!leaves.empty());
    std::vector<crypto::Hash> row(leaves.begin(), leaves.end());
    while (row.size() > 1)
        climb(crypto, row);
    return row.front();
}

MerkleTree::MerkleTree(const crypto::Crypto &crypto, std::span<const crypto::Hash> leaves)
{
    BORG_ASSERT(!leaves.empty());
    m_rows.emplace_back(leaves.begin(), leaves.end());
    while (m_rows.back().size() > 1) {
        auto above = m_rows.back();
        climb(crypto, above);
        m_rows.push_back(std::move(above));
    }
}

std::vector<crypto::Hash> MerkleTree::path(std::size_t index) const
{
    BORG_ASSERT(index < m_rows.front().size());
    std::vector<crypto::Hash> path;
    for (const auto &row : m_rows) {
        if ((index ^ 1) < row.size())
            path.push_back(row[index ^ 1]);
        index /= 2;
    }
    return path;
}

std::vector<crypto::Hash> merklePath(
    const crypto::Crypto &crypto, std::span<const crypto::Hash> leaves, std::size_t index)
{
    return MerkleTree(crypto, leaves).path(index);
}

std::optional<crypto::Hash> merkleRootOf(const crypto::Crypto &crypto, const crypto::Hash &leaf,
    std::size_t index, std::size_t count, std::span<const crypto::Hash> path)
{
    if (index >= count)
        return std::nullopt;
    crypto::Hash node = leaf;
    for (; count > 1; index /= 2, count = (count + 1) / 2) {
        if ((index ^ 1) >= count)
            continue;
        if (path.empty())
            return std::nullopt;
        node = index % 2 == 0 ? parentOf(crypto, node, path.front())
                              : parentOf(crypto, path.front(), node);
        path = path.subspan(1);
    }
    if (!path.empty())
        return std::nullopt;
    return node;
}

} // namespace borg::net
