// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/machine.h>
#include <tree/messages.h>

namespace borg::tree {

/// Where we stand, as the parts of the machine share it. Placement alone writes it.
struct Standing {
    TreeState state = TreeState::Idle;
    Place place; ///< While we look for a parent: as it was.
    std::optional<NodeId> parent; ///< From the attach on.
    bool isAccepted = false; ///< The parent took us.
    std::vector<net::Peer> successors; ///< The root's, while it is our parent.

    [[nodiscard]] bool isAttached() const { return parent && isAccepted; }
    [[nodiscard]] bool isUnderRoot() const { return parent && *parent == place.root; }
};

} // namespace borg::tree
