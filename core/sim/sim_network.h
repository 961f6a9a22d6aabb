// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <base/rng.h>
#include <net/transport.h>

#include <map>
#include <memory>

namespace borg::sim {

/// What the network does to each frame. Unlike TLS it may lose, double and reorder them.
struct LinkFaults {
    quint32 dropPermille = 0;
    quint32 duplicatePermille = 0;
    Ticks delayMin = std::chrono::milliseconds(5);
    Ticks delayMax = std::chrono::milliseconds(50);
    qsizetype queueBytesMax = 256 * 1024; ///< Per link, direction and class.
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

private:
    class Port;
    Port *find(const NodeId &id) const;
    Ticks delay();
    void connect(const net::Peer &from, const net::Peer &to);
    void connectUnknown(const net::Peer &from, const net::Endpoint &to);
    void disconnect(const NodeId &from, const NodeId &to, Errc why);
    void carry(const NodeId &from, const NodeId &to, const wire::Frame &frame);

    Clock &m_clock;
    Rng &m_rng;
    LinkFaults m_faults;
    std::map<NodeId, Port *> m_ports;
};

} // namespace borg::sim
