// SPDX-License-Identifier: GPL-3.0-or-later
#include "dial_back.h"

#include <QHostAddress>

#include <set>

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {

QString resultOf(const std::optional<Errc> &failure)
{
    if (!failure)
        return u"reached"_s;
    switch (*failure) {
    case Errc::Timeout:
        return u"timeout"_s;
    case Errc::Unauthorized:
    case Errc::Malformed:
        return u"other"_s; // somebody answers there, but not the asker
    case Errc::Busy:
    case Errc::Closed:
    case Errc::Conflict:
        return u"busy"_s;
    case Errc::Unreachable:
    case Errc::TooLarge:
    case Errc::NotFound:
    case Errc::Storage:
    case Errc::NoSpace:
        break;
    }
    return u"refused"_s;
}

} // namespace

QString siteOf(const QString &host)
{
    const QHostAddress address(host);
    bool isV4 = false;
    const quint32 v4 = address.toIPv4Address(&isV4);
    if (isV4)
        return u"%1.%2"_s.arg(v4 >> 24).arg((v4 >> 16) & 0xff);
    if (address.protocol() != QAbstractSocket::IPv6Protocol)
        return host;
    const auto v6 = address.toIPv6Address();
    return QString::fromLatin1(QByteArray(reinterpret_cast<const char *>(v6.c), 4).toHex());
}

bool isPrivateAddress(const QString &host)
{
    const QHostAddress address(host);
    if (address.isNull())
        return false;
    return address.isLoopback() || address.isLinkLocal() || address.isPrivateUse()
        || address.isUniqueLocalUnicast()
        || address.isInSubnet(QHostAddress(u"100.64.0.0"_s), 10); // RFC 6598
}

std::vector<Link *> DialBack::helpers()
{
    std::vector<Link *> fitting;
    for (auto &[id, link] : m_links.all()) {
        const bool isOutside = m_context.config.local || !isPrivateAddress(link.seenAt);
        if (link.isGreeted && isOutside && !m_context.scores.isRefused(id))
            fitting.push_back(&link);
    }
    std::vector<Link *> chosen;
    std::set<QString> sites;
    while (!fitting.empty() && chosen.size() < kHelpers) {
        const auto pick = m_context.rng.below(static_cast<quint32>(fitting.size()));
        Link *link = std::exchange(fitting[pick], fitting.back());
        fitting.pop_back();
        // Two of one site may be one liar, or stand behind the same router as we do.
        if (m_context.config.local || sites.insert(siteOf(link->seenAt)).second)
            chosen.push_back(link);
    }
    return chosen;
}

std::vector<net::Peer> DialBack::mirrors()
{
    std::vector<std::pair<std::pair<bool, quint32>, net::Peer>> fitting;
    for (const auto &[id, link] : m_links.all()) {
        const auto &[host, port] = link.peer.endpoint;
        // A name would have to be looked up first; there are others.
        const bool isOutside
            = m_context.config.local || (!QHostAddress(host).isNull() && !isPrivateAddress(host));
        if (link.isGreeted && isOutside && port != 0 && !m_context.scores.isRefused(id))
            fitting.push_back({{host.contains(u':'), m_context.rng.bits()}, link.peer});
    }
    std::ranges::sort(fitting, {}, &decltype(fitting)::value_type::first);
    std::vector<net::Peer> chosen;
    std::set<QString> sites;
    for (const auto &[order, peer] : fitting) {
        if (chosen.size() < kHelpers && sites.insert(siteOf(peer.endpoint.host)).second)
            chosen.push_back(peer);
    }
    return chosen;
}

void DialBack::ask(const CheckReach &event)
{
    m_asked.clear();
    for (Link *link : helpers()) {
        m_asked.emplace(link->peer.id, std::nullopt);
        m_links.say(*link, DialMe{event.port});
    }
    m_until = m_context.now() + kAnswerWithin;
    m_context.wakeBy(m_until);
    if (m_asked.empty())
        conclude();
}

bool DialBack::isOften(const Link &from)
{
    std::erase_if(m_askers,
        [this](const auto &asker) { return m_context.now() >= asker.second.at + kEvery; });
    std::vector<QString> names{from.peer.id.text()};
    if (!m_context.config.local)
        names.push_back(from.seenAt);
    const auto known = std::ranges::find_if(
        names, [this](const QString &name) { return m_askers.contains(name); });
    if (known != names.end()) {
        if (++m_askers[*known].repeats > kFreeRepeats)
            m_context.scores.add(from.peer.id, Offence::WordFlood);
        return true;
    }
    if (m_askers.size() + names.size() > kAskersMax)
        return true;
    for (const QString &name : names)
        m_askers[name].at = m_context.now();
    return false;
}

bool DialBack::hear(Link &from, const DialMe &word)
{
    if (!from.isGreeted || word.port > 65'535)
        return false;
    const net::Endpoint endpoint{from.seenAt, static_cast<quint16>(word.port)};
    if (isOften(from) || m_probes.size() >= kDialsMax || endpoint.host.isEmpty()
        || (word.port < kPortMin && word.port != 443)) {
        m_links.say(from, DialedYou{endpoint.host, word.port, u"busy"_s});
        return true;
    }
    m_probes[from.peer.id] = endpoint;
    m_context.act(ProbeDial{{from.peer.id, endpoint}});
    return true;
}

void DialBack::probed(const Probed &event)
{
    const auto probe = m_probes.find(event.peer);
    if (probe == m_probes.end())
        return;
    const net::Endpoint endpoint = probe->second;
    m_probes.erase(probe);
    if (Link *link = m_links.find(event.peer))
        m_links.say(*link, DialedYou{endpoint.host, endpoint.port, resultOf(event.failure)});
}

bool DialBack::hear(Link &from, const DialedYou &word)
{
    const auto asked = m_asked.find(from.peer.id);
    if (word.port > 65'535)
        return false;
    if (asked == m_asked.end() || asked->second)
        return true; // too late, or never asked
    asked->second
        = DialBackResult{from.peer.id, {word.host, static_cast<quint16>(word.port)}, word.result};
    if (std::ranges::all_of(m_asked, [](const auto &entry) { return entry.second.has_value(); }))
        conclude();
    return true;
}

void DialBack::linkDown(const NodeId &peer)
{
    m_probes.erase(peer);
    const auto asked = m_asked.find(peer);
    if (asked == m_asked.end() || asked->second)
        return;
    asked->second = DialBackResult{peer, {}, u"silent"_s};
    if (std::ranges::all_of(m_asked, [](const auto &entry) { return entry.second.has_value(); }))
        conclude();
}

void DialBack::conclude()
{
    ReachChecked report;
    for (const auto &[helper, result] : std::exchange(m_asked, {}))
        report.results.push_back(result.value_or(DialBackResult{helper, {}, u"silent"_s}));
    m_until = Ticks::max();
    m_context.act(std::move(report));
}

void DialBack::wake()
{
    if (m_context.now() >= m_until)
        conclude();
    else if (m_until != Ticks::max())
        m_context.wakeBy(m_until);
}

} // namespace borg::tree
