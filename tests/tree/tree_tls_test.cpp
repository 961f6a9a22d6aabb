// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/loop_clock.h>
#include <base/system_rng.h>
#include <crypto/openssl_crypto.h>
#include <net/tls_endpoint.h>
#include <tree/tree_node.h>

#include <QTest>

// The QTRY macros of Qt 6.8 narrow a span to int wherever they are used.
#pragma GCC diagnostic ignored "-Wconversion"

using namespace borg;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

crypto::NodeKey newKey()
{
    auto key = crypto::NodeKey::generate();
    BORG_ASSERT(key);
    return *std::move(key);
}

/// A node over real sockets on 127.0.0.1.
struct Node {
    Node()
        : endpoint(clock, key)
        , listening(*endpoint.listen(u"127.0.0.1"_s, 0))
        , tree(scope, rng, endpoint.transport(net::Protocol::Tree), crypto, config(listening))
    {
        tree.onDelivered([this](const tree::Delivered &d) { heard.push_back(d); });
    }
    static tree::TreeConfig config(const net::Endpoint &self)
    {
        tree::TreeConfig config;
        config.network = u"tls-test"_s;
        config.self = self;
        config.local = true;
        config.capacity = 3;
        return config;
    }
    [[nodiscard]] NodeId id() const { return crypto.self(); }

    LoopClock clock;
    SystemRng rng;
    TaskScope scope{clock};
    crypto::NodeKey key = newKey();
    crypto::OpenSslCrypto crypto{key};
    net::TlsEndpoint endpoint;
    net::Endpoint listening;
    tree::TreeNode tree;
    std::vector<tree::Delivered> heard;
};

constexpr std::size_t kNodes = 8;

struct World {
    World()
    {
        for (auto &node : nodes)
            node = std::make_unique<Node>();
        nodes[0]->tree.start({}, {});
        for (std::size_t i = 1; i < kNodes; ++i)
            nodes[i]->tree.start({}, {nodes[0]->listening}); // by address alone
    }
    [[nodiscard]] bool isJoined() const
    {
        return std::ranges::all_of(nodes, [](const auto &node) {
            const auto state = node ? node->tree.status().state : tree::TreeState::Attached;
            return !node || state == tree::TreeState::Attached || state == tree::TreeState::Root;
        });
    }
    [[nodiscard]] bool knowsAll() const
    {
        return std::ranges::all_of(nodes, [](const auto &node) {
            const auto members = node->tree.members();
            return members.size() == kNodes - 1
                && std::ranges::all_of(members, &tree::Member::online);
        });
    }
    [[nodiscard]] bool heardBy(std::size_t count) const
    {
        std::size_t heard = 0;
        for (const auto &node : nodes)
            heard += node && node->heard.size() == 1 ? 1U : 0U;
        return heard == count;
    }

    std::array<std::unique_ptr<Node>, kNodes> nodes;
};

} // namespace

class TreeTlsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eightNodesFormATreeOverTls()
    {
        World world;
        QTRY_VERIFY(world.isJoined() && world.knowsAll());

        const auto id = world.nodes[5]->tree.broadcast(
            u"note"_s, {{u"text"_s, u"hello"_s}}, QByteArray(1000, 'x'));
        QVERIFY(id.ok());
        QTRY_VERIFY(world.heardBy(kNodes - 1));
        const auto &heard = world.nodes[2]->heard.front();
        QCOMPARE(heard.id, *id);
        QCOMPARE(heard.src, world.nodes[5]->id());
        QCOMPARE(heard.type, u"note"_s);
        QCOMPARE(heard.body().value(u"text").toString(), u"hello"_s);
        QCOMPARE(heard.attachment.size(), 1000);
        for (const auto &node : world.nodes)
            QCOMPARE(node->tree.status().counters.invalid, 0);
    }

    void theTreeLivesOnWithoutItsRoot()
    {
        World world;
        QTRY_VERIFY(world.isJoined() && world.knowsAll());
        const NodeId root = world.nodes[0]->id();
        world.nodes[0].reset();
        const auto isUnderNew
            = [&](const auto &node) { return !node || node->tree.status().root != root; };
        QTRY_VERIFY(std::ranges::all_of(world.nodes, isUnderNew));
        QTRY_VERIFY(world.isJoined());
        QVERIFY(world.nodes[3]->tree.broadcast(u"note"_s, {}).ok());
        QTRY_VERIFY(world.heardBy(kNodes - 2));
    }

    void manyBroadcastsOfOneTurnShareASignature()
    {
        World world;
        QTRY_VERIFY(world.isJoined() && world.knowsAll());
        const auto before = world.nodes[1]->tree.status().counters.framesSent;
        for (int i = 0; i < 50; ++i)
            QVERIFY(world.nodes[1]->tree.broadcast(u"burst"_s, {{u"i"_s, i}}).ok());
        QTRY_VERIFY(std::ranges::all_of(world.nodes,
            [&](const auto &node) { return node == world.nodes[1] || node->heard.size() == 50; }));
        QVERIFY(world.nodes[1]->tree.status().counters.framesSent - before < 50);
    }
};

QTEST_GUILESS_MAIN(TreeTlsTest)
#include "tree_tls_test.moc"
