// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>
#include <wire/message.h>

/// What neighbours say to each other to carry messages to one node; a part of messages.h.
namespace borg::tree {

/// The way from the root to a node, both included: the first 8 bytes of each id.
inline constexpr qsizetype kPathItemBytes = 8;
inline constexpr qsizetype kDepthMax = 63;
inline constexpr qsizetype kPathBytesMax = (kDepthMax + 1) * kPathItemBytes;

/// From child to parent, when it changed. The frame's body is the filter (IdFilter) of the ids of
/// the sender and of all below it.
struct Below {
    static constexpr std::string_view kName = "below";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const Below &, const Below &) = default;
};

/// A message to one node on its way. The frame's body: the size of a head with one message
/// (4 bytes), that head, the attachment. What stands here is the hops' own and nobody signs it.
struct Route {
    NodeId dst;
    QByteArray way; ///< Of `dst` from the root, as the source knows it; empty when it does not.
    QByteArray back; ///< Of the source.
    quint32 attempt = 0; ///< Of the source; each goes its own way.
    quint32 hops = 0; ///< Links it came over.
    quint32 stray = 0; ///< Hops that are still to be taken at random.
    QByteArray answers; ///< Of an acknowledgement: the id of what it answers, whose way it takes.

    static constexpr std::string_view kName = "route";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("dst", &Route::dst), field("way", &Route::way, kPathBytesMax),
            field("back", &Route::back, kPathBytesMax), field("attempt", &Route::attempt),
            field("hops", &Route::hops), field("stray", &Route::stray),
            field("answers", &Route::answers, 16)};
    }
    friend bool operator==(const Route &, const Route &) = default;
};

/// "No way on from here": back to whoever sent the message, which tries another neighbour.
struct Stranded {
    QByteArray id; ///< Of the message, 16 bytes.
    quint32 attempt = 0;

    static constexpr std::string_view kName = "stranded";
    static constexpr auto fields()
    {
        return std::tuple{
            wire::field("id", &Stranded::id, 16), wire::field("attempt", &Stranded::attempt)};
    }
    friend bool operator==(const Stranded &, const Stranded &) = default;
};

} // namespace borg::tree
