// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement.h"

#include <QtEndian>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <map>
#include <numeric>
#include <ranges>

namespace borg::store {

namespace {

/// The finisher of SplitMix64: every bit of the input moves every bit of the output.
constexpr quint64 mix(quint64 value)
{
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

/// A number that is even chance over (key, node, slot), the same on every computer.
quint64 drawFor(const ShardId &key, const NodeId &node, quint64 slot)
{
    quint64 state = mix(slot + 0x9e3779b97f4a7c15);
    for (std::size_t at = 0; at < node.bytes.size(); at += 8) {
        state = mix(state ^ qFromBigEndian<quint64>(&key.bytes[at + 1]));
        state = mix(state + qFromBigEndian<quint64>(&node.bytes[at]));
    }
    return state;
}

__extension__ using Wide = unsigned __int128;

/// -log2(u / 2^64) in units of 2^-32, from whole numbers only: std::log differs in the last bit
/// between libraries, and with it a ranking could. u = 0 counts as 1.
constexpr quint64 negativeLog2(quint64 u)
{
    u = std::max<quint64>(u, 1);
    const auto whole = static_cast<quint64>(std::countl_zero(u));
    // m in [1, 2) as 1.63 bits; squaring it doubles its logarithm and so shows the next digit.
    quint64 m = u << whole;
    quint64 fraction = 0;
    for (int bit = 0; bit < 32; ++bit) {
        const auto square = static_cast<Wide>(m) * m; // 2.126 bits
        fraction <<= 1;
        if (square >> 127) {
            fraction |= 1;
            m = static_cast<quint64>(square >> 64);
        } else {
            m = static_cast<quint64>(square >> 63);
        }
    }
    return ((whole + 1) << 32) - fraction;
}
static_assert(negativeLog2(quint64{1} << 63) == quint64{1} << 32);
static_assert(negativeLog2(quint64{1} << 60) == quint64{4} << 32);

/// Weighted rendezvous: the node with the least -log(u) / weight wins, with chances as the weights.
quint64 costOf(const ShardId &key, const Site &site)
{
    if (site.weight == 0)
        return std::numeric_limits<quint64>::max();
    constexpr int kScale = 24;
    return (negativeLog2(drawFor(key, site.id, 0)) << kScale) / site.weight;
}

/// @return the indexes of the sites, best first.
std::vector<std::size_t> ranked(const ShardId &key, const std::vector<Site> &sites)
{
    std::vector<quint64> costs(sites.size());
    std::ranges::transform(sites, costs.begin(), [&](const Site &s) { return costOf(key, s); });
    std::vector<std::size_t> order(sites.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return std::tie(costs[a], sites[a].id) < std::tie(costs[b], sites[b].id);
    });
    return order;
}

/// What is given up, one after the other, when caps leave too few sites.
enum class Relaxed : quint8 { Nothing, Region, Subnet, Owner };

const NodeId &ownerOf(const Site &site)
{
    return site.owner ? *site.owner : site.id;
}

/// Places one segment: who holds how much so far, and what the rules leave.
class Placer {
public:
    explicit Placer(const PlaceRequest &request)
        : m_request(request)
        , m_order(ranked(request.key, request.sites))
        , m_result(static_cast<std::size_t>(request.code.n))
    {
        const int nodes = std::max(request.nodes, static_cast<int>(request.sites.size()));
        m_nodeMax = shardsPerNodeMax(request.code, nodes);
        m_cellMax = std::max(1, (request.code.n - request.code.k) / 2);
        std::map<NodeId, const Site *> known;
        for (const Site &site : request.sites)
            known.emplace(site.id, &site);
        for (const Holding &holding : request.held) {
            if (holding.index < 0 || holding.index >= request.code.n)
                continue;
            m_holders.emplace(holding.index, holding.node);
            const auto site = known.find(holding.node);
            Site gone;
            gone.id = holding.node;
            count(site == known.end() ? gone : *site->second);
        }
    }

    std::vector<std::optional<NodeId>> run()
    {
        for (int index = 0; index < m_request.code.n; ++index) {
            if (!m_holders.contains(index) || std::ranges::contains(m_request.again, index))
                m_missing.push_back(index);
        }
        for (int most = 1; most <= m_nodeMax && !m_missing.empty(); ++most) {
            for (const auto relaxed :
                {Relaxed::Nothing, Relaxed::Region, Relaxed::Subnet, Relaxed::Owner})
                assign(pick(most, relaxed));
        }
        return m_result;
    }

private:
    void count(const Site &site)
    {
        ++m_perNode[site.id];
        ++m_perOwner[ownerOf(site)];
        if (site.subnet != 0)
            ++m_perSubnet[site.subnet];
        if (site.region != 0)
            ++m_perRegion[site.region];
    }

    [[nodiscard]] bool hasRoom(const Site &site, int most, Relaxed relaxed)
    {
        if (site.weight == 0 || m_perNode[site.id] >= most)
            return false;
        const int ofOwner = m_perOwner[ownerOf(site)];
        if (site.owner
            && (ofOwner >= m_nodeMax || (relaxed < Relaxed::Owner && ofOwner >= m_cellMax)))
            return false;
        if (relaxed < Relaxed::Subnet && site.subnet && m_perSubnet[site.subnet] >= m_cellMax)
            return false;
        return relaxed >= Relaxed::Region || !site.region || m_perRegion[site.region] < m_cellMax;
    }

    /// @return the best sites with room, one for each missing shard at most; they are counted.
    std::vector<const Site *> pick(int most, Relaxed relaxed)
    {
        std::vector<const Site *> picked;
        for (const std::size_t at : m_order) {
            if (picked.size() == m_missing.size())
                break;
            const Site &site = m_request.sites[at];
            if (!hasRoom(site, most, relaxed))
                continue;
            count(site);
            picked.push_back(&site);
        }
        return picked;
    }

    [[nodiscard]] bool holds(const NodeId &node, int index) const
    {
        const auto [first, last] = m_holders.equal_range(index);
        return std::ranges::contains(std::ranges::subrange(first, last) | std::views::values, node);
    }

    /// Which of the picked sites gets which shard: each shard takes the site that it likes best, so
    /// that most pairs stay when one site comes or goes.
    void assign(std::vector<const Site *> picked)
    {
        std::vector<int> left;
        for (const int index : m_missing) {
            const auto best = std::ranges::min_element(picked, {}, [&](const Site *site) {
                const bool useless = holds(site->id, index);
                const auto slot = static_cast<quint64>(index) + 1;
                return std::tuple(useless, drawFor(m_request.key, site->id, slot), site->id);
            });
            if (best == picked.end() || holds((*best)->id, index)) {
                left.push_back(index);
                continue;
            }
            m_result[static_cast<std::size_t>(index)] = (*best)->id;
            m_holders.emplace(index, (*best)->id);
            picked.erase(best);
        }
        m_missing = std::move(left);
    }

    const PlaceRequest &m_request;
    const std::vector<std::size_t> m_order;
    std::vector<std::optional<NodeId>> m_result;
    std::vector<int> m_missing;
    std::multimap<int, NodeId> m_holders;
    std::map<NodeId, int> m_perNode;
    std::map<NodeId, int> m_perOwner;
    std::map<quint64, int> m_perSubnet;
    std::map<quint64, int> m_perRegion;
    int m_nodeMax = 0;
    int m_cellMax = 0;
};

} // namespace

quint64 weightOf(qint64 freeBytes)
{
    if (freeBytes <= 0)
        return 0;
    // Powers of two of MiB up to 1 PiB: the cost's numbers have room for no more.
    const auto mebibytes = static_cast<quint64>(freeBytes) >> 20;
    return std::bit_floor(std::clamp<quint64>(mebibytes, 1, quint64{1} << 30));
}

std::vector<NodeId> candidates(const ShardId &key, const std::vector<Site> &sites)
{
    std::vector<NodeId> nodes;
    for (const std::size_t at : ranked(key, sites))
        nodes.push_back(sites[at].id);
    return nodes;
}

std::vector<std::optional<NodeId>> place(const PlaceRequest &request)
{
    return Placer(request).run();
}

} // namespace borg::store
