// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop_clock.h"

#include "assert.h"
#include "os_time.h"

#include <QCoreApplication>
#include <QThread>

#include <algorithm>

namespace borg {

namespace {
const auto kRunReady = static_cast<QEvent::Type>(QEvent::registerEventType());

quint32 slotOf(Clock::TimerId id)
{
    return static_cast<quint32>(static_cast<quint64>(id));
}

quint32 generationOf(Clock::TimerId id)
{
    return static_cast<quint32>(static_cast<quint64>(id) >> 32);
}
} // namespace

LoopClock::LoopClock()
    : m_start(std::chrono::steady_clock::now())
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.callOnTimeout(this, &LoopClock::runDue);
}

LoopClock::~LoopClock() = default;

Ticks LoopClock::now() const
{
    return std::chrono::duration_cast<Ticks>(std::chrono::steady_clock::now() - m_start);
}

qint64 LoopClock::utcUs() const
{
    const auto sinceEpoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(sinceEpoch).count();
}

qint64 LoopClock::boundUs() const
{
    if (!m_bound || now() >= m_bound->first + std::chrono::seconds(1))
        m_bound = {now(), readOsTime().boundUs};
    return m_bound->second;
}

OsTime LoopClock::osTime() const
{
    OsTime time = readOsTime();
    time.utcUs = utcUs();
    return time;
}

Clock::TimerId LoopClock::after(Ticks delay, std::function<void()> action)
{
    BORG_ASSERT(thread() == QThread::currentThread());
    const TimerId id = store(std::move(action));
    if (delay <= Ticks{0}) {
        m_ready.push_back(id);
        if (!m_isRunningDue && !std::exchange(m_isPosted, true))
            QCoreApplication::postEvent(this, new QEvent(kRunReady));
        return id;
    }
    // A delay "for ever" must not wrap around.
    const Ticks present = now();
    const Ticks at = delay < Ticks::max() - present ? present + delay : Ticks::max();
    m_heap.push_back({at, ++m_lastOrder, id});
    std::ranges::push_heap(m_heap, std::greater{});
    if (at < m_armedFor || m_isArmedForNothing)
        arm();
    return id;
}

void LoopClock::cancel(TimerId id)
{
    // The next after() sets the system's timer anew: a timer that is moved away costs no wake-up.
    if (!m_heap.empty() && m_heap.front().id == id)
        m_isArmedForNothing = true;
    // Dies after the tables are whole again: it may own something that cancels timers.
    const auto doomed = take(id);
    if (m_heap.size() > 2 * m_pendingCount + 64)
        sweep();
}

Clock::TimerId LoopClock::store(std::function<void()> action)
{
    if (m_free.empty()) {
        m_free.push_back(static_cast<quint32>(m_slots.size()));
        m_slots.emplace_back();
    }
    const quint32 at = m_free.back();
    m_free.pop_back();
    m_slots[at].action = std::move(action);
    ++m_pendingCount;
    return TimerId{quint64{m_slots[at].generation} << 32 | at};
}

bool LoopClock::isPending(TimerId id) const
{
    const quint32 at = slotOf(id);
    return at < m_slots.size() && m_slots[at].generation == generationOf(id);
}

std::function<void()> LoopClock::take(TimerId id)
{
    if (!isPending(id))
        return {};
    Slot &slot = m_slots[slotOf(id)];
    slot.generation = std::max(slot.generation + 1, 1U); // 0 would make an id of None
    m_free.push_back(slotOf(id));
    --m_pendingCount;
    return std::exchange(slot.action, {});
}

bool LoopClock::event(QEvent *event)
{
    if (event->type() != kRunReady)
        return QObject::event(event);
    runReady();
    return true;
}

void LoopClock::runReady()
{
    m_isPosted = false;
    // Only those that are here now: what they add waits for the next turn, behind sockets.
    for (auto left = m_ready.size(); left > 0 && !m_ready.empty(); --left) {
        const TimerId id = m_ready.front();
        m_ready.pop_front();
        if (const auto action = take(id))
            action();
    }
}

void LoopClock::runDue()
{
    m_armedFor = Ticks::max();
    m_isRunningDue = true;
    const Ticks present = now(); // once: a timer that arms another for "now" must not loop here
    while (!m_heap.empty() && m_heap.front().at <= present) {
        std::ranges::pop_heap(m_heap, std::greater{});
        const Event due = m_heap.back();
        m_heap.pop_back();
        if (const auto action = take(due.id))
            action();
    }
    m_isRunningDue = false;
    // What they want done "now" is done without another turn of the loop, which costs three system
    // calls; what that adds waits for the next turn as always.
    if (!m_isPosted)
        runReady();
    arm();
}

void LoopClock::arm()
{
    m_isArmedForNothing = false;
    while (!m_heap.empty() && !isPending(m_heap.front().id)) {
        std::ranges::pop_heap(m_heap, std::greater{});
        m_heap.pop_back();
    }
    if (m_heap.empty()) {
        m_armedFor = Ticks::max();
        m_timer.stop();
        return;
    }
    if (m_heap.front().at == m_armedFor)
        return;
    m_armedFor = m_heap.front().at;
    // Up to the next millisecond, so that it is never early; a day at most, then it looks again.
    constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);
    const Ticks span = std::max(m_armedFor - now(), Ticks{0});
    m_timer.start(std::min(std::chrono::ceil<std::chrono::milliseconds>(span), kLongest));
}

void LoopClock::sweep()
{
    std::erase_if(m_heap, [this](const Event &event) { return !isPending(event.id); });
    std::ranges::make_heap(m_heap, std::greater{});
}

} // namespace borg
