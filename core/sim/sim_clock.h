// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>

#include <unordered_map>
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

    [[nodiscard]] std::size_t pendingCount() const { return m_actions.size(); }

private:
    struct Event {
        Ticks at;
        quint64 id;
        friend auto operator<=>(const Event &, const Event &) = default;
    };
    Event popEarliest();

    Ticks m_now{0};
    quint64 m_lastId = 0;
    std::vector<Event> m_heap; ///< An event whose id is not in m_actions was cancelled.
    std::unordered_map<quint64, std::function<void()>> m_actions;
};

} // namespace borg::sim
