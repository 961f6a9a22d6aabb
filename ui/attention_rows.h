// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"
#include "words.h"

#include <QtQmlIntegration>

namespace borg::ui {

struct AttentionRow {
    QString id;
    QString text; ///< What is the matter.
    QString advice; ///< What to do, or why nothing has to be done.
    int severity = Severity::Note;
    QString action; ///< "storage", "network", "invite" or nothing: where the button leads.

    [[nodiscard]] const QString &key() const { return id; }
    friend bool operator==(const AttentionRow &, const AttentionRow &) = default;
};

/// What the owner should look at, worst first. At most kRowsMax.
class AttentionRows : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the overview")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    static constexpr std::size_t kRowsMax = 8;
    enum Role { TextRole = Qt::UserRole, AdviceRole, SeverityRole, ActionRole };

    /// @param api outlives this object.
    explicit AttentionRows(NodeApi &api, QObject *parent = nullptr);

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
    void addStorage(std::vector<AttentionRow> &rows) const;
    void addNetwork(std::vector<AttentionRow> &rows) const;
    void addFiles(std::vector<AttentionRow> &rows) const;

    NodeApi &m_api;
    std::vector<AttentionRow> m_rows;
};

} // namespace borg::ui
