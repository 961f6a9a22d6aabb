// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QQuickPaintedItem>

namespace borg::ui {

/// Two small curves on one scale, from zero to the largest of both: solid the first, dashed the
/// second, so that colour is not all that tells them apart. Painted on data changes only.
class Sparkline : public QQuickPaintedItem {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QList<qreal> first MEMBER m_first NOTIFY changed FINAL)
    Q_PROPERTY(QList<qreal> second MEMBER m_second NOTIFY changed FINAL)
    Q_PROPERTY(QColor firstColor MEMBER m_firstColor NOTIFY changed FINAL)
    Q_PROPERTY(QColor secondColor MEMBER m_secondColor NOTIFY changed FINAL)
    Q_PROPERTY(QColor baseColor MEMBER m_baseColor NOTIFY changed FINAL)

public:
    static constexpr int kPoints = 60; ///< That fill the width; fewer stand at the right.

    explicit Sparkline(QQuickItem *parent = nullptr);
    void paint(QPainter *painter) override;

Q_SIGNALS:
    void changed();

private:
    void draw(QPainter &painter, const QList<qreal> &values, double top) const;

    QList<qreal> m_first;
    QList<qreal> m_second;
    QColor m_firstColor;
    QColor m_secondColor;
    QColor m_baseColor;
};

} // namespace borg::ui
