// SPDX-License-Identifier: GPL-3.0-or-later
#include "id_filter.h"

#include <QtEndian>

#include <algorithm>
#include <bit>
#include <numeric>

namespace borg::tree {

namespace {

std::array<quint16, IdFilter::kHashes> positionsOf(const NodeId &id)
{
    // The first 8 bytes name a node in paths, so whoever grinds ids grinds those: take others.
    std::array<quint16, IdFilter::kHashes> positions{};
    for (std::size_t i = 0; i < positions.size(); ++i)
        positions[i] = qFromBigEndian<quint16>(&id.bytes[8 + 2 * i]) % IdFilter::kBits;
    return positions;
}

} // namespace

void IdFilter::insert(const NodeId &id)
{
    for (const quint16 position : positionsOf(id))
        set(position);
}

void IdFilter::set(quint16 position)
{
    if (m_bits.isEmpty()) {
        const auto at = std::ranges::lower_bound(m_few, position);
        if (at != m_few.end() && *at == position)
            return;
        m_few.insert(at, position);
        if (m_few.size() <= kFewMax)
            return;
        m_bits = QByteArray(kBytes, '\0');
        for (const quint16 few : std::exchange(m_few, {}))
            set(few);
        return;
    }
    char &byte = m_bits.data()[position / 8];
    byte = static_cast<char>(static_cast<quint8>(byte) | 1U << position % 8);
}

bool IdFilter::has(quint16 position) const
{
    if (m_bits.isEmpty())
        return std::ranges::binary_search(m_few, position);
    return (static_cast<quint8>(m_bits.at(position / 8)) >> position % 8 & 1U) != 0;
}

void IdFilter::unite(const IdFilter &other)
{
    for (const quint16 position : other.m_few)
        set(position);
    if (other.m_bits.isEmpty())
        return;
    QByteArray bits = other.m_bits;
    if (m_bits.isEmpty()) {
        m_bits.swap(bits);
        for (const quint16 position : std::exchange(m_few, {}))
            set(position);
        return;
    }
    char *to = m_bits.data();
    for (qsizetype i = 0; i < kBytes; ++i)
        to[i] = static_cast<char>(to[i] | bits.at(i));
}

bool IdFilter::mayContain(const NodeId &id) const
{
    return std::ranges::all_of(positionsOf(id), [this](quint16 position) { return has(position); });
}

std::size_t IdFilter::count() const
{
    return std::accumulate(
        m_bits.begin(), m_bits.end(), m_few.size(), [](std::size_t sum, char byte) {
            return sum + static_cast<std::size_t>(std::popcount(static_cast<quint8>(byte)));
        });
}

QByteArray IdFilter::toBytes() const
{
    if (!m_bits.isEmpty())
        return m_bits;
    QByteArray bytes(std::ssize(m_few) * 2, '\0');
    qToBigEndian<quint16>(m_few.data(), std::ssize(m_few), bytes.data());
    return bytes;
}

Result<IdFilter> IdFilter::fromBytes(QByteArrayView bytes)
{
    const Error malformed{Errc::Malformed, QStringLiteral("not a filter")};
    IdFilter filter;
    if (bytes.size() == kBytes) {
        filter.m_bits = bytes.toByteArray();
        return filter;
    }
    if (bytes.size() % 2 != 0 || bytes.size() > qsizetype{kFewMax} * 2)
        return malformed;
    filter.m_few.resize(static_cast<std::size_t>(bytes.size() / 2));
    qFromBigEndian<quint16>(bytes.data(), bytes.size() / 2, filter.m_few.data());
    const bool isRising
        = std::ranges::adjacent_find(filter.m_few, std::greater_equal{}) == filter.m_few.end();
    if (!isRising || (!filter.m_few.empty() && filter.m_few.back() >= kBits))
        return malformed;
    return filter;
}

} // namespace borg::tree
