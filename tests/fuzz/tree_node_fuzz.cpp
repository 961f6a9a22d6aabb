// SPDX-License-Identifier: GPL-3.0-or-later
// The whole machine of the tree: whatever happens to it in whatever order - links, words, messages,
// refused frames, time - it keeps its limits, and is never at odds with itself.
#include <net/envelope.h>
#include <sim/sim_crypto.h>
#include <sim/sim_rng.h>
#include <tree/flow.h>
#include <tree/held.h>
#include <tree/peer_tree.h>

#include <QJsonDocument>

#include <cstdint>
#include <deque>

using namespace borg;
using namespace borg::tree;

namespace {

constexpr quint8 kPeers = 8;

/// Reads the input as choices. At its end everything is 0.
class Choices {
public:
    Choices(const std::uint8_t *data, std::size_t size)
        : m_left(data, size)
    {
    }
    [[nodiscard]] bool isOver() const { return m_left.empty(); }
    quint8 byte()
    {
        if (m_left.empty())
            return 0;
        const auto first = m_left.front();
        m_left = m_left.subspan(1);
        return first;
    }
    quint32 number() { return byte() | static_cast<quint32>(byte()) << 8; }
    QByteArray bytes()
    {
        QByteArray some(std::min<qsizetype>(byte() % 80, std::ssize(m_left)), '\0');
        for (char &c : some)
            c = static_cast<char>(byte());
        return some;
    }

private:
    std::span<const std::uint8_t> m_left;
};

NodeId idOf(quint8 number)
{
    NodeId id;
    id.bytes.fill(number);
    return id;
}

net::Peer peerOf(quint8 number)
{
    return {idOf(number), {QStringLiteral("n%1").arg(number), 7000}};
}

/// A node of eight peers, and the world around it.
class World {
public:
    explicit World(Choices &choices)
        : m_choices(choices)
    {
    }

    void run()
    {
        Start start;
        if (m_choices.byte() % 2 == 1)
            start.seeds = {peerOf(2), peerOf(3)};
        feed(start);
        while (!m_choices.isOver()) {
            step();
            check();
        }
        for (int i = 0; i < 4; ++i) {
            m_now += std::chrono::seconds(2);
            feed(TimerFired{});
        }
        check();
    }

private:
    static TreeConfig config()
    {
        TreeConfig config;
        config.network = QStringLiteral("n");
        config.self = peerOf(1).endpoint;
        config.capacity = 2;
        return config;
    }
    quint8 someone() { return static_cast<quint8>(2 + m_choices.byte() % kPeers); }

    void step()
    {
        switch (m_choices.byte() % 16) {
        case 0:
            return linkUp(someone());
        case 1:
            if (const auto who = idOf(someone()); m_links.erase(who) > 0)
                feed(LinkDown{who, m_choices.byte() % 8 == 0 ? Errc::Malformed : Errc::Closed});
            return;
        case 2:
            m_now += std::chrono::milliseconds(m_choices.number());
            return feed(TimerFired{});
        case 3:
            return hear(someone(), {wire::FrameClass::Control, m_choices.bytes(), {}});
        case 4:
        case 5:
            return message(someone(), static_cast<quint8>(2 + m_choices.byte() % (2 * kPeers)));
        case 6:
            m_isFull = !m_isFull;
            if (!m_isFull) {
                for (const auto &id : std::set(m_links))
                    feed(Writable{id});
            }
            return;
        case 7: {
            Actions actions;
            (void)m_machine
                .broadcast(
                    QStringLiteral("t"), {}, QByteArray(m_choices.number(), 'x'), moment(), actions)
                .ok();
            return perform(actions);
        }
        default:
            return word(someone(), m_choices.byte());
        }
    }

    Place place(quint8 from)
    {
        Place place;
        place.epoch = m_choices.byte() % 4;
        place.rank = m_choices.byte() % 2;
        place.root = from == m_last ? idOf(from) : idOf(someone());
        if (place.root != idOf(from))
            place.path.append(QByteArrayView(place.root.bytes).first(kPathItemBytes));
        if (const quint8 between = m_choices.byte() % 12; between > 1)
            place.path.append(QByteArray(kPathItemBytes, static_cast<char>(between)));
        place.path.append(QByteArrayView(idOf(from).bytes).first(kPathItemBytes));
        place.latRootUs = m_choices.number();
        place.children = m_choices.byte() % 4;
        place.capacity = m_choices.byte() % 4;
        return place;
    }
    void linkUp(quint8 who)
    {
        m_links.insert(idOf(who));
        feed(LinkUp{peerOf(who),
            m_choices.byte() % 2 == 0 ? net::Direction::Inbound : net::Direction::Outbound});
        Hello hello;
        hello.network = QStringLiteral("n");
        hello.host = peerOf(who).endpoint.host;
        hello.port = 7000;
        hello.want = m_choices.byte() % 3;
        m_last = who; // an honest hello names a place that makes sense
        hello.place = place(who);
        say(who, hello);
        m_last = 0;
    }
    template <wire::Message M>
    void say(quint8 from, const M &word, const QByteArray &body = {})
    {
        hear(from,
            {wire::FrameClass::Control,
                QJsonDocument(wire::encode(word)).toJson(QJsonDocument::Compact), body});
    }
    QByteArray ids()
    {
        QByteArray ids;
        for (int i = m_choices.byte() % 6; i >= 0; --i)
            ids.append(QByteArray(16, static_cast<char>(m_choices.byte())));
        return ids;
    }
    void word(quint8 from, quint8 which)
    {
        switch (which % 17) {
        case 0:
            return say(from, State{m_now.count(), m_choices.number(), 1, place(from), {}});
        case 1:
            return say(from, Contacts{{{idOf(someone()), QStringLiteral("h"), 1, 1}}});
        case 2:
            return say(from, Attach{place(from), m_choices.number()}, m_choices.bytes());
        case 3:
            return say(from, Accept{place(from), QByteArray(8, 'd'), 1000}, {});
        case 4:
            return say(from, Redirect{QStringLiteral("full"), place(from), {}});
        case 5:
            return say(from, Detach{});
        case 6:
            return say(from, Use{m_choices.byte() % 2 == 0, m_choices.byte() % 2 == 0});
        case 7:
            return say(from, IHave{}, ids());
        case 8:
            return say(from, Offer{}, ids());
        case 9:
            return say(from, Graft{}, ids());
        case 10:
            return say(from, Better{place(from), {idOf(someone()), QStringLiteral("h"), 1, 1}});
        case 11:
            return say(from, MemberList{m_choices.byte() % 2 == 0}, QByteArray(40, 'm'));
        case 12:
            return say(from, MemberRecords{}, m_choices.bytes());
        case 13:
            return say(from, Hold{m_choices.byte() % 3 != 0});
        case 15:
            return say(from, Beat{},
                QByteArray(7, '\0') + m_choices.bytes().left(1) + QByteArray(15, '\0')
                    + QByteArray(1, static_cast<char>(m_choices.byte())));
        case 14:
            return say(from, Compare{60'000, m_choices.number()}, m_choices.bytes());
        default:
            return say(from, Counted{QByteArray(16, static_cast<char>(m_choices.byte())), 7});
        }
    }
    void message(quint8 from, quint8 source)
    {
        const sim::SimCrypto crypto(idOf(source), 42);
        const auto written = net::writeMessage(crypto,
            {QStringLiteral("n"), QStringLiteral("t"), m_choices.byte(),
                (m_utcMs + 1000 * qint64{m_choices.byte()}) * 1000, 30'000,
                static_cast<quint8>(m_choices.byte() % 4), {}},
            {});
        net::Head head;
        head.hops = m_choices.byte();
        head.key = crypto.publicKey();
        head.message = *written;
        if (m_choices.byte() % 16 != 0)
            std::ranges::copy(net::signMessage(crypto, *written), head.signature.begin());
        hear(from, {wire::FrameClass::Interactive, net::writeHead(head), {}});
    }

    void hear(quint8 from, const wire::Frame &frame)
    {
        if (m_links.contains(idOf(from)))
            feed(FrameArrived{idOf(from), frame});
    }
    [[nodiscard]] Moment moment() const
    {
        Moment moment;
        moment.now = m_now;
        moment.utcMs = m_utcMs + m_now.count() / 1000;
        return moment;
    }
    void feed(const Event &event)
    {
        Actions actions;
        m_machine.on(event, moment(), actions);
        perform(actions);
    }
    void perform(Actions &actions)
    {
        std::deque<Action> queue(actions.begin(), actions.end());
        for (int steps = 0; !queue.empty(); queue.pop_front()) {
            BORG_ASSERT(++steps < 20'000);
            const Action &action = queue.front();
            if (const auto *hangUp = std::get_if<HangUp>(&action))
                m_links.erase(hangUp->peer);
            if (const auto *send = std::get_if<Send>(&action)) {
                BORG_ASSERT(send->frame.fitsLimits());
                if (!m_isFull || !m_links.contains(send->to))
                    continue;
                Actions more;
                m_machine.on(SendRefused{send->to, send->frame}, moment(), more);
                queue.insert(queue.end(), more.begin(), more.end());
            }
        }
    }
    void check() const
    {
        const auto status = m_machine.status();
        BORG_ASSERT(status.children.size() <= 2);
        BORG_ASSERT(status.links.size() <= kPeers);
        BORG_ASSERT(status.queuedBytes >= 0 && status.queuedBytes <= Links::kBacklogBytesAll);
        BORG_ASSERT(status.heldBytes >= 0 && status.heldBytes <= Held::kBytesMax);
        BORG_ASSERT(status.missing <= qint64{Pulls::kMissingMax});
        int parents = 0;
        for (const auto &link : status.links) {
            parents += link.isParent ? 1 : 0;
            BORG_ASSERT(!link.isParent || !link.isChild);
        }
        BORG_ASSERT(parents <= 1 && (parents == 1) == status.parent.has_value());
    }

    Choices &m_choices;
    const qint64 m_utcMs = 1'790'000'000'000;
    sim::SimRng m_rng{1};
    const sim::SimCrypto m_crypto{idOf(1), 42};
    PeerTree m_machine{config(), m_rng, m_crypto};
    Ticks m_now{1};
    std::set<NodeId> m_links;
    bool m_isFull = false; ///< The transport takes nothing.
    quint8 m_last = 0;
};

} // namespace

// NOLINTNEXTLINE: libFuzzer fixes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Choices choices(data, std::min<std::size_t>(size, 600));
    World(choices).run();
    return 0;
}
