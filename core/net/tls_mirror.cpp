// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_mirror.h"

#include <wire/message.h>

#include <QHostAddress>
#include <QJsonDocument>

#include <algorithm>

namespace borg::net {

namespace {

/// "This is where you seem to come from."
struct Seen {
    QString host;
    quint32 port = 0;

    static constexpr std::string_view kName = "seen";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("host", &Seen::host, 64), wire::field("port", &Seen::port)};
    }
};

std::optional<Endpoint> endpointIn(const wire::Frame &frame)
{
    const auto seen = wire::decode<Seen>(QJsonDocument::fromJson(frame.head).object());
    if (!seen || seen->port == 0 || seen->port > 65'535 || QHostAddress(seen->host).isNull())
        return {};
    return Endpoint{seen->host, static_cast<quint16>(seen->port)};
}

} // namespace

TlsMirror::~TlsMirror()
{
    close();
}

void TlsMirror::close()
{
    for (auto &link : std::exchange(m_served, {})) {
        link->abort();
        m_shared.bury(link);
    }
    for (auto &asked : std::exchange(m_asked, {})) {
        asked.link->abort();
        m_shared.bury(asked.link);
    }
    for (const auto &[port, spare] : std::exchange(m_spares, {}))
        m_shared.clock.cancel(spare.timer);
}

void TlsMirror::serve(const Link &link)
{
    if (m_served.size() >= kServedMax) {
        ++m_shared.totals.refused;
        ++m_shared.totals.refusals.tooMany;
        link->abort();
        return m_shared.bury(link);
    }
    link->setOwner(*this);
    m_served.push_back(link);
    const Endpoint from = link->remote();
    link->consent();
    const auto head = QJsonDocument(wire::encode(Seen{from.host, from.port}));
    (void)link->send({wire::FrameClass::Control, head.toJson(QJsonDocument::Compact), {}}).ok();
    link->close();
}

quint16 TlsMirror::sparePort()
{
    if (m_spares.size() >= kSparePortsMax)
        return 0;
    auto socket = Socket::reserve(m_shared.local);
    if (!socket)
        return 0;
    const quint16 port = socket->localAddress().port();
    auto &spare = m_spares[port];
    spare.socket = *std::move(socket);
    spare.timer
        = m_shared.clock.after(TlsEndpoint::kSparePortFor, [this, port] { m_spares.erase(port); });
    return port;
}

void TlsMirror::ask(const Peer &helper, quint16 fromPort, Answer answer)
{
    const auto address = Address::literal(helper.endpoint.host, helper.endpoint.port);
    if (!address || m_asked.size() >= kAskedMax)
        return soon([answer = std::move(answer)] { answer({}); });
    const auto link
        = std::make_shared<TlsLink>(m_shared, *this, Direction::Outbound, kMirror, helper.id);
    link->comeFrom(fromPort);
    link->setEndpoint(helper.endpoint);
    link->setDeadline(m_shared.options.dialDeadline);
    m_asked.push_back({link, std::move(answer)});
    soon([weak = std::weak_ptr(link), address] {
        if (const Link waiting = weak.lock(); waiting && !waiting->isDead())
            waiting->connect({*address});
    });
}

void TlsMirror::consentArrived(TlsLink &link)
{
    link.setDeadline(m_shared.options.dialDeadline);
}

void TlsMirror::frameArrived(TlsLink &link, const wire::Frame &frame)
{
    const auto asked
        = std::ranges::find(m_asked, &link, [](const Asked &entry) { return entry.link.get(); });
    if (asked == m_asked.end())
        return link.close(); // we asked nothing: its own end was to come
    // Its end comes next, if it keeps the rules.
    link.setDeadline(m_shared.options.closeDeadline);
    if (const Answer answer = std::exchange(asked->answer, {}))
        answer(endpointIn(frame));
}

void TlsMirror::failed(TlsLink &link, Errc)
{
    if (const auto served = std::ranges::find(m_served, &link, &Link::get);
        served != m_served.end()) {
        m_shared.bury(std::move(*served));
        m_served.erase(served);
        return;
    }
    const auto found
        = std::ranges::find(m_asked, &link, [](const Asked &entry) { return entry.link.get(); });
    if (found == m_asked.end())
        return;
    Asked asked = std::move(*found);
    m_asked.erase(found);
    m_shared.bury(std::move(asked.link));
    if (asked.answer)
        asked.answer({});
}

void TlsMirror::soon(std::function<void()> then)
{
    m_shared.clock.after(Ticks{0}, [weak = std::weak_ptr(m_alive), then = std::move(then)] {
        if (weak.lock())
            then();
    });
}

} // namespace borg::net
