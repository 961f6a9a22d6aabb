// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/broadcast.h>
#include <tree/member_messages.h>

namespace borg::tree {

/// How many nodes have a message. A tree.count goes out behind it; every node waits for what its
/// other tree neighbours count, adds itself, and says the sum to whom the tree.count came from.
///
/// Each node can lie for its side only, and no answer counts for more than the network has nodes.
class Counting {
public:
    static constexpr std::size_t kOpenMax = 32;
    static constexpr Ticks kWithin = std::chrono::seconds(3); ///< At the origin,
    static constexpr Ticks kPerHop = std::chrono::milliseconds(150); ///< less for each hop from it.
    static constexpr Ticks kWithinMin = std::chrono::milliseconds(200);

    /// @param nodes how many there may be, this one included.
    Counting(Context &context, Links &links, const Broadcast &broadcast,
        std::function<std::size_t()> nodes)
        : m_context(context)
        , m_links(links)
        , m_broadcast(broadcast)
        , m_nodes(std::move(nodes))
    {
    }

    /// A message of ours shall be counted; its tree.count goes out next.
    /// @return false when kOpenMax are open.
    [[nodiscard]] bool begin(const MessageId &id);
    /// A tree.count came.  @param from nullptr for our own.
    void asked(const NodeId *from, const CountRequest &request, quint32 hops);
    [[nodiscard]] bool hear(Link &from, const Counted &word);
    void wake();

private:
    struct Open {
        std::optional<NodeId> asker; ///< None: the message is ours.
        std::vector<NodeId> waiting; ///< Who has not answered yet.
        std::vector<NodeId> heard;
        quint64 nodes = 0;
        Ticks due{0};
    };
    void finish(const MessageId &id, const Open &open);
    void look();

    Context &m_context;
    Links &m_links;
    const Broadcast &m_broadcast;
    const std::function<std::size_t()> m_nodes;
    std::map<MessageId, Open> m_open;
};

} // namespace borg::tree
