// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSettings>
#include <QtQmlIntegration>

namespace borg::ui {

/// How the window looks, kept in the user's configuration folder. Nothing of the node is here.
class Preferences : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(Theme theme READ theme WRITE setTheme NOTIFY changed FINAL)
    Q_PROPERTY(int textPercent READ textPercent WRITE setTextPercent NOTIFY changed FINAL)
    Q_PROPERTY(bool reducedMotion READ reducedMotion WRITE setReducedMotion NOTIFY changed FINAL)
    Q_PROPERTY(bool narrowSidebar READ narrowSidebar WRITE setNarrowSidebar NOTIFY changed FINAL)

public:
    enum class Theme { System, Light, Dark };
    Q_ENUM(Theme)
    static constexpr int kTextPercentMin = 85;
    static constexpr int kTextPercentMax = 150;

    /// @param file an INI file; empty: nothing is kept (tests, pictures).
    explicit Preferences(const QString &file, QObject *parent = nullptr);

    [[nodiscard]] Theme theme() const { return m_theme; }
    void setTheme(Theme theme);
    /// 85…150.
    [[nodiscard]] int textPercent() const { return m_textPercent; }
    void setTextPercent(int percent);
    [[nodiscard]] bool reducedMotion() const { return m_reducedMotion; }
    void setReducedMotion(bool reduced);
    [[nodiscard]] bool narrowSidebar() const { return m_narrowSidebar; }
    void setNarrowSidebar(bool narrow);

    /// The node that was shown last; empty at the first start.
    [[nodiscard]] QString dataDir() const;
    void setDataDir(const QString &dataDir);
    /// Whether the person has read that closing the window leaves the node running.
    [[nodiscard]] bool toldAboutClosing() const;
    Q_INVOKABLE void setToldAboutClosing();

Q_SIGNALS:
    void changed();

private:
    void keep(const QString &key, const QVariant &value);

    std::unique_ptr<QSettings> m_settings;
    Theme m_theme = Theme::System;
    int m_textPercent = 100;
    bool m_reducedMotion = false;
    bool m_narrowSidebar = false;
};

} // namespace borg::ui
