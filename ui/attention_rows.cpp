// SPDX-License-Identifier: GPL-3.0-or-later
#include "attention_rows.h"

#include "time_model.h"

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

AttentionRows::AttentionRows(NodeApi &api, QObject *parent)
    : KeyedRows(parent)
    , m_api(api)
{
    connect(&api, &NodeApi::snapshotChanged, this, &AttentionRows::update);
    update();
}

QVariant AttentionRows::data(const QModelIndex &index, int role) const
{
    const auto *row = rowAt(m_rows, index);
    if (!row)
        return {};
    switch (role) {
    case TextRole:
    case Qt::DisplayRole:
        return row->text;
    case AdviceRole:
        return row->advice;
    case SeverityRole:
        return row->severity;
    case ActionRole:
        return row->action;
    default:
        return {};
    }
}

QHash<int, QByteArray> AttentionRows::roleNames() const
{
    return {{TextRole, "text"}, {AdviceRole, "advice"}, {SeverityRole, "severity"},
        {ActionRole, "action"}};
}

void AttentionRows::addStorage(std::vector<AttentionRow> &rows) const
{
    const auto &storage = m_api.snapshot().storage;
    if (storage.readOnly)
        rows.push_back({u"readOnly"_s, tr("This computer cannot store new data."),
            tr("The disk is full or failed. Free some space; the node goes on by itself."),
            Severity::Bad, u"storage"_s});
    else if (storage.bytesLimit > 0 && storage.bytes >= storage.bytesLimit / 10 * 9)
        rows.push_back({u"nearlyFull"_s, tr("The space you give is nearly used up."),
            tr("New shards go to other nodes. What is stored here stays."), Severity::Note,
            u"storage"_s});
    if (storage.shardsCorrupt > 0)
        rows.push_back({u"corrupt"_s,
            tr("%n damaged shard(s) found on this disk.", nullptr,
                static_cast<int>(storage.shardsCorrupt)),
            tr("The network rebuilds them from others. If it happens again, check the disk."),
            Severity::Warning, u"storage"_s});
    if (m_api.snapshot().status.state == "alone"_L1)
        rows.push_back({u"alone"_s, tr("This node is alone in its network."),
            tr("Files are only on this computer until others join. Send somebody an invite."),
            Severity::Warning, u"invite"_s});
}

void AttentionRows::addNetwork(std::vector<AttentionRow> &rows) const
{
    const auto &snapshot = m_api.snapshot();
    if (const auto warning = TimeModel::warningOf(snapshot.time); !warning.isEmpty())
        rows.push_back({u"clock"_s, tr("Look at the clock of this computer."), warning,
            Severity::Warning, u"network"_s});
    if (snapshot.reach.state == "relayed"_L1)
        rows.push_back({u"reach"_s, tr("Other nodes cannot reach this computer directly."),
            tr("It works, but slower. The network page says what would help."), Severity::Note,
            u"network"_s});
}

void AttentionRows::addFiles(std::vector<AttentionRow> &rows) const
{
    for (const auto &[id, file] : m_api.snapshot().files) {
        const auto state = Words::file(file);
        if (state.level < Severity::Warning)
            continue;
        rows.push_back(
            {u"file/"_s + id, tr("%1: %2", "a file and its state").arg(file.name, state.text),
                state.help, state.level, u"storage"_s});
    }
    for (const auto &[id, job] : m_api.snapshot().jobs) {
        if (job.state != "failed"_L1 || job.kind == "verify"_L1)
            continue;
        const bool upload = job.kind == "put"_L1;
        rows.push_back({u"job/"_s + id,
            (upload ? tr("%1 was not added.") : tr("%1 was not downloaded.")).arg(job.name),
            Words::transferFailure(job.errorCode, upload), Severity::Bad, u"storage"_s});
    }
}

void AttentionRows::update()
{
    std::vector<AttentionRow> rows;
    if (m_api.hasSnapshot()) {
        addStorage(rows);
        addFiles(rows);
        addNetwork(rows);
    }
    std::stable_sort(rows.begin(), rows.end(),
        [](const auto &a, const auto &b) { return a.severity > b.severity; });
    if (rows.size() > kRowsMax) {
        const auto more = static_cast<int>(rows.size() - kRowsMax + 1);
        rows.resize(kRowsMax - 1);
        rows.push_back({u"more"_s, tr("%n more", "further notices", more),
            tr("Look at the list of your files."), Severity::Warning, u"storage"_s});
    }
    const int before = count();
    replaceRows(m_rows, std::move(rows));
    if (before != count())
        Q_EMIT countChanged();
}

} // namespace borg::ui
