// SPDX-License-Identifier: GPL-3.0-or-later
#include "paths.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace borg::control {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Makes one folder of ours, or checks that it is ours.
Result<Done> ensureOwn(const QString &dir)
{
    const QByteArray path = QFile::encodeName(dir);
    if (::mkdir(path.constData(), 0700) != 0 && errno != EEXIST)
        return Error{
            Errc::Storage, u"Cannot make the folder %1: %2."_s.arg(dir, qt_error_string(errno))};
    struct stat info{};
    if (::lstat(path.constData(), &info) != 0)
        return Error{Errc::Storage, u"Cannot look at %1: %2."_s.arg(dir, qt_error_string(errno))};
    if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid())
        return Error{Errc::Unauthorized,
            u"%1 is not a folder of this user, so the node's socket cannot be put there.\n"
            "Remove it, or set XDG_RUNTIME_DIR to a folder of your own."_s.arg(dir)};
    if ((info.st_mode & 0077) != 0 && ::chmod(path.constData(), 0700) != 0)
        return Error{Errc::Unauthorized,
            u"Others may use %1, and its mode cannot be changed: %2."_s.arg(
                dir, qt_error_string(errno))};
    return Done{};
}

/// Without HOME (a service, cron) what the system knows of the user; Qt would take "/".
QString homeDir()
{
    const QString home = qEnvironmentVariable("HOME");
    if (QDir::isAbsolutePath(home))
        return QDir::cleanPath(home);
    struct passwd entry{};
    struct passwd *found = nullptr;
    std::array<char, 16 * 1024> room{};
    if (::getpwuid_r(::geteuid(), &entry, room.data(), room.size(), &found) == 0 && found != nullptr
        && entry.pw_dir != nullptr)
        return QFile::decodeName(entry.pw_dir);
    return QDir::homePath();
}

} // namespace

QString defaultDataDir()
{
    QString home = qEnvironmentVariable("XDG_DATA_HOME");
    if (!QDir::isAbsolutePath(home))
        home = homeDir() + u"/.local/share"_s;
    return home + u"/borgios"_s;
}

QString canonicalDir(const QString &dir)
{
    const QFileInfo info(dir);
    const QString canonical = info.canonicalFilePath(); // empty when it does not exist
    return canonical.isEmpty() ? QDir::cleanPath(info.absoluteFilePath()) : canonical;
}

QStringList socketPaths(const QString &dataDir)
{
    return socketPaths(dataDir, qEnvironmentVariable("XDG_RUNTIME_DIR"));
}

QStringList socketPaths(const QString &dataDir, const QString &runtimeDir)
{
    const QByteArray hash = QCryptographicHash::hash(
        QFile::encodeName(canonicalDir(dataDir)), QCryptographicHash::Sha256);
    const QString file = u"/borg/%1.sock"_s.arg(QLatin1StringView(hash.toHex().first(16)));

    QStringList paths;
    const QString preferred = QDir::cleanPath(runtimeDir) + file;
    if (QDir::isAbsolutePath(runtimeDir)
        && QFile::encodeName(preferred).size() <= kSocketPathBytesMax)
        paths.append(preferred);
    const QString fallback = u"/tmp/borg-run-%1"_s.arg(::geteuid()) + file;
    if (!paths.contains(fallback))
        paths.append(fallback);
    return paths;
}

Result<Done> ensureSocketDir(const QString &socketPath)
{
    const QString dir = QFileInfo(socketPath).path();
    // The session's own folder exists and is somebody else's business; ours under /tmp is not.
    const QString above = QFileInfo(dir).path();
    if (above.startsWith(u"/tmp/borg-run-"_s)) {
        if (auto made = ensureOwn(above); !made)
            return made;
    }
    return ensureOwn(dir);
}

} // namespace borg::control
