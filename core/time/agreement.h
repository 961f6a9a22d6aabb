// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <optional>
#include <span>
#include <vector>

/// What many clocks agree on: pure functions on intervals.
namespace borg::time {

/// "The truth is within [from, to]", by the word of one source. Both ends belong to it.
struct Interval {
    qint64 fromUs = 0;
    qint64 toUs = 0;

    [[nodiscard]] qint64 middleUs() const { return fromUs + (toUs - fromUs) / 2; }
    [[nodiscard]] qint64 halfUs() const { return (toUs - fromUs) / 2; }
    [[nodiscard]] bool overlaps(const Interval &other) const
    {
        return fromUs <= other.toUs && other.fromUs <= toUs;
    }
    friend bool operator==(const Interval &, const Interval &) = default;
};

/// A stretch that many intervals cover.
struct Region {
    Interval interval;
    std::size_t count = 0; ///< Intervals that cover its best point.

    friend bool operator==(const Region &, const Region &) = default;
};

/// Marzullo's sweep (K. Marzullo, 1984; RFC 5905, 11.2.1), but for the stretch around the best
/// point that at least `needed` intervals cover, not for that point alone: there, one narrow
/// interval among wide ones would decide by itself.
///
/// @return nothing when no point is covered by `needed`, or when two separate stretches are equally
///         good. O(n log n).
[[nodiscard]] std::optional<Region> agreed(std::span<const Interval> all, std::size_t needed);

/// The median of the middles, each with the weight 1 / half width, but twice the middle weight at
/// most: whoever claims a tiny bound must not decide alone. @pre not empty.
[[nodiscard]] qint64 weightedMedianUs(std::span<const Interval> all);

} // namespace borg::time
