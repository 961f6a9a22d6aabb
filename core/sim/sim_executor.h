// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <base/executor.h>

namespace borg::sim {

/// Runs work on this thread from an event of the clock, `cost` of virtual time after it was asked
/// for at the latest; other events, and a power cut, come in before and behind it as with threads.
class SimExecutor final : public Executor {
public:
    /// @param clock outlives this object and what it runs.
    explicit SimExecutor(Clock &clock, Ticks cost = Ticks{50})
        : m_clock(clock)
        , m_cost(cost)
    {
    }
    void run(std::function<void()> work, std::function<void()> done) override
    {
        const Ticks before = m_cost / 2;
        m_clock.after(
            before, [this, rest = m_cost - before, work = std::move(work), done = std::move(done)] {
                work();
                m_clock.after(rest, done);
            });
    }
    void setCost(Ticks cost) { m_cost = cost; }

private:
    Clock &m_clock;
    Ticks m_cost;
};

} // namespace borg::sim
