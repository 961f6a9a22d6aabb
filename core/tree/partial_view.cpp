// SPDX-License-Identifier: GPL-3.0-or-later
#include "partial_view.h"

#include <QtEndian>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace borg::tree {

namespace {
constexpr quint64 kFar = std::numeric_limits<quint64>::max();
constexpr quint32 kNobody = std::numeric_limits<quint32>::max();
} // namespace

quint64 distanceOf(const NodeId &a, const NodeId &b)
{
    return qFromBigEndian<quint64>(a.bytes.data()) ^ qFromBigEndian<quint64>(b.bytes.data());
}

PartialView::PartialView(const NodeId &self, quint64 secret)
    : m_self(self)
    , m_secret(secret)
    , m_radius(kFar)
{
    m_least.fill(kNobody);
}

quint32 PartialView::lotOf(std::size_t slot, const NodeId &id) const
{
    // SplitMix64 over bytes that do not place the node: its neighbours share the first ones.
    quint64 value = (qFromBigEndian<quint64>(&id.bytes[24]) ^ m_secret) + slot * 0x9e3779b97f4a7c15;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return static_cast<quint32>((value ^ value >> 31) >> 33); // never kNobody
}

template <typename F>
void PartialView::eachSlot(quint64 distance, F look) const
{
    for (std::size_t slot = 0; slot < kUniform; ++slot)
        look(slot);
    const auto level = static_cast<std::size_t>(std::countl_zero(distance));
    for (std::size_t i = 0; level < kLevels && i < kPerLevel; ++i)
        look(kUniform + level * kPerLevel + i);
}

bool PartialView::wants(const NodeId &id) const
{
    const quint64 distance = distanceOf(m_self, id);
    bool isWanted = distance < m_radius;
    eachSlot(distance, [&](std::size_t slot) { isWanted |= lotOf(slot, id) < m_least[slot]; });
    return isWanted;
}

bool PartialView::isUniform(const NodeId &id) const
{
    for (std::size_t slot = 0; slot < kUniform; ++slot) {
        if (lotOf(slot, id) == m_least[slot])
            return true;
    }
    return false;
}

std::vector<bool> PartialView::choose(std::span<const NodeId> ids)
{
    std::vector<quint64> distances;
    distances.reserve(ids.size());
    std::ranges::transform(ids, std::back_inserter(distances),
        [this](const NodeId &id) { return distanceOf(m_self, id); });
    m_radius = kFar;
    if (ids.size() >= kCell) {
        auto order = distances;
        std::ranges::nth_element(order, order.begin() + kCell - 1);
        m_radius = order[kCell - 1];
    }
    std::array<std::size_t, kSlots> holders{};
    m_least.fill(kNobody);
    for (std::size_t at = 0; at < ids.size(); ++at) {
        eachSlot(distances[at], [&](std::size_t slot) {
            if (const quint32 lot = lotOf(slot, ids[at]); lot < m_least[slot]) {
                m_least[slot] = lot;
                holders[slot] = at;
            }
        });
    }
    std::vector<bool> isKept(ids.size());
    for (std::size_t at = 0; at < ids.size(); ++at)
        isKept[at] = distances[at] <= m_radius;
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
        if (m_least[slot] != kNobody)
            isKept[holders[slot]] = true;
    }
    return isKept;
}

qint64 PartialView::estimate(const NodeId &self, std::span<const NodeId> ids)
{
    const auto count = static_cast<qint64>(ids.size());
    if (ids.size() < kEstimateMin)
        return count + 1;
    const std::size_t rank = std::min(ids.size(), kCell);
    std::vector<quint64> distances;
    std::ranges::transform(
        ids, std::back_inserter(distances), [&](const NodeId &id) { return distanceOf(self, id); });
    std::ranges::nth_element(distances, distances.begin() + static_cast<qptrdiff>(rank) - 1);
    // Distances are even over 2^64: without bias, the k-th least of n lies at k / n (order
    // statistics; k - 1 makes the inverse unbiased).
    const double share = std::ldexp(static_cast<double>(distances[rank - 1]) + 1, -64);
    const double nodes = static_cast<double>(rank - 1) / share;
    return std::max(count, static_cast<qint64>(std::min(nodes, 1e15))) + 1;
}

} // namespace borg::tree
