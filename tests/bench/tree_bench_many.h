// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tree_bench_node.h"

#include <QEventLoop>
#include <QTimer>

/// Many nodes in one process, as a simulator of a city or a test would have them: what one more
/// costs.
namespace borg::bench {

/// A node without commands.
class PlainNode {
public:
    PlainNode()
        : m_listening(TreeBenchNode::listen(m_endpoint))
        , m_tree(m_scope, m_rng, m_endpoint.transport(net::Protocol::Tree), m_crypto,
              TreeBenchNode::config(m_listening, 64))
    {
        m_tree.onDelivered([this](const tree::Delivered &) { ++m_heard; });
    }
    [[nodiscard]] net::Peer peer() const { return {m_crypto.self(), m_listening}; }
    [[nodiscard]] tree::TreeNode &tree() { return m_tree; }
    [[nodiscard]] qint64 heard() const { return m_heard; }
    [[nodiscard]] bool isPlaced() const
    {
        const auto state = m_tree.status().state;
        return state == tree::TreeState::Attached || state == tree::TreeState::Root;
    }

private:
    LoopClock m_clock;
    SystemRng m_rng;
    TaskScope m_scope{m_clock};
    const crypto::NodeKey m_key = TreeBenchNode::newKey();
    const crypto::OpenSslCrypto m_crypto{m_key};
    net::TlsEndpoint m_endpoint{m_clock, m_key};
    const net::Endpoint m_listening;
    tree::TreeNode m_tree;
    qint64 m_heard = 0;
};

inline void runLoop(int ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

/// @return MiB of memory that each node beyond the second takes, joined, linked and after it heard
///         messages of 1 KiB; or nothing when they did not come together.
inline std::optional<double> furtherNodeMib(std::size_t count)
{
    constexpr int kSettleMs = 5'000;
    constexpr qint64 kMessages = 64;
    std::vector<std::unique_ptr<PlainNode>> nodes;
    const auto grow = [&](std::size_t to) {
        while (nodes.size() < to) {
            nodes.push_back(std::make_unique<PlainNode>());
            const auto seeds = nodes.size() == 1 ? std::vector<net::Peer>{}
                                                 : std::vector<net::Peer>{nodes.front()->peer()};
            nodes.back()->tree().start(seeds, {});
            runLoop(20);
        }
        runLoop(kSettleMs);
        for (qint64 i = 0; i < kMessages; ++i) {
            (void)nodes.front()->tree().broadcast(
                QStringLiteral("bench"), {}, QByteArray(1024, 'x'));
            runLoop(10);
        }
        runLoop(kSettleMs / 5);
        return residentMib();
    };
    const double before = grow(2);
    const double after = grow(count);
    for (const auto &node : nodes) {
        const bool isSource = node == nodes.front();
        if (!node->isPlaced() || (!isSource && node->heard() < kMessages))
            return std::nullopt;
    }
    return (after - before) / static_cast<double>(count - 2);
}

} // namespace borg::bench
