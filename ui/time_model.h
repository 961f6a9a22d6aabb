// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node_api.h"
#include "words.h"

namespace borg::ui {

/// World time: what time it is in the network, how sure that is, and whether the clock of this
/// computer is right. Follows the node, which tells it every second while somebody looks.
class TimeModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the network page")
    Q_PROPERTY(bool known READ isKnown NOTIFY changed FINAL)
    Q_PROPERTY(QString clock READ clock NOTIFY changed FINAL)
    Q_PROPERTY(QString local READ local NOTIFY changed FINAL)
    Q_PROPERTY(QString bound READ bound NOTIFY changed FINAL)
    Q_PROPERTY(QString state READ state NOTIFY changed FINAL)
    Q_PROPERTY(QString detail READ detail NOTIFY changed FINAL)
    Q_PROPERTY(QString warning READ warning NOTIFY changed FINAL)
    Q_PROPERTY(QString summary READ summary NOTIFY changed FINAL)
    Q_PROPERTY(int severity READ severity NOTIFY changed FINAL)

public:
    /// @param api outlives this object.
    explicit TimeModel(NodeApi &api, QObject *parent = nullptr);

    [[nodiscard]] bool isKnown() const { return m_shown.known; }
    [[nodiscard]] QString clock() const { return m_shown.clock; } ///< "14:02:31 UTC"
    /// The same with its date in the zone of this computer.
    [[nodiscard]] QString local() const { return m_shown.local; }
    [[nodiscard]] QString bound() const { return m_shown.bound; } ///< "± 12 ms"; may be empty.
    [[nodiscard]] QString state() const { return m_shown.state; } ///< Two or three words.
    [[nodiscard]] QString detail() const { return m_shown.detail; } ///< One sentence.
    [[nodiscard]] QString warning() const { return m_shown.warning; } ///< Empty when all is well.
    [[nodiscard]] QString summary() const; ///< All of it, for screen readers.
    [[nodiscard]] int severity() const { return m_shown.severity; }

    /// @return what is wrong with the clock of this computer, or of nobody's; may be empty.
    [[nodiscard]] static QString warningOf(const control::Time &time);

Q_SIGNALS:
    void changed();

private:
    struct Shown {
        bool known = false;
        QString clock;
        QString local;
        QString bound;
        QString state;
        QString detail;
        QString warning;
        Severity::Level severity = Severity::Good;
        friend bool operator==(const Shown &, const Shown &) = default;
    };
    void update();
    static void describeState(const control::Time &time, Shown &shown);

    NodeApi &m_api;
    Shown m_shown;
};

} // namespace borg::ui
