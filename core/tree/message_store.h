// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/envelope.h>
#include <net/merkle.h>
#include <tree/tree_types.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace borg::tree {

/// Ids are hashes: any 8 bytes of them are as good.
struct MessageIdHash {
    std::size_t operator()(const MessageId &id) const noexcept;
};

/// @return the id of the message that hashes to `leaf`.
[[nodiscard]] inline MessageId idOf(const crypto::Hash &leaf)
{
    MessageId id;
    std::copy_n(leaf.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

/// A batch as it came, shared by its messages.
struct Batch {
    net::Head head;
    std::vector<crypto::Hash> leaves;
    mutable std::optional<net::MerkleTree> tree; ///< From when one of its messages is pulled.
};

/// A message that may be pulled.
struct Stored {
    MessageId id;
    NodeId src;
    quint64 seq = 0;
    Ticks at{0}; ///< When we got it.
    quint32 hops = 0; ///< To us.
    wire::FrameClass frameClass = wire::FrameClass::Interactive;
    QByteArray head; ///< Of a message that came alone.
    std::shared_ptr<const Batch> batch; ///< Of one that came with others,
    std::size_t index = 0; ///< its number there,
    QByteArray message; ///< and its signed bytes.
    QByteArray attachment;

    [[nodiscard]] qsizetype sizeBytes() const
    {
        return head.size() + message.size() + attachment.size();
    }
    /// @return the frame that carries this message alone, one hop on.
    [[nodiscard]] wire::Frame frame(const crypto::Crypto &crypto) const;
};

/// Where messages that are numbered as they come are, by id. Messages go in the order of their
/// numbers; nothing is done for it: what is dead is left out when the table is made again.
class NumberIndex {
public:
    /// @param first, end: the numbers that live.
    void add(const MessageId &id, quint64 first, quint64 end);
    /// @return the number for which `is` holds, among those that `id` may have.
    [[nodiscard]] std::optional<quint64> find(const MessageId &id, quint64 first, quint64 end,
        const std::function<bool(quint64)> &is) const;

private:
    struct Slot {
        quint32 tag = 0; ///< Of the id, odd; 0: free.
        quint32 number = 0; ///< Its low half.
    };
    void put(Slot entry);

    std::vector<Slot> m_slots; // a power of two of them, open addressing
    std::size_t m_used = 0;
};

/// The last messages, for neighbours who missed them. Bounded in time and bytes.
class MessageStore {
public:
    static constexpr Ticks kKeepFor = std::chrono::seconds(120); ///< For trees that meet again.

    /// @param bytesMax is exceeded by one message at most.
    explicit MessageStore(qsizetype bytesMax)
        : m_bytesMax(bytesMax)
    {
    }

    void add(Stored stored);
    /// Drops what is too old or too much.
    void trim(Ticks now);
    [[nodiscard]] const Stored *find(const MessageId &id) const;
    /// The oldest first.
    [[nodiscard]] const std::deque<Stored> &all() const;

private:
    const qsizetype m_bytesMax;
    std::unique_ptr<std::deque<Stored>> m_messages; ///< While there are any: an empty one is large.
    NumberIndex m_numbers;
    quint64 m_first = 0; ///< The number of m_messages.front().
    qsizetype m_bytes = 0;
};

} // namespace borg::tree
