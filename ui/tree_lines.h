// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "peer_rows.h"

#include <QPointer>
#include <QQuickPaintedItem>

namespace borg::ui {

/// Rings and lines of the radial picture; the nodes themselves are delegates. Painted on data
/// changes only, and the same with every scene graph backend.
class TreeLines : public QQuickPaintedItem {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(borg::ui::PeerRows *peers READ peers WRITE setPeers NOTIFY peersChanged FINAL)
    Q_PROPERTY(double reach MEMBER m_reach NOTIFY lookChanged FINAL)
    Q_PROPERTY(QColor lineColor MEMBER m_lineColor NOTIFY lookChanged FINAL)
    Q_PROPERTY(QColor ringColor MEMBER m_ringColor NOTIFY lookChanged FINAL)

public:
    explicit TreeLines(QQuickItem *parent = nullptr);

    [[nodiscard]] PeerRows *peers() const { return m_peers; }
    void setPeers(PeerRows *peers);
    void paint(QPainter *painter) override;

Q_SIGNALS:
    void peersChanged();
    void lookChanged();

private:
    QPointer<PeerRows> m_peers;
    double m_reach = 100; ///< Pixels from the centre to (1, 0).
    QColor m_lineColor;
    QColor m_ringColor;
};

} // namespace borg::ui
