// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>

#include <QEvent>
#include <QObject>
#include <QTimer>

#include <deque>
#include <optional>
#include <vector>

namespace borg {

/// The Clock of the programs: follows the event loop of the thread that made it, and lives there.
///
/// after(0) costs no system timer: it joins a list that one posted event empties. Later ones share
/// one QTimer, armed for the earliest, whose grain is a millisecond (never early, about 1 ms late).
/// What a timer of that QTimer adds with after(0) runs right behind the timers that are due, so do
/// not run an event loop of your own inside a timer. after() is O(log n) in the timers that wait,
/// cancel() O(1).
class LoopClock final : public QObject, public Clock {
public:
    LoopClock();
    ~LoopClock() override;

    [[nodiscard]] Ticks now() const override;
    [[nodiscard]] qint64 utcUs() const override;
    [[nodiscard]] qint64 boundUs() const override; ///< Looked at once a second.
    [[nodiscard]] OsTime osTime() const override;
    TimerId after(Ticks delay, std::function<void()> action) override;
    void cancel(TimerId id) override;

    /// Timers that wait.
    [[nodiscard]] std::size_t pendingCount() const { return m_pendingCount; }

protected:
    bool event(QEvent *event) override;

private:
    struct Slot {
        std::function<void()> action;
        quint32 generation = 1; ///< Grows with each use, so an old id finds nothing.
    };
    struct Event {
        Ticks at;
        quint64 order; ///< Equal times run in order of scheduling.
        TimerId id;
        friend auto operator<=>(const Event &, const Event &) = default;
    };

    TimerId store(std::function<void()> action);
    [[nodiscard]] bool isPending(TimerId id) const;
    std::function<void()> take(TimerId id);
    void runReady();
    void runDue();
    void arm();
    void sweep();

    const std::chrono::steady_clock::time_point m_start;
    QTimer m_timer;
    mutable std::optional<std::pair<Ticks, qint64>> m_bound; ///< When it was read, and what.
    std::vector<Slot> m_slots;
    std::vector<quint32> m_free;
    std::vector<Event> m_heap; ///< An event whose id is not pending was cancelled.
    std::deque<TimerId> m_ready;
    Ticks m_armedFor = Ticks::max();
    quint64 m_lastOrder = 0;
    std::size_t m_pendingCount = 0;
    bool m_isArmedForNothing = false; ///< What it was armed for was cancelled.
    bool m_isPosted = false;
    bool m_isRunningDue = false;
};

} // namespace borg
