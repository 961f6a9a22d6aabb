// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>

#include <array>

namespace borg::sim {

/// Who may open a connection to a node, by RFC 3489's names as they apply to TCP. A dial of the
/// node itself leaves a hole for kHoleFor; a dial that meets no hole is tried again as TCP repeats
/// its SYN, so two nodes that dial each other at about the same time meet.
enum class Nat : quint8 {
    None, ///< Public: everybody may.
    FullCone, ///< Everybody, once the node has dialled anybody.
    Restricted, ///< Those whom the node dialled.
    PortRestricted, ///< The same, and a Symmetric caller comes from a port that nobody dialled.
    Symmetric, ///< Nobody but who is None or FullCone, where the node's own dial is the way.
    Blocked, ///< Nobody: a firewall in which dials from inside leave no hole.
};

inline constexpr Ticks kHoleFor = std::chrono::seconds(60);

/// Where a node stands.
struct Site {
    /// Row and column in the matrix of SimNetwork::setRegions(); -1: no way of its own.
    int region = -1;
    Ticks lastMile{0}; ///< One way, added at both ends.
    qint64 uplinkBitsPerSecond = 0; ///< Frames leave one after the other; 0: at once.
    int lan = 0; ///< Nodes of one LAN (not 0) reach each other whatever their NAT.
    Nat nat = Nat::None;
};

/// Round-trip times between regions, in milliseconds.
using RegionMatrix = std::array<std::array<quint16, 6>, 6>;

/// Europe, North America, South America, Asia, Africa, Oceania: 25 ms inside, up to 330 ms between.
inline constexpr RegionMatrix kSixContinents{{
    {25, 100, 200, 180, 130, 280},
    {100, 25, 140, 170, 220, 190},
    {200, 140, 25, 300, 290, 300},
    {180, 170, 300, 25, 250, 130},
    {130, 220, 290, 250, 25, 330},
    {280, 190, 300, 130, 330, 25},
}};

} // namespace borg::sim
