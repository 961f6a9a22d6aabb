// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"

#include <QtQmlIntegration>

namespace borg::ui {

struct ChangeRow {
    QString id; ///< Of the row: the time and the parent.
    QString text; ///< What changed.
    QString reason; ///< Why, in words.
    QString when; ///< In the zone of this computer.
    bool hasParent = false;

    [[nodiscard]] const QString &key() const { return id; }
    friend bool operator==(const ChangeRow &, const ChangeRow &) = default;
};

/// The parents that this node had, the latest first.
class ChangeRows : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the network page")
    Q_PROPERTY(int count READ count NOTIFY updated FINAL)

public:
    enum Role { TextRole = Qt::UserRole, ReasonRole, WhenRole, HasParentRole };

    /// @param api, clock outlive this object.
    ChangeRows(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : count();
    }
    [[nodiscard]] const std::vector<ChangeRow> &rows() const { return m_rows; }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void updated();

private:
    void update();

    NodeApi &m_api;
    Clock &m_clock;
    std::vector<ChangeRow> m_rows;
};

} // namespace borg::ui
