// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <memory>
#include <span>
#include <vector>

namespace borg::coding {

/// An erasure code: any k of n shards give the whole back.
struct Code {
    int k = 0;
    int n = 0;

    friend bool operator==(const Code &, const Code &) = default;
};

inline constexpr int kDataShardsMax = 64; ///< The largest k.
inline constexpr int kShardsMax = 128; ///< The largest n.

/// Reed-Solomon over GF(2^8) with a Cauchy matrix: shards 0 to k-1 are the data as it is, k to n-1
/// the parity. The same input gives the same shards on every computer, so that a rebuilt shard
/// has its old id. Row r, column c of the parity matrix is 1 / (r ^ c), polynomial 0x11d, as ISA-L
/// makes it; for k = 1 it is 1 / (r + 1), so that no two shards are equal.
///
/// Immutable: const calls may come from many threads at once, and copies share the tables.
class Erasure {
public:
    /// @return the code, or Malformed: not 1 <= k <= kDataShardsMax, k <= n <= kShardsMax.
    [[nodiscard]] static Result<Erasure> make(const Code &code);

    [[nodiscard]] const Code &code() const;

    /// Fills the parity shards from the data shards.
    /// @pre data.size() == k, parity.size() == n - k, all of `bytes` bytes and apart
    void encode(
        std::span<const char *const> data, std::span<char *const> parity, qsizetype bytes) const;

    /// A shard that is there: its index and where its bytes are.
    struct Present {
        int index = 0;
        const char *bytes = nullptr;
    };
    /// A shard that is wanted, and where it goes.
    struct Wanted {
        int index = 0;
        char *bytes = nullptr;
    };
    /// Computes any shards, data or parity, from any k others; which k of more does not matter.
    /// @return Done, or Malformed: an index is outside 0..n-1 or comes twice among the present, or
    ///         fewer than k are present.
    Result<Done> rebuild(
        std::span<const Present> present, std::span<const Wanted> wanted, qsizetype bytes) const;

private:
    struct Tables;
    explicit Erasure(std::shared_ptr<const Tables> tables);

    std::shared_ptr<const Tables> m_tables;
};

} // namespace borg::coding
