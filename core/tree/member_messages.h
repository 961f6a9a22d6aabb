// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <wire/message.h>

/// Bodies of the broadcasts of the tree itself.
namespace borg::tree {

/// Broadcast by every node from time to time.
struct MemberRecord {
    QString host;
    quint32 port = 0;
    qint64 freeBytes = 0;

    static constexpr std::string_view kName = "tree.member";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("host", &MemberRecord::host, 253),
            field("port", &MemberRecord::port), field("free", &MemberRecord::freeBytes)};
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
using Broadcasts = wire::Catalogue<MemberRecord, MemberLeave, CountRequest>;
static_assert(Broadcasts::namesAreUnique());

} // namespace borg::tree
