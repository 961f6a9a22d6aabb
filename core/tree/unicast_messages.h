// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/messages.h>

/// Bodies of the tree's own messages to one node; signed, the name is the envelope's `t`.
namespace borg::tree {

/// "It arrived": to the source of a message, by its destination.
struct Ack {
    QString id; ///< Of the message, 32 hexadecimal digits.
    quint32 attempt = 0; ///< The one that came.
    quint32 hops = 0; ///< Links it came over.
    QByteArray way; ///< Of the destination from the root.

    static constexpr std::string_view kName = "tree.ack";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("id", &Ack::id, 32), field("attempt", &Ack::attempt),
            field("hops", &Ack::hops), field("way", &Ack::way, kPathBytesMax)};
    }
    friend bool operator==(const Ack &, const Ack &) = default;
};

/// "Are you there?" Its acknowledgement is the answer.
struct Ping {
    static constexpr std::string_view kName = "tree.ping";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const Ping &, const Ping &) = default;
};

/// "I cannot dial you: dial me." From the second try on: "let us dial each other at once, each
/// from a port of its own"; then the answer is a Meet.
struct Call {
    quint32 protocol = 0; ///< 0 the tree, 1 bulk: net::Protocol.
    QString host; ///< Where the sender is dialled; from try 1 on, where others see its port.
    quint32 port = 0;
    quint32 number = 0; ///< Of the try, from 0.

    static constexpr std::string_view kName = "tree.call";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("protocol", &Call::protocol), field("host", &Call::host, 253),
            field("port", &Call::port), field("try", &Call::number)};
    }
    friend bool operator==(const Call &, const Call &) = default;
};

/// "Where do you accept links?" Beyond its own view a node asks the node itself.
struct Find {
    static constexpr std::string_view kName = "tree.find";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const Find &, const Find &) = default;
};

/// Answer to tree.find: what the sender's member record has.
struct Found {
    QString host;
    quint32 port = 0;
    qint64 freeBytes = 0;

    static constexpr std::string_view kName = "tree.found";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("host", &Found::host, 253), field("port", &Found::port),
            field("free", &Found::freeBytes)};
    }
    friend bool operator==(const Found &, const Found &) = default;
};

/// Answer to a Call from try 1 on: "I dial you now. Here others see the port that I come from."
struct Meet {
    quint32 protocol = 0; ///< As in the Call.
    QString host;
    quint32 port = 0;
    quint32 number = 0;

    static constexpr std::string_view kName = "tree.meet";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("protocol", &Meet::protocol), field("host", &Meet::host, 253),
            field("port", &Meet::port), field("try", &Meet::number)};
    }
    friend bool operator==(const Meet &, const Meet &) = default;
};

/// Append; never rename, reorder or reuse a name.
using Unicasts = wire::Catalogue<Ack, Ping, Call, Find, Found, Meet>;
static_assert(Unicasts::namesAreUnique());

} // namespace borg::tree
