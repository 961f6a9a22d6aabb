// SPDX-License-Identifier: GPL-3.0-or-later
#include "prober.h"

namespace borg::reach {

using namespace std::chrono_literals;

namespace {
constexpr int kLinksMax = 16;
} // namespace

Prober::Prober(Clock &clock)
    : m_clock(clock)
{
}

Prober::~Prober()
{
    if (m_tls)
        m_tls->transport(net::Protocol::Tree).setListener(nullptr);
}

void Prober::probe(const net::Peer &peer, Answer answer)
{
    if (!m_tls) { // few nodes are ever asked
        auto key = crypto::NodeKey::generate();
        if (!key)
            return answer(Errc::Closed);
        m_key = *std::move(key);
        net::TlsOptions options;
        options.linksMax = kLinksMax;
        m_tls.emplace(m_clock, *m_key, options);
        m_tls->transport(net::Protocol::Tree).setListener(this);
    }
    if (!m_open.try_emplace(peer.id, answer).second)
        return answer(Errc::Busy);
    m_tls->transport(net::Protocol::Tree).dial(peer);
}

void Prober::linkUp(const net::Peer &peer, net::Direction)
{
    m_tls->transport(net::Protocol::Tree).hangUp(peer.id);
    finish(peer.id, std::nullopt);
}

void Prober::linkDown(const NodeId &peer, Errc why)
{
    finish(peer, why);
}

void Prober::finish(const NodeId &peer, std::optional<Errc> outcome)
{
    const auto open = m_open.extract(peer);
    if (!open.empty())
        open.mapped()(outcome);
}

} // namespace borg::reach
