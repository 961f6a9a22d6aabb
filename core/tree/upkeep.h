// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/address_book.h>
#include <tree/membership.h>
#include <tree/standing.h>

namespace borg::tree {

/// Keeps the links beside the tree: two parents in reserve with ways of their own, random links for
/// ids, none without use, and, at a root, a search for other trees.
class Upkeep {
public:
    static constexpr Ticks kEvery = std::chrono::seconds(1);
    static constexpr Ticks kSoon = std::chrono::milliseconds(100);
    static constexpr std::size_t kBackups = 2;
    static constexpr int kPerNet = 1; ///< Chosen links into one /24, or to one name,
    static constexpr int kPerGroup = 2; ///< and into one /16 (IPv6: /32).
    /// So often one link was missing and none found that keeps these rules: then any will do.
    static constexpr int kPatience = 10;
    static constexpr Ticks kReachMin = std::chrono::seconds(1);
    static constexpr Ticks kReachMax = std::chrono::seconds(15);
    static constexpr Ticks kIdleOutbound
        = std::chrono::seconds(10); ///< The dialler hangs up first.
    static constexpr Ticks kIdleInbound = std::chrono::seconds(30);

    Upkeep(Context &context, Links &links, AddressBook &book, Membership &members,
        const Standing &standing)
        : m_context(context)
        , m_links(links)
        , m_book(book)
        , m_members(members)
        , m_standing(standing)
    {
    }

    /// Something changed: look again in a moment.
    void soon();
    /// The same, and as a root look for other trees without delay.
    void reachSoon();
    /// Asks others for ids than those that never brought a message: they may be of one hand.
    void redrawLazyLinks();
    void wake();
    /// Tells the peer what we use the link for, if that changed.
    void tellUse(Link &link);

private:
    [[nodiscard]] bool fitsAsBackup(const Link &link) const;
    [[nodiscard]] Ticks backupCost(const Link &link) const;
    /// Too many chosen links go where this one goes: they may all be of one owner.
    [[nodiscard]] bool isCrowded(const Link &link) const;
    /// At most half of the chosen links are such as the peer opened: anybody can open many.
    [[nodiscard]] bool isForeign(const Link &link) const;
    void keepBackups();
    void keepLazyLinks();
    void dropIdle();
    void reachOut();
    void dialMembers(std::size_t count, bool isOnline, AddressBook::Rank rank);

    Context &m_context;
    Links &m_links;
    AddressBook &m_book;
    Membership &m_members;
    const Standing &m_standing;
    Ticks m_due{0};
    bool m_isHurried = false; ///< Something changed.
    int m_lacked = 0; ///< Rounds without enough lazy links, one after the other.
    Ticks m_reachAt{0};
    Ticks m_reachEvery = kReachMin;
};

} // namespace borg::tree
