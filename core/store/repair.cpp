// SPDX-License-Identifier: GPL-3.0-or-later
#include "repair.h"

#include <base/sleep.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcRepair, "borg.store.repair")

namespace {

constexpr std::size_t kBlocksAtOnce = 4;
constexpr int kLazyFromNodes = 50; ///< Below, redundancy is too small to wait until it is used up.
constexpr Ticks kSettle = 2s; ///< Members come and go in bunches.

int durableAt(const Code &code)
{
    return std::min(code.n, std::max(code.k + 2, repairThreshold(code)));
}

} // namespace

/// One file being looked at.
struct Repair::Case {
    Case(const StoreContext &context, const ShardId &ofTag)
        : tag(ofTag)
        , reader(context.net, context.executor, context.latency, context.spool)
    {
    }

    const ShardId tag;
    std::optional<FileRecord> own;
    std::optional<NodeId> owner; ///< When it is not this node.
    AccountPtr account; ///< Of the owner, when it is ours.
    ManifestReader reader;
    std::vector<quint32> spooled; ///< Blocks that the spool has, ordered.
    Cancel cancel;
};

Repair::Repair(StoreContext context, Holder &holder, const tree::Directory &directory)
    : m_context(std::move(context))
    , m_holder(holder)
    , m_directory(directory)
    , m_changed(m_context.scope)
{
}

Ticks Repair::takeover() const
{
    return m_context.config.local ? Ticks(3s) : Ticks(10min);
}

/// When this node begins with `tag`, from now: at once for the first in order.
Ticks Repair::turnOf(const ShardId &tag) const
{
    std::vector<Site> sites;
    for (const NodeId &node : m_context.net.online())
        sites.push_back({node, 1, {}, 0, 0});
    const auto order = candidates(tag, sites);
    const auto place = std::ranges::find(order, m_context.net.self()) - order.begin();
    return place * takeover();
}

void Repair::notice(const ShardId &tag, Ticks span)
{
    const Ticks at = m_context.scope.clock().now() + span;
    const auto [found, isNew] = m_due.emplace(tag, at);
    if (!isNew && found->second <= at)
        return;
    found->second = at;
    m_changed.notify();
}

void Repair::heardOfRepair(const NodeId &from, const ShardId &tag)
{
    const auto due = m_due.find(tag);
    if (from == m_context.net.self() || due == m_due.end())
        return;
    // Should it fail without going away, somebody looks again. The owner soon: some of the work is
    // only its to ask for.
    const bool isOwn = m_own && m_own(tag).has_value();
    due->second
        = std::max(due->second, m_context.scope.clock().now() + (isOwn ? 2 : 10) * takeover());
}

int Repair::nodesExpected() const
{
    int nodes = m_context.net.nodeCount();
    const Ticks now = m_context.scope.clock().now();
    for (const tree::Member &member : m_directory.members()) {
        if (!member.online && now - member.changedAt < m_context.config.repairAfter)
            ++nodes;
    }
    return nodes;
}

bool Repair::awaitsReturn() const
{
    return nodesExpected() > m_context.net.nodeCount();
}

void Repair::membersChanged()
{
    for (const ShardId &tag : m_holder.tags())
        notice(tag, kSettle + turnOf(tag));
    for (const ShardId &tag : m_ownTags ? m_ownTags() : std::vector<ShardId>{}) {
        const auto own = m_own(tag);
        const bool isUnfinished = own && (!own->wasHealthy || own->isSpooled);
        notice(tag, kSettle + (isUnfinished ? Ticks{0} : turnOf(tag)));
    }
    // A node that is away now is given up later: look again then.
    const Ticks now = m_context.scope.clock().now();
    std::optional<Ticks> next;
    for (const tree::Member &member : m_directory.members()) {
        const Ticks at = member.changedAt + m_context.config.repairAfter;
        if (!member.online && at > now && (!next || at < *next))
            next = at;
    }
    m_context.scope.clock().cancel(std::exchange(m_giveUpTimer, Clock::TimerId::None));
    if (!next || m_context.scope.isClosed())
        return;
    m_giveUpTimer = m_context.scope.clock().after(*next - now + 1ms, [this] {
        m_giveUpTimer = Clock::TimerId::None;
        membersChanged();
    });
}

QCoro::Task<Result<Done>> Repair::run()
{
    for (;;) {
        const auto next
            = std::ranges::min_element(m_due, {}, [](const auto &entry) { return entry.second; });
        const Ticks now = m_context.scope.clock().now();
        if (next == m_due.end() || next->second > now) {
            const auto span
                = next == m_due.end() ? std::nullopt : std::optional(next->second - now);
            if (const auto woken = co_await m_changed.wait(span); !woken)
                break;
            continue;
        }
        const ShardId tag = next->first;
        m_due.erase(next);
        if (const auto looked = co_await look(tag); !looked) {
            if (looked.error().code == Errc::Closed)
                break;
            qCInfo(lcRepair).noquote() << "could not put right" << tag.text().left(16)
                                       << name(looked.error().code) << looked.error().detail;
            notice(tag, 10 * takeover());
        }
    }
    m_context.scope.clock().cancel(std::exchange(m_giveUpTimer, Clock::TimerId::None));
    co_return Done{};
}

QCoro::Task<Result<Done>> Repair::findManifest(std::shared_ptr<Case> file)
{
    if (file->own && file->own->isSpooled) {
        const auto spooled = co_await disk::OnExecutor<Result<std::vector<quint32>>>(
            m_context.scope, m_context.diskExecutor,
            [&spool = m_context.spool, tag = file->tag] { return spool.segments(tag); });
        if (!spooled)
            co_return spooled.error();
        file->spooled = *spooled;
        if (std::ranges::binary_search(file->spooled, kRootSegment))
            co_return co_await file->reader.openFromSpool(
                file->own->manifest, file->tag, file->own->rootCode.n);
    }
    auto names = file->own ? std::vector{file->own->manifest} : m_holder.manifestsOf(file->tag);
    Error error{Errc::NotFound, u"nobody has named the manifest"_s};
    for (const ShardId &manifest : names) {
        const auto opened = co_await file->reader.open(manifest, file->cancel, true);
        if (opened && file->reader.tag() == file->tag)
            co_return Done{};
        if (!opened)
            error = opened.error();
    }
    co_return error;
}

QCoro::Task<Result<Done>> Repair::look(ShardId tag)
{
    const auto file = std::make_shared<Case>(m_context, tag);
    if (m_own)
        file->own = m_own(tag);
    if (!file->own)
        file->owner = m_holder.ownerOf(tag);
    else if (file->own->isOfAccount)
        file->account = m_context.account;
    if (file->account)
        file->owner = file->account->id();
    // A put that is under way, or broke off: without a manifest there is nothing to go by.
    if (!file->own && m_holder.manifestsOf(tag).empty())
        co_return Done{};
    const bool isUnfinished = file->own && !file->own->wasHealthy;
    // A node that restarts has its shards still: what is missing for a moment is not rebuilt.
    if (awaitsReturn() && !isUnfinished)
        co_return Done{}; // the timer of membersChanged() comes back to it
    if (const auto found = co_await findManifest(file); !found)
        co_return found.error();
    const auto repaired = co_await repairAll(file);
    if (file->own) {
        if (const auto reported = co_await report(file); !reported)
            co_return reported;
    }
    co_return repaired;
}

std::vector<Repair::Needy> Repair::needyOf(const Case &file) const
{
    const ManifestReader &reader = file.reader;
    const Manifest &manifest = reader.manifest();
    const int nodes = m_context.net.nodeCount();
    const bool isLazy = !m_context.config.local && nodes >= kLazyFromNodes;
    std::vector<Needy> needy;
    const auto judge = [&](quint32 segment, const Code &code, int alive) {
        const int wanted = placeable(code, nodes);
        const bool isSpooled = std::ranges::binary_search(file.spooled, segment);
        if (isSpooled || (alive < wanted && (!isLazy || alive <= repairThreshold(code))))
            needy.push_back({segment, alive - code.k});
    };
    const auto judgeAll = [&](quint32 first, std::size_t count) {
        const auto alive = reader.locations().aliveFrom(
            first, count, [this](const NodeId &node) { return m_context.net.isOnline(node); });
        for (std::size_t i = 0; i < count; ++i)
            judge(first + static_cast<quint32>(i), manifest.code(), alive[i]);
    };
    const Code rootCode{reader.rootK(), std::max(reader.rootK(), std::min(nodes, 48))};
    judge(kRootSegment, rootCode,
        reader.locations().aliveFrom(kRootSegment, 1,
            [this](const NodeId &node) { return m_context.net.isOnline(node); })[0]);
    for (int level = manifest.depth() - 1; level >= 0 && !manifest.isInline(); --level)
        judgeAll(pageSegment(level, 0), manifest.pageCount(level));
    judgeAll(0, static_cast<std::size_t>(manifest.segmentCount()));
    std::ranges::stable_sort(needy, {}, &Needy::spare);
    return needy;
}

QCoro::Task<Result<Done>> Repair::repairAll(std::shared_ptr<Case> file)
{
    std::deque<QCoro::Task<Result<Done>>> running;
    std::optional<Error> failure;
    for (const Needy &needy : needyOf(*file)) {
        if (m_context.scope.isClosed())
            break;
        if (running.size() >= kBlocksAtOnce) {
            if (const auto done = co_await running.front(); !done)
                failure = done.error();
            running.pop_front();
        }
        if (needy.segment == kRootSegment) {
            running.push_back(repairRoot(file));
            continue;
        }
        auto block = co_await blockOf(file, needy.segment);
        if (block)
            running.push_back(repairBlock(file, *std::move(block)));
        else
            failure = block.error();
    }
    for (auto &task : running) {
        if (const auto done = co_await task; !done)
            failure = done.error();
    }
    co_return failure ? Result<Done>(*failure) : Result<Done>(Done{});
}

QCoro::Task<Result<BlockRef>> Repair::blockOf(std::shared_ptr<Case> file, quint32 segment)
{
    if ((segment & 0x80000000U) != 0)
        co_return co_await file->reader.pageBlock(
            static_cast<int>(segment >> 28 & 7), segment & 0x0fffffffU, file->cancel);
    auto entry = co_await file->reader.entry(segment, file->cancel);
    if (!entry)
        co_return entry.error();
    co_return entry->block;
}

QCoro::Task<Result<std::vector<QByteArray>>> Repair::missingShards(
    std::shared_ptr<Case> file, BlockRef block, std::vector<int> missing)
{
    using Shards = Result<std::vector<QByteArray>>;
    const int n = block.code.n;
    if (std::ranges::binary_search(file->spooled, block.segment)) {
        co_return co_await disk::OnExecutor<Shards>(m_context.scope, m_context.diskExecutor,
            [&spool = m_context.spool, tag = file->tag, segment = block.segment, n] {
                return spool.load(tag, segment, n);
            });
    }
    const auto codec = SegmentCodec::make(block.code, file->reader.manifest().hashCode());
    if (!codec)
        co_return codec.error();
    const auto fetch = std::make_shared<BlockFetch>(m_context.net, m_context.executor,
        m_context.latency, block, file->reader.locations(), Check::Hash, file->cancel);
    auto pieces = co_await fetch->fetch();
    if (!pieces)
        co_return pieces.error();
    co_return co_await disk::OnExecutor<Shards>(m_context.scope, m_context.executor,
        [codec = *codec, block, missing, pieces = *std::move(pieces)]() -> Shards {
            std::vector<ShardPiece> shards;
            for (const Piece &piece : pieces)
                shards.push_back({piece.index, piece.bytes});
            auto rebuilt = codec.rebuild(shards, missing);
            if (!rebuilt)
                return rebuilt.error();
            std::vector<QByteArray> all(static_cast<std::size_t>(block.code.n));
            for (std::size_t i = 0; i < missing.size(); ++i) {
                const auto index = static_cast<std::size_t>(missing[i]);
                if (!matches(block.ids[index], rebuilt->at(i)))
                    return Error{Errc::Malformed, u"the manifest names shards that do not fit"_s};
                all[index] = rebuilt->at(i);
            }
            return all;
        });
}

QCoro::Task<Result<Done>> Repair::repairBlock(std::shared_ptr<Case> file, BlockRef block)
{
    std::vector<Holding> held;
    std::set<int> alive;
    for (const Holding &holding : file->reader.locations().of(block.segment)) {
        if (!m_context.net.isOnline(holding.node))
            continue;
        held.push_back(holding);
        alive.insert(holding.index);
    }
    std::vector<int> missing;
    for (int index = 0; index < block.code.n; ++index) {
        if (!alive.contains(index))
            missing.push_back(index);
    }
    auto shards = co_await missingShards(file, block, missing);
    if (!shards)
        co_return shards.error();
    co_return co_await send(file,
        Outgoing{file->tag, block.segment, block.code, block.ids.front(), block.ids,
            *std::move(shards), std::move(held), durableAt(block.code), file->owner,
            file->reader.id(), file->account, false});
}

/// The page is at hand, so its pieces are simply made again.
QCoro::Task<Result<Done>> Repair::repairRoot(std::shared_ptr<Case> file)
{
    const int k = file->reader.rootK();
    int n = std::max(k, std::min(m_context.net.nodeCount(), 48));
    if (file->own)
        n = std::max(n, file->own->rootCode.n);
    const Code code{k, n};
    auto made = co_await disk::OnExecutor<RootPieces>(m_context.scope, m_context.executor,
        [page = file->reader.rootPage(), code, hash = file->reader.manifest().hashCode()] {
            return encodeRootPage(page, code, hash);
        });
    if (made.manifest != file->reader.id())
        co_return Error{Errc::Malformed, u"the root page does not make its own pieces"_s};
    std::vector<Holding> held;
    for (const Holding &holding : file->reader.locations().of(kRootSegment)) {
        if (m_context.net.isOnline(holding.node) && holding.index < n)
            held.push_back(holding);
    }
    co_return co_await send(file,
        Outgoing{file->tag, kRootSegment, code, file->reader.id(), std::move(made.ids),
            std::move(made.pieces), std::move(held), std::min(durableAt(code), n), file->owner,
            file->reader.id(), file->account, false});
}

QCoro::Task<Result<Done>> Repair::send(std::shared_ptr<Case> file, Outgoing block)
{
    const auto sending = std::make_shared<BlockSend>(m_context.net, std::move(block), file->cancel);
    if (const auto sent = co_await sending->run(); !sent)
        co_return sent;
    const quint32 segment = sending->block().segment;
    const bool wasSpooled = std::ranges::binary_search(file->spooled, segment);
    if (!wasSpooled)
        m_rebuilt += sending->sentNow();
    for (const Holding &holding : file->reader.locations().of(segment)) {
        if (m_context.net.isOnline(holding.node))
            file->reader.locations().drop(holding.node, segment, holding.index);
    }
    for (const Holding &holding : sending->block().held)
        file->reader.locations().add(holding.node, segment, holding.index);
    if (!wasSpooled || !sending->isSafe())
        co_return Done{};
    co_return co_await disk::OnExecutor<Result<Done>>(m_context.scope, m_context.diskExecutor,
        [&spool = m_context.spool, tag = file->tag, segment] {
            return spool.remove(tag, segment);
        });
}

QCoro::Task<Result<Done>> Repair::report(std::shared_ptr<Case> file)
{
    bool isSpooled = file->own->isSpooled;
    if (isSpooled) {
        const auto left = co_await disk::OnExecutor<Result<std::vector<quint32>>>(
            m_context.scope, m_context.diskExecutor, [&spool = m_context.spool, tag = file->tag] {
                auto segments = spool.segments(tag);
                if (segments && segments->empty())
                    (void)spool.removeAll(tag);
                return segments;
            });
        if (!left)
            co_return left.error();
        isSpooled = !left->empty();
    }
    if (m_seen)
        m_seen(file->tag, std::move(file->reader.locations()), isSpooled);
    co_return Done{};
}

} // namespace borg::store
