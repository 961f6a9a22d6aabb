// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/client.h>

#include <map>

namespace borg::ui {

/// What the line to a node means.
enum class Line : quint8 {
    None,
    Tree, ///< Parent and child.
    Gap, ///< Above us in the tree, with nodes between that are not shown.
    Backup, ///< Takes the parent's place when that one is lost.
    Lazy, ///< Carries ids only; or any other link beside the tree.
};

/// Where a node stands in the radial picture: -1…1 both ways, y downwards, self at (0, 0).
struct Place {
    double x = 0;
    double y = 0;
    int ring = 0; ///< 0 self, 1 parent and children, 2 and 3 everybody further away.
    QString from; ///< The node that its line comes from; empty: no line.
    Line line = Line::None;
    Line link = Line::None; ///< A second line, from us: a link beside the tree.

    friend bool operator==(const Place &, const Place &) = default;
};

/// The way to the root goes up, children hang below (all around when there is no parent), siblings
/// stand beside the parent, grandchildren behind their parents, links beside the tree at the sides.
/// A pure function of the snapshot: the same tree gives the same picture. Rings take at most
/// kRingMax nodes; the others have no place.
class TreeLayout {
public:
    static constexpr std::size_t kRingMax = 24;
    static constexpr double kRing1 = 0.5;
    static constexpr double kRing1Alone = 0.8;
    static constexpr double kRing2 = 0.92;
    /// With a third ring for a root that is further up.
    static constexpr double kRing1Deep = 0.42;
    static constexpr double kRing2Deep = 0.7;
    static constexpr double kRing3 = 0.96;

    [[nodiscard]] static std::map<QString, Place> places(const control::Snapshot &snapshot);
    /// @return from our parent up: those that the picture shows, at most three, the root last.
    [[nodiscard]] static std::vector<QString> wayUp(const control::Snapshot &snapshot);
};

} // namespace borg::ui
