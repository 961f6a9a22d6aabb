// SPDX-License-Identifier: GPL-3.0-or-later
#include "real_disk.h"

#include <QFile>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>

namespace borg::disk {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// The error that a system call left in errno (or returned), with the file it was about.
Error failure(QLatin1StringView what, const QString &name, int code = errno)
{
    const QString reason = QString::fromStdString(std::generic_category().message(code));
    const QString detail
        = u"%1 %2: %3"_s.arg(what, name.isEmpty() ? u"the data folder"_s : name, reason);
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return {Errc::NotFound, detail};
    case ENOSPC:
    case EDQUOT:
        return {Errc::NoSpace, detail};
    default:
        return {Errc::Storage, detail};
    }
}

/// Repeats a system call that a signal broke off.
auto retried(auto call)
{
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

QString folderNameOf(const QString &name)
{
    return name.left(std::max<qsizetype>(name.lastIndexOf(u'/'), 0));
}

QByteArray lastPartOf(const QString &name)
{
    return QFile::encodeName(name.mid(name.lastIndexOf(u'/') + 1));
}

} // namespace

Descriptor::~Descriptor()
{
    if (m_number >= 0)
        ::close(m_number);
}

Result<std::unique_ptr<RealDisk>> RealDisk::open(const QString &root)
{
    const QByteArray path = QFile::encodeName(root);
    const int number
        = retried([&] { return ::open(path.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (number < 0)
        return failure("open"_L1, root);
    return std::unique_ptr<RealDisk>(new RealDisk(std::make_shared<Descriptor>(number)));
}

Result<RealDisk::File> RealDisk::folderOf(const QString &name) const
{
    if (auto fits = checkName(name); !fits)
        return fits.error();
    File at = m_root;
    const QStringList parts = name.split(u'/');
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) {
        const QByteArray part = QFile::encodeName(parts[i]);
        const int number
            = retried([&] { return ::openat(at->number(), part.constData(), kFolderFlags); });
        if (number < 0)
            return failure("open the folder of"_L1, name);
        at = std::make_shared<Descriptor>(number);
    }
    return at;
}

Result<RealDisk::File> RealDisk::openFile(const QString &name, Missing missing)
{
    const auto folder = folderOf(name);
    if (!folder)
        return folder.error();
    const QByteArray part = lastPartOf(name);
    constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;
    const auto open = [&](int flags) {
        return retried(
            [&] { return ::openat((*folder)->number(), part.constData(), flags, kFileMode); });
    };
    int number = open(kFlags);
    if (number < 0 && errno == ENOENT && missing == Missing::Create) {
        number = open(kFlags | O_CREAT | O_EXCL);
        if (number < 0 && errno == EEXIST) // another thread was quicker
            number = open(kFlags);
        else if (number >= 0) {
            const std::lock_guard lock(m_mutex);
            m_new.insert(name);
        }
    }
    if (number < 0)
        return failure("open"_L1, name);
    return std::make_shared<Descriptor>(number);
}

Result<RealDisk::File> RealDisk::fileOf(const QString &name, Missing missing)
{
    quint64 epoch = 0;
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_byName.find(name); found != m_byName.end()) {
            m_kept.splice(m_kept.begin(), m_kept, found->second);
            return found->second->second;
        }
        epoch = m_epoch;
    }
    auto file = openFile(name, missing);
    if (!file)
        return file;

    Kept evicted; // closes outside the lock
    const std::lock_guard lock(m_mutex);
    if (epoch == m_epoch && !m_byName.contains(name)) {
        m_kept.emplace_front(name, *file);
        m_byName.emplace(name, m_kept.begin());
    }
    if (m_kept.size() > kOpenFilesMax) {
        m_byName.erase(m_kept.back().first);
        evicted.splice(evicted.begin(), m_kept, std::prev(m_kept.end()));
    }
    return file;
}

void RealDisk::forget(const QString &name)
{
    Kept closed;
    const std::lock_guard lock(m_mutex);
    ++m_epoch;
    m_new.erase(name);
    if (const auto found = m_byName.find(name); found != m_byName.end()) {
        closed.splice(closed.begin(), m_kept, found->second);
        m_byName.erase(found);
    }
}

Result<QByteArray> RealDisk::read(const QString &name, qint64 offset, qint64 sizeBytes)
{
    QByteArray bytes(sizeBytes, Qt::Uninitialized);
    const auto count
        = readInto(name, offset, {bytes.data(), static_cast<std::size_t>(bytes.size())});
    if (!count)
        return count.error();
    bytes.truncate(*count);
    return bytes;
}

Result<qint64> RealDisk::readInto(const QString &name, qint64 offset, std::span<char> to)
{
    const auto file = fileOf(name, Missing::Fail);
    if (!file)
        return file.error();
    std::size_t done = 0;
    while (done < to.size()) {
        const auto rest = to.subspan(done);
        const auto at = static_cast<off_t>(offset + static_cast<qint64>(done));
        const ssize_t count
            = retried([&] { return ::pread((*file)->number(), rest.data(), rest.size(), at); });
        if (count < 0)
            return failure("read"_L1, name);
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    return static_cast<qint64>(done);
}

Result<Done> RealDisk::writeParts(
    const QString &name, qint64 offset, std::span<const QByteArrayView> parts)
{
    const auto file = fileOf(name, Missing::Create);
    if (!file)
        return file.error();
    std::vector<iovec> pieces;
    pieces.reserve(parts.size());
    for (const QByteArrayView part : parts) {
        if (!part.isEmpty()) // iovec has no const; writev() does not write to it
            pieces.push_back(
                {const_cast<char *>(part.data()), static_cast<std::size_t>(part.size())});
    }
    for (std::size_t first = 0; first < pieces.size();) {
        const auto count = static_cast<int>(std::min<std::size_t>(pieces.size() - first, IOV_MAX));
        const ssize_t written
            = retried([&] { return ::pwritev((*file)->number(), &pieces[first], count, offset); });
        if (written < 0)
            return failure("write"_L1, name);
        if (written == 0)
            return failure("write"_L1, name, EIO);
        offset += written;
        auto left = static_cast<std::size_t>(written);
        while (first < pieces.size() && left >= pieces[first].iov_len)
            left -= pieces[first++].iov_len;
        if (left > 0) {
            pieces[first].iov_base = static_cast<char *>(pieces[first].iov_base) + left;
            pieces[first].iov_len -= left;
        }
    }
    return Done{};
}

Result<Done> RealDisk::sync(const QString &name)
{
    const auto file = fileOf(name, Missing::Fail);
    if (!file)
        return file.error();
    if (retried([&] { return ::fdatasync((*file)->number()); }) < 0)
        return failure("sync"_L1, name);
    bool isNew = false;
    {
        const std::lock_guard lock(m_mutex);
        isNew = m_new.contains(name);
    }
    if (isNew) {
        if (auto synced = syncFolderOf(name); !synced)
            return synced;
        const std::lock_guard lock(m_mutex);
        m_new.erase(name);
    }
    return Done{};
}

Result<Done> RealDisk::syncFolderOf(const QString &name) const
{
    const auto folder = folderOf(name);
    if (!folder)
        return folder.error();
    if (retried([&] { return ::fsync((*folder)->number()); }) < 0)
        return failure("sync the folder"_L1, folderNameOf(name));
    return Done{};
}

Result<Done> RealDisk::preallocate(const QString &name, qint64 sizeBytes)
{
    const auto file = fileOf(name, Missing::Create);
    if (!file)
        return file.error();
    int code = 0;
    do {
        code = ::posix_fallocate((*file)->number(), 0, sizeBytes); // returns it, leaves errno
    } while (code == EINTR);
    if (code != 0)
        return failure("reserve room for"_L1, name, code);
    return Done{};
}

Result<Done> RealDisk::truncate(const QString &name, qint64 sizeBytes)
{
    const auto file = fileOf(name, Missing::Fail);
    if (!file)
        return file.error();
    if (retried([&] { return ::ftruncate((*file)->number(), sizeBytes); }) < 0)
        return failure("cut"_L1, name);
    return Done{};
}

Result<Done> RealDisk::replace(const QString &from, const QString &to)
{
    const auto file = fileOf(from, Missing::Fail);
    if (!file)
        return file.error();
    if (retried([&] { return ::fsync((*file)->number()); }) < 0)
        return failure("sync"_L1, from);
    const auto fromFolder = folderOf(from);
    const auto toFolder = folderOf(to);
    if (!fromFolder || !toFolder)
        return (fromFolder ? toFolder : fromFolder).error();
    const QByteArray fromPart = lastPartOf(from);
    const QByteArray toPart = lastPartOf(to);
    if (::renameat((*fromFolder)->number(), fromPart.constData(), (*toFolder)->number(),
            toPart.constData())
        < 0)
        return failure("replace"_L1, to);
    forget(from);
    forget(to);
    if (auto synced = syncFolderOf(to); !synced || folderNameOf(from) == folderNameOf(to))
        return synced;
    return syncFolderOf(from);
}

Result<Done> RealDisk::remove(const QString &name)
{
    const auto folder = folderOf(name);
    if (!folder)
        return folder.error();
    const QByteArray part = lastPartOf(name);
    int code = ::unlinkat((*folder)->number(), part.constData(), 0);
    if (code < 0 && errno == EISDIR)
        code = ::unlinkat((*folder)->number(), part.constData(), AT_REMOVEDIR);
    if (code < 0)
        return failure("remove"_L1, name);
    forget(name);
    return syncFolderOf(name);
}

Result<qint64> RealDisk::size(const QString &name)
{
    const auto file = fileOf(name, Missing::Fail);
    if (!file)
        return file.error();
    struct stat status{};
    if (::fstat((*file)->number(), &status) < 0)
        return failure("look at"_L1, name);
    return qint64{status.st_size};
}

Result<std::vector<Entry>> RealDisk::list(const QString &folder)
{
    int number = -1;
    if (folder.isEmpty()) {
        number = retried([&] { return ::openat(m_root->number(), ".", kFolderFlags); });
    } else {
        const auto above = folderOf(folder);
        if (!above)
            return above.error();
        const QByteArray part = lastPartOf(folder);
        number
            = retried([&] { return ::openat((*above)->number(), part.constData(), kFolderFlags); });
    }
    if (number < 0)
        return failure("open the folder"_L1, folder);
    const std::unique_ptr<DIR, int (*)(DIR *)> open(::fdopendir(number), &::closedir);
    if (!open)
        return failure("list"_L1, folder);

    std::vector<Entry> entries;
    for (errno = 0; const dirent *line = ::readdir(open.get()); errno = 0) {
        const QString name = QFile::decodeName(static_cast<const char *>(line->d_name));
        struct stat status{};
        if (name == "."_L1 || name == ".."_L1)
            continue;
        if (::fstatat(::dirfd(open.get()), static_cast<const char *>(line->d_name), &status,
                AT_SYMLINK_NOFOLLOW)
            == 0) {
            const bool isFolder = S_ISDIR(status.st_mode);
            entries.push_back({name, isFolder ? 0 : qint64{status.st_size}, isFolder});
        }
    }
    if (errno != 0)
        return failure("list"_L1, folder);
    std::ranges::sort(entries, {}, &Entry::name);
    return entries;
}

Result<Done> RealDisk::makeFolder(const QString &name)
{
    for (qsizetype end = name.indexOf(u'/');; end = name.indexOf(u'/', end + 1)) {
        const QString path = end < 0 ? name : name.left(end);
        const auto above = folderOf(path);
        if (!above)
            return above.error();
        if (::mkdirat((*above)->number(), lastPartOf(path).constData(), kFolderMode) == 0) {
            if (auto synced = syncFolderOf(path); !synced)
                return synced;
        } else if (errno != EEXIST) {
            return failure("make the folder"_L1, path);
        }
        if (end < 0)
            break;
    }
    const auto listed = list(name); // a file in its place is an error as well
    return listed ? Result<Done>(Done{}) : listed.error();
}

Result<Space> RealDisk::space()
{
    struct statvfs status{};
    if (retried([&] { return ::fstatvfs(m_root->number(), &status); }) < 0)
        return failure("look at the disk of"_L1, {});
    const auto unit = static_cast<qint64>(status.f_frsize);
    return Space{
        static_cast<qint64>(status.f_bavail) * unit, static_cast<qint64>(status.f_blocks) * unit};
}

} // namespace borg::disk
