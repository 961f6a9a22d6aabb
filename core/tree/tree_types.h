// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <crypto/crypto.h>
#include <net/transport.h>
#include <tree/member_facts.h>
#include <tree/scores.h>

#include <QJsonObject>

#include <array>
#include <optional>
#include <vector>

namespace borg::tree {

/// The first 16 bytes of the SHA-256 of a message's signed bytes.
struct MessageId {
    std::array<quint8, 16> bytes{};

    [[nodiscard]] QString text() const; ///< 32 hexadecimal digits.

    friend bool operator==(const MessageId &, const MessageId &) = default;
    friend auto operator<=>(const MessageId &, const MessageId &) = default;
};

/// What each source may broadcast; every hop counts. A parameter of the network: all nodes have
/// the same.
struct Credit {
    quint32 messagesPerSecond = 10;
    quint32 messagesBurst = 100;
    quint32 bytesPerSecond = 64 * 1024;
    quint32 bytesBurst = 2 * 1024 * 1024;
};

/// What a node carries for others, messages to one node on their way. A parameter of the network.
struct RelayQuota {
    quint32 linkBytesPerSecond = 512 * 1024; ///< From one neighbour, whoever is the source.
    quint32 linkBytesBurst = 4 * 1024 * 1024;
    quint32 sourceBytesPerSecond = 64 * 1024; ///< Of one source over one neighbour.
    quint32 sourceBytesBurst = 1024 * 1024;
};

/// How this node takes part. The defaults fit a home computer.
struct TreeConfig {
    QString network; ///< Its id, 1 to 64 ASCII characters; nodes of other networks are refused.
    net::Endpoint self; ///< Where this node accepts links, as others shall dial it.
    bool local = false; ///< All nodes on one computer or one LAN: quick member records.
    quint32 capacity = 8; ///< Children at most: see capacityFor(). 0: always a leaf.
    bool measuresUplink = false; ///< `capacity` is where it begins; then it follows the uplink.
    quint32 lazyLinks = 4; ///< Links that carry ids only, the two backups among them.
    Ticks heartbeatEvery = std::chrono::milliseconds(200); ///< On idle tree links.
    Ticks idleHeartbeatEvery = std::chrono::seconds(5); ///< On the other links.
    Ticks memberPeriod{0}; ///< 0: max(2 s, 50 ms x members) when local, 30 times slower elsewhere.
    Credit credit;
    RelayQuota relay;
    quint32 batchMax = 64; ///< Broadcasts under one signature at most; 1 signs each alone.
    qsizetype cacheBytesMax = 8 * 1024 * 1024; ///< Messages kept for 30 s for those who pull.
    /// So many nodes know each other; in a larger network each knows a part. A parameter of the
    /// network. See Membership.
    quint32 fullViewMax = 1000;
    MemberPool *pool = nullptr; ///< Outlives the node.
    quint32 timePeers
        = 16; ///< Random members asked for the time in 64 s; 0: nobody is asked at all.
    qint64 freeBytes = 0; ///< First value of TreeNode::setFreeBytes().
    qint64 bulkBytesMax = 0; ///< Of a big object for everybody; 0: none of others is taken.
};

/// A broadcast of another node, checked.
struct Delivered {
    MessageId id;
    NodeId src;
    QString type;
    QByteArray message; ///< The signed bytes: canonical JSON.
    QByteArray attachment;
    quint32 hops = 0; ///< Links it came over; set by the hops, so nothing to rely on.

    /// Parses: ask only for a type you know.
    [[nodiscard]] QJsonObject body() const;

    friend bool operator==(const Delivered &, const Delivered &) = default;
};

/// How a message to one node got there.
struct Receipt {
    qint64 rttUs = 0; ///< From the attempt that was answered to its answer.
    quint32 hops = 0; ///< Links it went over; 1 is a direct link.
    quint32 attempts = 1;

    [[nodiscard]] bool isDirect() const { return hops == 1; }
    friend bool operator==(const Receipt &, const Receipt &) = default;
};

/// Where a node stands.
enum class TreeState : quint8 {
    Idle, ///< Not started.
    Joining, ///< Looking for a parent; root of its own tree meanwhile.
    Attached,
    Root,
    Left,
};

/// What the machine counts since it started.
struct TreeCounters {
    qint64 originated = 0;
    qint64 delivered = 0; ///< Broadcasts of others, once each.
    qint64 duplicates = 0; ///< Whole copies that came again.
    qint64 pulled = 0; ///< Of the delivered, those that a GRAFT brought.
    qint64 invalid = 0; ///< Malformed, forged or over a limit: each cut its link.
    qint64 overCredit = 0; ///< Dropped because their source sent too much.
    qint64 framesSent = 0;
    qint64 frameBytesSent = 0; ///< Heads and bodies.
    qint64 parentChanges = 0;
    qint64 moves = 0; ///< Of those, the ones to a better parent, at leisure.
    qint64 messagesSent = 0; ///< To one node: acknowledged.
    qint64 messagesFailed = 0;
    qint64 messagesHeard = 0; ///< To this node alone, once each.
    qint64 messagesRelayed = 0; ///< For others.
    qint64 relayedBytes = 0;
    qint64 relaysRefused = 0; ///< Over the quota.
    qint64 directLinks = 0; ///< Made by connect(): dialled,
    qint64 reversedLinks = 0; ///< the other side dialled,
    qint64 punchedLinks = 0; ///< both sides at once.

    friend bool operator==(const TreeCounters &, const TreeCounters &) = default;
};

/// A parent that this node got, or lost.
struct ParentChange {
    qint64 utcMs = 0;
    std::optional<NodeId> parent; ///< None: root, or looking for one.
    QString reason; ///< A few words for people.

    friend bool operator==(const ParentChange &, const ParentChange &) = default;
};

/// One link as status() shows it.
struct LinkStatus {
    NodeId peer;
    net::Endpoint endpoint; ///< Where the peer accepts links, by its own word.
    bool isParent = false;
    bool isChild = false;
    bool isBackup = false;
    bool isLazy = false; ///< Sends us ids.
    qint64 rttUs = -1; ///< -1 until measured.
    qint64 depth = -1; ///< In the tree, by its own word; -1 when unknown.
    std::optional<NodeId> parent; ///< By its own word.
    double score = 0; ///< What we think of it, see Scores.
    QByteArray path; ///< From the root to the peer, by its own word: shortId() of each node.

    friend bool operator==(const LinkStatus &, const LinkStatus &) = default;
};

/// What a neighbour says that dialled us on our request.
struct DialBackResult {
    NodeId helper;
    net::Endpoint seen; ///< The address it sees us at; empty when it was silent.
    QString result; ///< reached, refused, timeout, other, busy, silent.

    friend bool operator==(const DialBackResult &, const DialBackResult &) = default;
};

/// A snapshot for people and tests.
struct TreeStatus {
    TreeState state = TreeState::Idle;
    NodeId self;
    NodeId root;
    std::optional<NodeId> parent;
    std::vector<NodeId> children;
    std::vector<NodeId> backups;
    std::vector<NodeId> lazy;
    quint32 depth = 0; ///< 0 is the root.
    QByteArray path; ///< From the root to us: shortId() of each node.
    qint64 epoch = 0; ///< Second of UTC of the root's takeover; 0 for a tree nobody took over yet.
    quint32 capacity = 0; ///< Children that this node takes at most.
    qint64 latRootUs = 0; ///< From the root to us.
    qint64 lastFailoverMs = -1; ///< From the last parent's last sign of life to the next one.
    TreeCounters counters;
    std::vector<ParentChange> history; ///< The last 64, oldest first.
    std::vector<LinkStatus> links; ///< In order of id.
    qint64 queuedBytes = 0; ///< Wait for links, over all of them; at most 64 MiB.
    qint64 heldBytes = 0; ///< Wait for the credit of their sources; at most 16 MiB.
    qint64 missing = 0; ///< Ids announced, messages not here yet; at most 20,000.
    std::vector<Scores::Record> offenders; ///< The worst first, at most 256; linked or not.
    std::array<qint64, kOffenceCount> offences{}; ///< Of all peers since the start, by Offence.
};

} // namespace borg::tree
