// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"
#include "notices.h"

#include <QtQmlIntegration>

namespace borg::ui {

struct VersionRow {
    QString id;
    QString date;
    QString size;
    QString state;
    bool isLast = false; ///< The file as it is.

    [[nodiscard]] const QString &key() const { return id; }
    friend bool operator==(const VersionRow &, const VersionRow &) = default;
};

/// All that is kept of one file, the last version first. Asked for when it is looked at.
class VersionRows : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the storage page")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role { IdRole = Qt::UserRole, DateRole, SizeRole, StateRole, LastRole };

    /// @param api, clock, notices outlive this object.
    VersionRows(NodeApi &api, Clock &clock, Notices &notices, QObject *parent = nullptr);

    /// Asks for those of the file at `path`; the list is empty until they come.
    Q_INVOKABLE void load(const QString &path);
    /// Makes an earlier version the last one.
    Q_INVOKABLE void restore(const QString &fileId);
    /// @return what the file of a version is called; empty when it is none of these.
    [[nodiscard]] QString nameOf(const QString &fileId) const;

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
    NodeApi &m_api;
    Clock &m_clock;
    Notices &m_notices;
    QString m_path;
    std::vector<VersionRow> m_rows;
};

} // namespace borg::ui
