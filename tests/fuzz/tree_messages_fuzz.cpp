// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever a neighbour sends as a frame of the tree: the machine takes it or cuts the link, and
// what it took for signed or canonical is so.
#include <net/envelope.h>
#include <sim/sim_crypto.h>
#include <sim/sim_rng.h>
#include <tree/peer_tree.h>
#include <wire/canonical.h>

#include <QJsonDocument>

#include <cstdint>

using namespace borg;

namespace {

void checkHead(const QByteArray &bytes)
{
    const auto head = net::readHead(bytes);
    if (!head)
        return;
    BORG_ASSERT(net::writeHead(*head) == bytes);
    BORG_ASSERT(net::withHops(net::withHops(bytes, 9), head->hops) == bytes);
    const auto view = net::readMessage(head->message);
    if (view)
        BORG_ASSERT(wire::checkCanonical(head->message));
}

void checkCanonical(const QByteArray &bytes)
{
    if (!wire::checkCanonical(bytes))
        return;
    const auto document = QJsonDocument::fromJson(bytes);
    BORG_ASSERT(document.isObject());
    BORG_ASSERT(document.toJson(QJsonDocument::Compact) == bytes);
}

/// A machine takes half a millisecond to make, and what is no word of ours and no message takes one
/// and the same turn in it: seldom is enough.
bool isWorthFeeding(const QByteArray &head)
{
    const auto json = QJsonDocument::fromJson(head).object();
    return net::isMessageHead(head) || tree::Words::knows(json.value(u"t").toString())
        || head.size() % 16 == 0;
}

void feed(const QByteArray &head, const QByteArray &body)
{
    using namespace tree;
    NodeId neighbour;
    neighbour.bytes.fill(2);
    TreeConfig config;
    config.network = QStringLiteral("net1");
    config.self = {QStringLiteral("n1"), 7000};
    config.bulkBytesMax = kBulkBytesMax;
    sim::SimRng rng(1);
    const sim::SimCrypto crypto(NodeId{{1}}, 42);
    PeerTree machine(config, rng, crypto);
    Actions actions;
    const Moment moment{Ticks{1000}, 1'790'000'000'000};
    machine.on(Start{}, moment, actions);
    machine.on(LinkUp{{neighbour, {QStringLiteral("n2"), 7000}}, net::Direction::Inbound}, moment,
        actions);
    Hello hello;
    hello.network = config.network;
    hello.host = QStringLiteral("n2");
    hello.port = 7000;
    hello.place.root = neighbour;
    hello.place.path = QByteArray(kPathItemBytes, '\2');
    hello.place.capacity = 8;
    const auto greeting = QJsonDocument(wire::encode(hello)).toJson(QJsonDocument::Compact);
    machine.on(FrameArrived{neighbour, {wire::FrameClass::Control, greeting, {}}}, moment, actions);
    machine.on(
        FrameArrived{neighbour, {wire::FrameClass::Interactive, head, body}}, moment, actions);
    machine.on(TimerFired{}, {Ticks{5'000'000}, moment.utcMs + 5000}, actions);
    (void)machine.status();
}

} // namespace

// NOLINTNEXTLINE: libFuzzer fixes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    // The head up to the first zero byte, then the body.
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const auto end = bytes.indexOf('\0');
    const QByteArray head = end < 0 ? bytes : bytes.first(end);
    const QByteArray body = end < 0 ? QByteArray() : bytes.sliced(end + 1);
    checkHead(head);
    checkCanonical(head);
    if (isWorthFeeding(head))
        feed(head, body);
    return 0;
}
