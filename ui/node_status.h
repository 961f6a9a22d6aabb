// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node_api.h"

#include <QtQmlIntegration>

namespace borg::ui {

/// Is it running, and if not why: for the sidebar, the tray, the banner and every page.
class NodeStatus : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(Health health READ health NOTIFY changed FINAL)
    Q_PROPERTY(View view READ view NOTIFY changed FINAL)
    Q_PROPERTY(QString title READ title NOTIFY changed FINAL)
    Q_PROPERTY(QString reason READ reason NOTIFY changed FINAL)
    Q_PROPERTY(bool stale READ isStale NOTIFY changed FINAL)
    Q_PROPERTY(bool starting READ isStarting NOTIFY changed FINAL)
    Q_PROPERTY(bool stopped READ isStopped NOTIFY changed FINAL)
    Q_PROPERTY(QString startFailure READ startFailure NOTIFY changed FINAL)
    Q_PROPERTY(QString network READ network NOTIFY changed FINAL)
    Q_PROPERTY(QString nodeName READ nodeName NOTIFY changed FINAL)
    Q_PROPERTY(QString since READ since NOTIFY changed FINAL)
    Q_PROPERTY(QString dataDir READ dataDir NOTIFY changed FINAL)
    Q_PROPERTY(QString listen READ listen NOTIFY changed FINAL)
    Q_PROPERTY(QString version READ version NOTIFY changed FINAL)
    Q_PROPERTY(QString invite READ invite NOTIFY changed FINAL)

public:
    /// Each has a shape of its own (resources/icons/tray-*.svg).
    enum class Health { Good, Busy, Attention, Offline };
    Q_ENUM(Health)
    /// What a page shows: a picture of waiting, a picture of failure, or its content.
    enum class View { Loading, Failed, Live };
    Q_ENUM(View)

    /// @param api, clock outlive this object.
    NodeStatus(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] Health health() const { return m_shown.health; }
    [[nodiscard]] View view() const { return m_shown.view; }
    [[nodiscard]] QString title() const { return m_shown.title; }
    [[nodiscard]] QString reason() const { return m_shown.reason; }
    /// Figures are shown, but no node answers just now.
    [[nodiscard]] bool isStale() const { return m_shown.stale; }
    [[nodiscard]] bool isStarting() const { return m_starting; }
    [[nodiscard]] bool isStopped() const { return m_stopped; }
    [[nodiscard]] QString startFailure() const { return m_startFailure; }
    [[nodiscard]] QString network() const { return m_shown.network; }
    [[nodiscard]] QString nodeName() const { return m_shown.nodeName; }
    [[nodiscard]] QString since() const { return m_shown.since; }
    [[nodiscard]] QString dataDir() const { return m_api.dataDir(); }
    [[nodiscard]] QString listen() const { return m_shown.listen; }
    [[nodiscard]] QString version() const { return m_shown.version; }
    [[nodiscard]] QString invite() const { return m_shown.invite; }

    /// A node process is being started for us.
    void setStarting(bool starting);
    /// The person stopped the node; it is not a fault that nobody answers.
    void setStopped(bool stopped);
    /// Why the node could not be started, in words; empty: no longer.
    void setStartFailure(const QString &sentence);

Q_SIGNALS:
    void changed();

private:
    struct Shown {
        Health health = Health::Offline;
        View view = View::Loading;
        QString title;
        QString reason;
        bool stale = false;
        QString network;
        QString nodeName;
        QString since;
        QString listen;
        QString version;
        QString invite;
        friend bool operator==(const Shown &, const Shown &) = default;
    };
    void update();
    void describeConnected(Shown &shown) const;
    void describeLost(Shown &shown) const;

    NodeApi &m_api;
    Clock &m_clock;
    Shown m_shown;
    bool m_starting = false;
    bool m_stopped = false;
    QString m_startFailure;
};

} // namespace borg::ui
