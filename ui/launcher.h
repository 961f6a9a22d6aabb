// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QObject>
#include <QStringList>

#include <functional>

namespace borg::ui {

/// What a new node process is told.
struct NodeStart {
    QString dataDir;
    QString join; ///< An invite link or host:port; empty: go on with what dataDir holds.
    QString createName; ///< Name of a network to create; empty: none.
};

/// Starts the programs that outlive the window. Lives on the GUI thread and never waits.
class Launcher : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Starts `count` nodes of one local network in `dir`/1…count, or the same ones again.
    /// @param progress gets lines for people while it runs. @param done is called once: the data
    ///        folder of the first node, or NotFound (program missing), Storage, Timeout, with the
    ///        program's own words as detail.
    virtual void startCluster(int count, const QString &dir, std::function<void(QString)> progress,
        std::function<void(Result<QString>)> done)
        = 0;

    /// Starts one node in the background. @param failed is called at most once, when it cannot be
    /// started or ends with a failure while this object lives; the detail holds its last words.
    virtual void startNode(const NodeStart &start, std::function<void(Error)> failed) = 0;

    /// Ends the nodes that startCluster() started in `dir`; does not wait.
    virtual void stopCluster(const QString &dir) = 0;
};

} // namespace borg::ui
