// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs.h"

namespace borg::node {

using namespace Qt::Literals::StringLiterals;

namespace {

QString fallback(Errc code)
{
    switch (code) {
    case Errc::Timeout:
        return u"The other nodes did not answer in time; try again."_s;
    case Errc::Unreachable:
        return u"Too few nodes that hold it can be reached; try again when more are online."_s;
    case Errc::Malformed:
        return u"This is no link of BorgIOS, or it is incomplete."_s;
    case Errc::TooLarge:
        return u"This is larger than the network takes."_s;
    case Errc::Unauthorized:
        return u"The key in this link does not open the file."_s;
    case Errc::NotFound:
        return u"Nobody in the network holds this file."_s;
    case Errc::Conflict:
        return u"Something changed meanwhile; try again."_s;
    case Errc::Storage:
        return u"The disk could not be read or written."_s;
    case Errc::Busy:
        return u"The node is busy; try again."_s;
    case Errc::Closed:
        return u"Cancelled."_s;
    case Errc::NoSpace:
        return u"The disk is full; free some space and try again."_s;
    }
    Q_UNREACHABLE();
}

} // namespace

QString sentenceOf(const Error &error)
{
    QString text = error.detail.isEmpty() ? fallback(error.code) : error.detail;
    text.replace(u'\n', u' ');
    text[0] = text[0].toUpper();
    if (!text.endsWith(u'.') && !text.endsWith(u'!') && !text.endsWith(u'?'))
        text += u'.';
    return text.left(1024);
}

Jobs::Jobs(TaskScope &scope, Rng &rng, std::function<void()> changed)
    : m_scope(scope)
    , m_rng(rng)
    , m_changed(std::move(changed))
{
}

Jobs::~Jobs()
{
    m_scope.clock().cancel(m_timer);
}

Result<QString> Jobs::begin(const QString &kind, const QString &name, const QString &path)
{
    if (runningCount() >= kRunningMax)
        return Error{Errc::Busy,
            u"%1 puts and gets are running; wait for one of them to end."_s.arg(kRunningMax)};
    Entry entry;
    entry.job.id = m_rng.id().toString(QUuid::Id128).left(16);
    entry.job.kind = kind;
    entry.job.name = name.left(4096);
    entry.job.path = path.left(4096);
    entry.job.state = u"running"_s;
    entry.job.startedUtcMs = m_scope.clock().utcMs();
    const QString id = entry.job.id;
    m_entries.emplace(id, std::move(entry));
    m_changed();
    return id;
}

Cancel Jobs::cancelOf(const QString &id) const
{
    const auto found = m_entries.find(id);
    return found == m_entries.end() ? Cancel{} : found->second.cancel;
}

void Jobs::progress(const QString &id, qint64 done, qint64 total)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end() || !found->second.isRunning())
        return;
    control::Job &job = found->second.job;
    job.bytesDone = done;
    job.bytesTotal = total;
    m_changed();
}

void Jobs::progress(const QString &id, const FolderProgress &progress)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end() || !found->second.isRunning())
        return;
    control::Job &job = found->second.job;
    job.bytesDone = progress.bytes;
    job.bytesTotal = progress.bytesTotal;
    job.files = progress.files;
    job.filesTotal = progress.filesTotal;
    job.unchanged = progress.unchanged;
    m_changed();
}

void Jobs::end(const QString &id, Outcome outcome)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end() || !found->second.isRunning())
        return;
    Entry &entry = found->second;
    control::Job &job = entry.job;
    job.endedUtcMs = std::max<qint64>(1, m_scope.clock().utcMs());
    if (!outcome.error) {
        job.state = u"done"_s;
        job.fileId = outcome.fileId;
        if (outcome.bytes >= 0)
            job.bytesDone = job.bytesTotal = outcome.bytes;
        if (!outcome.fileId.isEmpty()) {
            entry.file.emplace();
            entry.file->id = outcome.fileId;
            entry.file->name = job.name;
            entry.file->bytes = outcome.bytes;
            entry.file->state = outcome.state;
            entry.file->code = outcome.code;
        }
    } else if (entry.cancel.isCancelled()) {
        job.state = u"cancelled"_s;
        job.error = u"Cancelled."_s;
        job.errorCode = name(Errc::Closed);
    } else {
        job.state = u"failed"_s;
        job.error = sentenceOf(*outcome.error);
        job.errorCode = name(outcome.error->code);
    }
    entry.link = std::move(outcome.link);
    job.note = outcome.note;
    entry.endedAt = m_scope.clock().now();
    const auto reply = replyOf(entry);
    for (const Waiter &waiter : std::exchange(entry.waiters, {}))
        waiter(reply);
    schedule();
    m_changed();
}

Result<Done> Jobs::cancel(const QString &id)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end())
        return Error{Errc::NotFound, u"There is no such job, or it ended long ago."_s};
    if (found->second.isRunning())
        Cancel(found->second.cancel).cancel(); // a copy: the row may go meanwhile
    return Done{};
}

void Jobs::cancelAll()
{
    std::vector<Cancel> running;
    for (const auto &[id, entry] : m_entries) {
        if (entry.isRunning())
            running.push_back(entry.cancel);
    }
    for (const Cancel &cancel : running)
        cancel.cancel();
}

void Jobs::wait(const QString &id, Waiter answer)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end())
        answer(Error{Errc::NotFound, u"There is no such job, or it ended long ago."_s});
    else if (found->second.isRunning())
        found->second.waiters.push_back(std::move(answer));
    else
        answer(replyOf(found->second));
}

control::Wait::Reply Jobs::replyOf(const Entry &entry)
{
    control::Wait::Reply reply{entry.job, std::nullopt, entry.file};
    if (!entry.link.isEmpty())
        reply.link = entry.link;
    return reply;
}

QJsonObject Jobs::toJson() const
{
    QJsonObject json;
    for (const auto &[id, entry] : m_entries)
        json.insert(id, wire::encodeFields(entry.job));
    return json;
}

std::size_t Jobs::runningCount() const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        m_entries, [](const auto &entry) { return entry.second.isRunning(); }));
}

void Jobs::forgetOld()
{
    const Ticks now = m_scope.clock().now();
    std::size_t ended = m_entries.size() - runningCount();
    for (auto entry = m_entries.begin(); entry != m_entries.end();) {
        const bool old = !entry->second.isRunning() && entry->second.endedAt + kKeptFor <= now;
        entry = old ? (--ended, m_entries.erase(entry)) : std::next(entry);
    }
    while (ended-- > kEndedMax) {
        auto oldest = m_entries.end();
        for (auto entry = m_entries.begin(); entry != m_entries.end(); ++entry) {
            if (!entry->second.isRunning()
                && (oldest == m_entries.end() || entry->second.endedAt < oldest->second.endedAt))
                oldest = entry;
        }
        m_entries.erase(oldest);
    }
}

void Jobs::schedule()
{
    forgetOld();
    m_scope.clock().cancel(std::exchange(m_timer, Clock::TimerId::None));
    if (m_entries.size() == runningCount())
        return;
    m_timer = m_scope.clock().after(kKeptFor + Ticks{1}, [this] {
        m_timer = Clock::TimerId::None;
        schedule();
        m_changed();
    });
}

} // namespace borg::node
