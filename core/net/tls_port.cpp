// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_port.h"

#include <QHostAddress>
#include <QHostInfo>

namespace borg::net {

namespace {
constexpr qsizetype kAddressesMax = 6;

std::shared_ptr<TlsLink> takeFrom(std::vector<std::shared_ptr<TlsLink>> &links, const TlsLink &link)
{
    const auto at = std::ranges::find(links, &link, &std::shared_ptr<TlsLink>::get);
    if (at == links.end())
        return {};
    auto taken = std::move(*at);
    links.erase(at);
    return taken;
}
} // namespace

TlsPort::TlsPort(TlsShared &shared, Protocol protocol)
    : m_shared(shared)
    , m_protocol(protocol)
{
}

TlsPort::~TlsPort()
{
    close();
}

void TlsPort::close()
{
    m_isClosed = true;
    m_lookups.reset();
    for (auto &[id, relation] : m_relations) {
        m_shared.clock.cancel(relation.spareTimer);
        m_shared.totals.links -= relation.up ? 1 : 0;
        discard(std::move(relation.up));
        discard(std::move(relation.dial));
        discard(std::move(relation.spare));
    }
    m_relations.clear();
    for (auto *links : {&m_unknown, &m_closing}) {
        for (auto &link : *links)
            discard(std::move(link));
        links->clear();
    }
}

void TlsPort::dial(const Peer &peer)
{
    const NodeId id = peer.id;
    const auto found = m_relations.find(id);
    if (found != m_relations.end() && found->second.dial)
        found->second.answersId = true;
    if (found != m_relations.end() && (found->second.up || found->second.dial))
        return;
    if (!mayDial(id))
        return;
    const auto link
        = std::make_shared<TlsLink>(m_shared, *this, Direction::Outbound, m_protocol, id);
    Relation &relation = m_relations[id];
    relation.dial = link;
    relation.answersId = true;
    start(link, peer.endpoint);
}

bool TlsPort::mayDial(const NodeId &id)
{
    const bool isFull = m_shared.totals.links >= m_shared.options.linksMax;
    if (!m_isClosed && id != m_shared.self && !isFull)
        return true;
    const Errc why = m_isClosed ? Errc::Closed : id == m_shared.self ? Errc::Conflict : Errc::Busy;
    soon([this, id, why] { tellDown(id, why); });
    return false;
}

void TlsPort::punch(const Peer &peer, quint16 fromPort)
{
    const NodeId id = peer.id;
    const auto found = m_relations.find(id);
    if (found != m_relations.end() && found->second.up)
        return;
    if (!mayDial(id))
        return;
    Relation &relation = m_relations[id];
    relation.answersId = true;
    if (relation.dial && !relation.dial->isConnecting())
        return; // it got through
    discard(std::move(relation.dial)); // the peer cannot be dialled there, or we were not here
    const auto link
        = std::make_shared<TlsLink>(m_shared, *this, Direction::Outbound, m_protocol, id);
    relation.dial = link;
    link->comeFrom(fromPort);
    link->meet(id < m_shared.self);
    start(link, peer.endpoint);
}

void TlsPort::dialUnknown(const Endpoint &endpoint)
{
    if (m_isClosed || m_shared.totals.links >= m_shared.options.linksMax) {
        const Errc why = m_isClosed ? Errc::Closed : Errc::Busy;
        return soon([this, endpoint, why] { tellFailed(endpoint, why); });
    }
    m_unknown.push_back(
        std::make_shared<TlsLink>(m_shared, *this, Direction::Outbound, m_protocol));
    start(m_unknown.back(), endpoint);
}

void TlsPort::start(const Link &link, const Endpoint &endpoint)
{
    link->setEndpoint(endpoint);
    link->setDeadline(m_shared.options.dialDeadline);
    const std::weak_ptr<TlsLink> weak = link;
    if (Address::literal(endpoint.host, endpoint.port)) {
        const QString host = endpoint.host;
        return soon([this, weak, host, port = endpoint.port] { connectTo(weak, {host}, port); });
    }
    QHostInfo::lookupHost(
        endpoint.host, m_lookups.get(), [this, weak, port = endpoint.port](const QHostInfo &info) {
            QStringList hosts;
            for (const QHostAddress &address :
                info.addresses().first(std::min(info.addresses().size(), kAddressesMax)))
                hosts += address.toString();
            connectTo(weak, hosts, port);
        });
}

void TlsPort::connectTo(const std::weak_ptr<TlsLink> &weak, const QStringList &hosts, quint16 port)
{
    const Link link = weak.lock();
    if (!link || link->isDead())
        return;
    std::vector<Address> addresses;
    for (const QString &host : hosts) {
        if (const auto address = Address::literal(host, port))
            addresses.push_back(*address);
    }
    link->connect(std::move(addresses));
}

void TlsPort::hangUp(const NodeId &peer)
{
    const auto found = m_relations.find(peer);
    if (found == m_relations.end())
        return;
    Relation &relation = found->second;
    m_shared.clock.cancel(relation.spareTimer);
    discard(std::move(relation.spare));
    if (relation.dial && relation.answersEndpoint) // who asked by address still wants to know
        soon([this, endpoint = relation.dial->endpoint()] { tellFailed(endpoint, Errc::Closed); });
    discard(std::move(relation.dial));
    if (relation.up) {
        --m_shared.totals.links;
        m_closing.push_back(std::move(relation.up));
        m_closing.back()->close();
    }
    m_relations.erase(found);
}

Result<Done> TlsPort::send(const NodeId &to, const wire::Frame &frame)
{
    const auto found = m_relations.find(to);
    if (found == m_relations.end() || !found->second.up)
        return Error{Errc::Unreachable, to.text()};
    return found->second.up->send(frame);
}

void TlsPort::take(const Link &link)
{
    const NodeId id = link->peerId();
    const bool isFull = m_shared.totals.links >= m_shared.options.linksMax;
    if (m_isClosed || id == m_shared.self || isFull) {
        ++m_shared.totals.refused;
        ++m_shared.totals.refusals.tooMany;
        return discard(link);
    }
    link->setOwner(*this);
    const Relation &relation = m_relations[id];
    if (relation.up || (relation.dial && m_shared.self < id))
        return hold(id, link);
    accept(id, link);
}

void TlsPort::hold(const NodeId &id, const Link &spare)
{
    Relation &relation = m_relations[id];
    dropSpare(relation);
    relation.spare = spare;
    relation.spareTimer = m_shared.clock.after(kSpareWait, [this, id] { acceptSpare(id); });
}

void TlsPort::acceptSpare(const NodeId &id)
{
    const auto found = m_relations.find(id);
    if (found == m_relations.end() || !found->second.spare)
        return;
    Relation &relation = found->second;
    m_shared.clock.cancel(std::exchange(relation.spareTimer, Clock::TimerId::None));
    const Link spare = std::move(relation.spare);
    if (const Link old = std::move(relation.up)) { // it dialled us: its end of the old one is gone
        --m_shared.totals.links;
        discard(old);
        tellDown(id, Errc::Unreachable);
    }
    if (!spare->isDead())
        accept(id, spare);
}

void TlsPort::accept(const NodeId &id, Link link)
{
    Relation &relation = m_relations[id]; // it may be gone: a listener was called in between
    if (relation.up)
        return discard(std::move(link));
    link->consent();
    goUp(id, std::move(link));
}

void TlsPort::goUp(const NodeId &id, Link link)
{
    Relation &relation = m_relations[id];
    BORG_ASSERT(!relation.up);
    relation.up = link;
    ++m_shared.totals.links;
    if (link->isMeeting())
        ++m_shared.totals.punched.at(static_cast<std::size_t>(m_protocol));
    dropSpare(relation);
    const Link dial = std::move(relation.dial);
    const bool answersEndpoint = std::exchange(relation.answersEndpoint, false);
    relation.answersId = false;
    if (m_listener)
        m_listener->linkUp({id, link->endpoint()}, link->direction());
    if (!dial || dial == link)
        return;
    discard(dial);
    if (answersEndpoint)
        tellFailed(dial->endpoint(), Errc::Conflict);
}

void TlsPort::handshakeDone(TlsLink &link)
{
    const Link unknown = takeFrom(m_unknown, link);
    if (!unknown && link.direction() == Direction::Outbound)
        return; // dial(): its id was checked; consent comes next
    if (!unknown) { // punch(), and the peer opened
        const NodeId from = link.peerId();
        return accept(from, std::move(m_relations.at(from).dial));
    }
    const NodeId id = link.peerId();
    const auto found = m_relations.find(id);
    const bool isTaken = found != m_relations.end() && (found->second.up || found->second.dial);
    if (id == m_shared.self || isTaken) {
        discard(unknown);
        return tellFailed(link.endpoint(), Errc::Conflict);
    }
    Relation &relation = m_relations[id];
    relation.dial = unknown;
    relation.answersEndpoint = true;
}

void TlsPort::consentArrived(TlsLink &link)
{
    const auto found = m_relations.find(link.peerId());
    BORG_ASSERT(found != m_relations.end() && found->second.dial.get() == &link);
    goUp(link.peerId(), found->second.dial);
}

void TlsPort::frameArrived(TlsLink &link, const wire::Frame &frame)
{
    if (m_listener)
        m_listener->frameArrived(link.peerId(), frame);
}

void TlsPort::writable(TlsLink &link, wire::FrameClass frameClass)
{
    if (m_listener)
        m_listener->writable(link.peerId(), frameClass);
}

void TlsPort::failed(TlsLink &link, Errc why)
{
    if (const Link closing = takeFrom(m_closing, link))
        return m_shared.bury(closing);
    // For who dialled, "Closed" means our own side; the peer was just not there for us.
    const Errc dialWhy = why == Errc::Closed ? Errc::Unreachable : why;
    if (const Link unknown = takeFrom(m_unknown, link)) {
        m_shared.bury(unknown);
        return tellFailed(link.endpoint(), dialWhy);
    }
    const NodeId id = link.expectedId() ? *link.expectedId() : link.peerId();
    const auto found = m_relations.find(id);
    if (found == m_relations.end())
        return;
    Relation &relation = found->second;
    if (relation.spare.get() == &link) {
        dropSpare(relation);
    } else if (relation.up.get() == &link) {
        --m_shared.totals.links;
        m_shared.totals.malformed += why == Errc::Malformed ? 1 : 0;
        m_shared.bury(std::move(relation.up));
        tellDown(id, why);
        acceptSpare(id);
    } else if (relation.dial.get() == &link) {
        m_shared.bury(std::move(relation.dial));
        const bool answersId = std::exchange(relation.answersId, false);
        const bool answersEndpoint = std::exchange(relation.answersEndpoint, false);
        if (relation.spare)
            acceptSpare(id); // the peer came to us: that answers dial()
        else if (answersId)
            tellDown(id, dialWhy);
        if (answersEndpoint)
            tellFailed(link.endpoint(), dialWhy);
    }
    forgetIfEmpty(id);
}

void TlsPort::dropSpare(Relation &relation)
{
    m_shared.clock.cancel(std::exchange(relation.spareTimer, Clock::TimerId::None));
    discard(std::move(relation.spare));
}

void TlsPort::discard(Link link)
{
    if (!link)
        return;
    link->abort();
    m_shared.bury(std::move(link));
}

void TlsPort::forgetIfEmpty(const NodeId &id)
{
    const auto found = m_relations.find(id);
    if (found != m_relations.end() && found->second.isEmpty())
        m_relations.erase(found);
}

void TlsPort::tellDown(const NodeId &id, Errc why)
{
    if (m_listener)
        m_listener->linkDown(id, why);
}

void TlsPort::tellFailed(const Endpoint &endpoint, Errc why)
{
    if (m_listener)
        m_listener->dialFailed(endpoint, why);
}

void TlsPort::soon(std::function<void()> tell)
{
    m_shared.clock.after(Ticks{0}, [weak = std::weak_ptr(m_alive), tell = std::move(tell)] {
        if (weak.lock())
            tell();
    });
}

std::optional<LinkStats> TlsPort::stats(const NodeId &peer) const
{
    const auto found = m_relations.find(peer);
    if (found == m_relations.end() || !found->second.up)
        return {};
    return found->second.up->stats();
}

} // namespace borg::net
