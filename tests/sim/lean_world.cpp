// SPDX-License-Identifier: GPL-3.0-or-later
#include "lean_world.h"

#include <base/assert.h>

#include <algorithm>
#include <ctime>

namespace borg::sim {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint64 kMeasuredEach = 16; ///< To look at the clock costs as much as a small event.

/// Of this thread: other programs on the computer do not count.
std::chrono::nanoseconds processorTime()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

constexpr qsizetype kPayloadBytes = 1024;
constexpr LinkFaults kWires{.delayMin = Ticks{0},
    .delayMax = std::chrono::milliseconds(1),
    .queueBytesMax = 4 * 1024 * 1024};
} // namespace

LeanNode::LeanNode(
    LeanWorld &world, const net::Peer &self, quint64 seed, const tree::TreeConfig &config)
    : m_world(world)
    , m_crypto(self.id, 42)
    , m_rng(seed)
    , m_transport(world.network.attach(self))
    , m_machine(config, m_rng, m_crypto)
{
    m_transport->setListener(this);
}

LeanNode::~LeanNode()
{
    m_transport->setListener(nullptr);
    m_world.clock.cancel(m_timer);
}

tree::Moment LeanNode::moment() const
{
    const auto &clock = m_world.clock;
    return {clock.now(), clock.utcMs(), clock.utcUs(), clock.boundUs()};
}

void LeanNode::start(std::vector<net::Peer> seeds)
{
    feed(tree::Start{std::move(seeds), {}});
}

Result<tree::MessageId> LeanNode::broadcast(const QByteArray &attachment)
{
    tree::Actions actions;
    auto id = m_machine.broadcast(u"test"_s, {}, attachment, moment(), actions);
    m_world.watched = id ? std::optional(*id) : std::nullopt;
    carryOut(actions);
    feed(tree::TimerFired{}); // sends what was queued, as at the end of a turn of the loop
    return id;
}

void LeanNode::feed(const tree::Event &event)
{
    // One array for all: no node calls another from inside a call.
    tree::Actions actions = std::exchange(m_world.scratch, {});
    actions.clear();
    if (++m_world.events % kMeasuredEach == 0) {
        const auto begin = processorTime();
        m_machine.on(event, moment(), actions);
        m_world.spent += processorTime() - begin;
        ++m_world.measured;
    } else {
        m_machine.on(event, moment(), actions);
    }
    carryOut(actions);
    m_world.scratch = std::move(actions);
}

void LeanNode::carryOut(tree::Actions &actions)
{
    std::vector<tree::SendRefused> refused;
    for (auto &action : actions) {
        if (auto *send = std::get_if<tree::Send>(&action)) {
            if (send->frame.body.size() >= kPayloadBytes
                && send->frame.frameClass == wire::FrameClass::Interactive)
                ++m_world.copies;
            const auto sent = m_transport->send(send->to, send->frame);
            if (!sent && sent.error().code == Errc::Busy)
                refused.push_back({send->to, std::move(send->frame)});
        } else if (const auto *wake = std::get_if<tree::WakeAt>(&action)) {
            m_world.clock.cancel(m_timer);
            m_timer = m_world.clock.after(
                wake->at - m_world.clock.now(), [this] { feed(tree::TimerFired{}); });
        } else if (const auto *dial = std::get_if<tree::Dial>(&action)) {
            m_transport->dial(dial->peer);
        } else if (const auto *hangUp = std::get_if<tree::HangUp>(&action)) {
            m_transport->hangUp(hangUp->peer);
        } else if (const auto *deliver = std::get_if<tree::Deliver>(&action)) {
            if (deliver->delivered.id == m_world.watched && heardAt < Ticks{0}) {
                heardAt = m_world.clock.now();
                m_world.reachedAt = heardAt;
                ++m_world.reached;
            }
        }
    }
    for (const auto &event : refused)
        feed(event);
}

void LeanNode::linkUp(const net::Peer &peer, net::Direction direction)
{
    feed(tree::LinkUp{peer, direction});
}
void LeanNode::linkDown(const NodeId &peer, Errc why)
{
    feed(tree::LinkDown{peer, why});
}
void LeanNode::frameArrived(const NodeId &from, const wire::Frame &frame)
{
    feed(tree::FrameArrived{from, frame});
}
void LeanNode::writable(const NodeId &peer, wire::FrameClass)
{
    feed(tree::Writable{peer});
}
void LeanNode::dialFailed(const net::Endpoint &endpoint, Errc why)
{
    feed(tree::DialFailed{endpoint, why});
}

tree::FactsPtr SharedRecords::find(const NodeId &id, quint64 seq) const
{
    const auto latest = m_latest.find(id);
    return latest != m_latest.end() && latest->second->seq == seq ? latest->second
                                                                  : tree::FactsPtr{};
}

tree::FactsPtr SharedRecords::intern(tree::FactsPtr facts)
{
    tree::FactsPtr &latest = m_latest[facts->id];
    if (!latest || latest->seq < facts->seq)
        latest = std::move(facts);
    else if (latest->seq > facts->seq)
        return facts;
    return latest;
}

LeanWorld::LeanWorld(quint64 seed)
    : rng(seed)
    , network(clock, rng, kWires)
    , m_seed(seed)
{
    config.network = u"sim"_s;
    config.pool = &records;
    config.credit.messagesBurst = 10'000;
    network.setRegions(kSixContinents);
}

LeanWorld::~LeanWorld() = default;

net::Peer LeanWorld::peer(quint32 number)
{
    NodeId id;
    quint64 state = (number + 1) * 0x9e3779b97f4a7c15;
    for (std::size_t at = 0; at < id.bytes.size(); at += 8) {
        state = (state ^ state >> 29) * 0xbf58476d1ce4e5b9;
        qToBigEndian(state, &id.bytes[at]);
    }
    return {id, {u"n%1"_s.arg(number), 7000}};
}

void LeanWorld::placeNode(quint32 number, tree::TreeConfig &own)
{
    static constexpr std::array<quint32, 6> kShare{25, 25, 8, 30, 7, 5}; // of a hundred
    struct Line {
        quint32 share;
        qint64 megabits;
        quint32 capacity;
    };
    // 35 % take no children; capacity by uplink as the design has it.
    static constexpr std::array<Line, 5> kLines{
        {{35, 10, 0}, {25, 20, 4}, {20, 40, 4}, {13, 200, 8}, {7, 800, 24}}};
    const auto pick = [this](const auto &list, auto share) {
        quint32 lot = rng.below(100);
        std::size_t at = 0;
        while (at + 1 < list.size() && lot >= share(list[at]))
            lot -= share(list[at++]);
        return at;
    };
    Site site;
    site.region = static_cast<int>(pick(kShare, [](quint32 share) { return share; }));
    const Line &line = kLines[pick(kLines, [](const Line &l) { return l.share; })];
    site.uplinkBitsPerSecond = line.megabits * 1'000'000;
    own.capacity = number == 0 ? 24 : line.capacity;
    if (number == 0)
        site.uplinkBitsPerSecond = 800'000'000;
    network.setSite(peer(number).id, site);
}

void LeanWorld::join(quint32 number)
{
    BORG_ASSERT(number == nodes.size());
    auto own = config;
    const auto self = peer(number);
    own.self = self.endpoint;
    placeNode(number, own);
    nodes.push_back(std::make_unique<LeanNode>(*this, self, m_seed * 1'000'003 + number, own));
    std::vector<net::Peer> seeds;
    for (int i = 0; number > 0 && i < 3; ++i)
        seeds.push_back(peer(rng.below(number)));
    nodes.back()->start(std::move(seeds));
}

bool LeanWorld::joinAll(quint32 count, quint32 perSecond, Ticks most)
{
    nodes.reserve(count);
    join(0);
    constexpr Ticks kStep = std::chrono::milliseconds(10);
    double due = 0;
    while (nodes.size() < count) {
        clock.advance(kStep);
        // The network grows by a half each second at most.
        const double rate
            = std::min<double>(perSecond, 10 + 0.5 * static_cast<double>(nodes.size()));
        for (due += rate / 100; due >= 1 && nodes.size() < count; --due)
            join(static_cast<quint32>(nodes.size()));
    }
    const Ticks end = clock.now() + most;
    while (strayCount() > 0 && clock.now() < end)
        clock.advance(std::chrono::seconds(1));
    return strayCount() == 0;
}

std::size_t LeanWorld::strayCount() const
{
    std::map<NodeId, std::size_t> roots;
    std::size_t placed = 0;
    std::size_t alive = 0;
    for (const auto &node : nodes) {
        if (!node)
            continue;
        ++alive;
        const auto &standing = node->machine().standing();
        if (standing.isAttached() || standing.state == tree::TreeState::Root) {
            ++placed;
            ++roots[standing.place.root];
        }
    }
    std::size_t most = 0;
    for (const auto &[root, size] : roots)
        most = std::max(most, size);
    return alive - std::min(alive, most);
}

void LeanWorld::kill(quint32 number, bool silently)
{
    if (silently)
        network.vanish(peer(number).id);
    nodes[number].reset();
}

std::vector<quint32> LeanWorld::living() const
{
    std::vector<quint32> all;
    for (quint32 number = 0; number < nodes.size(); ++number) {
        if (nodes[number])
            all.push_back(number);
    }
    return all;
}

quint32 LeanWorld::randomLiving()
{
    const auto all = living();
    return all[rng.below(static_cast<quint32>(all.size()))];
}

Spread LeanWorld::broadcast(quint32 killPermille, bool silently, Ticks most)
{
    for (const auto &node : nodes) {
        if (node)
            node->heardAt = Ticks{-1};
    }
    const quint32 source = randomLiving();
    reached = 0;
    copies = 0;
    const Ticks begin = clock.now();
    const auto id = nodes[source]->broadcast(QByteArray(kPayloadBytes, 'x'));
    BORG_ASSERT(id.ok());
    auto victims = living();
    std::erase(victims, source);
    for (auto count = victims.size() * killPermille / 1000; count > 0; --count) {
        const auto at = rng.below(static_cast<quint32>(victims.size()));
        kill(std::exchange(victims[at], victims.back()), silently);
        victims.pop_back();
    }
    Spread spread;
    spread.living = victims.size();
    const Ticks end = begin + most;
    while (reached < spread.living && clock.now() < end)
        clock.advance(std::chrono::milliseconds(20));
    // Copies that come although everybody has it count as well.
    clock.advance(std::chrono::seconds(1));
    spread.reached = reached;
    spread.all = reachedAt - begin;
    spread.rmr = static_cast<double>(copies) / static_cast<double>(spread.living) - 1;
    return spread;
}

} // namespace borg::sim
