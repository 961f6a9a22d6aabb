// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <disk/disk.h>

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace borg::disk {

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    ~Descriptor();
    [[nodiscard]] int number() const { return m_number; }

private:
    Q_DISABLE_COPY_MOVE(Descriptor)

    int m_number;
};

/// Files below one folder of this machine. Everything is opened relative to the folder's
/// descriptor, part by part and without following links, so no name leads out of it.
class RealDisk final : public Disk {
public:
    static constexpr std::size_t kOpenFilesMax = 64; ///< Descriptors that are kept open.

    /// @return the disk over the folder `root`, which exists, or NotFound or Storage.
    static Result<std::unique_ptr<RealDisk>> open(const QString &root);

    Result<QByteArray> read(const QString &name, qint64 offset, qint64 sizeBytes) override;
    Result<qint64> readInto(const QString &name, qint64 offset, std::span<char> to) override;
    Result<Done> writeParts(
        const QString &name, qint64 offset, std::span<const QByteArrayView> parts) override;
    Result<Done> sync(const QString &name) override;
    Result<Done> preallocate(const QString &name, qint64 sizeBytes) override;
    Result<Done> truncate(const QString &name, qint64 sizeBytes) override;
    Result<Done> replace(const QString &from, const QString &to) override;
    Result<Done> remove(const QString &name) override;
    Result<qint64> size(const QString &name) override;
    Result<std::vector<Entry>> list(const QString &folder) override;
    Result<Done> makeFolder(const QString &name) override;
    Result<Space> space() override;

private:
    enum class Missing : quint8 { Fail, Create };
    using File = std::shared_ptr<Descriptor>; ///< Shared: a call may still use one we closed.
    using Kept = std::list<std::pair<QString, File>>;

    explicit RealDisk(File root)
        : m_root(std::move(root))
    {
    }
    Result<File> fileOf(const QString &name, Missing missing);
    Result<File> openFile(const QString &name, Missing missing);
    Result<File> folderOf(const QString &name) const;
    Result<Done> syncFolderOf(const QString &name) const;
    void forget(const QString &name);

    const File m_root;
    std::mutex m_mutex; ///< Guards what follows; never held during a call that blocks.
    Kept m_kept; ///< Open files, the one used last first.
    std::unordered_map<QString, Kept::iterator> m_byName;
    std::unordered_set<QString> m_new; ///< Made by us; their folders have not been synced since.
    quint64 m_epoch = 0; ///< Counts forget(): a file opened before it may be another one now.
};

} // namespace borg::disk
