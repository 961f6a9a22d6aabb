// SPDX-License-Identifier: GPL-3.0-or-later
#include "block_send.h"

#include <base/sleep.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kLeaseMs = 30LL * 24 * 3600 * 1000;
constexpr int kBusyAttempts = 20;

} // namespace

qint64 Outgoing::sizeBytes() const
{
    qint64 size = 0;
    for (const QByteArray &shard : shards)
        size += shard.size();
    return size;
}

BlockSend::BlockSend(ShardNet &net, Outgoing block, Cancel cancel)
    : m_net(net)
    , m_block(std::move(block))
    , m_cancel(std::move(cancel))
    , m_changed(net.scope())
{
    if (m_block.account && m_block.manifest)
        m_bindProof = prove(*m_block.account, OwnerAct::Bind, m_block.tag, *m_block.manifest);
}

bool BlockSend::isHeld(int index) const
{
    return std::ranges::contains(m_block.held, index, &Holding::index);
}

int BlockSend::durable() const
{
    std::set<int> indexes;
    for (const Holding &holding : m_block.held)
        indexes.insert(holding.index);
    return static_cast<int>(indexes.size());
}

QCoro::Task<Result<Done>> BlockSend::askWhoHas()
{
    std::vector<std::pair<NodeId, QCoro::Task<Result<std::vector<bool>>>>> asked;
    for (const NodeId &node : m_net.online())
        asked.emplace_back(node, m_net.have(node, m_block.ids));
    for (auto &[node, task] : asked) {
        const auto has = co_await task;
        if (!has)
            continue;
        for (int index = 0; index < m_block.code.n; ++index) {
            if (has->at(static_cast<std::size_t>(index)))
                m_block.held.push_back({index, node});
        }
    }
    co_return Done{};
}

int BlockSend::startSends()
{
    PlaceRequest request{m_block.key, m_block.code, m_net.sites(),
        nodesForCaps(m_block.code, m_net.nodeCount()), m_block.held, {}};
    std::erase_if(request.sites, [this](const Site &site) { return m_refused.contains(site.id); });
    for (const auto &[index, node] : m_running)
        request.held.push_back({index, node});
    int started = 0;
    const auto places = place(request);
    for (int index = 0; index < m_block.code.n; ++index) {
        const auto &node = places.at(static_cast<std::size_t>(index));
        if (!node || m_running.contains(index)
            || m_block.shards.at(static_cast<std::size_t>(index)).isEmpty())
            continue;
        start(index, *node, std::nullopt);
        ++started;
    }
    return started;
}

/// No node has room under the k - 1 rule, but one may hold a shard that another holds too: it can
/// take a missing one in its place. This is what brings a small network back to full health.
int BlockSend::startSwaps()
{
    std::map<int, std::vector<NodeId>> holders;
    for (const Holding &holding : m_block.held) {
        if (m_net.isOnline(holding.node))
            holders[holding.index].push_back(holding.node);
    }
    int started = 0;
    for (int index = 0; index < m_block.code.n; ++index) {
        if (holders.contains(index) || isHeld(index) || m_running.contains(index)
            || m_block.shards.at(static_cast<std::size_t>(index)).isEmpty())
            continue;
        for (auto &[spare, nodes] : holders) {
            const auto node = std::ranges::find_if(nodes, [this](const NodeId &id) {
                return !m_refused.contains(id) && !m_net.isAvoided(id);
            });
            if (nodes.size() < 2 || node == nodes.end())
                continue;
            const NodeId target = *node;
            nodes.erase(node);
            start(index, target, Holding{spare, nodes.front()});
            ++started;
            break;
        }
    }
    return started;
}

void BlockSend::start(int index, const NodeId &node, std::optional<Holding> swap)
{
    m_running.emplace(index, node);
    m_net.scope().spawn("store.send"_L1, sendOne(index, node, std::move(swap)));
}

QCoro::Task<Result<Done>> BlockSend::sendOne(int index, NodeId node, std::optional<Holding> swap)
{
    const auto self = shared_from_this();
    const auto at = static_cast<std::size_t>(index);
    PutShard request{m_block.ids.at(at), m_block.tag, m_block.segment, static_cast<quint32>(index),
        static_cast<quint32>(m_block.code.k), static_cast<quint32>(m_block.code.n),
        m_net.scope().clock().utcMs() + kLeaseMs, m_block.owner, m_block.manifest, {}, {}, {}};
    if (swap) {
        request.replaces = m_block.ids.at(static_cast<std::size_t>(swap->index));
        request.alsoAt = swap->node;
    }
    if (m_block.account && swap)
        request.proof = prove(*m_block.account, OwnerAct::Replace, m_block.tag, *request.replaces);
    else if (m_block.account && m_block.manifest)
        request.proof = m_bindProof;
    Result<Done> outcome = Done{};
    for (int attempt = 1; attempt <= kBusyAttempts; ++attempt) {
        const auto answer = co_await m_net.ask(node, request, m_block.shards.at(at),
            {.deadline = ShardNet::kPutWithin, .cancel = m_stop});
        outcome = answer ? Result<Done>(Done{}) : Result<Done>(answer.error());
        if (outcome || outcome.error().code != Errc::Busy || m_stop.isCancelled())
            break;
        if (const auto slept = co_await Sleep(m_net.scope(), attempt * 50ms); !slept)
            break;
    }
    m_running.erase(index);
    if (outcome) {
        if (swap) {
            std::erase_if(m_block.held, [&swap, &node](const Holding &holding) {
                return holding.index == swap->index && holding.node == node;
            });
        }
        m_block.held.push_back({index, node});
        ++m_sent;
        if (isSafe() && m_safe)
            std::exchange(m_safe, {})();
    } else {
        m_refused.insert(node);
        const Errc code = outcome.error().code;
        if (code != Errc::Conflict && code != Errc::Closed && code != Errc::Malformed)
            m_net.avoid(node, code == Errc::NoSpace ? 60s : 10s);
    }
    m_changed.notify();
    co_return Done{};
}

QCoro::Task<Result<Done>> BlockSend::run()
{
    const auto self = shared_from_this();
    const auto stop = m_cancel.onCancel([this, self] {
        m_stop.cancel();
        m_changed.notify();
    });
    if (m_block.askFirst) {
        if (const auto asked = co_await askWhoHas(); !asked)
            co_return asked.error();
    }
    if (isSafe() && m_safe)
        std::exchange(m_safe, {})();
    std::optional<Ticks> safeSince;
    while (durable() < m_block.code.n) {
        if (m_cancel.isCancelled())
            co_return Error{Errc::Closed, u"cancelled"_s};
        const bool isLate
            = safeSince && m_net.scope().clock().now() - *safeSince >= kStragglersWithin;
        if (isLate)
            m_stop.cancel();
        else if (startSends() + (m_running.empty() ? startSwaps() : 0) == 0 && m_running.empty())
            break;
        if (m_running.empty())
            break;
        if (isSafe() && !safeSince)
            safeSince = m_net.scope().clock().now();
        const auto woken = co_await m_changed.wait(
            safeSince && !isLate ? std::optional(kStragglersWithin) : std::nullopt);
        if (!woken)
            co_return woken.error();
    }
    co_return Done{};
}

} // namespace borg::store
