// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "network_model.h"
#include "node_status.h"
#include "overview_model.h"
#include "preferences.h"
#include "setup_model.h"
#include "storage_model.h"

namespace borg::ui {

/// All view models of the window, and what the window can do as a whole.
///
/// Decides which node is shown: first run, one that runs, or one to be started.
class Dashboard : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the application")
    Q_PROPERTY(bool firstRun READ isFirstRun NOTIFY firstRunChanged FINAL)
    Q_PROPERTY(borg::ui::NodeStatus *status READ status CONSTANT FINAL)
    Q_PROPERTY(borg::ui::OverviewModel *overview READ overview CONSTANT FINAL)
    Q_PROPERTY(borg::ui::NetworkModel *network READ network CONSTANT FINAL)
    Q_PROPERTY(borg::ui::StorageModel *storage READ storage CONSTANT FINAL)
    Q_PROPERTY(borg::ui::SetupModel *setup READ setup CONSTANT FINAL)
    Q_PROPERTY(borg::ui::Notices *notices READ notices CONSTANT FINAL)
    Q_PROPERTY(borg::ui::Preferences *preferences READ preferences CONSTANT FINAL)

public:
    /// All of them outlive the dashboard.
    struct Surroundings {
        NodeApi &api;
        Launcher &launcher;
        FileChooser &chooser;
        Preferences &preferences;
        Clock &clock;
    };
    Dashboard(const Surroundings &around, Folders folders, QObject *parent = nullptr);

    [[nodiscard]] bool isFirstRun() const { return m_firstRun; }
    [[nodiscard]] NodeStatus *status() { return &m_status; }
    [[nodiscard]] OverviewModel *overview() { return &m_overview; }
    [[nodiscard]] NetworkModel *network() { return &m_network; }
    [[nodiscard]] StorageModel *storage() { return &m_storage; }
    [[nodiscard]] SetupModel *setup() { return &m_setup; }
    [[nodiscard]] Notices *notices() { return &m_notices; }
    [[nodiscard]] Preferences *preferences() { return &m_preferences; }

    /// Shows the node of `dataDir`, and starts it once if it does not run.
    void open(const QString &dataDir);
    /// Goes straight to the five nodes on this computer.
    void openTrial();
    /// Begins with the first run, or with the node that was shown last.
    void openUsual();
    /// A `borg:` link from outside. Nothing happens before the person agrees.
    void openLink(const QString &link);

    Q_INVOKABLE void startNode();
    Q_INVOKABLE void retry();
    Q_INVOKABLE void stopNode();
    Q_INVOKABLE void copyInvite();

Q_SIGNALS:
    void firstRunChanged();
    /// A file's link came from outside; the window asks before it fetches anything.
    void fileLinkOffered(const QString &link);
    /// The node answered the request to stop, or was gone anyway.
    void nodeStopped();

private:
    void setFirstRun(bool firstRun);
    void connectionChanged();
    [[nodiscard]] bool isTrial() const;

    NodeApi &m_api;
    Launcher &m_launcher;
    Preferences &m_preferences;
    Notices m_notices;
    NodeStatus m_status;
    OverviewModel m_overview;
    NetworkModel m_network;
    StorageModel m_storage;
    SetupModel m_setup;
    bool m_firstRun = false;
    bool m_startOnce = false; ///< open() may start the node if nobody answers.
};

} // namespace borg::ui
