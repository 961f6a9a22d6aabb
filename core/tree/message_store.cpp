// SPDX-License-Identifier: GPL-3.0-or-later
#include "message_store.h"

#include <bit>
#include <cstring>

namespace borg::tree {

namespace {

quint32 tagOf(const MessageId &id)
{
    return static_cast<quint32>(MessageIdHash()(id)) | 1;
}

bool isAlive(quint32 number, quint64 first, quint64 end)
{
    return number - static_cast<quint32>(first) < static_cast<quint32>(end - first);
}

} // namespace

std::size_t MessageIdHash::operator()(const MessageId &id) const noexcept
{
    std::size_t hash;
    std::memcpy(&hash, id.bytes.data(), sizeof hash);
    return hash;
}

wire::Frame Stored::frame(const crypto::Crypto &crypto) const
{
    const quint32 next = std::min(hops + 1, net::kHopsMax);
    if (!batch)
        return {frameClass, net::withHops(head, next), attachment};
    if (!batch->tree)
        batch->tree.emplace(crypto, batch->leaves);
    net::Head alone;
    alone.hops = next;
    alone.key = batch->head.key;
    alone.signature = batch->head.signature;
    alone.path = net::BatchPath{index, batch->leaves.size(), batch->tree->path(index)};
    alone.message = message;
    return {frameClass, net::writeHead(alone), attachment};
}

void NumberIndex::put(Slot entry)
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t at = (entry.tag >> 1) & mask;
    while (m_slots[at].tag != 0)
        at = (at + 1) & mask;
    m_slots[at] = entry;
    ++m_used;
}

void NumberIndex::add(const MessageId &id, quint64 first, quint64 end)
{
    constexpr std::size_t kSlotsMin = 64;
    if (4 * m_used >= 3 * m_slots.size()) {
        const auto size
            = std::max(kSlotsMin, std::bit_ceil(static_cast<std::size_t>(end - first) * 4));
        const auto before = std::exchange(m_slots, std::vector<Slot>(size));
        m_used = 0;
        for (const Slot &slot : before) {
            if (slot.tag != 0 && isAlive(slot.number, first, end))
                put(slot);
        }
    }
    put({tagOf(id), static_cast<quint32>(end - 1)});
}

std::optional<quint64> NumberIndex::find(
    const MessageId &id, quint64 first, quint64 end, const std::function<bool(quint64)> &is) const
{
    if (m_slots.empty())
        return std::nullopt;
    const quint32 tag = tagOf(id);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t at = (tag >> 1) & mask; m_slots[at].tag != 0; at = (at + 1) & mask) {
        const quint64 number = first + (m_slots[at].number - static_cast<quint32>(first));
        if (m_slots[at].tag == tag && isAlive(m_slots[at].number, first, end) && is(number))
            return number;
    }
    return std::nullopt;
}

void MessageStore::add(Stored stored)
{
    trim(stored.at);
    if (!m_messages)
        m_messages = std::make_unique<std::deque<Stored>>();
    m_bytes += stored.sizeBytes();
    m_messages->push_back(std::move(stored));
    m_numbers.add(m_messages->back().id, m_first, m_first + m_messages->size());
}

void MessageStore::trim(Ticks now)
{
    while (m_messages && (m_bytes > m_bytesMax || now > m_messages->front().at + kKeepFor)) {
        m_bytes -= m_messages->front().sizeBytes();
        m_messages->pop_front();
        ++m_first;
        if (m_messages->empty()) {
            m_messages.reset();
            m_numbers = {};
        }
    }
}

const std::deque<Stored> &MessageStore::all() const
{
    static const std::deque<Stored> kNone;
    return m_messages ? *m_messages : kNone;
}

const Stored *MessageStore::find(const MessageId &id) const
{
    const auto &messages = all();
    const auto is = [&](quint64 number) { return messages[number - m_first].id == id; };
    const auto number = m_numbers.find(id, m_first, m_first + messages.size(), is);
    return number ? &messages[*number - m_first] : nullptr;
}

} // namespace borg::tree
