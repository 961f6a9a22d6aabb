// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk_vfs.h"

#include <cstring>
#include <memory>
#include <span>

namespace borg::disk {

namespace {

constexpr int kPathBytesMax = 1024;
constexpr int kSectorBytes = 4096; ///< SQLite pads the WAL to it, against torn neighbours.

/// One open file, in memory that SQLite gives. `base` comes first: SQLite knows only that.
struct File {
    sqlite3_file base;
    DiskVfs *vfs;
    QString *name;
};

File &fileOf(sqlite3_file *file)
{
    return *reinterpret_cast<File *>(file);
}

DiskVfs &vfsOf(sqlite3_vfs *vfs)
{
    return *static_cast<DiskVfs *>(vfs->pAppData);
}

int closeFile(sqlite3_file *file)
{
    const std::unique_ptr<QString> name(std::exchange(fileOf(file).name, nullptr));
    return SQLITE_OK;
}

int readFile(sqlite3_file *file, void *to, int size, sqlite3_int64 offset)
{
    File &it = fileOf(file);
    const std::span<char> bytes(static_cast<char *>(to), static_cast<std::size_t>(size));
    auto count = it.vfs->disk().readInto(*it.name, offset, bytes);
    if (!count && count.error().code == Errc::NotFound) // not written yet
        count = 0;
    if (!count)
        return it.vfs->translate(count.error(), SQLITE_IOERR_READ);
    const auto rest = bytes.subspan(static_cast<std::size_t>(*count));
    std::memset(rest.data(), 0, rest.size());
    return rest.empty() ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int writeFile(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset)
{
    File &it = fileOf(file);
    const auto written
        = it.vfs->disk().write(*it.name, offset, {static_cast<const char *>(from), size});
    return written ? SQLITE_OK : it.vfs->translate(written.error(), SQLITE_IOERR_WRITE);
}

int truncateFile(sqlite3_file *file, sqlite3_int64 size)
{
    File &it = fileOf(file);
    const auto cut = it.vfs->disk().truncate(*it.name, size);
    if (!cut && cut.error().code == Errc::NotFound && size == 0)
        return SQLITE_OK;
    return cut ? SQLITE_OK : it.vfs->translate(cut.error(), SQLITE_IOERR_TRUNCATE);
}

int syncFile(sqlite3_file *file, int /*flags*/)
{
    File &it = fileOf(file);
    const auto synced = it.vfs->disk().sync(*it.name);
    if (!synced && synced.error().code == Errc::NotFound)
        return SQLITE_OK; // nothing was written
    return synced ? SQLITE_OK : it.vfs->translate(synced.error(), SQLITE_IOERR_FSYNC);
}

int sizeOfFile(sqlite3_file *file, sqlite3_int64 *size)
{
    File &it = fileOf(file);
    const auto found = it.vfs->disk().size(*it.name);
    *size = found ? *found : 0;
    if (!found && found.error().code != Errc::NotFound)
        return it.vfs->translate(found.error(), SQLITE_IOERR_FSTAT);
    return SQLITE_OK;
}

int lockFile(sqlite3_file * /*file*/, int /*level*/)
{
    return SQLITE_OK; // the data folder is locked as a whole
}

int isReserved(sqlite3_file * /*file*/, int *result)
{
    *result = 0;
    return SQLITE_OK;
}

int controlFile(sqlite3_file * /*file*/, int /*operation*/, void * /*argument*/)
{
    return SQLITE_NOTFOUND;
}

int sectorBytes(sqlite3_file * /*file*/)
{
    return kSectorBytes;
}

int characteristics(sqlite3_file * /*file*/)
{
    return 0; // nothing is promised beyond what sync() makes last
}

constexpr sqlite3_io_methods kMethods{1, closeFile, readFile, writeFile, truncateFile, syncFile,
    sizeOfFile, lockFile, lockFile, isReserved, controlFile, sectorBytes, characteristics, nullptr,
    nullptr, nullptr, nullptr, nullptr, nullptr};

int openFile(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *outFlags)
{
    file->pMethods = nullptr;
    if (!name) // a nameless temporary file: those are kept in memory
        return SQLITE_CANTOPEN;
    const QString text = QString::fromUtf8(name);
    DiskVfs &ours = vfsOf(vfs);
    if ((flags & SQLITE_OPEN_CREATE) == 0) {
        if (const auto found = ours.disk().size(text); !found)
            return ours.translate(found.error(), SQLITE_CANTOPEN);
    }
    File &it = fileOf(file);
    it.vfs = &ours;
    it.name = std::make_unique<QString>(text).release(); // until closeFile()
    file->pMethods = &kMethods;
    if (outFlags)
        *outFlags = flags;
    return SQLITE_OK;
}

int deleteFile(sqlite3_vfs *vfs, const char *name, int /*syncFolder*/)
{
    const auto removed = vfsOf(vfs).disk().remove(QString::fromUtf8(name));
    if (!removed && removed.error().code == Errc::NotFound)
        return SQLITE_IOERR_DELETE_NOENT;
    return removed ? SQLITE_OK : vfsOf(vfs).translate(removed.error(), SQLITE_IOERR_DELETE);
}

int accessFile(sqlite3_vfs *vfs, const char *name, int /*flags*/, int *result)
{
    const auto found = vfsOf(vfs).disk().size(QString::fromUtf8(name));
    *result = found ? 1 : 0;
    if (!found && found.error().code != Errc::NotFound)
        return vfsOf(vfs).translate(found.error(), SQLITE_IOERR_ACCESS);
    return SQLITE_OK;
}

int fullName(sqlite3_vfs * /*vfs*/, const char *name, int size, char *to)
{
    if (qstrlen(name) >= static_cast<std::size_t>(size))
        return SQLITE_CANTOPEN;
    qstrcpy(to, name);
    return SQLITE_OK;
}

// What has nothing to do with files is left to SQLite's own.
int randomness(sqlite3_vfs * /*vfs*/, int size, char *to)
{
    sqlite3_vfs *const own = sqlite3_vfs_find(nullptr);
    return own->xRandomness(own, size, to);
}

int sleepFor(sqlite3_vfs * /*vfs*/, int microseconds)
{
    sqlite3_vfs *const own = sqlite3_vfs_find(nullptr);
    return own->xSleep(own, microseconds);
}

int currentTime(sqlite3_vfs * /*vfs*/, double *time)
{
    sqlite3_vfs *const own = sqlite3_vfs_find(nullptr);
    return own->xCurrentTime(own, time);
}

int lastErrorOf(sqlite3_vfs * /*vfs*/, int /*size*/, char * /*to*/)
{
    return 0;
}

} // namespace

DiskVfs::DiskVfs(Disk &disk)
    : m_disk(disk)
    , m_name("borg-" + QByteArray::number(reinterpret_cast<quintptr>(this), 16))
{
    m_vfs.iVersion = 1;
    m_vfs.szOsFile = sizeof(File);
    m_vfs.mxPathname = kPathBytesMax;
    m_vfs.zName = m_name.constData();
    m_vfs.pAppData = this;
    m_vfs.xOpen = openFile;
    m_vfs.xDelete = deleteFile;
    m_vfs.xAccess = accessFile;
    m_vfs.xFullPathname = fullName;
    m_vfs.xRandomness = randomness;
    m_vfs.xSleep = sleepFor;
    m_vfs.xCurrentTime = currentTime;
    m_vfs.xGetLastError = lastErrorOf;
    const int registered = sqlite3_vfs_register(&m_vfs, 0);
    BORG_ASSERT(registered == SQLITE_OK);
}

DiskVfs::~DiskVfs()
{
    sqlite3_vfs_unregister(&m_vfs);
}

int DiskVfs::translate(const Error &error, int otherwise)
{
    m_lastError = error.detail;
    return error.code == Errc::NoSpace ? SQLITE_FULL : otherwise;
}

} // namespace borg::disk
