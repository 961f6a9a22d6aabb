// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialog_chooser.h"
#include "options.h"
#include "single_instance.h"
#include "tray.h"
#include "window.h"

#include <base/loop_clock.h>
#include <base/program_start.h>
#include <control/paths.h>

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QLoggingCategory>
#include <QStandardPaths>
#include <QStyleHints>

#include <control_node_api.h>
#include <cstdio>
#include <look.h>
#include <process_launcher.h>

using namespace borg;
using namespace Qt::Literals::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(lcStart, "borg.ui.start", QtInfoMsg)

enum ExitCode : int { Fine = 0, Failed = 1, BadUsage = 2 };

void print(FILE *to, const QString &text)
{
    std::fputs(qUtf8Printable(text), to);
}

/// Qt ends the program by itself, with words of its own, when it finds no display.
bool hasDisplay(const QStringList &arguments)
{
#if defined(Q_OS_UNIX) && !defined(Q_OS_DARWIN)
    const bool isChosen = qEnvironmentVariableIsSet("QT_QPA_PLATFORM")
        || arguments.contains("-platform"_L1) || arguments.contains("--platform"_L1);
    return isChosen || !qEnvironmentVariableIsEmpty("DISPLAY")
        || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
        || !qEnvironmentVariableIsEmpty("WAYLAND_SOCKET");
#else
    return true;
#endif
}

int complain(const QString &sentence)
{
    print(stderr, u"borgios: %1\n\n%2"_s.arg(sentence, desktop::Options::usage()));
    return BadUsage;
}

/// Help, version and what is wrong with an option need no display, so they come before the
/// application, which takes Qt's own options away.
std::optional<int> answerWithoutDisplay(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    if (arguments.contains("--help"_L1) || arguments.contains("-h"_L1)) {
        print(stdout, desktop::Options::usage());
        return Fine;
    }
    if (arguments.contains("--version"_L1)) {
        print(stdout, u"borgios " BORG_VERSION "\n"_s);
        return Fine;
    }
    if (hasDisplay(arguments))
        return {};
    if (const auto options = desktop::Options::parse(arguments); !options)
        return complain(options.error().detail);
    print(stderr,
        u"borgios: There is no display for a window. Start it in a desktop session, or use borgctl "
        "in a terminal.\n"_s);
    return Failed;
}

/// The window is still most of the time, so painting it in memory costs less than a graphics
/// driver (about 100 MB) and works in every virtual machine. The environment overrides it.
void chooseRenderer()
{
    if (!qEnvironmentVariableIsSet("QT_QUICK_BACKEND")
        && !qEnvironmentVariableIsSet("QSG_RHI_BACKEND"))
        QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
}

void followTheme(ui::Preferences &preferences)
{
    const auto apply = [&preferences] {
        const auto theme = preferences.theme();
        QGuiApplication::styleHints()->setColorScheme(theme == ui::Preferences::Theme::Dark
                ? Qt::ColorScheme::Dark
                : theme == ui::Preferences::Theme::Light ? Qt::ColorScheme::Light
                                                         : Qt::ColorScheme::Unknown);
    };
    QObject::connect(&preferences, &ui::Preferences::changed, &preferences, apply);
    if (preferences.theme() != ui::Preferences::Theme::System)
        apply();
}

ui::Folders folders()
{
    const auto data = control::defaultDataDir();
    return {data, QFileInfo(data).dir().filePath(u"borgios-try"_s)};
}

void begin(ui::Dashboard &dashboard, const desktop::Options &options)
{
    if (options.trial)
        dashboard.openTrial();
    else if (!options.dataDir.isEmpty())
        dashboard.open(options.dataDir);
    else
        dashboard.openUsual();
    if (!options.link.isEmpty())
        dashboard.openLink(options.link);
}

void connectTray(desktop::Tray &tray, desktop::Window &window, ui::Dashboard &dashboard)
{
    QObject::connect(&tray, &desktop::Tray::openRequested, &window, [&window] { window.show(); });
    QObject::connect(&tray, &desktop::Tray::toggleRequested, &window, &desktop::Window::toggle);
    QObject::connect(&tray, &desktop::Tray::quitRequested, qApp, &QCoreApplication::quit);
    QObject::connect(&tray, &desktop::Tray::stopRequested, &dashboard, [&dashboard] {
        QObject::connect(&dashboard, &ui::Dashboard::nodeStopped, qApp, &QCoreApplication::quit);
        dashboard.stopNode();
    });
    QObject::connect(&window, &desktop::Window::wentToTray, &tray, [&tray, &dashboard] {
        if (dashboard.preferences()->toldAboutClosing())
            return;
        dashboard.preferences()->setToldAboutClosing();
        tray.sayStillRunning();
    });
}

} // namespace

int main(int argc, char **argv)
{
    prepareProgram();
    if (const auto code = answerWithoutDisplay(argc, argv))
        return *code;
    QElapsedTimer sinceStart;
    sinceStart.start();
    chooseRenderer();
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"borgios"_s);
    QApplication::setApplicationDisplayName(u"BorgIOS"_s);
    QApplication::setDesktopFileName(u"org.borgios.BorgIOS"_s);
    QApplication::setApplicationVersion(QStringLiteral(BORG_VERSION));
    QApplication::setQuitOnLastWindowClosed(false);

    const auto options = desktop::Options::parse(QApplication::arguments().mid(1));
    if (!options)
        return complain(options.error().detail);
    desktop::SingleInstance instance(options->dataDir);
    if (instance.handOver(
            {options->link, options->trial, qEnvironmentVariable("XDG_ACTIVATION_TOKEN")}))
        return Fine;
    instance.listen();

    if (QLocale().language() == QLocale::C) // has seconds in its times and no separators
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    ui::installLanguage(QLocale());
    ui::installFonts();

    LoopClock clock;
    ui::Preferences preferences(
        QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + u"/borgios/desktop.ini"_s);
    followTheme(preferences);
    ui::ControlNodeApi api(clock);
    ui::ProcessLauncher launcher(QApplication::applicationDirPath());
    desktop::DialogChooser chooser;
    ui::Dashboard dashboard({api, launcher, chooser, preferences, clock}, folders());
    desktop::Window window(dashboard);
    desktop::Tray tray(dashboard);
    connectTray(tray, window, dashboard);
    QObject::connect(
        &instance, &desktop::SingleInstance::visited, &window, [&](const desktop::Visit &visit) {
            window.show(visit.activationToken);
            if (visit.trial && dashboard.isFirstRun())
                dashboard.openTrial();
            if (!visit.link.isEmpty())
                dashboard.openLink(visit.link);
        });
    QObject::connect(&window, &desktop::Window::firstFrame, &application,
        [&] { qCDebug(lcStart, "first frame after %lld ms", sinceStart.elapsed()); });

    begin(dashboard, *options);
    // Hidden only where there is a way back.
    const bool hidden
        = options->minimized && desktop::Tray::isAvailable() && options->link.isEmpty();
    if (!hidden && !window.show())
        return Failed;
    return QApplication::exec();
}
