// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/flow.h>
#include <tree/held.h>
#include <tree/id_set.h>
#include <tree/links.h>
#include <tree/message_store.h>
#include <tree/pulls.h>
#include <tree/sources.h>

#include <functional>

namespace borg::tree {

/// Carries broadcasts: over all tree links but the one they came from, their ids over the lazy
/// links, and what was missed to those who ask. Each message is checked once, before it goes on.
class Broadcast {
public:
    static constexpr qsizetype kPushBytesMax = 16 * 1024; ///< Bigger ones are offered.
    static constexpr Ticks kIdsEvery = std::chrono::milliseconds(20);
    static constexpr std::size_t kIdsQueued = 512; ///< Then they do not wait any longer.
    static constexpr qint64 kTtlMs = 30'000;
    static constexpr qint64 kClockSkewMs = 60'000; ///< Beside our own bound.
    static constexpr Ticks kDigestSpan = MessageStore::kKeepFor;
    static constexpr qsizetype kBusyBytes = Flow::kHighBytes; ///< Waits on a link: no new of ours.
    static constexpr double kIdsPerSecond = 2'000; ///< Announced by a peer, see Conduct.
    static constexpr qint64 kReplayAgeMs = 150'000; ///< No honest hop passes on anything so old.
    static constexpr Ticks kJudgeEvery = std::chrono::seconds(5);
    static constexpr Ticks kParentSpan = std::chrono::seconds(30); ///< Over which one is judged.
    static constexpr Ticks kFaultEvery = std::chrono::seconds(20); ///< No parent is left sooner.
    static constexpr Ticks kLateWithin = std::chrono::seconds(3); ///< Busy is not mute.
    static constexpr std::size_t kLateMax = 1024;

    /// A checked message of another node.
    struct Received {
        const Delivered &delivered;
        QByteArrayView type;
        quint64 seq;
        const net::Head &head;
        const NodeId *from; ///< The neighbour that brought it; nullptr for our own.
    };
    /// @return whether the tree itself took it: it is not delivered, kept or announced then.
    using Inner = std::function<bool(const Received &)>;

    Broadcast(Context &context, Links &links, Inner inner);

    /// Sequence numbers rise from `seq` on at least.
    void raiseSeq(quint64 seq) { m_seq = std::max(m_seq, seq); }
    [[nodiscard]] quint64 seq() const { return m_seq; }
    /// Signed and sent by flush(). See TreeNode::broadcast().
    /// @param priority the frame class.
    Result<MessageId> originate(
        const QString &type, const QJsonObject &body, QByteArray attachment, quint8 priority);
    /// Signs a message of the tree itself that is passed on by other ways, and hands it to `inner`.
    void keepOwn(const QString &type, const QJsonObject &body, quint8 priority);
    void flush();
    /// Sends ids and pulls that are due.
    void wake();

    // What came from `from`. Each returns false when it breaks the protocol.
    [[nodiscard]] bool messages(Link &from, const wire::Frame &frame);
    [[nodiscard]] bool announced(Link &from, QByteArrayView ids, bool isOffer);
    [[nodiscard]] bool asked(Link &from, QByteArrayView ids);

    /// Backpressure: after every event.
    void balance() { m_flow.balance(); }
    [[nodiscard]] Flow &flow() { return m_flow; }
    /// What `from`, who is no neighbour, lacks. @return false when it breaks the protocol.
    [[nodiscard]] bool compared(Link &from, const Compare &word, QByteArrayView digest);
    [[nodiscard]] qsizetype heldBytes() const { return m_held.sizeBytes(); }
    [[nodiscard]] std::size_t missingCount() const { return m_pulls.missingCount(); }
    [[nodiscard]] bool hasSeen(const MessageId &id) const { return m_seen.contains(id); }

    /// For Attach and Accept: what we have, and what the other side has not.
    [[nodiscard]] QByteArray digest() const { return m_sources.digest(kDigestSpan); }
    void sendMissing(Link &to, const Digest &has, Ticks since);

private:
    struct Draft {
        Stored stored;
        QByteArray type;
        quint8 priority = 1;
    };
    struct Incoming {
        const net::Head *head; // never null; this is moved in lists
        QByteArrayView message;
        QByteArrayView attachment;
        crypto::Hash leaf;
        MessageId id;
        std::size_t index = 0; ///< In its batch.
        net::MessageView view{};
    };
    enum class Verdict : quint8 { Good, Stale, Invalid };
    /// Where a frame came from; the link may be gone when it goes on.
    struct Origin {
        NodeId peer;
        bool isTree = false;
    };

    [[nodiscard]] bool alone(Link &from, const wire::Frame &frame, const net::Head &head);
    [[nodiscard]] bool batch(Link &from, const wire::Frame &frame, net::Head &&head);
    [[nodiscard]] std::optional<std::vector<Incoming>> split(
        const wire::Frame &frame, const net::Head &head) const;
    [[nodiscard]] Verdict examine(Incoming &incoming, const Source &source, const NodeId &from);
    [[nodiscard]] Verdict secondOfItsNumber(
        const Incoming &incoming, const Source &source, const NodeId &from, qint64 ageMs);
    [[nodiscard]] bool isSignedAlone(const Incoming &incoming);
    [[nodiscard]] bool isSignedRoot(
        const net::Head &head, const crypto::Hash &root, std::size_t count);
    [[nodiscard]] Source *introduce(Link &from, const crypto::PublicKey &key);
    void copies(Link &from, std::size_t count);
    /// @return whether it may go on now; otherwise it is held, or pulled later.
    [[nodiscard]] bool admit(
        Link &from, Source &source, const wire::Frame &frame, std::span<const Incoming> fresh);
    void release();
    void passOn(
        const Origin &from, const wire::Frame &frame, const Incoming &incoming, Source &source);
    void passOn(const Origin &from, const wire::Frame &frame, net::Head &&head,
        std::vector<Incoming> fresh, std::vector<crypto::Hash> leaves);
    /// @return whether it is to be stored and announced.
    bool take(const Origin &from, const Incoming &incoming, Source &source, Stored &stored);
    void judge();
    void judgeParent();
    void cameAfterAll(const Link &from, const MessageId &id);
    void countLate();
    [[nodiscard]] QString typeText(QByteArrayView type);
    void spread(const wire::Frame &frame, std::span<const MessageId> ids, const Link *from);
    void announce(std::span<const MessageId> ids, const Link *from);
    void offer(const MessageId &id, const Link *from);
    void queueId(Link &link, const MessageId &id);
    void sendIds(Link &link);
    /// The peer has these.
    static void unqueueIds(Link &link, std::span<const MessageId> known);
    void sendAlone(Draft &draft);
    void sendBatch(std::span<Draft> drafts);

    struct Root {
        crypto::PublicKey key;
        crypto::Hash root{};
        std::size_t count = 0;
        friend bool operator==(const Root &, const Root &) = default;
    };

    Context &m_context;
    Links &m_links;
    const Inner m_inner;
    const QByteArray m_network;
    Sources m_sources;
    IdSet m_seen;
    MessageStore m_store;
    Pulls m_pulls;
    Flow m_flow;
    Held m_held;
    std::vector<Draft> m_outbox;
    quint64 m_seq = 0;
    static constexpr std::size_t kRootsMax = 64;
    std::vector<Root> m_roots; ///< Checked lately.
    std::size_t m_rootCount = 0;
    Ticks m_sweptAt{0};
    Ticks m_sourcesSweptAt{0};
    QString m_lastType; ///< Most messages are of the type of the one before.
    QByteArray m_lastTypeBytes;
    Ticks m_judgeAt{0};
    TokenBucket m_doubtful{5, 20, Ticks{0}}; ///< Signatures checked of what may be a second one.

    /// How messages came since we have this parent, for kParentSpan.
    struct Span {
        std::optional<NodeId> parent;
        Ticks since{0};
        int all = 0;
        int pulled = 0;
        int mostInRow = 0; ///< Of one source.
        int missed = 0; ///< Like pulled, and whatever the tree still brought counts as well,
        int fromParent = 0; ///< for a child that pulled it itself speaks for no parent.
    };
    Span m_span;
    /// Pulled: withheld by the tree, or only late. What it still brings in time does not count.
    struct Late {
        MessageId id;
        crypto::PublicKey source;
        Ticks due{0};
    };
    std::list<Late> m_late; ///< In order of due; at most kLateMax.
    Ticks m_faultAt{-60'000'000};
};

} // namespace borg::tree
