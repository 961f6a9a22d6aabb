// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer_rows.h"

#include "words.h"

#include <cmath>
#include <limits>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

PeerRows::PeerRows(NodeApi &api, Clock &clock, QObject *parent)
    : KeyedRows(parent)
    , m_api(api)
    , m_clock(clock)
{
    connect(&api, &NodeApi::snapshotChanged, this, &PeerRows::update);
    update();
}

QVariant PeerRows::data(const QModelIndex &index, int role) const
{
    const auto *row = rowAt(m_rows, index);
    if (!row)
        return {};
    switch (role) {
    case IdRole:
        return row->id;
    case NameRole:
    case Qt::DisplayRole:
        return row->name;
    case EndpointRole:
        return row->endpoint;
    case RoleRole:
        return row->role;
    case LatencyRole:
        return row->latency;
    case TrafficRole:
        return row->traffic;
    case SeenRole:
        return row->seen;
    case LevelRole:
        return row->level;
    case SummaryRole:
        return row->summary;
    case OnlineRole:
        return row->online;
    case SelfRole:
        return row->self;
    case DirectRole:
        return row->direct;
    case PlacedRole:
        return row->placed;
    case XRole:
        return row->place.x;
    case YRole:
        return row->place.y;
    case RingRole:
        return row->place.ring;
    default:
        return {};
    }
}

QHash<int, QByteArray> PeerRows::roleNames() const
{
    return {{IdRole, "nodeId"}, {NameRole, "name"}, {EndpointRole, "endpoint"}, {RoleRole, "role"},
        {LatencyRole, "latency"}, {TrafficRole, "traffic"}, {SeenRole, "seen"},
        {LevelRole, "level"}, {SummaryRole, "summary"}, {OnlineRole, "online"}, {SelfRole, "self"},
        {DirectRole, "direct"}, {PlacedRole, "placed"}, {XRole, "placeX"}, {YRole, "placeY"},
        {RingRole, "ring"}};
}

int PeerRows::neighbour(int row, Qt::Key arrow) const
{
    if (row < 0 || row >= rowCount())
        return row;
    const auto &from = m_rows[static_cast<std::size_t>(row)].place;
    int best = row;
    double bestCost = std::numeric_limits<double>::max();
    for (int other = 0; other < rowCount(); ++other) {
        const auto &candidate = m_rows[static_cast<std::size_t>(other)];
        if (other == row || !candidate.placed)
            continue;
        const double dx = candidate.place.x - from.x;
        const double dy = candidate.place.y - from.y;
        const bool sideways = arrow == Qt::Key_Left || arrow == Qt::Key_Right;
        const double along
            = (arrow == Qt::Key_Left || arrow == Qt::Key_Up ? -1 : 1) * (sideways ? dx : dy);
        const double aside = std::abs(sideways ? dy : dx);
        if (along < 0.02)
            continue;
        // Twice as dear aside: the eye goes straight on.
        if (const double cost = along + 2 * aside; cost < bestCost) {
            bestCost = cost;
            best = other;
        }
    }
    return best;
}

QString PeerRows::summaryOf(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].summary : QString();
}

PeerRow PeerRows::describe(const control::Peer &peer, const std::map<QString, Place> &places) const
{
    const auto &[status, tree, storage, peers, files, jobs, time, reach] = m_api.snapshot();
    PeerRow row;
    row.id = peer.id;
    row.self = peer.id == status.nodeId;
    row.online = peer.online || row.self;
    row.name = row.self ? tr("This computer") : Words::nodeName(peer.id);
    row.endpoint = row.self && peer.endpoint.isEmpty() ? status.listen : peer.endpoint;
    const bool sibling = !tree.parent.isEmpty() && peer.parent == tree.parent;
    row.direct = !row.self && peer.role != "known"_L1 && peer.online;
    if (row.self)
        row.role = tree.parent.isEmpty() ? tr("You (root)") : tr("You");
    else
        row.role = Words::role(peer.role, sibling,
            std::find(tree.children.begin(), tree.children.end(), peer.parent)
                != tree.children.end());
    row.latency = row.self || !peer.online ? QString() : Words::latency(peer.rttUs);
    if (!row.self && peer.bytesIn + peer.bytesOut > 0)
        row.traffic = tr("%1 in, %2 out", "traffic with a node")
                          .arg(Words::size(peer.bytesIn), Words::size(peer.bytesOut));
    const qint64 depth = row.self ? tree.depth : peer.depth;
    row.level = depth < 0 ? QString() : tr("Level %1").arg(depth);
    row.seen = row.online ? tr("Online")
        : peer.lastSeenUtcMs > 0
        ? tr("Last seen: %1").arg(Words::moment(peer.lastSeenUtcMs, m_clock.utcMs()))
        : tr("Not seen yet");
    QStringList parts{row.name, row.role, row.seen};
    if (!row.latency.isEmpty())
        parts << row.latency;
    if (!row.level.isEmpty())
        parts << row.level;
    row.summary = parts.join(tr(", "));
    if (const auto place = places.find(peer.id); place != places.end()) {
        row.placed = true;
        row.place = place->second;
    }
    return row;
}

void PeerRows::update()
{
    std::vector<PeerRow> rows;
    if (m_api.hasSnapshot()) {
        const auto &snapshot = m_api.snapshot();
        const auto places = TreeLayout::places(snapshot);
        const auto &self = snapshot.status.nodeId;
        if (!self.isEmpty() && !snapshot.peers.contains(self)) {
            control::Peer me;
            me.id = self;
            rows.push_back(describe(me, places));
        }
        for (const auto &[id, peer] : snapshot.peers)
            rows.push_back(describe(peer, places));
        const auto rank = [&](const PeerRow &row) {
            if (row.self)
                return 0;
            if (row.id == snapshot.tree.parent)
                return 1;
            if (row.place.ring == 1)
                return 2;
            return row.place.from == snapshot.tree.parent ? 3 : row.placed ? 4 : 5;
        };
        std::stable_sort(rows.begin(), rows.end(),
            [&](const PeerRow &a, const PeerRow &b) { return rank(a) < rank(b); });
    }
    m_hidden = static_cast<int>(
        std::count_if(rows.begin(), rows.end(), [](const auto &row) { return !row.placed; }));
    m_rings = 0;
    for (const auto &row : rows)
        m_rings = std::max(m_rings, row.place.ring);
    if (replaceRows(m_rows, std::move(rows)))
        Q_EMIT updated();
}

} // namespace borg::ui
