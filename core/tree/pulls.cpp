// SPDX-License-Identifier: GPL-3.0-or-later
#include "pulls.h"

#include <cstring>

namespace borg::tree {

namespace {
constexpr Ticks kGrain = std::chrono::milliseconds(10);
} // namespace

Pulls::Missing *Pulls::ensure(Link &from, const MessageId &id, Ticks wait)
{
    if (const auto known = m_missing.find(id); known != m_missing.end())
        return &known->second;
    // Whoever makes up ids fills its own share only.
    if (m_missing.size() >= kMissingMax || from.conduct.missing >= kMissingPerPeer)
        return nullptr;
    ++from.conduct.missing;
    Missing &missing = m_missing[id];
    missing.first = from.peer.id;
    missing.since = m_context.now();
    schedule(id, missing, m_context.now() + wait);
    return &missing;
}

void Pulls::close(Missing &missing)
{
    if (!missing.askedOf)
        return;
    if (Link *link = m_links.find(*missing.askedOf); link && link->conduct.pullsOpen > 0)
        --link->conduct.pullsOpen;
    missing.askedOf.reset();
}

void Pulls::forget(Entries::iterator entry)
{
    close(entry->second);
    if (Link *link = m_links.find(entry->second.first); link && link->conduct.missing > 0)
        --link->conduct.missing;
    m_missing.erase(entry);
}

void Pulls::schedule(const MessageId &id, Missing &missing, Ticks due)
{
    if (m_due.size() > 2 * m_missing.size() + 1024) {
        std::erase_if(m_due, [this](const Due &entry) {
            const auto at = m_missing.find(entry.second);
            return at == m_missing.end() || at->second.due != entry.first;
        });
        std::ranges::make_heap(m_due, std::greater{});
    }
    // Many at once, or each id would cost a wake-up of its own.
    if (due > m_context.now())
        due = (due + kGrain - Ticks{1}) / kGrain.count() * kGrain.count();
    missing.due = due;
    m_due.emplace_back(due, id);
    std::ranges::push_heap(m_due, std::greater{});
    m_context.wakeBy(due);
}

std::optional<Pulls::Due> Pulls::nextDue()
{
    while (!m_due.empty()) {
        const auto at = m_missing.find(m_due.front().second);
        if (at != m_missing.end() && at->second.due == m_due.front().first)
            return m_due.front();
        std::ranges::pop_heap(m_due, std::greater{});
        m_due.pop_back();
    }
    return std::nullopt;
}

void Pulls::announced(Link &from, const MessageId &id)
{
    Missing *missing = ensure(from, id, firstWait());
    if (missing && missing->announcers.size() < kAnnouncersMax
        && !missing->announcers.contains(from.peer.id))
        missing->announcers.push_back(from.peer.id);
}

void Pulls::offered(Link &from, const MessageId &id)
{
    Missing *missing = ensure(from, id, Ticks{0});
    if (!missing)
        return;
    // A parent comes first; whoever offers has the message and is a shorter way than a rumour.
    missing->announcers.removeAll(from.peer.id);
    const auto where = from.isParent ? missing->announcers.begin() : missing->announcers.end();
    missing->announcers.insert(where, from.peer.id);
    if (!missing->isOffered && missing->asked == 0)
        schedule(id, *missing, m_context.now());
    missing->isOffered = true;
}

Pulls::Came Pulls::arrived(const NodeId &from, const MessageId &id, bool isTree)
{
    if (isTree)
        m_treeAt = m_context.now();
    const auto entry = m_missing.find(id);
    if (entry == m_missing.end())
        return Came::Unasked;
    Missing &missing = entry->second;
    const bool wasAsked = missing.asked > 0;
    const bool isOffered = missing.isOffered;
    if (wasAsked) {
        if (Link *link = m_links.find(from); link && link->conduct.kept < link->conduct.asked)
            ++link->conduct.kept;
    }
    if (isTree) { // also those we had asked for: or the wait would never learn to be longer
        const Ticks lag = m_context.now() - missing.since;
        m_lagsUs[m_lagCount++ % m_lagsUs.size()]
            = static_cast<quint32>(std::min<qint64>(lag.count(), kPatience.count()));
        if (m_lagCount % 16 == 0)
            learnWait();
    }
    forget(entry);
    if (!wasAsked)
        return Came::Unasked;
    return isOffered ? Came::Offered : Came::Pulled;
}

void Pulls::learnWait()
{
    std::array<quint32, 64> lags = m_lagsUs;
    const auto end = lags.begin() + static_cast<qptrdiff>(std::min(m_lagCount, lags.size()));
    const auto p95 = lags.begin() + (end - lags.begin()) * 95 / 100;
    std::ranges::nth_element(lags.begin(), p95, end);
    m_firstWait = std::max(kFirstWaitMin, Ticks{*p95 + *p95 / 2});
}

void Pulls::wake()
{
    std::map<NodeId, std::vector<MessageId>> asks;
    const Ticks now = m_context.now();
    for (auto due = nextDue(); due && due->first <= now; due = nextDue()) {
        const MessageId id = due->second;
        std::ranges::pop_heap(m_due, std::greater{});
        m_due.pop_back();
        const auto entry = m_missing.find(id);
        Missing &missing = entry->second;
        close(missing); // whoever was asked had its time
        if (!missing.isOffered && now < m_treeAt + kFlowing && now < missing.since + kPatience) {
            schedule(id, missing, now + kFlowing);
            continue;
        }
        missing.announcers.removeIf([&](const NodeId &a) { return !m_links.find(a); });
        const int count = static_cast<int>(missing.announcers.size());
        // An offer stands as long as the link: nothing else brings the message.
        const bool isOver = missing.isOffered ? now > missing.since + kOfferHolds
                                              : missing.asked >= kRounds * count;
        if (count == 0 || isOver) {
            forget(entry); // somebody announces it again, or nobody has it
            continue;
        }
        const NodeId whom = missing.announcers[missing.asked % count];
        auto &ids = asks[whom];
        Link &link = *m_links.find(whom);
        const bool isNewFrame = ids.size() % static_cast<std::size_t>(kIdsPerFrame) == 0;
        if (link.conduct.pullsOpen >= kOpenMax || (isNewFrame && !link.graftsOut.take(1, now))) {
            schedule(id, missing, now + kFirstWaitMin / 2);
            continue;
        }
        ids.push_back(id);
        ++missing.asked;
        missing.askedOf = whom;
        ++link.conduct.pullsOpen;
        ++link.conduct.asked;
        schedule(id, missing, now + (missing.isOffered ? kOfferedWait : kNextWait));
    }
    ask(asks);
    if (const auto due = nextDue())
        m_context.wakeBy(due->first);
}

void Pulls::ask(const std::map<NodeId, std::vector<MessageId>> &asks)
{
    for (const auto &[whom, ids] : asks) {
        const std::span<const MessageId> all(ids);
        for (std::size_t at = 0; at < all.size(); at += kIdsPerFrame) {
            const auto some = all.subspan(at, std::min<std::size_t>(kIdsPerFrame, all.size() - at));
            m_links.say(*m_links.find(whom), Graft{}, write(some));
        }
    }
}

QByteArray Pulls::write(std::span<const MessageId> ids)
{
    return QByteArray(
        reinterpret_cast<const char *>(ids.data()), static_cast<qsizetype>(ids.size_bytes()));
}

std::optional<std::vector<MessageId>> Pulls::read(QByteArrayView bytes)
{
    constexpr qsizetype kIdBytes = sizeof(MessageId);
    if (bytes.isEmpty() || bytes.size() % kIdBytes != 0 || bytes.size() > kIdsPerFrame * kIdBytes)
        return std::nullopt;
    std::vector<MessageId> ids(static_cast<std::size_t>(bytes.size() / kIdBytes));
    std::memcpy(ids.data(), bytes.data(), static_cast<std::size_t>(bytes.size()));
    return ids;
}

} // namespace borg::tree
