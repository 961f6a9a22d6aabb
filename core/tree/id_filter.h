// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>

#include <QByteArray>

#include <vector>

namespace borg::tree {

/// A Bloom filter of node ids: 8192 bits, 8 hashes, as Yggdrasil 0.5 has for the same purpose. Ids
/// are hashes, so parts of them are the positions.
///
/// 850 ids give 1 % of false answers, 10,000 fill it: then the levels below, which hold less each,
/// tell. A few ids are kept as positions: most nodes have nobody below.
class IdFilter {
public:
    static constexpr quint32 kBits = 8192;
    static constexpr std::size_t kHashes = 8;
    static constexpr std::size_t kFewMax = 256; ///< Positions; more are kept as bits.
    static constexpr qsizetype kBytes = kBits / 8;

    void insert(const NodeId &id);
    void unite(const IdFilter &other);
    [[nodiscard]] bool mayContain(const NodeId &id) const;
    /// @return how many bits are set.
    [[nodiscard]] std::size_t count() const;

    /// Positions of 2 bytes in rising order, or kBytes of bits.
    [[nodiscard]] QByteArray toBytes() const;
    /// @return the filter, or Malformed.
    [[nodiscard]] static Result<IdFilter> fromBytes(QByteArrayView bytes);

    friend bool operator==(const IdFilter &, const IdFilter &) = default;

private:
    void set(quint16 position);
    [[nodiscard]] bool has(quint16 position) const;

    std::vector<quint16> m_few; ///< In rising order.
    QByteArray m_bits; ///< Instead of m_few when not empty.
};

} // namespace borg::tree
