// SPDX-License-Identifier: GPL-3.0-or-later
#include "poller.h"

#include <base/assert.h>

#include <span>
#include <unistd.h>

namespace borg::net {

Poller::Poller(std::function<void()> afterBatch)
    : m_epoll(epoll_create1(EPOLL_CLOEXEC))
    , m_afterBatch(std::move(afterBatch))
{
    if (m_epoll < 0)
        return; // out of descriptors: add() says so
    m_notifier = std::make_unique<QSocketNotifier>(m_epoll, QSocketNotifier::Read);
    QObject::connect(
        m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [this] { dispatch(); });
}

Poller::~Poller()
{
    m_notifier.reset();
    if (m_epoll >= 0)
        ::close(m_epoll);
}

bool Poller::add(int descriptor, Handler &handler, Wants wants)
{
    epoll_event event{.events = static_cast<quint32>(wants), .data = {.ptr = &handler}};
    return epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Poller::change(int descriptor, Handler &handler, Wants wants)
{
    epoll_event event{.events = static_cast<quint32>(wants), .data = {.ptr = &handler}};
    const int isChanged = epoll_ctl(m_epoll, EPOLL_CTL_MOD, descriptor, &event);
    BORG_ASSERT(isChanged == 0);
}

void Poller::remove(int descriptor, Handler &handler)
{
    epoll_ctl(m_epoll, EPOLL_CTL_DEL, descriptor, nullptr);
    for (epoll_event &event : std::span(m_events).first(m_eventCount)) {
        if (event.data.ptr == &handler)
            event.data.ptr = nullptr; // its event of this batch came too late
    }
}

void Poller::dispatch()
{
    const int count = epoll_wait(m_epoll, m_events.data(), static_cast<int>(kBatch), 0);
    m_eventCount = static_cast<std::size_t>(std::max(count, 0));
    m_isDispatching = true;
    for (std::size_t at = 0; at < m_eventCount; ++at) {
        const epoll_event event = m_events[at];
        if (!event.data.ptr)
            continue;
        const bool isBroken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
        static_cast<Handler *>(event.data.ptr)
            ->ready(isBroken || (event.events & EPOLLIN) != 0,
                isBroken || (event.events & EPOLLOUT) != 0);
    }
    m_eventCount = 0;
    m_isDispatching = false;
    m_afterBatch();
}

} // namespace borg::net
