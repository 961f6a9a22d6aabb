// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/broadcast.h>
#include <tree/membership.h>

namespace borg::tree {

/// Asks a random node that is no neighbour, every half minute, what it has and we have not. Those
/// around a node may agree to keep something from it; all the others do not take part in that.
/// What it announces is pulled, and counts against the parent like all that the tree did not bring.
class Lookout {
public:
    static constexpr Ticks kEvery = std::chrono::seconds(30);
    static constexpr quint32 kSinceMs = 60'000; ///< Of messages so old at most,
    static constexpr quint32 kUntilMs = 4'000; ///< and at least: younger ones may be on the way.

    Lookout(Context &context, Links &links, const Broadcast &broadcast, const Membership &members)
        : m_context(context)
        , m_links(links)
        , m_broadcast(broadcast)
        , m_members(members)
    {
    }

    /// A link said its hello.
    void greeted(Link &link);
    void wake();

private:
    Context &m_context;
    Links &m_links;
    const Broadcast &m_broadcast;
    const Membership &m_members;
    std::optional<NodeId> m_asking; ///< Dialled for this.
    std::optional<Ticks> m_due;
};

} // namespace borg::tree
