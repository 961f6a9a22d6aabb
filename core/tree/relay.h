// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/envelope.h>
#include <tree/id_filter.h>
#include <tree/links.h>
#include <tree/standing.h>

#include <functional>

namespace borg::tree {

/// A message to one node as it travels.
struct Parcel {
    Route route;
    QByteArray body; ///< Of the frame, see Route.
    MessageId id;
};

/// A parcel's body, read: views into it.
struct Letter {
    net::Head head;
    net::MessageView view;
    QByteArrayView attachment;
    NodeId src;
    MessageId id;
};
[[nodiscard]] QByteArray writeLetter(const net::Head &head, QByteArrayView attachment);

/// Carries messages to one node over the tree: to the node itself when there is a link, towards its
/// place when the source knows it, down where a filter says that it is below, up otherwise. Who has
/// no way on sends the message back, and whoever sent it here tries another neighbour: a search in
/// depth, in which every node takes a message once for each attempt of its source, so nothing goes
/// in circles and filters may err.
///
/// No hop needs to know the network: a neighbour's filter is 1 KiB at most. What is carried for
/// others is bound by TreeConfig::relay. Hops check the form and that the key belongs to the
/// source; the signature is for the destination.
class Relay {
public:
    static constexpr quint32 kHopsMax = 64;
    static constexpr quint32 kAttemptsMax = 16;
    static constexpr qsizetype kLetterBytesMax = 128 * 1024; ///< Head and attachment.
    static constexpr std::size_t kTracksMax = 4096; ///< Messages that passed lately.
    static constexpr Ticks kTrackFor = std::chrono::seconds(20);
    static constexpr qint64 kHeldBytesMax = 2 * 1024 * 1024; ///< Kept for a second neighbour.
    static constexpr std::size_t kTriesMax = 16; ///< Neighbours that one hop tries.
    static constexpr Ticks kFilterEvery = std::chrono::seconds(1);
    static constexpr std::size_t kSourcesPerLink = 256;
    static constexpr qint64 kClockSkewMs = 15 * 60'000;

    struct Hooks {
        std::function<void(Link &from, const Parcel &, const Letter &)> arrived; ///< For us.
        std::function<void(const MessageId &, quint32 attempt)> stranded; ///< Of ours.
    };

    /// @param standing outlives this object.
    Relay(Context &context, Links &links, const Standing &standing, Hooks hooks);

    /// Sends a message of ours. `stranded` may be called before it returns.
    void send(Parcel parcel);
    /// Tells the parent what is below when it is due. After every event.
    void tend();
    /// Children came or went.
    void placeChanged() { m_isFilterDirty = true; }

    // What came from `from`. Each returns false when it breaks the protocol.
    [[nodiscard]] bool hear(Link &from, const Below &word, QByteArrayView body);
    [[nodiscard]] bool hear(Link &from, const Route &word, const wire::Frame &frame);
    [[nodiscard]] bool hear(Link &from, const Stranded &word);

private:
    struct Key {
        MessageId id;
        quint32 attempt = 0;
        friend auto operator<=>(const Key &, const Key &) = default;
    };
    /// Of a message that passed.
    struct Track {
        std::optional<NodeId> from; ///< None: it is ours.
        std::vector<NodeId> tried;
        std::optional<Parcel> held;
        Ticks at{0};
    };
    struct Quota {
        TokenBucket bytes;
        std::map<NodeId, TokenBucket> sources;
    };

    [[nodiscard]] std::optional<Letter> readLetter(const Route &route, QByteArrayView body) const;
    [[nodiscard]] bool isStale(const net::MessageView &view) const;
    [[nodiscard]] bool takeQuota(const Link &from, const NodeId &src, qsizetype bytes);
    Track &remember(const Key &key, std::optional<NodeId> from);
    void forward(const Key &key, Track &track, Parcel parcel);
    [[nodiscard]] Link *choose(const Track &track, const Route &route);
    [[nodiscard]] Link *chooseNearer(const Track &track, const Route &route);
    [[nodiscard]] Link *chooseBelow(const Track &track, const Route &route);
    [[nodiscard]] Link *chooseAny(const Track &track);
    [[nodiscard]] static bool isOpen(const Track &track, const Link &link);
    void letGo(Track &track);
    void strand(const Key &key, const Track &track);
    void sweep();

    Context &m_context;
    Links &m_links;
    const Standing &m_standing;
    const Hooks m_hooks;
    const QByteArray m_network;
    std::map<NodeId, IdFilter> m_below; ///< Of children; some may be children no more.
    std::map<NodeId, Quota> m_quotas; ///< By neighbour.
    std::map<Key, Track> m_tracks;
    std::list<Key> m_trackOrder; ///< Oldest first.
    qint64 m_heldBytes = 0;
    bool m_isFilterDirty = true;
    IdFilter m_told;
    std::optional<NodeId> m_toldTo; ///< The parent that has m_told.
    Ticks m_toldAt{0};
};

} // namespace borg::tree
