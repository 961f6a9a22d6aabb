// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <disk/disk.h>
#include <sim/sim_rng.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

namespace borg::sim {

/// A disk in memory that breaks on command, the same way for the same seed.
///
/// A power cut keeps of what was not synced: nothing, all, a prefix in the order of writing, or
/// any 512-byte sectors; sizes and new files alike. replace() and remove() are all or nothing.
/// Sparse: reserved room takes no memory. Thread-safe, though only one thread repeats exactly.
class SimDisk final : public disk::Disk {
public:
    static constexpr qint64 kSectorBytes = 512;

    explicit SimDisk(quint64 seed, qint64 totalBytes = qint64{1} << 40)
        : m_rng(seed)
        , m_totalBytes(totalBytes)
    {
    }

    // --- What goes wrong. Calls are counted from 1 over all calls of the interface.

    [[nodiscard]] qint64 callCount() const;
    /// From that call on everything fails, and that one takes effect in part; until crash().
    void cutPowerAtCall(qint64 call);
    /// That call fails: a write after a part of it, a sync with its bytes in doubt for good.
    void failCall(qint64 call, Errc code);
    /// Every `period`-th call fails; 0: none.
    void failEvery(qint64 period, Errc code);
    /// Power goes and comes back: what was not synced is lost as said above.
    void crash();
    /// The size of the disk; the sum of all file sizes cannot grow beyond it.
    void setTotalBytes(qint64 totalBytes);
    /// Turns one bit of a file at rest. @pre the byte exists
    void flipBit(const QString &name, qint64 offset, int bit);
    [[nodiscard]] bool isPowerCut() const;
    [[nodiscard]] qint64 usedBytes() const;
    [[nodiscard]] qint64 syncCount() const;
    /// A running hash over all calls: of which file, where and how much. Two runs of one seed that
    /// differ anywhere differ here. Not over what is written: SQLite salts its log.
    [[nodiscard]] quint64 traceHash() const;

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
    Result<std::vector<disk::Entry>> list(const QString &folder) override;
    Result<Done> makeFolder(const QString &name) override;
    Result<disk::Space> space() override;

private:
    struct Range {
        qint64 offset;
        qint64 sizeBytes;
    };
    using Chunks = std::map<qint64, QByteArray>; ///< By number; one that is missing is zeros.
    struct File {
        Chunks now;
        Chunks kept; ///< What a power cut leaves for sure.
        qint64 sizeNow = 0;
        qint64 sizeKept = 0;
        std::vector<Range> unsynced; ///< In the order of writing.
        std::vector<Range> doubtful; ///< After a failed sync; no later sync makes them last.
        bool nameKept = false;
    };
    using FilePtr = std::shared_ptr<File>;

    /// What becomes of one call.
    struct Fate {
        std::optional<Error> error;
        bool inPart = false; ///< It fails, but some of it happens.
    };
    Fate nextFate(const QString &name, qint64 offset = 0, qint64 sizeBytes = 0);
    Result<FilePtr> find(const QString &name) const;
    Result<FilePtr> findOrMake(const QString &name);
    Result<Done> resize(const FilePtr &file, qint64 sizeBytes);
    void put(File &file, qint64 offset, QByteArrayView bytes);
    void keep(File &file, const Range &range);
    void keepSome(File &file);
    void keepSectors(File &file, const Range &range);
    void lose(File &file);
    [[nodiscard]] qint64 used() const;
    bool coin() { return m_rng.below(2) == 0; }

    mutable std::mutex m_mutex;
    SimRng m_rng;
    qint64 m_totalBytes;
    qint64 m_calls = 0;
    qint64 m_syncs = 0;
    quint64 m_trace = 0xcbf29ce484222325;
    qint64 m_cutAt = 0;
    qint64 m_failEvery = 0;
    Errc m_failEveryCode = Errc::Storage;
    bool m_isCut = false;
    std::map<qint64, Errc> m_failures; ///< By call.
    std::map<QString, FilePtr> m_files; ///< Ordered: a run must repeat exactly.
    std::set<QString> m_folders;
};

} // namespace borg::sim
