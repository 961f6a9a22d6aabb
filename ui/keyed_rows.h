// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QSet>

#include <algorithm>
#include <vector>

namespace borg::ui {

/// A list model whose rows have a key. replaceRows() changes only what differs, so that delegates,
/// focus and scroll position survive every patch. A Row has `key()` and operator==.
class KeyedRows : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

protected:
    /// @return the row of `index`, or nullptr.
    template <typename Row>
    [[nodiscard]] static const Row *rowAt(const std::vector<Row> &rows, const QModelIndex &index)
    {
        const auto at = static_cast<std::size_t>(index.row());
        return index.isValid() && at < rows.size() ? &rows[at] : nullptr;
    }

    /// Makes `rows`, which rowCount() and data() read, equal to `wanted`, whose keys are unique.
    ///
    /// @return whether anything changed.
    template <typename Row>
    bool replaceRows(std::vector<Row> &rows, std::vector<Row> wanted)
    {
        bool changed = dropMissing(rows, wanted);
        QSet<QString> kept;
        for (const Row &row : rows)
            kept.insert(row.key());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const int row = static_cast<int>(i);
            if (!kept.contains(wanted[i].key())) {
                beginInsertRows({}, row, row);
                rows.insert(rows.begin() + row, std::move(wanted[i]));
                endInsertRows();
                changed = true;
                continue;
            }
            const auto from = std::find_if(rows.begin() + row, rows.end(),
                [&](const Row &old) { return old.key() == wanted[i].key(); });
            if (const int at = static_cast<int>(from - rows.begin()); at != row) {
                beginMoveRows({}, at, at, {}, row);
                std::rotate(rows.begin() + row, from, from + 1);
                endMoveRows();
                changed = true;
            }
            if (!(rows[i] == wanted[i])) {
                rows[i] = std::move(wanted[i]);
                Q_EMIT dataChanged(index(row), index(row));
                changed = true;
            }
        }
        return changed;
    }

private:
    template <typename Row>
    bool dropMissing(std::vector<Row> &rows, const std::vector<Row> &wanted)
    {
        QSet<QString> keep;
        for (const Row &row : wanted)
            keep.insert(row.key());
        bool changed = false;
        for (int row = static_cast<int>(rows.size()) - 1; row >= 0; --row) {
            const auto at = rows.begin() + row;
            if (!keep.contains(at->key())) {
                beginRemoveRows({}, row, row);
                rows.erase(at);
                endRemoveRows();
                changed = true;
            }
        }
        return changed;
    }
};

} // namespace borg::ui
