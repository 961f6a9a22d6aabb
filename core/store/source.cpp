// SPDX-License-Identifier: GPL-3.0-or-later
#include "source.h"

#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

Error failure(const QString &what, int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return {Errc::NotFound, u"%1: there is no such file or folder"_s.arg(what)};
    case EACCES:
    case EPERM:
    case EROFS:
        return {Errc::Unauthorized, u"%1: permission denied"_s.arg(what)};
    case EISDIR:
        return {Errc::Malformed, u"%1 is a folder, not a file"_s.arg(what)};
    case ENOSPC:
    case EDQUOT:
        return {Errc::NoSpace, u"%1: the disk is full"_s.arg(what)};
    default:
        return {Errc::Storage, u"%1: %2"_s.arg(what, QString::fromLocal8Bit(strerror(number)))};
    }
}

/// Reads until `sizeBytes` are there or the end is.
Result<QByteArray> readFully(int descriptor, qsizetype sizeBytes, const QString &what)
{
    QByteArray bytes(sizeBytes, Qt::Uninitialized);
    qsizetype have = 0;
    while (have < sizeBytes) {
        const auto count
            = ::read(descriptor, bytes.data() + have, static_cast<std::size_t>(sizeBytes - have));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failure(what, errno);
        if (count == 0)
            break;
        have += count;
    }
    bytes.truncate(have);
    return bytes;
}

Result<Done> writeFully(int descriptor, QByteArrayView bytes, const QString &what)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const auto count = ::write(
            descriptor, bytes.data() + done, static_cast<std::size_t>(bytes.size() - done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EPIPE)
            return Error{Errc::Unreachable, u"nobody reads the output any more"_s};
        if (count < 0)
            return failure(what, errno);
        done += count;
    }
    return Done{};
}

class FileSource final : public Source {
public:
    explicit FileSource(QString path)
        : m_path(std::move(path))
    {
    }
    ~FileSource() override
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }

    Result<Done> open() override
    {
        // Not O_NONBLOCK alone: a named pipe would wait for its writer for ever.
        m_descriptor
            = ::open(QFile::encodeName(m_path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (m_descriptor < 0)
            return failure(m_path, errno);
        if (::fstat(m_descriptor, &m_status) != 0)
            return failure(m_path, errno);
        if (S_ISDIR(m_status.st_mode))
            return failure(m_path, EISDIR);
        if (!S_ISREG(m_status.st_mode))
            return Error{Errc::Malformed, u"%1 is not a regular file"_s.arg(m_path)};
        (void)::posix_fadvise(m_descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
        return Done{};
    }
    qint64 sizeBytes() const override { return m_status.st_size; }
    Result<QByteArray> read(qsizetype sizeBytes) override
    {
        auto bytes = readFully(m_descriptor, sizeBytes, m_path);
        if (!bytes)
            return bytes;
        m_readBytes += bytes->size();
        const bool isEnd = bytes->size() < sizeBytes;
        if (m_readBytes > m_status.st_size
            || (isEnd && (m_readBytes != m_status.st_size || wasTouched())))
            return Error{Errc::Conflict,
                u"%1 changed while it was being read; nothing was put"_s.arg(m_path)};
        return bytes;
    }
    qint64 modifiedUtcMs() const override
    {
        return qint64{m_status.st_mtim.tv_sec} * 1000 + m_status.st_mtim.tv_nsec / 1'000'000;
    }
    QString fingerprint() const override
    {
        return u"%1:%2:%3:%4.%5"_s.arg(m_status.st_dev)
            .arg(m_status.st_ino)
            .arg(m_status.st_size)
            .arg(m_status.st_mtim.tv_sec)
            .arg(m_status.st_mtim.tv_nsec);
    }

private:
    [[nodiscard]] bool wasTouched() const
    {
        struct stat now{};
        return ::fstat(m_descriptor, &now) != 0 || now.st_size != m_status.st_size
            || now.st_mtim.tv_sec != m_status.st_mtim.tv_sec
            || now.st_mtim.tv_nsec != m_status.st_mtim.tv_nsec;
    }

    const QString m_path;
    int m_descriptor = -1;
    struct stat m_status{};
    qint64 m_readBytes = 0;
};

class StreamSource final : public Source {
public:
    explicit StreamSource(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    Result<Done> open() override { return Done{}; }
    qint64 sizeBytes() const override { return -1; }
    Result<QByteArray> read(qsizetype sizeBytes) override
    {
        return readFully(m_descriptor, sizeBytes, u"the input"_s);
    }
    QString fingerprint() const override { return {}; }

private:
    const int m_descriptor;
};

class FileSink final : public Sink {
public:
    FileSink(QString path, Overwrite overwrite)
        : m_path(std::move(path))
        , m_overwrite(overwrite)
    {
    }
    ~FileSink() override { discard(); }

    Result<Done> open() override
    {
        if (const auto free = nothingInTheWay(); !free)
            return free.error();
        QByteArray name = QFile::encodeName(m_path) + ".part-XXXXXX";
        m_descriptor = ::mkostemp(name.data(), O_CLOEXEC);
        if (m_descriptor < 0)
            return failure(m_path, errno);
        m_partName = name;
        // mkostemp makes 0600; what is fetched gets what any new file gets.
        const mode_t mask = ::umask(0);
        ::umask(mask);
        (void)::fchmod(m_descriptor, 0666 & ~mask);
        return Done{};
    }
    Result<Done> write(QByteArrayView bytes) override
    {
        return writeFully(m_descriptor, bytes, m_path);
    }
    Result<Done> commit() override
    {
        if (::fsync(m_descriptor) != 0)
            return failure(m_path, errno);
        ::close(std::exchange(m_descriptor, -1));
        const QByteArray target = QFile::encodeName(m_path);
        if (m_overwrite == Overwrite::Allowed) {
            if (const auto free = nothingInTheWay(); !free)
                return free.error();
            if (::rename(m_partName.constData(), target.constData()) != 0)
                return failure(m_path, errno);
        } else if (const auto linked = nameWithoutOverwriting(target); !linked) {
            return linked.error();
        }
        m_partName.clear();
        syncFolder();
        return Done{};
    }
    void discard() override
    {
        if (m_descriptor >= 0)
            ::close(std::exchange(m_descriptor, -1));
        if (!m_partName.isEmpty())
            ::unlink(std::exchange(m_partName, {}).constData());
    }

private:
    [[nodiscard]] Result<Done> nothingInTheWay() const
    {
        struct stat status{};
        if (::lstat(QFile::encodeName(m_path).constData(), &status) != 0)
            return Done{};
        if (S_ISDIR(status.st_mode))
            return Error{Errc::Malformed, u"%1 is a folder; name a file"_s.arg(m_path)};
        if (m_overwrite == Overwrite::Never)
            return Error{Errc::Conflict, u"%1 exists; nothing was overwritten"_s.arg(m_path)};
        return Done{};
    }
    /// rename() that fails when the name is taken, also when it was taken a moment ago.
    [[nodiscard]] Result<Done> nameWithoutOverwriting(const QByteArray &target) const
    {
        if (::renameat2(
                AT_FDCWD, m_partName.constData(), AT_FDCWD, target.constData(), RENAME_NOREPLACE)
            == 0)
            return Done{};
        if (errno == EEXIST)
            return Error{Errc::Conflict, u"%1 exists; nothing was overwritten"_s.arg(m_path)};
        if (errno != EINVAL && errno != ENOSYS)
            return failure(m_path, errno);
        // A file system without that call: look, then rename.
        if (const auto free = nothingInTheWay(); !free)
            return free.error();
        if (::rename(m_partName.constData(), target.constData()) != 0)
            return failure(m_path, errno);
        return Done{};
    }
    void syncFolder() const
    {
        const QByteArray folder = QFile::encodeName(QFileInfo(m_path).absolutePath());
        const int descriptor = ::open(folder.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0)
            return;
        (void)::fsync(descriptor);
        ::close(descriptor);
    }

    const QString m_path;
    const Overwrite m_overwrite;
    int m_descriptor = -1;
    QByteArray m_partName; ///< Empty when there is none to remove.
};

class StreamSink final : public Sink {
public:
    explicit StreamSink(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    Result<Done> open() override { return Done{}; }
    Result<Done> write(QByteArrayView bytes) override
    {
        return writeFully(m_descriptor, bytes, u"the output"_s);
    }
    Result<Done> commit() override { return Done{}; }
    void discard() override { }

private:
    const int m_descriptor;
};

class BytesSource final : public Source {
public:
    explicit BytesSource(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }
    Result<Done> open() override { return Done{}; }
    [[nodiscard]] qint64 sizeBytes() const override { return m_bytes.size(); }
    Result<QByteArray> read(qsizetype sizeBytes) override
    {
        const QByteArray part = m_bytes.sliced(m_at, std::min(sizeBytes, m_bytes.size() - m_at));
        m_at += part.size();
        return part;
    }
    [[nodiscard]] QString fingerprint() const override { return {}; }

private:
    const QByteArray m_bytes;
    qsizetype m_at = 0;
};

class BytesSink final : public Sink {
public:
    BytesSink(std::shared_ptr<QByteArray> bytes, qint64 bytesMax)
        : m_bytes(std::move(bytes))
        , m_bytesMax(bytesMax)
    {
    }
    Result<Done> open() override { return Done{}; }
    Result<Done> write(QByteArrayView bytes) override
    {
        if (m_bytes->size() + bytes.size() > m_bytesMax)
            return Error{Errc::TooLarge, u"more than %1 bytes"_s.arg(m_bytesMax)};
        m_bytes->append(bytes);
        return Done{};
    }
    Result<Done> commit() override { return Done{}; }
    void discard() override { m_bytes->clear(); }

private:
    const std::shared_ptr<QByteArray> m_bytes;
    const qint64 m_bytesMax;
};

} // namespace

std::shared_ptr<Source> bytesSource(const QByteArray &bytes)
{
    return std::make_shared<BytesSource>(bytes);
}

std::shared_ptr<Sink> bytesSink(std::shared_ptr<QByteArray> bytes, qint64 bytesMax)
{
    return std::make_shared<BytesSink>(std::move(bytes), bytesMax);
}

std::shared_ptr<Source> fileSource(const QString &path)
{
    return std::make_shared<FileSource>(path);
}

std::shared_ptr<Source> streamSource(int descriptor)
{
    return std::make_shared<StreamSource>(descriptor);
}

std::shared_ptr<Sink> fileSink(const QString &path, Overwrite overwrite)
{
    return std::make_shared<FileSink>(path, overwrite);
}

std::shared_ptr<Sink> streamSink(int descriptor)
{
    return std::make_shared<StreamSink>(descriptor);
}

} // namespace borg::store
