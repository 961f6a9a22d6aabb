// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/envelope.h>
#include <tree/bulk_events.h>
#include <tree/links.h>

#include <deque>
#include <map>
#include <set>

namespace borg::tree {

/// Big objects for everybody. Neighbours tell each other which chunks they have and ask for what
/// they lack, the rarest first; each chunk is checked against the signed root before it is kept or
/// passed on.
///
/// A node is an inner node of one of four stripes: it gets those chunks first, from whoever has
/// them, and others ask it for them. What belongs to neither side's stripe, or is to come from one
/// that sent much more than the others, is asked for only by a node that has nothing else to do:
/// so all share the sending. Any 12 chunks of a group are enough, so no stripe can be missed.
///
/// Made when the first object is heard of. Memory: bitmaps, no chunk.
class Bulk {
public:
    static constexpr std::size_t kObjectsMax = 4; ///< Known at once; one of a source.
    static constexpr qint64 kSpoolBytesMax = 512LL * 1024 * 1024;
    static constexpr qint64 kRecordBytes = kBulkChunkBytes + 512; ///< In the spool, at most.
    static constexpr quint32 kTtlSMax = 24 * 3600;
    static constexpr qint64 kClockSkewMs = 60'000; ///< Beside our own bound.
    static constexpr Ticks kReplaceEvery = std::chrono::minutes(1); ///< By the same source.
    static constexpr qsizetype kNoticeBytesMax = 4096;
    static constexpr std::size_t kAsksMax = 16; ///< Of one neighbour at once.
    static constexpr std::size_t kServedTimes = 3; ///< So many objects one neighbour gets of one.
    static constexpr double kWindowMax = 8; ///< Asks open at one neighbour.
    static constexpr std::size_t kOpenMax = 96; ///< Asked for, or being written, of all.
    static constexpr std::size_t kWishesMax = 1024; ///< Waiting here, of all neighbours.
    static constexpr int kLoadsMax = 16; ///< Being read,
    static constexpr int kLoadsPerLink = 2;
    static constexpr int kRebuildsMax = 2;
    static constexpr std::size_t kForgottenMax = 64; ///< Ids of objects that are not taken.
    static constexpr Ticks kOwnNewsEvery = std::chrono::milliseconds(10); ///< Of our stripe.
    static constexpr Ticks kNewsEvery = std::chrono::milliseconds(100);
    static constexpr Ticks kLookEvery = std::chrono::milliseconds(250); ///< While chunks come.
    static constexpr Ticks kHungryAfter = std::chrono::milliseconds(500);
    static constexpr Ticks kHungryFor = std::chrono::seconds(2);
    static constexpr std::size_t kHungryBelow = 4; ///< Asks open.
    static constexpr Ticks kSlowAfter = std::chrono::seconds(2); ///< Then also others are asked.
    static constexpr Ticks kAnswerWithin = std::chrono::seconds(20);
    static constexpr Ticks kShunFor = std::chrono::seconds(60);
    static constexpr Ticks kPauseFor = std::chrono::seconds(30);
    static constexpr Ticks kStrangersEvery = std::chrono::minutes(1); ///< Told again.
    static constexpr quint32 kLoadWhole = 16; ///< The unit of `load`: one object.
    static constexpr quint32 kLoadHigh = kLoadWhole + kLoadWhole / 4; ///< Or twice the median.
    static constexpr Ticks kStarvingAfter = std::chrono::seconds(4);
    static constexpr Ticks kPutOffFor = std::chrono::seconds(2); ///< What others could send.

    Bulk(Context &context, Links &links);

    /// @return why an object of ours cannot be sent now: TooLarge, or Busy; nothing when it can.
    [[nodiscard]] std::optional<Error> obstacle(qint64 sizeBytes) const;
    /// A checked tree.bulk. @param head of its message, alone under its signature
    void announced(const net::Head &head);
    void ended(const NodeId &src, const BulkEnd &word);
    /// It is not wanted here any more. @return whether it was there.
    bool drop(const BulkId &id);

    // What came from `from`. Each returns false when it breaks the protocol.
    [[nodiscard]] bool hear(Link &from, const BulkHave &word, QByteArrayView body);
    [[nodiscard]] bool hear(Link &from, const BulkWhat &word, QByteArrayView body);
    [[nodiscard]] bool hear(Link &from, const BulkNotice &word, QByteArrayView body);
    [[nodiscard]] bool hear(Link &from, const BulkAsk &word, QByteArrayView body);
    [[nodiscard]] bool hear(Link &from, const BulkCancel &word, QByteArrayView body);
    [[nodiscard]] bool hear(Link &from, const BulkNo &word, QByteArrayView body);
    [[nodiscard]] bool hear(Link &from, const BulkChunk &word, const QByteArray &body);

    void greeted(Link &link);
    void linkDown(const NodeId &peer);
    void on(const BulkEvent &event);
    /// Whether a refused frame is one of ours: refused() takes it then.
    [[nodiscard]] static bool isChunk(const wire::Frame &frame);
    void refused(const NodeId &peer, const wire::Frame &frame);
    void writable(const NodeId &peer);
    void wake();

    [[nodiscard]] std::vector<BulkStatus> status() const;
    [[nodiscard]] const BulkObject *find(const BulkId &id) const;

private:
    /// What a neighbour has of an object.
    struct View {
        BulkBits has;
        quint32 stripe = 0;
        quint32 load = 0;
        quint64 sent = 0; ///< Chunks that we sent it.
        std::vector<quint32> news; ///< Chunks to tell it of,
        Ticks newsAt = Ticks::max(); ///< when.
        quint32 toldLoad = 0;
        BulkBits putOff; ///< What we took back once.
        std::vector<std::pair<Ticks, quint32>> later; ///< To be told again, in order.
    };
    struct Group {
        quint8 have = 0;
        quint8 open = 0; ///< Asked for lately, or being written.
        bool isRebuilding = false;
        bool isWhole = false;
    };
    struct Object {
        BulkObject about;
        bool isPreparing = false; ///< Ours, and its chunks are not in the spool yet.
        quint32 stripe = 0; ///< Of our node.
        Ticks learntAt{0};
        Ticks endsAt{0};
        Ticks pausedUntil{0};
        Ticks busyAt{0}; ///< When enough was asked for, last.
        Ticks hungryUntil{0};
        BulkBits have;
        BulkBits storing;
        BulkBits pending; ///< Asked of somebody.
        std::vector<quint16> holders; ///< Neighbours that have it, by chunk.
        std::vector<quint8> sent; ///< How often, by chunk.
        BulkBits promised; ///< To some neighbour.
        std::vector<Group> groups;
        quint32 wholeGroups = 0;
        std::size_t asked = 0; ///< Open asks.
        quint64 sentInStripe = 0;
        quint64 sentOutside = 0;
        std::map<NodeId, View> views;

        [[nodiscard]] bool isWhole() const { return wholeGroups == groups.size(); }
    };
    struct Request {
        BulkId id;
        quint32 index = 0;
        Ticks at{0};
        bool isSlow = false;
        friend bool operator==(const Request &, const Request &) = default;
    };
    /// A neighbour, over all objects.
    struct Peer {
        std::vector<Request> asked; ///< Of it.
        std::deque<Request> recalled; ///< May come all the same.
        double window = 2;
        Ticks took{0}; ///< An answer, smoothed.
        Ticks chunkAt{0}; ///< When the last one came.
        int failures = 0; ///< In a row.
        Ticks shunnedUntil{0};
        std::deque<Request> wishes; ///< Of it, to us.
        int loading = 0;
        bool isBlocked = false; ///< Until the link takes frames again.
        TokenBucket words{500, 2000, Ticks{0}};
    };
    using Objects = std::map<BulkId, Object>;

    // bulk.cpp: objects
    [[nodiscard]] Result<BulkObject> read(const net::Head &head) const;
    Result<Done> take(BulkObject about);
    [[nodiscard]] std::optional<Error> refusal(const BulkObject &about) const;
    [[nodiscard]] bool hasRoom(const NodeId &src, const BulkLayout &layout) const;
    void forget(Objects::iterator object, Ticks refuseFor);
    void refuse(const BulkId &id, Ticks span);
    void resumed(const BulkResumed &event);
    [[nodiscard]] Object *objectOf(QByteArrayView id);
    [[nodiscard]] bool mayTalk(Link &from);
    void introduce(Link &from, const BulkId &id);

    // bulk_fetch.cpp: what we ask for
    void ask(const NodeId &id, Peer &peer);
    void askAll();
    [[nodiscard]] std::optional<quint32> pick(
        const Object &object, const View &view, quint32 loadLimit, quint32 salt) const;
    /// How fit that neighbour is to be asked for that chunk; the best first.
    enum class Fit : quint8 { OurStripe, TheirStripe, Anybody, LastResort };
    [[nodiscard]] static Fit fitOf(
        const Object &object, const View &view, quint32 index, quint32 loadLimit);
    /// Who sent more than this does not carry its share, but that of others.
    [[nodiscard]] static quint32 loadLimitOf(const Object &object);
    void request(Object &object, Peer &peer, quint32 index);
    /// @return whether it was asked of that peer.
    std::optional<Request> settle(Peer &peer, const BulkId &id, quint32 index);
    void lookAtRequests();
    bool lookAtRequests(const NodeId &id, Peer &peer);
    void recall(Object &object, quint32 group);
    void stored(const BulkStored &event);
    void gained(Object &object, quint32 index);
    void lost(Object &object, quint32 index);
    void rebuild(Object &object);
    void rebuilt(const BulkGroupDone &event);
    void judgeHunger(Object &object) const;
    [[nodiscard]] bool isPaused(const Object &object) const;
    [[nodiscard]] std::size_t openCount() const;

    // bulk_serve.cpp: what others get
    View &viewOf(Object &object, const NodeId &peer);
    /// The peer has nothing of it any more.
    void droppedBy(Object &object, const NodeId &peer);
    void heldBy(Object &object, View &view, quint32 index, bool has) const;
    void tell(Object &object, const NodeId &peer, View &view);
    void tellFully(Object &object, Link &link);
    void tellNews();
    void serve();
    [[nodiscard]] static bool isForOthers(const Object &object, const View &view, quint32 index);
    void putOff(Object &object, Link &link, View &view, std::span<const quint32> indices) const;
    void loaded(const BulkLoaded &event);
    void countSent(Object &object, const NodeId &peer, quint32 index, int times) const;
    [[nodiscard]] static quint32 loadOf(const Object &object);
    void say(Link &link, const BulkId &id, std::span<const quint32> refused, bool isBack) const;

    void sweep();
    void tellStrangers();
    void arm();

    Context &m_context;
    Links &m_links;
    Objects m_objects;
    std::map<NodeId, Peer> m_peers;
    std::map<BulkId, Ticks> m_refused; ///< Not taken, until when.
    struct Unknown {
        NodeId peer;
        Ticks askedAt{0};
    };
    std::map<BulkId, Unknown> m_unknown; ///< Heard of; whom we asked what it is.
    std::optional<NodeId> m_servedLast;
    Ticks m_strangersAt{0};
    std::size_t m_storing = 0;
    std::size_t m_asked = 0;
    std::size_t m_wishes = 0;
    int m_loading = 0;
    int m_rebuilding = 0;
};

} // namespace borg::tree
