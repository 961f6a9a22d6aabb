// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/executor.h>
#include <base/task_scope.h>

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>

namespace borg::disk {

/// `co_await OnExecutor<T>(scope, executor, work)`: runs `work` away from this thread and
/// continues here with what it returned. For calls that block: disk and database.
///
/// A disk call cannot be taken back, so closing the scope does not end this wait: the scope is
/// idle only after the call has returned. `work` owns what it touches or knows that it lives until
/// the scope is idle.
template <typename T>
class OnExecutor {
public:
    OnExecutor(TaskScope &scope, Executor &executor, std::function<T()> work)
        : m_scope(scope)
        , m_executor(executor)
        , m_work(std::move(work))
    {
    }

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter)
    {
        auto run = [result = m_result, work = std::move(m_work)] { result->emplace(work()); };
        auto done = [&scope = m_scope, entry = m_scope.enter({}), waiter] {
            waiter.resume(); // this object is gone after it
            scope.leave(entry);
        };
        m_executor.run(std::move(run), std::move(done));
    }
    T await_resume() { return *std::move(*m_result); }

private:
    Q_DISABLE_COPY_MOVE(OnExecutor)

    TaskScope &m_scope;
    Executor &m_executor;
    std::function<T()> m_work;
    std::shared_ptr<std::optional<T>> m_result = std::make_shared<std::optional<T>>();
};

} // namespace borg::disk
