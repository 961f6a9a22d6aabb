// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <disk/real_disk.h>

namespace borg::disk {

/// The one folder that holds everything of a node: locked for one process, with a format number.
/// The lock goes with this object or with the process, however that ends.
class DataFolder {
public:
    static constexpr int kFormat = 1; ///< Raised when an older program could not read it any more.

    /// Makes the folder (mode 0700, with those above it) where there is none, locks it, and checks
    /// or writes its format number.
    ///
    /// @return the folder, or Conflict (another process has it, which `lockHolder()` names, or it
    ///         has another format), Unauthorized (it belongs to another user, or may not be
    ///         entered), NoSpace or Storage. The detail is a sentence that stands for itself.
    static Result<std::unique_ptr<DataFolder>> open(const QString &path);

    /// @return the process that has `path` open now, or 0.
    [[nodiscard]] static qint64 lockHolder(const QString &path);

    [[nodiscard]] Disk &disk() { return *m_disk; }
    [[nodiscard]] const QString &path() const { return m_path; } ///< Absolute, links resolved.

private:
    DataFolder(QString path, std::unique_ptr<RealDisk> disk, std::unique_ptr<Descriptor> lock)
        : m_path(std::move(path))
        , m_disk(std::move(disk))
        , m_lock(std::move(lock))
    {
    }

    const QString m_path;
    const std::unique_ptr<RealDisk> m_disk;
    const std::unique_ptr<Descriptor> m_lock;
};

} // namespace borg::disk
