// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/bulk_messages.h>

#include <optional>

/// What nodes say of members: bodies of broadcasts of the tree itself, and words between
/// neighbours.
namespace borg::tree {

/// Broadcast by every node from time to time.
struct MemberRecord {
    QString host;
    quint32 port = 0;
    qint64 freeBytes = 0;
    std::optional<bool> quiet{}; ///< True: the sender broadcasts no more of these (large network).

    static constexpr std::string_view kName = "tree.member";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("host", &MemberRecord::host, 253),
            field("port", &MemberRecord::port), field("free", &MemberRecord::freeBytes),
            field("quiet", &MemberRecord::quiet)};
    }
    friend bool operator==(const MemberRecord &, const MemberRecord &) = default;
};

/// Broadcast by a node that stops.
struct MemberLeave {
    static constexpr std::string_view kName = "tree.leave";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const MemberLeave &, const MemberLeave &) = default;
};

/// Broadcast behind another message of the same source: "say who has it", see counted.
struct CountRequest {
    QByteArray id; ///< Of that message, 16 bytes.

    static constexpr std::string_view kName = "tree.count";
    static constexpr auto fields() { return std::tuple{wire::field("id", &CountRequest::id, 16)}; }
    friend bool operator==(const CountRequest &, const CountRequest &) = default;
};

/// Bodies of signed messages; the name is the envelope's `t`.
using Broadcasts = wire::Catalogue<MemberRecord, MemberLeave, CountRequest, BulkRecord, BulkEnd>;
static_assert(Broadcasts::namesAreUnique());

/// The frame's body lists the member records that the sender has: id (32 bytes) and seq (8).
struct MemberList {
    bool answer = false; ///< To a list of the receiver: not to be answered by another.
    std::optional<bool> quiet{}; ///< True: the sender's list is a part, the network being large.

    static constexpr std::string_view kName = "memberList";
    static constexpr auto fields()
    {
        return std::tuple{
            wire::field("answer", &MemberList::answer), wire::field("quiet", &MemberList::quiet)};
    }
    friend bool operator==(const MemberList &, const MemberList &) = default;
};

/// The frame's body holds member records: online (1 byte), size (4), head with message.
struct MemberRecords {
    static constexpr std::string_view kName = "memberRecords";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const MemberRecords &, const MemberRecords &) = default;
};

} // namespace borg::tree
