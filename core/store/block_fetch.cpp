// SPDX-License-Identifier: GPL-3.0-or-later
#include "block_fetch.h"

#include <store/hash_tree.h>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

void Latency::add(Ticks took)
{
    m_took.at(m_count++ % kKept) = took;
}

Ticks Latency::patience() const
{
    const std::size_t count = std::min(m_count, kKept);
    if (count < 8)
        return 500ms;
    auto sorted = m_took;
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(count * 9 / 10);
    std::nth_element(sorted.begin(), at, sorted.begin() + static_cast<std::ptrdiff_t>(count));
    return std::clamp<Ticks>(2 * *at, 100ms, 3s);
}

BlockFetch::BlockFetch(ShardNet &net, Executor &executor, Latency &latency, BlockRef block,
    const Locations &locations, Check check, Cancel cancel)
    : m_net(net)
    , m_executor(executor)
    , m_latency(latency)
    , m_block(std::move(block))
    , m_check(check)
    , m_cancel(std::move(cancel))
    , m_changed(net.scope())
{
    // Data shards of nodes that answer first, then parity, then nodes that just failed us. Among
    // equals those of this node: they cost no link.
    std::vector<Candidate> all;
    for (const Holding &holding : locations.of(m_block.segment)) {
        if (holding.index < m_block.code.n)
            all.push_back({holding.index, holding.node});
    }
    const auto rank = [this](const Candidate &candidate) {
        return std::tuple{m_net.isAvoided(candidate.node), candidate.index >= m_block.code.k,
            candidate.node != m_net.self(), candidate.index};
    };
    std::ranges::stable_sort(all, {}, rank);
    m_candidates.assign(all.begin(), all.end());
}

bool BlockFetch::isWanted(int index) const
{
    return !m_pieces.contains(index) && !m_running.contains(index);
}

bool BlockFetch::startNext()
{
    const auto next = std::ranges::find_if(
        m_candidates, [this](const Candidate &candidate) { return isWanted(candidate.index); });
    if (next == m_candidates.end())
        return false;
    const Candidate from = *next;
    m_candidates.erase(next);
    m_running.insert(from.index);
    m_net.scope().spawn("store.fetch"_L1, fetchOne(from));
    return true;
}

QCoro::Task<Result<Done>> BlockFetch::fetchOne(Candidate from)
{
    const auto self = shared_from_this();
    const Ticks started = m_net.scope().clock().now();
    const ShardId id = m_block.ids.at(static_cast<std::size_t>(from.index));
    auto answer = co_await m_net.ask(
        from.node, GetShard{id, 0, -1}, {}, {.deadline = ShardNet::kGetWithin, .cancel = m_done});
    bool isGood = answer.ok() && answer->body.size() == m_block.shardBytes;
    if (isGood && m_check == Check::Hash) {
        isGood = co_await disk::OnExecutor<bool>(
            m_net.scope(), m_executor, [id, bytes = answer->body] { return matches(id, bytes); });
    }
    m_running.erase(from.index);
    if (isGood) {
        m_latency.add(m_net.scope().clock().now() - started);
        m_pieces.emplace(from.index, Piece{from.index, from.node, std::move(answer->body)});
    } else if (!answer
        && (answer.error().code == Errc::Unreachable || answer.error().code == Errc::Timeout)) {
        m_net.avoid(from.node, 10s);
    } else if (!answer && answer.error().code == Errc::Closed) {
        m_later.push_back(from); // not its fault: another fetch() may ask again, this one not
    }
    m_changed.notify();
    co_return Done{};
}

QCoro::Task<Result<std::vector<Piece>>> BlockFetch::fetch()
{
    const auto self = shared_from_this();
    const auto k = static_cast<std::size_t>(m_block.code.k);
    // Calls that end before they begin would be begun again without end.
    if (m_cancel.isCancelled() || m_net.scope().isClosed())
        co_return Error{Errc::Closed, u"cancelled"_s};
    m_done = Cancel();
    m_candidates.insert(m_candidates.end(), m_later.begin(), m_later.end());
    m_later.clear();
    if (m_cancel.isCancelled())
        co_return Error{Errc::Closed, u"cancelled"_s};
    const auto stop = m_cancel.onCancel([done = m_done, this, self] {
        done.cancel();
        m_changed.notify();
    });
    std::size_t extra = 0; // shards asked for beyond k, since some are slow
    while (m_pieces.size() < k) {
        while (m_pieces.size() + m_running.size() < k + extra && startNext()) { }
        if (m_running.empty()) {
            co_return Error{Errc::NotFound,
                u"only %1 of the %2 shards that a part of the file needs can be reached"_s
                    .arg(m_pieces.size())
                    .arg(k)};
        }
        const std::size_t before = m_pieces.size();
        const Ticks asked = m_net.scope().clock().now();
        const Ticks patience = m_latency.patience();
        if (const auto woken = co_await m_changed.wait(patience); !woken)
            co_return woken.error();
        if (m_cancel.isCancelled())
            co_return Error{Errc::Closed, u"cancelled"_s};
        if (m_pieces.size() == before && m_net.scope().clock().now() - asked >= patience)
            extra = std::min(extra + 1, k);
    }
    m_done.cancel();
    std::vector<Piece> pieces;
    for (const auto &[index, piece] : m_pieces) {
        if (pieces.size() < k)
            pieces.push_back(piece);
    }
    co_return pieces;
}

void BlockFetch::reject(const Piece &piece)
{
    m_pieces.erase(piece.index);
}

} // namespace borg::store
