// SPDX-License-Identifier: GPL-3.0-or-later
#include "seq_window.h"

#include <algorithm>

namespace borg::tree {

SeqWindow SeqWindow::of(const Range &range)
{
    SeqWindow window;
    window.m_ranges.push_back(range);
    return window;
}

bool SeqWindow::contains(quint64 seq) const
{
    if (m_ranges.empty())
        return false;
    if (seq + kReach < m_ranges.back().last)
        return true;
    const auto next = std::ranges::lower_bound(m_ranges, seq, {}, &Range::last);
    return next != m_ranges.end() && next->first <= seq;
}

bool SeqWindow::insert(quint64 seq)
{
    if (contains(seq))
        return false;
    // The usual case first: the next number of a source.
    if (!m_ranges.empty() && m_ranges.back().last + 1 == seq) {
        m_ranges.back().last = seq;
        return true;
    }
    auto next = std::ranges::lower_bound(m_ranges, seq, {}, &Range::last);
    const bool touchesNext = next != m_ranges.end() && next->first == seq + 1;
    const bool touchesBefore = next != m_ranges.begin() && std::prev(next)->last + 1 == seq;
    if (touchesNext && touchesBefore) {
        next->first = std::prev(next)->first;
        m_ranges.erase(std::prev(next));
    } else if (touchesNext) {
        next->first = seq;
    } else if (touchesBefore) {
        std::prev(next)->last = seq;
    } else {
        m_ranges.insert(next, {seq, seq});
    }
    if (m_ranges.size() > kGapsMax) {
        m_ranges[1].first = m_ranges[0].first;
        m_ranges.erase(m_ranges.begin());
    }
    return true;
}

} // namespace borg::tree
