// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.h"

#include <disk/on_executor.h>

#include <QLoggingCategory>

#include <set>

/// Whom this node knows and how it is found: the `peers` file, seeds, the way to be reached.
namespace borg::node {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcPeers, "borg.node.peers")

namespace {

constexpr QLatin1StringView kPeersFile{"peers"};
constexpr qsizetype kPeersBytesMax = 256 * 1024;
constexpr std::size_t kRememberedMax = 512;
constexpr std::size_t kAnchors = 2;
constexpr QByteArrayView kAnchor("anchor ");

} // namespace

Node::Remembered Node::rememberedPeers()
{
    Remembered found;
    const auto file = m_folder->disk().readFile(kPeersFile, kPeersBytesMax);
    if (!file) {
        if (file.error().code != Errc::NotFound) // a first start
            qCWarning(lcPeers).noquote()
                << "the nodes of the last run are forgotten:" << file.error().detail;
        return found;
    }
    m_savedPeers = *file;
    qsizetype damaged = 0;
    for (QByteArray line : file->split('\n')) {
        if (line.isEmpty())
            continue;
        const bool isAnchor = line.startsWith(kAnchor);
        auto seed
            = Seed::fromText(QString::fromUtf8(isAnchor ? line.sliced(kAnchor.size()) : line));
        if (!seed || !seed->id) {
            ++damaged;
            continue;
        }
        if (isAnchor && found.anchors.size() < kAnchors)
            found.anchors.push_back(*std::move(seed));
        else if (found.peers.size() < kRememberedMax)
            found.peers.push_back(*std::move(seed));
    }
    if (damaged > 0)
        qCWarning(lcPeers).noquote() << damaged << "lines of" << m_folder->path() + u"/peers"_s
                                     << "are damaged and left out";
    return found;
}

void Node::joinTree()
{
    std::vector<net::Peer> known;
    std::vector<net::Endpoint> unknown;
    std::vector<net::Peer> anchors;
    m_remembered = rememberedPeers();
    const auto isSelf = [this](const Seed &seed) {
        return seed.endpoint == m_self || (seed.id && *seed.id == m_key->id());
    };
    for (const auto *list : {&m_seeds, &m_config.seeds, &m_remembered.peers}) {
        for (const Seed &seed : *list) {
            if (isSelf(seed))
                continue;
            if (seed.id)
                known.push_back({*seed.id, seed.endpoint});
            else
                unknown.push_back(seed.endpoint);
        }
    }
    for (const Seed &seed : m_remembered.anchors) {
        if (!isSelf(seed))
            anchors.push_back({*seed.id, seed.endpoint});
    }
    m_hadSeeds = !known.empty() || !unknown.empty() || !anchors.empty();
    m_tree->start(std::move(known), std::move(unknown), std::move(anchors));
    m_tree->setFreeBytes(m_announcedFreeBytes); // it hears nothing before its start
    m_hasJoined = true;
    startReach();
}

void Node::startReach()
{
    reach::ReachConfig config;
    config.network = m_networkId;
    config.isLocal = m_genesis.local;
    config.mapsPorts = m_config.mapsPorts;
    config.findsLan = m_config.findsLan.value_or(!m_genesis.local);
    config.listen = m_listen;
    config.self = m_self;
    config.isFixed = m_config.advertise.has_value();
    m_reach.emplace(m_scope, m_rng, m_executor, *m_crypto, *m_tree, config);
    m_reach->start([this] {
        m_self = m_reach->self();
        if (m_server)
            m_server->touch(control::Part::Reach | control::Part::Status);
    });
    m_self = m_reach->self();
}

void Node::savePeersSoon()
{
    if (m_saveTimer != Clock::TimerId::None || m_isStopping)
        return;
    m_saveTimer = m_clock.after(2s, [this] {
        m_saveTimer = Clock::TimerId::None;
        m_scope.spawn("remembering peers"_L1, savePeers());
    });
}

QByteArray Node::peersFile() const
{
    QByteArray text;
    // Those to whom links held: an attacker that fills our list later does not come first.
    const auto now = m_tree->status();
    std::vector<NodeId> anchors;
    if (now.parent)
        anchors.push_back(*now.parent);
    for (const auto *more : {&now.backups, &now.children}) {
        for (const NodeId &id : *more) {
            if (anchors.size() < kAnchors && !std::ranges::contains(anchors, id))
                anchors.push_back(id);
        }
    }
    std::set<NodeId> taken;
    const auto add = [&](const NodeId &id, const net::Endpoint &endpoint) {
        if (taken.size() < kRememberedMax && taken.insert(id).second)
            text += Seed{id, endpoint}.text().toUtf8() + '\n';
    };
    const auto known = m_tree->knownPeers();
    for (const NodeId &id : anchors) {
        const auto peer = std::ranges::find(known, id, &net::Peer::id);
        if (peer != known.end())
            text += kAnchor.toByteArray() + Seed{id, peer->endpoint}.text().toUtf8() + '\n';
    }
    for (const net::Peer &peer : known)
        add(peer.id, peer.endpoint);
    if (taken.empty())
        return {}; // alone for now: those of the last time are worth more than none
    for (const Seed &seed : m_remembered.peers) // not met this time, but perhaps the next
        add(*seed.id, seed.endpoint);
    return text;
}

QCoro::Task<Result<Done>> Node::savePeers()
{
    const QByteArray text = peersFile();
    if (text.isEmpty() || text == m_savedPeers)
        co_return Done{};
    m_savedPeers = text;
    disk::Disk &disk = m_folder->disk();
    co_return co_await disk::OnExecutor<Result<Done>>(
        m_scope, m_diskExecutor, [&disk, text] { return disk.writeFile(kPeersFile, text); });
}

control::Reach Node::reach() const
{
    control::Reach shown;
    if (!m_reach) {
        shown.state = m_genesis.local ? u"local"_s : u"unknown"_s;
        return shown;
    }
    const reach::Reachability &now = m_reach->snapshot();
    shown.state = name(now.state);
    shown.external = now.external ? endpointText(*now.external) : QString();
    shown.mappedBy = now.mappedBy;
    shown.lastCheckUtcMs = now.checkedUtcMs;
    shown.lanPeers = now.lanPeers;
    shown.reason = now.reason;
    for (const reach::Finding &finding : now.findings) {
        shown.checks.push_back({finding.name, finding.ok, finding.detail, finding.advice});
        if (!finding.ok && !finding.advice.isEmpty())
            shown.advice.push_back(finding.advice);
    }
    return shown;
}

} // namespace borg::node
