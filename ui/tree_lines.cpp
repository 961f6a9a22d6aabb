// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_lines.h"

#include "tree_labels.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <QPainter>

#include <cmath>

namespace borg::ui {

TreeLines::TreeLines(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    connect(this, &TreeLines::lookChanged, this, &TreeLines::arrange);
}

void TreeLines::setPeers(PeerRows *peers)
{
    if (m_peers == peers)
        return;
    if (m_peers)
        m_peers->disconnect(this);
    m_peers = peers;
    if (peers)
        connect(peers, &PeerRows::updated, this, &TreeLines::arrange);
    arrange();
    Q_EMIT peersChanged();
}

void TreeLines::geometryChange(const QRectF &now, const QRectF &before)
{
    QQuickPaintedItem::geometryChange(now, before);
    arrange();
}

QFont TreeLines::textFont() const
{
    QFont font = QGuiApplication::font();
    font.setPixelSize(m_textSize);
    return font;
}

QPointF TreeLines::pointOf(const Place &place) const
{
    return QPointF(width() / 2, height() / 2) + QPointF(place.x, place.y) * m_reach;
}

void TreeLines::arrange()
{
    m_edges.clear();
    QList<int> sides;
    if (m_peers && m_reach > 0) {
        TreeLabels labels({0, 0, width(), height()});
        const QFontMetricsF metrics(textFont());
        std::map<QString, QPointF> points;
        const auto radius = [this](int ring) { return m_radii.value(ring, 12); };
        for (const auto &row : m_peers->rows()) {
            if (!row.placed)
                continue;
            points[row.id] = pointOf(row.place);
            labels.addNode(points[row.id], radius(row.place.ring));
        }
        const bool crowded = points.size() > kNamesAlways;
        for (const auto &row : m_peers->rows()) {
            if (row.placed)
                addEdges(row, points);
        }
        for (const Edge &edge : m_edges)
            labels.addLine(edge.line);
        for (Edge &edge : m_edges) {
            const QSizeF size(metrics.horizontalAdvance(edge.figure) + 8, metrics.height() + 2);
            const auto at
                = edge.figure.isEmpty() ? std::nullopt : labels.placeOnLine(edge.line, size);
            if (at)
                edge.figureAt = *at;
            else
                edge.figure.clear();
        }
        for (const auto &row : m_peers->rows()) {
            int side = -1;
            if (row.placed && m_labelled) {
                const auto beside = labels.placeBeside(points[row.id], radius(row.place.ring),
                    {metrics.horizontalAdvance(row.name) + 6, metrics.height()},
                    !crowded && row.place.ring < 2);
                side = beside.isShown ? beside.side : -1;
            }
            sides << side;
        }
    }
    update();
    if (sides != m_sides) {
        m_sides = sides;
        Q_EMIT sidesChanged();
    }
}

void TreeLines::addEdges(const PeerRow &row, const std::map<QString, QPointF> &points)
{
    // Round trips are those between us and the node, so they stand on our own lines only.
    const QString figure = m_figured && row.direct ? row.latency : QString();
    const QPointF to = points.at(row.id);
    const bool isOurs = row.place.from == m_peers->selfId();
    if (const auto from = points.find(row.place.from); from != points.end())
        m_edges.push_back(
            {{from->second, to}, row.place.line, !row.online, isOurs ? figure : QString(), {}});
    const auto self = points.find(m_peers->selfId());
    if (row.place.link != Line::None && self != points.end())
        m_edges.push_back({{self->second, to}, row.place.link, !row.online, figure, {}});
}

QPen TreeLines::penOf(const Edge &edge) const
{
    // Each kind has a pattern of its own: nothing is told by colour alone.
    QPen pen(m_lineColor, 1.5);
    switch (edge.kind) {
    case Line::Tree:
        pen = QPen(m_treeColor, 2.5);
        if (edge.isAway)
            pen.setDashPattern({2, 2});
        break;
    case Line::Gap:
        pen = QPen(m_treeColor, 2.5);
        pen.setDashPattern({0.5, 2.5});
        break;
    case Line::Backup:
        pen = QPen(m_backupColor, 2);
        pen.setDashPattern({5, 3});
        break;
    case Line::Lazy:
        pen.setDashPattern({1, 3});
        break;
    case Line::None:
        pen = QPen(Qt::NoPen);
        break;
    }
    return pen;
}

void TreeLines::paintFigure(QPainter &painter, const Edge &edge) const
{
    const QFontMetricsF metrics(painter.font());
    const QSizeF size(metrics.horizontalAdvance(edge.figure) + 8, metrics.height() + 2);
    const QRectF rect(edge.figureAt.x() - size.width() / 2, edge.figureAt.y() - size.height() / 2,
        size.width(), size.height());
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_groundColor);
    painter.drawRoundedRect(rect, 4, 4);
    painter.setPen(m_textColor);
    painter.drawText(rect, Qt::AlignCenter, edge.figure);
}

void TreeLines::paint(QPainter *painter)
{
    if (!m_peers)
        return;
    const QPointF centre(width() / 2, height() / 2);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(m_ringColor, 1));
    std::map<int, double> rings;
    for (const auto &row : m_peers->rows()) {
        if (row.placed)
            rings[row.place.ring] = std::hypot(row.place.x, row.place.y) * m_reach;
    }
    for (const auto &[ring, radius] : rings)
        painter->drawEllipse(centre, radius, radius);
    for (const Edge &edge : m_edges) {
        painter->setPen(penOf(edge));
        painter->drawLine(edge.line);
    }
    // Above all lines, on a ground of their own.
    painter->setFont(textFont());
    for (const Edge &edge : m_edges) {
        if (!edge.figure.isEmpty())
            paintFigure(*painter, edge);
    }
}

} // namespace borg::ui
