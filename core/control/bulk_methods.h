// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/folder_methods.h>

/// The calls of the control socket about big objects for everybody.
namespace borg::control {

/// One big object on its way to everybody.
struct BulkItem {
    QString id;
    QString name;
    QString source;
    qint64 bytes = 0;
    qint64 bytesHere = 0;
    QString state;
    bool own = false;
    qint64 neighbours = 0;
    qint64 neighboursWhole = 0;
    qint64 bytesSent = 0;
    qint64 endsUtcMs = 0;

    static constexpr auto fields()
    {
        return std::tuple{field("id", &BulkItem::id, "32 hexadecimal digits."),
            field("name", &BulkItem::name, 1024, "By the word of its source."),
            field("source", &BulkItem::source, "The id of the node that sent it."),
            field("bytes", &BulkItem::bytes, "Its size."),
            field("bytesHere", &BulkItem::bytesHere, "That are here."),
            field("state", &BulkItem::state,
                "preparing, receiving, whole (it can be saved), paused (the disk takes nothing)."),
            field("own", &BulkItem::own, "This node sent it."),
            field("neighbours", &BulkItem::neighbours, "Linked nodes that know it."),
            field("neighboursWhole", &BulkItem::neighboursWhole, "Of these, who have all of it."),
            field("bytesSent", &BulkItem::bytesSent, "To other nodes, by this one."),
            field("endsUtcMs", &BulkItem::endsUtcMs, "When everybody forgets it.")};
    }
    friend bool operator==(const BulkItem &, const BulkItem &) = default;
};

struct BulkSend {
    static constexpr std::string_view kName = "bulkSend";
    static constexpr std::string_view kDoc
        = "Sends a file to every node. Answers when it is announced; what this node sent to "
          "everybody before is forgotten. Everybody can read it.";
    using Reply = BulkItem;
    QString path;
    std::optional<QString> name;
    std::optional<qint64> hours;
    static constexpr auto fields()
    {
        return std::tuple{field("path", &BulkSend::path, 4096, "Absolute."),
            field("name", &BulkSend::name, 255, "Instead of the last part of the path."),
            field("hours", &BulkSend::hours, "How long nodes keep it, 1 to 24; 24 when missing.")};
    }
};

struct BulkList {
    static constexpr std::string_view kName = "bulkList";
    static constexpr std::string_view kDoc = "What is on its way to everybody, or has come.";
    struct Reply {
        std::vector<BulkItem> objects;
        static constexpr auto fields()
        {
            return std::tuple{field("objects", &Reply::objects, 16, "In order of id.")};
        }
    };
    static constexpr auto fields() { return std::tuple{}; }
};

struct BulkSave {
    static constexpr std::string_view kName = "bulkSave";
    static constexpr std::string_view kDoc
        = "Writes an object that is whole to a file. Answers when it is there. What a stranger "
          "sent is as trustworthy as the stranger.";
    using Reply = BulkItem;
    QString id;
    QString out;
    std::optional<bool> force;
    static constexpr auto fields()
    {
        return std::tuple{field("id", &BulkSave::id, "Of the object."),
            field("out", &BulkSave::out, 4096, "Absolute path of the file to make."),
            field("force", &BulkSave::force, "Replace what is there.")};
    }
};

struct BulkDrop {
    static constexpr std::string_view kName = "bulkDrop";
    static constexpr std::string_view kDoc
        = "Forgets an object and does not take it again; one of our own is forgotten everywhere.";
    using Reply = Nothing;
    QString id;
    static constexpr auto fields()
    {
        return std::tuple{field("id", &BulkDrop::id, "Of the object.")};
    }
};

} // namespace borg::control
