// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/links.h>

namespace borg::tree {

/// Backpressure from a link that takes less than what comes in, hop by hop, to the origins, where
/// broadcast() says Busy: nothing is lost on the way.
///
/// A node with a tree link that is behind asks its other tree neighbours to hold their messages.
/// What arrives on one link waits only for the other ones, and the links are a tree: no waiting in
/// a circle. A link that does not catch up within kStuckAfter stops nobody any more: it gets ids
/// instead, and a child is sent elsewhere.
class Flow {
public:
    /// Behind when more waits, or it would wait for Links::kPushDelayMax,
    static constexpr qsizetype kHighBytes = 256 * 1024;
    static constexpr qsizetype kLowBytes = 64 * 1024; ///< until no more waits than this.
    static constexpr Ticks kStuckAfter = std::chrono::seconds(5);
    static constexpr Ticks kStuckAfterHeld = std::chrono::seconds(8); ///< The peer lives, at least.
    static constexpr Ticks kRepeat = std::chrono::seconds(1);
    static constexpr Ticks kHoldFor = std::chrono::milliseconds(2'500); ///< Unless repeated.

    Flow(Context &context, Links &links)
        : m_context(context)
        , m_links(links)
    {
    }

    /// After every event: what is behind, and who has to know.
    void balance();
    [[nodiscard]] bool hear(Link &from, const Hold &word);
    void wake();
    /// The link is behind and holds others up.
    [[nodiscard]] bool isBehind(const Link &link) const
    {
        return link.pressedSince && !isStuck(link);
    }
    [[nodiscard]] bool isStuck(const Link &link) const;
    /// @return the tree links that got stuck since the last call.
    [[nodiscard]] std::vector<NodeId> takeStuck() { return std::exchange(m_stuck, {}); }

private:
    void look(const NodeId &id, Link &link);
    void tell(Link &link, bool isHeld);

    Context &m_context;
    Links &m_links;
    bool m_isBusy = false; ///< Some link is behind, or was told to hold.
    std::vector<NodeId> m_stuck;
};

} // namespace borg::tree
