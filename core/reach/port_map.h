// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/executor.h>
#include <base/one_shot.h>
#include <net/transport.h>

#include <memory>
#include <optional>

namespace borg::reach {

/// A port of the router that leads to us.
struct Mapping {
    QString by; ///< upnp or nat-pmp.
    net::Endpoint external; ///< The router's address and port.
    QString localHost; ///< Ours, as the router has it.
    quint16 localPort = 0;
    Ticks lease{0}; ///< How long it lasts unless renewed; 0: until it is removed.

    friend bool operator==(const Mapping &, const Mapping &) = default;
};

/// A way to talk to the router. Its calls block for at most the given span, on a thread of an
/// Executor; one at a time. It keeps nothing of the node.
class Router {
public:
    virtual ~Router() = default;

    [[nodiscard]] virtual QString name() const = 0;
    /// Opens, or renews, a TCP port. The router may give another external port than asked for.
    ///
    /// @return the mapping; NotFound (no such router), Timeout, or Unauthorized, Conflict or
    ///         Unreachable with the router's own words in the detail.
    virtual Result<Mapping> map(quint16 localPort, quint16 externalPort, Ticks lease, Ticks within)
        = 0;
    virtual Result<Done> unmap(const Mapping &mapping, Ticks within) = 0;

protected:
    Router() = default;
    Q_DISABLE_COPY_MOVE(Router)
};

[[nodiscard]] std::shared_ptr<Router> upnpRouter(); ///< UPnP IGD, by libminiupnpc.
[[nodiscard]] std::shared_ptr<Router> natPmpRouter(); ///< NAT-PMP (RFC 6886), by libnatpmp.

/// Keeps a port of the router open: asks at start() in the order of the routers, renews at half
/// time, asks again when it failed (once a minute at first, then less often) and at once when told
/// that the addresses of this computer changed; removes it at stop().
///
/// Lives on the node's thread. At most one call of a router is under way.
class PortMap {
public:
    static constexpr Ticks kLease = std::chrono::hours(1);
    static constexpr Ticks kWithin = std::chrono::seconds(6); ///< For one router.
    static constexpr Ticks kRetryMin = std::chrono::minutes(1);
    static constexpr Ticks kRetryMax = std::chrono::minutes(15);
    static constexpr Ticks kRenewMin = std::chrono::seconds(10); ///< Whatever the router says.
    static constexpr Ticks kSettle = std::chrono::seconds(1); ///< After a change of addresses.

    /// What happened last; for doctor.
    struct Attempt {
        QString by;
        bool ok = false;
        QString detail; ///< The router's words.
        friend bool operator==(const Attempt &, const Attempt &) = default;
    };

    /// @param scope, executor outlive this object.
    PortMap(TaskScope &scope, Executor &executor, std::vector<std::shared_ptr<Router>> routers);
    ~PortMap();

    /// @param changed comes when mapping() or attempts() changed.
    void start(quint16 localPort, std::function<void()> changed);
    /// The addresses of this computer changed: the router may be another.
    void addressesChanged();
    /// Removes the mapping. Done, or the error of the router; at most kWithin. No call afterwards.
    [[nodiscard]] QCoro::Task<Result<Done>> stop();

    [[nodiscard]] const std::optional<Mapping> &mapping() const { return m_mapping; }
    [[nodiscard]] const std::vector<Attempt> &attempts() const { return m_attempts; }
    /// The first answer is in.
    [[nodiscard]] bool hasTried() const { return m_hasTried; }

private:
    Q_DISABLE_COPY_MOVE(PortMap)

    QCoro::Task<Result<Done>> look();
    QCoro::Task<Result<Mapping>> ask(std::shared_ptr<Router> router, quint16 externalPort);
    void lookIn(Ticks span);

    TaskScope &m_scope;
    Executor &m_executor;
    const std::vector<std::shared_ptr<Router>> m_routers;
    std::function<void()> m_changed;
    quint16 m_localPort = 0;
    std::optional<Mapping> m_mapping;
    std::shared_ptr<Router> m_mappedBy;
    std::vector<Attempt> m_attempts;
    Clock::TimerId m_timer = Clock::TimerId::None;
    Ticks m_retry = kRetryMin;
    bool m_hasTried = false;
    bool m_isBusy = false;
    bool m_isAgain = false; ///< Look again as soon as the present look is done.
    bool m_isStopped = false;
};

} // namespace borg::reach
