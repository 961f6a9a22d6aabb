// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <wire/message.h>

/// Words about the flow of broadcasts.
namespace borg::tree {

/// "Send me no messages for now": the sender's other links are behind. Ends by itself after 2.5 s.
struct Hold {
    bool on = false;

    static constexpr std::string_view kName = "hold";
    static constexpr auto fields() { return std::tuple{wire::field("on", &Hold::on)}; }
    friend bool operator==(const Hold &, const Hold &) = default;
};

/// To somebody who is no neighbour: "what have you that I have not?" The frame's body is a digest
/// of what the sender has; the answer is an ihave.
struct Compare {
    quint32 sinceMs = 0; ///< Of messages that old at most,
    quint32 untilMs = 0; ///< and at least.

    static constexpr std::string_view kName = "compare";
    static constexpr auto fields()
    {
        return std::tuple{
            wire::field("since", &Compare::sinceMs), wire::field("until", &Compare::untilMs)};
    }
    friend bool operator==(const Compare &, const Compare &) = default;
};

/// To whom a tree.count came from: how many nodes on the sender's side have the message.
struct Counted {
    QByteArray id; ///< Of the message, 16 bytes.
    quint32 nodes = 0;

    static constexpr std::string_view kName = "counted";
    static constexpr auto fields()
    {
        return std::tuple{
            wire::field("id", &Counted::id, 16), wire::field("nodes", &Counted::nodes)};
    }
    friend bool operator==(const Counted &, const Counted &) = default;
};

/// The frame's body lists ids of messages that the sender has, 16 bytes each, at most 64.
struct IHave {
    static constexpr std::string_view kName = "ihave";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const IHave &, const IHave &) = default;
};

/// As ihave, over a tree link, of messages that come only to those who pull them.
struct Offer {
    static constexpr std::string_view kName = "offer";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const Offer &, const Offer &) = default;
};

/// The frame's body lists ids of messages that the receiver shall send, once.
struct Graft {
    static constexpr std::string_view kName = "graft";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const Graft &, const Graft &) = default;
};

} // namespace borg::tree
