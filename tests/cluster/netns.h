// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster.h"

#include <QProcess>

#include <memory>

/// A small internet in network namespaces of the kernel: hosts, home routers with NAT, partitions.
/// Needs root. Nothing of it outlives the test: a namespace ends with the process that holds it.
namespace borg::test {

/// A process that is killed when its handle goes.
struct KillProcess {
    void operator()(QProcess *process) const;
};
using Running = std::unique_ptr<QProcess, KillProcess>;

/// One computer: a network namespace with its own interfaces, routes and packet filter.
class Netns {
public:
    explicit Netns(QString name);
    ~Netns();
    Q_DISABLE_COPY_MOVE(Netns)

    [[nodiscard]] const QString &name() const { return m_name; }
    /// Empty when the namespace exists.
    [[nodiscard]] const QByteArray &problem() const { return m_problem; }
    [[nodiscard]] qint64 keeperPid() const { return m_keeper.processId(); }

    /// Runs a command of the system, or a program beside the test when it is named with an
    /// absolute path (see beside()), inside; then waits for it.
    Outcome run(const QStringList &command, int timeoutMs = 20'000) const;
    /// The same for lines of sh; stops at the first that fails.
    Outcome shell(const QString &script) const;
    /// Starts it and goes on. It is killed with the returned object, or with this test.
    /// @param logFile gets what it writes.
    [[nodiscard]] Running start(const QStringList &command, const QString &logFile) const;

private:
    [[nodiscard]] QStringList inside(const QStringList &command) const;

    const QString m_name;
    QProcess m_keeper;
    QByteArray m_problem;
};

/// @return the path of a program that is built beside this test, such as "borgd".
QString beside(const QString &program);

/// How a home router treats its LAN (RFC 4787 gives the words).
enum class Nat : quint8 {
    PortRestricted, ///< nft masquerade: keeps ports where it can; what was not asked for is
                    ///< dropped.
    Symmetric, ///< masquerade with random ports: another port towards every destination.
    FullCone, ///< As PortRestricted, and all that arrives goes to the first host of the LAN.
};

/// The internet: one core router, to which hosts and homes are attached. IPv4 10.0.0.0/8,
/// 192.168.0.0/16 and the like are not routed by it.
class NetWorld {
public:
    /// Empty when namespaces, cables and NAT work here; else why not: QSKIP with it.
    [[nodiscard]] static QByteArray unavailable();

    NetWorld();
    ~NetWorld();
    Q_DISABLE_COPY_MOVE(NetWorld)

    /// The first thing that could not be set up; empty when all is well. Check it once after setup.
    [[nodiscard]] const QByteArray &problem() const { return m_problem; }
    [[nodiscard]] Netns &core() { return *m_spaces.front(); }

    /// A host with a public address such as "45.1.0.2": a /24 of its own, the core is .1. Its
    /// interface is eth0.
    Netns &host(const QString &name, const QString &address);

    /// The same without IPv4; an address such as "2a01:1::2", of a /64 whose ::1 is the core.
    Netns &host6(const QString &name, const QString &address);

    struct Home {
        Netns *router = nullptr; ///< Interfaces wan and lan.
        std::vector<Netns *> hosts; ///< eth0; 192.168.<number>.10, .11, …; the router is .1.
        QString publicAddress;
        int number = 0;
    };
    /// A home behind NAT with `hosts` computers on one LAN. `publicAddress` is the router's; in a
    /// carrier's NAT it may be one of 100.64.0.0/10 (then it is not routed further).
    Home home(const QString &name, const QString &publicAddress, Nat nat, int hosts = 1);

    /// Nothing passes between one of `left` and one of `right` (addresses) until heal().
    void partition(const QStringList &left, const QStringList &right);
    void heal();

private:
    Netns &add(const QString &name);
    /// Runs in `space`; remembers what fails.
    void must(const Netns &space, const QString &script);
    void cable(
        const Netns &left, const QString &leftName, const Netns &right, const QString &rightName);
    void attach(const Netns &space, const QString &device, const QString &address);

    std::vector<std::unique_ptr<Netns>> m_spaces; ///< The core first.
    QByteArray m_problem;
    int m_cables = 0;
    int m_homes = 0;
};

} // namespace borg::test
