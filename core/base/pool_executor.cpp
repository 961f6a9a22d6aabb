// SPDX-License-Identifier: GPL-3.0-or-later
#include "pool_executor.h"

#include "assert.h"

#include <QCoreApplication>
#include <QEvent>
#include <QThread>

namespace borg {

namespace {
const auto kFinished = static_cast<QEvent::Type>(QEvent::registerEventType());
}

PoolExecutor::PoolExecutor(int threads)
{
    m_pool.setMaxThreadCount(threads > 0 ? threads : QThread::idealThreadCount());
}

PoolExecutor::~PoolExecutor()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void PoolExecutor::run(std::function<void()> work, std::function<void()> done)
{
    BORG_ASSERT(thread() == QThread::currentThread());
    m_pool.start([this, work = std::move(work), done = std::move(done)]() mutable {
        work();
        work = {}; // here, before anybody hears of it: what the work owned is freed
        finish(std::move(done));
    });
}

void PoolExecutor::finish(std::function<void()> done)
{
    bool isFirst = false;
    {
        const std::scoped_lock lock(m_mutex);
        isFirst = m_finished.empty();
        m_finished.push_back(std::move(done));
    }
    if (isFirst)
        QCoreApplication::postEvent(this, new QEvent(kFinished));
}

bool PoolExecutor::event(QEvent *event)
{
    if (event->type() != kFinished)
        return QObject::event(event);
    std::vector<std::function<void()>> finished;
    {
        const std::scoped_lock lock(m_mutex);
        finished.swap(m_finished);
    }
    for (const auto &done : finished) {
        if (done)
            done();
    }
    return true;
}

} // namespace borg
