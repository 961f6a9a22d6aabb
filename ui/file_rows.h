// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"
#include "words.h"

#include <QtQmlIntegration>

namespace borg::ui {

struct FileRow {
    QString id;
    QString name;
    QString size;
    QString date;
    QString code; ///< For example "any 3 of 10".
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

/// Our files in the network, the newest first.
class FileRows : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the storage page")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

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
    };

    /// @param api, clock outlive this object.
    FileRows(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : count();
    }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();

private:
    void update();

    NodeApi &m_api;
    std::vector<FileRow> m_rows;
    Clock &m_clock;
};

} // namespace borg::ui
