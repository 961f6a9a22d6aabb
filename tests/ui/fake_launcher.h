// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <launcher.h>
#include <optional>

namespace borg::ui {

/// Starts nothing; a test decides how it ends.
class FakeLauncher final : public Launcher {
    Q_OBJECT

public:
    using Launcher::Launcher;

    void startCluster(int count, const QString &dir, std::function<void(QString)> progress,
        std::function<void(Result<QString>)> done) override
    {
        calls << QStringLiteral("cluster %1 %2").arg(count).arg(dir);
        clusterProgress = std::move(progress);
        clusterDone = std::move(done);
    }
    void startNode(const NodeStart &start, std::function<void(Error)> failed) override
    {
        calls << QStringLiteral("node %1 join=%2 create=%3")
                     .arg(start.dataDir, start.join, start.createName);
        nodeFailed = std::move(failed);
    }
    void stopCluster(const QString &dir) override { calls << QStringLiteral("stop %1").arg(dir); }

    QStringList calls;
    std::function<void(QString)> clusterProgress;
    std::function<void(Result<QString>)> clusterDone;
    std::function<void(Error)> nodeFailed;
};

} // namespace borg::ui
