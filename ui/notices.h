// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "words.h"

#include <QObject>

namespace borg::ui {

/// One short message at the foot of the window. A later one replaces it.
class Notices : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(QString text READ text NOTIFY changed FINAL)
    Q_PROPERTY(int severity READ severity NOTIFY changed FINAL)

public:
    using QObject::QObject;

    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] int severity() const { return m_severity; }

    void show(const QString &text, Severity::Level severity)
    {
        m_text = text;
        m_severity = severity;
        Q_EMIT changed();
    }
    Q_INVOKABLE void dismiss() { show({}, Severity::Good); }

Q_SIGNALS:
    void changed();

private:
    QString m_text;
    int m_severity = Severity::Good;
};

} // namespace borg::ui
