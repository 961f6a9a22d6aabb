// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <net/transport.h>

#include <functional>
#include <optional>
#include <vector>

namespace borg::tree {

/// A node of the network as this node knows it.
struct Member {
    NodeId id;
    net::Endpoint endpoint; ///< Where it accepts links, for the tree and for bulk.
    bool online = false;
    Ticks changedAt{0}; ///< When `online` last changed, on our clock.
    qint64 freeBytes = 0; ///< What it offers to store yet, by its own word.

    friend bool operator==(const Member &, const Member &) = default;
};

/// Who is in the network: what the store needs of the tree. Lives on the node's thread.
class Directory {
public:
    virtual ~Directory() = default;

    /// @return every node we know, online or not, without ourselves, in order of id. In a network
    /// of
    ///         more than TreeConfig::fullViewMax nodes a part of it.
    [[nodiscard]] virtual std::vector<Member> members() const = 0;
    [[nodiscard]] virtual std::optional<Member> find(const NodeId &id) const = 0;

    /// `changed` is called from the event loop after a member appeared, went or came back, or its
    /// endpoint changed; not for freeBytes alone. The watcher lives until its handle is destroyed.
    using Watch = std::shared_ptr<void>;
    [[nodiscard]] virtual Watch watch(std::function<void(const NodeId &)> changed) = 0;

    /// Asks a node that could not be dialled to dial this one for bulk.
    /// @return whether it was asked; the link comes up soon, or not.
    [[nodiscard]] virtual bool askForBulk(const NodeId &) { return false; }

protected:
    Directory() = default;
    Q_DISABLE_COPY_MOVE(Directory)
};

} // namespace borg::tree
