// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"
#include "words.h"

#include <QtQmlIntegration>

namespace borg::ui {

struct FileRow {
    QString id; ///< Of a folder: its path with a slash behind, which is no file's id.
    bool isFolder = false;
    QString path;
    QString name;
    QString size;
    QString date;
    QString code; ///< For example "any 3 of 10".
    int versions = 0; ///< Earlier ones.
    QString state;
    QString help;
    QString summary; ///< All of it in one sentence, for screen readers.
    int severity = Severity::Good;
    int alive = 0;
    int needed = 0;
    int wanted = 0;

    [[nodiscard]] const QString &key() const { return id; }
    friend bool operator==(const FileRow &, const FileRow &) = default;
};

/// Our files in the network: those of one folder, the newest first, below its own folders.
class FileRows : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the storage page")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(QString folder READ folder WRITE setFolder NOTIFY folderChanged FINAL)

public:
    enum Role {
        IdRole = Qt::UserRole,
        NameRole,
        SizeRole,
        DateRole,
        CodeRole,
        StateRole,
        HelpRole,
        SummaryRole,
        SeverityRole,
        AliveRole,
        NeededRole,
        WantedRole,
        FolderRole,
        PathRole,
        VersionsRole,
    };

    /// @param api, clock outlive this object.
    FileRows(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    /// The one that is shown; "" is the top. One that has gone gives way to the one above.
    [[nodiscard]] const QString &folder() const { return m_folder; }
    void setFolder(const QString &path);
    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : count();
    }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();
    void folderChanged();

private:
    void update();
    [[nodiscard]] FileRow fileRow(const control::File &file) const;
    [[nodiscard]] FileRow folderRow(const QString &path, qint64 files, qint64 bytes) const;
    [[nodiscard]] bool isThere(const QString &folder) const;

    NodeApi &m_api;
    std::vector<FileRow> m_rows;
    Clock &m_clock;
    QString m_folder;
};

} // namespace borg::ui
