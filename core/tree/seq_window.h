// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <vector>

namespace borg::tree {

/// Which sequence numbers of one source we have: a few ranges, since a source counts up. Numbers
/// more than kReach below the highest count as had, and so does the lowest gap when there are more
/// than kGapsMax: an old message cannot come again, whatever became of its id.
class SeqWindow {
public:
    static constexpr quint64 kReach = 16'384;
    static constexpr std::size_t kGapsMax = 512;

    struct Range {
        quint64 first = 0;
        quint64 last = 0;
        friend bool operator==(const Range &, const Range &) = default;
    };

    /// @return the window of a source of which just these numbers were had.
    [[nodiscard]] static SeqWindow of(const Range &range);

    [[nodiscard]] bool contains(quint64 seq) const;
    /// @return whether `seq` was new.
    bool insert(quint64 seq);
    /// In rising order; neighbours do not touch.
    [[nodiscard]] const std::vector<Range> &ranges() const { return m_ranges; }

private:
    std::vector<Range> m_ranges;
};

} // namespace borg::tree
