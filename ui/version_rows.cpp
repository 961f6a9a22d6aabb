// SPDX-License-Identifier: GPL-3.0-or-later
#include "version_rows.h"

#include "words.h"

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

VersionRows::VersionRows(NodeApi &api, Clock &clock, Notices &notices, QObject *parent)
    : KeyedRows(parent)
    , m_api(api)
    , m_clock(clock)
    , m_notices(notices)
{
}

void VersionRows::load(const QString &path)
{
    m_path = path;
    replaceRows(m_rows, {});
    m_api.versions(path, [this, path](const Result<std::vector<control::File>> &files) {
        if (path != m_path)
            return; // another file is looked at by now
        std::vector<VersionRow> rows;
        for (const control::File &file : files ? *files : std::vector<control::File>{})
            rows.push_back({file.id, Words::moment(file.createdUtcMs, m_clock.utcMs()),
                Words::size(file.bytes), Words::file(file).text, rows.empty()});
        replaceRows(m_rows, std::move(rows));
        Q_EMIT countChanged();
        if (!files)
            m_notices.show(
                Words::callFailure(tr("The versions cannot be shown."), files.error().code),
                Severity::Bad);
    });
    Q_EMIT countChanged();
}

void VersionRows::restore(const QString &fileId)
{
    m_api.restore(fileId, [this](const Result<Done> &done) {
        if (done)
            m_notices.show(tr("The earlier version is the file now. The other one is kept as a "
                              "version."),
                Severity::Good);
        else
            m_notices.show(
                Words::callFailure(tr("The file is as it was."), done.error().code), Severity::Bad);
    });
}

QString VersionRows::nameOf(const QString &fileId) const
{
    const bool isOurs = std::ranges::contains(m_rows, fileId, &VersionRow::id);
    return isOurs ? m_path.section(u'/', -1) : QString();
}

QVariant VersionRows::data(const QModelIndex &index, int role) const
{
    const auto *row = rowAt(m_rows, index);
    if (!row)
        return {};
    switch (role) {
    case IdRole:
        return row->id;
    case DateRole:
    case Qt::DisplayRole:
        return row->date;
    case SizeRole:
        return row->size;
    case StateRole:
        return row->state;
    case LastRole:
        return row->isLast;
    default:
        return {};
    }
}

QHash<int, QByteArray> VersionRows::roleNames() const
{
    return {{IdRole, "fileId"}, {DateRole, "date"}, {SizeRole, "size"}, {StateRole, "state"},
        {LastRole, "last"}};
}

} // namespace borg::ui
