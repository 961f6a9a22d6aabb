// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "file_chooser.h"
#include "file_rows.h"
#include "job_rows.h"
#include "notices.h"
#include "recovery_model.h"
#include "version_rows.h"

#include <QUrl>

namespace borg::ui {

/// The storage page: what is given and what is used, and everything that can be done with files.
/// Nothing here waits; what the node refuses becomes a notice.
class StorageModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(QString shards MEMBER shards NOTIFY changed FINAL)
    Q_PROPERTY(QString bytes MEMBER bytes NOTIFY changed FINAL)
    Q_PROPERTY(QString limit MEMBER limit NOTIFY changed FINAL)
    Q_PROPERTY(double share MEMBER share NOTIFY changed FINAL)
    Q_PROPERTY(QString free MEMBER free NOTIFY changed FINAL)
    Q_PROPERTY(QString verified MEMBER verified NOTIFY changed FINAL)
    Q_PROPERTY(QString repairs MEMBER repairs NOTIFY changed FINAL)
    Q_PROPERTY(QString damaged MEMBER damaged NOTIFY changed FINAL)
    Q_PROPERTY(QString problem MEMBER problem NOTIFY changed FINAL)
    Q_PROPERTY(borg::ui::FileRows *files READ files CONSTANT FINAL)
    Q_PROPERTY(borg::ui::VersionRows *versions READ versions CONSTANT FINAL)
    Q_PROPERTY(borg::ui::JobRows *jobs READ jobs CONSTANT FINAL)
    Q_PROPERTY(borg::ui::RecoveryModel *recovery READ recovery CONSTANT FINAL)

public:
    /// @param api, clock, notices, chooser outlive this object.
    StorageModel(NodeApi &api, Clock &clock, Notices &notices, FileChooser &chooser,
        QObject *parent = nullptr);

    [[nodiscard]] FileRows *files() { return &m_files; }
    [[nodiscard]] VersionRows *versions() { return &m_versions; }
    [[nodiscard]] JobRows *jobs() { return &m_jobs; }
    [[nodiscard]] RecoveryModel *recovery() { return &m_recovery; }

    /// Lets the person choose files or a folder, then add()s them.
    Q_INVOKABLE void chooseFiles();
    Q_INVOKABLE void chooseFolder();
    /// Lets the person choose where to save, then download()s.
    Q_INVOKABLE void chooseTarget(const QString &source);
    /// Lets the person choose where to save a folder of ours, then fetches it.
    Q_INVOKABLE void saveFolder(const QString &folder);
    /// Puts local files and folders into the folder of the network that is shown.
    Q_INVOKABLE void add(const QList<QUrl> &files);
    /// Fetches a file of ours or, with a link, anybody's, to the local file `target`.
    Q_INVOKABLE void download(const QString &source, const QUrl &target);
    Q_INVOKABLE void cancel(const QString &jobId);
    Q_INVOKABLE void remove(const QString &fileId);
    Q_INVOKABLE void removeFolder(const QString &folder);
    /// Gives the file or folder at `path` another name in its folder.
    Q_INVOKABLE void rename(const QString &path, const QString &name);
    /// @return why `name` cannot be one, in words; empty when it can.
    Q_INVOKABLE [[nodiscard]] QString nameProblem(const QString &name) const;
    /// Puts the file's link, which carries its key, on the clipboard.
    Q_INVOKABLE void copyLink(const QString &fileId);
    /// @return why `text` is not the link of a file, in words; empty when it looks like one.
    Q_INVOKABLE [[nodiscard]] QString linkProblem(const QString &text) const;

    QString shards;
    QString bytes;
    QString limit;
    double share = 0; ///< 0…1 of the limit.
    QString free;
    QString verified;
    QString repairs;
    QString damaged; ///< Empty when nothing is.
    QString problem; ///< Why nothing new is taken; empty when all is well.

Q_SIGNALS:
    void changed();

private:
    void update();
    void restore(const QString &fileId, const QString &name);

    NodeApi &m_api;
    Notices &m_notices;
    FileChooser &m_chooser;
    FileRows m_files;
    VersionRows m_versions;
    JobRows m_jobs;
    RecoveryModel m_recovery;
};

} // namespace borg::ui
