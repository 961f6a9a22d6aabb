// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/refused.h>

/// What the control API says of the network around a node: its place in the tree, the nodes it
/// knows, whether others can reach it, and what time it is. Part of schema.h.
namespace borg::control {

/// A finding: one line of `doctor`, or of the look at reachability.
struct Check {
    QString name;
    bool ok = false;
    QString detail;
    QString advice;
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("name", &Check::name, "What was looked at."),
            field("ok", &Check::ok, "Nothing to do."),
            field("detail", &Check::detail, 1024, "What was found."),
            field("advice", &Check::advice, 1024, "What to do; empty when ok.")};
    }
    friend bool operator==(const Check &, const Check &) = default;
};

/// How often a node did something it should not have done.
struct Misdeed {
    QString what;
    qint64 count = 0;
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("what", &Misdeed::what, "Its name: badSignature, late, …"),
            field("count", &Misdeed::count, "Since we know it.")};
    }
    friend bool operator==(const Misdeed &, const Misdeed &) = default;
};

/// A node we know. Keyed by its id in the snapshot.
struct Peer {
    QString id;
    QString endpoint;
    QString role;
    bool online = false;
    qint64 rttUs = -1;
    qint64 depth = -1;
    QString parent;
    qint64 bytesIn = 0;
    qint64 bytesOut = 0;
    qint64 lastSeenUtcMs = 0;
    qint64 linkSinceUtcMs = 0;
    QString region;
    qint64 score = 0;
    bool greylisted = false;
    std::vector<Misdeed> misdeeds;

    static constexpr auto fields()
    {
        using wire::added;
        using wire::field;
        return std::tuple{field("id", &Peer::id, "52 characters of base32."),
            field("endpoint", &Peer::endpoint, "host:port."),
            field("role", &Peer::role,
                "parent, child, backup, lazy, link (any other link) or known (no link)."),
            field("online", &Peer::online, "Heard of lately."),
            field("rttUs", &Peer::rttUs, "-1 when unknown."),
            field("depth", &Peer::depth, "In the tree; -1 when unknown."),
            field("parent", &Peer::parent,
                "Its parent's id, as last heard; empty for the root or when unknown."),
            field("bytesIn", &Peer::bytesIn, "From it, on all links."),
            field("bytesOut", &Peer::bytesOut, "To it, on all links."),
            field("lastSeenUtcMs", &Peer::lastSeenUtcMs, "0 when never since the start."),
            added("linkSinceUtcMs", &Peer::linkSinceUtcMs, "0 without a link."),
            added("region", &Peer::region, "Nodes near each other share it; empty when unknown."),
            added("score", &Peer::score, "Good deeds add up to 20; below -100 it is greylisted."),
            added("greylisted", &Peer::greylisted, "We take no links of it for a while."),
            added("misdeeds", &Peer::misdeeds, 32, "What it did wrong, the most frequent first.")};
    }
    friend bool operator==(const Peer &, const Peer &) = default;
};

/// All of them, and the strangers.
struct Peers {
    std::vector<Peer> peers;
    Refused refused;
    static constexpr auto fields()
    {
        return std::tuple{wire::field("peers", &Peers::peers, 100'000, "In order of id."),
            wire::added("refused", &Peers::refused,
                "Strangers: inbound connections that never became links.")};
    }
};

/// A parent that this node got, or lost.
struct ParentChange {
    qint64 utcMs = 0;
    QString parent;
    QString reason;
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("utcMs", &ParentChange::utcMs, "When."),
            field("parent", &ParentChange::parent, "Its id; empty: root, or looking for one."),
            field("reason", &ParentChange::reason, 256, "A few words for people.")};
    }
    friend bool operator==(const ParentChange &, const ParentChange &) = default;
};

/// Our place in the tree.
struct Tree {
    QString root;
    QString parent;
    std::vector<QString> children;
    std::vector<QString> backups;
    std::vector<QString> lazy;
    qint64 depth = 0;
    qint64 epoch = 0;
    qint64 broadcastsDelivered = 0;
    qint64 broadcastsDuplicate = 0;
    std::vector<QString> history;
    std::vector<ParentChange> changes;
    std::vector<QString> path;
    qint64 capacity = 0;
    qint64 latRootUs = -1;
    qint64 networkSize = 0;
    qint64 lastFailoverMs = -1;
    qint64 messagesSent = 0;
    qint64 messagesFailed = 0;
    qint64 messagesHeard = 0;
    qint64 messagesRelayed = 0;
    qint64 linksDialled = 0;
    qint64 linksReversed = 0;
    qint64 linksPunched = 0;
    qint64 bulkLinksPunched = 0;
    qint64 bytesIn = 0;
    qint64 bytesOut = 0;
    qint64 greylisted = 0;
    qint64 handshakesRefused = 0;
    Refused refused;

    static constexpr auto fields()
    {
        using wire::added;
        using wire::field;
        return std::tuple{field("root", &Tree::root, "Its id."),
            field("parent", &Tree::parent, "Empty when we are the root."),
            field("children", &Tree::children, 64, "Their ids."),
            field("backups", &Tree::backups, 8, "Who becomes our parent when it is lost."),
            field("lazy", &Tree::lazy, 64, "Links that carry only ids of messages."),
            field("depth", &Tree::depth, "0 is the root."),
            field("epoch", &Tree::epoch, "Of the root's term."),
            field("broadcastsDelivered", &Tree::broadcastsDelivered, "Since the start, each once."),
            field(
                "broadcastsDuplicate", &Tree::broadcastsDuplicate, "Copies that were not needed."),
            field("history", &Tree::history, 64,
                "Latest parent changes with the reason, oldest first; `changes` has their parts."),
            added("changes", &Tree::changes, 64, "Latest parent changes, oldest first."),
            added("path", &Tree::path, 64, "From our parent up to the root, as far as known."),
            added("capacity", &Tree::capacity, "Children at most."),
            added("latRootUs", &Tree::latRootUs, "From the root to us, one way; -1 when unknown."),
            added("networkSize", &Tree::networkSize, "Nodes in the network; an estimate."),
            added("lastFailoverMs", &Tree::lastFailoverMs,
                "From the last lost parent to the next one; -1 when none was lost."),
            added("messagesSent", &Tree::messagesSent, "To one node, and acknowledged by it."),
            added("messagesFailed", &Tree::messagesFailed, "To one node, and not acknowledged."),
            added("messagesHeard", &Tree::messagesHeard, "To this node alone, each once."),
            added("messagesRelayed", &Tree::messagesRelayed, "Of others, carried by us."),
            added("linksDialled", &Tree::linksDialled, "Direct links made on demand: we dialled."),
            added("linksReversed", &Tree::linksReversed, "The other side dialled when asked."),
            added("linksPunched", &Tree::linksPunched, "Both dialled at once, through routers."),
            added("bulkLinksPunched", &Tree::bulkLinksPunched,
                "The same for links that carry files."),
            added("bytesIn", &Tree::bytesIn, "On all links since the start."),
            added("bytesOut", &Tree::bytesOut, "On all links since the start."),
            added("greylisted", &Tree::greylisted, "Nodes that we take no links of for a while."),
            added("handshakesRefused", &Tree::handshakesRefused,
                "Inbound connections dropped before they were links."),
            added("refused", &Tree::refused, "The same, by what was wrong.")};
    }
    friend bool operator==(const Tree &, const Tree &) = default;
};

/// What time it is in the network. The clock of this computer is never set.
struct Time {
    qint64 utcMs = 0;
    qint64 offsetUs = 0;
    qint64 boundUs = -1;
    QString state;
    qint64 sources = 0;
    qint64 agreeing = 0;
    qint64 osBoundUs = -1;
    bool osSynchronised = false;
    QString warning;
    QString warningCode;
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("utcMs", &Time::utcMs, "Network time when this was written."),
            field("offsetUs", &Time::offsetUs, "Network time minus the clock of this computer."),
            field("boundUs", &Time::boundUs, "How far off it may be; -1 when unknown."),
            field("state", &Time::state,
                "local (too few sources: the clock of this computer), synced, holdover (was "
                "synced, "
                "runs on by itself); empty when unknown."),
            field("sources", &Time::sources, "Nodes asked lately."),
            field("agreeing", &Time::agreeing, "Those of them that agree."),
            field("osBoundUs", &Time::osBoundUs,
                "How far off this computer says its own clock may be; -1 when it does not say."),
            field("osSynchronised", &Time::osSynchronised,
                "This computer says that its clock is kept right."),
            field("warning", &Time::warning, 1024, "One sentence; empty when all is well."),
            field("warningCode", &Time::warningCode,
                "unsynchronised (no time service keeps this computer's clock), osOff (it is more "
                "than a second off), peersDisagree, or empty.")};
    }
    friend bool operator==(const Time &, const Time &) = default;
};

/// Whether other nodes can reach this one, and what would help.
struct Reach {
    QString state;
    QString external;
    QString mappedBy;
    qint64 lastCheckUtcMs = 0;
    qint64 lanPeers = 0;
    QString reason;
    std::vector<Check> checks;
    std::vector<QString> advice;
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{
            field("state", &Reach::state,
                "public, mapped (the router lets us in), punchable (others get in "
                "with help), relayed (only others carry to us), lan, local, unknown."),
            field("external", &Reach::external, "host:port as others see it; empty when unknown."),
            field("mappedBy", &Reach::mappedBy, "upnp, nat-pmp or empty."),
            field("lastCheckUtcMs", &Reach::lastCheckUtcMs, "0 when never."),
            field("lanPeers", &Reach::lanPeers, "Nodes found in the same local network."),
            field("reason", &Reach::reason, 1024, "One sentence for people: why this state."),
            field("checks", &Reach::checks, 32, "What was looked at."),
            field("advice", &Reach::advice, 16,
                "Sentences: what would help; empty when all is well.")};
    }
    friend bool operator==(const Reach &, const Reach &) = default;
};

} // namespace borg::control
