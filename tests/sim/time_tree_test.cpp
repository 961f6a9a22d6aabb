// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_world.h"

#include <sim/node_clock.h>

#include <QTest>

#include <cstdio>
#include <time/net_clock.h>

using namespace borg;
using namespace borg::sim;
using namespace std::chrono_literals;

namespace {

constexpr quint32 kNodes = 60;
constexpr quint32 kLiars = 15; ///< The first ones, among them those through whom all others join.
constexpr qint64 kLieUs = 5'000'000;
constexpr qint64 kHourUs = 3'600'000'000;
constexpr qint64 kYearUs = 365 * 24 * kHourUs;

/// A whole node of the tree with a computer's clock of its own and network time above it.
struct TimedNode {
    TimedNode(SimClock &world, SimNetwork &network, quint32 number, tree::TreeConfig config)
        : self(TreeWorld::peer(number))
        , isLiar(number < kLiars)
        , os(world)
        , m_crypto(self.id, 42)
        , m_rng(1000 + number)
        , m_transport(network.attach(self))
        , m_config(std::move(config))
    {
        m_config.self = self.endpoint;
    }

    /// After the clock was set off: a node begins with what its computer says.
    void start(const std::vector<net::Peer> &seeds)
    {
        clock.emplace(os);
        m_scope.emplace(*clock);
        node.emplace(*m_scope, m_rng, *m_transport, m_crypto, m_config);
        node->onDelivered([this](const tree::Delivered &d) { ++heard[d.id]; });
        node->start(seeds, {});
        if (isLiar) {
            node->serveTime({kLieUs, 0});
            return;
        }
        node->onTimeSample([this](const time::Sample &sample) { clock->add(sample); });
        time::Rules rules;
        rules.self = self.id;
        clock->start(rules, [this] {
            node->serveTime(clock->served());
            for (const NodeId &peer : clock->takeLiars()) {
                node->chargeTimeLie(peer);
                ++charges;
            }
        });
    }

    const net::Peer self;
    const bool isLiar;
    NodeClock os;
    std::optional<time::NetClock> clock;

private:
    SimCrypto m_crypto;
    SimRng m_rng;
    std::optional<TaskScope> m_scope;
    std::unique_ptr<net::Transport> m_transport;
    tree::TreeConfig m_config;

public:
    std::map<tree::MessageId, int> heard;
    std::optional<tree::TreeNode> node;
    int charges = 0; ///< Of others, as liars.
};

struct World {
    explicit World(quint64 seed)
        : rng(seed)
        , network(clock, rng, {})
    {
        tree::TreeConfig config;
        config.network = QStringLiteral("sim");
        config.local = true;
        for (quint32 number = 0; number < kNodes; ++number)
            nodes.push_back(std::make_unique<TimedNode>(clock, network, number, config));
        for (quint32 number = kLiars; number < kNodes; ++number) {
            NodeClock &os = nodes[number]->os;
            os.setDriftPpm(qint64{rng.below(21)} - 10);
            if (number % 9 == 0) { // one in nine is off by up to an hour, and does not know better
                os.setSystemWord(false, kOsBoundMaxUs);
                os.setOffsetUs((qint64{rng.below(7200)} - 3600) * 1'000'000);
            } else if (number == kNodes - 1) { // and one claims to be right
                os.setOffsetUs(-2 * kHourUs);
            } else {
                os.setOffsetUs(qint64{rng.below(40'001)} - 20'000);
            }
        }
        for (quint32 number = 0; number < kNodes; ++number) {
            std::vector<net::Peer> seeds;
            for (int i = 0; i < 3 && number > 0; ++i)
                seeds.push_back(TreeWorld::peer(rng.below(std::min(number, 24U))));
            nodes[number]->start(seeds);
        }
    }

    /// @return how far network time is off at an honest node.
    [[nodiscard]] qint64 errorUs(const TimedNode &node) const
    {
        return std::abs(node.clock->utcUs() - clock.utcUs());
    }
    [[nodiscard]] std::vector<qint64> errors() const
    {
        std::vector<qint64> all;
        for (const auto &node : nodes) {
            if (!node->isLiar)
                all.push_back(errorUs(*node));
        }
        std::ranges::sort(all);
        return all;
    }
    /// @return how many honest nodes did not hear a broadcast of an honest one.
    [[nodiscard]] int missing()
    {
        const auto id = nodes.back()->node->broadcast(QStringLiteral("test"), {}, {});
        BORG_ASSERT(id.ok());
        clock.advance(10s);
        int count = 0;
        for (quint32 number = kLiars; number + 1 < kNodes; ++number)
            count += nodes[number]->heard.contains(*id) ? 0 : 1;
        return count;
    }

    SimClock clock;
    SimRng rng;
    SimNetwork network;
    std::vector<std::unique_ptr<TimedNode>> nodes;
};

} // namespace

/// Whole nodes, links and frames; the clocks of their computers differ.
class TimeTreeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allFindOneTimeAndKeepItWhileClocksJump_data()
    {
        QTest::addColumn<quint64>("seed");
        const quint64 most = qEnvironmentVariableIsSet("BORG_SOAK") ? 20 : 1;
        for (quint64 seed = 1; seed <= most; ++seed)
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
    }
    void allFindOneTimeAndKeepItWhileClocksJump()
    {
        QFETCH(quint64, seed);
        World world(seed);
        world.clock.advance(5min);
        const auto errors = world.errors();
        std::printf("{\"nodes\":%u,\"liars\":%u,\"error_p50_us\":%lld,\"error_max_us\":%lld}\n",
            kNodes, kLiars, static_cast<long long>(errors[errors.size() / 2]),
            static_cast<long long>(errors.back()));
        QVERIFY(errors.back() <= 20'000);
        QCOMPARE(world.missing(), 0);

        for (quint32 number = kLiars; number < kNodes; number += 3)
            world.nodes[number]->os.jumpUs(number % 2 == 0 ? kYearUs : -kYearUs);
        for (quint32 number = kLiars + 1; number < kNodes; number += 3)
            world.nodes[number]->os.jumpUs(number % 2 == 0 ? kHourUs / 6 : -kHourUs / 6);
        for (int i = 0; i < 10; ++i) {
            world.clock.advance(10s);
            QVERIFY(world.errors().back() <= 25'000);
        }
        QCOMPARE(world.missing(), 0); // nothing expires by a clock that jumped
        int charges = 0;
        for (const auto &node : world.nodes)
            charges += node->charges;
        QVERIFY(charges > 0); // those who lied to their neighbours for minutes
    }
};

QTEST_GUILESS_MAIN(TimeTreeTest)
#include "time_tree_test.moc"
