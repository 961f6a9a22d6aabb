// SPDX-License-Identifier: GPL-3.0-or-later
#include "agreement.h"

#include <base/assert.h>

#include <algorithm>
#include <numeric>

namespace borg::time {

namespace {
constexpr double kWeightOverMiddleMax = 2.0;
} // namespace

std::optional<Region> agreed(std::span<const Interval> all, std::size_t needed)
{
    struct Edge {
        qint64 at;
        int step; // the beginnings first: an end that is another's beginning belongs to both
    };
    std::vector<Edge> edges;
    edges.reserve(2 * all.size());
    for (const auto &[fromUs, toUs] : all) {
        edges.push_back({fromUs, 1});
        edges.push_back({toUs, -1});
    }
    std::ranges::sort(edges,
        [](const Edge &a, const Edge &b) { return a.at != b.at ? a.at < b.at : a.step > b.step; });

    std::optional<Region> best;
    bool isTie = false;
    std::size_t covering = 0;
    Region open;
    for (const auto &[at, step] : edges) {
        if (step > 0) {
            if (++covering == needed)
                open = {{at, at}, 0};
            open.count = std::max(open.count, covering);
            continue;
        }
        if (covering-- != needed)
            continue;
        open.interval.toUs = at;
        isTie = best && best->count == open.count;
        if (!best || open.count > best->count)
            best = open;
    }
    return isTie ? std::nullopt : best;
}

qint64 weightedMedianUs(std::span<const Interval> all)
{
    BORG_ASSERT(!all.empty());
    const auto weightOf = [](const Interval &interval) {
        return 1.0 / static_cast<double>(std::max<qint64>(interval.halfUs(), 1));
    };
    std::vector<double> weights(all.size());
    std::ranges::transform(all, weights.begin(), weightOf);
    const auto middle = weights.begin() + static_cast<qptrdiff>(weights.size() / 2);
    std::ranges::nth_element(weights, middle);
    const double most = kWeightOverMiddleMax * *middle;

    std::vector<std::pair<qint64, double>> order;
    order.reserve(all.size());
    for (const Interval &interval : all)
        order.emplace_back(interval.middleUs(), std::min(weightOf(interval), most));
    std::ranges::sort(order);
    const double total = std::accumulate(order.begin(), order.end(), 0.0,
        [](double sum, const auto &item) { return sum + item.second; });
    double sum = 0;
    for (const auto &[at, weight] : order) {
        sum += weight;
        if (sum >= total / 2)
            return at;
    }
    return order.back().first;
}

} // namespace borg::time
