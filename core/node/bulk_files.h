// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/executor.h>
#include <base/task_scope.h>
#include <crypto/crypto.h>
#include <disk/disk.h>
#include <store/source.h>
#include <tree/bulk_spool.h>

#include <map>

namespace borg::node {

/// The chunks of big objects, one file each in `bulk/` of the data folder, for this user only. A
/// record has a fixed place in it, so what came is found again after a crash by its hash. The bytes
/// of strangers are kept, passed on and, when a person asks, saved; nothing here looks into them.
///
/// Lives on the node's thread; files are touched on `executor` alone. Closing `scope` waits for
/// what is under way.
class BulkFiles final : public tree::BulkSpool {
public:
    /// @param scope, disk, executor, crypto outlive this object, and `crypto` is thread-safe.
    /// @param freeBytesMin stay free on the disk
    BulkFiles(TaskScope &scope, disk::Disk &disk, Executor &executor, const crypto::Crypto &crypto,
        qint64 freeBytesMin);

    /// Files of the last run.
    struct Found {
        tree::BulkObject about; ///< By the words of its head, whose signature the tree checks.
        tree::BulkBits have;
    };
    /// Reads what is there and checks every chunk; throws away what is of no use.
    [[nodiscard]] QCoro::Task<Result<std::vector<Found>>> load();
    /// Of a Found that the tree took.
    void known(const tree::BulkObject &object) { m_objects[object.id].about = object; }

    /// A file of the user's, cut, coded and hashed; not announced yet.
    struct Made {
        QString file; ///< In the data folder.
        qint64 sizeBytes = 0;
        crypto::Hash root{};
    };
    /// @return it, or TooLarge, or the errors of a Source, or NoSpace, or Storage.
    [[nodiscard]] QCoro::Task<Result<Made>> make(std::shared_ptr<store::Source> source);
    /// Becomes the chunks of our `object`.
    [[nodiscard]] QCoro::Task<Result<Done>> adopt(Made made, tree::BulkObject object);
    void discard(const Made &made);
    /// Writes the bytes of an object that is all there. @return Done, or the errors of a Sink, or
    ///         Storage: a chunk is damaged, or Closed: it was dropped.
    [[nodiscard]] QCoro::Task<Result<Done>> save(
        tree::BulkId id, std::shared_ptr<store::Sink> sink);

    // tree::BulkSpool
    void open(const tree::BulkObject &object) override;
    void store(const tree::BulkId &id, quint32 index, const QByteArray &record,
        std::function<void(bool)> answer) override;
    void load(const tree::BulkId &id, quint32 index,
        std::function<void(std::optional<QByteArray>)> answer) override;
    void rebuild(const tree::BulkId &id, quint32 group,
        std::function<void(const tree::BulkGroupDone &)> answer) override;
    void remove(const tree::BulkId &id) override;

private:
    struct Object {
        tree::BulkObject about;
        int underWay = 0; ///< Calls on the executor.
        bool isRemoved = false;
        bool isClosed = false; ///< The disk has no room for it.
    };
    /// Runs `work`, then `done` on this thread; remove() waits for it.
    template <typename T>
    void run(const tree::BulkId &id, std::function<T()> work, std::function<void(T)> done);
    template <typename T>
    QCoro::Task<Result<Done>> running(
        tree::BulkId id, std::function<T()> work, std::function<void(T)> done);
    [[nodiscard]] Object *living(const tree::BulkId &id);
    void release(const tree::BulkId &id);
    void noteOpened(const tree::BulkId &id, const Result<Done> &opened);
    QCoro::Task<Result<Done>> removing(std::vector<QString> files);
    QCoro::Task<Result<Done>> removingObject(tree::BulkId id);

    TaskScope &m_scope;
    disk::Disk &m_disk;
    Executor &m_executor;
    const crypto::Crypto &m_crypto;
    const qint64 m_freeBytesMin;
    std::map<tree::BulkId, Object> m_objects;
    quint64 m_lastMade = 0;
};

} // namespace borg::node
