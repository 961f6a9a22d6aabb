// SPDX-License-Identifier: GPL-3.0-or-later
#include "address_book.h"

namespace borg::tree {

void AddressBook::add(const net::Peer &peer, Rank rank)
{
    if (peer.id == m_context.self || peer.endpoint.port == 0 || peer.endpoint.host.isEmpty())
        return;
    const bool isFull = m_entries.size() >= (m_isCalm ? kCalmEntriesMax : kEntriesMax);
    if (isFull && !m_entries.contains(peer.id)) {
        if (m_isCalm)
            calm();
        if (m_entries.size() >= kEntriesMax)
            makeRoom();
    }
    const auto [entry, isNew] = m_entries.try_emplace(peer.id, Entry{.peer = peer, .rank = rank});
    if (isNew)
        return;
    entry->second.rank = std::min(entry->second.rank, rank);
    if (entry->second.peer.endpoint != peer.endpoint) {
        entry->second.peer = peer;
        entry->second.failures = 0;
        entry->second.retryAt = Ticks{0};
    }
}

void AddressBook::add(const Contact &contact, Rank rank)
{
    if (contact.port <= 65'535)
        add({contact.id, {contact.host, static_cast<quint16>(contact.port)}}, rank);
}

void AddressBook::addUnknown(const net::Endpoint &endpoint)
{
    m_unknown.push_back({endpoint, {}});
}

std::size_t AddressBook::dial(std::size_t most, Rank worst)
{
    std::size_t count = 0;
    for (auto &[endpoint, entry] : m_unknown) {
        if (count == most || isWaiting(entry))
            continue;
        entry.dialledAt = m_context.now();
        m_context.act(DialUnknown{endpoint});
        ++count;
    }
    std::vector<std::pair<std::pair<Rank, quint32>, Entry *>> order;
    for (auto &[id, entry] : m_entries) {
        if (entry.rank <= worst && !isWaiting(entry) && !m_links.find(id)
            && !m_context.scores.isRefused(id))
            order.push_back({{entry.rank, m_context.rng.bits()}, &entry});
    }
    std::ranges::sort(order, {}, &decltype(order)::value_type::first);
    for (auto &[key, entry] : order) {
        if (count == most)
            break;
        entry->dialledAt = m_context.now();
        entry->isAside = false;
        m_context.act(Dial{entry->peer});
        ++count;
    }
    return count;
}

void AddressBook::dialAside(const net::Peer &peer)
{
    add(peer, Rank::Known);
    const auto entry = m_entries.find(peer.id);
    if (entry == m_entries.end() || isWaiting(entry->second) || m_links.find(peer.id)
        || m_context.scores.isRefused(peer.id))
        return;
    entry->second.dialledAt = m_context.now();
    entry->second.isAside = true;
    m_context.act(Dial{entry->second.peer});
}

void AddressBook::calm()
{
    m_isCalm = true;
    std::vector<std::pair<std::pair<Rank, quint32>, NodeId>> order;
    for (auto &[id, entry] : m_entries) {
        entry.rank = std::max(entry.rank, Rank::Seed);
        if (!isDialling(id))
            order.push_back({{entry.rank, m_context.rng.bits()}, id});
    }
    if (order.size() <= kCalmMax)
        return;
    std::ranges::sort(order);
    for (const auto &[rank, id] : std::span(order).subspan(kCalmMax))
        m_entries.erase(id);
}

bool AddressBook::isWaiting(const Entry &entry) const
{
    return entry.retryAt > m_context.now()
        || (entry.dialledAt && m_context.now() < *entry.dialledAt + kDialMax);
}

bool AddressBook::isDialling(const NodeId &id) const
{
    const auto entry = m_entries.find(id);
    return entry != m_entries.end() && entry->second.dialledAt
        && m_context.now() < *entry->second.dialledAt + kDialMax;
}

std::size_t AddressBook::diallingCount() const
{
    const auto isOpen = [this](const Entry &entry) {
        return entry.dialledAt && !entry.isAside && m_context.now() < *entry.dialledAt + kDialMax;
    };
    return static_cast<std::size_t>(std::ranges::count_if(m_entries, [&](const auto &e) {
        return isOpen(e.second);
    }) + std::ranges::count_if(m_unknown, [&](const auto &u) { return isOpen(u.entry); }));
}

Ticks AddressBook::nextDial() const
{
    Ticks next = Ticks::max();
    const auto look = [&](const Entry &entry) {
        next = std::min(next, entry.dialledAt ? *entry.dialledAt + kDialMax : entry.retryAt);
    };
    for (const auto &[id, entry] : m_entries) {
        if (!m_links.find(id) && !m_context.scores.isRefused(id))
            look(entry);
    }
    for (const auto &unknown : m_unknown)
        look(unknown.entry);
    return next;
}

std::optional<Ticks> AddressBook::linkUp(const net::Peer &peer)
{
    std::optional<Ticks> took;
    if (const auto entry = m_entries.find(peer.id); entry != m_entries.end()) {
        if (entry->second.dialledAt)
            took = m_context.now() - *entry->second.dialledAt;
        entry->second.dialledAt.reset();
        entry->second.failures = 0;
        if (entry->second.rank == Rank::Now)
            entry->second.rank = Rank::Known; // once: it is not dialled again for that reason
    }
    // Whoever answered there is known from here on, by its id.
    if (std::erase_if(m_unknown, [&](const Unknown &u) { return u.endpoint == peer.endpoint; }) > 0)
        add(peer, Rank::Seed);
    return took;
}

void AddressBook::linkDown(const NodeId &id)
{
    if (const auto entry = m_entries.find(id); entry != m_entries.end())
        failed(entry->second);
}

void AddressBook::dialFailed(const net::Endpoint &endpoint)
{
    for (auto &unknown : m_unknown) {
        if (unknown.endpoint == endpoint)
            failed(unknown.entry);
    }
}

void AddressBook::failed(Entry &entry)
{
    entry.dialledAt.reset();
    const Ticks wait = std::min(kBackoffMax, kBackoffMin * (1 << std::min(entry.failures, 5)));
    entry.retryAt = m_context.now() + wait + m_context.spread(wait / 2);
    ++entry.failures;
    if (entry.rank == Rank::Now)
        entry.rank = Rank::Known; // it had its chance
}

std::vector<net::Peer> AddressBook::peers() const
{
    std::vector<net::Peer> all;
    for (const auto &[id, entry] : m_entries)
        all.push_back(entry.peer);
    return all;
}

void AddressBook::makeRoom()
{
    m_entries.erase(std::ranges::max_element(
        m_entries, {}, [](const auto &entry) { return entry.second.failures; }));
}

} // namespace borg::tree
