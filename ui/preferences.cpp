// SPDX-License-Identifier: GPL-3.0-or-later
#include "preferences.h"

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

Preferences::Preferences(const QString &file, QObject *parent)
    : QObject(parent)
{
    if (file.isEmpty())
        return;
    m_settings = std::make_unique<QSettings>(file, QSettings::IniFormat);
    const auto theme = m_settings->value(u"look/theme"_s).toString();
    m_theme = theme == "dark"_L1 ? Theme::Dark : theme == "light"_L1 ? Theme::Light : Theme::System;
    m_textPercent = std::clamp(
        m_settings->value(u"look/textPercent"_s, 100).toInt(), kTextPercentMin, kTextPercentMax);
    m_reducedMotion = m_settings->value(u"look/reducedMotion"_s, false).toBool();
    m_narrowSidebar = m_settings->value(u"look/narrowSidebar"_s, false).toBool();
}

void Preferences::keep(const QString &key, const QVariant &value)
{
    if (m_settings)
        m_settings->setValue(key, value);
}

void Preferences::setTheme(Theme theme)
{
    if (m_theme == theme)
        return;
    m_theme = theme;
    keep(u"look/theme"_s,
        theme == Theme::Dark        ? u"dark"_s
            : theme == Theme::Light ? u"light"_s
                                    : u"system"_s);
    Q_EMIT changed();
}

void Preferences::setTextPercent(int percent)
{
    percent = std::clamp(percent, kTextPercentMin, kTextPercentMax);
    if (m_textPercent == percent)
        return;
    m_textPercent = percent;
    keep(u"look/textPercent"_s, percent);
    Q_EMIT changed();
}

void Preferences::setReducedMotion(bool reduced)
{
    if (m_reducedMotion == reduced)
        return;
    m_reducedMotion = reduced;
    keep(u"look/reducedMotion"_s, reduced);
    Q_EMIT changed();
}

void Preferences::setNarrowSidebar(bool narrow)
{
    if (m_narrowSidebar == narrow)
        return;
    m_narrowSidebar = narrow;
    keep(u"look/narrowSidebar"_s, narrow);
    Q_EMIT changed();
}

QString Preferences::dataDir() const
{
    return m_settings ? m_settings->value(u"node/dataDir"_s).toString() : QString();
}

void Preferences::setDataDir(const QString &dataDir)
{
    keep(u"node/dataDir"_s, dataDir);
}

bool Preferences::toldAboutClosing() const
{
    return m_settings && m_settings->value(u"told/closing"_s, false).toBool();
}

void Preferences::setToldAboutClosing()
{
    keep(u"told/closing"_s, true);
}

} // namespace borg::ui
