// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/tree_types.h>

namespace borg::tree {

/// The ids of the last messages: two generations, of which the older is dropped whole. 16 bytes an
/// id and no allocation per id; at most 2 x kGenerationMax ids.
class IdSet {
public:
    static constexpr std::size_t kGenerationMax = 100'000;
    static constexpr Ticks kGenerationSpan = std::chrono::seconds(120);

    /// @param salt nobody else knows it: ids made to fall on one spot would make the set slow.
    explicit IdSet(std::size_t salt)
        : m_young{salt, {}, 0}
        , m_old{salt, {}, 0}
    {
    }

    [[nodiscard]] bool contains(const MessageId &id) const;
    /// Keeps `id` for kGenerationSpan at least, unless more than kGenerationMax follow it.
    void insert(const MessageId &id, Ticks now);
    /// Gives the memory of what may be forgotten back.
    void sweep(Ticks now);

private:
    /// Open addressing; ids are hashes already. All zero means free, which no hash will be.
    struct Generation {
        std::size_t salt = 0;
        std::vector<MessageId> slots;
        std::size_t count = 0;

        [[nodiscard]] bool contains(const MessageId &id) const;
        void insert(const MessageId &id);
        [[nodiscard]] std::size_t slotOf(const MessageId &id) const;
        void grow();
    };

    Generation m_young;
    Generation m_old;
    Ticks m_youngSince{0};
};

} // namespace borg::tree
