// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_tree.h"
#include "place.h"

/// What PeerTree shows of itself.
namespace borg::tree {

namespace {
constexpr std::size_t kKnownMax = 500;
constexpr std::size_t kOffendersShown = 256;
} // namespace

TreeStatus PeerTree::status() const
{
    const auto &standing = m_placement.standing();
    TreeStatus status;
    status.state = standing.state;
    status.self = m_context.self;
    status.root = standing.place.root;
    status.parent = standing.parent;
    status.depth = depthOf(standing.place);
    status.path = standing.place.path;
    status.epoch = standing.place.epoch;
    status.capacity = standing.place.capacity;
    status.latRootUs = standing.place.latRootUs;
    status.counters = m_context.counters;
    if (const auto took = m_placement.lastFailover())
        status.lastFailoverMs = took->count() / 1000;
    status.history.assign(m_placement.history().begin(), m_placement.history().end());
    for (const auto &[id, link] : m_links.all()) {
        LinkStatus shown{id, link.peer.endpoint, link.isParent, link.isChild, link.isBackup,
            link.wantsIds, link.rtt ? link.rtt->count() : -1, -1, std::nullopt, 0, {}};
        if (link.isGreeted) {
            shown.depth = depthOf(link.place);
            shown.path = link.place.path;
        }
        shown.score = m_context.scores.of(id);
        if (link.isChild)
            status.children.push_back(id);
        if (link.isBackup)
            status.backups.push_back(id);
        if (link.wantsIds)
            status.lazy.push_back(id);
        status.links.push_back(shown);
    }
    status.offenders = m_context.scores.worst(kOffendersShown);
    status.offences = m_context.scores.totals();
    status.queuedBytes = m_links.backlogBytes();
    status.heldBytes = m_broadcast.heldBytes();
    status.missing = static_cast<qint64>(m_broadcast.missingCount());
    return status;
}

std::vector<net::Peer> PeerTree::knownPeers() const
{
    std::vector<net::Peer> peers;
    std::set<NodeId> taken;
    const auto add = [&](const net::Peer &peer) {
        if (peers.size() < kKnownMax && taken.insert(peer.id).second)
            peers.push_back(peer);
    };
    const auto members = m_members.members();
    for (const bool isOnline : {true, false}) {
        for (const auto &member : members) {
            if (member.online == isOnline)
                add({member.id, member.endpoint});
        }
    }
    for (const auto &peer : m_placement.knownPeers())
        add(peer);
    return peers;
}

} // namespace borg::tree
