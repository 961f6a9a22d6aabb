// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/envelope.h>
#include <sim/sim_crypto.h>
#include <sim/sim_network.h>
#include <wire/message.h>

namespace borg::sim {

/// The outer half of a simulated node: keys, links, and messages sealed and opened.
class SimNode : public net::Transport::Listener {
public:
    SimNode(SimNetwork &network, const net::Peer &self)
        : crypto(self.id, 42)
        , transport(network.attach(self))
    {
        transport->setListener(this);
    }

    template <wire::Message M>
    void send(const NodeId &to, const M &message) const
    {
        (void)transport->send(
            to, {wire::FrameClass::Control, net::seal(crypto, wire::encode(message)), {}});
    }

    const SimCrypto crypto;
    std::unique_ptr<net::Transport> transport;

protected:
    ~SimNode() = default;

    virtual void received(const NodeId &from, const QJsonObject &message) = 0;
    void linkUp(const net::Peer &, net::Direction) override { }
    void dialFailed(const net::Endpoint &, Errc) override { }
    void linkDown(const NodeId &, Errc) override { }
    void writable(const NodeId &, wire::FrameClass) override { }

private:
    void frameArrived(const NodeId &from, const wire::Frame &frame) final
    {
        if (const auto message = net::open(crypto, {from.bytes}, frame.head))
            received(from, *message);
    }
    Q_DISABLE_COPY_MOVE(SimNode)
};

} // namespace borg::sim
