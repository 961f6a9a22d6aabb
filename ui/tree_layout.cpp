// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

namespace {

using Ids = std::vector<QString>;

constexpr double kTop = 270; // degrees clockwise from the right
constexpr double kBottom = 90;

bool contains(const Ids &ids, const QString &id)
{
    return std::ranges::find(ids, id) != ids.end();
}

/// Spreads `count` angles evenly over an arc, centred, without touching its ends.
std::vector<double> spread(std::size_t count, double begin, double end)
{
    std::vector<double> angles;
    for (std::size_t i = 0; i < count; ++i)
        angles.push_back(
            begin + (end - begin) * (static_cast<double>(i) + 0.5) / static_cast<double>(count));
    return angles;
}

/// A node of the second ring, before it has its last angle.
struct Outer {
    QString id;
    QString from;
    Line line = Line::None;
    double angle = 0;
    bool isFixed = false;
};

/// Moves neighbours of the ring apart until each has `gap` degrees, or as much as there is.
void pushApart(std::vector<Outer> &ring)
{
    const std::size_t count = ring.size();
    if (count < 2)
        return;
    const double gap = std::min(22.0, 360.0 / static_cast<double>(count));
    for (Outer &node : ring)
        node.angle = std::fmod(node.angle + 720.0, 360.0);
    std::ranges::stable_sort(ring, {}, &Outer::angle);
    for (int turn = 0; turn < 200; ++turn) {
        double moved = 0;
        for (std::size_t i = 0; i < count; ++i) {
            Outer &a = ring[i];
            Outer &b = ring[(i + 1) % count];
            const double apart = b.angle - a.angle + (i + 1 == count ? 360.0 : 0.0);
            const double lack = gap - apart;
            if (lack <= 0.01)
                continue;
            a.angle -= a.isFixed ? 0 : b.isFixed ? lack : lack / 2;
            b.angle += b.isFixed ? 0 : a.isFixed ? lack : lack / 2;
            moved = std::max(moved, lack);
        }
        if (moved < 0.1)
            break;
    }
}

class Picture {
public:
    explicit Picture(const control::Snapshot &snapshot)
        : m_snapshot(snapshot)
        , m_self(snapshot.status.nodeId)
        , m_way(TreeLayout::wayUp(snapshot))
        , m_children(snapshot.tree.children)
    {
        std::ranges::sort(m_children);
        if (m_children.size() > TreeLayout::kRingMax)
            m_children.resize(TreeLayout::kRingMax);
    }

    std::map<QString, Place> draw()
    {
        sortOut();
        const bool deep = m_way.size() > 2;
        const bool far = deep || m_way.size() > 1 || !m_siblings.empty() || !m_others.empty()
            || !m_below.empty();
        // Nobody further away: the first ring takes the room.
        m_radius = {0,
            deep      ? TreeLayout::kRing1Deep
                : far ? TreeLayout::kRing1
                      : TreeLayout::kRing1Alone,
            deep ? TreeLayout::kRing2Deep : TreeLayout::kRing2, TreeLayout::kRing3};
        m_places[m_self] = {};
        drawInner();
        drawOuter();
        if (deep)
            put(m_way[2], kTop, 3, m_way[1], wayLine(2));
        for (auto &[id, place] : m_places) {
            if (place.ring > 1 && place.from != m_self && m_snapshot.peers.contains(id)
                && !contains(m_way, id))
                place.link = linkTo(id);
        }
        return std::move(m_places);
    }

private:
    void put(const QString &id, double degrees, int ring, const QString &from, Line line)
    {
        const double angle = degrees * std::numbers::pi / 180.0;
        const double radius = m_radius.at(static_cast<std::size_t>(ring));
        m_places[id] = {std::cos(angle) * radius, std::sin(angle) * radius, ring, from, line};
    }

    /// A step of the way up is one of the tree only when nobody is left out below it.
    Line wayLine(std::size_t step) const
    {
        const auto &path = m_snapshot.tree.path;
        const bool isNext = step == 0 || (step < path.size() && path[step] == m_way[step])
            || std::ssize(m_way) == m_snapshot.tree.depth;
        return isNext ? Line::Tree : Line::Gap;
    }

    void sortOut()
    {
        const auto &parent = m_snapshot.tree.parent;
        for (const auto &[id, peer] : m_snapshot.peers) {
            if (id == m_self || contains(m_way, id) || contains(m_children, id))
                continue;
            if (!parent.isEmpty() && peer.parent == parent)
                m_siblings.push_back(id);
            else if (contains(m_children, peer.parent))
                m_below[peer.parent].push_back(id);
            else
                m_others.push_back(id);
        }
        // Those with a link first: the rings may have no room for all.
        std::ranges::stable_partition(
            m_others, [this](const QString &id) { return linkTo(id) != Line::None; });
        std::ranges::stable_partition(
            m_siblings, [this](const QString &id) { return linkTo(id) != Line::None; });
    }

    /// The line from us to a node that is neither parent nor child.
    Line linkTo(const QString &id) const
    {
        const auto &peer = m_snapshot.peers.at(id);
        if (!peer.online || peer.role == u"known")
            return Line::None;
        return peer.role == u"backup" ? Line::Backup : Line::Lazy;
    }

    void drawInner()
    {
        const auto count = m_children.size();
        if (m_way.empty()) {
            const double begin = kTop - 180.0 / std::max<double>(1.0, double(count));
            m_childAngles = spread(count, begin, begin + 360);
            m_slot = 360.0 / std::max<double>(1.0, double(count));
        } else {
            put(m_way[0], kTop, 1, m_self, Line::Tree);
            const double arc = std::clamp(40.0 * double(count), 120.0, 240.0);
            m_childAngles = spread(count, kBottom - arc / 2, kBottom + arc / 2);
            m_slot = arc / std::max<double>(1.0, double(count));
        }
        for (std::size_t i = 0; i < count; ++i)
            put(m_children[i], m_childAngles[i], 1, m_self, Line::Tree);
    }

    void drawOuter()
    {
        std::vector<Outer> ring;
        if (m_way.size() > 1)
            ring.push_back({m_way[1], m_way[0], wayLine(1), kTop, true});
        const auto add = [&](const QString &id, const QString &from, Line line, double angle) {
            if (ring.size() < TreeLayout::kRingMax)
                ring.push_back({id, from, line, angle});
        };
        addOthers(add);
        for (std::size_t i = 0; i < m_children.size(); ++i) {
            const auto &ids = m_below[m_children[i]];
            const double half = std::min(m_slot / 2, 11.0 * double(ids.size()));
            const auto angles
                = spread(ids.size(), m_childAngles[i] - half, m_childAngles[i] + half);
            for (std::size_t j = 0; j < ids.size(); ++j)
                add(ids[j], m_children[i], Line::Tree, angles[j]);
        }
        // Beside the parent, left and right in turn, so that the picture stays balanced.
        for (std::size_t i = 0; i < m_siblings.size(); ++i) {
            const double away = 22.0 + 10.0 * double(i / 2);
            add(m_siblings[i], m_way[0], Line::Tree, i % 2 == 0 ? kTop - away : kTop + away);
        }
        pushApart(ring);
        for (const Outer &node : ring)
            put(node.id, node.angle, 2, node.from, node.line);
    }

    /// Whoever is neither above nor below: between parent and children, or between the children.
    /// A line only to those that have a link with us, since we know of no other.
    void addOthers(const auto &add)
    {
        for (std::size_t i = 0; i < m_others.size() && i < TreeLayout::kRingMax; ++i) {
            const Line line = linkTo(m_others[i]);
            double angle = 0;
            if (m_way.empty()) {
                const auto at = m_childAngles.empty() ? 0 : i % m_childAngles.size();
                angle = m_childAngles.empty() ? 15.0 * double(i) : m_childAngles[at] + m_slot / 2;
            } else {
                const double away = 62.0 + 12.0 * double(i / 2 % 4);
                angle = i % 2 == 0 ? kTop + away : kTop - away;
            }
            add(m_others[i], line == Line::None ? QString() : m_self, line, angle);
        }
    }

    const control::Snapshot &m_snapshot;
    const QString m_self;
    const Ids m_way;
    Ids m_children;
    Ids m_siblings;
    Ids m_others;
    std::map<QString, Ids> m_below; ///< Grandchildren by child.
    std::array<double, 4> m_radius{};
    std::vector<double> m_childAngles;
    double m_slot = 0; ///< Degrees for each child.
    std::map<QString, Place> m_places;
};

} // namespace

std::vector<QString> TreeLayout::wayUp(const control::Snapshot &snapshot)
{
    const auto &tree = snapshot.tree;
    Ids way = tree.path;
    if (tree.parent.isEmpty())
        return {};
    if (way.empty() || way.front() != tree.parent)
        way = {tree.parent};
    if (!tree.root.isEmpty() && way.back() != tree.root && tree.root != snapshot.status.nodeId)
        way.push_back(tree.root);
    if (way.size() > 3)
        way = {way[0], way[1], way.back()};
    return way;
}

std::map<QString, Place> TreeLayout::places(const control::Snapshot &snapshot)
{
    if (snapshot.status.nodeId.isEmpty())
        return {};
    return Picture(snapshot).draw();
}

} // namespace borg::ui
