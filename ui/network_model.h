// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change_rows.h"
#include "peer_rows.h"
#include "reach_model.h"
#include "time_model.h"

namespace borg::ui {

/// The network page: who is there, where we stand and how we got there, how fast bytes go by,
/// whether others reach us, and what time it is.
class NetworkModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(QString summary READ summary NOTIFY changed FINAL)
    Q_PROPERTY(QString figures READ figures NOTIFY changed FINAL)
    Q_PROPERTY(QString rates READ rates NOTIFY trafficChanged FINAL)
    Q_PROPERTY(bool hasParent READ hasParent NOTIFY changed FINAL)
    Q_PROPERTY(bool alone READ isAlone NOTIFY changed FINAL)
    Q_PROPERTY(QList<qreal> ratesIn READ ratesIn NOTIFY trafficChanged FINAL)
    Q_PROPERTY(QList<qreal> ratesOut READ ratesOut NOTIFY trafficChanged FINAL)
    Q_PROPERTY(borg::ui::PeerRows *peers READ peers CONSTANT FINAL)
    Q_PROPERTY(borg::ui::ChangeRows *changes READ changes CONSTANT FINAL)
    Q_PROPERTY(borg::ui::TimeModel *time READ time CONSTANT FINAL)
    Q_PROPERTY(borg::ui::ReachModel *reach READ reach CONSTANT FINAL)

public:
    /// @param api, clock outlive this object.
    NetworkModel(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    /// The picture in words.
    [[nodiscard]] QString summary() const { return m_summary; }
    /// Lines of figures: broadcasts, latency to the root, messages to one node, who was turned
    /// away.
    [[nodiscard]] QString figures() const { return m_figures; }
    /// "1.2 MiB/s in, 3 KiB/s out", of all links.
    [[nodiscard]] QString rates() const;
    /// Bytes a second, one a look, oldest first.
    [[nodiscard]] QList<qreal> ratesIn() const;
    [[nodiscard]] QList<qreal> ratesOut() const;
    [[nodiscard]] bool hasParent() const { return m_hasParent; }
    [[nodiscard]] bool isAlone() const { return m_alone; }
    [[nodiscard]] PeerRows *peers() { return &m_peers; }
    [[nodiscard]] ChangeRows *changes() { return &m_changes; }
    [[nodiscard]] TimeModel *time() { return &m_time; }
    [[nodiscard]] ReachModel *reach() { return &m_reach; }

Q_SIGNALS:
    void changed();
    void trafficChanged();

private:
    void update();
    [[nodiscard]] QString describePlace(int up) const;
    [[nodiscard]] QString describeFigures() const;

    NodeApi &m_api;
    PeerRows m_peers;
    ChangeRows m_changes;
    TimeModel m_time;
    ReachModel m_reach;
    QString m_summary;
    QString m_figures;
    bool m_hasParent = false;
    bool m_alone = true;
};

} // namespace borg::ui
