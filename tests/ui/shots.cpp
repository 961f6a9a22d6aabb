// SPDX-License-Identifier: GPL-3.0-or-later
// borg-shots DIR: pictures of every page and state, dark and light, wide and narrow.
#include "harness.h"

#include <QDir>
#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTest>

#include <cstdio>
#include <icon_provider.h>
#include <look.h>

using namespace borg::ui;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Shot {
    QString name;
    QString scene;
    int page = 0;
    QString sheet; ///< A function of the window's sheets to call; may be empty.
};

struct Look {
    QString name;
    Preferences::Theme theme;
    QSize size;
    int textPercent = 100;
};

const std::vector<Shot> &shots()
{
    static const std::vector<Shot> all{
        {u"overview"_s, u"five"_s, 0, {}},
        {u"overview-member"_s, u"member"_s, 0, {}},
        {u"overview-troubled"_s, u"troubled"_s, 0, {}},
        {u"overview-alone"_s, u"alone"_s, 0, {}},
        {u"overview-connecting"_s, u"connecting"_s, 0, {}},
        {u"overview-gone"_s, u"gone"_s, 0, {}},
        {u"overview-lost"_s, u"lost"_s, 0, {}},
        {u"network"_s, u"five"_s, 1, {}},
        {u"network-member"_s, u"busy"_s, 1, {}},
        {u"network-32"_s, u"crowd"_s, 1, {}},
        {u"network-500"_s, u"hundreds"_s, 1, {}},
        {u"network-clock"_s, u"offClock"_s, 1, {}},
        {u"network-unreachable"_s, u"unreachable"_s, 1, {}},
        {u"network-alone"_s, u"alone"_s, 1, {}},
        {u"storage"_s, u"five"_s, 2, {}},
        {u"storage-transfers"_s, u"transfers"_s, 2, {}},
        {u"storage-troubled"_s, u"troubled"_s, 2, {}},
        {u"storage-empty"_s, u"alone"_s, 2, {}},
        {u"storage-folders"_s, u"folders"_s, 2, {}},
        {u"storage-in-folder"_s, u"inFolder"_s, 2, {}},
        {u"storage-rename"_s, u"folders"_s, 2, u"askRename"_s},
        {u"storage-versions"_s, u"folders"_s, 2, u"showVersions"_s},
        {u"storage-link"_s, u"five"_s, 2, u"askLink"_s},
        {u"storage-remove"_s, u"five"_s, 2, u"askRemove"_s},
        {u"storage-recovery"_s, u"five"_s, 2, u"showRecovery"_s},
        {u"storage-recover"_s, u"alone"_s, 2, u"enterRecovery"_s},
        {u"setup"_s, u"firstRun"_s, 0, {}},
        {u"setup-trying"_s, u"trying"_s, 0, {}},
        {u"setup-failing"_s, u"failing"_s, 0, {}},
    };
    return all;
}

bool take(const Shot &shot, const Look &look, const QDir &folder)
{
    Harness harness;
    harness.dashboard()->preferences()->setTheme(look.theme);
    harness.dashboard()->preferences()->setTextPercent(look.textPercent);
    harness.show(shot.scene);
    QQmlApplicationEngine engine;
    IconProvider::install(engine);
    engine.setInitialProperties(
        {{u"dashboard"_s, QVariant::fromValue(harness.dashboard())}, {u"page"_s, shot.page},
            {u"width"_s, look.size.width()}, {u"height"_s, look.size.height()}});
    engine.loadFromModule("Borg.Desktop", "Main");
    if (engine.rootObjects().isEmpty())
        return false;
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    window->show();
    if (!QTest::qWaitForWindowExposed(window))
        return false;
    if (!shot.sheet.isEmpty()) {
        auto *sheets = window->findChild<QQuickItem *>(u"sheets"_s);
        const auto name = shot.sheet.toUtf8();
        const bool isOfFile = shot.sheet.startsWith(u"ask") || shot.sheet == u"showVersions";
        const bool isShown = sheets
            && (isOfFile ? QMetaObject::invokeMethod(
                               sheets, name.constData(), u"f1"_s, u"Family photos 2025.zip"_s)
                         : QMetaObject::invokeMethod(sheets, name.constData()));
        if (!isShown)
            return false;
    }
    QTest::qWait(120);
    const auto file = folder.filePath(u"%1-%2.png"_s.arg(shot.name, look.name));
    return window->grabWindow().save(file);
}

} // namespace

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
    QGuiApplication application(argc, argv);
    const auto arguments = QGuiApplication::arguments();
    QLocale::setDefault(QLocale(arguments.value(3, u"en_GB"_s)));
    installFonts();
    installLanguage(QLocale());
    if (arguments.size() < 2 || !QDir().mkpath(arguments[1])) {
        std::fputs("usage: borg-shots DIR [NAME-FILTER [LOCALE]]\n", stderr);
        return 2;
    }
    const QDir folder(arguments[1]);
    const std::vector<Look> looks{
        {u"dark"_s, Preferences::Theme::Dark, {1280, 800}},
        {u"light"_s, Preferences::Theme::Light, {1280, 800}},
        {u"small-150"_s, Preferences::Theme::Dark, {720, 520}, 150},
    };
    for (const auto &shot : shots())
        for (const auto &look : looks) {
            const auto name = u"%1-%2"_s.arg(shot.name, look.name);
            if (arguments.size() > 2 && !name.contains(arguments[2]))
                continue;
            if (!take(shot, look, folder)) {
                std::fprintf(stderr, "borg-shots: %s failed\n", qUtf8Printable(name));
                return 1;
            }
        }
    return 0;
}
