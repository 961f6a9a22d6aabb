// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "peer_rows.h"

#include <QPointer>
#include <QQuickPaintedItem>

namespace borg::ui {

/// Rings, lines and latencies of the radial picture; the nodes themselves are delegates, and get
/// from here the side on which their name has room. Painted on data changes only, and the same with
/// every scene graph backend.
class TreeLines : public QQuickPaintedItem {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(borg::ui::PeerRows *peers READ peers WRITE setPeers NOTIFY peersChanged FINAL)
    Q_PROPERTY(double reach MEMBER m_reach NOTIFY lookChanged FINAL)
    Q_PROPERTY(bool labelled MEMBER m_labelled NOTIFY lookChanged FINAL)
    Q_PROPERTY(bool figured MEMBER m_figured NOTIFY lookChanged FINAL)
    Q_PROPERTY(int textSize MEMBER m_textSize NOTIFY lookChanged FINAL)
    Q_PROPERTY(QList<qreal> radii MEMBER m_radii NOTIFY lookChanged FINAL)
    Q_PROPERTY(QColor lineColor MEMBER m_lineColor NOTIFY lookChanged FINAL)
    Q_PROPERTY(QColor treeColor MEMBER m_treeColor NOTIFY lookChanged FINAL)
    Q_PROPERTY(QColor backupColor MEMBER m_backupColor NOTIFY lookChanged FINAL)
    Q_PROPERTY(QColor ringColor MEMBER m_ringColor NOTIFY lookChanged FINAL)
    Q_PROPERTY(QColor textColor MEMBER m_textColor NOTIFY lookChanged FINAL)
    Q_PROPERTY(QColor groundColor MEMBER m_groundColor NOTIFY lookChanged FINAL)
    Q_PROPERTY(QList<int> sides READ sides NOTIFY sidesChanged FINAL)

public:
    /// With more nodes, only names that cover nothing are shown.
    static constexpr std::size_t kNamesAlways = 24;

    explicit TreeLines(QQuickItem *parent = nullptr);

    [[nodiscard]] PeerRows *peers() const { return m_peers; }
    void setPeers(PeerRows *peers);
    /// For each row: TreeLabels::Side of its name, or -1 when there is no room for it.
    [[nodiscard]] QList<int> sides() const { return m_sides; }
    void paint(QPainter *painter) override;

Q_SIGNALS:
    void peersChanged();
    void lookChanged();
    void sidesChanged();

protected:
    void geometryChange(const QRectF &now, const QRectF &before) override;

private:
    struct Edge {
        QLineF line;
        Line kind;
        bool isAway = false;
        QString figure; ///< The latency.
        QPointF figureAt;
    };
    void arrange();
    void addEdges(const PeerRow &row, const std::map<QString, QPointF> &points);
    [[nodiscard]] QFont textFont() const;
    [[nodiscard]] QPointF pointOf(const Place &place) const;
    [[nodiscard]] QPen penOf(const Edge &edge) const;
    void paintFigure(QPainter &painter, const Edge &edge) const;

    QPointer<PeerRows> m_peers;
    double m_reach = 100; ///< Pixels from the centre to (1, 0).
    bool m_labelled = true;
    bool m_figured = true; ///< Latencies stand on the lines.
    int m_textSize = 12;
    QList<qreal> m_radii; ///< Of the nodes, by ring, in pixels.
    QColor m_lineColor;
    QColor m_treeColor;
    QColor m_backupColor;
    QColor m_ringColor;
    QColor m_textColor;
    QColor m_groundColor;
    std::vector<Edge> m_edges;
    QList<int> m_sides;
};

} // namespace borg::ui
