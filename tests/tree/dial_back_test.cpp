// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_machine.h"

#include <QTest>

using namespace borg;
using namespace borg::tree;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Node 1 of a network on the internet; peers link from addresses of their own.
struct World {
    World() { feed(Start{}); }
    static TreeConfig config()
    {
        TreeConfig config = Machine::config();
        config.local = false;
        return config;
    }
    void feed(const Event &event, Ticks after = 0ms)
    {
        now += after;
        actions.clear();
        tree.on(event, {now, kUtcMs + now.count() / 1000}, actions);
    }
    template <typename M>
    void say(quint8 from, const M &word, Ticks after = 0ms)
    {
        const auto head = QJsonDocument(wire::encode(word)).toJson(QJsonDocument::Compact);
        feed(FrameArrived{id(from), {wire::FrameClass::Control, head, {}}}, after);
    }
    void greet(quint8 from, const QString &address, const QString &claimed = u"claimed.example"_s)
    {
        feed(LinkUp{{id(from), {address, 0}}, net::Direction::Inbound});
        Hello hello;
        hello.network = u"net"_s;
        hello.host = claimed;
        hello.port = 7000;
        hello.place = placeOf({from}, 0);
        say(from, hello);
    }
    template <typename A>
    std::vector<A> all() const
    {
        std::vector<A> found;
        for (const auto &action : actions) {
            if (const auto *one = std::get_if<A>(&action))
                found.push_back(*one);
        }
        return found;
    }
    template <typename M>
    std::vector<M> said(quint8 to) const
    {
        std::vector<M> words;
        for (const auto &send : all<Send>()) {
            if (send.to != id(to))
                continue;
            if (auto word = wire::decode<M>(QJsonDocument::fromJson(send.frame.head).object()))
                words.push_back(*std::move(word));
        }
        return words;
    }
    [[nodiscard]] QString answerTo(quint8 peer) const
    {
        const auto words = said<DialedYou>(peer);
        return words.size() == 1 ? words.front().result : QString();
    }

    sim::SimRng rng{1};
    sim::SimCrypto crypto{id(1), 42};
    PeerTree tree{config(), rng, crypto};
    Ticks now{0};
    Actions actions;
};

} // namespace

class DialBackTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Who stands behind a router, has a name only, or is in the same part of the internet as
    /// another one, does not tell us where we are seen.
    void twoOfDifferentPartsOfTheInternetAreMirrors()
    {
        World world;
        QVERIFY(world.tree.mirrors().empty());
        world.greet(2, u"45.1.0.2"_s, u"192.168.1.2"_s);
        world.greet(3, u"45.2.0.2"_s);
        QVERIFY(world.tree.mirrors().empty());
        world.greet(4, u"2a01:1::4"_s, u"2a01:1::4"_s);
        QCOMPARE(world.tree.mirrors().size(), 1U);
        for (quint8 number = 5; number < 8; ++number)
            world.greet(number, u"46.1.0.%1"_s.arg(number), u"46.1.0.%1"_s.arg(number));
        world.greet(8, u"47.1.0.8"_s, u"47.1.0.8"_s);
        const auto mirrors = world.tree.mirrors();
        QCOMPARE(mirrors.size(), 2U);
        QVERIFY(mirrors[0].endpoint.host.contains(u'.') && mirrors[1].endpoint.host.contains(u'.'));
        QVERIFY(siteOf(mirrors[0].endpoint.host) != siteOf(mirrors[1].endpoint.host));
    }

    void twoPeersOfDifferentSitesAreAsked()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        world.greet(3, u"45.1.7.9"_s); // the same /16
        world.greet(4, u"45.2.0.2"_s);
        world.greet(5, u"192.168.1.7"_s); // in our LAN: proves nothing
        world.feed(CheckReach{7400});
        QCOMPARE(world.said<DialMe>(2).size() + world.said<DialMe>(3).size(), 1U);
        QCOMPARE(world.said<DialMe>(4), (std::vector{DialMe{7400}}));
        QVERIFY(world.said<DialMe>(5).empty());
    }

    void theirAnswersComeTogether()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        world.greet(4, u"45.2.0.2"_s);
        world.feed(CheckReach{7400});
        world.say(2, DialedYou{u"45.9.0.1"_s, 7400, u"reached"_s});
        QVERIFY(world.all<ReachChecked>().empty());
        world.say(4, DialedYou{u"45.9.0.1"_s, 7400, u"timeout"_s});
        const auto reports = world.all<ReachChecked>();
        QCOMPARE(reports.size(), 1U);
        QCOMPARE(reports.front().results.size(), 2U);
        QCOMPARE(reports.front().results[0],
            (DialBackResult{id(2), {u"45.9.0.1"_s, 7400}, u"reached"_s}));
        QCOMPARE(reports.front().results[1].result, u"timeout"_s);
    }

    void whoStaysSilentIsNotWaitedForLong()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        world.feed(CheckReach{7400});
        for (int i = 0; i < 20; ++i) {
            world.say(2, State{i + 1, 0, 0, placeOf({2}, 0), {}}, 1s);
            world.feed(TimerFired{});
            if (!world.all<ReachChecked>().empty())
                break;
        }
        const auto reports = world.all<ReachChecked>();
        QCOMPARE(reports.size(), 1U);
        QCOMPARE(reports.front().results.front().result, u"silent"_s);
        QVERIFY(world.now >= DialBack::kAnswerWithin);
    }

    void withoutPeersTheAnswerSaysSo()
    {
        World world;
        world.feed(CheckReach{7400});
        QCOMPARE(world.all<ReachChecked>(), (std::vector{ReachChecked{}}));
    }

    void aHelperDialsOnlyTheAddressItSees()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        world.say(2, DialMe{7400});
        const auto probes = world.all<ProbeDial>();
        QCOMPARE(probes, (std::vector{ProbeDial{{id(2), {u"45.1.0.2"_s, 7400}}}}));
        world.feed(Probed{id(2), probes.front().peer.endpoint, std::nullopt});
        QCOMPARE(
            world.said<DialedYou>(2), (std::vector{DialedYou{u"45.1.0.2"_s, 7400, u"reached"_s}}));
    }

    void portsOfOtherServicesAreNotDialled()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        world.say(2, DialMe{22});
        QVERIFY(world.all<ProbeDial>().empty());
        QCOMPARE(world.answerTo(2), u"busy"_s);
    }

    void onceAMinuteForAnAskerAndForAnAddress()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        world.greet(3, u"45.1.0.2"_s);
        world.say(2, DialMe{7400});
        world.feed(Probed{id(2), {u"45.1.0.2"_s, 7400}, Errc::Unreachable});
        QCOMPARE(world.answerTo(2), u"refused"_s);
        world.say(2, DialMe{7400});
        QCOMPARE(world.answerTo(2), u"busy"_s);
        world.say(3, DialMe{7401}); // another id, the same victim
        QCOMPARE(world.answerTo(3), u"busy"_s);
        QVERIFY(world.all<ProbeDial>().empty());
    }

    void whoInsistsIsCharged()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        const double before = world.tree.scores().of(id(2));
        for (int i = 0; i < 3; ++i)
            world.say(2, DialMe{7400});
        QCOMPARE(world.tree.scores().of(id(2)), before);
        world.say(2, DialMe{7400});
        QVERIFY(world.tree.scores().of(id(2)) < before);
    }

    void anAnswerNobodyAskedForChangesNothing()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        world.say(2, DialedYou{u"45.9.0.1"_s, 7400, u"reached"_s});
        QVERIFY(world.all<ReachChecked>().empty());
    }

    void anotherAddressIsToldToEverybody()
    {
        World world;
        world.greet(2, u"45.1.0.2"_s);
        world.say(2, Attach{placeOf({2}, 0), 0});
        for (int i = 0; i < 50; ++i)
            world.feed(TimerFired{}, 10ms);
        world.feed(SetSelf{{u"45.9.0.1"_s, 7400}});
        bool isTold = false;
        for (int i = 0; i < 50; ++i) {
            for (const auto &send : world.all<Send>())
                isTold |= (send.frame.head + send.frame.body).contains("45.9.0.1");
            world.feed(TimerFired{}, 10ms);
        }
        QVERIFY(isTold);
    }

    void seedsFoundLaterAreDialledAtOnceByWhoeverIsAlone()
    {
        World world;
        world.feed(AddSeeds{{peer(7)}});
        std::vector<Dial> dials;
        for (int i = 0; i < 40 && dials.empty(); ++i) {
            world.feed(TimerFired{}, 50ms);
            dials = world.all<Dial>();
        }
        QCOMPARE(dials, (std::vector{Dial{peer(7)}}));
    }

    void addressesOfHomesAreKnownAsSuch()
    {
        for (const auto &host : {u"10.1.2.3"_s, u"192.168.1.1"_s, u"172.20.0.1"_s, u"100.64.0.1"_s,
                 u"127.0.0.1"_s, u"fe80::1"_s, u"fd00::1"_s})
            QVERIFY2(isPrivateAddress(host), qPrintable(host));
        for (const auto &host : {u"45.1.0.2"_s, u"2a01::1"_s, u"100.128.0.1"_s, u"node.example"_s})
            QVERIFY2(!isPrivateAddress(host), qPrintable(host));
        QCOMPARE(siteOf(u"45.1.0.2"_s), siteOf(u"45.1.200.7"_s));
        QVERIFY(siteOf(u"2a01:4f8::1"_s) != siteOf(u"2a01:4f9::1"_s));
    }
};

QTEST_APPLESS_MAIN(DialBackTest)
#include "dial_back_test.moc"
