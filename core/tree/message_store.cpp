// SPDX-License-Identifier: GPL-3.0-or-later
#include "message_store.h"

#include <net/merkle.h>

#include <cstring>

namespace borg::tree {

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
    net::Head alone;
    alone.hops = next;
    alone.key = batch->head.key;
    alone.signature = batch->head.signature;
    alone.path = net::BatchPath{
        index, batch->leaves.size(), net::merklePath(crypto, batch->leaves, index)};
    alone.message = message;
    return {frameClass, net::writeHead(alone), attachment};
}

void MessageStore::add(Stored stored)
{
    trim(stored.at);
    m_bytes += stored.sizeBytes();
    m_numbers.emplace(stored.id, m_first + m_messages.size());
    m_messages.push_back(std::move(stored));
}

void MessageStore::trim(Ticks now)
{
    while (
        !m_messages.empty() && (m_bytes > m_bytesMax || now > m_messages.front().at + kKeepFor)) {
        m_bytes -= m_messages.front().sizeBytes();
        m_numbers.erase(m_messages.front().id);
        m_messages.pop_front();
        ++m_first;
    }
}

const Stored *MessageStore::find(const MessageId &id) const
{
    const auto number = m_numbers.find(id);
    return number == m_numbers.end() ? nullptr : &m_messages[number->second - m_first];
}

} // namespace borg::tree
