// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/sleep.h>
#include <net/rpc.h>
#include <sim/sim_clock.h>
#include <sim/sim_network.h>
#include <sim/sim_rng.h>
#include <sim/task_result.h>

#include <QTest>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

struct EchoReply {
    quint32 number = 0;
    static constexpr std::string_view kName = "echoReply";
    static constexpr auto fields() { return std::tuple{wire::field("number", &EchoReply::number)}; }
};
struct Echo {
    using Reply = EchoReply;
    quint32 number = 0;
    quint32 waitMs = 0;
    static constexpr std::string_view kName = "echo";
    static constexpr auto fields()
    {
        return std::tuple{wire::field("number", &Echo::number), wire::field("wait", &Echo::waitMs)};
    }
};
struct Unheard {
    using Reply = EchoReply;
    static constexpr std::string_view kName = "unheard";
    static constexpr auto fields() { return std::tuple{}; }
};

const net::Peer kAnn{NodeId{{1}}, {u"ann"_s, 7001}};
const net::Peer kBob{NodeId{{2}}, {u"bob"_s, 7002}};

struct Side {
    Side(Clock &clock, sim::SimNetwork &network, const net::Peer &self, net::RpcLimits limits)
        : scope(clock)
        , transport(network.attach(self))
        , rpc(
              scope, *transport,
              [](const NodeId &id) -> std::optional<net::Endpoint> {
                  if (id == kAnn.id)
                      return kAnn.endpoint;
                  return id == kBob.id ? std::optional(kBob.endpoint) : std::nullopt;
              },
              limits)
    {
        rpc.serve<Echo>([this](NodeId, Echo request, QByteArray body) {
            return echo(request, std::move(body));
        });
    }
    QCoro::Task<Result<net::Answer<EchoReply>>> echo(Echo request, QByteArray body)
    {
        ++served;
        servedAtOnceMax = std::max(servedAtOnceMax, ++servedAtOnce);
        const auto slept = co_await Sleep(scope, std::chrono::milliseconds(request.waitMs));
        --servedAtOnce;
        if (!slept)
            co_return slept.error();
        if (request.number == 13)
            co_return Error{Errc::NotFound, u"thirteen"_s};
        co_return net::Answer<EchoReply>{{request.number}, body};
    }

    TaskScope scope;
    std::unique_ptr<net::Transport> transport;
    net::RpcPeer rpc;
    int served = 0, servedAtOnce = 0, servedAtOnceMax = 0;
};

struct World {
    explicit World(net::RpcLimits limits = {}, sim::LinkFaults faults = {})
        : network(clock, rng, faults)
        , ann(std::make_unique<Side>(clock, network, kAnn, limits))
        , bob(std::make_unique<Side>(clock, network, kBob, limits))
    {
    }
    ~World()
    {
        if (bob)
            bob->scope.close();
        ann->scope.close();
        clock.advance(1min);
    }
    auto call(
        quint32 number, quint32 waitMs = 0, QByteArray body = {}, net::CallOptions options = {})
    {
        return ann->rpc.call(kBob.id, Echo{number, waitMs}, std::move(body), std::move(options));
    }

    sim::SimClock clock;
    sim::SimRng rng{1};
    sim::SimNetwork network;
    std::unique_ptr<Side> ann, bob;
};

QString codeOf(auto &task)
{
    const auto result = sim::resultOf(task);
    return result.ok() ? u"ok"_s : QString(name(result.error().code));
}

} // namespace

class RpcTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void dialsAndCarriesTheBodyBothWays()
    {
        World world;
        auto answer = world.call(7, 0, "hello");
        world.clock.advance(1s);
        const auto result = sim::resultOf(answer);
        QVERIFY(result.ok());
        QCOMPARE(result->reply.number, 7U);
        QCOMPARE(result->body, "hello"_ba);
        QCOMPARE(world.ann->rpc.openCount(), 0U);
    }

    void theHandlersErrorReachesTheCaller()
    {
        World world;
        auto answer = world.call(13);
        world.clock.advance(1s);
        const auto result = sim::resultOf(answer);
        QVERIFY(!result.ok());
        QCOMPARE(result.error(), (Error{Errc::NotFound, u"thirteen"_s}));
    }

    void anUnknownMessageIsAnErrorReply()
    {
        World world;
        auto answer = world.ann->rpc.call(kBob.id, Unheard{});
        world.clock.advance(1s);
        QCOMPARE(codeOf(answer), u"Malformed"_s);
    }

    /// Thirty bodies of 200 KiB through a queue of 256 KiB: Busy is waited out, none is lost.
    void aFullQueueIsWaitedFor()
    {
        World world;
        std::vector<QCoro::Task<Result<net::Answer<EchoReply>>>> calls;
        for (quint32 i = 100; i < 130; ++i)
            calls.push_back(world.call(i, 0, QByteArray(200 << 10, 'x')));
        world.clock.advance(30s);
        for (quint32 i = 100; auto &call : calls) {
            const auto result = sim::resultOf(call);
            QVERIFY(result.ok());
            QCOMPARE(result->reply.number, i++);
            QCOMPARE(result->body.size(), qsizetype{200 << 10});
        }
    }

    void neverHasMoreCallsOpenThanAllowed()
    {
        World world({.callsPerPeer = 3});
        std::vector<QCoro::Task<Result<net::Answer<EchoReply>>>> calls;
        for (quint32 i = 100; i < 110; ++i)
            calls.push_back(world.call(i, 500));
        world.clock.advance(30s);
        QCOMPARE(world.bob->servedAtOnceMax, 3);
        QCOMPARE(world.bob->served, 10);
    }

    void refusesWhatIsAboveTheServedLimit()
    {
        World world({.servedPerPeer = 2});
        auto first = world.call(1, 500);
        auto second = world.call(2, 500);
        auto third = world.call(3, 500);
        world.clock.advance(5s);
        QList codes{codeOf(first), codeOf(second), codeOf(third)};
        std::ranges::sort(codes); // the network may swap them
        QCOMPARE(codes, (QList{u"Busy"_s, u"ok"_s, u"ok"_s}));
        auto later = world.call(4);
        world.clock.advance(1s);
        QCOMPARE(codeOf(later), u"ok"_s);
    }

    void aLostLinkAnswersOpenCalls()
    {
        World world;
        auto open = world.call(1, 10'000);
        world.clock.advance(1s);
        world.bob->scope.close();
        world.clock.advance(1s);
        world.bob.reset();
        world.clock.advance(1s);
        QCOMPARE(codeOf(open), u"Unreachable"_s);
        auto next = world.call(2);
        world.clock.advance(1s);
        QCOMPARE(codeOf(next), u"Unreachable"_s);
    }

    void theDeadlineEndsACall()
    {
        World world;
        auto call = world.call(1, 60'000, {}, {.deadline = 2s});
        world.clock.advance(3s);
        QCOMPARE(codeOf(call), u"Timeout"_s);
    }

    void cancellingEndsACall()
    {
        World world;
        const Cancel cancel;
        auto call = world.call(1, 60'000, {}, {.cancel = cancel});
        world.clock.advance(1s);
        cancel.cancel();
        world.clock.advance(1s);
        QCOMPARE(codeOf(call), u"Closed"_s);
    }

    void anIdleLinkIsHungUpAndDialledAgain()
    {
        World world({.idleAfter = 10s});
        auto first = world.call(1);
        world.clock.advance(1s);
        QCOMPARE(world.ann->rpc.linkCount(), 1U);
        world.clock.advance(30s);
        QCOMPARE(world.ann->rpc.linkCount(), 0U);
        QCOMPARE(world.bob->rpc.linkCount(), 0U);
        auto second = world.call(2);
        world.clock.advance(1s);
        QCOMPARE(codeOf(second), u"ok"_s);
    }

    void garbageEndsTheLink()
    {
        World world;
        auto first = world.call(1);
        world.clock.advance(1s);
        QVERIFY(world.bob->transport->send(kAnn.id, {wire::FrameClass::Bulk, "{]", {}}).ok());
        world.clock.advance(1s);
        QCOMPARE(world.ann->rpc.malformedCount(), 1U);
        QCOMPARE(world.ann->rpc.linkCount(), 0U);
    }

    void whoAsksAndNeverReadsIsHungUpOn()
    {
        World world({.outboxBytesPerPeer = 2 << 20});
        auto first = world.call(1);
        world.clock.advance(1s);
        QCOMPARE(world.bob->rpc.linkCount(), 1U);
        world.network.setLatency([](const NodeId &from, const NodeId &) {
            return from == kBob.id ? Ticks(10min) : Ticks(1ms);
        });
        for (int i = 100; i < 140; ++i) {
            const QByteArray head
                = R"({"t":"echo","number":1,"wait":0,"q":)" + QByteArray::number(i) + '}';
            (void)world.ann->transport->send(
                kBob.id, {wire::FrameClass::Bulk, head, QByteArray(200 << 10, 'x')});
            world.clock.advance(100ms);
        }
        QCOMPARE(world.bob->rpc.linkCount(), 0U);
    }

    void nobodyKnowsTheWay()
    {
        World world;
        auto call = world.ann->rpc.call(NodeId{{9}}, Echo{});
        world.clock.advance(1s);
        QCOMPARE(codeOf(call), u"Unreachable"_s);
    }

    void closingAnswersEverything()
    {
        World world;
        auto call = world.call(1, 60'000);
        world.clock.advance(1s);
        world.ann->scope.close();
        world.clock.advance(1s);
        QCOMPARE(codeOf(call), u"Closed"_s);
        QVERIFY(world.ann->scope.isIdle());
    }

    /// Bob is behind a NAT: Ann cannot dial him, but he can dial her.
    void whoCannotBeDialledIsAskedToDial()
    {
        sim::SimClock clock;
        sim::SimRng rng(1);
        sim::SimNetwork network(clock, rng, {});
        network.setNat(kBob.id, sim::Nat::Restricted);
        Side ann(clock, network, kAnn, {});
        Side bob(clock, network, kBob, {});
        int asked = 0;
        ann.rpc.askBack([&](const NodeId &node) {
            ++asked;
            bob.transport->dial(kAnn);
            return node == kBob.id;
        });
        auto answer = ann.rpc.call(kBob.id, Echo{7, 0});
        clock.advance(8s);
        QVERIFY(answer.isReady());
        QVERIFY(sim::resultOf(answer).ok());
        QCOMPARE(asked, 1);
        (void)ann.scope.close();
        (void)bob.scope.close();
        clock.advance(1s);
    }

    void whoDoesNotDialEitherIsAskedOnce()
    {
        sim::SimClock clock;
        sim::SimRng rng(1);
        sim::SimNetwork network(clock, rng, {});
        network.setNat(kBob.id, sim::Nat::Blocked);
        Side ann(clock, network, kAnn, {});
        Side bob(clock, network, kBob, {});
        int asked = 0;
        ann.rpc.askBack([&](const NodeId &) { return ++asked > 0; });
        auto answer = ann.rpc.call(kBob.id, Echo{7, 0});
        clock.advance(20s);
        QVERIFY(answer.isReady());
        QCOMPARE(name(sim::resultOf(answer).error().code), name(Errc::Timeout));
        QCOMPARE(asked, 1);
        (void)ann.scope.close();
        (void)bob.scope.close();
        clock.advance(1s);
    }
};

QTEST_APPLESS_MAIN(RpcTest)
#include "rpc_test.moc"
