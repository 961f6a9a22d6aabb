// SPDX-License-Identifier: GPL-3.0-or-later
#include "port_map.h"

#include <disk/on_executor.h>

#include <QLoggingCategory>

namespace borg::reach {

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcReach, "borg.reach")

PortMap::PortMap(TaskScope &scope, Executor &executor, std::vector<std::shared_ptr<Router>> routers)
    : m_scope(scope)
    , m_executor(executor)
    , m_routers(std::move(routers))
{
}

PortMap::~PortMap()
{
    m_scope.clock().cancel(m_timer);
}

void PortMap::start(quint16 localPort, std::function<void()> changed)
{
    m_localPort = localPort;
    m_changed = std::move(changed);
    lookIn(Ticks{0});
}

void PortMap::addressesChanged()
{
    if (m_localPort == 0)
        return;
    m_retry = kRetryMin;
    m_isAgain = m_isBusy;
    if (!m_isBusy)
        lookIn(kSettle); // a new network brings several changes in a row
}

void PortMap::lookIn(Ticks span)
{
    if (m_isStopped || m_scope.isClosed())
        return;
    m_scope.clock().cancel(m_timer);
    m_timer = m_scope.clock().after(
        span, [this] { m_scope.spawn("asking the router for a port"_L1, look()); });
}

QCoro::Task<Result<Mapping>> PortMap::ask(std::shared_ptr<Router> router, quint16 externalPort)
{
    const quint16 port = m_localPort;
    auto answer = co_await disk::OnExecutor<Result<Mapping>>(m_scope, m_executor,
        [router, port, externalPort] { return router->map(port, externalPort, kLease, kWithin); });
    const bool ok = answer.ok();
    m_attempts.push_back({router->name(), ok,
        ok ? u"The router leads port %1 to this computer."_s.arg(answer->external.port)
           : answer.error().detail});
    co_return answer;
}

QCoro::Task<Result<Done>> PortMap::look()
{
    m_isBusy = true;
    const auto before = m_mapping;
    const auto attemptsBefore = std::exchange(m_attempts, {});
    // The router that gave the port renews it; when it does not, all are asked.
    auto routers = m_routers;
    std::ranges::stable_partition(routers, [this](const auto &r) { return r == m_mappedBy; });
    const quint16 wanted = m_mapping ? m_mapping->external.port : m_localPort;
    m_mapping.reset();
    m_mappedBy.reset();
    for (const auto &router : routers) {
        auto answer = co_await ask(router, wanted);
        if (answer) {
            m_mapping = *std::move(answer);
            m_mappedBy = router;
            break;
        }
        if (m_isStopped)
            break;
    }
    m_hasTried = true;
    m_isBusy = false;
    if (m_isStopped) {
        if (m_mapping)
            co_return co_await stop();
        co_return Done{};
    }
    if (m_mapping) {
        m_retry = kRetryMin;
        if (before != m_mapping)
            qCInfo(lcReach).noquote() << "the router leads" << m_mapping->external.host << "port"
                                      << m_mapping->external.port << "to us, by" << m_mapping->by;
        const Ticks lease = m_mapping->lease > Ticks{0} ? m_mapping->lease : kLease;
        lookIn(std::max(lease / 2, kRenewMin));
    } else {
        lookIn(m_retry);
        m_retry = std::min(2 * m_retry, kRetryMax);
    }
    if (std::exchange(m_isAgain, false))
        lookIn(kSettle);
    if (m_changed && (before != m_mapping || attemptsBefore != m_attempts))
        m_changed();
    co_return Done{};
}

QCoro::Task<Result<Done>> PortMap::stop()
{
    m_isStopped = true;
    m_scope.clock().cancel(std::exchange(m_timer, Clock::TimerId::None));
    if (m_isBusy || !m_mapping)
        co_return Done{}; // a look under way ends with this
    const auto router = std::exchange(m_mappedBy, nullptr);
    const Mapping mapping = *std::exchange(m_mapping, std::nullopt);
    co_return co_await disk::OnExecutor<Result<Done>>(
        m_scope, m_executor, [router, mapping] { return router->unmap(mapping, kWithin); });
}

} // namespace borg::reach
