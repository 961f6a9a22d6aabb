// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>
#include <tree/tree_types.h>
#include <wire/frame.h>

#include <list>
#include <map>
#include <optional>

namespace borg::tree {

/// Checked frames of sources that are over their credit: they go on, in order, as credit comes
/// back. So what bunched up on the way is late and not lost. Bounded for each source and in all.
class Held {
public:
    static constexpr qsizetype kSourceBytesMax = 512 * 1024;
    static constexpr qsizetype kBytesMax = 16 * 1024 * 1024;
    static constexpr Ticks kLookEvery = std::chrono::milliseconds(50);

    struct Item {
        NodeId from;
        bool wasTree = false; ///< It came over a tree link.
        wire::Frame frame;
        std::vector<MessageId> fresh; ///< Those that were new.
    };

    [[nodiscard]] bool isEmpty() const { return m_queues.empty(); }
    [[nodiscard]] bool has(const crypto::PublicKey &source) const
    {
        return m_queues.contains(source);
    }
    /// @return false when there is no room: nothing was kept.
    bool add(const crypto::PublicKey &source, Item item);
    /// @return the first item of each source that `mayGo`, until none may.
    template <typename F>
    [[nodiscard]] std::vector<Item> take(F mayGo)
    {
        std::vector<Item> ready;
        for (auto at = m_queues.begin(); at != m_queues.end();) {
            auto &[bytes, items] = at->second;
            while (!items.empty() && mayGo(at->first, items.front())) {
                bytes -= items.front().frame.sizeBytes();
                m_bytes -= items.front().frame.sizeBytes();
                ready.push_back(std::move(items.front()));
                items.pop_front();
            }
            at = items.empty() ? m_queues.erase(at) : std::next(at);
        }
        return ready;
    }
    [[nodiscard]] qsizetype sizeBytes() const { return m_bytes; }

private:
    struct Queue {
        qsizetype bytes = 0;
        std::list<Item> items;
    };
    std::map<crypto::PublicKey, Queue> m_queues;
    qsizetype m_bytes = 0;
};

inline bool Held::add(const crypto::PublicKey &source, Item item)
{
    const qsizetype size = item.frame.sizeBytes();
    const auto known = m_queues.find(source);
    const qsizetype before = known == m_queues.end() ? 0 : known->second.bytes;
    if (m_bytes + size > kBytesMax || (before > 0 && before + size > kSourceBytesMax))
        return false;
    Queue &queue = m_queues[source];
    queue.bytes += size;
    m_bytes += size;
    queue.items.push_back(std::move(item));
    return true;
}

} // namespace borg::tree
