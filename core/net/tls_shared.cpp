// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_shared.h"

#include "tls_link.h"

#include <algorithm>

namespace borg::net {

TlsShared::TlsShared(Clock &theClock, const crypto::NodeKey &key, TlsOptions theOptions)
    : clock(theClock)
    , options(theOptions)
    , self(key.id())
    , context(key)
    , poller([this] { flush(); })
    , local(*Address::literal(QStringLiteral("0.0.0.0"), 0))
{
    sent.reserve(kBufferBytes + kRecordBytes);
}

TlsShared::~TlsShared()
{
    clock.cancel(m_flushTimer);
    clock.cancel(m_buryTimer);
}

void TlsShared::flushSoon(TlsLink &link)
{
    m_dirty.push_back(&link);
    // Most writes answer something that was read: then no timer has to wake the loop again.
    if (m_flushTimer != Clock::TimerId::None || poller.isDispatching())
        return;
    m_flushTimer = clock.after(Ticks{0}, [this] {
        m_flushTimer = Clock::TimerId::None;
        flush();
    });
}

void TlsShared::flush()
{
    // By index: writing may make links dirty, or end them. Those that come meanwhile have a timer,
    // as flush() is not called while the poller dispatches.
    const std::size_t count = m_dirty.size();
    for (std::size_t at = 0; at < count; ++at) {
        if (TlsLink *link = m_dirty[at])
            link->flush();
    }
    m_dirty.erase(m_dirty.begin(), m_dirty.begin() + static_cast<qptrdiff>(count));
    if (m_dirty.empty())
        clock.cancel(std::exchange(m_flushTimer, Clock::TimerId::None));
}

void TlsShared::bury(std::shared_ptr<TlsLink> link)
{
    std::ranges::replace(m_dirty, link.get(), nullptr);
    m_buried.push_back(std::move(link));
    if (m_buryTimer != Clock::TimerId::None)
        return;
    m_buryTimer = clock.after(Ticks{0}, [this] {
        m_buryTimer = Clock::TimerId::None;
        m_buried.clear();
    });
}

} // namespace borg::net
