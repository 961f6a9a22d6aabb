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
    case FolderRole:
        return row->isFolder;
    case PathRole:
        return row->path;
    case VersionsRole:
        return row->versions;
    default:
        return {};
    }
}

QHash<int, QByteArray> FileRows::roleNames() const
{
    return {{IdRole, "fileId"}, {NameRole, "name"}, {SizeRole, "size"}, {DateRole, "date"},
        {CodeRole, "code"}, {StateRole, "state"}, {HelpRole, "help"}, {SummaryRole, "summary"},
        {SeverityRole, "severity"}, {AliveRole, "alive"}, {NeededRole, "needed"},
        {WantedRole, "wanted"}, {FolderRole, "isFolder"}, {PathRole, "path"},
        {VersionsRole, "versions"}};
}

void FileRows::setFolder(const QString &path)
{
    if (path == m_folder)
        return;
    m_folder = path;
    update();
    Q_EMIT folderChanged();
}

bool FileRows::isThere(const QString &folder) const
{
    const QString below = folder + u'/';
    return folder.isEmpty() || std::ranges::any_of(m_api.snapshot().files, [&](const auto &entry) {
        const QString &of = entry.second.folder;
        return of == folder || of.startsWith(below);
    });
}

FileRow FileRows::fileRow(const control::File &file) const
{
    const auto state = Words::file(file);
    FileRow row;
    row.id = file.id;
    row.path = file.path();
    row.name = file.name;
    row.versions = static_cast<int>(file.versions);
    row.size = Words::size(file.bytes);
    row.date = Words::moment(file.createdUtcMs, m_clock.utcMs());
    row.code = tr("any %1 of %2 shards").arg(file.shardsNeeded).arg(file.shardsWanted);
    row.state = state.text;
    row.help = state.help;
    row.severity = state.level;
    row.alive = static_cast<int>(file.shardsAlive);
    row.needed = static_cast<int>(file.shardsNeeded);
    row.wanted = static_cast<int>(file.shardsWanted);
    row.summary = QStringList{row.name, row.size, row.date, row.state,
        tr("%1 of %2 shards reachable, %3 needed").arg(row.alive).arg(row.wanted).arg(row.needed)}
                      .join(tr(", "));
    return row;
}

FileRow FileRows::folderRow(const QString &path, qint64 files, qint64 bytes) const
{
    FileRow row;
    row.id = path + u'/';
    row.isFolder = true;
    row.path = path;
    row.name = path.section(u'/', -1);
    row.size = Words::size(bytes);
    row.date = tr("%n file(s)", "in a folder", static_cast<int>(files));
    row.summary = QStringList{tr("Folder %1").arg(row.name), row.date, row.size}.join(tr(", "));
    return row;
}

void FileRows::update()
{
    const QString before = m_folder;
    while (!isThere(m_folder))
        m_folder = m_folder.contains(u'/') ? m_folder.section(u'/', 0, -2) : QString();
    struct Sum {
        qint64 files = 0;
        qint64 bytes = 0;
    };
    std::map<QString, Sum> folders;
    std::vector<const control::File *> files;
    const QString below = m_folder.isEmpty() ? QString() : m_folder + u'/';
    for (const auto &[id, file] : m_api.snapshot().files) {
        if (file.folder == m_folder) {
            files.push_back(&file);
        } else if (file.folder.startsWith(below)) {
            Sum &sum = folders[below + file.folder.sliced(below.size()).section(u'/', 0, 0)];
            ++sum.files;
            sum.bytes += file.bytes;
        }
    }
    std::stable_sort(files.begin(), files.end(),
        [](const auto *a, const auto *b) { return a->createdUtcMs > b->createdUtcMs; });

    std::vector<FileRow> rows;
    for (const auto &[path, sum] : folders)
        rows.push_back(folderRow(path, sum.files, sum.bytes));
    for (const auto *file : files)
        rows.push_back(fileRow(*file));
    const int count = this->count();
    replaceRows(m_rows, std::move(rows));
    if (count != this->count())
        Q_EMIT countChanged();
    if (before != m_folder)
        Q_EMIT folderChanged();
}

} // namespace borg::ui
