// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/sleep.h>
#include <store/capability.h>
#include <store/manifest_reader.h>
#include <store/put_task.h>

namespace borg::store {

/// One get: manifest, shards, plaintext in order, sink. Kept alive by its own tasks.
class GetTask : public std::enable_shared_from_this<GetTask> {
public:
    GetTask(StoreContext context, Capability link, std::shared_ptr<Sink> sink, GetOptions options,
        Progress progress, Cancel cancel);

    QCoro::Task<Result<GetResult>> run();

private:
    /// A segment on its way: fetched and decrypted side by side, written in order.
    struct Part {
        qint64 segment = 0;
        std::optional<Result<QByteArray>> plain;
        qsizetype from = 0; ///< What the range needs of it.
        qsizetype bytes = 0;
    };

    QCoro::Task<Result<GetResult>> work();
    QCoro::Task<Result<Done>> copySegments(qint64 from, qint64 to);
    QCoro::Task<Result<Done>> findManifest();
    QCoro::Task<Result<Done>> write(QByteArray bytes);
    QCoro::Task<Result<Done>> fetchPart(std::shared_ptr<Part> part, ManifestReader::Entry entry);
    QCoro::Task<Result<QByteArray>> fetchPlain(qint64 segment, ManifestReader::Entry entry);
    QCoro::Task<Result<Done>> rejectLiars(
        std::shared_ptr<BlockFetch> fetch, std::vector<Piece> pieces);
    QCoro::Task<Result<Done>> writeReady(bool waitForAll);

    const StoreContext m_context;
    const Capability m_link;
    const std::shared_ptr<Sink> m_sink;
    const GetOptions m_options;
    const Progress m_progress;
    const Cancel m_cancel;
    Cancel m_stop;
    Signal m_changed;
    ManifestReader m_reader;
    std::deque<std::shared_ptr<Part>> m_parts; ///< In order.
    std::optional<SegmentCodec> m_codec;
    GetResult m_result;
    qint64 m_total = 0;
    Ticks m_started{0};
};

} // namespace borg::store
