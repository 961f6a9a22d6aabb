// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "byzantine_nodes.h"

/// Messages between single nodes of a simulated network, and what became of each.
namespace borg::sim {

/// The first ones, the seeds, are public; of the others one in four of each kind.
inline Nat natOf(quint32 number)
{
    static constexpr std::array kKinds{
        Nat::None, Nat::FullCone, Nat::PortRestricted, Nat::Symmetric};
    return number < 8 ? Nat::None : kKinds[number % kKinds.size()];
}

/// A world that counts what each node was told.
struct Post {
    Post(quint64 seed, quint32 nodes, bool isMixed = false)
        : world(seed)
    {
        for (quint32 number = 8; number < nodes && isMixed; ++number)
            world.network.setNat(TreeWorld::peer(number).id, natOf(number));
        world.joinAll(nodes);
        for (auto &[number, node] : world.nodes)
            listen(number);
    }
    /// Every fifth node of `nodes` bends what it carries for others.
    using Make = std::function<std::unique_ptr<Bend>(quint32 number)>;
    Post(quint64 seed, quint32 nodes, const Make &make)
        : world(seed)
    {
        world.add(0).node.start({}, {});
        for (quint32 number = 1; number < nodes; ++number) {
            std::vector<net::Peer> known;
            for (int i = 0; i < 3; ++i)
                known.push_back(TreeWorld::peer(world.rng.below(std::min(number, 8U))));
            if (number % 5 != 4) {
                world.add(number).node.start(known, {});
                listen(number);
                continue;
            }
            auto own = world.config;
            own.self = TreeWorld::peer(number).endpoint;
            liars[number] = std::make_unique<ByzantineNode>(
                world, TreeWorld::peer(number), seed * 1'000'003 + number, own, make(number));
            liars[number]->node.start(known, {});
        }
    }
    void listen(quint32 number)
    {
        world.nodes.at(number)->node.onMessage([this, number](const tree::Delivered &message) {
            ++heard[{number, message.body().value(QLatin1StringView("n")).toInt()}];
            hopsMax = std::max(hopsMax, message.hops);
        });
    }
    /// Sends a message with the next number.
    int send(quint32 from, quint32 to, Ticks deadline = std::chrono::seconds(15))
    {
        const int number = ++last;
        sent[number] = {from, to};
        keep(world.nodes.at(from)->node.sendTo(TreeWorld::peer(to).id, QStringLiteral("test"),
                 {{QStringLiteral("n"), number}}, {}, deadline),
            outcomes[number]);
        return number;
    }
    using Outcome = std::optional<Result<Done>>;
    static QCoro::Task<> keep(QCoro::Task<Result<Done>> task, Outcome &outcome)
    {
        outcome = co_await task;
    }
    [[nodiscard]] int acknowledged() const
    {
        return static_cast<int>(std::ranges::count_if(
            outcomes, [](const auto &entry) { return entry.second && entry.second->ok(); }));
    }
    [[nodiscard]] bool areAllSettled() const
    {
        return std::ranges::all_of(
            outcomes, [](const auto &entry) { return entry.second.has_value(); });
    }
    /// @return how many messages came to somebody else, or more than once.
    [[nodiscard]] int strayed() const
    {
        return static_cast<int>(std::ranges::count_if(heard, [this](const auto &entry) {
            const auto &[where, count] = entry;
            const auto to = sent.find(where.second);
            return count != 1 || to == sent.end() || to->second.second != where.first;
        }));
    }

    TreeWorld world;
    std::map<quint32, std::unique_ptr<ByzantineNode>> liars;
    int last = 0;
    quint32 hopsMax = 0;
    std::map<int, std::pair<quint32, quint32>> sent;
    std::map<std::pair<quint32, int>, int> heard;
    std::map<int, Outcome> outcomes;
};

} // namespace borg::sim
