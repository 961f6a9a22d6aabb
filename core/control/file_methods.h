// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/schema.h>

/// The calls of the control socket that are about files. The list of all stands in methods.h.
namespace borg::control {

using wire::field;

/// A reply or request without content.
struct Nothing {
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
        = "Stores a file or a whole folder in the network. The node opens the path itself, as the "
          "same user. What is at its path already gets a new version; of a folder, files that are "
          "there with the same size and time are left out.";
    using Reply = JobStarted;
    QString path;
    std::optional<QString> name;
    std::optional<QString> folder;
    std::optional<QString> code;
    std::optional<bool> stream;
    static constexpr auto fields()
    {
        return std::tuple{field("path", &Put::path, 4096, "Absolute; empty with `stream`."),
            field("name", &Put::name, 4096,
                "Instead of the last part of the path; with slashes: in that folder."),
            field("folder", &Put::folder, 4096, "Where to; else the top."),
            field("code", &Put::code, "`K/N`, instead of the network's choice."),
            field("stream", &Put::stream, "The bytes come over a socket of their own.")};
    }
};

struct Get {
    static constexpr std::string_view kName = "get";
    static constexpr std::string_view kDoc
        = "Fetches a file of the network, or a folder of ours. Names one of link, id and name.";
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
            field("name", &Get::name, 4096, "Path of a file or folder of ours."),
            field("out", &Get::out, 4096,
                "Absolute path of the file or folder to make; empty with `stream`."),
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
    static constexpr std::string_view kDoc
        = "Our files in all folders, with their health, or what is in the trash.";
    struct Reply {
        std::vector<File> files;
        static constexpr auto fields()
        {
            return std::tuple{field("files", &Reply::files, 1'000'000, "Oldest first.")};
        }
    };
    std::optional<bool> trash;
    static constexpr auto fields()
    {
        return std::tuple{field("trash", &ListFiles::trash, "Those in the trash instead.")};
    }
};

struct RemoveFile {
    static constexpr std::string_view kName = "rm";
    static constexpr std::string_view kDoc = "Puts a file of ours into the trash, or forgets it at "
                                             "once and asks the holders to do so.";
    using Reply = Nothing;
    QString id;
    std::optional<bool> forGood;
    static constexpr auto fields()
    {
        return std::tuple{field("id", &RemoveFile::id, 4096, "Of the file, or its link."),
            field("forGood", &RemoveFile::forGood,
                "Not into the trash, where it is kept for seven days.")};
    }
};

struct RestoreFile {
    static constexpr std::string_view kName = "restore";
    static constexpr std::string_view kDoc
        = "Takes a file out of the trash, or makes an earlier version the last one.";
    using Reply = Nothing;
    QString id;
    static constexpr auto fields()
    {
        return std::tuple{field("id", &RestoreFile::id, "Of the file.")};
    }
};

struct GetLink {
    static constexpr std::string_view kName = "link";
    static constexpr std::string_view kDoc
        = "What opens a file of ours. Shows a key, as do `wait` and `recovery` and no other call.";
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

struct GetRecovery {
    static constexpr std::string_view kName = "recovery";
    static constexpr std::string_view kDoc
        = "What gives all our files on another computer, and how the list of them is kept.";
    struct Reply {
        QString link;
        qint64 savedUtcMs = 0;
        qint64 copies = 0;
        bool isCurrent = false;
        QString problem;
        static constexpr auto fields()
        {
            return std::tuple{
                field("link", &Reply::link, 4096, "`borg:w/…`: whoever has it has everything."),
                field("savedUtcMs", &Reply::savedUtcMs,
                    "When the list was written to the network, or read, last; 0: never."),
                field("copies", &Reply::copies,
                    "Nodes that keep its place, by the last write since the start."),
                field("isCurrent", &Reply::isCurrent, "It names all our files as they are."),
                field("problem", &Reply::problem, 1024, "Of the last try; empty: none.")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

struct Recover {
    static constexpr std::string_view kName = "recover";
    static constexpr std::string_view kDoc
        = "Takes over the files of a recovery link; this node must have none of its own.";
    struct Reply {
        qint64 files = 0;
        static constexpr auto fields()
        {
            return std::tuple{field("files", &Reply::files, "So many are ours now.")};
        }
    };
    QString link;
    static constexpr auto fields()
    {
        return std::tuple{field("link", &Recover::link, 4096, "`borg:w/…`")};
    }
};

} // namespace borg::control
