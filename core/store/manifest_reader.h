// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/block_fetch.h>
#include <store/manifest.h>
#include <store/root_page.h>
#include <store/spool.h>

namespace borg::store {

/// Finds a file's manifest in the network and walks its pages. One coroutine at a time.
class ManifestReader {
public:
    /// @param all outlive this object and its tasks.
    ManifestReader(ShardNet &net, Executor &executor, Latency &latency, Spool &spool)
        : m_net(net)
        , m_executor(executor)
        , m_latency(latency)
        , m_spool(spool)
    {
    }

    /// Fetches the root page from the nodes (all up to 64, else the likeliest): the first pieces
    /// that are enough win. Afterwards locations() say who holds what: all who answer in time, or,
    /// unless it is for a repair, soon those who hold enough of everything.
    ///
    /// @return Done, NotFound (says how many of how many), Malformed or Closed.
    QCoro::Task<Result<Done>> open(ShardId manifest, Cancel cancel, bool repairing = false);
    /// The same from the spool's own block, for a file of this node.
    QCoro::Task<Result<Done>> openFromSpool(ShardId manifest, ShardId tag, int pieces);
    /// Asks all nodes anew who holds what. @pre open() or openFromSpool() was Done.
    QCoro::Task<Result<Done>> relocate();

    /// A segment as the manifest lists it.
    struct Entry {
        BlockRef block;
        crypto::Hash plainHash{}; ///< Zero without a key.
    };
    /// @return the entry of `segment`; opens the page that lists it when that is not at hand.
    ///         Unauthorized: wrong key.
    QCoro::Task<Result<Entry>> entry(qint64 segment, Cancel cancel);
    /// @return a page as a block to be repaired.
    QCoro::Task<Result<BlockRef>> pageBlock(int level, quint32 index, Cancel cancel);

    /// Opens the private part. @return Unauthorized: wrong key.
    Result<PrivatePart> unlock(const crypto::SecretKey &key);

    [[nodiscard]] const Manifest &manifest() const { return *m_manifest; }
    [[nodiscard]] const ShardId &id() const { return m_id; }
    [[nodiscard]] const QByteArray &rootPage() const { return m_rootPage; }
    [[nodiscard]] int rootK() const { return m_rootK; }
    [[nodiscard]] ShardId tag() const { return fileTag(m_manifest->file()); }
    [[nodiscard]] Locations &locations() { return m_locations; }
    [[nodiscard]] const Locations &locations() const { return m_locations; }

private:
    using PageKey = std::pair<int, quint32>;
    static constexpr std::size_t kPagesMax = 8;

    QCoro::Task<Result<Locations>> findHolders(bool repairing);
    [[nodiscard]] bool areEnough(const Locations &locations) const;
    QCoro::Task<Result<QByteArray>> fetchRoot(Cancel cancel);
    QCoro::Task<Result<std::shared_ptr<const Page>>> page(
        int level, quint32 index, BlockRef block, qsizetype bytes, Cancel cancel);
    QCoro::Task<Result<QByteArray>> fetchPage(BlockRef block, qsizetype bytes, Cancel cancel);
    Result<Done> take(QByteArray rootPage);

    ShardNet &m_net;
    Executor &m_executor;
    Latency &m_latency;
    Spool &m_spool;
    ShardId m_id;
    QByteArray m_rootPage;
    int m_rootK = 1;
    std::optional<Manifest> m_manifest;
    std::optional<crypto::SecretKey> m_key;
    std::vector<crypto::Hash> m_plainHashes; ///< At depth 0.
    Locations m_locations;
    std::map<PageKey, std::shared_ptr<const Page>> m_pages;
    std::map<quint32, std::vector<crypto::Hash>> m_pageHashes; ///< Of level 0 pages at hand.
};

} // namespace borg::store
