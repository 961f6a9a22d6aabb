// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <time/network_time.h>

namespace borg::time {

/// A Clock whose date is network time. Timers and the monotonic axis are those of the clock below.
/// Lives on the thread of the clock below, and is the one that everything in core/ gets.
class NetClock final : public Clock {
public:
    static constexpr Ticks kEvery = std::chrono::seconds(4);

    /// @param below outlives this object.
    explicit NetClock(Clock &below);
    ~NetClock() override;

    /// Looks at the clocks every kEvery until it is destroyed. `looked` is called after each look:
    /// served(), status() and takeLiars() may say something new.
    void start(Rules rules, std::function<void()> looked = {});
    /// What the tree measured (TreeNode::onTimeSample).
    void add(const Sample &sample);

    [[nodiscard]] NetTime netNow() const { return m_time.netNow(now()); }
    [[nodiscard]] Served served() const { return m_time.served(now()); }
    [[nodiscard]] Status status() const { return m_time.status(now()); }
    [[nodiscard]] std::vector<NodeId> takeLiars() { return m_time.takeLiars(); }

    // Clock
    [[nodiscard]] Ticks now() const override { return m_below.now(); }
    [[nodiscard]] qint64 utcUs() const override { return netNow().utcUs; }
    [[nodiscard]] qint64 boundUs() const override { return netNow().boundUs; }
    [[nodiscard]] OsTime osTime() const override { return m_below.osTime(); }
    TimerId after(Ticks delay, std::function<void()> action) override;
    void cancel(TimerId id) override { m_below.cancel(id); }

private:
    void wake();
    void evaluate();

    Clock &m_below;
    NetworkTime m_time;
    std::function<void()> m_looked;
    TimerId m_timer = TimerId::None;
};

} // namespace borg::time
