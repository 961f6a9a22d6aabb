// SPDX-License-Identifier: GPL-3.0-or-later
#include "hybrid_clock.h"

#include <algorithm>

namespace borg::time {

using namespace Qt::Literals::StringLiterals;

namespace {
HybridStamp stampAt(qint64 utcMs)
{
    return {static_cast<quint64>(std::max<qint64>(utcMs, 0)) << 16};
}
} // namespace

HybridStamp HybridClock::next(qint64 utcMs)
{
    m_last = std::max(stampAt(utcMs), HybridStamp{m_last.value + 1});
    return m_last;
}

Result<HybridStamp> HybridClock::heard(HybridStamp stamp, qint64 utcMs, qint64 boundMs)
{
    if (stamp.utcMs() > utcMs + boundMs + kAheadMsMax)
        return Error{Errc::Malformed, u"a stamp from the future"_s};
    m_last = std::max(m_last, stamp);
    return next(utcMs);
}

} // namespace borg::time
