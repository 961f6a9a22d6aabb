// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launcher.h"

#include <QProcess>

#include <memory>
#include <vector>

namespace borg::ui {

/// Runs borgd and borgctl from the folder of this program, else from PATH.
///
/// Nodes get a session of their own and are let go at the end: closing the window never ends them.
class ProcessLauncher final : public Launcher {
    Q_OBJECT

public:
    /// @param programFolder where borgd and borgctl are looked for first.
    explicit ProcessLauncher(QString programFolder, QObject *parent = nullptr);
    ~ProcessLauncher() override;

    void startCluster(int count, const QString &dir, std::function<void(QString)> progress,
        std::function<void(Result<QString>)> done) override;
    void startNode(const NodeStart &start, std::function<void(Error)> failed) override;
    void stopCluster(const QString &dir) override;

private:
    [[nodiscard]] QString program(const QString &name) const;

    const QString m_programFolder;
    std::unique_ptr<QProcess> m_cluster;
    std::vector<std::unique_ptr<QProcess>> m_nodes;
};

} // namespace borg::ui
