// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>

#include <vector>

/// A whole network in one thread: one clock, one seed, no socket. The same seed gives the
/// same run, event for event; a failing test prints its seed.
namespace borg::sim {

/// Jumps from event to event. after() is O(log n), cancel() O(1).
class SimClock final : public Clock {
public:
    static constexpr qint64 kStartUtcMs = 1'790'000'000'000; ///< September 2026.

    [[nodiscard]] Ticks now() const override { return m_now; }
    [[nodiscard]] qint64 utcUs() const override { return kStartUtcMs * 1000 + m_now.count(); }
    [[nodiscard]] qint64 boundUs() const override { return kOsBoundMinUs; }
    [[nodiscard]] OsTime osTime() const override { return {utcUs(), kOsBoundMinUs, true, 0}; }
    TimerId after(Ticks delay, std::function<void()> action) override;
    void cancel(TimerId id) override;

    /// Runs events in time order (equal times: in order of scheduling) until `span` has passed.
    void advance(Ticks span);

    [[nodiscard]] std::size_t pendingCount() const { return m_slots.size() - m_free.size(); }
    [[nodiscard]] quint64 firedCount() const { return m_fired; }

private:
    /// 24 bytes and no allocation in the heap for a timer; its action lies in a slot that is used
    /// again. An event whose slot has another generation was cancelled.
    struct Event {
        Ticks at;
        quint64 order;
        quint32 slot;
        quint32 generation;
        friend auto operator<=>(const Event &, const Event &) = default;
    };
    struct Slot {
        std::function<void()> action;
        quint32 generation = 0;
        bool isPending = false;
    };
    Event popEarliest();
    [[nodiscard]] bool isPending(const Event &event) const;
    std::function<void()> release(quint32 slot);

    Ticks m_now{0};
    quint64 m_lastOrder = 0;
    quint64 m_fired = 0;
    std::vector<Event> m_heap;
    std::vector<Slot> m_slots;
    std::vector<quint32> m_free;
};

} // namespace borg::sim
