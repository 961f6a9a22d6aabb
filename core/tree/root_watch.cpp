// SPDX-License-Identifier: GPL-3.0-or-later
#include "root_watch.h"

#include "place.h"

namespace borg::tree {

bool RootWatch::heard(qint64 tookUs, qint64 boundUs, qint64 claimedUs)
{
    if (boundUs <= 0 || boundUs > kBoundMaxUs)
        return false;
    m_took.at(m_count++ % kMessages) = tookUs - 2 * boundUs - kSlackUs;
    if (m_count < kMessages)
        return false;
    const qint64 least = std::ranges::min(m_took);
    const bool isTooLittle = claimedUs < least;
    m_leastUs = isTooLittle ? static_cast<quint32>(std::min<qint64>(least, kLatencyUsMax)) : 0;
    return claimedUs + kChargeUs - kSlackUs < least && !std::exchange(m_isCharged, true);
}

} // namespace borg::tree
