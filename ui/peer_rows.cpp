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
    case KindRole:
        return row->kind;
    case LatencyRole:
        return row->latency;
    case RateInRole:
        return row->rateIn;
    case RateOutRole:
        return row->rateOut;
    case MisdeedsRole:
        return row->misdeeds;
    case GreylistedRole:
        return row->greylisted;
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
        {KindRole, "kind"}, {LatencyRole, "latency"}, {TrafficRole, "traffic"},
        {RateInRole, "rateIn"}, {RateOutRole, "rateOut"}, {SeenRole, "seen"}, {LevelRole, "level"},
        {MisdeedsRole, "misdeeds"}, {SummaryRole, "summary"}, {OnlineRole, "online"},
        {SelfRole, "self"}, {DirectRole, "direct"}, {GreylistedRole, "greylisted"},
        {PlacedRole, "placed"}, {XRole, "placeX"}, {YRole, "placeY"}, {RingRole, "ring"}};
}

void PeerRows::setCurrent(int row)
{
    if (row < 0 || row >= count() || row == m_current)
        return;
    m_current = row;
    m_currentId = m_rows[static_cast<std::size_t>(row)].id;
    Q_EMIT updated();
}

void PeerRows::sortBy(Order order)
{
    // Of traffic the most is of interest, of everything else the least.
    const bool naturallyBackwards = order == Order::ByIn || order == Order::ByOut;
    m_backwards = order == m_order ? !m_backwards : naturallyBackwards;
    m_order = order;
    update();
    Q_EMIT updated();
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

QString PeerRows::kindOf(const control::Peer &peer) const
{
    const auto &snapshot = m_api.snapshot();
    const auto &tree = snapshot.tree;
    const auto isAmong = [&peer](const std::vector<QString> &ids) {
        return std::ranges::find(ids, peer.id) != ids.end();
    };
    if (peer.id == snapshot.status.nodeId)
        return u"self"_s;
    if (peer.id == tree.parent)
        return u"parent"_s;
    if (isAmong(tree.children))
        return u"child"_s;
    if (!tree.parent.isEmpty() && (peer.id == tree.root || isAmong(tree.path)))
        return u"above"_s;
    if (peer.role == "backup"_L1)
        return u"backup"_s;
    if (!tree.parent.isEmpty() && peer.parent == tree.parent)
        return u"sibling"_s;
    if (peer.role == "lazy"_L1 || peer.role == "link"_L1)
        return u"lazy"_s;
    if (std::ranges::find(tree.children, peer.parent) != tree.children.end())
        return u"below"_s;
    return u"known"_s;
}

PeerRow PeerRows::describe(const control::Peer &peer, const std::map<QString, Place> &places) const
{
    const auto &status = m_api.snapshot().status;
    const auto &tree = m_api.snapshot().tree;
    PeerRow row;
    row.id = peer.id;
    row.kind = kindOf(peer);
    row.self = peer.id == status.nodeId;
    row.online = peer.online || row.self;
    row.name = row.self ? tr("This computer") : Words::nodeName(peer.id);
    row.endpoint = row.self && peer.endpoint.isEmpty() ? status.listen : peer.endpoint;
    row.direct = !row.self && peer.role != "known"_L1 && peer.online;
    row.greylisted = peer.greylisted;
    row.role = row.self && tree.parent.isEmpty()                       ? tr("You (root)")
        : peer.id == tree.root && !row.self && row.kind != "parent"_L1 ? tr("Root")
                                                                       : Words::role(row.kind);
    row.latency = row.self || !peer.online ? QString() : Words::latency(peer.rttUs);
    if (!row.self && peer.bytesIn + peer.bytesOut > 0)
        row.traffic = tr("%1 in, %2 out", "traffic with a node")
                          .arg(Words::size(peer.bytesIn), Words::size(peer.bytesOut));
    if (row.direct) {
        const auto rate = m_traffic.of(peer.id);
        row.rateIn = Words::rate(rate.in);
        row.rateOut = Words::rate(rate.out);
    }
    const qint64 depth = row.self ? tree.depth : peer.depth;
    row.level = depth < 0 ? QString() : tr("Level %1").arg(depth);
    row.seen = row.online ? tr("Online")
        : peer.lastSeenUtcMs > 0
        ? tr("Last seen: %1").arg(Words::moment(peer.lastSeenUtcMs, m_clock.utcMs()))
        : tr("Not seen yet");
    int misdeeds = 0;
    for (const auto &misdeed : peer.misdeeds)
        misdeeds += static_cast<int>(std::min<qint64>(misdeed.count, 1'000'000));
    if (peer.greylisted)
        row.misdeeds = tr("Shut out for a while, %n misdeed(s)", nullptr, misdeeds);
    else if (misdeeds > 0)
        row.misdeeds = tr("%n misdeed(s)", nullptr, misdeeds);
    QStringList parts{row.name, row.role, row.seen};
    if (!row.latency.isEmpty())
        parts << row.latency;
    if (!row.level.isEmpty())
        parts << row.level;
    if (!row.traffic.isEmpty())
        parts << row.traffic;
    if (!row.misdeeds.isEmpty())
        parts << row.misdeeds;
    row.summary = parts.join(tr(", "));
    if (const auto place = places.find(peer.id); place != places.end()) {
        row.placed = true;
        row.place = place->second;
    }
    return row;
}

std::vector<control::Peer> PeerRows::everybody() const
{
    const auto &snapshot = m_api.snapshot();
    std::vector<control::Peer> all;
    // This node and those above it may be missing among the peers; of these we know the id only.
    QStringList wanted{snapshot.status.nodeId};
    for (const auto &id : TreeLayout::wayUp(snapshot))
        wanted << id;
    for (const auto &id : snapshot.tree.children)
        wanted << id;
    wanted.removeDuplicates();
    for (const auto &id : std::as_const(wanted)) {
        if (id.isEmpty() || snapshot.peers.contains(id))
            continue;
        control::Peer peer;
        peer.id = id;
        peer.role = u"known"_s;
        peer.online = true;
        all.push_back(peer);
    }
    for (const auto &[id, peer] : snapshot.peers)
        all.push_back(peer);
    return all;
}

int PeerRows::roleRank(const PeerRow &row) const
{
    static const QStringList kRanks{u"self"_s, u"parent"_s, u"above"_s, u"child"_s, u"backup"_s,
        u"sibling"_s, u"lazy"_s, u"below"_s, u"known"_s};
    return static_cast<int>(kRanks.indexOf(row.kind));
}

void PeerRows::sort(std::vector<PeerRow> &rows) const
{
    const auto by = [this, &rows](auto key) {
        std::ranges::stable_sort(rows, {}, key);
        if (m_backwards)
            std::ranges::reverse(rows);
    };
    by([this](const PeerRow &row) { return roleRank(row); });
    switch (m_order) {
    case Order::ByRole:
        break;
    case Order::ByName:
        by([](const PeerRow &row) { return row.name; });
        break;
    case Order::ByLatency:
        by([this](const PeerRow &row) {
            const auto peer = m_api.snapshot().peers.find(row.id);
            const bool known = !row.latency.isEmpty() && peer != m_api.snapshot().peers.end();
            return known ? peer->second.rttUs : std::numeric_limits<qint64>::max();
        });
        break;
    case Order::ByIn:
        by([this](const PeerRow &row) { return m_traffic.of(row.id).in; });
        break;
    case Order::ByOut:
        by([this](const PeerRow &row) { return m_traffic.of(row.id).out; });
        break;
    }
}

void PeerRows::count(const std::vector<PeerRow> &rows)
{
    m_hidden = 0;
    std::array<int, 4> onRing{};
    for (const auto &row : rows) {
        if (row.placed)
            ++onRing.at(static_cast<std::size_t>(row.place.ring));
        else
            ++m_hidden;
    }
    m_crowd = std::ranges::max(onRing);
    m_rings = onRing[3] > 0 ? 3 : onRing[2] > 0 ? 2 : onRing[1] > 0 ? 1 : 0;
}

void PeerRows::update()
{
    std::vector<PeerRow> rows;
    if (m_api.hasSnapshot()) {
        const auto &snapshot = m_api.snapshot();
        m_traffic.look(m_clock.now(), snapshot);
        const auto places = TreeLayout::places(snapshot);
        for (const auto &peer : everybody())
            rows.push_back(describe(peer, places));
        sort(rows);
    } else {
        m_traffic.forget();
    }
    count(rows);
    const bool changed = replaceRows(m_rows, std::move(rows));
    const auto current = std::ranges::find_if(m_rows, [this](const PeerRow &row) {
        return m_currentId.isEmpty() ? row.self : row.id == m_currentId;
    });
    m_current = current == m_rows.end() ? 0 : static_cast<int>(current - m_rows.begin());
    if (changed)
        Q_EMIT updated();
}

} // namespace borg::ui
