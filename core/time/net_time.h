// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <base/node_id.h>

#include <optional>
#include <vector>

/// One time that all nodes share and nobody can bend. Pure: samples and readings of the operating
/// system's clock go in, the date with its bound comes out. The operating system's clock is never
/// set.
namespace borg::time {

/// Where the time comes from.
enum class State : quint8 {
    Local, ///< Too few sources: the clock of the operating system, with its bound.
    Synced, ///< Two thirds of at least 12 sources agree.
    Holdover, ///< They did once; since then it runs on, and the bound grows.
};

/// The date and how sure it is.
struct NetTime {
    qint64 utcUs = 0; ///< Microseconds since 1970 in UTC.
    qint64 boundUs = 0; ///< The truth is within utcUs +- boundUs.
    State state = State::Local;

    friend bool operator==(const NetTime &, const NetTime &) = default;
};

/// One exchange with a peer: asked at t1, heard there at t2, answered at t3, back at t4.
struct Sample {
    NodeId source;
    quint64 group
        = 0; ///< Who has the same is perhaps one and the same: a hash of the /16 (v6: /32).
    Ticks sentAt{0}; ///< t1, on our axis.
    Ticks heardAt{0}; ///< t4, on our axis.
    qint64 heardThereUs = 0; ///< t2, in the peer's time.
    qint64 saidThereUs = 0; ///< t3, in the peer's time.
    qint64 boundUs = 0; ///< Of the peer's time, by its own word.
    quint32 upS = 0; ///< For how long the peer has been a node, by its own word.
};

/// What a node tells those who ask for the time: its own evidence, never an echo of theirs, so that
/// an error that was let in once cannot go round and grow.
struct Served {
    qint64 skewUs = 0; ///< To be added to network time.
    qint64 boundUs = kOsBoundMaxUs;

    friend bool operator==(const Served &, const Served &) = default;
};

/// Why a person should look at the clock.
enum class Warning : quint8 {
    None,
    Unsynchronised, ///< No time service keeps the computer's clock.
    OsOff, ///< The computer's clock and network time differ by more than a second.
    PeersDisagree, ///< Too few nodes to decide, and they differ from us by more than a second.
};

/// For people.
struct Status {
    NetTime time;
    std::size_t sources = 0; ///< Fresh ones, our own clock included.
    std::size_t agreeing = 0; ///< Of those.
    qint64 osOffsetUs = 0; ///< The computer's clock minus network time.
    qint64 osBoundUs = 0;
    bool osSynchronised = false;
    qint64 peersOffsetUs = 0; ///< The middle of the others minus network time.
    qint64 spreadUs = 0; ///< Half of the others are nearer to each other than this.
    Warning warning = Warning::None;
};

} // namespace borg::time
