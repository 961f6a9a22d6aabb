// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QByteArray>

#include <memory>

/// Where the bytes of a put come from and those of a get go to. The only files outside the node's
/// data folder that core/ touches. Every call but the constructors may block and is made from the
/// Executor, one after the other. Errors carry a whole sentence for the user.
namespace borg::store {

class Source {
public:
    virtual ~Source() = default;

    /// @return Done, NotFound (nothing there), Unauthorized (not readable) or Malformed (a folder).
    virtual Result<Done> open() = 0;
    /// @return bytes as of open(), or -1 when only the end will tell.
    [[nodiscard]] virtual qint64 sizeBytes() const = 0;
    /// @return the next `sizeBytes` bytes, fewer only at the end, or Storage, or Conflict: what was
    ///         read is not what was opened (it grew, shrank or was written to meanwhile).
    virtual Result<QByteArray> read(qsizetype sizeBytes) = 0;
    /// @return what stays the same while the content does: a put that was broken off goes on under
    ///         it. Empty for a stream. @pre opened
    [[nodiscard]] virtual QString fingerprint() const = 0;
    /// @return when the content was changed last, as far as is known; 0: not at all. @pre opened
    [[nodiscard]] virtual qint64 modifiedUtcMs() const { return 0; }

protected:
    Source() = default;
    Q_DISABLE_COPY_MOVE(Source)
};

class Sink {
public:
    virtual ~Sink() = default;

    /// @return Done, Conflict (the destination exists), NotFound (no such folder), Unauthorized or
    ///         Storage.
    virtual Result<Done> open() = 0;
    /// Appends.
    virtual Result<Done> write(QByteArrayView bytes) = 0;
    /// Makes everything last under its final name, all or nothing.
    virtual Result<Done> commit() = 0;
    /// Leaves nothing behind. Harmless after commit() or without open().
    virtual void discard() = 0;

protected:
    Sink() = default;
    Q_DISABLE_COPY_MOVE(Sink)
};

/// What stands at the destination already.
enum class Overwrite : quint8 { Never, Allowed };

/// A regular file, sparse ones included.
[[nodiscard]] std::shared_ptr<Source> fileSource(const QString &path);
/// Whatever comes out of an open descriptor, to its end. Does not close it.
[[nodiscard]] std::shared_ptr<Source> streamSource(int descriptor);
/// What lies in memory. No fingerprint.
[[nodiscard]] std::shared_ptr<Source> bytesSource(const QByteArray &bytes);
/// Into `bytes`, at most `bytesMax` of them: more is TooLarge.
[[nodiscard]] std::shared_ptr<Sink> bytesSink(std::shared_ptr<QByteArray> bytes, qint64 bytesMax);
/// Writes `<path>.part-XXXX` beside `path`, syncs, then renames.
[[nodiscard]] std::shared_ptr<Sink> fileSink(const QString &path, Overwrite overwrite);
/// Into an open descriptor; what was written stays written. Does not close it.
[[nodiscard]] std::shared_ptr<Sink> streamSink(int descriptor);

} // namespace borg::store
