// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_lines.h"

#include <QPainter>

#include <cmath>

namespace borg::ui {

TreeLines::TreeLines(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    connect(this, &TreeLines::lookChanged, this, [this] { update(); });
}

void TreeLines::setPeers(PeerRows *peers)
{
    if (m_peers == peers)
        return;
    if (m_peers)
        m_peers->disconnect(this);
    m_peers = peers;
    if (peers)
        connect(peers, &PeerRows::updated, this, [this] { update(); });
    update();
    Q_EMIT peersChanged();
}

void TreeLines::paint(QPainter *painter)
{
    if (!m_peers)
        return;
    const QPointF centre(width() / 2, height() / 2);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(m_ringColor, 1));
    QString self;
    std::map<int, double> rings;
    std::map<QString, QPointF> points;
    for (const auto &row : m_peers->rows()) {
        if (!row.placed)
            continue;
        if (row.self)
            self = row.id;
        points[row.id] = centre + QPointF(row.place.x, row.place.y) * m_reach;
        rings[row.place.ring] = std::hypot(row.place.x, row.place.y) * m_reach;
    }
    for (const auto &[ring, radius] : rings)
        painter->drawEllipse(centre, radius, radius);
    for (const auto &row : m_peers->rows()) {
        const auto from = points.find(row.place.from);
        if (!row.placed || from == points.end())
            continue;
        // Thick: our links of the tree. Dotted: links beside it. Dashed: whoever is away.
        const bool beside = row.place.ring == 2 && row.place.from == self;
        QPen pen(m_lineColor, row.direct && !beside ? 2.5 : 1.5);
        if (beside)
            pen.setDashPattern({1, 3});
        else if (!row.online)
            pen.setDashPattern({3, 3});
        painter->setPen(pen);
        painter->drawLine(from->second, points[row.id]);
    }
}

} // namespace borg::ui
