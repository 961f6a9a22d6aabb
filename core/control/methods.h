// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/bulk_methods.h>

/// Every call of the control socket: its parameters, its result and one line about each. The
/// server's table, the client's ask() and docs/control.md are made from `Methods` at the end.
namespace borg::control {

struct Hello {
    static constexpr std::string_view kName = "hello";
    static constexpr std::string_view kDoc = "Who answers. The first call of every client.";
    struct Reply {
        QString version;
        QString nodeId;
        qint64 pid = 0;
        static constexpr auto fields()
        {
            return std::tuple{field("version", &Reply::version, "Of the node's program."),
                field("nodeId", &Reply::nodeId, "The node's id."),
                field("pid", &Reply::pid, "Its process.")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

struct Subscribe {
    static constexpr std::string_view kName = "subscribe";
    static constexpr std::string_view kDoc
        = "The whole snapshot, and from then on a `patch` notification for every change.";
    struct Reply {
        qint64 seq = 0;
        QJsonObject snapshot;
        static constexpr auto fields()
        {
            return std::tuple{
                field("seq", &Reply::seq, "Number of the last patch that the snapshot holds."),
                field("snapshot", &Reply::snapshot,
                    "{status, tree, storage, peers{id}, files{id}, jobs{id}, time, reach}")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

struct GetStatus {
    static constexpr std::string_view kName = "status";
    static constexpr std::string_view kDoc = "What the node is doing, and why.";
    using Reply = Status;
    static constexpr auto fields() { return std::tuple{}; }
};

struct GetTree {
    static constexpr std::string_view kName = "tree";
    static constexpr std::string_view kDoc = "The node's place in the tree.";
    using Reply = Tree;
    static constexpr auto fields() { return std::tuple{}; }
};

struct GetPeers {
    static constexpr std::string_view kName = "peers";
    static constexpr std::string_view kDoc = "Every node this one knows, with its links.";
    using Reply = Peers;
    static constexpr auto fields() { return std::tuple{}; }
};

struct GetTime {
    static constexpr std::string_view kName = "time";
    static constexpr std::string_view kDoc = "What time it is in the network.";
    using Reply = Time;
    static constexpr auto fields() { return std::tuple{}; }
};

struct GetReach {
    static constexpr std::string_view kName = "reach";
    static constexpr std::string_view kDoc = "Whether other nodes can reach this one.";
    using Reply = Reach;
    static constexpr auto fields() { return std::tuple{}; }
};

struct CheckReach {
    static constexpr std::string_view kName = "checkReach";
    static constexpr std::string_view kDoc
        = "Looks again whether other nodes can reach this one; `reach` changes as it is found out.";
    using Reply = Nothing;
    static constexpr auto fields() { return std::tuple{}; }
};

struct Ping {
    static constexpr std::string_view kName = "ping";
    static constexpr std::string_view kDoc = "Asks another node whether it is there.";
    struct Reply {
        qint64 rttUs = 0;
        qint64 hops = 0;
        qint64 attempts = 0;
        static constexpr auto fields()
        {
            return std::tuple{field("rttUs", &Reply::rttUs, "There and back."),
                field("hops", &Reply::hops, "Links on the way there; 1 is a direct link."),
                field("attempts", &Reply::attempts, "How often it was asked.")};
        }
    };
    QString node;
    static constexpr auto fields()
    {
        return std::tuple{field("node", &Ping::node, "Its id, 52 characters of base32.")};
    }
};

struct FindNode {
    static constexpr std::string_view kName = "find";
    static constexpr std::string_view kDoc
        = "Where a node of the network is: known, or told by the node itself.";
    struct Reply {
        QString node;
        QString endpoint;
        qint64 freeBytes = 0;
        bool known = false;
        static constexpr auto fields()
        {
            return std::tuple{field("node", &Reply::node, "Its id."),
                field("endpoint", &Reply::endpoint, "host:port where it takes connections."),
                field("freeBytes", &Reply::freeBytes, "What it still offers to store."),
                field("known", &Reply::known, "It was known; otherwise it was asked.")};
        }
    };
    QString node;
    static constexpr auto fields()
    {
        return std::tuple{field("node", &FindNode::node, "Its id, 52 characters of base32.")};
    }
};

struct PingAll {
    static constexpr std::string_view kName = "pingAll";
    static constexpr std::string_view kDoc
        = "Sends a word to every node and counts who has it, within 3 s.";
    struct Reply {
        qint64 reached = 0;
        qint64 known = 0;
        qint64 tookMs = 0;
        static constexpr auto fields()
        {
            return std::tuple{field("reached", &Reply::reached, "Other nodes that have it."),
                field("known", &Reply::known, "Other nodes known to be up."),
                field("tookMs", &Reply::tookMs, "Until the count was whole.")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

struct Stop {
    static constexpr std::string_view kName = "stop";
    static constexpr std::string_view kDoc = "Tells the neighbours, closes the files and ends.";
    using Reply = Nothing;
    static constexpr auto fields() { return std::tuple{}; }
};

/// One entry of the log.
struct LogLine {
    qint64 utcMs = 0;
    QString level;
    QString category;
    QString text;
    static constexpr auto fields()
    {
        return std::tuple{field("utcMs", &LogLine::utcMs, "Milliseconds since 1970 in UTC."),
            field("level", &LogLine::level, "debug, info, warning or error."),
            field("category", &LogLine::category, "Which part of the node, `borg.tree.…`."),
            field("text", &LogLine::text, 4096, "Without secrets.")};
    }
};

struct GetLog {
    static constexpr std::string_view kName = "log";
    static constexpr std::string_view kDoc = "The latest lines of the node's log, without secrets.";
    struct Reply {
        std::vector<LogLine> lines;
        static constexpr auto fields()
        {
            return std::tuple{field("lines", &Reply::lines, 10'000, "Oldest first.")};
        }
    };
    qint64 lines = 100;
    static constexpr auto fields()
    {
        return std::tuple{field("lines", &GetLog::lines, "How many, at most 10,000.")};
    }
};

struct GetInvite {
    static constexpr std::string_view kName = "invite";
    static constexpr std::string_view kDoc = "What another node is given to join this network.";
    struct Reply {
        QString link;
        static constexpr auto fields()
        {
            return std::tuple{field("link", &Reply::link, 4096, "`borg:join/…`")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

struct Doctor {
    static constexpr std::string_view kName = "doctor";
    static constexpr std::string_view kDoc = "Looks at everything that usually goes wrong.";
    struct Reply {
        std::vector<Check> checks;
        static constexpr auto fields()
        {
            return std::tuple{field("checks", &Reply::checks, 64, "Each with its finding.")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

struct GetConfig {
    static constexpr std::string_view kName = "config";
    static constexpr std::string_view kDoc = "The settings that are in force, and their file.";
    struct Reply {
        QString file;
        QJsonObject values;
        static constexpr auto fields()
        {
            return std::tuple{field("file", &Reply::file, 4096, "Where they are changed."),
                field("values", &Reply::values, "{section: {key: value}}")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

template <typename... Ms>
struct MethodTable {
    /// Calls `visit.template operator()<M>()` for each method, in order.
    template <typename Visitor>
    static void each(Visitor &&visit)
    {
        (visit.template operator()<Ms>(), ...);
    }
};
using Methods = MethodTable<Hello, Subscribe, GetStatus, GetTree, GetPeers, Put, Get, Cancel, Wait,
    ListFiles, ListFolder, ListVersions, VerifyFile, MoveFile, RemoveFile, RemoveFolder,
    RestoreFile, GetLink, GetRecovery, Recover, Stop, GetLog, GetInvite, Doctor, GetConfig, GetTime,
    GetReach, CheckReach, Ping, PingAll, FindNode, BulkSend, BulkList, BulkSave, BulkDrop>;

} // namespace borg::control
