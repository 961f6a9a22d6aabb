// SPDX-License-Identifier: GPL-3.0-or-later
#include "window.h"

#include "tray.h"

#include <QGuiApplication>

#include <icon_provider.h>

using namespace Qt::Literals::StringLiterals;

namespace borg::desktop {

Window::Window(ui::Dashboard &dashboard, QObject *parent)
    : QObject(parent)
    , m_dashboard(dashboard)
{
}

bool Window::load()
{
    m_engine = std::make_unique<QQmlApplicationEngine>();
    ui::IconProvider::install(*m_engine);
    m_engine->setInitialProperties({{u"dashboard"_s, QVariant::fromValue(&m_dashboard)}});
    m_engine->loadFromModule("Borg.Desktop", "Main");
    if (m_engine->rootObjects().isEmpty())
        return false;
    m_window = qobject_cast<QQuickWindow *>(m_engine->rootObjects().constFirst());
    if (!m_window)
        return false;
    m_window->setIcon(ui::IconProvider::icon(u"app"_s, Qt::white));
    m_window->installEventFilter(this);
    connect(
        m_window, &QQuickWindow::frameSwapped, this, &Window::firstFrame, Qt::SingleShotConnection);
    return true;
}

bool Window::show(const QString &activationToken)
{
    if (!m_window && !load())
        return false;
    if (!activationToken.isEmpty())
        qputenv("XDG_ACTIVATION_TOKEN", activationToken.toUtf8());
    if (m_window->windowState() == Qt::WindowMinimized)
        m_window->showNormal();
    else
        m_window->show();
    m_window->raise();
    m_window->requestActivate();
    return true;
}

void Window::toggle()
{
    if (m_window && m_window->isVisible() && m_window->isActive())
        m_window->close();
    else
        show();
}

bool Window::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_window || event->type() != QEvent::Close)
        return QObject::eventFilter(watched, event);
    if (closing())
        return false;
    event->ignore();
    return true;
}

bool Window::closing()
{
    if (qGuiApp->isSavingSession())
        return true; // never stand in the way of logging out
    if (Tray::isAvailable()) {
        m_window->hide();
        m_window->releaseResources();
        Q_EMIT wentToTray();
        return false;
    }
    if (m_dashboard.preferences()->toldAboutClosing()) {
        QCoreApplication::quit();
        return true;
    }
    QMetaObject::invokeMethod(m_window, "askBeforeClosing");
    return false;
}

} // namespace borg::desktop
