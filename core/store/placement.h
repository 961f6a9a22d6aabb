// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>
#include <store/code_table.h>
#include <store/shard_id.h>

#include <optional>
#include <vector>

/// Who holds what: weighted rendezvous hashing. Every node computes the same answer from the same
/// membership, in whole numbers, so there is nothing to look up. Pure and thread-safe; 1,000 nodes
/// rank in well under a millisecond.
///
/// The key of a segment (or page) is the id of its shard 0; of a root page, the manifest's id.
namespace borg::store {

/// A node that may hold shards.
struct Site {
    NodeId id;
    quint64 weight = 1; ///< From weightOf(); 0 takes nothing new but is still asked.
    std::optional<NodeId> owner; ///< Of several nodes; its own when not set.
    quint64 subnet = 0; ///< Any number that is equal for nodes likely to fail together; 0: unknown.
    quint64 region = 0;
};

/// @return a weight that changes only when free space doubles or halves, so that places stay.
[[nodiscard]] quint64 weightOf(qint64 freeBytes);

/// @return all sites, best first: whom to ask for the shards of `key`. Readers ask the first n + 8.
[[nodiscard]] std::vector<NodeId> candidates(const ShardId &key, const std::vector<Site> &sites);

/// A shard that some node has already.
struct Holding {
    int index = 0;
    NodeId node;
};

struct PlaceRequest {
    ShardId key;
    Code code;
    std::vector<Site> sites; ///< That can take shards now: online, with room.
    /// Nodes of the network, those offline too: from three on nobody gets k shards. At least
    /// sites.size() is taken.
    int nodes = 0;
    std::vector<Holding> held; ///< Those of offline nodes too; they count against the caps.
    std::vector<int> again; ///< Held, but to be placed once more: the holder stays away.
};

/// Places every index that nobody holds (and those of `again`) on the best sites that have room.
///
/// Hard: a node, and an owner, gets at most shardsPerNodeMax(), what it holds included, and never
/// an index that it has. Soft: at most max(1, (n - k) / 2) per region, subnet and owner, given up
/// in this order when too few sites are left. Nodes get their second shard only when all have one.
/// @return n entries by index: the node to send it to, or nothing (held already, or no room).
[[nodiscard]] std::vector<std::optional<NodeId>> place(const PlaceRequest &request);

} // namespace borg::store
