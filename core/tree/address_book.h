// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/links.h>

namespace borg::tree {

/// Peers that may be dialled, with whom to try first and whom not so soon again.
class AddressBook {
public:
    static constexpr std::size_t kEntriesMax = 512;
    static constexpr Ticks kBackoffMin = std::chrono::milliseconds(250);
    static constexpr Ticks kBackoffMax = std::chrono::seconds(5);
    static constexpr Ticks kDialMax = std::chrono::seconds(8); ///< Then it counts as failed.

    enum class Rank : quint8 { Now, Seed, Known }; ///< Whom to try first.

    AddressBook(Context &context, Links &links)
        : m_context(context)
        , m_links(links)
    {
    }

    void add(const net::Peer &peer, Rank rank);
    void add(const Contact &contact, Rank rank);
    void addUnknown(const net::Endpoint &endpoint);
    /// Nobody has to be dialled now any more. Keeps kCalmMax at random, the seeds first: where many
    /// members are known, they are asked. From here on it does the same whenever there are
    /// kCalmEntriesMax, until rouse().
    void calm();
    void rouse() { m_isCalm = false; }
    static constexpr std::size_t kCalmMax = 16;
    static constexpr std::size_t kCalmEntriesMax = 48;
    void forget(const NodeId &id) { m_entries.erase(id); }

    /// Dials up to `most` whose time has come and to whom there is no link. @return how many.
    std::size_t dial(std::size_t most, Rank worst = Rank::Known);
    /// Dials this one, unless there is a link, or a dial under way, or it failed just now. Nobody
    /// waits for the answer: it does not count as dialling.
    void dialAside(const net::Peer &peer);
    [[nodiscard]] bool isDialling(const NodeId &id) const;
    [[nodiscard]] std::size_t diallingCount() const;
    /// @return when dial() has somebody again; max() for never.
    [[nodiscard]] Ticks nextDial() const;

    /// @return how long our dial took; nothing when it was the peer who dialled.
    std::optional<Ticks> linkUp(const net::Peer &peer);
    void linkDown(const NodeId &id);
    void dialFailed(const net::Endpoint &endpoint);

    [[nodiscard]] std::vector<net::Peer> peers() const;

private:
    struct Entry {
        net::Peer peer;
        Rank rank = Rank::Known;
        std::optional<Ticks> dialledAt{}; ///< While a dial is under way.
        bool isAside = false;
        int failures = 0;
        Ticks retryAt{0};
    };
    struct Unknown {
        net::Endpoint endpoint;
        Entry entry; ///< Without an id.
    };
    void failed(Entry &entry);
    [[nodiscard]] bool isWaiting(const Entry &entry) const;
    void makeRoom();

    Context &m_context;
    Links &m_links;
    std::map<NodeId, Entry> m_entries;
    bool m_isCalm = false;
    std::vector<Unknown> m_unknown;
};

} // namespace borg::tree
