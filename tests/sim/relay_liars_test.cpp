// SPDX-License-Identifier: GPL-3.0-or-later
#include "post.h"

#include <QTest>
#include <QtEndian>

#include <deque>

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using sim::Bend;
using sim::Post;

namespace {

constexpr quint32 kNodes = 120;
constexpr int kMessages = 1000;

bool isRoute(const wire::Frame &frame)
{
    return !net::isMessageHead(frame.head) && frame.head.contains(R"("t":"route")");
}

/// Takes what it should carry and carries nothing.
class Dropper : public Bend {
public:
    bool outgoing(const NodeId &, wire::Frame &frame) override
    {
        m_dropped += isRoute(frame) ? 1 : 0;
        return !isRoute(frame);
    }
    [[nodiscard]] int bent() const { return m_dropped; }

private:
    int m_dropped = 0;
};

/// Changes a digit of what it carries, so that the form is right and the signature is not.
class Corrupter : public Bend {
public:
    bool outgoing(const NodeId &, wire::Frame &frame) override
    {
        const QByteArrayView mark(R"("n":)");
        const auto at = isRoute(frame) ? frame.body.indexOf(mark) : -1;
        if (at >= 0) {
            char &digit = frame.body[at + mark.size()];
            digit = digit == '1' ? '2' : '1';
            ++m_changed;
        }
        return true;
    }
    [[nodiscard]] int bent() const { return m_changed; }

private:
    int m_changed = 0;
};

/// "I know no way", whatever it is asked to carry.
class FalselyStranded : public Bend {
public:
    bool incoming(const NodeId &from, const wire::Frame &frame) override
    {
        if (!isRoute(frame) || frame.body.size() < 4)
            return true;
        const auto size = qsizetype{qFromBigEndian<quint32>(frame.body.constData())};
        const auto head = net::readHead(QByteArrayView(frame.body).sliced(4, size));
        const auto route = wire::decode<tree::Route>(QJsonDocument::fromJson(frame.head).object());
        if (!head || !route)
            return true;
        const auto hash = QCryptographicHash::hash(head->message, QCryptographicHash::Sha256);
        m_answers.emplace_back(from, tree::Stranded{hash.first(16), route->attempt});
        ++m_refused;
        return false;
    }
    void tick(const std::set<NodeId> &, Ticks, const Raw &raw) override
    {
        for (const auto &[to, word] : std::exchange(m_answers, {}))
            raw(to, sim::wordFrame(word));
    }
    [[nodiscard]] int bent() const { return m_refused; }

private:
    std::vector<std::pair<NodeId, tree::Stranded>> m_answers;
    int m_refused = 0;
};

/// 1,000 messages between honest nodes at random.
template <typename B>
void postThrough(quint64 seed)
{
    std::vector<const B *> bends;
    Post post(seed, kNodes, [&](quint32) {
        auto bend = std::make_unique<B>();
        bends.push_back(bend.get());
        return bend;
    });
    post.world.clock.advance(15s);
    const auto honest = [&] {
        quint32 number = 0;
        do {
            number = post.world.rng.below(kNodes);
        } while (!post.world.nodes.contains(number));
        return number;
    };
    for (int i = 0; i < kMessages; ++i) {
        const quint32 from = honest();
        quint32 to = honest();
        while (to == from)
            to = honest();
        post.send(from, to);
        post.world.clock.advance(10ms);
    }
    post.world.runUntil([&] { return post.areAllSettled(); }, 20s);
    int bent = 0;
    for (const B *bend : bends)
        bent += bend->bent();
    qInfo("%zu of %u relays bent %d times: %d of %d messages acknowledged", bends.size(), kNodes,
        bent, post.acknowledged(), kMessages);
    QVERIFY2(bent > kMessages / 20, "the liars hardly had anything to carry");
    QVERIFY2(
        post.acknowledged() >= kMessages * 999 / 1000, QByteArray::number(post.acknowledged()));
    QCOMPARE(post.strayed(), 0); // nothing twice, nothing at another node, nothing changed
    for (const auto &[number, node] : post.world.nodes) {
        for (const auto &record : node->node.status().offenders) {
            const bool isHonest = std::ranges::any_of(post.world.nodes,
                [&](const auto &entry) { return entry.second->self.id == record.peer; });
            QVERIFY2(!isHonest || record.greylistedFor == 0s, "an honest node is refused");
        }
    }
}

} // namespace

/// One of five nodes bends what it carries for others.
class RelayLiarsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void messagesArriveThoughRelaysDropThem_data() { seeds(); }
    void messagesArriveThoughRelaysDropThem()
    {
        QFETCH(quint64, seed);
        postThrough<Dropper>(seed);
    }

    void messagesArriveThoughRelaysChangeThem_data() { seeds(); }
    void messagesArriveThoughRelaysChangeThem()
    {
        QFETCH(quint64, seed);
        postThrough<Corrupter>(seed);
    }

    void messagesArriveThoughRelaysSayThatThereIsNoWay_data() { seeds(); }
    void messagesArriveThoughRelaysSayThatThereIsNoWay()
    {
        QFETCH(quint64, seed);
        postThrough<FalselyStranded>(seed);
    }

private:
    static void seeds()
    {
        const bool isSoak = qEnvironmentVariableIntValue("BORG_SOAK") == 1;
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= (isSoak ? 100 : 2); ++seed)
            QTest::addRow("seed %llu", seed) << seed;
    }
};

QTEST_GUILESS_MAIN(RelayLiarsTest)
#include "relay_liars_test.moc"
