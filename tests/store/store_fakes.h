// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <crypto/key_source.h>
#include <net/transport.h>
#include <sim/sim_rng.h>
#include <store/source.h>
#include <tree/directory.h>

#include <map>

/// What stands around a StoreNode in a simulated network, beside what core/sim has.
namespace borg::test {

/// Who is in the simulated network; a node hears of changes 500 ms later, as from a tree.
struct Registry {
    struct Entry {
        net::Peer peer;
        bool online = false;
        Ticks changedAt{0};
    };
    std::map<NodeId, Entry> entries;
};

class SimDirectory final : public tree::Directory {
public:
    SimDirectory(Clock &clock, Registry &registry, const NodeId &self)
        : m_clock(clock)
        , m_registry(registry)
        , m_self(self)
    {
    }
    [[nodiscard]] std::vector<tree::Member> members() const override
    {
        std::vector<tree::Member> members;
        for (const auto &[id, entry] : m_registry.entries) {
            if (id != m_self)
                members.push_back(memberOf(entry));
        }
        return members;
    }
    [[nodiscard]] std::optional<tree::Member> find(const NodeId &id) const override
    {
        const auto found = m_registry.entries.find(id);
        if (found == m_registry.entries.end() || id == m_self)
            return std::nullopt;
        return memberOf(found->second);
    }
    [[nodiscard]] Watch watch(std::function<void(const NodeId &)> changed) override
    {
        m_changed = std::make_shared<std::function<void(const NodeId &)>>(std::move(changed));
        return m_changed;
    }
    void tell(const NodeId &id)
    {
        m_clock.after(std::chrono::milliseconds(500), [weak = std::weak_ptr(m_changed), id] {
            if (const auto call = weak.lock())
                (*call)(id);
        });
    }
    void release() { m_changed.reset(); }

private:
    static tree::Member memberOf(const Registry::Entry &entry)
    {
        return {entry.peer.id, entry.peer.endpoint, entry.online, entry.changedAt, 1LL << 34};
    }
    Clock &m_clock;
    Registry &m_registry;
    const NodeId m_self;
    std::shared_ptr<std::function<void(const NodeId &)>> m_changed;
};

class SimKeySource final : public crypto::KeySource {
public:
    explicit SimKeySource(quint64 seed)
        : m_rng(seed)
    {
    }
    void fill(std::span<quint8> bytes) override
    {
        for (quint8 &byte : bytes)
            byte = static_cast<quint8>(m_rng.below(256));
    }

private:
    sim::SimRng m_rng;
};

class BytesSource final : public store::Source {
public:
    BytesSource(QByteArray bytes, QString fingerprint)
        : m_bytes(std::move(bytes))
        , m_fingerprint(std::move(fingerprint))
    {
    }
    Result<Done> open() override { return Done{}; }
    qint64 sizeBytes() const override { return m_bytes.size(); }
    Result<QByteArray> read(qsizetype size) override
    {
        const QByteArray part = m_bytes.mid(m_at, size);
        m_at += part.size();
        return part;
    }
    QString fingerprint() const override { return m_fingerprint; }

private:
    const QByteArray m_bytes;
    const QString m_fingerprint;
    qsizetype m_at = 0;
};

struct BytesSink final : public store::Sink {
    Result<Done> open() override { return Done{}; }
    Result<Done> write(QByteArrayView part) override
    {
        bytes.append(part);
        return Done{};
    }
    Result<Done> commit() override
    {
        committed = true;
        return Done{};
    }
    void discard() override
    {
        if (!committed)
            bytes.clear();
        discarded = !committed;
    }
    QByteArray bytes;
    bool committed = false;
    bool discarded = false;
};

/// Turns a byte of every shard that it sends, as a holder does who lies.
class LyingTransport final : public net::Transport {
public:
    explicit LyingTransport(std::unique_ptr<net::Transport> honest)
        : m_honest(std::move(honest))
    {
    }
    void setListener(Listener *listener) override { m_honest->setListener(listener); }
    void dial(const net::Peer &peer) override { m_honest->dial(peer); }
    void dialUnknown(const net::Endpoint &endpoint) override { m_honest->dialUnknown(endpoint); }
    void hangUp(const NodeId &peer) override { m_honest->hangUp(peer); }
    Result<Done> send(const NodeId &to, const wire::Frame &frame) override
    {
        if (frame.body.isEmpty()
            || !(frame.head.contains("getReply") || frame.head.contains("proveReply")))
            return m_honest->send(to, frame);
        wire::Frame lie = frame;
        lie.body[lie.body.size() / 2] = static_cast<char>(lie.body.at(lie.body.size() / 2) ^ 1);
        return m_honest->send(to, lie);
    }

private:
    const std::unique_ptr<net::Transport> m_honest;
};

} // namespace borg::test
