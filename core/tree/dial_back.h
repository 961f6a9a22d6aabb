// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/links.h>

namespace borg::tree {

/// Asks two neighbours to dial us over a fresh connection, and does so for others: the only proof
/// that a node can be reached from outside (after AutoNAT of libp2p).
///
/// It is no weapon: a helper dials the address it sees the asker at and no other, at a port from
/// kPortMin on (or 443), once a minute for an asker and for an address, four at a time.
class DialBack {
public:
    static constexpr std::size_t kHelpers = 2;
    static constexpr Ticks kAnswerWithin = std::chrono::seconds(15);
    static constexpr Ticks kEvery = std::chrono::minutes(1); ///< For one asker.
    static constexpr std::size_t kDialsMax = 4; ///< Under way for others.
    static constexpr std::size_t kAskersMax = 1024; ///< Remembered for kEvery.
    static constexpr quint32 kPortMin = 1024;
    static constexpr int kFreeRepeats = 2; ///< Asked too early; each further one is charged.

    DialBack(Context &context, Links &links)
        : m_context(context)
        , m_links(links)
    {
    }

    /// Answered by one ReachChecked, at once when there is nobody to ask.
    void ask(const CheckReach &event);
    [[nodiscard]] bool hear(Link &from, const DialMe &word);
    [[nodiscard]] bool hear(Link &from, const DialedYou &word);
    void probed(const Probed &event);
    void linkDown(const NodeId &peer);
    void wake();
    /// @return linked nodes that accept links at an address of the internet, IPv4 first, of
    ///         different parts of it; kHelpers at most.
    [[nodiscard]] std::vector<net::Peer> mirrors();

private:
    struct Asker {
        Ticks at{0};
        int repeats = 0;
    };
    [[nodiscard]] std::vector<Link *> helpers();
    [[nodiscard]] bool isOften(const Link &from);
    void conclude();

    Context &m_context;
    Links &m_links;
    // Our own question.
    std::map<NodeId, std::optional<DialBackResult>> m_asked;
    Ticks m_until = Ticks::max();
    // Those of others.
    std::map<NodeId, net::Endpoint> m_probes;
    std::map<QString, Asker> m_askers; ///< By id and by address.
};

/// @return what stands for a part of the internet: /16 of an IPv4 address, /32 of an IPv6 one, else
///         the host itself.
[[nodiscard]] QString siteOf(const QString &host);
/// @return whether only a LAN, a carrier's NAT or this computer has this address; false for names.
[[nodiscard]] bool isPrivateAddress(const QString &host);

} // namespace borg::tree
