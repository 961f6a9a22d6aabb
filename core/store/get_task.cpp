// SPDX-License-Identifier: GPL-3.0-or-later
#include "get_task.h"

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {
// A node that has just started hears of the others one after the other; what it does not find in
// that time it looks for again.
constexpr Ticks kKnowsFewUntil = std::chrono::seconds(10);
constexpr Ticks kLookAgainAfter = std::chrono::milliseconds(250);
} // namespace

GetTask::GetTask(StoreContext context, Capability link, std::shared_ptr<Sink> sink,
    GetOptions options, Progress progress, Cancel cancel)
    : m_context(std::move(context))
    , m_link(std::move(link))
    , m_sink(std::move(sink))
    , m_options(options)
    , m_progress(std::move(progress))
    , m_cancel(std::move(cancel))
    , m_changed(m_context.scope)
    , m_reader(m_context.net, m_context.executor, m_context.latency, m_context.spool)
    , m_started(m_context.scope.clock().now())
{
}

QCoro::Task<Result<GetResult>> GetTask::run()
{
    const auto self = shared_from_this();
    const auto stop = m_cancel.onCancel([this, self] {
        m_stop.cancel();
        m_changed.notify();
    });
    auto result = co_await work();
    if (!result) {
        m_stop.cancel();
        (void)co_await disk::OnExecutor<bool>(
            m_context.scope, m_context.diskExecutor, [sink = m_sink] {
                sink->discard();
                return true;
            });
        co_return m_cancel.isCancelled() ? Error{Errc::Closed, u"cancelled"_s} : result.error();
    }
    co_return result;
}

QCoro::Task<Result<GetResult>> GetTask::work()
{
    // Before anything is fetched: a destination that is no good is known at once.
    if (const auto opened = co_await disk::OnExecutor<Result<Done>>(
            m_context.scope, m_context.diskExecutor, [sink = m_sink] { return sink->open(); });
        !opened)
        co_return opened.error();
    if (const auto found = co_await findManifest(); !found)
        co_return found.error();
    auto opened = m_reader.unlock(*m_link.key);
    if (!opened)
        co_return opened.error().code == Errc::Unauthorized
            ? Error{Errc::Unauthorized, u"the key in the link does not open this file"_s}
            : opened.error();
    const Manifest &manifest = m_reader.manifest();
    m_result.fileId = m_link.manifest.text();
    m_result.name = opened->details.name;
    const qint64 from = std::clamp<qint64>(m_options.offset, 0, manifest.fileBytes());
    const qint64 rest = manifest.fileBytes() - from;
    m_total = m_options.length < 0 ? rest : std::min(m_options.length, rest);
    const auto copied = manifest.isInline() ? co_await write(opened->content.sliced(from, m_total))
                                            : co_await copySegments(from, from + m_total);
    if (!copied)
        co_return copied.error();
    if (const auto committed = co_await disk::OnExecutor<Result<Done>>(
            m_context.scope, m_context.diskExecutor, [sink = m_sink] { return sink->commit(); });
        !committed)
        co_return committed.error();
    co_return m_result;
}

QCoro::Task<Result<Done>> GetTask::findManifest()
{
    for (;;) {
        auto found = co_await m_reader.open(m_link.manifest, m_stop);
        if (found)
            co_return Done{};
        // Our own file that nobody else has yet waits in the spool.
        const auto files = co_await disk::OnExecutor<Result<std::vector<FileRecord>>>(
            m_context.scope, m_context.diskExecutor, [db = m_context.db] { return db->files(); });
        const auto own = files ? std::ranges::find(*files, m_link.manifest, &FileRecord::manifest)
                               : std::vector<FileRecord>::const_iterator{};
        if (files && own != files->end() && own->isSpooled) {
            const auto spooled
                = co_await m_reader.openFromSpool(own->manifest, own->tag, own->rootCode.n);
            if (spooled)
                co_return Done{};
        }
        const bool isYoung = m_context.scope.clock().now() < kKnowsFewUntil;
        if (found.error().code != Errc::NotFound || !isYoung || m_cancel.isCancelled())
            co_return found.error();
        if (const auto slept = co_await Sleep(m_context.scope, kLookAgainAfter); !slept)
            co_return slept.error();
    }
}

QCoro::Task<Result<Done>> GetTask::write(QByteArray bytes)
{
    const qsizetype size = bytes.size();
    const auto written
        = co_await disk::OnExecutor<Result<Done>>(m_context.scope, m_context.diskExecutor,
            [sink = m_sink, bytes = std::move(bytes)] { return sink->write(bytes); });
    if (!written)
        co_return written.error();
    if (m_result.bytes == 0)
        m_result.firstByteAfter = m_context.scope.clock().now() - m_started;
    m_result.bytes += size;
    if (m_progress)
        m_progress(m_result.bytes, m_total);
    co_return Done{};
}

QCoro::Task<Result<Done>> GetTask::copySegments(qint64 from, qint64 to)
{
    const Manifest &manifest = m_reader.manifest();
    auto codec = SegmentCodec::make(manifest.code(), manifest.hashCode());
    if (!codec)
        co_return codec.error();
    m_codec = *std::move(codec);
    const qint64 full = segmentPlainBytes(manifest.code().k);
    const qint64 blockBytes = 2 * full; // shards and plaintext
    for (qint64 segment = from / full; segment * full < to; ++segment) {
        auto entry = co_await m_reader.entry(segment, m_stop);
        if (!entry)
            co_return entry.error();
        const auto part = std::make_shared<Part>();
        part->segment = segment;
        part->from = static_cast<qsizetype>(std::max<qint64>(0, from - segment * full));
        part->bytes = static_cast<qsizetype>(std::min(full, to - segment * full)) - part->from;
        // What was fetched is written first: its budget is what the next segment waits for.
        while (!m_parts.empty()
            && qint64(m_parts.size() + 1) * blockBytes > m_context.config.getBytesInFlight) {
            if (const auto written = co_await writeReady(false); !written)
                co_return written;
        }
        m_parts.push_back(part);
        m_context.scope.spawn("store.get.part"_L1, fetchPart(part, *std::move(entry)));
        if (m_cancel.isCancelled())
            co_return Error{Errc::Closed, u"cancelled"_s};
    }
    co_return co_await writeReady(true);
}

/// Writes the parts at the front that have come; waits for at least the first one.
QCoro::Task<Result<Done>> GetTask::writeReady(bool waitForAll)
{
    while (!m_parts.empty()) {
        while (!m_parts.front()->plain) {
            if (const auto woken = co_await m_changed.wait(); !woken)
                co_return woken.error();
            if (m_cancel.isCancelled())
                co_return Error{Errc::Closed, u"cancelled"_s};
        }
        const auto part = m_parts.front();
        m_parts.pop_front();
        if (!*part->plain)
            co_return part->plain->error();
        QByteArray plain = **std::move(part->plain);
        const bool isWhole = part->from == 0 && part->bytes == plain.size();
        if (auto written
            = co_await write(isWhole ? std::move(plain) : plain.sliced(part->from, part->bytes));
            !written)
            co_return written;
        if (!waitForAll && (m_parts.empty() || !m_parts.front()->plain))
            break;
    }
    co_return Done{};
}

QCoro::Task<Result<Done>> GetTask::fetchPart(
    std::shared_ptr<Part> part, ManifestReader::Entry entry)
{
    const auto self = shared_from_this();
    part->plain = co_await fetchPlain(part->segment, std::move(entry));
    m_changed.notify();
    co_return Done{};
}

QCoro::Task<Result<QByteArray>> GetTask::fetchPlain(qint64 segment, ManifestReader::Entry entry)
{
    const Manifest &manifest = m_reader.manifest();
    const SegmentRef ref{*m_link.key, manifest.file(), static_cast<quint64>(segment),
        manifest.plainBytesOf(segment), segment + 1 == manifest.segmentCount(), entry.plainHash};
    const int k = manifest.code().k;
    const auto fetchFrom = [&](const Locations &locations) {
        return std::make_shared<BlockFetch>(m_context.net, m_context.executor, m_context.latency,
            entry.block, locations, Check::Size, m_stop);
    };
    auto fetch = fetchFrom(m_reader.locations());
    for (bool isFromSpool = false, isAskedAnew = false;;) {
        auto pieces = co_await fetch->fetch();
        // Shards move while a long file is read, and slow nodes were not waited for.
        if (!pieces && pieces.error().code == Errc::NotFound && !isFromSpool
            && !std::exchange(isAskedAnew, true)) {
            if (const auto asked = co_await m_reader.relocate(); !asked)
                co_return asked.error();
            fetch = fetchFrom(m_reader.locations());
            continue;
        }
        if (!pieces && pieces.error().code == Errc::NotFound) {
            auto spooled = co_await disk::OnExecutor<Result<std::vector<QByteArray>>>(
                m_context.scope, m_context.diskExecutor,
                [&spool = m_context.spool, tag = m_reader.tag(), block = entry.block] {
                    return spool.load(tag, block.segment, block.code.n);
                });
            if (!spooled || std::exchange(isFromSpool, true))
                co_return pieces.error();
            pieces = std::vector<Piece>{};
            for (int i = 0; i < k; ++i)
                pieces->push_back(
                    {i, m_context.net.self(), spooled->at(static_cast<std::size_t>(i))});
        }
        if (!pieces)
            co_return pieces.error();
        if (std::ranges::any_of(*pieces, [k](const Piece &piece) { return piece.index >= k; }))
            ++m_result.segmentsDecoded;
        auto plain = co_await disk::OnExecutor<Result<QByteArray>>(m_context.scope,
            m_context.executor, [codec = *m_codec, ref, pieces = *pieces]() -> Result<QByteArray> {
                std::vector<ShardPiece> shards;
                for (const Piece &piece : pieces)
                    shards.push_back({piece.index, piece.bytes});
                QByteArray bytes(ref.plainBytes, Qt::Uninitialized);
                if (const auto decoded = codec.decode(
                        ref, shards, {bytes.data(), static_cast<std::size_t>(bytes.size())});
                    !decoded)
                    return decoded.error();
                return bytes;
            });
        if (plain || plain.error().code != Errc::Unauthorized)
            co_return plain;
        if (const auto rejected = co_await rejectLiars(fetch, *std::move(pieces)); !rejected)
            co_return rejected.error();
    }
}

/// Finds the pieces that are not their id's. None: the key is wrong, or the file was made so.
QCoro::Task<Result<Done>> GetTask::rejectLiars(
    std::shared_ptr<BlockFetch> fetch, std::vector<Piece> pieces)
{
    const auto wrong = co_await disk::OnExecutor<std::vector<std::size_t>>(
        m_context.scope, m_context.executor, [ids = fetch->block().ids, pieces] {
            std::vector<std::size_t> found;
            for (std::size_t i = 0; i < pieces.size(); ++i) {
                if (!matches(ids.at(static_cast<std::size_t>(pieces[i].index)), pieces[i].bytes))
                    found.push_back(i);
            }
            return found;
        });
    if (wrong.empty())
        co_return Error{Errc::Unauthorized, u"the key in the link does not open this file"_s};
    for (const std::size_t i : wrong) {
        fetch->reject(pieces.at(i));
        m_reader.locations().drop(pieces[i].node, fetch->block().segment, pieces[i].index);
    }
    co_return Done{};
}

} // namespace borg::store
