// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sim/sim_crypto.h>
#include <sim/sim_rng.h>
#include <tree/peer_tree.h>

#include <QJsonDocument>

/// One machine of the tree in the hand of a test: what is said to it, and what it does.
namespace borg::tree {

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

inline constexpr qint64 kUtcMs = 1'790'000'000'000;

inline NodeId id(quint8 number)
{
    NodeId id;
    id.bytes.fill(number); // paths name nodes by their first bytes
    return id;
}

inline net::Peer peer(quint8 number)
{
    return {id(number), {u"n%1"_s.arg(number), 7000}};
}

inline Place placeOf(const std::vector<quint8> &path, qint64 epoch = 5)
{
    Place place{epoch, 0, id(path.front()), {}, 0, 0, 8};
    for (const auto number : path)
        place.path.append(QByteArrayView(id(number).bytes).first(kPathItemBytes));
    return place;
}

/// @return a message of node `source`, four hops on its way.
inline wire::Frame messageOf(quint8 source, quint8 number = 1)
{
    const sim::SimCrypto crypto(id(source), 42);
    const auto message = *net::writeMessage(
        crypto, {u"net"_s, u"t"_s, number, kUtcMs * 1000, 30'000, 1, {}}, "body");
    net::Head head;
    head.hops = 4;
    head.key = crypto.publicKey();
    head.message = message;
    std::ranges::copy(net::signMessage(crypto, message), head.signature.begin());
    return {wire::FrameClass::Interactive, net::writeHead(head), "body"};
}

/// The machine of node 1, and what it did last.
struct Machine {
    void feed(const Event &event, Ticks after = 0ms)
    {
        now += after;
        actions.clear();
        const qint64 utcUs = kUtcMs * 1000 + now.count() + clockOffUs;
        tree.on(event, {now, utcUs / 1000, utcUs, clockBoundUs}, actions);
    }
    template <typename M>
    void say(quint8 from, const M &word, const QByteArray &body = {}, Ticks after = 0ms)
    {
        const auto head = QJsonDocument(wire::encode(word)).toJson(QJsonDocument::Compact);
        feed(FrameArrived{id(from), {wire::FrameClass::Control, head, body}}, after);
    }
    void greet(quint8 from, const Place &place, net::Direction way = net::Direction::Inbound)
    {
        feed(LinkUp{peer(from), way});
        Hello hello;
        hello.network = u"net"_s;
        hello.host = peer(from).endpoint.host;
        hello.port = 7000;
        hello.place = place;
        say(from, hello);
    }
    /// @return the words of one kind that were sent to `to` in the last step.
    template <typename M>
    std::vector<M> said(quint8 to) const
    {
        std::vector<M> words;
        for (const auto &action : actions) {
            const auto *send = std::get_if<Send>(&action);
            if (!send || send->to != id(to))
                continue;
            const auto json = QJsonDocument::fromJson(send->frame.head).object();
            if (auto word = wire::decode<M>(json))
                words.push_back(*std::move(word));
        }
        return words;
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
    void runUntil(Ticks end)
    {
        while (now < end)
            feed(TimerFired{}, 10ms);
    }

    explicit Machine(const TreeConfig &with = config())
        : tree(with, rng, crypto)
    {
    }

    static TreeConfig config()
    {
        TreeConfig config;
        config.network = u"net"_s;
        config.self = peer(1).endpoint;
        config.capacity = 2;
        config.local = true;
        return config;
    }

    sim::SimRng rng{1};
    sim::SimCrypto crypto{id(1), 42};
    PeerTree tree;
    Ticks now{0};
    qint64 clockOffUs = 0; ///< Of the machine's date.
    qint64 clockBoundUs = 0;
    Actions actions;
};

/// A machine that hangs under node 2, which is the root of 9's tree's child: way 9, 2, 1.
struct Child : Machine {
    Child()
    {
        feed(Start{{peer(2)}, {}});
        greet(2, placeOf({9, 2}), net::Direction::Outbound);
        say(2, Contacts{});
        say(2, Accept{placeOf({9, 2}), {}, 0});
    }
};

} // namespace borg::tree
