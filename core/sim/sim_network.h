// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <base/rng.h>
#include <net/transport.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
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
};

/// Links and frames between the nodes of one process.
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

    /// Splits the network: between nodes of different groups frames vanish and dials time out, but
    /// links stay up, as when a cable is cut. Who is in no group is in group 0.
    void partition(std::map<NodeId, int> groups) { m_groups = std::move(groups); }
    void heal() { m_groups.clear(); }

    /// A frozen node hears nothing and what it says stays with it until thaw(): a stopped process
    /// whose kernel keeps its links open. Its timers run on; what they do is not seen.
    void freeze(const NodeId &id) { m_frozen[id]; }
    void thaw(const NodeId &id);

    /// A running hash over everything that was delivered, and when. Two runs of one seed that
    /// differ anywhere differ here.
    [[nodiscard]] quint64 traceHash() const { return m_trace; }
    [[nodiscard]] quint64 framesDelivered() const { return m_framesDelivered; }
    [[nodiscard]] quint64 bytesDelivered() const { return m_bytesDelivered; }

private:
    class Port;
    enum class What : quint8 { Frame, Up, Down };

    Port *find(const NodeId &id) const;
    Ticks delay(const NodeId &from, const NodeId &to);
    [[nodiscard]] bool isCut(const NodeId &a, const NodeId &b) const;
    [[nodiscard]] bool holdsBack(
        const NodeId &from, const NodeId &to, const std::function<void()> &event);
    void connect(const net::Peer &from, const net::Peer &to);
    void meet(const net::Peer &from, const net::Peer &to);
    void connectUnknown(const net::Peer &from, const net::Endpoint &to);
    void disconnect(const NodeId &from, const NodeId &to, quint64 link, Errc why);
    void carry(const NodeId &from, const NodeId &to, quint64 link, const wire::Frame &frame);
    void arrive(const NodeId &from, const NodeId &to, quint64 link, const wire::Frame &frame);
    [[nodiscard]] Ticks arrival(const NodeId &from, const NodeId &to, wire::FrameClass frameClass);
    void trace(What what, const NodeId &from, const NodeId &to, QByteArrayView bytes);

    Clock &m_clock;
    Rng &m_rng;
    LinkFaults m_faults;
    Latency m_latency;
    std::map<NodeId, Port *> m_ports;
    std::map<NodeId, int> m_groups;
    std::map<NodeId, std::vector<std::function<void()>>> m_frozen; ///< What waits for thaw().
    std::map<std::tuple<NodeId, NodeId, wire::FrameClass>, Ticks> m_lastArrival;
    quint64 m_lastLink = 0;
    quint64 m_trace = 0xcbf29ce484222325;
    quint64 m_framesDelivered = 0;
    quint64 m_bytesDelivered = 0;
};

} // namespace borg::sim
