// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node_api.h"
#include "notices.h"
#include "words.h"

#include <QtQmlIntegration/qqmlintegration.h>

namespace borg::ui {

/// What becomes of the files when this computer is lost: how their list is kept in the network, and
/// the link that gives them back. The link is here only while a person looks at it.
class RecoveryModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the storage page")
    Q_PROPERTY(QString state READ state NOTIFY changed FINAL)
    Q_PROPERTY(QString detail READ detail NOTIFY changed FINAL)
    Q_PROPERTY(int severity READ severity NOTIFY changed FINAL)
    Q_PROPERTY(bool canRecover READ canRecover NOTIFY changed FINAL)
    Q_PROPERTY(bool busy READ isBusy NOTIFY changed FINAL)
    Q_PROPERTY(QString link READ link NOTIFY changed FINAL)

public:
    /// @param api, notices outlive this object.
    RecoveryModel(NodeApi &api, Notices &notices, QObject *parent = nullptr);

    [[nodiscard]] QString state() const { return m_state; } ///< A few words.
    [[nodiscard]] QString detail() const { return m_detail; } ///< What it means.
    [[nodiscard]] int severity() const { return m_severity; }
    /// There are no files of another account here.
    [[nodiscard]] bool canRecover() const { return m_canRecover; }
    [[nodiscard]] bool isBusy() const { return m_isBusy; } ///< A recovery is under way.
    [[nodiscard]] QString link() const { return m_link; } ///< Empty when nobody looks.

    /// Asks the node for the link.
    Q_INVOKABLE void reveal();
    Q_INVOKABLE void forget();
    /// Puts the link that is looked at on the clipboard.
    Q_INVOKABLE void copy();
    /// Takes over the files of a recovery link.
    Q_INVOKABLE void recover(const QString &link);
    /// @return why `text` is no recovery link, in words; empty when it looks like one.
    Q_INVOKABLE [[nodiscard]] QString linkProblem(const QString &text) const;

Q_SIGNALS:
    void changed();

private:
    void update();

    NodeApi &m_api;
    Notices &m_notices;
    QString m_state;
    QString m_detail;
    Severity::Level m_severity = Severity::Note;
    bool m_canRecover = false;
    bool m_isBusy = false;
    bool m_isLookedAt = false;
    QString m_link;
};

} // namespace borg::ui
