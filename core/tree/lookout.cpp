// SPDX-License-Identifier: GPL-3.0-or-later
#include "lookout.h"

namespace borg::tree {

void Lookout::wake()
{
    const Ticks now = m_context.now();
    if (m_due && now >= *m_due) {
        const auto picked = m_members.sample(1, [this](const Member &member) {
            const Link *link = m_links.find(member.id);
            return member.online && !(link && (link->isTree() || link->wantsIds))
                && !m_context.scores.isRefused(member.id);
        });
        if (!picked.empty()) {
            m_asking = picked.front().id;
            if (Link *link = m_links.find(*m_asking))
                greeted(*link);
            else
                m_context.act(Dial{picked.front()});
        }
        m_due.reset();
    }
    if (!m_due) // spread, so that the nodes of a network do not all ask in the same instant
        m_due = now + kEvery / 2 + m_context.spread(kEvery);
    m_context.wakeAtLeisure(*m_due);
}

void Lookout::greeted(Link &link)
{
    if (m_asking != link.peer.id || !link.isGreeted)
        return;
    m_asking.reset();
    m_links.say(link, Compare{kSinceMs, kUntilMs}, m_broadcast.digest());
}

} // namespace borg::tree
