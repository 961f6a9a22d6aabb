// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fake_chooser.h"
#include "fake_launcher.h"
#include "fake_node_api.h"

#include <sim/sim_clock.h>

#include <dashboard.h>

namespace borg::ui {

/// A whole dashboard on a fake node, for page tests and pictures.
class Harness : public QObject {
    Q_OBJECT
    Q_PROPERTY(borg::ui::Dashboard *dashboard READ dashboard CONSTANT FINAL)

public:
    explicit Harness(QObject *parent = nullptr);

    [[nodiscard]] Dashboard *dashboard() { return &m_dashboard; }
    [[nodiscard]] FakeNodeApi &api() { return m_api; }
    [[nodiscard]] sim::SimClock &clock() { return m_clock; }

    /// Connected, showing the scene of that name: alone, five, member, transfers, troubled,
    /// folders, inFolder,
    /// crowd, hundreds, busy (member with traffic), offClock, unreachable; or firstRun, joining,
    /// connecting, gone (nobody answers, nothing known), lost (the same, with figures of before),
    /// trying, failing (first run that goes wrong).
    Q_INVOKABLE void show(const QString &scene);
    /// What the node and the launcher were asked.
    Q_INVOKABLE [[nodiscard]] QStringList calls() const { return m_api.calls + m_launcher.calls; }
    Q_INVOKABLE void clearCalls();
    /// From now on the node refuses every call.
    Q_INVOKABLE void refuse() { m_api.refusal = Errc::Busy; }
    Q_INVOKABLE [[nodiscard]] QString clipboard() const;

private:
    void showSnapshot(const control::Snapshot &snapshot);
    /// The same after forty seconds in which bytes went by.
    void showTraffic(control::Snapshot snapshot);
    bool showFirstRun(const QString &scene);

    sim::SimClock m_clock;
    FakeNodeApi m_api;
    FakeLauncher m_launcher;
    FakeChooser m_chooser;
    Preferences m_preferences;
    Dashboard m_dashboard;
};

} // namespace borg::ui
