// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QtGlobal>

namespace borg::time {

/// A moment that orders events of many nodes: what was caused comes after its cause, and nothing is
/// far from its date. 48 bits of milliseconds since 1970, then 16 bits that count.
struct HybridStamp {
    quint64 value = 0;

    [[nodiscard]] qint64 utcMs() const { return static_cast<qint64>(value >> 16); }
    [[nodiscard]] quint16 counter() const { return static_cast<quint16>(value & 0xffff); }

    friend auto operator<=>(const HybridStamp &, const HybridStamp &) = default;
};

/// Hybrid logical clock (S. Kulkarni and others, "Logical Physical Clocks", OPODIS 2014). Pure: the
/// date comes in with each call, from Clock::utcMs() and boundUs().
///
/// Stamps grow with every call, also while the date stands still or goes back. More than 65,536 in
/// a millisecond borrow from the next one.
class HybridClock {
public:
    /// A stamp of another node may be this far ahead of our date, beside our bound.
    static constexpr qint64 kAheadMsMax = 2000;

    /// @return the stamp of an event here: a message that goes out, a record that is written.
    HybridStamp next(qint64 utcMs);

    /// @return the stamp of the arrival of what carries `stamp`: after `stamp` and after all of
    /// ours.
    ///         Malformed when `stamp` is more than kAheadMsMax + `boundMs` ahead of the date: taken
    ///         over, it would drag the clocks of all nodes with it. Nothing changes then.
    Result<HybridStamp> heard(HybridStamp stamp, qint64 utcMs, qint64 boundMs);

    [[nodiscard]] HybridStamp last() const { return m_last; }
    /// After a restart: nothing that comes is before `last`.
    void resume(HybridStamp last) { m_last = std::max(m_last, last); }

private:
    HybridStamp m_last;
};

} // namespace borg::time
