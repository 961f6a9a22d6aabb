// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <disk/disk.h>

#include <QByteArray>

#include <sqlite3.h>

namespace borg::disk {

/// Lets SQLite read and write files of a Disk. Registered under a name of its own while it lives.
///
/// Without locks and shared memory: for one connection in exclusive locking mode, which also
/// keeps the WAL's index in memory.
class DiskVfs {
public:
    /// @param disk outlives this object.
    explicit DiskVfs(Disk &disk);
    ~DiskVfs();

    [[nodiscard]] const char *name() const { return m_name.constData(); }
    [[nodiscard]] Disk &disk() const { return m_disk; }
    /// What went wrong last, in the Disk's words.
    [[nodiscard]] const QString &lastError() const { return m_lastError; }
    /// Keeps the words and translates the code for SQLite. @param otherwise its code for failures
    int translate(const Error &error, int otherwise);

private:
    Q_DISABLE_COPY_MOVE(DiskVfs)

    Disk &m_disk;
    const QByteArray m_name;
    QString m_lastError;
    sqlite3_vfs m_vfs{};
};

} // namespace borg::disk
