// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/one_shot.h>

#include <deque>

/// Small tools for coroutines that work side by side. On the node's thread.
namespace borg::store {

/// Wakes whoever waits for something to change; the waiter looks again by itself.
class Signal {
public:
    explicit Signal(TaskScope &scope)
        : m_scope(scope)
    {
    }
    void notify()
    {
        for (const auto &wake : std::exchange(m_waiters, {}))
            wake(Done{});
    }
    /// @return Done after the next notify() or `atMost`, or Closed.
    QCoro::Task<Result<Done>> wait(std::optional<Ticks> atMost = std::nullopt)
    {
        OneShot<Done> woken(m_scope);
        if (atMost)
            woken.setAfter(*atMost, Done{});
        m_waiters.push_back(woken.setter());
        co_return co_await woken;
    }

private:
    TaskScope &m_scope;
    std::vector<OneShot<Done>::Setter> m_waiters;
};

/// A budget that is taken and given back, in order of asking: what bounds the bytes in flight.
class Budget {
public:
    Budget(TaskScope &scope, qint64 amount)
        : m_scope(scope)
        , m_left(amount)
    {
    }
    /// More than the whole budget is granted when nothing else is out.
    QCoro::Task<Result<Done>> take(qint64 amount)
    {
        if (m_waiters.empty() && fits(amount)) {
            grant(amount);
            co_return Done{};
        }
        OneShot<Done> granted(m_scope);
        m_waiters.push_back({amount, granted.setter()});
        co_return co_await granted;
    }
    void give(qint64 amount)
    {
        m_left += amount;
        m_taken -= amount;
        while (!m_waiters.empty() && fits(m_waiters.front().amount)) {
            grant(m_waiters.front().amount);
            m_waiters.front().granted(Done{});
            m_waiters.pop_front();
        }
    }

private:
    struct Waiter {
        qint64 amount;
        OneShot<Done>::Setter granted;
    };
    [[nodiscard]] bool fits(qint64 amount) const { return amount <= m_left || m_taken == 0; }
    void grant(qint64 amount)
    {
        m_left -= amount;
        m_taken += amount;
    }

    TaskScope &m_scope;
    qint64 m_left;
    qint64 m_taken = 0;
    std::deque<Waiter> m_waiters;
};

} // namespace borg::store
