// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls_link.h"

#include <map>

namespace borg::net {

/// Tells others where their connection comes from, and asks them where ours does: each over a
/// connection of its own, with the ALPN name "borgseen/1", one frame and no more. Who asks does so
/// from a spare port: a router that keeps ports shows its next connection at the same place.
///
/// The side that tells hangs up first, so that no state of TCP stays with the other's port.
class TlsMirror final : public TlsLink::Owner {
public:
    using Answer = std::function<void(std::optional<Endpoint>)>;
    static constexpr std::size_t kServedMax = 64;
    static constexpr std::size_t kAskedMax = 64;
    static constexpr std::size_t kSparePortsMax = 64;

    /// @param shared outlives this object.
    explicit TlsMirror(TlsShared &shared)
        : m_shared(shared)
    {
    }
    ~TlsMirror();

    /// Answers one whose handshake is done.
    void serve(const std::shared_ptr<TlsLink> &link);
    /// See TlsEndpoint::askOutside().
    void ask(const Peer &helper, quint16 fromPort, Answer answer);
    [[nodiscard]] quint16 sparePort();
    void close();

private:
    using Link = std::shared_ptr<TlsLink>;
    struct Asked {
        Link link;
        Answer answer;
    };

    void handshakeDone(TlsLink &) override { }
    void consentArrived(TlsLink &link) override;
    void frameArrived(TlsLink &link, const wire::Frame &frame) override;
    void writable(TlsLink &, wire::FrameClass) override { }
    void failed(TlsLink &link, Errc why) override;
    void soon(std::function<void()> then);

    TlsShared &m_shared;
    std::vector<Link> m_served;
    std::vector<Asked> m_asked;
    struct Spare {
        Socket socket;
        Clock::TimerId timer = Clock::TimerId::None;
    };
    std::map<quint16, Spare> m_spares;
    const std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace borg::net
