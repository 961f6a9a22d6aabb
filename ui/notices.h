// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "words.h"

#include <QObject>

#include <functional>
#include <utility>

namespace borg::ui {

/// One short message at the foot of the window. A later one replaces it.
class Notices : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(QString text READ text NOTIFY changed FINAL)
    Q_PROPERTY(int severity READ severity NOTIFY changed FINAL)
    Q_PROPERTY(QString action READ action NOTIFY changed FINAL)

public:
    using QObject::QObject;

    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] int severity() const { return m_severity; }
    [[nodiscard]] QString action() const { return m_action; } ///< Empty: nothing to be done.

    /// @param action what the person may do about it, and `act` does then.
    void show(const QString &text, Severity::Level severity, const QString &action = {},
        std::function<void()> act = {})
    {
        m_text = text;
        m_severity = severity;
        m_action = action;
        m_act = std::move(act);
        Q_EMIT changed();
    }
    Q_INVOKABLE void act()
    {
        const auto act = std::exchange(m_act, {});
        dismiss();
        if (act)
            act();
    }
    Q_INVOKABLE void dismiss() { show({}, Severity::Good); }

Q_SIGNALS:
    void changed();

private:
    QString m_text;
    int m_severity = Severity::Good;
    QString m_action;
    std::function<void()> m_act;
};

} // namespace borg::ui
