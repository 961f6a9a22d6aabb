// SPDX-License-Identifier: GPL-3.0-or-later
#include "flow.h"

namespace borg::tree {

namespace {
constexpr Ticks kInLimbo = std::chrono::milliseconds(1); ///< What the transport refuses comes back.
constexpr Ticks kLookEvery = std::chrono::milliseconds(50);
} // namespace

bool Flow::isStuck(const Link &link) const
{
    return link.pressedSince
        && m_context.now()
        > *link.pressedSince + (m_links.isHeld(link) ? kStuckAfterHeld : kStuckAfter);
}

void Flow::look(const NodeId &id, Link &link)
{
    if (!link.isTree()) {
        link.pressedSince.reset();
        return;
    }
    if (m_context.now() < link.flushedAt + kInLimbo)
        return;
    const bool wasStuck = link.isStuck;
    if (link.backlogBytes <= (link.pressedSince ? kLowBytes : kHighBytes)
        && m_links.delayOf(link) <= Links::kPushDelayMax)
        link.pressedSince.reset();
    else if (!link.pressedSince)
        link.pressedSince = m_context.now();
    link.isStuck = isStuck(link);
    if (link.isStuck && !wasStuck)
        m_stuck.push_back(id);
}

void Flow::balance()
{
    if (!m_isBusy && m_links.backlogBytes() == 0)
        return;
    m_isBusy = false;
    std::size_t behindCount = 0;
    const Link *behind = nullptr;
    for (auto &[id, link] : m_links.all()) {
        look(id, link);
        m_isBusy |= link.pressedSince.has_value();
        if (isBehind(link)) {
            ++behindCount;
            behind = &link;
        }
    }
    for (auto &[id, link] : m_links.all()) {
        const bool isHeld
            = link.isTree() && (behindCount > 1 || (behindCount == 1 && behind != &link));
        tell(link, isHeld);
        m_isBusy |= isHeld;
    }
    if (m_isBusy || m_links.backlogBytes() > 0)
        m_context.wakeBy(m_context.now() + kLookEvery);
}

void Flow::tell(Link &link, bool isHeld)
{
    const Ticks now = m_context.now();
    if (isHeld && (!link.holdSaidAt || now >= *link.holdSaidAt + kRepeat)) {
        link.holdSaidAt = now;
        m_links.say(link, Hold{true});
    } else if (!isHeld && link.holdSaidAt) {
        link.holdSaidAt.reset();
        m_links.say(link, Hold{false});
    }
}

bool Flow::hear(Link &from, const Hold &word)
{
    if (!from.isTree())
        return true; // it was, a moment ago
    if (!word.on)
        from.heldSince.reset();
    else if (!from.heldSince)
        from.heldSince = m_context.now();
    if (word.on && m_context.now() > *from.heldSince + kStuckAfterHeld) {
        // It catches up, or it lies: one small message must not wait for ever. What does not go
        // through now shows on the link itself.
        m_context.scores.add(from.peer.id, Offence::SlowReader);
        from.heldSince.reset();
        from.heldUntil = m_context.now();
        m_links.flush(from);
        return true;
    }
    from.heldUntil = word.on ? m_context.now() + kHoldFor : m_context.now();
    if (word.on)
        m_context.wakeBy(from.heldUntil + Ticks{1});
    else
        m_links.flush(from);
    return true;
}

void Flow::wake()
{
    for (auto &[id, link] : m_links.all()) {
        if (link.heldUntil == Ticks{0})
            continue;
        if (!m_links.isHeld(link)) {
            link.heldUntil = Ticks{0};
            link.heldSince.reset();
            m_links.flush(link);
        } else {
            m_context.wakeBy(link.heldUntil + Ticks{1});
        }
    }
}

} // namespace borg::tree
