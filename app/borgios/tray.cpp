// SPDX-License-Identifier: GPL-3.0-or-later
#include "tray.h"

#include <QGuiApplication>
#include <QStyleHints>

#include <icon_provider.h>

using namespace Qt::Literals::StringLiterals;

namespace borg::desktop {

namespace {

constexpr int kMessageMs = 10'000;

QString shapeOf(ui::NodeStatus::Health health)
{
    switch (health) {
    case ui::NodeStatus::Health::Good:
        return u"tray-good"_s;
    case ui::NodeStatus::Health::Busy:
        return u"tray-busy"_s;
    case ui::NodeStatus::Health::Attention:
        return u"tray-attention"_s;
    case ui::NodeStatus::Health::Offline:
        break;
    }
    return u"tray-offline"_s;
}

} // namespace

Tray::Tray(ui::Dashboard &dashboard, QObject *parent)
    : QObject(parent)
    , m_dashboard(dashboard)
{
    m_state = m_menu.addAction(QString());
    m_state->setEnabled(false);
    m_menu.addSeparator();
    connect(m_menu.addAction(tr("Open BorgIOS")), &QAction::triggered, this, &Tray::openRequested);
    m_start = m_menu.addAction(tr("Start node"));
    connect(m_start, &QAction::triggered, &dashboard, &ui::Dashboard::startNode);
    m_menu.addSeparator();
    connect(m_menu.addAction(tr("Quit window (node keeps running)")), &QAction::triggered, this,
        &Tray::quitRequested);
    m_stop = m_menu.addAction(tr("Stop node and quit"));
    connect(m_stop, &QAction::triggered, this, &Tray::stopRequested);
    m_icon.setContextMenu(&m_menu);
    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](auto reason) {
        if (reason == QSystemTrayIcon::Trigger)
            Q_EMIT toggleRequested();
    });
    connect(dashboard.status(), &ui::NodeStatus::changed, this, &Tray::update);
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
        m_drawn = false;
        update();
    });
    update();
    m_icon.show();
}

void Tray::update()
{
    const auto *status = m_dashboard.status();
    const auto line = tr("%1: %2", "state and reason").arg(status->title(), status->reason());
    m_state->setText(line);
    m_icon.setToolTip(tr("BorgIOS\n%1").arg(line));
    const bool connected = status->view() == ui::NodeStatus::View::Live && !status->isStale();
    m_start->setVisible(!connected && !status->isStarting() && !m_dashboard.isFirstRun());
    m_stop->setEnabled(connected);
    if (m_drawn && m_shown == status->health())
        return;
    m_drawn = true;
    m_shown = status->health();
    const bool light = QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Light;
    // Dark desktops have dark panels; unknown ones mostly too.
    m_icon.setIcon(
        ui::IconProvider::icon(shapeOf(m_shown), light ? QColor(0x17202B) : QColor(0xE8EDF4)));
}

void Tray::sayStillRunning()
{
    m_icon.showMessage(tr("BorgIOS is still here"),
        tr("The node keeps running. Open or stop it from this icon."),
        ui::IconProvider::icon(u"app"_s, Qt::white), kMessageMs);
}

} // namespace borg::desktop
