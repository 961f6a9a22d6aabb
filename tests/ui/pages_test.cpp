// SPDX-License-Identifier: GPL-3.0-or-later
// Runs tst_*.qml: pages on a fake node, with clicks and keys.
#include "harness.h"

#include <QLocale>
#include <QQmlEngine>
#include <QQuickWindow>
#include <QtQuickTest>

#include <icon_provider.h>
#include <look.h>

class Setup : public QObject {
    Q_OBJECT

public:
    Setup() { QQuickWindow::setGraphicsApi(QSGRendererInterface::Software); }

public Q_SLOTS:
    void applicationAvailable()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
        borg::ui::installFonts();
        borg::ui::installLanguage(QLocale());
    }
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        qmlRegisterType<borg::ui::Harness>("Borg.Testing", 1, 0, "Harness");
        borg::ui::IconProvider::install(*engine);
    }
};

QUICK_TEST_MAIN_WITH_SETUP(pages_test, Setup)

#include "pages_test.moc"
