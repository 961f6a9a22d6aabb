// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest_reader.h"

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t kAskedMax = 64;
constexpr std::size_t kAskedFirst = 6; ///< For a page; most have the pieces of a small network,
constexpr std::size_t kAskedMore = 2; ///< and once k is known, so many more than k.
constexpr Ticks kHurryAfter = std::chrono::milliseconds(100); ///< Then all are asked.

/// The pieces in an answer to GetRoot.
std::vector<QByteArray> piecesIn(const net::Answer<RootReply> &answer)
{
    std::vector<QByteArray> pieces;
    qsizetype at = 0;
    for (const quint32 size : answer.reply.sizes) {
        if (qsizetype{size} > answer.body.size() - at)
            break;
        pieces.push_back(answer.body.sliced(at, size));
        at += size;
    }
    return pieces;
}

/// The pieces of a root page as they come. Kept by whoever still answers.
struct RootHunt {
    const ShardId manifest;
    std::size_t open = 0; ///< Nodes that have not answered.
    Signal changed;
    std::map<int, QByteArray> pieces{}; ///< Genuine ones, by index.
    int k = 1;

    [[nodiscard]] bool isEnough() const
    {
        return !pieces.empty() && static_cast<int>(pieces.size()) >= k;
    }
};

QCoro::Task<Result<Done>> askForRoot(
    ShardNet &net, std::shared_ptr<RootHunt> hunt, NodeId node, Cancel enough)
{
    const auto answer = co_await net.ask(node, GetRoot{hunt->manifest}, {},
        {ShardNet::kAskWithin, wire::FrameClass::Normal, std::move(enough)});
    for (const QByteArray &piece : answer ? piecesIn(*answer) : std::vector<QByteArray>{}) {
        const auto info = readRootPiece(piece);
        if (!info || info->manifest != hunt->manifest)
            continue;
        hunt->k = info->k;
        hunt->pieces.emplace(info->index, piece);
    }
    --hunt->open;
    hunt->changed.notify();
    co_return Done{};
}

} // namespace

Result<Done> ManifestReader::take(QByteArray rootPage)
{
    auto manifest = Manifest::parse(rootPage);
    if (!manifest)
        return manifest.error();
    m_manifest = *std::move(manifest);
    m_rootPage = std::move(rootPage);
    return Done{};
}

QCoro::Task<Result<Done>> ManifestReader::open(ShardId manifest, Cancel cancel, bool repairing)
{
    m_id = manifest;
    auto page = co_await fetchRoot(cancel);
    if (!page)
        co_return page.error();
    if (auto taken = take(*std::move(page)); !taken)
        co_return taken;
    if (m_manifest->isInline() && !repairing)
        co_return Done{}; // the page is all there is
    auto locations = co_await findHolders(repairing);
    if (!locations)
        co_return locations.error();
    m_locations = *std::move(locations);
    co_return Done{};
}

QCoro::Task<Result<Locations>> ManifestReader::findHolders(bool repairing)
{
    if (repairing) // one that overlooks a slow node would rebuild what is there
        return m_net.locate(tag(), true);
    return m_net.locateEnough(tag(), [this](const Locations &found) { return areEnough(found); });
}

QCoro::Task<Result<Done>> ManifestReader::relocate()
{
    auto locations = co_await m_net.locate(tag());
    if (!locations)
        co_return locations.error();
    m_locations = *std::move(locations);
    co_return Done{};
}

bool ManifestReader::areEnough(const Locations &locations) const
{
    if (m_manifest->isInline())
        return true;
    const auto hasAll = [&](quint32 first, std::size_t count) {
        const auto alive = locations.aliveFrom(first, count, [](const NodeId &) { return true; });
        return std::ranges::all_of(
            alive, [k = m_manifest->code().k](int shards) { return shards >= k; });
    };
    for (int level = m_manifest->depth() - 1; level >= 0; --level) {
        if (!hasAll(pageSegment(level, 0), m_manifest->pageCount(level)))
            return false;
    }
    return hasAll(0, static_cast<std::size_t>(m_manifest->segmentCount()));
}

QCoro::Task<Result<QByteArray>> ManifestReader::fetchRoot(Cancel cancel)
{
    std::vector<Site> sites;
    for (const NodeId &node : m_net.online())
        sites.push_back({node, 1, {}, 0, 0});
    auto nodes = candidates(m_id, sites);
    if (nodes.size() > kAskedMax)
        nodes.resize(kAskedMax);
    const Cancel enough;
    const auto hunt = std::make_shared<RootHunt>(m_id, 0, Signal(m_net.scope()));
    const auto stop = cancel.onCancel([enough, hunt] {
        enough.cancel();
        hunt->changed.notify();
    });
    std::size_t asked = 0;
    const auto ask = [&](std::size_t count) {
        for (; asked < std::min(count, nodes.size()); ++asked) {
            ++hunt->open;
            m_net.scope().spawn("store.root"_L1, askForRoot(m_net, hunt, nodes[asked], enough));
        }
    };
    // Those that come first in the order of its name most likely have a piece.
    ask(kAskedFirst);
    const Ticks hurryAt = m_net.scope().clock().now() + kHurryAfter;
    while (!hunt->isEnough()) {
        const Ticks left = hurryAt - m_net.scope().clock().now();
        if (!hunt->pieces.empty())
            ask(static_cast<std::size_t>(hunt->k) + kAskedMore);
        if (hunt->open == 0 || left <= Ticks{0})
            ask(nodes.size());
        if (hunt->open == 0)
            break;
        const auto atMost = left > Ticks{0} ? std::optional(left) : std::nullopt;
        if (const auto woken = co_await hunt->changed.wait(atMost); !woken)
            co_return woken.error();
        if (cancel.isCancelled())
            co_return Error{Errc::Closed, u"cancelled"_s};
    }
    enough.cancel(); // one node that hangs does not delay what the others have
    const auto pieces = std::exchange(hunt->pieces, {});
    m_rootK = hunt->k;
    if (pieces.empty())
        co_return Error{Errc::NotFound,
            u"no node that can be reached knows this file (%1 asked)"_s.arg(nodes.size())};
    std::vector<QByteArray> all;
    for (const auto &[index, piece] : pieces)
        all.push_back(piece);
    co_return co_await disk::OnExecutor<Result<QByteArray>>(
        m_net.scope(), m_executor, [id = m_id, all = std::move(all)] {
            return decodeRootPage(id, std::vector<QByteArrayView>(all.begin(), all.end()));
        });
}

QCoro::Task<Result<Done>> ManifestReader::openFromSpool(ShardId manifest, ShardId tag, int pieces)
{
    struct Found {
        QByteArray page;
        int k = 1;
    };
    m_id = manifest;
    auto found = co_await disk::OnExecutor<Result<Found>>(
        m_net.scope(), m_executor, [&spool = m_spool, manifest, tag, pieces]() -> Result<Found> {
            const auto all = spool.load(tag, kRootSegment, pieces);
            if (!all)
                return all.error();
            const auto info = readRootPiece(all->front());
            if (!info)
                return info.error();
            auto page
                = decodeRootPage(manifest, std::vector<QByteArrayView>(all->begin(), all->end()));
            if (!page)
                return page.error();
            return Found{*std::move(page), info->k};
        });
    if (!found)
        co_return found.error();
    m_rootK = found->k;
    if (auto taken = take(std::move(found->page)); !taken)
        co_return taken;
    auto locations = co_await m_net.locate(tag);
    if (!locations)
        co_return locations.error();
    m_locations = *std::move(locations);
    co_return Done{};
}

Result<PrivatePart> ManifestReader::unlock(const crypto::SecretKey &key)
{
    auto opened = m_manifest->open(key);
    if (!opened)
        return opened.error();
    m_key = key;
    m_plainHashes = opened->plainHashes;
    return opened;
}

QCoro::Task<Result<QByteArray>> ManifestReader::fetchPage(
    BlockRef block, qsizetype bytes, Cancel cancel)
{
    const auto codec = SegmentCodec::make(m_manifest->code(), m_manifest->hashCode());
    if (!codec)
        co_return codec.error();
    const auto fetch = std::make_shared<BlockFetch>(
        m_net, m_executor, m_latency, block, m_locations, Check::Hash, cancel);
    auto pieces = co_await fetch->fetch();
    if (pieces) {
        co_return co_await disk::OnExecutor<Result<QByteArray>>(
            m_net.scope(), m_executor, [codec = *codec, bytes, pieces = *std::move(pieces)] {
                std::vector<ShardPiece> shards;
                for (const Piece &piece : pieces)
                    shards.push_back({piece.index, piece.bytes});
                return codec.decodePublic(bytes, shards);
            });
    }
    if (pieces.error().code != Errc::NotFound)
        co_return pieces.error();
    const int n = block.code.n;
    auto spooled = co_await disk::OnExecutor<Result<QByteArray>>(m_net.scope(), m_executor,
        [&spool = m_spool, tag = tag(), segment = block.segment, n, codec = *codec,
            bytes]() -> Result<QByteArray> {
            const auto all = spool.load(tag, segment, n);
            if (!all)
                return all.error();
            std::vector<ShardPiece> shards;
            for (int i = 0; i < codec.code().k; ++i)
                shards.push_back({i, all->at(static_cast<std::size_t>(i))});
            return codec.decodePublic(bytes, shards);
        });
    if (!spooled && spooled.error().code == Errc::NotFound)
        co_return pieces.error();
    co_return spooled;
}

QCoro::Task<Result<std::shared_ptr<const Page>>> ManifestReader::page(
    int level, quint32 index, BlockRef block, qsizetype bytes, Cancel cancel)
{
    const PageKey key{level, index};
    if (const auto found = m_pages.find(key); found != m_pages.end())
        co_return std::shared_ptr(found->second); // QCoro moves out of a plain lvalue
    const auto fetched = co_await fetchPage(std::move(block), bytes, cancel);
    if (!fetched)
        co_return fetched.error();
    auto parsed = Page::parse(*m_manifest, level, index, *fetched);
    if (!parsed)
        co_return parsed.error();
    auto page = std::make_shared<const Page>(*std::move(parsed));
    if (level == 0 && m_key) {
        auto hashes = page->plainHashes(*m_key);
        if (!hashes)
            co_return hashes.error();
        m_pageHashes.insert_or_assign(index, *std::move(hashes));
    }
    if (m_pages.size() >= kPagesMax) {
        if (m_pages.begin()->first.first == 0)
            m_pageHashes.erase(m_pages.begin()->first.second);
        m_pages.erase(m_pages.begin()); // read in order, so the lowest is the oldest
    }
    m_pages.emplace(key, page);
    co_return page;
}

QCoro::Task<Result<ManifestReader::Entry>> ManifestReader::entry(qint64 segment, Cancel cancel)
{
    const Manifest &manifest = *m_manifest;
    const auto at = static_cast<std::size_t>(manifest.slotOf(segment));
    Entry entry{
        {static_cast<quint32>(segment), manifest.code(), {}, manifest.shardBytesOf(segment)}, {}};
    if (manifest.depth() == 0) {
        entry.block.ids = manifest.entry(manifest.slotOf(segment));
        if (m_key)
            entry.plainHash = m_plainHashes.at(at);
        co_return entry;
    }
    std::shared_ptr<const Page> above;
    for (const PageStep &step : manifest.pathTo(segment)) {
        BlockRef block{pageSegment(step.level, step.index), manifest.code(),
            above ? above->entry(step.slot) : manifest.entry(step.slot),
            shardBytesOf(step.bytes, manifest.code().k)};
        auto next = co_await page(step.level, step.index, std::move(block), step.bytes, cancel);
        if (!next)
            co_return next.error();
        above = *std::move(next);
        if (step.level == 0 && m_key)
            entry.plainHash = m_pageHashes.at(step.index).at(at);
    }
    entry.block.ids = above->entry(manifest.slotOf(segment));
    co_return entry;
}

QCoro::Task<Result<BlockRef>> ManifestReader::pageBlock(int level, quint32 index, Cancel cancel)
{
    const Manifest &manifest = *m_manifest;
    const int top = manifest.depth() - 1;
    BlockRef block{pageSegment(level, index), manifest.code(), {},
        shardBytesOf(manifest.pageBytes(level, index), manifest.code().k)};
    if (level == top) {
        block.ids = manifest.entry(static_cast<int>(index));
        co_return block;
    }
    // All pages of a level but the last are full, so the place above follows from the number.
    const auto perPage = static_cast<quint32>(manifest.entriesInPage(level + 1, 0));
    auto above = co_await pageBlock(level + 1, index / perPage, cancel);
    if (!above)
        co_return above.error();
    const qsizetype bytes = manifest.pageBytes(level + 1, index / perPage);
    const auto parent = co_await page(level + 1, index / perPage, *std::move(above), bytes, cancel);
    if (!parent)
        co_return parent.error();
    block.ids = (*parent)->entry(static_cast<int>(index % perPage));
    co_return block;
}

} // namespace borg::store
