// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/file_methods.h>

/// The calls of the control socket that are about folders, and about versions of files.
namespace borg::control {

struct Folder {
    QString name;
    qint64 files = 0;
    qint64 bytes = 0;
    static constexpr auto fields()
    {
        return std::tuple{field("name", &Folder::name, 4096, "Its last part."),
            field("files", &Folder::files, "In it and below."),
            field("bytes", &Folder::bytes, "Of all of them.")};
    }
};

struct ListFolder {
    static constexpr std::string_view kName = "folder";
    static constexpr std::string_view kDoc = "What is directly in a folder of ours.";
    struct Reply {
        std::vector<Folder> folders;
        std::vector<File> files;
        static constexpr auto fields()
        {
            return std::tuple{field("folders", &Reply::folders, 1'000'000, "By name."),
                field("files", &Reply::files, 1'000'000, "By name.")};
        }
    };
    QString path;
    static constexpr auto fields()
    {
        return std::tuple{field("path", &ListFolder::path, 4096, "Empty: the top.")};
    }
};

struct ListVersions {
    static constexpr std::string_view kName = "versions";
    static constexpr std::string_view kDoc
        = "All that is kept of a file of ours: a version stays for 90 days once there is a later "
          "one.";
    struct Reply {
        std::vector<File> files;
        static constexpr auto fields()
        {
            return std::tuple{field("files", &Reply::files, 1'000'000, "The last one first.")};
        }
    };
    QString path;
    static constexpr auto fields()
    {
        return std::tuple{field("path", &ListVersions::path, 4096, "Of the file.")};
    }
};

struct VerifyFile {
    static constexpr std::string_view kName = "verify";
    static constexpr std::string_view kDoc
        = "Has every node that holds shards of a file of ours prove that it has them. A job; its "
          "bytes are shards, its `note` is what came of it. It fails when the file is not safe.";
    using Reply = JobStarted;
    QString id;
    static constexpr auto fields()
    {
        return std::tuple{field("id", &VerifyFile::id, "Of the file.")};
    }
};

struct MoveFile {
    static constexpr std::string_view kName = "mv";
    static constexpr std::string_view kDoc
        = "Moves or renames a file of ours with its versions, or a folder with all that is in it.";
    struct Reply {
        qint64 files = 0;
        static constexpr auto fields()
        {
            return std::tuple{field("files", &Reply::files, "So many were moved.")};
        }
    };
    QString from;
    QString to;
    static constexpr auto fields()
    {
        return std::tuple{field("from", &MoveFile::from, 4096, "A path."),
            field("to", &MoveFile::to, 4096, "The path that it has then; nothing is there yet.")};
    }
};

struct RemoveFolder {
    static constexpr std::string_view kName = "rmFolder";
    static constexpr std::string_view kDoc
        = "Puts all files of a folder of ours into the trash, or forgets them at once.";
    struct Reply {
        qint64 files = 0;
        static constexpr auto fields()
        {
            return std::tuple{field("files", &Reply::files, "So many were removed.")};
        }
    };
    QString path;
    std::optional<bool> forGood;
    static constexpr auto fields()
    {
        return std::tuple{field("path", &RemoveFolder::path, 4096, "Not the top."),
            field("forGood", &RemoveFolder::forGood,
                "Not into the trash, where they are kept for seven days.")};
    }
};

} // namespace borg::control
