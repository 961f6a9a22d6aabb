// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_layout.h"

#include <cmath>
#include <numbers>

namespace borg::ui {

namespace {

using Ids = std::vector<QString>;

/// Degrees clockwise from the right, so 270 is the top.
Place at(double degrees, double radius, int ring, const QString &from)
{
    const double angle = degrees * std::numbers::pi / 180.0;
    return {std::cos(angle) * radius, std::sin(angle) * radius, ring, from};
}

/// Spreads `count` angles evenly over an arc, centred, without touching its ends.
std::vector<double> spread(std::size_t count, double begin, double end)
{
    std::vector<double> angles;
    for (std::size_t i = 0; i < count; ++i)
        angles.push_back(
            begin + (end - begin) * (static_cast<double>(i) + 0.5) / static_cast<double>(count));
    return angles;
}

struct Rest {
    Ids siblings;
    Ids others;
    std::map<QString, Ids> below; ///< Grandchildren by child.
};

Rest sortOut(const control::Snapshot &snapshot, const Ids &children)
{
    const auto &tree = snapshot.tree;
    Rest rest;
    for (const auto &[id, peer] : snapshot.peers) {
        const bool isChild = std::find(children.begin(), children.end(), id) != children.end();
        if (id == snapshot.status.nodeId || id == tree.parent || isChild)
            continue;
        if (!tree.parent.isEmpty() && peer.parent == tree.parent)
            rest.siblings.push_back(id);
        else if (std::find(children.begin(), children.end(), peer.parent) != children.end())
            rest.below[peer.parent].push_back(id);
        else
            rest.others.push_back(id);
    }
    return rest;
}

} // namespace

std::map<QString, Place> TreeLayout::places(const control::Snapshot &snapshot)
{
    std::map<QString, Place> places;
    const auto &self = snapshot.status.nodeId;
    if (self.isEmpty())
        return places;
    places[self] = {};
    const auto &parent = snapshot.tree.parent;
    const bool hasParent = !parent.isEmpty();

    Ids children = snapshot.tree.children;
    std::sort(children.begin(), children.end());
    if (children.size() > kRingMax)
        children.resize(kRingMax);
    auto rest = sortOut(snapshot, children);
    // Nobody further away: the first ring takes the room.
    const bool far = !rest.siblings.empty() || !rest.others.empty() || !rest.below.empty();
    const double ring1 = far ? kRing1 : kRing1Alone;
    if (hasParent)
        places[parent] = at(270, ring1, 1, self);
    const auto childAngles = hasParent
        ? spread(children.size(), 10, 170)
        : spread(children.size(), 270 - 180.0 / std::max<double>(1.0, double(children.size())),
              630 - 180.0 / std::max<double>(1.0, double(children.size())));
    for (std::size_t i = 0; i < children.size(); ++i)
        places[children[i]] = at(childAngles[i], ring1, 1, self);

    std::size_t outer = 0;
    const double slot = hasParent ? 160.0 / std::max<double>(1.0, double(children.size()))
                                  : 360.0 / std::max<double>(1.0, double(children.size()));
    for (std::size_t i = 0; i < children.size(); ++i) {
        const auto &ids = rest.below[children[i]];
        const double half = std::min(slot / 2, 14.0 * double(ids.size()));
        const auto angles = spread(ids.size(), childAngles[i] - half, childAngles[i] + half);
        for (std::size_t j = 0; j < ids.size() && outer < kRingMax; ++j, ++outer)
            places[ids[j]] = at(angles[j], kRing2, 2, children[i]);
    }
    // Beside the parent, left and right in turn, so that the picture stays balanced as they come.
    for (std::size_t i = 0; i < rest.siblings.size() && outer < kRingMax; ++i, ++outer) {
        const double step = std::min(22.0, 60.0 / double((rest.siblings.size() + 1) / 2));
        const double away = 24.0 + step * double(i / 2);
        places[rest.siblings[i]] = at(i % 2 == 0 ? 270 - away : 270 + away, kRing2, 2, parent);
    }
    // Whoever is neither: at the sides, where nobody else stands. A line only to those that
    // have a link with us, since we know of no other.
    const auto free = std::min(rest.others.size(), kRingMax - std::min(outer, kRingMax));
    const auto around = spread(free, 0, 360);
    for (std::size_t i = 0; i < free; ++i) {
        const double step = std::min(24.0, 60.0 / double((free + 1) / 2));
        const double off = step * (double(i / 2) - double((free - 1) / 2) / 2);
        const double side = i % 2 == 0 ? 180 - off : off;
        const auto &peer = snapshot.peers.at(rest.others[i]);
        const bool linked = peer.online && peer.role != u"known";
        places[rest.others[i]]
            = at(hasParent ? side : around[i], kRing2, 2, linked ? self : QString());
    }
    return places;
}

} // namespace borg::ui
