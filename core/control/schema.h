// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <wire/message.h>

/// All that the desktop and the command line know of a node. JSON-RPC 2.0, one object a line, on a
/// local socket. A client asks `subscribe` and gets one Snapshot; then `patch` notifications
/// (RFC 7386 merge patches of the snapshot) with rising numbers. docs/control.md is printed from
/// these types.
namespace borg::control {

/// What the node is doing, and why.
struct Status {
    QString version; ///< Of the program.
    QString nodeId;
    QString network; ///< Its name, for people.
    bool local = false; ///< A network on this computer only.
    QString state; ///< starting, joining, online, alone (root without peers), stopping.
    QString reason; ///< One sentence for people: why this state.
    qint64 pid = 0;
    qint64 startedUtcMs = 0;
    QString listen; ///< host:port of the node's TLS port.
    QString dataDir;
    qint64 members = 0; ///< Nodes known to be up, with this one.
    QString invite; ///< `borg:join/…`: what another node is given to join.

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("version", &Status::version), field("nodeId", &Status::nodeId),
            field("network", &Status::network), field("local", &Status::local),
            field("state", &Status::state), field("reason", &Status::reason, 1024),
            field("pid", &Status::pid), field("startedUtcMs", &Status::startedUtcMs),
            field("listen", &Status::listen), field("dataDir", &Status::dataDir, 4096),
            field("members", &Status::members), field("invite", &Status::invite, 4096)};
    }
    friend bool operator==(const Status &, const Status &) = default;
};

/// A node we know. Keyed by its id in the snapshot.
struct Peer {
    QString id;
    QString endpoint;
    QString role; ///< parent, child, backup, lazy, link (any other link) or known (no link).
    bool online = false;
    qint64 rttUs = -1; ///< -1 when unknown.
    qint64 depth = -1; ///< In the tree; -1 when unknown.
    QString parent; ///< Its parent's id, as last heard; empty for the root or when unknown.
    qint64 bytesIn = 0;
    qint64 bytesOut = 0;
    qint64 lastSeenUtcMs = 0;

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("id", &Peer::id), field("endpoint", &Peer::endpoint),
            field("role", &Peer::role), field("online", &Peer::online),
            field("rttUs", &Peer::rttUs), field("depth", &Peer::depth),
            field("parent", &Peer::parent), field("bytesIn", &Peer::bytesIn),
            field("bytesOut", &Peer::bytesOut), field("lastSeenUtcMs", &Peer::lastSeenUtcMs)};
    }
    friend bool operator==(const Peer &, const Peer &) = default;
};

/// Our place in the tree.
struct Tree {
    QString root;
    QString parent; ///< Empty when we are the root.
    std::vector<QString> children;
    std::vector<QString> backups;
    std::vector<QString> lazy;
    qint64 depth = 0;
    qint64 epoch = 0;
    qint64 broadcastsDelivered = 0;
    qint64 broadcastsDuplicate = 0;
    std::vector<QString> history; ///< Latest parent changes with the reason, oldest first.

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("root", &Tree::root), field("parent", &Tree::parent),
            field("children", &Tree::children, 64), field("backups", &Tree::backups, 8),
            field("lazy", &Tree::lazy, 64), field("depth", &Tree::depth),
            field("epoch", &Tree::epoch), field("broadcastsDelivered", &Tree::broadcastsDelivered),
            field("broadcastsDuplicate", &Tree::broadcastsDuplicate),
            field("history", &Tree::history, 64)};
    }
    friend bool operator==(const Tree &, const Tree &) = default;
};

/// What this node gives to others.
struct Storage {
    qint64 shards = 0; ///< Held here for the network.
    qint64 bytes = 0; ///< Of those shards on disk.
    qint64 bytesLimit = 0; ///< What the owner gives at most.
    qint64 diskFreeBytes = 0;
    qint64 shardsVerified = 0; ///< Whose hash was checked since the node started.
    qint64 shardsCorrupt = 0;
    qint64 repairsDone = 0; ///< Shards rebuilt by this node since it started.
    bool readOnly = false; ///< The disk is full or failed; `reason` says which.
    QString reason;

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("shards", &Storage::shards), field("bytes", &Storage::bytes),
            field("bytesLimit", &Storage::bytesLimit),
            field("diskFreeBytes", &Storage::diskFreeBytes),
            field("shardsVerified", &Storage::shardsVerified),
            field("shardsCorrupt", &Storage::shardsCorrupt),
            field("repairsDone", &Storage::repairsDone), field("readOnly", &Storage::readOnly),
            field("reason", &Storage::reason, 1024)};
    }
    friend bool operator==(const Storage &, const Storage &) = default;
};

/// A file of ours in the network. Keyed by `id` in the snapshot. Never holds the key.
struct File {
    QString id; ///< Of the manifest; `borgctl` takes it, the name or the link.
    QString name;
    qint64 bytes = 0;
    qint64 createdUtcMs = 0;
    QString code; ///< "k/n".
    /// spooled (waits here for peers), sending, durable (safe, not yet everywhere), healthy (n of n
    /// reachable), degraded (readable, repair below), endangered (at most k reachable), lost.
    QString state;
    qint64 segments = 0;
    qint64 shardsWanted = 0; ///< n of the weakest segment.
    qint64 shardsAlive = 0; ///< Reachable ones of the weakest segment.
    qint64 shardsNeeded = 0; ///< k.

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("id", &File::id), field("name", &File::name, 4096),
            field("bytes", &File::bytes), field("createdUtcMs", &File::createdUtcMs),
            field("code", &File::code), field("state", &File::state),
            field("segments", &File::segments), field("shardsWanted", &File::shardsWanted),
            field("shardsAlive", &File::shardsAlive), field("shardsNeeded", &File::shardsNeeded)};
    }
    friend bool operator==(const File &, const File &) = default;
};

/// A put or get under way. Keyed by `id` in the snapshot; finished ones stay for ten minutes.
struct Job {
    QString id;
    QString kind; ///< put, get.
    QString name; ///< For people.
    QString path; ///< On this computer.
    QString state; ///< running, done, failed, cancelled.
    qint64 bytesDone = 0; ///< Durable bytes for a put, verified bytes for a get.
    qint64 bytesTotal = -1; ///< -1 when unknown.
    qint64 startedUtcMs = 0;
    qint64 endedUtcMs = 0;
    QString error; ///< One sentence: what went wrong and what to do.
    QString errorCode; ///< The name of the Errc, for programs.
    QString fileId; ///< Of a finished put.

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("id", &Job::id), field("kind", &Job::kind),
            field("name", &Job::name, 4096), field("path", &Job::path, 4096),
            field("state", &Job::state), field("bytesDone", &Job::bytesDone),
            field("bytesTotal", &Job::bytesTotal), field("startedUtcMs", &Job::startedUtcMs),
            field("endedUtcMs", &Job::endedUtcMs), field("error", &Job::error, 1024),
            field("errorCode", &Job::errorCode), field("fileId", &Job::fileId)};
    }
    friend bool operator==(const Job &, const Job &) = default;
};

} // namespace borg::control
