// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_machine.h"

#include <QTest>

using namespace borg;
using namespace borg::tree;

namespace {

/// A machine that hangs under node 2, with links to places that the test chooses.
struct Linked : Machine {
    explicit Linked(bool isLocal)
        : Machine(with(isLocal))
    {
        feed(Start{{{id(2), {u"45.1.1.2"_s, 7000}}}, {}});
        greetAt(2, u"45.1.1.2"_s, net::Direction::Outbound, 8);
        say(2, Contacts{});
        say(2, Accept{placeOf({9, 2}), {}, 0});
    }
    static TreeConfig with(bool isLocal)
    {
        auto config = Machine::config();
        config.local = isLocal;
        return config;
    }
    /// @param capacity 0: it can never be a parent in reserve, only a random link.
    void greetAt(quint8 from, const QString &host, net::Direction way, quint32 capacity)
    {
        hosts[from] = host;
        capacities[from] = capacity;
        feed(LinkUp{{id(from), {host, 7000}}, way});
        Hello hello;
        hello.network = u"net"_s;
        hello.host = host;
        hello.port = 7000;
        hello.place = placeOf(from == 2 ? std::vector<quint8>{9, 2} : std::vector<quint8>{9, from});
        hello.place.capacity = capacity;
        say(from, hello);
    }
    void live(Ticks span)
    {
        for (const Ticks end = now + span; now < end;) {
            feed(TimerFired{}, 50ms);
            if (now.count() % 100'000 == 0)
                say(2, State{now.count(), 0, 0, placeOf({9, 2}), {}});
            if (now.count() % 2'000'000 == 0)
                lookAlive();
        }
    }
    void lookAlive()
    {
        for (const auto &link : tree.status().links) {
            const quint8 number = link.peer.bytes[0];
            if (number == 2)
                continue;
            Place place = placeOf({9, number});
            place.capacity = capacities.at(number);
            say(number, State{now.count(), 0, 0, place, {}});
        }
    }
    /// @return the links that were chosen: for backup, or for ids.
    [[nodiscard]] std::vector<quint8> chosen() const
    {
        std::vector<quint8> numbers;
        for (const auto &link : tree.status().links) {
            if (link.isBackup || link.isLazy || link.isParent)
                numbers.push_back(link.peer.bytes[0]);
        }
        return numbers;
    }
    /// @return the most chosen links whose hosts begin with the same `parts` numbers.
    [[nodiscard]] int mostInOneNet(int parts) const
    {
        std::map<QString, int> counts;
        for (const quint8 number : chosen())
            ++counts[hosts.at(number).section(u'.', 0, parts - 1)];
        return std::ranges::max_element(counts, {}, [](const auto &c) { return c.second; })->second;
    }

    std::map<quint8, QString> hosts;
    std::map<quint8, quint32> capacities;
};

/// Six in one /24, five in one /16 beside it, and five of everywhere.
void greetMany(Linked &machine, quint32 capacity)
{
    for (quint8 i = 0; i < 6; ++i)
        machine.greetAt(static_cast<quint8>(10 + i), u"50.1.1.%1"_s.arg(i + 1),
            net::Direction::Outbound, capacity);
    for (quint8 i = 0; i < 5; ++i)
        machine.greetAt(static_cast<quint8>(20 + i), u"50.1.%1.1"_s.arg(i + 2),
            net::Direction::Outbound, capacity);
    for (quint8 i = 0; i < 5; ++i)
        machine.greetAt(static_cast<quint8>(30 + i), u"%1.7.7.7"_s.arg(60 + i),
            net::Direction::Outbound, capacity);
}

} // namespace

/// Whoever has many addresses in one net has few of our links.
class DiversityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chosenLinksGoIntoManyNets_data()
    {
        QTest::addColumn<quint32>("capacity");
        QTest::newRow("links for ids") << 0U;
        QTest::newRow("also parents in reserve") << 8U;
    }
    void chosenLinksGoIntoManyNets()
    {
        QFETCH(quint32, capacity);
        Linked machine(false);
        greetMany(machine, capacity);
        for (int second = 0; second < 6; ++second) {
            machine.live(1s);
            if (second < 2) // both parents in reserve are taken at once, and looked at again
                continue;
            QVERIFY2(machine.mostInOneNet(3) <= Upkeep::kPerNet,
                QByteArray::number(machine.mostInOneNet(3)) + " in one /24");
            QVERIFY2(machine.mostInOneNet(2) <= Upkeep::kPerGroup,
                QByteArray::number(machine.mostInOneNet(2)) + " in one /16");
        }
        QCOMPARE(machine.chosen().size(), 5U); // the parent, and four beside the tree
    }

    void onOneComputerAllAreOfOneNet()
    {
        Linked machine(true);
        for (quint8 i = 0; i < 6; ++i)
            machine.greetAt(
                static_cast<quint8>(10 + i), u"127.0.0.1"_s, net::Direction::Inbound, 0);
        machine.live(3s);
        QCOMPARE(machine.chosen().size(), 5U);
    }

    /// Anybody can open many links to us: half of the chosen ones are such as we opened.
    void atMostHalfAreThoseThatOthersOpened()
    {
        Linked machine(false);
        for (quint8 i = 0; i < 10; ++i)
            machine.greetAt(
                static_cast<quint8>(10 + i), u"%1.1.1.1"_s.arg(60 + i), net::Direction::Inbound, 0);
        machine.live(4s);
        QCOMPARE(machine.chosen().size(), 3U); // the parent, and two that others opened
        for (quint8 i = 0; i < 3; ++i)
            machine.greetAt(static_cast<quint8>(30 + i), u"%1.1.1.1"_s.arg(90 + i),
                net::Direction::Outbound, 0);
        machine.live(3s);
        const auto chosen = machine.chosen();
        QCOMPARE(chosen.size(), 5U);
        QCOMPARE(std::ranges::count_if(chosen, [](quint8 n) { return n >= 10 && n < 20; }), 2);
    }

    /// Better such links than none, when there is nobody else for long.
    void whoFindsNobodyElseTakesWhatThereIs()
    {
        Linked machine(false);
        for (quint8 i = 0; i < 6; ++i)
            machine.greetAt(static_cast<quint8>(10 + i), u"50.1.1.%1"_s.arg(i + 1),
                net::Direction::Outbound, 0);
        machine.live(4s);
        QCOMPARE(machine.chosen().size(), 2U);
        machine.live(10s);
        for (quint8 i = 0; i < 3; ++i) // those before were idle, and hung up
            machine.greetAt(static_cast<quint8>(20 + i), u"50.1.1.%1"_s.arg(i + 10),
                net::Direction::Outbound, 0);
        machine.live(4s);
        QVERIFY2(machine.chosen().size() > 2U, QByteArray::number(machine.chosen().size()));
    }
};

QTEST_GUILESS_MAIN(DiversityTest)
#include "diversity_test.moc"
