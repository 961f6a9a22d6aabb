// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store_fakes.h"

#include <sim/sim_clock.h>
#include <sim/sim_crypto.h>
#include <sim/sim_disk.h>
#include <sim/sim_executor.h>
#include <sim/sim_network.h>
#include <sim/sim_rng.h>
#include <sim/task_result.h>
#include <store/store_node.h>

namespace borg::test {

/// A storage node whose disk outlives its process.
class World;
struct StoreHost {
    StoreHost(World &ofWorld, int ofNumber);
    void start();
    void stop(bool withPowerCut);

    World &world;
    const int number;
    const net::Peer peer;
    sim::SimDisk disk;
    sim::SimCrypto crypto;
    SimKeySource keys;
    quint64 starts = 0;
    store::StoreConfig config;
    bool lies = false;

    struct Process;
    std::unique_ptr<Process> process;
    store::StoreNode &node();
};

class World {
public:
    World(quint64 ofSeed, int nodes)
        : seed(ofSeed)
        , rng(ofSeed)
        , network(clock, rng,
              {.delayMin = std::chrono::milliseconds(1),
                  .delayMax = std::chrono::milliseconds(5),
                  .queueBytesMax = 4 << 20})
    {
        for (int i = 0; i < nodes; ++i)
            addHost();
        clock.advance(std::chrono::seconds(5));
    }
    ~World()
    {
        for (auto &host : hosts)
            host->stop(false);
    }
    StoreHost &addHost()
    {
        hosts.push_back(std::make_unique<StoreHost>(*this, static_cast<int>(hosts.size()) + 1));
        hosts.back()->start();
        return *hosts.back();
    }
    void setOnline(const net::Peer &peer, bool online);
    StoreHost &host(int number) { return *hosts.at(static_cast<std::size_t>(number - 1)); }

    const quint64 seed;
    sim::SimClock clock;
    sim::SimRng rng;
    sim::SimNetwork network;
    Registry registry;
    std::vector<std::unique_ptr<StoreHost>> hosts;
};

struct StoreHost::Process {
    Process(StoreHost &host)
        : scope(host.world.clock)
        , rng(host.world.seed * 1000 + static_cast<quint64>(host.number) + host.starts * 77)
        , transport(attach(host))
        , executor(host.world.clock)
        , directory(host.world.clock, host.world.registry, host.peer.id)
        , store(std::make_unique<store::StoreNode>(scope,
              store::StoreParts{rng, *transport, host.disk, executor, executor, directory,
                  host.crypto, host.keys},
              host.config))
    {
    }
    static std::unique_ptr<net::Transport> attach(const StoreHost &host)
    {
        auto honest = host.world.network.attach(host.peer);
        if (!host.lies)
            return honest;
        return std::make_unique<LyingTransport>(std::move(honest));
    }

    TaskScope scope;
    sim::SimRng rng;
    std::unique_ptr<net::Transport> transport;
    sim::SimExecutor executor;
    SimDirectory directory;
    std::unique_ptr<store::StoreNode> store;
    std::optional<QCoro::Task<Result<Done>>> opened;
};

inline NodeId idOf(int number)
{
    NodeId id;
    id.bytes.fill(static_cast<quint8>(number * 37));
    id.bytes[0] = static_cast<quint8>(number);
    return id;
}

inline StoreHost::StoreHost(World &ofWorld, int ofNumber)
    : world(ofWorld)
    , number(ofNumber)
    , peer{idOf(ofNumber),
          {QStringLiteral("node%1").arg(ofNumber), static_cast<quint16>(7000 + ofNumber)}}
    , disk(ofWorld.seed * 100 + static_cast<quint64>(ofNumber))
    , crypto(peer.id, 42)
    , keys(ofWorld.seed * 10 + static_cast<quint64>(ofNumber))
{
    config.network = QStringLiteral("net");
    config.packBytes = 16 << 20;
}

inline void StoreHost::start()
{
    ++starts;
    process = std::make_unique<Process>(*this);
    process->opened.emplace(process->store->open());
    world.setOnline(peer, true);
}

inline void StoreHost::stop(bool withPowerCut)
{
    if (!process)
        return;
    world.setOnline(peer, false);
    process->transport->setListener(nullptr); // as a process that is killed: not a frame more
    process->scope.close();
    for (int i = 0; i < 1000 && !process->scope.isIdle(); ++i)
        world.clock.advance(std::chrono::milliseconds(1));
    process->directory.release();
    process.reset();
    if (withPowerCut)
        disk.crash();
}

inline store::StoreNode &StoreHost::node()
{
    return *process->store;
}

inline void World::setOnline(const net::Peer &peer, bool online)
{
    registry.entries.insert_or_assign(peer.id, Registry::Entry{peer, online, clock.now()});
    for (auto &host : hosts) {
        if (host->process && host->peer.id != peer.id)
            host->process->directory.tell(peer.id);
    }
}

/// Bytes that no two places share, with a marker to search for.
inline QByteArray content(qsizetype size, quint64 seed)
{
    QByteArray bytes(size, Qt::Uninitialized);
    quint64 state = seed * 2654435761U + 1;
    for (qsizetype i = 0; i < size; ++i) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        bytes[i] = static_cast<char>(state >> 56);
    }
    static const QByteArray marker = "THE-MARKER-OF-THE-PLAINTEXT";
    for (qsizetype at = 0; at + marker.size() <= size; at += 65536)
        bytes.replace(at, marker.size(), marker);
    return bytes;
}

/// Lets time pass until `task` has ended, at most two minutes.
template <typename T>
Result<T> waitFor(World &world, QCoro::Task<Result<T>> task)
{
    for (int i = 0; i < 1200 && !task.isReady(); ++i)
        world.clock.advance(std::chrono::milliseconds(100));
    if (!task.isReady())
        return Error{Errc::Timeout, {}};
    return sim::resultOf(task);
}

} // namespace borg::test
