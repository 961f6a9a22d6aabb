// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/one_shot.h>
#include <net/transport.h>
#include <tree/machine.h>
#include <tree/unicast_messages.h>

#include <functional>
#include <map>

namespace borg::tree {

/// Makes links to nodes that cannot be dialled: asks them to dial, or lets both sides dial at
/// once, each from a port of its own to the place where others see the port of the other.
///
/// Words go over the tree. Each side first asks two nodes on the internet where they see its port:
/// a router that keeps ports shows the peer the same. Who is asked to meet says where it is and
/// dials; the asking side dials when it hears that. Neither waits for a moment agreed on: what
/// comes too early is dropped by the router, leaves its hole, and is repeated.
class DirectLinks {
public:
    // A SYN that a router swallows is not answered, so nobody waits for a whole dial.
    static constexpr Ticks kDialWithin = std::chrono::milliseconds(2500);
    static constexpr Ticks kReverseWithin = std::chrono::milliseconds(1500);
    static constexpr Ticks kMeetWithin = std::chrono::seconds(5); ///< For the word of the other.
    static constexpr Ticks kPunchWithin = std::chrono::milliseconds(2500);
    static constexpr Ticks kCallWithin = std::chrono::seconds(5);
    static constexpr quint32 kPunches = 3;
    static constexpr Ticks kOutsideWithin = std::chrono::seconds(3);
    static constexpr std::size_t kMeetingsMax = 64; ///< Under way at once.
    /// So many messages over others within kOftenWithin are worth a link of their own;
    static constexpr int kOften = 3;
    static constexpr Ticks kOftenWithin = std::chrono::minutes(1);
    /// one that cannot be made is not tried again before.
    static constexpr Ticks kAgainAfter = std::chrono::minutes(5);
    static constexpr std::size_t kRelayedMax = 256; ///< Nodes whose messages are counted.

    /// What the driver does for it.
    struct Means {
        /// @param fromPort is given when the peer dials us at the same time.
        std::function<void(quint32 protocol, const net::Peer &, std::optional<quint16> fromPort)>
            dial;
        /// Sends a word and waits until it is acknowledged.
        std::function<QCoro::Task<Result<Receipt>>(NodeId, Call)> call;
        std::function<QCoro::Task<Result<Receipt>>(NodeId, Meet)> meet;
        std::function<bool(const NodeId &)> isLinked; ///< For the tree,
        std::function<bool(const NodeId &)> isBulkLinked; ///< and for bulk.
        std::function<std::optional<net::Endpoint>(const NodeId &)> endpointOf;
        std::function<std::vector<net::Peer>()> mirrors; ///< Nodes with an address of the internet.
        std::function<net::Endpoint()> self;
        NodeId id; ///< This node's.
        bool isLocal = false;
    };
    /// How nodes are asked where they see a port of ours.
    struct Mirror {
        std::function<quint16()> sparePort; ///< 0: there is none.
        std::function<void(const net::Peer &helper, quint16 port,
            std::function<void(std::optional<net::Endpoint>)> answer)>
            ask;
    };
    struct Counters {
        qint64 dialled = 0;
        qint64 reversed = 0;
        qint64 punched = 0;
    };

    /// @param scope outlives this object.
    DirectLinks(TaskScope &scope, Means means);

    void setMirror(Mirror mirror) { m_mirror = std::move(mirror); }
    /// See TreeNode::connect().
    [[nodiscard]] QCoro::Task<Result<Done>> connect(NodeId to);
    /// Asks for a link for bulk; it comes by itself, or does not. @return false: too many ask.
    [[nodiscard]] bool askForBulk(const NodeId &to);
    /// A node asks for a meeting, or answers our question for one.
    void asked(const MeetingAsked &word);
    /// A message to `to` went over others.
    void relayed(const NodeId &to);
    void linkChanged(const NodeId &peer, bool isUp);
    [[nodiscard]] const Counters &counters() const { return m_counters; }

private:
    struct LinkWaiter {
        OneShot<Done>::Setter set;
        bool endsByFailure = false;
    };
    struct Relayed {
        int count = 0;
        Ticks since{0};
        Ticks notBefore{0};
    };
    using Meeting = std::pair<NodeId, quint32>; ///< With whom, and for which protocol.

    QCoro::Task<Result<Done>> linked(NodeId to, Ticks most, bool endsByFailure);
    QCoro::Task<Result<Done>> reverse(NodeId to);
    /// Once. @return Done when both dial now; Busy when they do for another reason; else why not.
    QCoro::Task<Result<Done>> meet(NodeId to, quint32 protocol, quint32 number);
    QCoro::Task<Result<Done>> bulk(NodeId to);
    QCoro::Task<Result<Done>> answer(MeetingAsked word);
    QCoro::Task<Result<Done>> connectAside(NodeId to);
    /// A port of ours, and where others see it.
    struct Place {
        quint16 port = 0; ///< 0: any.
        net::Endpoint seen;
    };
    /// @return such a place; our own address when there is nobody to ask and others can dial it. Or
    ///         Unreachable: nobody can tell, or the router takes another port for each destination.
    QCoro::Task<Result<Place>> place();
    [[nodiscard]] bool isHidden() const;

    TaskScope &m_scope;
    const Means m_means;
    Mirror m_mirror;
    Counters m_counters;
    std::multimap<NodeId, LinkWaiter> m_linkWaiters;
    std::map<Meeting, OneShot<net::Endpoint>::Setter> m_meetings; ///< That we asked for.
    std::size_t m_answering = 0;
    std::map<NodeId, Relayed> m_relayed;
};

} // namespace borg::tree
