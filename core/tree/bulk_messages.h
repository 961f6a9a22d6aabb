// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <wire/message.h>

/// Bulk to everyone: bodies of broadcasts, and words between neighbours. Lists of chunks in a
/// frame's body are numbers of 2 bytes, big-endian; see bulk_layout.h for what they number.
namespace borg::tree {

/// Broadcast by whoever sends a big object to all. The id of this message is the object's.
struct BulkRecord {
    QString name; ///< For people.
    qint64 sizeBytes = 0;
    quint32 chunkBytes = 0; ///< 65,536.
    QByteArray root; ///< Of the hash tree over all chunks, parity included; 32 bytes.
    quint32 ttlS = 0; ///< From the message's `ts` on; then everybody forgets it.

    static constexpr std::string_view kName = "tree.bulk";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("name", &BulkRecord::name, 255),
            field("size", &BulkRecord::sizeBytes), field("chunk", &BulkRecord::chunkBytes),
            field("root", &BulkRecord::root, 32), field("ttl", &BulkRecord::ttlS)};
    }
    friend bool operator==(const BulkRecord &, const BulkRecord &) = default;
};

/// Broadcast by the source of an object that is not to be sent any more.
struct BulkEnd {
    QByteArray id; ///< Of the object, 16 bytes.

    static constexpr std::string_view kName = "tree.bulkEnd";
    static constexpr auto fields() { return std::tuple{wire::field("id", &BulkEnd::id, 16)}; }
    friend bool operator==(const BulkEnd &, const BulkEnd &) = default;
};

/// The frame's body is a bitmap of the chunks that the sender has (chunk 0 is the highest bit of
/// the first byte), or lists those that it got since its last such word.
struct BulkHave {
    QByteArray id;
    bool isFull = false; ///< The body is the bitmap.
    quint32 load = 0; ///< What the sender sent to others, in sixteenths of the object.

    static constexpr std::string_view kName = "bulkHave";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("id", &BulkHave::id, 16), field("full", &BulkHave::isFull),
            field("load", &BulkHave::load)};
    }
    friend bool operator==(const BulkHave &, const BulkHave &) = default;
};

/// "What object is that?": answered by bulkNotice.
struct BulkWhat {
    QByteArray id;

    static constexpr std::string_view kName = "bulkWhat";
    static constexpr auto fields() { return std::tuple{wire::field("id", &BulkWhat::id, 16)}; }
    friend bool operator==(const BulkWhat &, const BulkWhat &) = default;
};

/// The frame's body is the head of a signed tree.bulk, as it was broadcast.
struct BulkNotice {
    static constexpr std::string_view kName = "bulkNotice";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const BulkNotice &, const BulkNotice &) = default;
};

/// The frame's body lists chunks that the receiver shall send, at most 16 at a time.
struct BulkAsk {
    QByteArray id;

    static constexpr std::string_view kName = "bulkAsk";
    static constexpr auto fields() { return std::tuple{wire::field("id", &BulkAsk::id, 16)}; }
    friend bool operator==(const BulkAsk &, const BulkAsk &) = default;
};

/// The frame's body lists chunks that were asked for and are not wanted any more.
struct BulkCancel {
    QByteArray id;

    static constexpr std::string_view kName = "bulkCancel";
    static constexpr auto fields() { return std::tuple{wire::field("id", &BulkCancel::id, 16)}; }
    friend bool operator==(const BulkCancel &, const BulkCancel &) = default;
};

/// The frame's body lists chunks that were asked for and do not come: ask somebody else. None, and
/// `back`: the sender dropped the object.
struct BulkNo {
    QByteArray id;
    /// The sender takes back that it has them, until it says so again: others will have them
    /// sooner. Else it has no time for anything now.
    bool isBack = false;

    static constexpr std::string_view kName = "bulkNo";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("id", &BulkNo::id, 16), wire::field("back", &BulkNo::isBack)};
    }
    friend bool operator==(const BulkNo &, const BulkNo &) = default;
};

/// The frame's body is the way from the chunk to the root of the hash tree, 32 bytes for each
/// sibling, the lowest first, and the 64 KiB of the chunk.
struct BulkChunk {
    QByteArray id;
    quint32 index = 0;
    quint32 load = 0; ///< As in bulkHave.

    static constexpr std::string_view kName = "bulkChunk";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("id", &BulkChunk::id, 16), field("i", &BulkChunk::index),
            field("load", &BulkChunk::load)};
    }
    friend bool operator==(const BulkChunk &, const BulkChunk &) = default;
};

} // namespace borg::tree
