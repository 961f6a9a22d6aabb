// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_rows.h"

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

FileRows::FileRows(NodeApi &api, Clock &clock, QObject *parent)
    : KeyedRows(parent)
    , m_api(api)
    , m_clock(clock)
{
    connect(&api, &NodeApi::snapshotChanged, this, &FileRows::update);
    update();
}

QVariant FileRows::data(const QModelIndex &index, int role) const
{
    const auto *row = rowAt(m_rows, index);
    if (!row)
        return {};
    switch (role) {
    case IdRole:
        return row->id;
    case NameRole:
    case Qt::DisplayRole:
        return row->name;
    case SizeRole:
        return row->size;
    case DateRole:
        return row->date;
    case CodeRole:
        return row->code;
    case StateRole:
        return row->state;
    case HelpRole:
        return row->help;
    case SummaryRole:
        return row->summary;
    case SeverityRole:
        return row->severity;
    case AliveRole:
        return row->alive;
    case NeededRole:
        return row->needed;
    case WantedRole:
        return row->wanted;
    default:
        return {};
    }
}

QHash<int, QByteArray> FileRows::roleNames() const
{
    return {{IdRole, "fileId"}, {NameRole, "name"}, {SizeRole, "size"}, {DateRole, "date"},
        {CodeRole, "code"}, {StateRole, "state"}, {HelpRole, "help"}, {SummaryRole, "summary"},
        {SeverityRole, "severity"}, {AliveRole, "alive"}, {NeededRole, "needed"},
        {WantedRole, "wanted"}};
}

void FileRows::update()
{
    std::vector<const control::File *> files;
    for (const auto &[id, file] : m_api.snapshot().files)
        files.push_back(&file);
    std::stable_sort(files.begin(), files.end(),
        [](const auto *a, const auto *b) { return a->createdUtcMs > b->createdUtcMs; });

    std::vector<FileRow> rows;
    for (const auto *file : files) {
        const auto state = Words::file(*file);
        FileRow row;
        row.id = file->id;
        row.name = file->name;
        row.size = Words::size(file->bytes);
        row.date = Words::moment(file->createdUtcMs, m_clock.utcMs());
        row.code = tr("any %1 of %2 shards").arg(file->shardsNeeded).arg(file->shardsWanted);
        row.state = state.text;
        row.help = state.help;
        row.severity = state.level;
        row.alive = static_cast<int>(file->shardsAlive);
        row.needed = static_cast<int>(file->shardsNeeded);
        row.wanted = static_cast<int>(file->shardsWanted);
        row.summary = QStringList{row.name, row.size, row.date, row.state,
            tr("%1 of %2 shards reachable, %3 needed")
                .arg(row.alive)
                .arg(row.wanted)
                .arg(row.needed)}
                          .join(tr(", "));
        rows.push_back(std::move(row));
    }
    const int before = count();
    replaceRows(m_rows, std::move(rows));
    if (before != count())
        Q_EMIT countChanged();
}

} // namespace borg::ui
