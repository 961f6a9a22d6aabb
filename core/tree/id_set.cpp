// SPDX-License-Identifier: GPL-3.0-or-later
#include "id_set.h"

#include <QHashFunctions>

namespace borg::tree {

namespace {
constexpr std::size_t kSlotsMin = 64; // a power of two, as all sizes
} // namespace

std::size_t IdSet::Generation::slotOf(const MessageId &id) const
{
    std::size_t slot = qHashBits(id.bytes.data(), id.bytes.size(), salt);
    const std::size_t mask = slots.size() - 1;
    for (slot &= mask; slots[slot] != MessageId{} && slots[slot] != id; slot = (slot + 1) & mask) {
    }
    return slot;
}

bool IdSet::Generation::contains(const MessageId &id) const
{
    return !slots.empty() && slots[slotOf(id)] == id;
}

void IdSet::Generation::insert(const MessageId &id)
{
    if (2 * (count + 1) > slots.size())
        grow();
    MessageId &slot = slots[slotOf(id)];
    if (slot != id)
        ++count;
    slot = id;
}

void IdSet::Generation::grow()
{
    const auto before
        = std::exchange(slots, std::vector<MessageId>(std::max(kSlotsMin, 2 * slots.size())));
    for (const auto &id : before) {
        if (id != MessageId{})
            slots[slotOf(id)] = id;
    }
}

bool IdSet::contains(const MessageId &id) const
{
    return m_young.contains(id) || m_old.contains(id);
}

void IdSet::insert(const MessageId &id, Ticks now)
{
    if (m_young.count >= kGenerationMax || now >= m_youngSince + kGenerationSpan) {
        m_old = std::exchange(m_young, {m_young.salt, {}, 0});
        m_youngSince = now;
    }
    m_young.insert(id);
}

void IdSet::sweep(Ticks now)
{
    if (now < m_youngSince + kGenerationSpan)
        return;
    m_old = std::exchange(m_young, {m_young.salt, {}, 0});
    m_youngSince = now;
}

} // namespace borg::tree
