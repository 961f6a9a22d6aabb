// SPDX-License-Identifier: GPL-3.0-or-later
#include "job_rows.h"

#include "words.h"

#include <QDir>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

JobRows::JobRows(NodeApi &api, Clock &clock, QObject *parent)
    : KeyedRows(parent)
    , m_api(api)
    , m_clock(clock)
{
    connect(&api, &NodeApi::snapshotChanged, this, &JobRows::update);
    update();
}

QVariant JobRows::data(const QModelIndex &index, int role) const
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
    case PathRole:
        return row->path;
    case StatusRole:
        return row->status;
    case ProgressTextRole:
        return row->progressText;
    case ProgressRole:
        return row->progress;
    case SeverityRole:
        return row->severity;
    case UploadRole:
        return row->upload;
    case RunningRole:
        return row->running;
    default:
        return {};
    }
}

QHash<int, QByteArray> JobRows::roleNames() const
{
    return {{IdRole, "jobId"}, {NameRole, "name"}, {PathRole, "path"}, {StatusRole, "status"},
        {ProgressTextRole, "progressText"}, {ProgressRole, "progress"}, {SeverityRole, "severity"},
        {UploadRole, "upload"}, {RunningRole, "running"}};
}

void JobRows::putAside(const QString &jobId)
{
    m_aside.insert(jobId);
    update();
}

double JobRows::paceOf(const control::Job &job)
{
    const Ticks now = m_clock.now();
    const auto [entry, first] = m_paces.try_emplace(job.id, Pace{job.bytesDone, now, 0});
    auto &pace = entry->second;
    const double seconds = static_cast<double>((now - pace.at).count()) / 1e6;
    // Patches of one moment are taken together, or the first two make a wild figure.
    if (!first && seconds >= 0.2) {
        const double latest
            = std::max(0.0, static_cast<double>(job.bytesDone - pace.bytes)) / seconds;
        const double weight = 1 - std::exp(-seconds / 3);
        pace.bytesPerSecond = pace.bytesPerSecond > 0
            ? pace.bytesPerSecond + weight * (latest - pace.bytesPerSecond)
            : latest;
        pace.bytes = job.bytesDone;
        pace.at = now;
    }
    return pace.bytesPerSecond;
}

JobRow JobRows::describe(const control::Job &job)
{
    JobRow row;
    row.id = job.id;
    row.path = job.path;
    row.upload = job.kind == "put"_L1;
    row.running = job.state == "running"_L1;
    row.name = job.name.isEmpty() ? QDir(job.path).dirName() : job.name;
    if (row.running) {
        row.status = row.upload ? tr("Encrypting and sending") : tr("Fetching and checking");
        const double pace = paceOf(job);
        QStringList parts;
        if (job.bytesTotal > 0) {
            row.progress = std::clamp(
                static_cast<double>(job.bytesDone) / static_cast<double>(job.bytesTotal), 0.0, 1.0);
            parts << tr("%1 of %2", "bytes done of all")
                         .arg(Words::size(job.bytesDone), Words::size(job.bytesTotal));
        } else {
            parts << Words::size(job.bytesDone);
        }
        if (job.filesTotal > 0)
            parts << tr("%1 of %2 files").arg(job.files).arg(job.filesTotal);
        if (pace > 0) {
            parts << Words::rate(pace);
            if (job.bytesTotal > job.bytesDone)
                parts << Words::timeLeft(
                    std::llround(static_cast<double>(job.bytesTotal - job.bytesDone) / pace));
        }
        row.progressText = parts.join(u" · "_s);
        row.severity = Severity::Note;
        return row;
    }
    if (job.state == "done"_L1) {
        row.progress = 1;
        row.severity = Severity::Good;
        row.status = row.upload ? tr("Stored in the network")
                                : tr("Saved as %1").arg(QDir::toNativeSeparators(job.path));
    } else if (job.state == "cancelled"_L1) {
        row.severity = Severity::Note;
        row.status = job.filesTotal > 0
            ? tr("Cancelled after %1 of %2 files; start it again for the rest")
                  .arg(job.files)
                  .arg(job.filesTotal)
            : tr("Cancelled; nothing was left behind");
    } else {
        row.severity = Severity::Bad;
        row.status = Words::transferFailure(job.errorCode, row.upload);
        if (job.filesTotal > 0)
            row.status = tr("%1 of %2 files are there. %3")
                             .arg(job.files)
                             .arg(job.filesTotal)
                             .arg(row.status);
    }
    QStringList parts;
    if (job.filesTotal > 0 && job.state == "done"_L1) // else the status tells
        parts << tr("%1 of %2 files").arg(job.files).arg(job.filesTotal);
    if (job.bytesTotal > 0)
        parts << Words::size(job.bytesTotal);
    row.progressText = parts.join(u" · "_s);
    return row;
}

void JobRows::update()
{
    std::vector<const control::Job *> jobs;
    for (const auto &[id, job] : m_api.snapshot().jobs)
        if (job.kind != "verify"_L1 // no transfer; whoever asked for it is told
            && (!m_aside.contains(id) || job.state == "running"_L1))
            jobs.push_back(&job);
    // By start, not by state: a row does not jump away under the pointer when it ends.
    std::stable_sort(jobs.begin(), jobs.end(),
        [](const auto *a, const auto *b) { return a->startedUtcMs > b->startedUtcMs; });

    std::vector<JobRow> rows;
    int running = 0;
    for (const auto *job : jobs) {
        rows.push_back(describe(*job));
        running += rows.back().running ? 1 : 0;
    }
    std::erase_if(
        m_paces, [&](const auto &entry) { return !m_api.snapshot().jobs.contains(entry.first); });
    std::erase_if(m_aside, [&](const QString &id) { return !m_api.snapshot().jobs.contains(id); });
    const int before = count();
    replaceRows(m_rows, std::move(rows));
    if (before != count() || running != m_running) {
        m_running = running;
        Q_EMIT countChanged();
    }
}

} // namespace borg::ui
