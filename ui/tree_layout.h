// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/client.h>

#include <map>

namespace borg::ui {

/// Where a node stands in the radial picture: -1…1 both ways, y downwards, self at (0, 0).
struct Place {
    double x = 0;
    double y = 0;
    int ring = 0; ///< 0 self, 1 parent and children, 2 everybody further away.
    QString from; ///< The node that its line comes from; empty: no line.

    friend bool operator==(const Place &, const Place &) = default;
};

/// Parent at the top, children below (all around when there is no parent), siblings beside the
/// parent, grandchildren behind their parents. A pure function of the snapshot: the same tree gives
/// the same picture. Rings take at most kRingMax nodes; the others have no place.
class TreeLayout {
public:
    static constexpr std::size_t kRingMax = 24;
    static constexpr double kRing1 = 0.5;
    static constexpr double kRing1Alone = 0.8;
    static constexpr double kRing2 = 0.92;

    [[nodiscard]] static std::map<QString, Place> places(const control::Snapshot &snapshot);
};

} // namespace borg::ui
