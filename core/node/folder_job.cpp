// SPDX-License-Identifier: GPL-3.0-or-later
#include "folder_job.h"

#include "jobs.h"
#include "local_file.h"

#include <disk/on_executor.h>
#include <store/path.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTimeZone>

#include <filesystem>
#include <set>
#include <sys/stat.h>

namespace borg::node {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t kProblemsMax = 1000;

/// The same file as far as one can see without reading it. File systems round times.
bool isSame(const store::FileInfo &file, qint64 bytes, qint64 modifiedUtcMs)
{
    return file.bytes == bytes && file.modifiedUtcMs != 0
        && file.modifiedUtcMs / 1000 == modifiedUtcMs / 1000;
}

void setModified(const QString &path, qint64 utcMs)
{
    QFile file(path);
    if (utcMs != 0 && file.open(QIODevice::ReadWrite | QIODevice::ExistingOnly))
        file.setFileTime(QDateTime::fromMSecsSinceEpoch(utcMs, QTimeZone::UTC),
            QFileDevice::FileModificationTime);
}

/// Reads one folder after the other. Not by QDirIterator, which leaves out without a word what has
/// a name that it cannot decode, and what comes behind it.
class Walk {
public:
    Walk(const QString &top, const Cancel &cancel)
        : m_top(QFile::encodeName(top))
        , m_cancel(cancel)
    {
    }

    Result<LocalFolder> run()
    {
        m_waiting.push_back(m_top);
        while (!m_waiting.empty()) {
            const QByteArray path = std::move(m_waiting.back());
            m_waiting.pop_back();
            if (auto read = readOne(path); !read)
                return read.error();
        }
        std::ranges::sort(m_folder.files, {}, &LocalFile::under);
        return std::move(m_folder);
    }

private:
    Result<Done> readOne(const QByteArray &path)
    {
        std::error_code failure;
        std::filesystem::directory_iterator entry(path.toStdString(), failure);
        for (const std::filesystem::directory_iterator end; !failure && entry != end;
            entry.increment(failure)) {
            if (m_cancel.isCancelled())
                return Error{Errc::Closed, {}};
            if (m_folder.files.size() >= LocalFolder::kFilesMax)
                return Error{Errc::TooLarge,
                    u"%1 holds more than %2 files"_s.arg(QFile::decodeName(m_top))
                        .arg(LocalFolder::kFilesMax)};
            take(QByteArray::fromStdString(entry->path().native()));
        }
        if (failure && path == m_top)
            return Error{Errc::Storage, sayWhy(path, failure)};
        if (failure)
            problem(sayWhy(path, failure));
        return Done{};
    }
    void take(const QByteArray &path)
    {
        struct stat status{};
        if (::lstat(path.constData(), &status) != 0)
            return; // it went away meanwhile
        if (S_ISDIR(status.st_mode)) {
            m_waiting.push_back(path);
            return;
        }
        if (!S_ISREG(status.st_mode)) {
            ++m_folder.leftOut;
            return;
        }
        const QString shown = QFile::decodeName(path);
        if (QFile::encodeName(shown) != path)
            return problem(u"%1: its name is not valid Unicode"_s.arg(shown));
        const auto under = store::cleanPath(QFile::decodeName(path.sliced(m_top.size() + 1)));
        if (!under)
            return problem(u"%1: %2"_s.arg(shown, under.error().detail));
        if (!m_names.insert(under->text()).second) // Unicode has several spellings
            return problem(
                u"%1: another file there has the same name for other computers"_s.arg(shown));
        m_folder.files.push_back({shown, under->text(), status.st_size,
            qint64{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1'000'000});
        m_folder.bytes += status.st_size;
    }
    void problem(const QString &text)
    {
        if (m_folder.problems.size() < kProblemsMax)
            m_folder.problems.push_back(text);
    }
    static QString sayWhy(const QByteArray &path, const std::error_code &failure)
    {
        return u"%1: %2"_s.arg(QFile::decodeName(path), QString::fromStdString(failure.message()));
    }

    const QByteArray m_top;
    const Cancel m_cancel;
    std::vector<QByteArray> m_waiting;
    std::set<QString> m_names;
    LocalFolder m_folder;
};

} // namespace

Result<LocalFolder> readLocalFolder(const QString &path, const Cancel &cancel)
{
    return Walk(path, cancel).run();
}

QCoro::Task<Result<Done>> FolderJob::put(QString path, QString folder, std::pair<int, int> code)
{
    const auto self = shared_from_this();
    auto read = co_await disk::OnExecutor<Result<LocalFolder>>(m_parts.scope, m_parts.diskExecutor,
        [path, cancel = m_cancel] { return readLocalFolder(path, cancel); });
    if (!read)
        co_return read.error();
    const auto local = std::make_shared<const LocalFolder>(*std::move(read));
    m_progress.bytesTotal = local->bytes;
    m_progress.filesTotal = std::ssize(local->files);
    m_leftOut = local->leftOut;
    for (const QString &problem : local->problems)
        failed({}, {Errc::Storage, problem});
    tell();
    std::vector<qint64> sizes;
    for (const LocalFile &file : local->files)
        sizes.push_back(file.bytes);
    const auto ran = co_await runAll(std::move(sizes),
        [this, local, folder, code](auto index) { return putOne(local, index, folder, code); });
    if (!ran)
        co_return ran;
    co_return outcome(u"stored"_s);
}

QCoro::Task<Result<bool>> FolderJob::putOne(std::shared_ptr<const LocalFolder> from,
    std::size_t index, QString folder, std::pair<int, int> code)
{
    const LocalFile &file = from->files[index];
    const QString path = store::Path{folder, file.under}.text();
    const auto known = m_parts.store.versions(path);
    if (!known.empty() && isSame(known.front(), file.bytes, file.modifiedUtcMs)) {
        m_progress.bytes += file.bytes;
        co_return false;
    }
    store::PutOptions options;
    options.name = path;
    std::tie(options.k, options.n) = code;
    const auto watch = [this, index](qint64 done, qint64) {
        m_under[index] = done;
        tell();
    };
    const auto stored
        = co_await m_parts.store.put(localSource(file.path), options, watch, m_cancel);
    m_under.erase(index);
    m_progress.bytes += file.bytes;
    if (!stored) {
        failed(file.path, stored.error());
        co_return stored.error();
    }
    co_return true;
}

QCoro::Task<Result<Done>> FolderJob::get(QString folder, QString path, store::Overwrite overwrite)
{
    const auto self = shared_from_this();
    const auto files = m_parts.store.below(folder);
    m_progress.filesTotal = std::ssize(files);
    std::vector<qint64> sizes;
    for (const store::FileInfo &file : files) {
        m_progress.bytesTotal += file.bytes;
        sizes.push_back(file.bytes);
    }
    tell();
    const qsizetype skip = folder.isEmpty() ? 0 : folder.size() + 1;
    const auto ran = co_await runAll(
        std::move(sizes), [this, files, path, skip, overwrite](std::size_t index) {
            const store::FileInfo &file = files[index];
            return getOne(file, index, path + u'/' + file.path().sliced(skip), overwrite);
        });
    if (!ran)
        co_return ran;
    co_return outcome(u"fetched"_s);
}

QCoro::Task<Result<bool>> FolderJob::getOne(
    store::FileInfo file, std::size_t index, QString out, store::Overwrite overwrite)
{
    enum class There : quint8 { Nothing, Same };
    const auto ready = co_await disk::OnExecutor<Result<There>>(
        m_parts.scope, m_parts.diskExecutor, [file, out]() -> Result<There> {
            const QFileInfo there(out);
            if (there.isFile()
                && isSame(
                    file, there.size(), there.lastModified(QTimeZone::UTC).toMSecsSinceEpoch()))
                return There::Same;
            if (!QDir().mkpath(there.path()))
                return Error{Errc::Storage, u"%1: the folder cannot be made"_s.arg(there.path())};
            return There::Nothing;
        });
    Error error{Errc::NotFound, {}};
    if (ready && *ready == There::Same) {
        m_progress.bytes += file.bytes;
        co_return false;
    }
    const auto link = m_parts.store.link(file.id);
    if (ready && link) {
        const auto watch = [this, index](qint64 done, qint64) {
            m_under[index] = done;
            tell();
        };
        const auto got
            = co_await m_parts.store.get(*link, localSink(out, overwrite), {}, watch, m_cancel);
        m_under.erase(index);
        m_progress.bytes += file.bytes;
        if (got) {
            (void)co_await disk::OnExecutor<bool>(m_parts.scope, m_parts.diskExecutor,
                [out, at = file.modifiedUtcMs] { return setModified(out, at), true; });
            co_return true;
        }
        error = got.error();
    } else {
        error = ready ? link.error() : ready.error();
    }
    failed(file.path(), error);
    co_return error;
}

QCoro::Task<Result<Done>> FolderJob::runAll(std::vector<qint64> sizes, One one)
{
    const auto small = std::make_shared<Queue>();
    const auto large = std::make_shared<Queue>();
    for (std::size_t i = 0; i < sizes.size(); ++i)
        (sizes[i] <= kSmallBytes ? small : large)->indices.push_back(i);
    std::vector<QCoro::Task<Result<Done>>> workers;
    for (int i = 0; i < kLargeAtOnce; ++i)
        workers.push_back(worker(large, one));
    for (int i = 0; i < kSmallAtOnce; ++i)
        workers.push_back(worker(small, one));
    Result<Done> ended = Done{};
    for (auto &task : workers) {
        if (auto result = co_await task; !result)
            ended = result;
    }
    co_return ended;
}

QCoro::Task<Result<Done>> FolderJob::worker(std::shared_ptr<Queue> queue, One one)
{
    while (queue->next < queue->indices.size()) {
        if (m_cancel.isCancelled())
            co_return Error{Errc::Closed, {}};
        const auto done = co_await one(queue->indices[queue->next++]);
        if (!done && done.error().code == Errc::Closed)
            co_return done.error();
        m_progress.files += done ? 1 : 0;
        m_progress.unchanged += done && !*done ? 1 : 0;
        tell();
    }
    co_return Done{};
}

void FolderJob::failed(const QString &path, const Error &error)
{
    if (error.code == Errc::Closed)
        return;
    if (m_failures++ > 0)
        return;
    const QString sentence = sentenceOf(error);
    m_firstCode = error.code;
    m_firstFailure
        = path.isEmpty() || sentence.contains(path) ? sentence : path + u": "_s + sentence;
}

Result<Done> FolderJob::outcome(const QString &what) const
{
    if (m_failures == 0)
        return Done{};
    return Error{m_firstCode,
        m_failures == 1
            ? u"One file was not %1. %2"_s.arg(what, m_firstFailure)
            : u"%1 files were not %2. The first: %3"_s.arg(m_failures).arg(what, m_firstFailure)};
}

QString FolderJob::note() const
{
    if (m_progress.filesTotal == 0 && m_failures == 0)
        return u"There is no file in it, and empty folders are not kept."_s;
    if (m_leftOut == 0)
        return {};
    return m_leftOut == 1 ? u"One link or device was left out."_s
                          : u"%1 links and devices were left out."_s.arg(m_leftOut);
}

void FolderJob::tell()
{
    FolderProgress now = m_progress;
    for (const auto &[index, bytes] : m_under)
        now.bytes += bytes;
    m_watch(now);
}

} // namespace borg::node
