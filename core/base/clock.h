// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>
#include <functional>

namespace borg {

/// Microseconds on a monotonic axis that starts at 0 when the node starts. Never a date.
using Ticks = std::chrono::microseconds;

/// The only source of time and timers in core/. A real one follows Qt's event loop; the
/// simulator's jumps from event to event, so an hour of protocol time costs microseconds.
class Clock {
public:
    enum class TimerId : quint64 { None = 0 };

    virtual ~Clock() = default;

    [[nodiscard]] virtual Ticks now() const = 0;

    /// The date as the operating system has it: milliseconds since 1970 in UTC. May jump; only for
    /// stamps that people or peers read, never for measuring a span.
    [[nodiscard]] virtual qint64 utcMs() const = 0;

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
