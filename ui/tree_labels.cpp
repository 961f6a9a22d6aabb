// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_labels.h"

#include <algorithm>
#include <array>
#include <limits>

namespace borg::ui {

namespace {

bool crosses(const QRectF &rect, const QLineF &line)
{
    if (rect.contains(line.p1()) || rect.contains(line.p2()))
        return true;
    const std::array edges{QLineF(rect.topLeft(), rect.topRight()),
        QLineF(rect.topRight(), rect.bottomRight()), QLineF(rect.bottomRight(), rect.bottomLeft()),
        QLineF(rect.bottomLeft(), rect.topLeft())};
    return std::ranges::any_of(edges, [&line](const QLineF &edge) {
        return line.intersects(edge, nullptr) == QLineF::BoundedIntersection;
    });
}

QRectF centred(const QPointF &at, const QSizeF &size)
{
    return {at.x() - size.width() / 2, at.y() - size.height() / 2, size.width(), size.height()};
}

} // namespace

TreeLabels::TreeLabels(const QRectF &bounds)
    : m_bounds(bounds)
{
}

void TreeLabels::addNode(const QPointF &centre, double radius)
{
    m_nodes.push_back(centred(centre, {2 * radius, 2 * radius}));
}

void TreeLabels::addLine(const QLineF &line)
{
    m_lines.push_back(line);
}

TreeLabels::Cost TreeLabels::costOf(const QRectF &rect, const QLineF *own) const
{
    Cost cost;
    const auto overlaps = [&rect](const QRectF &other) { return rect.intersects(other); };
    cost.words = static_cast<int>(
        std::ranges::count_if(m_nodes, overlaps) + std::ranges::count_if(m_words, overlaps));
    if (!m_bounds.contains(rect))
        cost.words += 2;
    cost.lines = static_cast<int>(std::ranges::count_if(m_lines,
        [&](const QLineF &line) { return (!own || line != *own) && crosses(rect, line); }));
    return cost;
}

std::optional<QPointF> TreeLabels::placeOnLine(const QLineF &line, const QSizeF &size)
{
    for (const double share : {0.5, 0.56, 0.44, 0.62, 0.38, 0.68, 0.74, 0.32}) {
        const QRectF rect = centred(line.pointAt(share), size);
        if (costOf(rect, &line).sum() > 0)
            continue;
        m_words.push_back(rect);
        return rect.center();
    }
    return {};
}

TreeLabels::Beside TreeLabels::placeBeside(
    const QPointF &centre, double radius, const QSizeF &size, bool isWanted)
{
    const double down = radius + kGap + size.height() / 2;
    const double aside = radius + kGap + size.width() / 2;
    const std::array<QPointF, 4> offsets{
        QPointF(0, down), QPointF(0, -down), QPointF(aside, 0), QPointF(-aside, 0)};
    const bool isUp = centre.y() < m_bounds.center().y() - radius;
    const std::array sides
        = isUp ? std::array{Above, Below, Right, Left} : std::array{Below, Above, Right, Left};
    Beside best;
    int bestCost = std::numeric_limits<int>::max();
    for (const Side side : sides) {
        const QRectF rect = centred(centre + offsets.at(side), size);
        const Cost cost = costOf(rect, nullptr);
        if (cost.sum() < bestCost) {
            bestCost = cost.sum();
            best = {side, cost.words == 0 && (isWanted || cost.lines == 0), rect};
        }
    }
    if (best.isShown)
        m_words.push_back(best.rect);
    return best;
}

} // namespace borg::ui
