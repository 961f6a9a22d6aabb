// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/membership.h>

namespace borg::tree {

/// Asks others what time it is and answers those who ask: tree neighbours every 16 s, lazy links
/// every 64 s, and random members one by one, because neighbours alone could all be liars. Whom
/// there is no link to is dialled; the link ends as every idle one does.
///
/// The first links are asked at once when they come up, before their hello is judged: a node whose
/// clock is off by years learns it before it has to decide whose tree is plausible. Later a link is
/// asked when it is used, or when its hello is from the future. What the answers mean is decided
/// elsewhere (time::NetworkTime): each becomes an action TimeSampled.
class Clocks {
public:
    static constexpr Ticks kTreeEvery = std::chrono::seconds(16);
    static constexpr Ticks kLazyEvery = std::chrono::seconds(64);
    static constexpr Ticks kPeersIn = std::chrono::seconds(64); ///< So long for config.timePeers.
    static constexpr int kBurst = 8; ///< Exchanges after an attach; the quickest counts.
    static constexpr Ticks kBurstEvery = std::chrono::milliseconds(100);
    static constexpr Ticks kAnswerWithin = std::chrono::seconds(10);
    static constexpr int kAtOnce = 64; ///< Questions; then there are sources enough.
    static constexpr Ticks kSettle = std::chrono::seconds(2); ///< Of a link, before it is asked.
    static constexpr std::size_t kLinksMax = Links::kLinksMax / 2; ///< More are no reason to dial.

    Clocks(Context &context, Links &links, const Membership &members)
        : m_context(context)
        , m_links(links)
        , m_members(members)
    {
    }

    void linkUp(Link &link);
    /// @return false when the word is malformed.
    [[nodiscard]] bool hear(Link &from, const TimeAsk &word, QByteArrayView body);
    [[nodiscard]] bool hear(Link &from, const TimeSay &word, QByteArrayView body);
    void wake();

    /// What we tell; until the first call, the node's own date and bound.
    void serve(const time::Served &served) { m_served = served; }
    [[nodiscard]] bool hasDialled(const NodeId &id) const { return m_dialled == id; }

    /// Its hello is from the future: the peer's clock is wrong, or ours.
    void doubt(Link &link);

private:
    void ask(Link &link);
    void askSomebody();

    Context &m_context;
    Links &m_links;
    const Membership &m_members;
    std::optional<time::Served> m_served;
    std::optional<NodeId> m_dialled; ///< Last, to be asked.
    int m_asked = 0;
    Ticks m_peerAt{0}; ///< When somebody is asked next.
};

/// @return the same for hosts that one owner easily has many of: addresses of one /16 (v6: /32).
///         Names count by themselves.
[[nodiscard]] quint64 groupOf(const QString &host);

} // namespace borg::tree
