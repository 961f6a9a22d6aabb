// SPDX-License-Identifier: GPL-3.0-or-later
#include <sim/sim_clock.h>
#include <sim/sim_executor.h>

#include <QTest>

#include <reach/port_map.h>

using namespace borg;
using namespace borg::reach;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A router that does what the test says.
class FakeRouter final : public Router {
public:
    explicit FakeRouter(QString name)
        : m_name(std::move(name))
    {
    }
    [[nodiscard]] QString name() const override { return m_name; }
    Result<Mapping> map(quint16 localPort, quint16 externalPort, Ticks lease, Ticks) override
    {
        asked.push_back(externalPort);
        if (problem)
            return *problem;
        return Mapping{m_name, {address, externalPort}, u"192.168.1.10"_s, localPort,
            std::min(lease, leaseMax)};
    }
    Result<Done> unmap(const Mapping &mapping, Ticks) override
    {
        closed.push_back(mapping.external.port);
        return Done{};
    }

    std::optional<Error> problem;
    QString address = u"47.3.0.2"_s;
    Ticks leaseMax = PortMap::kLease;
    std::vector<quint16> asked;
    std::vector<quint16> closed;

private:
    const QString m_name;
};

struct World {
    World()
    {
        ports.start(7400, [this] { ++changes; });
    }
    ~World()
    {
        (void)scope.close();
        clock.advance(1min);
    }

    sim::SimClock clock;
    TaskScope scope{clock};
    sim::SimExecutor executor{clock};
    std::shared_ptr<FakeRouter> first = std::make_shared<FakeRouter>(u"upnp"_s);
    std::shared_ptr<FakeRouter> second = std::make_shared<FakeRouter>(u"nat-pmp"_s);
    int changes = 0;
    PortMap ports{scope, executor, {first, second}};
};

const Error kNone{Errc::NotFound, u"No router in this network answers to UPnP."_s};

} // namespace

class PortMapTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFirstRouterThatAnswersIsTaken()
    {
        World world;
        world.clock.advance(1s);
        QCOMPARE(world.ports.mapping()->by, u"upnp"_s);
        QCOMPARE(world.ports.mapping()->external, (net::Endpoint{u"47.3.0.2"_s, 7400}));
        QVERIFY(world.second->asked.empty());
        QCOMPARE(world.changes, 1);
    }

    void theSecondIsAskedWhenTheFirstFails()
    {
        World world;
        world.first->problem = kNone;
        world.clock.advance(1s);
        QCOMPARE(world.ports.mapping()->by, u"nat-pmp"_s);
        QCOMPARE(world.ports.attempts().size(), 2U);
        QCOMPARE(world.ports.attempts().front().detail, kNone.detail); // the router's own words
    }

    void aLeaseIsRenewedAtHalfTimeWithTheSamePort()
    {
        World world;
        world.first->leaseMax = 10min;
        world.clock.advance(1s);
        world.clock.advance(5min);
        QCOMPARE(world.first->asked.size(), 2U);
        world.clock.advance(5min);
        QCOMPARE(world.first->asked, (std::vector<quint16>{7400, 7400, 7400}));
        QVERIFY(world.second->asked.empty());
        QCOMPARE(world.changes, 1);
    }

    void aRouterThatForgetsIsReplaced()
    {
        World world;
        world.clock.advance(1s);
        world.first->problem = kNone;
        world.clock.advance(31min);
        QCOMPARE(world.ports.mapping()->by, u"nat-pmp"_s);
        QCOMPARE(world.changes, 2);
    }

    void failuresAreTriedAgainLessAndLessOften()
    {
        World world;
        world.first->problem = world.second->problem = kNone;
        world.clock.advance(1s);
        QVERIFY(world.ports.hasTried());
        QVERIFY(!world.ports.mapping());
        world.clock.advance(60min);
        QVERIFY(world.first->asked.size() >= 5 && world.first->asked.size() <= 9);
    }

    void anotherNetworkIsAskedAtOnce()
    {
        World world;
        world.first->problem = world.second->problem = kNone;
        world.clock.advance(20min);
        world.first->problem.reset();
        world.ports.addressesChanged();
        world.clock.advance(3s);
        QVERIFY(world.ports.mapping());
    }

    void theAddressOfTheRouterMayChange()
    {
        World world;
        world.clock.advance(1s);
        world.first->address = u"47.3.0.99"_s;
        world.clock.advance(31min);
        QCOMPARE(world.ports.mapping()->external.host, u"47.3.0.99"_s);
        QCOMPARE(world.changes, 2);
    }

    void thePortIsGivenBackAtTheEnd()
    {
        World world;
        world.clock.advance(1s);
        const auto stopping = world.ports.stop();
        world.clock.advance(1s);
        QVERIFY(stopping.isReady());
        QCOMPARE(world.first->closed, (std::vector<quint16>{7400}));
        world.clock.advance(60min);
        QCOMPARE(world.first->asked.size(), 1U);
    }

    void aPortThatComesAfterTheEndIsGivenBackToo()
    {
        World world;
        world.executor.setCost(2s);
        world.clock.advance(1s); // the router is still thinking
        const auto stopping = world.ports.stop();
        world.clock.advance(10s);
        QCOMPARE(world.first->closed, (std::vector<quint16>{7400}));
    }
};

QTEST_APPLESS_MAIN(PortMapTest)
#include "port_map_test.moc"
