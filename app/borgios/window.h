// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QQmlApplicationEngine>
#include <QQuickWindow>

#include <dashboard.h>
#include <memory>

namespace borg::desktop {

/// The one window, loaded when it is first wanted: in the tray alone it costs nothing.
class Window : public QObject {
    Q_OBJECT

public:
    /// @param dashboard outlives this object.
    explicit Window(ui::Dashboard &dashboard, QObject *parent = nullptr);

    /// Shows the window in front. @param activationToken of the desktop; may be empty.
    /// @return false when it cannot be made; the log says why.
    bool show(const QString &activationToken = {});
    void toggle();

Q_SIGNALS:
    /// It was closed and is hidden; the tray keeps the way back.
    void wentToTray();
    void firstFrame();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] bool load();
    /// @return whether the window may go away for good.
    bool closing();

    ui::Dashboard &m_dashboard;
    std::unique_ptr<QQmlApplicationEngine> m_engine;
    QPointer<QQuickWindow> m_window;
};

} // namespace borg::desktop
