// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <base/rng.h>
#include <net/transport.h>
#include <sim/sim_site.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace borg::sim {

/// What the network does to each frame. Unlike TLS it may lose and double them, and, when asked,
/// reorder those of one class.
struct LinkFaults {
    quint32 dropPermille = 0;
    quint32 duplicatePermille = 0;
    Ticks delayMin = std::chrono::milliseconds(5);
    Ticks delayMax = std::chrono::milliseconds(50);
    qsizetype queueBytesMax = 256 * 1024; ///< Per link, direction and class.
    bool isReordering = false;
    /// Lost packets as TCP shows them: the frame and all behind it on the link come a
    /// retransmission later (200 ms or two ways), once or several times.
    quint32 lossPermille = 0;
};

/// Links and frames between the nodes of one process. Carries 100,000 nodes: nodes are numbered,
/// frames share their bytes, and a frame on its way costs one timer and no other allocation.
class SimNetwork {
public:
    /// @param clock, rng outlive this object; `clock` does not advance after it is gone.
    SimNetwork(Clock &clock, Rng &rng, const LinkFaults &faults)
        : m_clock(clock)
        , m_rng(rng)
        , m_faults(faults)
    {
    }

    /// Destroying the transport is the crash of that node: its peers see their links go down.
    [[nodiscard]] std::unique_ptr<net::Transport> attach(const net::Peer &self);
    void setFaults(const LinkFaults &faults) { m_faults = faults; }

    /// One way between two nodes, in addition to the delay of LinkFaults.
    using Latency = std::function<Ticks(const NodeId &, const NodeId &)>;
    void setLatency(Latency latency) { m_latency = std::move(latency); }
    /// The same from a matrix and the sites of both.
    void setRegions(const RegionMatrix &matrix) { m_regions = matrix; }
    void setSite(const NodeId &id, const Site &site) { m_nodes[indexOf(id)].site = site; }
    void setNat(const NodeId &id, Nat nat) { m_nodes[indexOf(id)].site.nat = nat; }

    /// Splits the network: between nodes of different groups frames vanish and dials time out, but
    /// links stay up, as when a cable is cut. Who is in no group is in group 0.
    void partition(const std::map<NodeId, int> &groups);
    /// Frames from `from` to `to` vanish; the other way is as it was. A dial needs both ways.
    void cutOneWay(const NodeId &from, const NodeId &to);
    /// The node is gone without a word: a power cut. Its links stay up at the other ends.
    /// Call before its transport is destroyed; for good.
    void vanish(const NodeId &id) { m_nodes[indexOf(id)].isVanished = true; }
    void heal();

    /// A frozen node hears nothing and what it says stays with it until thaw(): a stopped process
    /// whose kernel keeps its links open. Its timers run on; what they do is not seen.
    void freeze(const NodeId &id) { m_frozen[indexOf(id)]; }
    void thaw(const NodeId &id);

    /// A running hash over everything that was delivered, and when. Two runs of one seed that
    /// differ anywhere differ here.
    [[nodiscard]] quint64 traceHash() const { return m_trace; }
    [[nodiscard]] quint64 framesDelivered() const { return m_framesDelivered; }
    [[nodiscard]] quint64 bytesDelivered() const { return m_bytesDelivered; }

private:
    class Port;
    using Index = quint32; ///< A node's number, from its first mention on.
    enum class What : quint8 { Frame, Up, Down };
    struct Hole {
        Index to = 0;
        Ticks until{0};
    };
    struct Node {
        NodeId id;
        Port *port = nullptr;
        Site site;
        int group = 0;
        bool isVanished = false;
        Ticks uplinkFreeAt{0};
        std::vector<Hole> holes; ///< Kept only behind a NAT.
    };
    struct Flight { ///< A frame on its way.
        Index from = 0;
        Index to = 0;
        quint32 link = 0;
        bool isLost = false;
        bool isCopy = false; ///< Not the one that the sender's queue counts.
        wire::Frame frame;
    };
    struct Dialling {
        Index from = 0;
        net::Peer to;
        Index toIndex = 0;
        Ticks giveUpAt{0};
    };
    struct IdHash {
        std::size_t operator()(const NodeId &id) const noexcept;
    };

    Index indexOf(const NodeId &id);
    [[nodiscard]] std::optional<Index> known(const NodeId &id) const;
    [[nodiscard]] Port *portOf(Index index) const { return m_nodes[index].port; }
    Ticks delay(Index from, Index to);
    [[nodiscard]] bool isCut(Index from, Index to) const;
    [[nodiscard]] bool mayEnter(Index from, Index to) const;
    [[nodiscard]] bool hasHole(Index from, Index to) const;
    void makeHole(Index from, Index to);
    template <typename F>
    [[nodiscard]] bool holdsBack(Index from, Index to, const F &event);
    void connect(Index from, const net::Peer &to);
    void meet(const Dialling &dialling, Ticks repeat);
    void open(Index from, Index to, const net::Peer &peer);
    void connectUnknown(Index from, const net::Endpoint &to);
    void disconnect(Index from, Index to, quint32 link, Errc why, Ticks notBefore);
    void carry(Index from, Index to, quint32 link, const wire::Frame &frame);
    void fly(Flight flight, Ticks at);
    void land(quint32 slot);
    void arrive(Index from, Index to, quint32 link, const wire::Frame &frame);
    [[nodiscard]] Ticks departure(Index from, qsizetype sizeBytes);
    void trace(What what, Index from, Index to, QByteArrayView bytes);

    Clock &m_clock;
    Rng &m_rng;
    LinkFaults m_faults;
    Latency m_latency;
    std::optional<RegionMatrix> m_regions;
    std::vector<Node> m_nodes;
    std::unordered_map<NodeId, Index, IdHash> m_index; // looked up, never walked
    std::set<std::pair<Index, Index>> m_cuts;
    std::map<Index, std::vector<std::function<void()>>> m_frozen; ///< What waits for thaw().
    std::vector<Flight> m_flights;
    std::vector<quint32> m_freeFlights;
    quint32 m_lastLink = 0;
    quint64 m_trace = 0xcbf29ce484222325;
    quint64 m_framesDelivered = 0;
    quint64 m_bytesDelivered = 0;
};

} // namespace borg::sim
