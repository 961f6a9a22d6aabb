// SPDX-License-Identifier: GPL-3.0-or-later
#include "put_task.h"

#include <store/block_fetch.h>
#include <store/capability.h>
#include <store/root_page.h>
#include <store/segment_maker.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

/// A node alone codes for the smallest network that keeps a spare node: what waits in the spool
/// has its link already, and the link fixes the code.
constexpr int kNodesWhenAlone = 5;

} // namespace

PutTask::PutTask(StoreContext context, std::shared_ptr<Source> source, PutOptions options,
    Progress progress, Cancel cancel)
    : m_context(std::move(context))
    , m_source(std::move(source))
    , m_options(std::move(options))
    , m_progress(std::move(progress))
    , m_cancel(std::move(cancel))
    , m_account(m_context.account)
    , m_budget(m_context.scope, m_context.config.putBytesInFlight)
    , m_changed(m_context.scope)
{
}

PutTask::~PutTask() = default;

QString PutTask::resumeMark(const Source &source)
{
    const qint64 size = source.sizeBytes();
    return size >= 0 && size <= kInlineBytesMax ? QString() : source.fingerprint();
}

Result<PutTask::Plan> PutTask::plan() const
{
    const int nodes = m_context.net.nodeCount();
    const int planned = nodes < 2 ? kNodesWhenAlone : nodes;
    Code code = codeFor(planned).code;
    if (m_options.k != 0 || m_options.n != 0) {
        code = {m_options.k, m_options.n};
        // Too few nodes now is no fault: the file waits in the spool for more.
        if (const auto checked = checkCode(code, std::max(nodes, code.n)); !checked)
            return checked.error();
    }
    return Plan{code, rootPageCode(code, std::max(planned, code.k == 1 ? 1 : 3))};
}

int PutTask::durableAt(const Code &code) const
{
    return std::min(code.n, std::max(code.k + 2, repairThreshold(code)));
}

QCoro::Task<Result<FileRecord>> PutTask::run()
{
    const auto self = shared_from_this();
    const auto stop = m_cancel.onCancel([this, self] {
        m_stop.cancel();
        m_changed.notify();
    });
    auto record = co_await work();
    if (!record) {
        m_stop.cancel();
        if (!m_context.scope.isClosed())
            (void)co_await takeBack();
        co_return m_cancel.isCancelled() ? Error{Errc::Closed, u"cancelled"_s} : record.error();
    }
    co_return record;
}

QCoro::Task<Result<Done>> PutTask::choosePlanAndKey()
{
    const auto planned = plan();
    if (!planned)
        co_return planned.error();
    m_plan = *planned;
    m_put.code = m_plan.code;
    const QString fingerprint = resumeMark(*m_source);
    if (!fingerprint.isEmpty()) {
        const auto open = co_await disk::OnExecutor<Result<std::optional<OpenPut>>>(m_context.scope,
            m_context.diskExecutor,
            [db = m_context.db, fingerprint] { return db->openPut(fingerprint); });
        if (!open)
            co_return open.error();
        // The same key again: what was sent then is the same now, byte for byte. Not that of a put
        // under way: whichever of the two is taken back would take the other's shards along.
        if (*open && (*open)->code == m_plan.code
            && !m_context.putting.contains(fileTag((*open)->file))) {
            m_put = **open;
            m_isResumed = true;
        }
    }
    if (!m_isResumed) {
        m_put.key = m_context.keys.key();
        m_context.keys.fill(m_put.file.bytes);
    }
    m_tag = fileTag(m_put.file);
    m_context.putting.insert(m_tag);
    if (fingerprint.isEmpty() || m_isResumed)
        co_return Done{};
    co_return co_await disk::OnExecutor<Result<Done>>(m_context.scope, m_context.diskExecutor,
        [db = m_context.db, fingerprint, put = m_put, now = m_context.scope.clock().utcMs()] {
            return db->saveOpenPut(fingerprint, put, now);
        });
}

QCoro::Task<Result<FileRecord>> PutTask::work()
{
    if (const auto opened = co_await disk::OnExecutor<Result<Done>>(m_context.scope,
            m_context.diskExecutor, [source = m_source] { return source->open(); });
        !opened)
        co_return opened.error();
    if (const auto chosen = co_await choosePlanAndKey(); !chosen)
        co_return chosen.error();
    const ManifestOptions options{m_plan.code, defaultHashCode(), m_put.file, m_put.key};
    auto maker = SegmentMaker::make(m_source, options);
    if (!maker)
        co_return maker.error();
    m_maker = *std::move(maker);
    if (const auto sent = co_await sendSegments(); !sent)
        co_return sent.error();
    auto rootPage = co_await writeManifest();
    if (!rootPage)
        co_return rootPage.error();
    if (const auto sent = co_await sendRoot(*std::move(rootPage)); !sent)
        co_return sent.error();
    if (const auto finished = co_await finishBlocks(); !finished)
        co_return finished.error();
    (void)co_await bindHolders(); // those missed learn it from the next repair
    const QString link = Capability{m_manifest, m_put.key}.text();
    co_return FileRecord{m_manifest.text(), m_manifest, m_tag, link, m_options.name, m_plainBytes,
        m_context.scope.clock().utcMs(), m_plan.code, m_plan.rootCode, m_segments, false,
        m_isSpooled, true, m_options.isHidden, 0, m_options.folder, 0, m_source->modifiedUtcMs()};
}

QCoro::Task<Result<Done>> PutTask::sendSegments()
{
    const qint64 blockBytes = qint64{m_plan.code.n} * kShardBytesMax;
    for (;;) {
        if (const auto granted = co_await m_budget.take(blockBytes); !granted)
            co_return granted.error();
        if (m_cancel.isCancelled())
            co_return Error{Errc::Closed, u"cancelled"_s};
        if (m_failure)
            co_return Error(*m_failure);
        auto made = co_await disk::OnExecutor<Result<SegmentMaker::Made>>(
            m_context.scope, m_context.executor, [maker = m_maker] { return maker->next(); });
        if (!made)
            co_return made.error();
        for (WrittenPage &page : made->pages)
            launch(pageSegment(page.level, page.index), std::move(page.coded), 0);
        if (!made->segment) {
            m_budget.give(blockBytes);
        } else {
            const auto plainBytes = made->segment->plainBytes;
            launch(static_cast<quint32>(m_segments++), *std::move(made->segment), plainBytes);
        }
        if (made->isLast)
            break;
    }
    m_plainBytes = m_maker->plainBytes();
    co_return Done{};
}

void PutTask::launch(quint32 segment, EncodedSegment coded, qint64 plainBytes)
{
    ++m_unsafe;
    const bool isPage = (segment & 0x80000000U) != 0;
    Outgoing block{m_tag, segment, m_plan.code, coded.ids.front(), std::move(coded.ids),
        std::move(coded.shards), {}, durableAt(m_plan.code), m_account->id(), {}, m_account,
        m_isResumed};
    m_context.scope.spawn("store.put.block"_L1,
        sendBlock(
            std::move(block), plainBytes, isPage ? 0 : qint64{m_plan.code.n} * kShardBytesMax));
}

QCoro::Task<Result<Done>> PutTask::sendBlock(Outgoing block, qint64 plainBytes, qint64 budgeted)
{
    const auto self = shared_from_this();
    const auto send = std::make_shared<BlockSend>(m_context.net, std::move(block), m_stop);
    bool wasSafe = false;
    ++m_running;
    send->onSafe([this, plainBytes, &wasSafe, &block = send->block()] {
        wasSafe = true;
        noteHolders(block);
        made(plainBytes);
        settled(Done{});
    });
    Result<Done> outcome = co_await send->run();
    send->onSafe({}); // sends that were cancelled may still end well
    noteHolders(send->block());
    if (outcome && !send->isSafe())
        outcome = co_await spoolBlock(send);
    if (!wasSafe)
        settled(outcome);
    m_budget.give(budgeted);
    --m_running;
    m_changed.notify();
    co_return Done{}; // a failure is the put's to tell
}

/// Too few nodes have room: all shards wait here until they have.
QCoro::Task<Result<Done>> PutTask::spoolBlock(std::shared_ptr<BlockSend> send)
{
    m_isSpooled = true;
    co_return co_await disk::OnExecutor<Result<Done>>(
        m_context.scope, m_context.diskExecutor, [&spool = m_context.spool, send] {
            const Outgoing &block = send->block();
            return spool.save(block.tag, block.segment, block.shards);
        });
}

void PutTask::noteHolders(const Outgoing &block)
{
    for (const Holding &holding : block.held)
        m_locations.add(holding.node, block.segment, holding.index);
}

QCoro::Task<Result<Done>> PutTask::drained()
{
    const auto self = shared_from_this();
    while (m_running > 0) {
        if (const auto woken = co_await m_changed.wait(); !woken)
            co_return woken.error();
    }
    co_return Done{};
}

void PutTask::settled(Result<Done> outcome)
{
    --m_unsafe;
    if (!outcome && !m_failure)
        m_failure = outcome.error();
    m_changed.notify();
}

void PutTask::made(qint64 plainBytes)
{
    m_durableBytes += plainBytes;
    if (m_progress && plainBytes > 0)
        m_progress(m_durableBytes, m_source->sizeBytes());
}

QCoro::Task<Result<QByteArray>> PutTask::writeManifest()
{
    const qint64 modified = m_source->modifiedUtcMs();
    const FileDetails details{
        m_options.name, {}, modified != 0 ? modified : m_context.scope.clock().utcMs()};
    auto written = co_await disk::OnExecutor<Result<WrittenManifest>>(m_context.scope,
        m_context.executor, [maker = m_maker, details] { return maker->finish(details); });
    if (!written)
        co_return written.error();
    for (WrittenPage &page : written->pages)
        launch(pageSegment(page.level, page.index), std::move(page.coded), 0);
    co_return std::move(written->rootPage);
}

QCoro::Task<Result<Done>> PutTask::sendRoot(QByteArray rootPage)
{
    auto pieces = co_await disk::OnExecutor<RootPieces>(
        m_context.scope, m_context.executor, [rootPage, code = m_plan.rootCode] {
            return encodeRootPage(rootPage, code, defaultHashCode());
        });
    m_manifest = pieces.manifest;
    ++m_unsafe;
    const qint64 inlineBytes = m_segments == 0 ? m_plainBytes : 0;
    Outgoing block{m_tag, kRootSegment, m_plan.rootCode, m_manifest, std::move(pieces.ids),
        std::move(pieces.pieces), {}, durableAt(m_plan.rootCode), m_account->id(), m_manifest,
        m_account, m_isResumed};
    m_context.scope.spawn("store.put.root"_L1, sendBlock(std::move(block), inlineBytes, 0));
    co_return Done{};
}

QCoro::Task<Result<Done>> PutTask::finishBlocks()
{
    while (m_unsafe > 0 && !m_failure && !m_cancel.isCancelled()) {
        if (const auto woken = co_await m_changed.wait(); !woken)
            co_return woken.error();
    }
    if (m_failure)
        co_return Error(*m_failure);
    if (m_cancel.isCancelled())
        co_return Error{Errc::Closed, u"cancelled"_s};
    co_return Done{};
}

QCoro::Task<Result<Done>> PutTask::bindHolders()
{
    const BindFile request{m_tag, m_manifest, prove(*m_account, OwnerAct::Bind, m_tag, m_manifest)};
    std::vector<QCoro::Task<Result<net::Answer<BindReply>>>> asked;
    for (const NodeId &node : m_context.net.online())
        asked.push_back(m_context.net.ask(node, request, {},
            {.deadline = ShardNet::kAskWithin, .frameClass = wire::FrameClass::Normal}));
    for (auto &task : asked)
        (void)co_await task;
    co_return Done{};
}

/// A put that failed or was cancelled leaves nothing, neither here nor there.
QCoro::Task<Result<Done>> PutTask::takeBack()
{
    // A put that never began has no tag.
    if (m_tag == ShardId{})
        co_return Done{};
    const RemoveFile request{m_tag, m_account->id(), prove(*m_account, OwnerAct::Remove, m_tag)};
    std::vector<QCoro::Task<Result<net::Answer<RemoveReply>>>> asked;
    for (const NodeId &node : m_context.net.online())
        asked.push_back(m_context.net.ask(
            node, request, {}, {.deadline = ShardNet::kAskWithin})); // behind the puts
    for (auto &task : asked)
        (void)co_await task;
    co_return co_await disk::OnExecutor<Result<Done>>(m_context.scope, m_context.diskExecutor,
        [&spool = m_context.spool, db = m_context.db, tag = m_tag,
            fingerprint = resumeMark(*m_source)] {
            if (!fingerprint.isEmpty())
                (void)db->removeOpenPut(fingerprint);
            return spool.removeAll(tag);
        });
}

} // namespace borg::store
