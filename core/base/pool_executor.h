// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/executor.h>

#include <QObject>
#include <QThreadPool>

#include <mutex>
#include <vector>

namespace borg {

/// The Executor of the programs: a thread pool of its own, one thread per core.
///
/// `done` runs on the thread that made the executor, from its event loop; jobs that end close to
/// each other share one event. Work starts in order of run() and may end in any order. Destroying
/// the executor waits for the work that runs and drops work that has not begun, as well as every
/// `done` that has not run: whoever waits for an answer stops first (TaskScope).
class PoolExecutor final : public QObject, public Executor {
public:
    /// @param threads 0 = one per core.
    explicit PoolExecutor(int threads = 0);
    ~PoolExecutor() override;

    void run(std::function<void()> work, std::function<void()> done) override;

    [[nodiscard]] int threadCount() const { return m_pool.maxThreadCount(); }

protected:
    bool event(QEvent *event) override;

private:
    void finish(std::function<void()> done);

    QThreadPool m_pool;
    std::mutex m_mutex;
    std::vector<std::function<void()>> m_finished; ///< Under m_mutex.
};

} // namespace borg
