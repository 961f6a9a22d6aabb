// SPDX-License-Identifier: GPL-3.0-or-later
#include "sparkline.h"

#include <QPainter>

namespace borg::ui {

Sparkline::Sparkline(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    connect(this, &Sparkline::changed, this, [this] { update(); });
}

void Sparkline::paint(QPainter *painter)
{
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(m_baseColor, 1));
    painter->drawLine(QPointF(0, height() - 0.5), QPointF(width(), height() - 0.5));
    double top = 0;
    for (const auto *values : {&m_first, &m_second})
        for (const qreal value : *values)
            top = std::max(top, value);
    if (top <= 0)
        return;
    painter->setPen(QPen(m_firstColor, 1.8));
    draw(*painter, m_first, top);
    QPen dashed(m_secondColor, 1.8);
    dashed.setDashPattern({3, 2});
    painter->setPen(dashed);
    draw(*painter, m_second, top);
}

void Sparkline::draw(QPainter &painter, const QList<qreal> &values, double top) const
{
    if (values.size() < 2)
        return;
    const double step = width() / (kPoints - 1);
    QPolygonF line;
    for (qsizetype i = 0; i < values.size(); ++i) {
        const double x = width() - step * static_cast<double>(values.size() - 1 - i);
        line << QPointF(x, height() - 2 - (height() - 4) * values[i] / top);
    }
    painter.drawPolyline(line);
}

} // namespace borg::ui
