// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit.h"

#include <store/root_page.h>

#include <QtEndian>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

/// The leaf and its path in an answer, or nothing: it is not cut like one.
std::optional<std::pair<QByteArray, HashPath>> partsOf(const QByteArray &body, qsizetype leafBytes)
{
    constexpr auto kHashBytes = qsizetype{sizeof(crypto::Hash)};
    const qsizetype pathBytes = body.size() - leafBytes;
    if (pathBytes < 0 || pathBytes % kHashBytes != 0)
        return std::nullopt;
    HashPath path;
    for (qsizetype at = leafBytes; at < body.size(); at += kHashBytes) {
        crypto::Hash hash;
        std::copy_n(body.constData() + at, kHashBytes, reinterpret_cast<char *>(hash.data()));
        path.push_back(hash);
    }
    return std::pair(body.first(leafBytes), path);
}

} // namespace

Audit::Audit(StoreContext context, Rng &rng, Progress progress, Cancel cancel)
    : m_context(std::move(context))
    , m_rng(rng)
    , m_progress(std::move(progress))
    , m_cancel(std::move(cancel))
    , m_reader(m_context.net, m_context.executor, m_context.latency, m_context.spool)
{
}

QCoro::Task<Result<VerifyReport>> Audit::run(ShardId manifest, bool isSample)
{
    const auto self = shared_from_this();
    if (const auto opened = co_await m_reader.open(manifest, m_cancel); !opened)
        co_return opened.error();
    if (const auto located = co_await m_reader.relocate(); !located) // at every node
        co_return located.error();
    if (const auto collected = co_await collect(isSample); !collected)
        co_return collected.error();
    std::vector<QCoro::Task<Result<Done>>> workers;
    for (int i = 0; i < kAtOnce; ++i)
        workers.push_back(worker());
    Result<Done> ended = Done{};
    for (auto &task : workers) {
        if (auto result = co_await task; !result)
            ended = result;
    }
    if (!ended)
        co_return ended.error();
    co_return report();
}

void Audit::add(BlockRef block)
{
    for (const Holding &holding : m_reader.locations().of(block.segment)) {
        // Which number it gives is a holder's word.
        if (!m_context.net.isOnline(holding.node)
            || (block.segment != kRootSegment && holding.index >= std::ssize(block.ids)))
            continue;
        m_tasks.push_back({holding.node, holding.index, m_blocks.size()});
        m_nodes.insert(holding.node);
    }
    m_blocks.push_back({std::move(block), {}});
}

QCoro::Task<Result<Done>> Audit::collect(bool isSample)
{
    const Manifest &manifest = m_reader.manifest();
    add({kRootSegment, {m_reader.rootK(), kRootPieces}, {}, 0});
    for (int level = manifest.depth() - 1; level >= 0 && !manifest.isInline() && !isSample;
        --level) {
        for (std::size_t page = 0; page < manifest.pageCount(level); ++page) {
            auto block = co_await m_reader.pageBlock(level, static_cast<quint32>(page), m_cancel);
            if (!block)
                co_return block.error();
            add(*std::move(block));
        }
    }
    const qint64 count = manifest.segmentCount();
    const qint64 first = isSample && count > 0
        ? qint64{m_rng.below(static_cast<quint32>(std::min<qint64>(count, 0xffffffff)))}
        : 0;
    for (qint64 segment = first; segment < (isSample ? std::min(first + 1, count) : count);
        ++segment) {
        auto entry = co_await m_reader.entry(segment, m_cancel);
        if (!entry)
            co_return entry.error();
        add(std::move(entry->block));
    }
    co_return Done{};
}

QCoro::Task<Result<Done>> Audit::worker()
{
    while (m_next < m_tasks.size()) {
        if (m_cancel.isCancelled())
            co_return Error{Errc::Closed, u"cancelled"_s};
        const Task task = m_tasks[m_next++];
        auto outcome = co_await challenge(task);
        if (outcome && *outcome == Outcome::Denied && !co_await stillLists(task))
            outcome = Outcome::Gone;
        if (!outcome)
            co_return outcome.error();
        note(task, *outcome);
    }
    co_return Done{};
}

/// Whoever finds its disk damaged says so from then on, and is no liar.
QCoro::Task<bool> Audit::stillLists(Task task)
{
    const quint32 segment = m_blocks[task.block].ref.segment;
    const auto answer = co_await m_context.net.ask(task.node,
        ListFile{m_reader.tag(), segment, false}, {}, {.deadline = ShardNet::kAskWithin});
    if (!answer)
        co_return false;
    QByteArray record(kListRecordBytes, Qt::Uninitialized);
    qToBigEndian<quint32>(segment, record.data());
    qToBigEndian<quint16>(static_cast<quint16>(task.index), record.data() + 4);
    for (qsizetype at = 0; at + kListRecordBytes <= answer->body.size(); at += kListRecordBytes) {
        if (QByteArrayView(answer->body).sliced(at, kListRecordBytes) == record)
            co_return true;
    }
    co_return false;
}

QCoro::Task<Result<Audit::Outcome>> Audit::challenge(Task task)
{
    const BlockRef &block = m_blocks[task.block].ref;
    if (block.segment == kRootSegment)
        co_return co_await challengeRoot(task.node, task.index);
    co_return co_await challengeShard(
        task.node, block.ids[static_cast<std::size_t>(task.index)], block.shardBytes);
}

QCoro::Task<Result<Audit::Outcome>> Audit::challengeShard(NodeId node, ShardId id, qsizetype bytes)
{
    const auto leaves = static_cast<quint32>((bytes + kLeafBytes - 1) / kLeafBytes);
    const quint32 leaf = leaves > 1 ? m_rng.below(leaves) : 0;
    for (int left = kTries; left > 0; --left) {
        const auto answer = co_await m_context.net.ask(
            node, ProveShard{id, leaf}, {}, {.deadline = ShardNet::kAskWithin});
        if (!answer && answer.error().code == Errc::Closed)
            co_return answer.error();
        if (!answer
            && (answer.error().code == Errc::NotFound || answer.error().code == Errc::Storage))
            co_return Outcome::Denied;
        if (!answer)
            continue; // it may be busy, or a packet was lost
        const qsizetype leafBytes = std::min(kLeafBytes, bytes - qsizetype{leaf} * kLeafBytes);
        const auto parts = partsOf(answer->body, leafBytes);
        const bool isProof = parts && checkLeaf({id, bytes, leaf}, parts->first, parts->second);
        co_return isProof ? Outcome::Proven : Outcome::Wrong;
    }
    co_return Outcome::Silent;
}

QCoro::Task<Result<Audit::Outcome>> Audit::challengeRoot(NodeId node, int index)
{
    const auto answer = co_await m_context.net.ask(
        node, GetRoot{m_reader.id()}, {}, {.deadline = ShardNet::kAskWithin});
    if (!answer && answer.error().code == Errc::Closed)
        co_return answer.error();
    if (!answer)
        co_return Outcome::Silent;
    qsizetype at = 0;
    for (const quint32 size : answer->reply.sizes) {
        if (qsizetype{size} > answer->body.size() - at)
            co_return Outcome::Wrong;
        const auto piece = readRootPiece(QByteArrayView(answer->body).sliced(at, size));
        if (!piece || piece->manifest != m_reader.id())
            co_return Outcome::Wrong;
        if (piece->index == index)
            co_return Outcome::Proven;
        at += size;
    }
    co_return Outcome::Denied;
}

void Audit::note(const Task &task, Outcome outcome)
{
    ++m_report.asked;
    switch (outcome) {
    case Outcome::Proven:
        ++m_report.proven;
        m_blocks[task.block].proven.insert(task.index);
        break;
    case Outcome::Wrong:
        ++m_report.wrong;
        m_report.liars.insert(task.node);
        break;
    case Outcome::Denied: // it says that it has it, and that it has not
        ++m_report.denied;
        m_report.liars.insert(task.node);
        break;
    case Outcome::Gone:
        ++m_report.gone;
        break;
    case Outcome::Silent:
        ++m_report.silent;
        break;
    }
    if (m_progress)
        m_progress(m_report.asked, std::ssize(m_tasks));
}

VerifyReport Audit::report() const
{
    VerifyReport report = m_report;
    report.nodes = std::ssize(m_nodes);
    report.blocks = std::ssize(m_blocks);
    for (const Block &block : m_blocks) {
        const int spare = static_cast<int>(block.proven.size()) - block.ref.code.k;
        report.lostBlocks += spare < 0 ? 1 : 0;
        if (&block == &m_blocks.front() || spare < report.spareOfWeakest)
            report.spareOfWeakest = spare;
    }
    return report;
}

} // namespace borg::store
