// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QHashFunctions>

#include <array>

namespace borg::store {

/// Which hash stands under the tree of a shard or manifest.
enum class HashCode : quint8 { Blake3 = 1, Sha256 = 2 };

/// The name of a shard: a hash code and the root of the hash tree over its bytes. Shown as 66
/// hexadecimal digits.
struct ShardId {
    std::array<quint8, 33> bytes{}; ///< bytes[0] is the HashCode.

    [[nodiscard]] HashCode code() const { return HashCode{bytes[0]}; }
    [[nodiscard]] QString text() const;
    /// @return the id, or Malformed (not 66 lower-case hexadecimal digits, or an unknown code).
    [[nodiscard]] static Result<ShardId> fromText(QStringView text);

    friend bool operator==(const ShardId &, const ShardId &) = default;
    friend auto operator<=>(const ShardId &, const ShardId &) = default;
    friend size_t qHash(const ShardId &id, size_t seed = 0) noexcept
    {
        return qHashBits(id.bytes.data(), id.bytes.size(), seed);
    }
};

/// For std::unordered_map: the id is a hash already.
struct ShardIdHash {
    std::size_t operator()(const ShardId &id) const noexcept
    {
        std::size_t value;
        static_assert(sizeof value <= 32);
        std::copy_n(id.bytes.data() + 1, sizeof value, reinterpret_cast<quint8 *>(&value));
        return value;
    }
};

} // namespace borg::store
