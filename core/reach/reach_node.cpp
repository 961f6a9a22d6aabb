// SPDX-License-Identifier: GPL-3.0-or-later
#include "reach_node.h"

#include <tree/dial_back.h>

#include <QLoggingCategory>
#include <QNetworkInterface>

namespace borg::reach {

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcReachNode, "borg.reach")

std::vector<QString> ownAddresses()
{
    std::vector<QString> found;
    for (const QHostAddress &address : QNetworkInterface::allAddresses()) {
        if (!address.isLoopback() && !address.isLinkLocal())
            found.push_back(address.toString());
    }
    std::ranges::stable_sort(found, {}, [](const QString &host) {
        return std::pair(tree::isPrivateAddress(host), host.contains(u':'));
    });
    return found;
}

ReachNode::ReachNode(TaskScope &scope, Rng &rng, Executor &executor, const crypto::Crypto &crypto,
    tree::TreeNode &tree, ReachConfig config)
    : m_scope(scope)
    , m_tree(tree)
    , m_config(std::move(config))
    , m_prober(scope.clock())
    , m_self(m_config.self)
{
    if (m_config.mapsPorts && !m_config.isLocal)
        m_ports.emplace(scope, executor, std::vector{upnpRouter(), natPmpRouter()});
    if (m_config.findsLan)
        m_lan.emplace(scope.clock(), rng, crypto, m_config.network, m_config.isLocal);
    m_tree.onProbe([this](const net::Peer &peer, Prober::Answer answer) {
        m_prober.probe(peer, std::move(answer));
    });
    m_tree.onReachChecked([this](const auto &results) { checked(results); });
}

ReachNode::~ReachNode()
{
    m_scope.clock().cancel(m_checkTimer);
    m_scope.clock().cancel(m_lookTimer);
    m_tree.onProbe({});
    m_tree.onReachChecked({});
}

void ReachNode::start(std::function<void()> changed)
{
    m_changed = std::move(changed);
    m_addresses = ownAddresses();
    const bool isLoopback = QHostAddress(m_config.listen.host).isLoopback();
    if (m_lan && (m_config.isLocal || !isLoopback)) {
        const auto started = m_lan->start(
            m_config.listen.port, [this](const net::Peer &peer) { lanPeerFound(peer); });
        if (!started) {
            m_lanProblem = started.error();
            qCWarning(lcReachNode).noquote() << started.error().detail;
        }
    }
    const bool isPublic = !m_addresses.empty() && !tree::isPrivateAddress(m_addresses.front())
        && !m_addresses.front().contains(u':');
    // Behind a router only: a computer on the internet has nobody to ask.
    if (m_ports && !isLoopback && !isPublic)
        m_ports->start(m_config.listen.port, [this] {
            decide();
            checkIn(kCheckSoon);
        });
    else
        m_ports.reset();
    look();
    decide();
}

QCoro::Task<Result<Done>> ReachNode::stop()
{
    m_scope.clock().cancel(std::exchange(m_checkTimer, Clock::TimerId::None));
    m_scope.clock().cancel(std::exchange(m_lookTimer, Clock::TimerId::None));
    if (m_lan)
        m_lan->stop();
    if (!m_ports)
        co_return Done{};
    const auto closed = co_await m_ports->stop();
    if (!closed)
        qCWarning(lcReachNode).noquote()
            << "the router's port stays open until its lease ends:" << closed.error().detail;
    co_return closed;
}

void ReachNode::look()
{
    m_lookTimer = m_scope.clock().after(kLookEvery, [this] { look(); });
    auto addresses = ownAddresses();
    if (addresses != m_addresses) {
        m_addresses = std::move(addresses);
        qCInfo(lcReachNode) << "the addresses of this computer changed";
        if (m_ports)
            m_ports->addressesChanged();
        checkIn(kCheckSoon);
        decide();
    } else if (m_lan && std::ssize(m_lan->peers()) != m_now.lanPeers) {
        decide();
    }
}

void ReachNode::linksChanged()
{
    if (!m_isChecking && m_dialBack.empty() && m_checkTimer == Clock::TimerId::None)
        checkIn(kCheckSoon);
}

void ReachNode::checkIn(Ticks span)
{
    if (m_config.isLocal || m_scope.isClosed() || m_isChecking)
        return;
    m_scope.clock().cancel(m_checkTimer);
    m_checkTimer = m_scope.clock().after(span, [this] {
        m_checkTimer = Clock::TimerId::None;
        check();
    });
}

quint16 ReachNode::externalPort() const
{
    if (m_config.isFixed)
        return m_config.self.port;
    return m_ports && m_ports->mapping() ? m_ports->mapping()->external.port : m_config.listen.port;
}

void ReachNode::check()
{
    // A check before the router's answer would only use up the minute of the helpers.
    if (m_ports && !m_ports->hasTried())
        return checkIn(kCheckSoon);
    m_isChecking = true;
    m_tree.checkReach(externalPort());
}

void ReachNode::checked(const std::vector<tree::DialBackResult> &results)
{
    m_isChecking = false;
    const auto isClear
        = [](const auto &result) { return result.result != u"busy" && result.result != u"silent"; };
    if (std::ranges::any_of(results, isClear)) {
        m_dialBack.clear();
        for (const auto &result : results)
            m_dialBack.push_back({result.helper, result.seen, result.result.left(16)});
        m_checkedUtcMs = m_scope.clock().utcMs();
    }
    for (const auto &result : results) {
        if (!QHostAddress(result.seen.host).isNull())
            m_seenAt = result.seen.host;
    }
    decide();
    if (!results.empty()) // with nobody to ask, linksChanged() comes back to it
        checkIn(isReached() && std::ranges::all_of(results, isClear) ? kCheckEvery : kCheckAgain);
}

void ReachNode::lanPeerFound(const net::Peer &peer)
{
    m_tree.addSeeds({peer});
    decide();
}

bool ReachNode::isReached() const
{
    return std::ranges::any_of(
        m_dialBack, [](const auto &answer) { return answer.result == u"reached"; });
}

net::Endpoint ReachNode::bestSelf() const
{
    if (m_config.isFixed || m_config.isLocal || QHostAddress(m_config.listen.host).isLoopback())
        return m_config.self;
    const quint16 port = externalPort();
    const auto &mapping = m_ports ? m_ports->mapping() : std::nullopt;
    if (isReached()) {
        for (const auto &answer : m_dialBack) { // proven is better than claimed
            if (answer.result == u"reached" && answer.seen.port == port)
                return answer.seen;
        }
    }
    if (mapping && !tree::isPrivateAddress(mapping->external.host))
        return mapping->external;
    const bool hasV6 = m_config.listen.host.contains(u':');
    for (const QString &host : m_addresses) { // IPv4 of the internet, IPv6 of it, then the LAN
        if (!host.contains(u':') || (hasV6 && !tree::isPrivateAddress(host)))
            return {host, m_config.listen.port};
    }
    return m_config.self;
}

void ReachNode::decide()
{
    const auto best = bestSelf();
    if (best != m_self) {
        m_self = best;
        qCInfo(lcReachNode).noquote() << "others dial" << m_self.host << "port" << m_self.port;
        m_tree.setSelf(m_self);
    }
    Reachability now = judge(
        {m_config, m_ports && m_ports->hasTried(), m_ports ? m_ports->mapping() : std::nullopt,
            m_ports ? m_ports->attempts() : std::vector<PortMap::Attempt>{}, m_addresses,
            m_dialBack, m_seenAt, m_lan ? std::ssize(m_lan->peers()) : 0, m_lan.has_value(),
            m_lanProblem, m_isPunched});
    now.checkedUtcMs = m_checkedUtcMs;
    if (now.state == State::Public || now.state == State::Mapped)
        now.external = m_self;
    if (now == m_now)
        return;
    if (now.state != m_now.state)
        qCInfo(lcReachNode).noquote() << "reachability:" << now.reason;
    m_now = std::move(now);
    if (m_changed)
        m_changed();
}

} // namespace borg::reach
