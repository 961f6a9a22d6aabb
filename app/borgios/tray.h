// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <QSystemTrayIcon>

#include <dashboard.h>

namespace borg::desktop {

/// The icon in the tray: four shapes for four states, and the few things one wants without a
/// window.
class Tray : public QObject {
    Q_OBJECT

public:
    /// @param dashboard outlives this object.
    explicit Tray(ui::Dashboard &dashboard, QObject *parent = nullptr);

    /// Whether the desktop has a tray just now. The icon joins one that comes later by itself.
    [[nodiscard]] static bool isAvailable() { return QSystemTrayIcon::isSystemTrayAvailable(); }
    /// Says that the window is gone but the node runs on.
    void sayStillRunning();

Q_SIGNALS:
    void openRequested();
    void toggleRequested();
    void quitRequested();
    void stopRequested();

private:
    void update();

    ui::Dashboard &m_dashboard;
    QMenu m_menu;
    QSystemTrayIcon m_icon;
    QAction *m_state;
    QAction *m_start;
    QAction *m_stop;
    ui::NodeStatus::Health m_shown = ui::NodeStatus::Health::Offline;
    bool m_drawn = false;
};

} // namespace borg::desktop
