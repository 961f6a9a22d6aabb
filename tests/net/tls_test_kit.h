// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/tls_endpoint.h>

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QTest>

// The QTRY macros of Qt 6.8 narrow a span to int wherever they are used.
#pragma GCC diagnostic ignored "-Wconversion"

/// Nodes and strangers for the tests of TlsEndpoint: real sockets on 127.0.0.1, one process.
namespace borg::net::test {

using namespace Qt::Literals::StringLiterals;

inline constexpr auto kHost = "127.0.0.1"_L1;

inline crypto::NodeKey newKey()
{
    auto key = crypto::NodeKey::generate();
    BORG_ASSERT(key);
    return *std::move(key);
}

/// QTest::qWaitFor() without its pauses of 10 ms, for what is repeated often.
inline bool eventually(const std::function<bool()> &isTrue)
{
    const QDeadlineTimer deadline(5000);
    while (!isTrue() && !deadline.hasExpired())
        QCoreApplication::processEvents();
    return isTrue();
}

/// Writes down what it is told, and that it is never told from inside one of its own calls.
struct Recorder final : Transport::Listener {
    struct Down {
        NodeId id;
        Errc why;
    };

    void linkUp(const Peer &peer, Direction direction) override
    {
        BORG_ASSERT(!isCalling);
        BORG_ASSERT(!up.contains(peer.id)); // one link at most
        up.emplace(peer.id, direction);
        endpoints[peer.id] = peer.endpoint;
        ++upCount;
    }
    void linkDown(const NodeId &peer, Errc why) override
    {
        BORG_ASSERT(!isCalling);
        up.erase(peer);
        down.push_back({peer, why});
    }
    void frameArrived(const NodeId &from, const wire::Frame &frame) override
    {
        BORG_ASSERT(!isCalling);
        BORG_ASSERT(up.contains(from));
        frames.push_back(frame);
        frameBytes += frame.sizeBytes();
        if (onFrame)
            onFrame(from, frame);
    }
    void writable(const NodeId &peer, wire::FrameClass frameClass) override
    {
        BORG_ASSERT(!isCalling);
        writables.push_back(frameClass);
        if (onWritable)
            onWritable(peer);
    }
    void dialFailed(const Endpoint &endpoint, Errc why) override
    {
        BORG_ASSERT(!isCalling);
        failed.emplace_back(endpoint, why);
    }

    bool isCalling = false;
    std::map<NodeId, Direction> up;
    std::map<NodeId, Endpoint> endpoints;
    std::vector<Down> down;
    std::vector<wire::Frame> frames;
    qsizetype frameBytes = 0;
    std::vector<wire::FrameClass> writables;
    std::vector<std::pair<Endpoint, Errc>> failed;
    std::function<void(const NodeId &, const wire::Frame &)> onFrame;
    std::function<void(const NodeId &)> onWritable;
    int upCount = 0;
};

struct Node {
    explicit Node(Clock &clock, const TlsOptions &options = {})
        : endpoint(clock, key, options)
    {
        tree().setListener(&told);
        endpoint.transport(Protocol::Bulk).setListener(&bulkTold);
        const auto at = endpoint.listen(kHost, 0);
        BORG_ASSERT(at);
        self = {key.id(), *at};
    }
    [[nodiscard]] Transport &tree() { return endpoint.transport(Protocol::Tree); }

    void dial(const Peer &peer)
    {
        told.isCalling = true;
        tree().dial(peer);
        told.isCalling = false;
    }
    void dialUnknown(const Endpoint &at)
    {
        told.isCalling = true;
        tree().dialUnknown(at);
        told.isCalling = false;
    }
    Result<Done> send(const Node &to, const wire::Frame &frame)
    {
        told.isCalling = true;
        auto sent = tree().send(to.self.id, frame);
        told.isCalling = false;
        return sent;
    }
    void hangUp(const Node &peer)
    {
        told.isCalling = true;
        tree().hangUp(peer.self.id);
        told.isCalling = false;
    }
    [[nodiscard]] bool has(const Node &peer) const { return told.up.contains(peer.self.id); }

    const crypto::NodeKey key = newKey();
    TlsEndpoint endpoint;
    Recorder told;
    Recorder bulkTold;
    Peer self;
};

inline wire::Frame frameOf(wire::FrameClass frameClass, qsizetype bytes, char fill = 'x')
{
    return {frameClass, "{}", QByteArray(bytes, fill)};
}

} // namespace borg::net::test
