// SPDX-License-Identifier: GPL-3.0-or-later
#include "look.h"

#include <QDir>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QLocale>
#include <QTranslator>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

void installFonts()
{
    const QDir folder(u":/borg/fonts"_s);
    for (const auto &name : folder.entryList(QDir::Files))
        QFontDatabase::addApplicationFont(folder.filePath(name));
    auto font = QGuiApplication::font();
    font.setFamilies({u"Inter"_s, font.family()});
    QGuiApplication::setFont(font);
}

void installLanguage(const QLocale &locale)
{
    // The one installed last is asked first; what it lacks is found in English.
    auto *english = new QTranslator(QCoreApplication::instance());
    if (english->load(u":/i18n/borgios_en.qm"_s))
        QCoreApplication::installTranslator(english);
    auto *own = new QTranslator(QCoreApplication::instance());
    if (own->load(locale, u"borgios"_s, u"_"_s, u":/i18n"_s))
        QCoreApplication::installTranslator(own);
}

} // namespace borg::ui
