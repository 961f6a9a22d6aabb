// SPDX-License-Identifier: GPL-3.0-or-later
// PeerTree in the simulator: the real machine, six continents, uplinks of 10 to 800 Mbit/s, a third
// of the nodes without children, random sources, 1 KiB. Times are virtual unless their name says
// wall. The last line is one JSON object.
#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <lean_world.h>
#include <malloc.h>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

double wallSeconds()
{
    static const auto start = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::size_t heapBytes()
{
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

double ms(Ticks span)
{
    return static_cast<double>(span.count()) / 1000;
}

double reach(const sim::Spread &spread)
{
    return static_cast<double>(spread.reached) / static_cast<double>(spread.living);
}

void say(const char *what, const sim::LeanWorld &world)
{
    std::fprintf(stderr, "%7.1f s  %-28s virtual %.1f s, %.1f M events, heap %zu MiB\n",
        wallSeconds(), what, ms(world.clock.now()) / 1000, static_cast<double>(world.events) / 1e6,
        heapBytes() >> 20);
}

void say(const char *what, const sim::Spread &spread)
{
    std::fprintf(stderr, "%7.1f s  %-28s %zu of %zu in %.1f ms, rmr %.4f\n", wallSeconds(), what,
        spread.reached, spread.living, ms(spread.all), spread.rmr);
}

struct Shape {
    quint32 depthMax = 0;
    double depthMean = 0;
};

Shape shapeOf(const sim::LeanWorld &world)
{
    Shape shape;
    for (const auto &node : world.nodes) {
        if (!node)
            continue;
        const auto &path = node->machine().standing().place.path;
        const auto depth = static_cast<quint32>(path.size() / tree::kPathItemBytes) - 1;
        shape.depthMax = std::max(shape.depthMax, depth);
        shape.depthMean += static_cast<double>(depth) / static_cast<double>(world.nodes.size());
    }
    return shape;
}

/// How well the nodes know whom they shall know.
void lookAtViews(const sim::LeanWorld &world, QJsonObject &result)
{
    std::vector<NodeId> all;
    for (quint32 number = 0; number < world.nodes.size(); ++number) {
        if (world.nodes[number])
            all.push_back(sim::LeanWorld::peer(number).id);
    }
    std::ranges::sort(all);
    double known = 0;
    double cell = 0;
    double quiet = 0;
    std::vector<double> sizes;
    const std::size_t step = std::max<std::size_t>(world.nodes.size() / 500, 1);
    std::size_t looked = 0;
    for (std::size_t number = 0; number < world.nodes.size(); number += step) {
        if (!world.nodes[number])
            continue;
        ++looked;
        const auto &members = world.nodes[number]->machine().members();
        const NodeId self = sim::LeanWorld::peer(static_cast<quint32>(number)).id;
        auto near = all;
        const auto end
            = near.begin() + static_cast<qptrdiff>(std::min<std::size_t>(33, near.size()));
        std::ranges::partial_sort(
            near, end, {}, [&](const NodeId &id) { return tree::distanceOf(self, id); });
        for (auto at = near.begin() + 1; at != end; ++at)
            cell += members.find(*at) ? 1.0 / static_cast<double>(end - near.begin() - 1) : 0;
        known += static_cast<double>(members.count());
        quiet += members.isQuiet() ? 1 : 0;
        sizes.push_back(static_cast<double>(members.estimate()) / static_cast<double>(all.size()));
    }
    std::ranges::sort(sizes);
    const auto count = static_cast<double>(looked);
    result[u"known_per_node"_s] = known / count;
    result[u"quiet_share"_s] = quiet / count;
    result[u"nearest_32_known"_s] = cell / count;
    result[u"estimate_p10"_s] = sizes[sizes.size() / 10];
    result[u"estimate_p50"_s] = sizes[sizes.size() / 2];
    result[u"estimate_p90"_s] = sizes[sizes.size() * 9 / 10];
}

void measure(sim::LeanWorld &world, const QCommandLineParser &options, QJsonObject &result)
{
    const bool isSilent = options.isSet(u"silent"_s);
    std::vector<double> times;
    double rmr = 0;
    double least = 1;
    const int count = options.value(u"broadcasts"_s).toInt();
    for (int i = 0; i < count; ++i) {
        const auto spread = world.broadcast(0, false, 10s);
        say("broadcast", spread);
        times.push_back(ms(spread.all));
        rmr += spread.rmr / count;
        least = std::min(least, reach(spread));
    }
    std::ranges::sort(times);
    result[u"all_ms"_s] = times[times.size() / 2];
    result[u"all_ms_max"_s] = times.back();
    result[u"reach"_s] = least;
    result[u"rmr"_s] = rmr;
    if (options.isSet(u"no-kill"_s))
        return;

    const auto hit = world.broadcast(300, isSilent, 30s);
    say("30 % killed", hit);
    result[u"reach_after_30pct_kill"_s] = reach(hit);
    result[u"all_ms_after_kill"_s] = ms(hit.all);
    world.clock.advance(10s);
    const auto next = world.broadcast(0, false, 10s);
    say("the next one", next);
    result[u"next_rmr"_s] = next.rmr;
    result[u"next_all_ms"_s] = ms(next.all);
    result[u"next_reach"_s] = reach(next);
    world.clock.advance(10s);
    const auto few = world.broadcast(800, isSilent, 60s);
    say("80 % of the rest killed", few);
    result[u"reach_after_80pct_kill"_s] = reach(few);
    result[u"all_ms_after_80pct_kill"_s] = ms(few.all);
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    QCommandLineParser options;
    options.addOptions({{u"nodes"_s, u"how many"_s, u"N"_s, u"10000"_s},
        {u"seed"_s, u"repeats a run"_s, u"S"_s, u"1"_s},
        {u"broadcasts"_s, u"from random sources"_s, u"B"_s, u"10"_s},
        {u"settle"_s, u"virtual seconds between the join and the first broadcast"_s, u"T"_s,
            u"60"_s},
        {u"join-rate"_s, u"nodes a second at most"_s, u"R"_s, u"2000"_s},
        {u"full-view"_s, u"so many nodes know each other"_s, u"M"_s, u"1000"_s},
        {u"silent"_s, u"the killed vanish as in a power cut, and their links stay up"_s},
        {u"no-kill"_s, u"broadcasts only"_s}});
    options.addHelpOption();
    options.process(app);
    const quint32 count = options.value(u"nodes"_s).toUInt();
    const quint64 seed = options.value(u"seed"_s).toULongLong();
    wallSeconds();
    mallopt(M_MMAP_THRESHOLD, 1 << 30); // count everything in one place

    sim::LeanWorld world(seed);
    world.config.fullViewMax = options.value(u"full-view"_s).toUInt();
    const std::size_t before = heapBytes();
    const bool isOne
        = world.joinAll(count, options.value(u"join-rate"_s).toUInt(), std::chrono::seconds(120));
    say(isOne ? "joined" : "NOT one tree", world);
    const auto joined = world.clock.now();
    const auto eventsBefore = world.events;
    const auto spentBefore = world.spent;
    const auto measuredBefore = world.measured;
    world.clock.advance(std::chrono::seconds(options.value(u"settle"_s).toInt()));
    say("settled", world);
    const auto perNode = static_cast<double>(heapBytes() - before) / count;
    const auto idleSeconds = ms(world.clock.now() - joined) / 1000;
    const auto idleEvents = static_cast<double>(world.events - eventsBefore);
    const auto idleSpent = std::chrono::duration<double, std::micro>(world.spent - spentBefore);

    QJsonObject result{{u"nodes"_s, qint64{count}}, {u"seed"_s, static_cast<qint64>(seed)}};
    const Shape shape = shapeOf(world);
    lookAtViews(world, result);
    result[u"stray"_s] = static_cast<qint64>(world.strayCount());
    result[u"depth_max"_s] = qint64{shape.depthMax};
    result[u"depth_mean"_s] = shape.depthMean;
    result[u"depth_limit"_s] = 2.2 * std::log2(count) / 2;
    result[u"bytes_per_node"_s] = std::round(perNode);
    result[u"idle_events_per_node_s"_s] = idleEvents / idleSeconds / count;
    result[u"idle_us_per_event"_s]
        = idleSpent.count() / std::max(double(world.measured - measuredBefore), 1.0);
    measure(world, options, result);
    result[u"us_per_event"_s]
        = std::chrono::duration<double, std::micro>(world.spent).count() / double(world.measured);
    result[u"events_per_s"_s] = std::round(double(world.events) / wallSeconds());
    result[u"cpu_s"_s] = double(std::clock()) / CLOCKS_PER_SEC;
    result[u"wall_s"_s] = wallSeconds();
    result[u"trace"_s] = QString::number(world.network.traceHash(), 16);
    std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    return isOne ? 0 : 1;
}
