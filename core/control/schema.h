// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/network_schema.h>

/// All that the desktop and the command line know of a node. JSON-RPC 2.0, one object a line, on a
/// local socket. A client asks `subscribe` and gets one Snapshot; then `patch` notifications
/// (RFC 7386 merge patches of the snapshot) with rising numbers. docs/control.md is printed from
/// these types.
namespace borg::control {

/// What the node is doing, and why.
struct Status {
    QString version;
    QString nodeId;
    QString network;
    bool local = false;
    QString state;
    QString reason;
    qint64 pid = 0;
    qint64 startedUtcMs = 0;
    QString listen;
    QString dataDir;
    qint64 members = 0;
    std::optional<bool> estimated{};
    QString invite;

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("version", &Status::version, "Of the program."),
            field("nodeId", &Status::nodeId, "52 characters of base32."),
            field("network", &Status::network, "Its name, for people."),
            field("local", &Status::local, "A network on this computer only."),
            field("state", &Status::state,
                "starting, joining, online, alone (root without peers), stopping."),
            field("reason", &Status::reason, 1024, "One sentence for people: why this state."),
            field("pid", &Status::pid, "Its process."),
            field("startedUtcMs", &Status::startedUtcMs, "When it started."),
            field("listen", &Status::listen, "host:port of the node's TLS port."),
            field("dataDir", &Status::dataDir, 4096, "Its data folder."),
            field("members", &Status::members, "Nodes known to be up, with this one."),
            field("estimated", &Status::estimated,
                "True: `members` is an estimate; in a large network each node knows a part."),
            field("invite", &Status::invite, 4096,
                "`borg:join/…`: what another node is given to join.")};
    }
    friend bool operator==(const Status &, const Status &) = default;
};

/// What this node gives to others.
struct Storage {
    qint64 shards = 0;
    qint64 bytes = 0;
    qint64 bytesLimit = 0;
    qint64 diskFreeBytes = 0;
    qint64 shardsVerified = 0;
    qint64 shardsCorrupt = 0;
    qint64 repairsDone = 0;
    bool readOnly = false;
    QString reason;
    qint64 listSavedUtcMs = 0;
    bool listCurrent = true;
    QString listProblem;

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("shards", &Storage::shards, "Held here for the network."),
            field("bytes", &Storage::bytes, "Of those shards on disk."),
            field("bytesLimit", &Storage::bytesLimit, "What the owner gives at most."),
            field("diskFreeBytes", &Storage::diskFreeBytes, "On the disk of the data folder."),
            field("shardsVerified", &Storage::shardsVerified,
                "Whose hash was checked since the node started."),
            field("shardsCorrupt", &Storage::shardsCorrupt,
                "Whose hash was wrong; they are repaired."),
            field("repairsDone", &Storage::repairsDone,
                "Shards rebuilt by this node since it started."),
            field(
                "readOnly", &Storage::readOnly, "The disk is full or failed; `reason` says which."),
            field("reason", &Storage::reason, 1024, "Why it takes no shards; empty when it does."),
            field("listSavedUtcMs", &Storage::listSavedUtcMs,
                "When the list of our files was written to the network, or read; 0: never."),
            field("listCurrent", &Storage::listCurrent, "It names all our files as they are."),
            field("listProblem", &Storage::listProblem, 1024,
                "Why it could not be written; empty when it could.")};
    }
    friend bool operator==(const Storage &, const Storage &) = default;
};

/// A file of ours in the network. Keyed by `id` in the snapshot. Never holds the key.
struct File {
    QString id;
    QString name;
    qint64 bytes = 0;
    qint64 createdUtcMs = 0;
    QString code;
    QString state;
    qint64 segments = 0;
    qint64 shardsWanted = 0;
    qint64 shardsAlive = 0;
    qint64 shardsNeeded = 0;
    qint64 trashedUtcMs = 0;
    QString folder;
    qint64 modifiedUtcMs = 0;
    qint64 versions = 0;

    [[nodiscard]] QString path() const { return folder.isEmpty() ? name : folder + u'/' + name; }

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{
            field("id", &File::id, "Of the manifest; `borgctl` takes it, the name or the link."),
            field("name", &File::name, 4096, "As it was put."),
            field("bytes", &File::bytes, "Of the plaintext."),
            field("createdUtcMs", &File::createdUtcMs, "When it was put."),
            field("code", &File::code, "\"k/n\"."),
            field("state", &File::state,
                "spooled (waits here for peers), sending, durable (safe, not yet everywhere), "
                "healthy (n of n reachable), degraded (readable, repair below), endangered (at "
                "most k reachable), lost, unknown (not asked yet)."),
            field("segments", &File::segments, "How many there are."),
            field("shardsWanted", &File::shardsWanted, "n of the weakest segment."),
            field("shardsAlive", &File::shardsAlive, "Reachable ones of the weakest segment."),
            field("shardsNeeded", &File::shardsNeeded, "k."),
            field("trashedUtcMs", &File::trashedUtcMs,
                "When it went into the trash; 0: it is not there."),
            wire::added("folder", &File::folder, 4096, "Where it stands; empty: at the top."),
            wire::added("modifiedUtcMs", &File::modifiedUtcMs,
                "When its content was changed, where it came from; 0: unknown."),
            wire::added("versions", &File::versions, "Earlier ones that are kept.")};
    }
    friend bool operator==(const File &, const File &) = default;
};

/// A put or get under way. Keyed by `id` in the snapshot; finished ones stay for ten minutes.
struct Job {
    QString id;
    QString kind;
    QString name;
    QString path;
    QString state;
    qint64 bytesDone = 0;
    qint64 bytesTotal = -1;
    qint64 startedUtcMs = 0;
    qint64 endedUtcMs = 0;
    QString error;
    QString errorCode;
    QString fileId;
    qint64 files = 0;
    qint64 filesTotal = 0;
    qint64 unchanged = 0;
    QString note;

    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("id", &Job::id, "For `wait` and `cancel`."),
            field("kind", &Job::kind, "put, get, verify."),
            field("name", &Job::name, 4096, "For people."),
            field("path", &Job::path, 4096, "On this computer."),
            field("state", &Job::state, "running, done, failed, cancelled."),
            field(
                "bytesDone", &Job::bytesDone, "Durable bytes for a put, verified bytes for a get."),
            field("bytesTotal", &Job::bytesTotal, "-1 when unknown."),
            field("startedUtcMs", &Job::startedUtcMs, "When it began."),
            field("endedUtcMs", &Job::endedUtcMs, "0 while it runs."),
            field("error", &Job::error, 1024, "One sentence: what went wrong and what to do."),
            field("errorCode", &Job::errorCode, "The name of the Errc, for programs."),
            field("fileId", &Job::fileId, "Of a finished put."),
            wire::added("files", &Job::files, "Of a folder: those that are done."),
            wire::added("filesTotal", &Job::filesTotal, "Of a folder; 0: it is one file."),
            wire::added(
                "unchanged", &Job::unchanged, "Of a folder: those that were there already."),
            wire::added("note", &Job::note, 1024, "What else there is to know; empty: nothing.")};
    }
    friend bool operator==(const Job &, const Job &) = default;
};

} // namespace borg::control
