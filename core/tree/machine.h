// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/rng.h>
#include <tree/bulk_events.h>
#include <tree/directory.h>
#include <tree/scores.h>
#include <tree/tree_types.h>

#include <algorithm>
#include <time/net_time.h>
#include <variant>

/// What goes into the state machine of the tree and what comes out of it. It knows no socket, no
/// timer and no clock of the wall: whoever drives it brings the time and carries out the actions.
namespace borg::tree {

/// When an event happens.
struct Moment {
    Ticks now{0}; ///< Does not go backwards.
    qint64 utcMs = 0;
    qint64 utcUs = 0; ///< The same, finer. Network time where the node has a time::NetClock.
    qint64 boundUs = 0; ///< How far utcUs may be off.
};

// Events. Those about links we do not have are ignored.
struct LinkUp {
    net::Peer peer;
    net::Direction direction = net::Direction::Outbound;
};
struct LinkDown {
    NodeId peer;
    Errc why = Errc::Unreachable;
};
struct DialFailed { ///< Of a DialUnknown.
    net::Endpoint endpoint;
    Errc why = Errc::Unreachable;
};
struct FrameArrived {
    NodeId from;
    wire::Frame frame;
};
struct SendRefused { ///< The link's queue is full; the machine keeps the frame.
    NodeId to;
    wire::Frame frame;
};
struct Writable {
    NodeId peer;
};
struct TimerFired { };
struct Start {
    std::vector<net::Peer> seeds;
    std::vector<net::Endpoint> unknownSeeds;
    std::vector<net::Peer> anchors{}; ///< Links of the last run: dialled before the others.
};
struct Leave { };
struct SetFreeBytes {
    qint64 bytes = 0;
};
struct ServeTime { ///< What those who ask for the time are told.
    time::Served served;
};
struct TimeLie { ///< Its time cannot be true.
    NodeId peer;
};
struct SetSelf { ///< Others shall dial us there from now on.
    net::Endpoint endpoint;
};
struct AddSeeds { ///< Found while running, in the LAN.
    std::vector<net::Peer> seeds;
};
struct CheckReach { ///< Answered by ReachChecked.
    quint16 port = 0; ///< At the address that others see us at.
};
struct Probed { ///< The outcome of a ProbeDial; none: the peer's key answered.
    NodeId peer;
    net::Endpoint endpoint;
    std::optional<Errc> failure;
};
using Event = std::variant<LinkUp, LinkDown, DialFailed, FrameArrived, SendRefused, Writable,
    TimerFired, Start, Leave, SetFreeBytes, ServeTime, TimeLie, SetSelf, AddSeeds, CheckReach,
    Probed, BulkEvent>;

// Actions, to be carried out in order.
struct Send {
    NodeId to;
    wire::Frame frame;
    bool isStamped
        = false; ///< The body's last 8 bytes are to be now(), big-endian, when it goes out.
};
struct Dial {
    net::Peer peer;
    friend bool operator==(const Dial &, const Dial &) = default;
};
struct DialUnknown {
    net::Endpoint endpoint;
    friend bool operator==(const DialUnknown &, const DialUnknown &) = default;
};
struct Greeted { ///< The link has said hello: messages may go over it.
    NodeId peer;
    friend bool operator==(const Greeted &, const Greeted &) = default;
};
struct HangUp {
    NodeId peer;
    friend bool operator==(const HangUp &, const HangUp &) = default;
};
struct WakeAt { ///< Replaces the timer set before.
    Ticks at;
    friend bool operator==(const WakeAt &, const WakeAt &) = default;
};
struct Deliver {
    Delivered delivered;
};
struct MemberChanged {
    NodeId id;
    friend bool operator==(const MemberChanged &, const MemberChanged &) = default;
};
struct StatusChanged {
    friend bool operator==(const StatusChanged &, const StatusChanged &) = default;
};
struct NodesCounted { ///< Of a broadcast of ours that was to be counted.
    MessageId id;
    quint32 nodes = 0;
    friend bool operator==(const NodesCounted &, const NodesCounted &) = default;
};
struct TimeSampled { ///< A peer said what time it is.
    time::Sample sample;
};
struct DeliverMessage { ///< To this node alone.
    Delivered delivered;
};
struct Settled { ///< What became of a PeerTree::sendTo().
    quint64 token = 0;
    Result<Receipt> outcome;
};
struct ProbeDial { ///< A connection of its own, only to see whose key answers.
    net::Peer peer;
    friend bool operator==(const ProbeDial &, const ProbeDial &) = default;
};
struct ReachChecked {
    std::vector<DialBackResult> results; ///< Empty: nobody could be asked.
    friend bool operator==(const ReachChecked &, const ReachChecked &) = default;
};
struct MemberFound { ///< A node that PeerTree::locate() asked says where it is.
    Member member;
};
struct DialForBulk { ///< A node that cannot dial us wants a link for bulk.
    net::Peer peer;
};
struct MeetingAsked { ///< A node wants us to dial it while it dials us, or says that it does.
    net::Peer peer; ///< Where others see it.
    quint32 protocol = 0; ///< As in Call.
    quint32 number = 0; ///< Of the try.
    bool isAnswer = false; ///< We asked.
    friend bool operator==(const MeetingAsked &, const MeetingAsked &) = default;
};
using Action = std::variant<Send, Dial, DialUnknown, Greeted, HangUp, WakeAt, Deliver,
    MemberChanged, StatusChanged, NodesCounted, TimeSampled, DeliverMessage, Settled, ProbeDial,
    ReachChecked, DialForBulk, MemberFound, MeetingAsked, BulkAction>;
using Actions = std::vector<Action>;

/// What the parts of the machine share while an event is handled.
struct Context {
    const TreeConfig &config;
    Rng &rng;
    const crypto::Crypto &crypto;
    const NodeId self;
    Moment moment{};
    Actions *actions = nullptr;
    quint32 capacity = config.capacity; ///< Children at most, by what was measured.
    TreeCounters counters{};
    Ticks wakeAt = Ticks::max(); ///< When something is due next.
    bool isStatusChanged = false;
    bool isBeaten = false; ///< A parent's heartbeats come.
    std::optional<QString> parentFault{}; ///< Why the parent has to be left, in words for people.
    Scores scores{config.local}; ///< Every part charges those who abuse it.

    [[nodiscard]] Ticks now() const { return moment.now; }
    [[nodiscard]] qint64 utcUs() const { return std::max(moment.utcUs, moment.utcMs * 1000); }
    void act(Action action) const { actions->push_back(std::move(action)); }
    void wakeBy(Ticks at) { wakeAt = std::min(wakeAt, at); }
    /// For what is no hurry: done with one of the parent's heartbeats, not in a wake-up of its own.
    void wakeAtLeisure(Ticks at)
    {
        wakeBy(isBeaten && at != Ticks::max() ? at + 2 * config.heartbeatEvery : at);
    }
    /// @return a number of microseconds in [0, span).
    [[nodiscard]] Ticks spread(Ticks span) const
    {
        return Ticks{rng.below(static_cast<quint32>(std::max<qint64>(span.count(), 1)))};
    }
};

} // namespace borg::tree
