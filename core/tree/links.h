// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/link_map.h>
#include <tree/machine.h>
#include <tree/messages.h>
#include <tree/token_bucket.h>

#include <list>
#include <map>
#include <memory>

namespace borg::tree {

/// What a peer is held to, and how it kept it; see Guard.
struct Conduct {
    explicit Conduct(Ticks now)
        : upAt(now)
    {
    }

    Ticks upAt;
    std::size_t pullsOpen = 0; ///< Ids that we asked this peer for and that did not come yet.
    std::size_t missing = 0; ///< Ids that this peer was the first to announce, not here yet.
    quint32 asked = 0; ///< Ids asked for lately,
    quint32 askedBefore = 0; ///< those of the span before,
    quint32 kept = 0; ///< and those that it sent.
    TokenBucket ids{2'000, 8'000, upAt}; ///< Announced by it.
    TokenBucket copies{20, 400, upAt}; ///< That we had already.
    TokenBucket sources{50, 2'000, upAt}; ///< Keys that we had not heard of.
};

/// A link to a peer, and what both sides use it for.
struct Link {
    Link(net::Peer to, net::Direction from, Ticks now)
        : peer(std::move(to))
        , direction(from)
        , seenAt(peer.endpoint.host)
        , upAt(now)
        , heardAt(now)
        , sentAt(now)
        , usedAt(now)
    {
    }

    [[nodiscard]] bool isTree() const { return isParent || isChild; }
    /// Half of the links are there because the peer wanted them.
    [[nodiscard]] bool isUsed() const
    {
        return isTree() || isBackup || wantsIds || peerWantsIds || peerHolds;
    }

    net::Peer peer; ///< The endpoint is where it accepts links, once it is greeted.
    net::Direction direction;
    QString seenAt; ///< The address the link comes from, or goes to.
    bool isGreeted = false; ///< Its hello came: `place` is known.
    std::unique_ptr<Hello> early; ///< Its hello is from the future, as far as we know.
    Place place;
    bool isParent = false; ///< From the attach on.
    bool isChild = false;
    bool isBackup = false;
    bool walked = false; ///< We sent a walk over it.
    bool owesContacts = false; ///< We asked for contacts.
    bool wantsIds = false; ///< We asked for ids.
    bool peerWantsIds = false;
    bool peerHolds = false;
    Ticks upAt;
    Ticks heardAt; ///< Last sign of life.
    Ticks sentAt; ///< Last frame of ours.
    Ticks usedAt; ///< Last time that isUsed().
    qint64 peerAt = 0; ///< The peer's last `at`; 0 for none.
    Ticks peerAtHeard{0};
    std::optional<Ticks> rtt; ///< The least of the last ones, roughly.
    Ticks lastRtt{0}; ///< As it was measured last, at `rttAt`.
    std::optional<Ticks> rttAt;
    std::optional<Ticks> dialTook; ///< Until the link was up, when we dialled it.
    std::optional<Ticks> behindSince; ///< Since when something waits in `backlog`.
    Use use; ///< What we last told.
    quint64 placeTold = 0; ///< tagOf() the place that we last told,
    Ticks placeToldAt{-1'000'000'000}; ///< and when.
    std::vector<MessageId> ids; ///< To be announced.
    Ticks idsSince{0}; ///< When the first of them came.
    std::list<wire::Frame> backlog; ///< Refused by the transport, in order.
    qsizetype backlogBytes = 0;
    std::optional<Ticks> backlogSince; ///< From when on it never was empty,
    qsizetype backlogSent = 0; ///< and how much went out since.
    Ticks flushedAt{-1'000'000}; ///< The backlog went to the transport; some of it may come back.
    std::optional<Ticks> pressedSince; ///< More than kHighBytes wait: see Flow.
    bool isStuck = false;
    std::optional<Ticks> heldSince; ///< Without a break.
    Ticks heldUntil{0}; ///< The peer takes no messages before.
    std::optional<Ticks> holdSaidAt; ///< When we told the peer that we take none.
    TokenBucket graftsIn{10, 20, upAt};
    TokenBucket graftsOut{8, 16, upAt};
    TokenBucket wordsIn{10, 40, upAt}; ///< Walks, probes, lists.
    TokenBucket recordsIn{50, 8'192, upAt}; ///< Member records to be checked.
    TokenBucket listsOut{0.1, 4, upAt}; ///< All member records to it.
    Conduct conduct{upAt};

    /// How it is asked for the time.
    struct Asked {
        std::optional<Ticks> askedAt; ///< The question that waits for its answer.
        Ticks nextAt{0};
        int burstLeft = 0;
        bool wasTree = false;
        quint64 group = 0; ///< groupOf() where it was dialled, or came from.
        TokenBucket asksIn{4, 32, Ticks{0}};
    };
    Asked clock;
};

/// All links, and everything that is sent over them.
class Links {
public:
    static constexpr std::size_t kLinksMax = 256;
    static constexpr qsizetype kBacklogBytesMax = 2 * 1024 * 1024; ///< Per link.
    static constexpr qsizetype kBacklogBytesAll = 64 * 1024 * 1024; ///< Over all links.
    static constexpr qsizetype kWordsReserve = 128 * 1024; ///< Beyond that, for words.
    static constexpr Ticks kPlaceEvery = std::chrono::seconds(10); ///< A place that stays is told.
    /// Heartbeats up are so much rarer than down: a child whose parent froze has to move at once, a
    /// parent only keeps a place for a child that froze.
    static constexpr int kUpRarer = 3;
    static constexpr Ticks kPushDelayMax = std::chrono::milliseconds(500); ///< Then ids go.

    explicit Links(Context &context)
        : m_context(context)
    {
    }

    [[nodiscard]] LinkMap<Link> &all() { return m_links; }
    [[nodiscard]] const LinkMap<Link> &all() const { return m_links; }
    [[nodiscard]] Link *find(const NodeId &id);
    [[nodiscard]] Link *parent();
    [[nodiscard]] qsizetype backlogBytes() const { return m_backlogBytes; }
    Link &add(const net::Peer &peer, net::Direction direction);
    void remove(const NodeId &id);
    void hangUp(const NodeId &id);

    /// Words between neighbours; the body is raw.
    template <wire::Message M>
    void say(Link &link, const M &word, QByteArray body = {})
    {
        send(link, {wire::FrameClass::Control, headOf(wire::encode(word)), std::move(body)});
    }
    enum class Why : quint8 { Pushed, Pulled };
    /// The last 8 bytes of the body become our now() at the moment it goes out.
    template <wire::Message M>
    void sayStamped(Link &link, const M &word, QByteArray body)
    {
        act(link, {wire::FrameClass::Control, headOf(wire::encode(word)), std::move(body)}, true);
    }
    /// A frame of messages. @return false when the link is so far behind that nothing was queued.
    bool sendMessages(Link &link, const wire::Frame &frame, Why why = Why::Pushed);
    /// A chunk of a big object: beside the backlog, and no sign of life. Refused, it comes back to
    /// Bulk.
    void sendBulk(const Link &link, wire::Frame frame);
    /// What was refused was not sent.
    void uncount(const wire::Frame &frame);
    /// How long a frame that is queued now would wait, as it looks. Behind a peer that asked us to
    /// hold on it is 0: that wait is wanted.
    [[nodiscard]] Ticks delayOf(const Link &link) const;
    [[nodiscard]] bool isHeld(const Link &link) const { return link.heldUntil > m_context.now(); }
    /// Sends what waits, unless the peer holds us.
    void flush(Link &link);

    void refused(const SendRefused &event);
    void writable(const NodeId &peer);

    /// Takes the peer's clock and, when it echoes ours, measures the way.
    void hearClock(Link &link, qint64 at, qint64 echo, quint32 heldUs);
    void sayState(Link &link, const Place &place,
        std::optional<std::vector<Contact>> successors = std::nullopt);

    static constexpr QByteArrayView kBeatHead = R"({"t":"beat"})"; ///< As we write it.
    /// A Beat's body. @return false when it is none.
    [[nodiscard]] bool hearBeat(Link &link, QByteArrayView body);

    /// Why it is time to beat.
    enum class Cue : quint8 {
        Timer, ///< Our own.
        Parent, ///< The parent did: whoever answers now shares the wake-up.
    };
    /// Beats on idle links. @return the peers that are silent for too long.
    std::vector<NodeId> beat(const Place &place, Cue cue);
    /// Our own event loop stood still for `span`: nobody's silence counts meanwhile.
    void forgive(Ticks span);

private:
    struct Rhythm {
        Ticks says; ///< How often we beat,
        Ticks hears; ///< and the peer.
    };
    [[nodiscard]] Rhythm rhythmOf(const Link &link) const;
    void sayBeat(Link &link);
    static QByteArray headOf(const QJsonObject &json);
    void send(Link &link, wire::Frame frame);
    void act(Link &link, wire::Frame frame, bool isStamped = false);
    void queue(Link &link, wire::Frame frame);

    Context &m_context;
    LinkMap<Link> m_links; // ordered: a run must repeat exactly
    qsizetype m_backlogBytes = 0; ///< Of all links.
};

} // namespace borg::tree
