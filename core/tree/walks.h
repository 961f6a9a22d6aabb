// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/links.h>

namespace borg::tree {

/// Random walks over the links of the network, for those who look for a parent: each node on the
/// way adds some that it knows, so that a newcomer sees more than the neighbours of its first
/// contact. No node keeps a state for the walks of others: the way back travels with them.
class Walks {
public:
    static constexpr std::size_t kPerStep = 4; ///< Contacts that a node adds.
    static constexpr double kPassedPerSecond = 50; ///< Through this node, over all links.
    static constexpr double kPassedBurst = 200;

    Walks(Context &context, Links &links)
        : m_context(context)
        , m_links(links)
    {
    }

    /// Sends a walk out, beginning with `via`, in the search that begin() began.
    void ask(Link &via);
    /// From here on the answers to earlier walks are not ours any more.
    void begin();
    void end() { m_number = 0; }
    [[nodiscard]] std::size_t openCount() const { return m_number == 0 ? 0 : m_open; }

    /// @param own what this node knows, itself included; the first kPerStep are taken.
    /// @return false when it breaks the protocol.
    [[nodiscard]] bool hear(Link &from, const Walk &word, const std::vector<Contact> &own);
    /// @param isOurs set when we asked for it.
    [[nodiscard]] bool hear(Link &from, const Walked &word, bool &isOurs);

private:
    [[nodiscard]] Link *next(const Link &from, const Walk &word);
    [[nodiscard]] Link *findShort(QByteArrayView shortId);

    Context &m_context;
    Links &m_links;
    qint64 m_number = 0; ///< Of our own walks; 0 while we do not ask.
    std::size_t m_open = 0;
    std::optional<TokenBucket> m_passed;
};

} // namespace borg::tree
