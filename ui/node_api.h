// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>
#include <control/client.h>

#include <QObject>

#include <functional>

namespace borg::ui {

using control::Snapshot;

/// What the desktop can see of a node and ask from it; the one road between view models and node.
///
/// Lives on the GUI thread. Every call returns at once; an answer comes later, once, from the event
/// loop, and never after this object is gone. Errors are those of borg::Errc; Closed means that no
/// node is connected.
class NodeApi : public QObject {
    Q_OBJECT

public:
    enum class Connection {
        Detached, ///< attach() was not called.
        Connecting, ///< Nothing heard yet.
        Connected,
        Lost, ///< No node answers; tried again by itself and at retry().
    };
    Q_ENUM(Connection)

    template <typename T>
    using Answer = std::function<void(Result<T>)>;

    using QObject::QObject;

    [[nodiscard]] virtual Connection connection() const = 0;
    /// @return why there is no connection, in one sentence for a log; empty when there is one.
    [[nodiscard]] virtual QString connectionReason() const = 0;
    /// @return false until the first snapshot of this node has come.
    [[nodiscard]] virtual bool hasSnapshot() const = 0;
    [[nodiscard]] virtual const Snapshot &snapshot() const = 0;
    [[nodiscard]] virtual QString dataDir() const = 0;

    /// Forgets the node of before, if any, and follows the one that works in `dataDir`.
    virtual void attach(const QString &dataDir) = 0;
    /// Tries to connect now instead of at the next turn.
    virtual void retry() = 0;

    /// Puts the file or folder at `path` into a folder of the network, "" being the top.
    /// @return by answer: the id of the job.
    virtual void put(const QString &path, const QString &folder, Answer<QString> answer) = 0;
    /// Fetches `source` (a file's id or a link) to `path`. @return by answer: the id of the job.
    /// @param overwrite the person has agreed to replace `path`.
    virtual void get(
        const QString &source, const QString &path, bool overwrite, Answer<QString> answer)
        = 0;
    /// Fetches what is in a folder of ours into the folder `path`; nothing there is replaced.
    virtual void getFolder(const QString &folder, const QString &path, Answer<QString> answer) = 0;
    /// Moves or renames a file or folder. @return by answer: how many files.
    virtual void move(const QString &from, const QString &to, Answer<qint64> answer) = 0;
    /// @return by answer: all that is kept of the file at `path`, the last one first.
    virtual void versions(const QString &path, Answer<std::vector<control::File>> answer) = 0;
    /// All files of a folder into the trash. @return by answer: how many.
    virtual void removeFolder(const QString &folder, Answer<qint64> answer) = 0;
    virtual void cancel(const QString &jobId, Answer<Done> answer) = 0;
    /// Into the trash, and out of it, or an earlier version to the front.
    virtual void remove(const QString &fileId, Answer<Done> answer) = 0;
    virtual void restore(const QString &fileId, Answer<Done> answer) = 0;
    /// @return by answer: the link of a file, which carries its key.
    virtual void link(const QString &fileId, Answer<QString> answer) = 0;
    /// @return by answer: the link that gives everything of this account.
    virtual void recoveryLink(Answer<QString> answer) = 0;
    /// Takes over the files of a recovery link. @return by answer: how many.
    virtual void recover(const QString &link, Answer<qint64> answer) = 0;
    /// Has the node look again whether others reach it; the snapshot tells what it finds.
    virtual void checkReach(Answer<Done> answer) = 0;
    /// Ends the node itself, not only this connection.
    virtual void stop(Answer<Done> answer) = 0;

Q_SIGNALS:
    void snapshotChanged();
    void connectionChanged();
};

} // namespace borg::ui
