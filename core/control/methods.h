// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/schema.h>

/// Every call of the control socket: its parameters, its result and one line about each. The
/// server's table, the client's ask() and docs/control.md are made from `Methods` at the end.
namespace borg::control {

using wire::field;

/// A reply or request without content.
struct Nothing {
    static constexpr auto fields() { return std::tuple{}; }
};

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
                    "{status, tree, storage, peers{id}, files{id}, jobs{id}}")};
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
    struct Reply {
        std::vector<Peer> peers;
        static constexpr auto fields()
        {
            return std::tuple{field("peers", &Reply::peers, 100'000, "In order of id.")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

/// Reply of put and get.
struct JobStarted {
    QString jobId;
    QString socket;
    QString token;
    static constexpr auto fields()
    {
        return std::tuple{
            field("jobId", &JobStarted::jobId, "For `wait` and `cancel`; a key of the jobs."),
            field("socket", &JobStarted::socket, 4096,
                "With `stream`: the local socket for the bytes; else empty."),
            field("token", &JobStarted::token,
                "With `stream`: 32 bytes to send there first, within 20 s; then the bytes go in "
                "chunks of `u32 length` (big-endian) and data, length 0 is the end.")};
    }
};

struct Put {
    static constexpr std::string_view kName = "put";
    static constexpr std::string_view kDoc
        = "Stores a file in the network. The node opens the path itself, as the same user.";
    using Reply = JobStarted;
    QString path;
    std::optional<QString> name;
    std::optional<QString> code;
    std::optional<bool> stream;
    static constexpr auto fields()
    {
        return std::tuple{field("path", &Put::path, 4096, "Absolute; empty with `stream`."),
            field("name", &Put::name, 4096, "Instead of the last part of the path."),
            field("code", &Put::code, "`K/N`, instead of the network's choice."),
            field("stream", &Put::stream, "The bytes come over a socket of their own.")};
    }
};

struct Get {
    static constexpr std::string_view kName = "get";
    static constexpr std::string_view kDoc
        = "Fetches a file of the network. Names one of link, id and name.";
    using Reply = JobStarted;
    std::optional<QString> link;
    std::optional<QString> id;
    std::optional<QString> name;
    QString out;
    std::optional<bool> force;
    std::optional<bool> stream;
    static constexpr auto fields()
    {
        return std::tuple{field("link", &Get::link, 4096, "`borg:r/…`"),
            field("id", &Get::id, "Of a file of ours."),
            field("name", &Get::name, 4096, "Of a file of ours."),
            field(
                "out", &Get::out, 4096, "Absolute path of the file to make; empty with `stream`."),
            field("force", &Get::force, "Replace what is there. Otherwise that is a Conflict."),
            field("stream", &Get::stream, "The bytes go over a socket of their own.")};
    }
};

struct Cancel {
    static constexpr std::string_view kName = "cancel";
    static constexpr std::string_view kDoc = "Ends a job; nothing of it stays behind.";
    using Reply = Nothing;
    QString jobId;
    static constexpr auto fields()
    {
        return std::tuple{field("jobId", &Cancel::jobId, "Of `put` or `get`.")};
    }
};

struct Wait {
    static constexpr std::string_view kName = "wait";
    static constexpr std::string_view kDoc = "Answers when the job has ended.";
    struct Reply {
        Job job;
        std::optional<QString> link;
        std::optional<File> file;
        static constexpr auto fields()
        {
            return std::tuple{field("job", &Reply::job, "Its end."),
                field("link", &Reply::link, 4096, "Of a finished put: what opens the file."),
                field("file", &Reply::file, "Of a finished put.")};
        }
    };
    QString jobId;
    static constexpr auto fields()
    {
        return std::tuple{field("jobId", &Wait::jobId, "Of `put` or `get`.")};
    }
};

struct ListFiles {
    static constexpr std::string_view kName = "ls";
    static constexpr std::string_view kDoc = "Our files, with their health.";
    struct Reply {
        std::vector<File> files;
        static constexpr auto fields()
        {
            return std::tuple{field("files", &Reply::files, 1'000'000, "Oldest first.")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

struct RemoveFile {
    static constexpr std::string_view kName = "rm";
    static constexpr std::string_view kDoc
        = "Forgets a file of ours and asks the holders to do so.";
    using Reply = Nothing;
    QString id;
    static constexpr auto fields()
    {
        return std::tuple{field("id", &RemoveFile::id, "Of the file.")};
    }
};

struct GetLink {
    static constexpr std::string_view kName = "link";
    static constexpr std::string_view kDoc
        = "What opens a file of ours. The only call that shows a key besides `wait`.";
    struct Reply {
        QString link;
        static constexpr auto fields()
        {
            return std::tuple{field("link", &Reply::link, 4096, "`borg:r/…`")};
        }
    };
    QString id;
    static constexpr auto fields() { return std::tuple{field("id", &GetLink::id, "Of the file.")}; }
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

/// One line of `doctor`.
struct Check {
    QString name;
    bool ok = false;
    QString detail;
    QString advice;
    static constexpr auto fields()
    {
        return std::tuple{field("name", &Check::name, "What was looked at."),
            field("ok", &Check::ok, "Nothing to do."),
            field("detail", &Check::detail, 1024, "What was found."),
            field("advice", &Check::advice, 1024, "What to do; empty when ok.")};
    }
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
    ListFiles, RemoveFile, GetLink, Stop, GetLog, GetInvite, Doctor, GetConfig>;

} // namespace borg::control
