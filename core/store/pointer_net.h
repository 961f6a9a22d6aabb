// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/shard_net.h>

/// Pointers in the network. On the node's thread.
namespace borg::store {

inline constexpr std::size_t kPointerCopies = 16; ///< Nodes that keep one: those first by its name.
inline constexpr std::size_t kPointerAsked = 64; ///< Nodes that are asked for one.

/// Asks for the newest record, and gives it to those of the first kPointerCopies who lack it.
/// @param net outlives the task.
/// @return nothing when no node that answers has any; or Closed.
[[nodiscard]] QCoro::Task<Result<std::optional<Pointer>>> findPointer(ShardNet &net, ShardId id);

struct PointerKept {
    int copies = 0; ///< Nodes that keep this record now.
    std::optional<Pointer> newer; ///< That some node has, and this one does not supersede.
};
/// Gives a record to the first kPointerCopies. Or Closed.
[[nodiscard]] QCoro::Task<Result<PointerKept>> keepPointer(ShardNet &net, Pointer pointer);

/// @return this node's place among those that keep a pointer; 0: the first.
[[nodiscard]] std::size_t placeAsKeeper(const ShardNet &net, const ShardId &id);

} // namespace borg::store
