// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/address_book.h>
#include <tree/membership.h>
#include <tree/standing.h>

namespace borg::tree {

/// Looks from time to time whether another parent would be far better: probes random members and
/// compares. A parent is left only for one that was better by 15 % and 10 ms in three measurements
/// one after the other, and not soon after the last change, so a good tree stands still.
class Moves {
public:
    static constexpr Ticks kEvery = std::chrono::seconds(10); ///< Give or take a fifth;
    static constexpr int kRounds
        = 6; ///< so often; then longer and longer until somebody is better.
    static constexpr Ticks kEveryMax = std::chrono::seconds(80);
    static constexpr Ticks kMeasureEvery = std::chrono::milliseconds(1100);
    static constexpr int kMeasurements = 3;
    static constexpr std::size_t kProbes = 8;
    static constexpr Ticks kHoldDown = std::chrono::seconds(30);
    static constexpr Ticks kHoldDownForced = std::chrono::milliseconds(1500);
    static constexpr Ticks kWaryFor = std::chrono::minutes(10);
    static constexpr Ticks kLiftAfter = std::chrono::milliseconds(500); ///< Of a parent taken.
    static constexpr quint32 kLiftLevels = 2; ///< A lift is worth so many.
    static constexpr std::size_t kLiftDials = 3; ///< Members dialled when no link leads higher,
    static constexpr int kLiftTries = 6; ///< so often before it is done at leisure.

    /// Why a parent was taken.
    enum class Cause : quint8 {
        Chosen, ///< At leisure.
        Forced, ///< In a hurry, among those at hand.
    };

    Moves(Context &context, Links &links, AddressBook &book, Membership &members,
        const Standing &standing)
        : m_context(context)
        , m_links(links)
        , m_book(book)
        , m_members(members)
        , m_standing(standing)
    {
    }

    void parentTaken(Cause cause);
    /// A parent was at fault: for a while only those who brought messages are moved to. Liars
    /// stand where it looks best.
    void parentFailed() { m_waryUntil = m_context.now() + kWaryFor; }
    /// The parent's place changed, and ours with it.
    void carriedAlong();
    /// @param mayBe whether a link can be the parent.
    /// @return the better parent, when it is time to go there.
    [[nodiscard]] Link *wake(const std::function<bool(const Link &)> &mayBe);
    /// Many who join at once hang on each other wherever there is room, deeper than they have to.
    /// @return a link at hand to a parent that is levels higher and hardly further from the root,
    ///         for a node that is deeper than a tree of this size has to be.
    [[nodiscard]] Link *lift(const std::function<bool(const Link &)> &mayBe);

    /// Meets members at random, to have more to choose from.
    void dialSome(std::size_t count);

private:
    void lookOften();
    void liftSoon();
    void probe();
    [[nodiscard]] bool isTrusted(const Link &link) const
    {
        return m_context.now() >= m_waryUntil || m_context.scores.of(link.peer.id) > 0;
    }
    [[nodiscard]] Link *measure(const std::function<bool(const Link &)> &mayBe);

    Context &m_context;
    Links &m_links;
    AddressBook &m_book;
    Membership &m_members;
    const Standing &m_standing;
    Ticks m_every = kEvery;
    int m_rounds = 0; ///< One after the other in which nobody was better.
    Ticks m_roundAt = Ticks::max();
    Ticks m_measureAt = Ticks::max();
    int m_measurements = 0; ///< In this round.
    Ticks m_holdUntil{0};
    Ticks m_waryUntil{0};
    Ticks m_liftAt = Ticks::max();
    int m_liftTries = 0; ///< Since the parent was taken, or moved.
    std::map<NodeId, int> m_better; ///< How often in this round, without a break.
};

} // namespace borg::tree
