// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls_link.h"

#include <QObject>

#include <map>

namespace borg::net {

/// One protocol of a TlsEndpoint: knows which links there are, and which of two stays.
///
/// The accepting side decides: only it can see the connection that the other side made and its own
/// dial at the same time. One that it does not want now is held as a spare for a short while; the
/// dialling side waits for consent meanwhile and reports nothing.
class TlsPort final : public Transport, public TlsLink::Owner {
public:
    /// How long a spare waits for the link before it to end, or for our own dial to succeed.
    static constexpr Ticks kSpareWait = std::chrono::seconds(1);

    /// @param shared outlives this object.
    TlsPort(TlsShared &shared, Protocol protocol);
    ~TlsPort() override;

    void setListener(Listener *listener) override { m_listener = listener; }
    void dial(const Peer &peer) override;
    void punch(const Peer &peer, quint16 fromPort) override;
    void dialUnknown(const Endpoint &endpoint) override;
    void hangUp(const NodeId &peer) override;
    Result<Done> send(const NodeId &to, const wire::Frame &frame) override;

    /// Takes over an inbound link whose handshake is done.
    void take(const std::shared_ptr<TlsLink> &link);
    void close();
    [[nodiscard]] std::optional<LinkStats> stats(const NodeId &peer) const;

private:
    using Link = std::shared_ptr<TlsLink>;

    /// All that there is between us and one peer.
    struct Relation {
        Link up;
        Link dial; ///< Ours, under way.
        Link spare; ///< The peer's, waits for consent.
        bool answersId = false; ///< dial: somebody waits for linkUp() or linkDown().
        bool answersEndpoint = false; ///< dial: somebody waits for linkUp() or dialFailed().
        Clock::TimerId spareTimer = Clock::TimerId::None;

        [[nodiscard]] bool isEmpty() const { return !up && !dial && !spare; }
    };

    void handshakeDone(TlsLink &link) override;
    void consentArrived(TlsLink &link) override;
    void frameArrived(TlsLink &link, const wire::Frame &frame) override;
    void writable(TlsLink &link, wire::FrameClass frameClass) override;
    void failed(TlsLink &link, Errc why) override;

    [[nodiscard]] bool mayDial(const NodeId &id);
    void start(const Link &link, const Endpoint &endpoint);
    void connectTo(const std::weak_ptr<TlsLink> &link, const QStringList &hosts, quint16 port);
    void hold(const NodeId &id, const Link &spare);
    void accept(const NodeId &id, Link link);
    void acceptSpare(const NodeId &id);
    void goUp(const NodeId &id, Link link);
    void dropDial(const NodeId &id, std::optional<Errc> why);
    void dropSpare(Relation &relation);
    void discard(Link link);
    void forgetIfEmpty(const NodeId &id);
    void tellDown(const NodeId &id, Errc why);
    void tellFailed(const Endpoint &endpoint, Errc why);
    /// The same from the loop, for what a Transport's call finds out at once.
    void soon(std::function<void()> tell);

    TlsShared &m_shared;
    const Protocol m_protocol;
    Listener *m_listener = nullptr;
    std::map<NodeId, Relation> m_relations;
    std::vector<Link> m_unknown; ///< dialUnknown() before the handshake.
    std::vector<Link> m_closing;
    bool m_isClosed = false;
    std::unique_ptr<QObject> m_lookups = std::make_unique<QObject>(); ///< Its end cancels them.
    const std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace borg::net
