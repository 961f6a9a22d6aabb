// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "peer_rows.h"

namespace borg::ui {

/// The network page: who is there and where we stand.
class NetworkModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(QString summary READ summary NOTIFY changed FINAL)
    Q_PROPERTY(QString lastChange READ lastChange NOTIFY changed FINAL)
    Q_PROPERTY(bool hasParent READ hasParent NOTIFY changed FINAL)
    Q_PROPERTY(bool alone READ isAlone NOTIFY changed FINAL)
    Q_PROPERTY(borg::ui::PeerRows *peers READ peers CONSTANT FINAL)

public:
    /// @param api, clock outlive this object.
    NetworkModel(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    /// The picture in words.
    [[nodiscard]] QString summary() const { return m_summary; }
    /// The latest change of our place, with its reason as the node gives it; may be empty.
    [[nodiscard]] QString lastChange() const { return m_lastChange; }
    [[nodiscard]] bool hasParent() const { return m_hasParent; }
    [[nodiscard]] bool isAlone() const { return m_alone; }
    [[nodiscard]] PeerRows *peers() { return &m_peers; }

Q_SIGNALS:
    void changed();

private:
    void update();
    [[nodiscard]] QString describeChange(const QString &entry) const;

    NodeApi &m_api;
    Clock &m_clock;
    PeerRows m_peers;
    QString m_summary;
    QString m_lastChange;
    bool m_hasParent = false;
    bool m_alone = true;
};

} // namespace borg::ui
