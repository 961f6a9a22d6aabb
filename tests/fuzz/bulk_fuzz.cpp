// SPDX-License-Identifier: GPL-3.0-or-later
// Big objects in the machine of the tree: whatever neighbours say about one that it takes, and
// whatever becomes of its disk, in whatever order, it stays within its limits.
#include <net/envelope.h>
#include <net/merkle.h>
#include <sim/sim_crypto.h>
#include <sim/sim_rng.h>
#include <tree/bulk.h>
#include <tree/bulk_codec.h>
#include <tree/peer_tree.h>

#include <QJsonDocument>

#include <cstdint>
#include <deque>
#include <set>

using namespace borg;
using namespace borg::tree;

namespace {

constexpr quint8 kPeers = 4;
constexpr qint64 kBytes = 13 * kBulkChunkBytes; // two groups, the second nearly all padding
constexpr qint64 kUtcMs = 1'790'000'000'000;

NodeId idOf(quint8 number)
{
    NodeId id;
    id.bytes.fill(number);
    return id;
}

/// The object, made once: hashing it anew would be all that a run does.
struct Object {
    Object()
    {
        const QByteArray bytes(kBytes, 'b');
        std::vector<crypto::Hash> leaves;
        std::vector<QByteArray> chunks;
        for (qint64 at = 0; at < kBytes; at += 12 * kBulkChunkBytes) {
            for (auto &chunk : bulkGroup(QByteArrayView(bytes).sliced(
                     at, std::min<qint64>(12 * kBulkChunkBytes, kBytes - at)))) {
                leaves.push_back(crypto.hash(chunk));
                chunks.push_back(std::move(chunk));
            }
        }
        const net::MerkleTree tree(crypto, leaves);
        for (quint32 index = 0; index < layout.chunks(); ++index)
            records.push_back(bulkRecord(tree.path(index), chunks[index]));
        const auto root = net::merkleRoot(crypto, leaves);
        const BulkRecord record{
            QStringLiteral("r"), kBytes, kBulkChunkBytes, QByteArrayView(root).toByteArray(), 600};
        message = *net::writeMessage(crypto,
            {QStringLiteral("n"), QStringLiteral("tree.bulk"), 1, kUtcMs * 1000, 30'000, 2,
                wire::encodeFields(record)},
            {});
        net::Head signedHead;
        signedHead.key = crypto.publicKey();
        signedHead.message = message;
        std::ranges::copy(net::signMessage(crypto, message), signedHead.signature.begin());
        head = net::writeHead(signedHead);
        id = QByteArrayView(crypto.hash(message)).first(16).toByteArray();
    }

    const sim::SimCrypto crypto{idOf(9), 42};
    const BulkLayout layout{kBytes};
    std::vector<QByteArray> records;
    QByteArray message;
    QByteArray head;
    QByteArray id;
};

const Object &object()
{
    static const Object made;
    return made;
}

class World {
public:
    World(const std::uint8_t *data, std::size_t size)
        : m_left(data, size)
    {
        feed(Start{});
        for (quint8 who = 2; who < 2 + kPeers; ++who)
            linkUp(who);
        say(2, BulkHave{object().id, true, 0}, BulkBits(object().layout.chunks()).bytes());
        say(2, BulkNotice{}, object().head);
        BORG_ASSERT(m_machine.bulks().size() == 1);
    }
    void run()
    {
        while (!m_left.empty()) {
            step();
            check();
        }
        for (int i = 0; i < 30; ++i) {
            m_now += std::chrono::seconds(1);
            feed(TimerFired{});
        }
        check();
    }

private:
    quint8 byte()
    {
        if (m_left.empty())
            return 0;
        const auto first = m_left.front();
        m_left = m_left.subspan(1);
        return first;
    }
    quint8 someone() { return static_cast<quint8>(2 + byte() % kPeers); }
    QByteArray list()
    {
        std::vector<quint32> indices;
        for (int i = byte() % 18; i > 0; --i)
            indices.push_back(byte() % 33U); // the last is none
        return writeChunkList(indices);
    }
    QByteArray bitmap()
    {
        QByteArray bits(byte() % 16 == 0 ? 3 : 4, '\0');
        for (char &c : bits)
            c = static_cast<char>(byte());
        return bits;
    }
    void step()
    {
        switch (byte() % 14) {
        case 0:
            return linkUp(someone());
        case 1:
            if (const auto who = idOf(someone()); m_links.erase(who) > 0)
                feed(LinkDown{who, Errc::Closed});
            return;
        case 2:
            m_now += std::chrono::milliseconds(byte() * 16);
            return feed(TimerFired{});
        case 3:
            return say(someone(), BulkHave{object().id, true, byte()}, bitmap());
        case 4:
            return say(someone(), BulkHave{object().id, false, byte()}, list());
        case 5:
            return say(someone(), BulkAsk{object().id}, list());
        case 6:
            return say(someone(), BulkCancel{object().id}, list());
        case 7:
            return say(someone(), BulkNo{object().id, byte() % 2 == 0}, list());
        case 8:
        case 9:
            return chunk();
        case 10:
            m_isFull = !m_isFull;
            for (const auto &id : std::set(m_links))
                feed(Writable{id});
            return;
        default:
            return disk();
        }
    }
    /// What was asked for last comes, or something else.
    void chunk()
    {
        const bool isRight = byte() % 4 != 0 && !m_asked.empty();
        const auto [to, index]
            = isRight ? m_asked.front() : std::pair(idOf(someone()), byte() % 33U);
        if (isRight)
            m_asked.pop_front();
        QByteArray record = index < 32 ? object().records[index] : QByteArray("x");
        if (byte() % 16 == 0)
            record.back() = 'f';
        say(to.bytes[0], BulkChunk{object().id, index, byte()}, record);
    }
    /// The disk answers what waits longest, rightly or not, or what nobody asked.
    void disk()
    {
        const BulkId id = *bulkIdOf(object().id);
        const quint8 how = byte();
        if (m_disk.empty())
            return feed(BulkEvent(BulkGroupDone{id, how % 3U, BulkGroupDone::Outcome::Whole, {}}));
        const BulkAction action = m_disk.front();
        m_disk.pop_front();
        if (const auto *store = std::get_if<BulkStore>(&action))
            feed(BulkEvent(BulkStored{id, store->index, how % 8 != 0}));
        if (const auto *load = std::get_if<BulkLoad>(&action))
            feed(BulkEvent(BulkLoaded{id, load->index, load->peer,
                how % 8 == 0 ? std::nullopt : std::optional(object().records[load->index])}));
        if (const auto *rebuild = std::get_if<BulkRebuild>(&action)) {
            using Outcome = BulkGroupDone::Outcome;
            BulkGroupDone done{id, rebuild->group, Outcome::Whole, {}};
            if (how % 8 == 0)
                done = {id, rebuild->group, Outcome::Damaged, {rebuild->group * 16 + how % 16U}};
            if (how % 8 == 1)
                done.outcome = Outcome::Failed;
            if (how == 255)
                done.outcome = Outcome::Contradictory;
            feed(BulkEvent(done));
        }
    }
    void linkUp(quint8 who)
    {
        m_links.insert(idOf(who));
        const net::Peer peer{idOf(who), {QStringLiteral("n%1").arg(who), 7000}};
        feed(LinkUp{peer, net::Direction::Inbound});
        Hello hello;
        hello.network = QStringLiteral("n");
        hello.host = peer.endpoint.host;
        hello.port = 7000;
        hello.place.root = idOf(who);
        hello.place.path = QByteArrayView(idOf(who).bytes).first(kPathItemBytes).toByteArray();
        hello.place.capacity = 8;
        say(who, hello);
    }
    template <wire::Message M>
    void say(quint8 from, const M &word, const QByteArray &body = {})
    {
        if (m_links.contains(idOf(from)))
            feed(FrameArrived{idOf(from),
                {wire::FrameClass::Control,
                    QJsonDocument(wire::encode(word)).toJson(QJsonDocument::Compact), body}});
    }
    void feed(const Event &event)
    {
        Actions actions;
        m_machine.on(event, {m_now, kUtcMs + m_now.count() / 1000}, actions);
        for (const Action &action : actions) {
            if (const auto *hangUp = std::get_if<HangUp>(&action))
                m_links.erase(hangUp->peer);
            if (const auto *bulk = std::get_if<BulkAction>(&action))
                m_disk.push_back(*bulk);
            if (const auto *send = std::get_if<Send>(&action))
                sent(*send);
        }
    }
    void sent(const Send &send)
    {
        BORG_ASSERT(send.frame.fitsLimits());
        if (Bulk::isChunk(send.frame) && m_isFull && m_links.contains(send.to))
            return feed(SendRefused{send.to, send.frame});
        const auto ask = wire::decode<BulkAsk>(QJsonDocument::fromJson(send.frame.head).object());
        if (!ask)
            return;
        const auto indices = readChunkList(send.frame.body, object().layout, Bulk::kAsksMax);
        BORG_ASSERT(indices.has_value());
        for (const quint32 index : *indices) {
            BORG_ASSERT(!object().layout.isPadding(index));
            m_asked.emplace_back(send.to, index);
        }
        while (m_asked.size() > 64)
            m_asked.pop_front();
    }
    void check() const
    {
        for (const auto &status : m_machine.bulks()) {
            BORG_ASSERT(status.have <= status.chunks && status.haveBytes <= status.sizeBytes);
            BORG_ASSERT(status.isWhole == (status.haveBytes == status.sizeBytes));
            BORG_ASSERT(status.neighbours <= kPeers);
            BORG_ASSERT(status.sentBytes < 1'000'000'000'000); // never below 0
        }
        BORG_ASSERT(m_machine.bulks().size() <= 1);
    }

    std::span<const std::uint8_t> m_left;
    sim::SimRng m_rng{1};
    const sim::SimCrypto m_crypto{idOf(1), 42};
    TreeConfig m_config = [] {
        TreeConfig config;
        config.network = QStringLiteral("n");
        config.self = {QStringLiteral("n1"), 7000};
        config.bulkBytesMax = kBulkBytesMax;
        return config;
    }();
    PeerTree m_machine{m_config, m_rng, m_crypto};
    Ticks m_now{1};
    std::set<NodeId> m_links;
    std::deque<std::pair<NodeId, quint32>> m_asked;
    std::deque<BulkAction> m_disk;
    bool m_isFull = false; ///< The transport takes no chunk.
};

} // namespace

// NOLINTNEXTLINE: libFuzzer fixes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    World(data, std::min<std::size_t>(size, 600)).run();
    return 0;
}
