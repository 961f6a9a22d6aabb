// SPDX-License-Identifier: GPL-3.0-or-later
#include "harness.h"

#include <QAccessible>
#include <QLocale>
#include <QQmlApplicationEngine>
#include <QQmlComponent>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTest>

#include <icon_provider.h>
#include <look.h>

using namespace borg::ui;
using namespace Qt::Literals::StringLiterals;

namespace {

bool takesFocus(const QQuickItem &item)
{
    return item.activeFocusOnTab()
        || (item.property("focusPolicy").toInt() & Qt::TabFocus) == Qt::TabFocus;
}

/// What a screen reader cannot use: items that take the focus, or are written for it, without a
/// role or a name.
void collectFaults(QQuickItem *item, QStringList &faults, int &seen)
{
    if (!item->isVisible())
        return;
    auto *face = QAccessible::queryAccessibleInterface(item);
    const bool spoken = face && face->role() != QAccessible::NoRole
        && face->role() != QAccessible::Client && face->role() != QAccessible::Pane;
    const bool ours = face && face->role() != QAccessible::Grouping;
    if (takesFocus(*item) || (spoken && ours)) {
        ++seen;
        const auto where
            = u"%1 '%2'"_s.arg(QLatin1String(item->metaObject()->className()), item->objectName());
        if (!face || face->role() == QAccessible::NoRole)
            faults << where + u": no role"_s;
        else if (face->text(QAccessible::Name).trimmed().isEmpty())
            faults << where + u": no name, role %1"_s.arg(face->role());
    }
    for (auto *child : item->childItems())
        collectFaults(child, faults, seen);
}

} // namespace

class AccessibilityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        installFonts();
        installLanguage(QLocale(QLocale::English));
        QAccessible::setActive(true);
    }

    void everythingHasANameAndARole_data()
    {
        QTest::addColumn<QString>("scene");
        QTest::addColumn<int>("page");
        QTest::newRow("overview") << u"five"_s << 0;
        QTest::newRow("overview, troubled") << u"troubled"_s << 0;
        QTest::newRow("overview, gone") << u"gone"_s << 0;
        QTest::newRow("overview, lost") << u"lost"_s << 0;
        QTest::newRow("network") << u"member"_s << 1;
        QTest::newRow("network, alone") << u"alone"_s << 1;
        QTest::newRow("network, crowd") << u"crowd"_s << 1;
        QTest::newRow("network, unreachable") << u"unreachable"_s << 1;
        QTest::newRow("network, clock") << u"offClock"_s << 1;
        QTest::newRow("storage") << u"transfers"_s << 2;
        QTest::newRow("storage, empty") << u"alone"_s << 2;
        QTest::newRow("first run") << u"firstRun"_s << 0;
        QTest::newRow("first run, failing") << u"failing"_s << 0;
    }

    void everythingHasANameAndARole()
    {
        QFETCH(QString, scene);
        QFETCH(int, page);
        Harness harness;
        harness.show(scene);
        QQmlApplicationEngine engine;
        IconProvider::install(engine);
        engine.setInitialProperties(
            {{u"dashboard"_s, QVariant::fromValue(harness.dashboard())}, {u"page"_s, page}});
        engine.loadFromModule("Borg.Desktop", "Main");
        QVERIFY(!engine.rootObjects().isEmpty());
        auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
        window->show();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        QStringList faults;
        int seen = 0;
        collectFaults(window->contentItem(), faults, seen);
        QVERIFY2(faults.isEmpty(), qUtf8Printable(faults.join(u'\n')));
        QVERIFY2(seen >= 8, qUtf8Printable(u"only %1 items were looked at"_s.arg(seen)));
    }

    void theWalkFindsANamelessItem()
    {
        QQmlEngine engine;
        QQmlComponent component(&engine);
        component.setData(
            "import QtQuick; Item { visible: true; Rectangle { activeFocusOnTab: true;"
            " Accessible.role: Accessible.Button } }",
            QUrl());
        const std::unique_ptr<QObject> root(component.create());
        QStringList faults;
        int seen = 0;
        QQuickWindow window;
        qobject_cast<QQuickItem *>(root.get())->setParentItem(window.contentItem());
        window.show();
        collectFaults(window.contentItem(), faults, seen);
        QCOMPARE(faults.size(), 1);
    }
};

int main(int argc, char **argv)
{
    QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
    QGuiApplication application(argc, argv);
    AccessibilityTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "accessibility_test.moc"
