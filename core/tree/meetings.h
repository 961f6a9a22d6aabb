// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/membership.h>

namespace borg::tree {

/// In a large network: meets one node after the other and exchanges records with it. While its cell
/// is not complete, the nearest to itself that it has not met yet (an iterative lookup of its own
/// id, as in Kademlia); later now one of its cell, now any, less often while nothing changes.
class Meetings {
public:
    static constexpr Ticks kEveryMax = std::chrono::seconds(30); ///< Give or take a half.
    static constexpr Ticks kEveryMin = std::chrono::seconds(2); ///< While each brings news.
    static constexpr Ticks kEagerEvery = std::chrono::milliseconds(500);
    static constexpr std::size_t kEagerMax = 24; ///< Nodes met in a row.
    static constexpr std::size_t kNearest = 4; ///< When all of these were met, the cell is found.

    Meetings(Context &context, Links &links, Membership &members)
        : m_context(context)
        , m_links(links)
        , m_members(members)
    {
    }

    /// A link said its hello.
    void greeted(Link &link);
    void wake();
    [[nodiscard]] bool hasDialled(const NodeId &id) const { return m_dialled == id; }

private:
    [[nodiscard]] std::optional<net::Peer> nextEager();
    [[nodiscard]] std::optional<net::Peer> nextSteady();
    void meet(const net::Peer &peer);

    Context &m_context;
    Links &m_links;
    Membership &m_members;
    bool m_wasQuiet = false;
    bool m_isEager = false;
    bool m_isCellNext = false;
    std::optional<NodeId> m_dialled; ///< For this.
    std::vector<quint64> m_met; ///< The first bytes of their ids, while eager.
    Ticks m_due{0};
    Ticks m_every = kEveryMin;
    quint32 m_newsSeen = 0;
};

} // namespace borg::tree
