// SPDX-License-Identifier: GPL-3.0-or-later
#include "data_folder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace borg::disk {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto kLockName = "lock"_L1;
constexpr auto kFormatName = "format"_L1;
constexpr QByteArrayView kFormatWords = "BorgIOS data folder, format ";

Error failure(const QString &path, int code = errno)
{
    const QString reason = QString::fromStdString(std::generic_category().message(code));
    const QString detail = u"The data folder %1 cannot be used: %2."_s.arg(path, reason);
    if (code == EACCES || code == EPERM)
        return {Errc::Unauthorized, detail};
    return {code == ENOSPC || code == EDQUOT ? Errc::NoSpace : Errc::Storage, detail};
}

int openAt(int folder, const char *name, int flags)
{
    return ::openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
}

struct flock wholeFile()
{
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

/// @return the folder's descriptor after making it, with mode 0700, where there is none.
Result<std::unique_ptr<Descriptor>> openFolder(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists()) {
        if (!QDir().mkpath(info.absolutePath()))
            return failure(path, EACCES);
        if (::mkdir(QFile::encodeName(path).constData(), 0700) < 0 && errno != EEXIST)
            return failure(path);
    }
    auto folder = std::make_unique<Descriptor>(
        ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status{};
    if (folder->number() < 0 || ::fstat(folder->number(), &status) < 0)
        return failure(path);
    if (status.st_uid != ::geteuid()) {
        return Error{
            Errc::Unauthorized, u"The data folder %1 belongs to another user."_s.arg(path)};
    }
    return folder;
}

qint64 holderIn(int folder)
{
    const Descriptor file(openAt(folder, kLockName.data(), O_RDWR));
    struct flock lock = wholeFile();
    if (file.number() < 0 || ::fcntl(file.number(), F_OFD_GETLK, &lock) < 0
        || lock.l_type == F_UNLCK)
        return 0;
    char text[24] = {};
    const ssize_t size = ::pread(file.number(), text, sizeof text - 1, 0);
    return size > 0 ? QByteArray(text, size).trimmed().toLongLong() : 0;
}

/// Locked by open file description, not by process: the lock can be looked at without taking it.
Result<std::unique_ptr<Descriptor>> takeLock(const QString &path, int folder)
{
    auto file = std::make_unique<Descriptor>(openAt(folder, kLockName.data(), O_RDWR | O_CREAT));
    if (file->number() < 0)
        return failure(path);
    struct flock lock = wholeFile();
    if (::fcntl(file->number(), F_OFD_SETLK, &lock) < 0) {
        if (errno != EAGAIN && errno != EACCES)
            return failure(path);
        return Error{Errc::Conflict,
            u"The data folder %1 is in use by process %2."_s.arg(path).arg(holderIn(folder))};
    }
    const QByteArray pid = QByteArray::number(::getpid()) + '\n';
    if (::ftruncate(file->number(), 0) < 0
        || ::pwrite(file->number(), pid.constData(), static_cast<std::size_t>(pid.size()), 0) < 0)
        return failure(path);
    return file;
}

/// What a person may have put into a folder that no node has used yet.
bool mayComeFirst(const Entry &entry)
{
    return entry.name == kLockName || entry.name.startsWith(kFormatName)
        || entry.name.endsWith(".toml"_L1) || entry.name.endsWith(".log"_L1);
}

Result<Done> checkFormat(const QString &path, Disk &disk)
{
    const auto text = disk.readFile(kFormatName, 256);
    if (!text && text.error().code == Errc::NotFound) {
        const auto entries = disk.list({});
        if (!entries)
            return entries.error();
        if (!std::ranges::all_of(*entries, mayComeFirst)) {
            return Error{Errc::Conflict,
                u"The folder %1 holds other files and is not a BorgIOS data folder."_s.arg(path)};
        }
        return disk.writeFile(kFormatName,
            kFormatWords.toByteArray() + QByteArray::number(DataFolder::kFormat) + '\n');
    }
    if (!text)
        return text.error();
    bool isNumber = false;
    const int format = text->mid(kFormatWords.size()).trimmed().toInt(&isNumber);
    if (!text->startsWith(kFormatWords) || !isNumber || format < 1) {
        return Error{Errc::Conflict,
            u"The file %1/%2 does not say which format the data folder has."_s.arg(
                path, kFormatName)};
    }
    if (format != DataFolder::kFormat) {
        return Error{Errc::Conflict,
            u"The data folder %1 has format %2; this program reads format %3. %4"_s.arg(path)
                .arg(format)
                .arg(DataFolder::kFormat)
                .arg(format > DataFolder::kFormat ? u"Update the program."_s
                                                  : u"Open it with the version that made it."_s)};
    }
    return Done{};
}

} // namespace

Result<std::unique_ptr<DataFolder>> DataFolder::open(const QString &path)
{
    const QString wanted = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    auto folder = openFolder(wanted);
    if (!folder)
        return folder.error();
    auto lock = takeLock(wanted, (*folder)->number());
    if (!lock)
        return lock.error();
    const QString real = QFileInfo(wanted).canonicalFilePath();
    auto disk = RealDisk::open(real);
    if (!disk)
        return disk.error();
    if (auto checked = checkFormat(wanted, **disk); !checked)
        return checked.error();
    if (::fchmod((*folder)->number(), 0700) < 0)
        return failure(wanted);
    return std::unique_ptr<DataFolder>(new DataFolder(real, *std::move(disk), *std::move(lock)));
}

qint64 DataFolder::lockHolder(const QString &path)
{
    const Descriptor folder(
        ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder.number() < 0 ? 0 : holderIn(folder.number());
}

} // namespace borg::disk
