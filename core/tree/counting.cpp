// SPDX-License-Identifier: GPL-3.0-or-later
#include "counting.h"

namespace borg::tree {

namespace {

std::optional<MessageId> idOf(QByteArrayView bytes)
{
    MessageId id;
    if (bytes.size() != std::ssize(id.bytes))
        return std::nullopt;
    std::ranges::copy(bytes, id.bytes.begin());
    return id;
}

} // namespace

bool Counting::begin(const MessageId &id)
{
    if (m_open.size() >= kOpenMax)
        return false;
    Open &open = m_open[id];
    open.due = m_context.now() + kWithin;
    for (const auto &[peer, link] : m_links.all()) {
        if (link.isTree())
            open.waiting.push_back(peer);
    }
    m_context.wakeBy(open.waiting.empty() ? m_context.now() : open.due);
    return true;
}

void Counting::asked(const NodeId *from, const CountRequest &request, quint32 hops)
{
    const auto id = idOf(request.id);
    if (!from || !id || m_open.size() >= kOpenMax || m_open.contains(*id))
        return;
    Open &open = m_open[*id];
    open.asker = *from;
    open.due = m_context.now()
        + std::max<Ticks>(kWithinMin, kWithin - kPerHop * static_cast<qint64>(std::min(hops, 64U)));
    for (const auto &[peer, link] : m_links.all()) {
        if (link.isTree() && peer != *from)
            open.waiting.push_back(peer);
    }
    m_context.wakeBy(open.due);
    look();
}

bool Counting::hear(Link &from, const Counted &word)
{
    const auto id = idOf(word.id);
    if (!id)
        return false;
    const auto entry = m_open.find(*id);
    if (entry == m_open.end() || std::ranges::contains(entry->second.heard, from.peer.id)
        || entry->second.asker == from.peer.id)
        return true; // too late
    Open &open = entry->second;
    const auto most = static_cast<quint32>(m_nodes());
    if (word.nodes > most)
        m_context.scores.note(from.peer.id, Offence::Absurd);
    open.nodes += std::min(word.nodes, most);
    open.heard.push_back(from.peer.id); // also of one who got it by a pull
    std::erase(open.waiting, from.peer.id);
    look();
    return true;
}

void Counting::wake()
{
    look();
    for (const auto &[id, open] : m_open)
        m_context.wakeBy(open.due);
}

void Counting::look()
{
    for (auto entry = m_open.begin(); entry != m_open.end();) {
        auto &open = entry->second;
        std::erase_if(open.waiting, [this](const NodeId &peer) { return !m_links.find(peer); });
        // What is big comes only after its tree.count.
        const bool isHere = !open.asker || m_broadcast.hasSeen(entry->first);
        if ((open.waiting.empty() && isHere) || m_context.now() >= open.due) {
            finish(entry->first, open);
            entry = m_open.erase(entry);
        } else {
            ++entry;
        }
    }
}

void Counting::finish(const MessageId &id, const Open &open)
{
    const quint64 own = open.asker && m_broadcast.hasSeen(id) ? 1 : 0;
    const auto nodes = static_cast<quint32>(std::min<quint64>(open.nodes + own, m_nodes()));
    if (!open.asker)
        return m_context.act(NodesCounted{id, nodes});
    if (Link *asker = m_links.find(*open.asker))
        m_links.say(*asker,
            Counted{
                QByteArray(reinterpret_cast<const char *>(id.bytes.data()), std::ssize(id.bytes)),
                nodes});
}

} // namespace borg::tree
