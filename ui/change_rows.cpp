// SPDX-License-Identifier: GPL-3.0-or-later
#include "change_rows.h"

#include "words.h"

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

ChangeRows::ChangeRows(NodeApi &api, Clock &clock, QObject *parent)
    : KeyedRows(parent)
    , m_api(api)
    , m_clock(clock)
{
    connect(&api, &NodeApi::snapshotChanged, this, &ChangeRows::update);
    update();
}

QVariant ChangeRows::data(const QModelIndex &index, int role) const
{
    const auto *row = rowAt(m_rows, index);
    if (!row)
        return {};
    switch (role) {
    case TextRole:
    case Qt::DisplayRole:
        return row->text;
    case ReasonRole:
        return row->reason;
    case WhenRole:
        return row->when;
    case HasParentRole:
        return row->hasParent;
    default:
        return {};
    }
}

QHash<int, QByteArray> ChangeRows::roleNames() const
{
    return {{TextRole, "text"}, {ReasonRole, "reason"}, {WhenRole, "when"},
        {HasParentRole, "hasParent"}};
}

void ChangeRows::update()
{
    std::vector<ChangeRow> rows;
    if (m_api.hasSnapshot()) {
        const auto &changes = m_api.snapshot().tree.changes;
        std::map<QString, int> seen; // two changes of one millisecond are two rows
        for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
            ChangeRow row;
            row.id = u"%1 %2"_s.arg(change->utcMs).arg(change->parent);
            if (const int again = seen[row.id]++; again > 0)
                row.id += u" %1"_s.arg(again);
            row.hasParent = !change->parent.isEmpty();
            row.text = row.hasParent
                ? tr("%1 became the parent").arg(Words::nodeName(change->parent))
                : tr("Without a parent");
            row.reason = Words::changeReason(change->reason);
            row.when = Words::moment(change->utcMs, m_clock.utcMs());
            rows.push_back(std::move(row));
        }
    }
    if (replaceRows(m_rows, std::move(rows)))
        Q_EMIT updated();
}

} // namespace borg::ui
