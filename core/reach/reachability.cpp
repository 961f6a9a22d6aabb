// SPDX-License-Identifier: GPL-3.0-or-later
#include "reach_node.h"

#include <tree/dial_back.h>

#include <QHostAddress>

/// The rules: what follows from what was found.
namespace borg::reach {

using namespace Qt::Literals::StringLiterals;

QString name(State state)
{
    switch (state) {
    case State::Unknown:
        return u"unknown"_s;
    case State::Local:
        return u"local"_s;
    case State::Lan:
        return u"lan"_s;
    case State::Public:
        return u"public"_s;
    case State::Mapped:
        return u"mapped"_s;
    case State::Punchable:
        return u"punchable"_s;
    case State::RelayOnly:
        return u"relayed"_s;
    }
    Q_UNREACHABLE();
}

namespace {

bool isWrong(const QString &result)
{
    return result == u"refused" || result == u"timeout" || result == u"other";
}

bool isCarrierNat(const QString &host)
{
    return QHostAddress(host).isInSubnet(QHostAddress(u"100.64.0.0"_s), 10);
}

Finding finding(const QString &what, bool ok, const QString &detail, const QString &advice)
{
    return {what, ok, detail.left(1024), ok ? QString() : advice.left(1024)};
}

bool hasPublicAddress(const Facts &facts)
{
    return std::ranges::any_of(
        facts.addresses, [](const QString &host) { return !tree::isPrivateAddress(host); });
}

Finding listening(const Facts &facts)
{
    const auto &listen = facts.config.listen;
    const bool isLoopback = QHostAddress(listen.host).isLoopback();
    return finding(u"listening address"_s, !isLoopback,
        isLoopback
            ? u"The node takes connections of this computer only (%1)."_s.arg(listen.host)
            : u"The node takes connections at %1, port %2."_s.arg(listen.host).arg(listen.port),
        u"Remove node.listen from the settings, or set it to an address that others can dial."_s);
}

Finding portMapping(const Facts &facts, bool isReached)
{
    const QString what = u"port mapping"_s;
    const QString byHand
        = u"Turn UPnP or NAT-PMP on in the router, or forward TCP port %1 to this computer there."_s
              .arg(facts.config.listen.port);
    if (facts.mapping)
        return finding(what, true,
            u"The router leads its port %1 to this node (%2)."_s.arg(facts.mapping->external.port)
                .arg(facts.mapping->by),
            {});
    if (hasPublicAddress(facts))
        return finding(
            what, true, u"Not needed: this computer has an address of the internet."_s, {});
    if (!facts.config.mapsPorts)
        return finding(what, isReached, u"Turned off in the settings (network.port_mapping)."_s,
            u"Set network.port_mapping to \"auto\", or forward TCP port %1 in the router."_s.arg(
                facts.config.listen.port));
    if (facts.attempts.empty())
        return finding(what, true, u"The router was not asked yet."_s, {});
    QStringList words;
    for (const auto &attempt : facts.attempts)
        words.append(attempt.by + u": "_s + attempt.detail);
    return finding(what, isReached, words.join(u' '), byHand);
}

Finding externalAddress(const Facts &facts, bool isDoubleNat)
{
    const QString router = facts.mapping ? facts.mapping->external.host : QString();
    const QString carrier = isCarrierNat(router) || isCarrierNat(facts.seenAt)
        ? u" It is one of a carrier's NAT (RFC 6598)."_s
        : QString();
    QString detail = facts.seenAt.isEmpty() ? u"No peer has told yet at which address it sees us."_s
                                            : u"Peers see this node at %1."_s.arg(facts.seenAt);
    if (!router.isEmpty())
        detail += u" The router says that its address is %1."_s.arg(router) + carrier;
    return finding(u"external address"_s, !isDoubleNat, detail,
        u"There is a second router between yours and the internet: forward the port there too, or "
        "ask your provider for a public IPv4 address or for IPv6."_s);
}

Finding dialBack(const Facts &facts, bool isReached)
{
    const QString what = u"dial-back"_s;
    if (facts.dialBack.empty())
        return finding(
            what, true, u"No peer of another network could be asked to dial this node yet."_s, {});
    QStringList words;
    bool isAnswered = false;
    for (const auto &answer : facts.dialBack) {
        isAnswered = isAnswered || isWrong(answer.result) || answer.result == u"reached";
        const QString where = answer.seen.host.isEmpty()
            ? QString()
            : u" at %1 port %2"_s.arg(answer.seen.host).arg(answer.seen.port);
        words.append(u"%1: %2%3."_s.arg(answer.helper.text().left(8), answer.result, where));
    }
    return finding(what, isReached || !isAnswered, words.join(u' '),
        hasPublicAddress(facts)
            ? u"A firewall drops what comes in: allow TCP port %1, for instance: sudo ufw allow "
              "%1/tcp."_s.arg(facts.config.listen.port)
            : u"Others cannot get in from outside; see port mapping and external address."_s);
}

Finding lan(const Facts &facts)
{
    if (facts.lanProblem)
        return finding(u"local network"_s, false, facts.lanProblem->detail,
            u"Another program holds UDP port %1; nodes are then found by invite only."_s.arg(
                LanFinder::kPort));
    return finding(u"local network"_s, true,
        facts.findsLan
            ? u"%1 other nodes were heard in the local network lately."_s.arg(facts.lanPeers)
            : u"The local network is not searched (network.lan_discovery is off)."_s,
        {});
}

QString reasonOf(const Reachability &now)
{
    switch (now.state) {
    case State::Local:
        return u"A network on this computer only: other computers are not meant to reach it."_s;
    case State::Public:
        return u"Other nodes can reach this one from the internet."_s;
    case State::Mapped:
        return now.mappedBy.isEmpty()
            ? u"Other nodes reach this one through a port that the router forwards."_s
            : u"Other nodes reach this one through the router, which opened a port (%1)."_s.arg(
                  now.mappedBy);
    case State::Punchable:
        return u"Other nodes reach this one with the help of a third, through the router."_s;
    case State::RelayOnly:
        return now.isDoubleNat
            ? u"Other nodes cannot dial this one, behind two routers: others carry to it."_s
            : u"Other nodes cannot dial this one from outside: others carry to it."_s;
    case State::Lan:
        return u"Only nodes of the local network were met so far."_s;
    case State::Unknown:
        return u"No peer could be asked yet whether it can reach this node."_s;
    }
    Q_UNREACHABLE();
}

} // namespace

Reachability judge(const Facts &facts)
{
    Reachability now;
    now.dialBack = facts.dialBack;
    now.lanPeers = facts.lanPeers;
    now.mappedBy = facts.mapping ? facts.mapping->by : QString();
    now.seenAt = facts.seenAt;
    const QString router = facts.mapping ? facts.mapping->external.host : QString();
    // A name in seenAt says nothing; two literal addresses that differ, or a private one, do.
    now.isDoubleNat = (!router.isEmpty() && tree::isPrivateAddress(router))
        || (!router.isEmpty() && !QHostAddress(facts.seenAt).isNull() && facts.seenAt != router
            && QHostAddress(facts.seenAt).protocol() == QHostAddress(router).protocol());
    const bool isReached = std::ranges::any_of(
        facts.dialBack, [](const auto &answer) { return answer.result == u"reached"; });
    const bool isFailed = std::ranges::any_of(
        facts.dialBack, [](const auto &answer) { return isWrong(answer.result); });
    const bool isOwnAddress = std::ranges::contains(facts.addresses, facts.seenAt);
    now.state = facts.config.isLocal  ? State::Local
        : isReached && isOwnAddress   ? State::Public
        : isReached                   ? State::Mapped
        : isFailed && facts.isPunched ? State::Punchable
        : isFailed                    ? State::RelayOnly
        : facts.lanPeers > 0          ? State::Lan
                                      : State::Unknown;
    if (facts.config.isLocal) {
        now.findings.push_back(finding(u"listening address"_s, true,
            u"A network on this computer only, at %1."_s.arg(facts.config.listen.host), {}));
    } else {
        now.findings = {listening(facts), portMapping(facts, isReached),
            externalAddress(facts, now.isDoubleNat && !isReached), dialBack(facts, isReached),
            lan(facts)};
    }
    now.reason = reasonOf(now);
    return now;
}

} // namespace borg::reach
