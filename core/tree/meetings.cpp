// SPDX-License-Identifier: GPL-3.0-or-later
#include "meetings.h"

#include <QtEndian>

namespace borg::tree {

void Meetings::wake()
{
    const bool isQuiet = m_members.isQuiet() || m_members.isLooking();
    if (isQuiet && !std::exchange(m_wasQuiet, isQuiet)) {
        m_isEager = true;
        m_met.clear();
        m_due = m_context.now();
    }
    m_wasQuiet = isQuiet;
    if (!isQuiet)
        return;
    if (m_context.now() >= m_due) {
        auto next = m_isEager ? nextEager() : nextSteady();
        if (!next && std::exchange(m_isEager, false)) {
            m_met = {};
            next = nextSteady();
        }
        const bool isNews = std::exchange(m_newsSeen, m_members.news()) != m_members.news();
        m_every = isNews ? kEveryMin : std::min(m_every * 2, kEveryMax);
        const Ticks every = m_isEager ? kEagerEvery : m_every;
        m_due = m_context.now() + every / 2 + m_context.spread(every);
        if (next)
            meet(*next);
    }
    m_context.wakeAtLeisure(m_due);
}

std::optional<net::Peer> Meetings::nextEager()
{
    if (m_met.size() >= kEagerMax)
        return std::nullopt;
    for (const auto &peer : m_members.nearest(m_context.self, kNearest)) {
        const auto name = qFromBigEndian<quint64>(peer.id.bytes.data());
        if (std::ranges::contains(m_met, name))
            continue;
        m_met.push_back(name);
        return peer;
    }
    return std::nullopt;
}

std::optional<net::Peer> Meetings::nextSteady()
{
    m_isCellNext = !m_isCellNext;
    const auto peers = m_isCellNext ? m_members.nearest(m_context.self, PartialView::kCell / 3)
                                    : m_members.sample(1, [](const Member &m) { return m.online; });
    if (peers.empty())
        return std::nullopt;
    return peers[m_context.rng.below(static_cast<quint32>(peers.size()))];
}

void Meetings::meet(const net::Peer &peer)
{
    m_dialled = peer.id;
    if (Link *link = m_links.find(peer.id))
        greeted(*link);
    else if (!m_context.scores.isRefused(peer.id))
        m_context.act(Dial{peer});
}

void Meetings::greeted(Link &link)
{
    if (m_dialled != link.peer.id || !link.isGreeted)
        return;
    m_dialled.reset();
    m_members.sayList(link, false);
}

} // namespace borg::tree
