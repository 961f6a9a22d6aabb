// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>
#include <functional>

namespace borg {

/// Microseconds on a monotonic axis that starts at 0 when the node starts. Never a date.
using Ticks = std::chrono::microseconds;

/// What the operating system says of the date.
struct OsTime {
    qint64 utcUs = 0; ///< Microseconds since 1970 in UTC. May jump.
    qint64 boundUs
        = 0; ///< How far it may be off, by the system's own word; kOsBoundMinUs at least.
    bool isSynchronised = false; ///< Some time service keeps it right, by the system's own word.
    qint64 sleptUs
        = 0; ///< How long the computer slept since it was switched on: now() stood still.
};

/// No computer is trusted with less: what a system says of its own clock is an estimate.
inline constexpr qint64 kOsBoundMinUs = 60'000;
/// The bound of a clock that nothing keeps right.
inline constexpr qint64 kOsBoundMaxUs = 600'000'000;

/// The only source of time and timers in core/. A real one follows Qt's event loop; the
/// simulator's jumps from event to event, so an hour of protocol time costs microseconds.
class Clock {
public:
    enum class TimerId : quint64 { None = 0 };

    virtual ~Clock() = default;

    [[nodiscard]] virtual Ticks now() const = 0;

    /// The date: microseconds since 1970 in UTC. That of the operating system, which may jump, or
    /// network time (time::NetClock). Only for stamps, never for measuring a span.
    [[nodiscard]] virtual qint64 utcUs() const = 0;
    /// The same in milliseconds.
    [[nodiscard]] qint64 utcMs() const { return utcUs() / 1000; }
    /// How far utcUs() may be off.
    [[nodiscard]] virtual qint64 boundUs() const = 0;
    /// The clock of the operating system, whatever utcUs() follows. Costs a system call.
    [[nodiscard]] virtual OsTime osTime() const = 0;

    /// Calls `action` once, on this thread, not before now() + `delay` and never from inside
    /// this call. A negative `delay` counts as 0.
    virtual TimerId after(Ticks delay, std::function<void()> action) = 0;

    /// Drops a timer. An id that has fired, was cancelled or is None is ignored.
    virtual void cancel(TimerId id) = 0;

protected:
    Clock() = default;
    Q_DISABLE_COPY_MOVE(Clock)
};

} // namespace borg
