// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launcher.h"

#include <QtQmlIntegration>

namespace borg::ui {

/// Where things lie.
struct Folders {
    QString data; ///< Of the node that this computer contributes.
    QString trial; ///< Of the five nodes of "Try it on this computer".
};

/// The first run: three ways to begin. Each ends with ready() or with a sentence in `failure`.
class SetupModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(bool busy READ isBusy NOTIFY changed FINAL)
    Q_PROPERTY(QString progress READ progress NOTIFY changed FINAL)
    Q_PROPERTY(QString failure READ failure NOTIFY changed FINAL)
    Q_PROPERTY(QString failureDetail READ failureDetail NOTIFY changed FINAL)
    Q_PROPERTY(QString invite READ invite NOTIFY inviteChanged FINAL)
    Q_PROPERTY(QString dataDir READ dataDir NOTIFY changed FINAL)

public:
    static constexpr int kTrialNodes = 5;

    /// @param launcher outlives this object.
    SetupModel(Launcher &launcher, Folders folders, QObject *parent = nullptr);

    [[nodiscard]] bool isBusy() const { return m_busy; }
    [[nodiscard]] QString progress() const { return m_progress; }
    [[nodiscard]] QString failure() const { return m_failure; }
    [[nodiscard]] QString failureDetail() const { return m_failureDetail; }
    /// An invite that came as a link from outside, to be shown and confirmed.
    [[nodiscard]] QString invite() const { return m_invite; }
    void setInvite(const QString &invite);
    [[nodiscard]] QString dataDir() const { return m_folders.data; }
    void setDataDir(const QString &dataDir);
    [[nodiscard]] const Folders &folders() const { return m_folders; }

    /// Five nodes of one network on this computer.
    Q_INVOKABLE void tryHere();
    /// @param invite without inviteProblem().
    Q_INVOKABLE void join(const QString &invite);
    /// @param name without nameProblem().
    Q_INVOKABLE void create(const QString &name);
    /// @return what is wrong with `text`, in words; empty when it looks right.
    Q_INVOKABLE [[nodiscard]] QString inviteProblem(const QString &text) const;
    Q_INVOKABLE [[nodiscard]] QString nameProblem(const QString &text) const;
    /// What went wrong while a node was started, as a sentence and the program's own words.
    void fail(const Error &error);
    /// The node answers: setup is over.
    void finish();

Q_SIGNALS:
    void changed();
    void inviteChanged();
    /// A node works, or is being started, in `dataDir`.
    void ready(const QString &dataDir);

private:
    void begin(const QString &progress);
    void startNode(const NodeStart &start);

    Launcher &m_launcher;
    Folders m_folders;
    bool m_busy = false;
    QString m_progress;
    QString m_failure;
    QString m_failureDetail;
    QString m_invite;
};

} // namespace borg::ui
