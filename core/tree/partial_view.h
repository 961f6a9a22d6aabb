// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>

#include <array>
#include <span>
#include <vector>

namespace borg::tree {

/// How far apart two ids are: the first 64 bits of their XOR (Maymounkov, Mazieres, "Kademlia",
/// 2002).
[[nodiscard]] quint64 distanceOf(const NodeId &a, const NodeId &b);

/// Whom a node keeps in sight when the network is too large to know everybody. Rules only.
///
/// Three groups, which may overlap:
/// - the *cell*: the kCell nodes nearest to it by XOR. All of a cell know each other, and how
///   dense they lie tells how many nodes there are;
/// - kUniform nodes drawn evenly from all it ever heard of: slot i keeps the one whose id has the
///   least secret hash number i (Bortnikov et al., "Brahms", 2009). Who is named often is no more
///   likely to be kept than who is named once, so liars cannot bias it but by having many keys;
/// - kPerLevel for each number of leading bits shared with it, drawn the same way: with them any
///   node is at most as many steps away as the network has bits.
class PartialView {
public:
    static constexpr std::size_t kCell = 48;
    static constexpr std::size_t kUniform = 16;
    static constexpr std::size_t kPerLevel = 2;
    static constexpr std::size_t kLevels = 20; ///< Beyond that the cell covers everything.
    static constexpr std::size_t kSlots = kUniform + kPerLevel * kLevels;
    static constexpr std::size_t kEstimateMin = 8; ///< With fewer they are simply counted.

    /// @param secret nobody else knows it.
    PartialView(const NodeId &self, quint64 secret);

    /// @return whether `id` would be kept, were it known.
    [[nodiscard]] bool wants(const NodeId &id) const;
    /// Looks at all that are known. @return for each of `ids` whether it is kept.
    std::vector<bool> choose(std::span<const NodeId> ids);
    /// @return whether it holds one of the kUniform slots, by the last choose().
    [[nodiscard]] bool isUniform(const NodeId &id) const;

    /// @return how many nodes there are, `self` among them, by how near the nearest of `ids` are:
    /// off
    ///         by 15 % (one standard deviation) when the cell is full. Whoever makes keys that lie
    ///         near `self` makes it too high.
    [[nodiscard]] static qint64 estimate(const NodeId &self, std::span<const NodeId> ids);

private:
    [[nodiscard]] quint32 lotOf(std::size_t slot, const NodeId &id) const;
    /// Calls `look(slot)` for each slot that `id` may hold.
    template <typename F>
    void eachSlot(quint64 distance, F look) const;

    const NodeId &m_self;
    const quint64 m_secret;
    quint64 m_radius; ///< Distance of the farthest of the cell.
    std::array<quint32, kSlots> m_least; ///< The lot of whoever holds the slot.
};

} // namespace borg::tree
