// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "byzantine_nodes.h"

/// The classes of byzantine nodes.
namespace borg::sim {

inline QByteArray randomIds(SimRng &rng, int count)
{
    QByteArray bytes;
    for (int i = 0; i < 4 * count; ++i) {
        const quint32 word = rng.bits();
        bytes.append(reinterpret_cast<const char *>(&word), sizeof word);
    }
    return bytes;
}

/// Takes part in everything and passes no message on, whoever asks. It beats in their stead, or its
/// neighbours would leave it as one that is frozen.
class Mute : public Bend {
public:
    enum class Stead : quint8 { Beats, Nothing };
    explicit Mute(Stead stead = Stead::Beats)
        : m_stead(stead)
    {
    }
    bool outgoing(const NodeId &to, wire::Frame &frame) override
    {
        auto beat = wire::decode<tree::State>(QJsonDocument::fromJson(frame.head).object());
        if (beat) {
            beat->echo = 0; // a late echo would be a long round trip
            m_beats[to] = wordFrame(*beat);
        }
        return !net::isMessageHead(frame.head);
    }
    void tick(const std::set<NodeId> &peers, Ticks, const Raw &raw) override
    {
        if (m_stead == Stead::Nothing || ++m_ticks % 3 != 0)
            return;
        for (const auto &peer : peers) {
            if (const auto beat = m_beats.find(peer); beat != m_beats.end())
                raw(peer, beat->second);
        }
    }

private:
    const Stead m_stead;
    std::map<NodeId, wire::Frame> m_beats; ///< The last one to each.
    quint64 m_ticks = 0;
};

/// Passes on all messages but those of one source.
class Censor : public Bend {
public:
    explicit Censor(const NodeId &victim)
        : m_victim(victim)
    {
    }
    bool outgoing(const NodeId &, wire::Frame &frame) override
    {
        const auto head = net::readHead(frame.head);
        return !head || head->key.bytes != m_victim.bytes; // in the simulator a key is the id
    }

private:
    const NodeId m_victim;
};

/// Announces what does not exist.
class AnnounceLiar : public Bend {
public:
    explicit AnnounceLiar(quint64 seed)
        : m_rng(seed)
    {
    }
    void tick(const std::set<NodeId> &peers, Ticks, const Raw &raw) override
    {
        for (const auto &peer : peers)
            raw(peer, wordFrame(tree::IHave{}, randomIds(m_rng, 8)));
    }

private:
    SimRng m_rng;
};

/// The same, as fast as it can, with ids made to fall on one spot of every table.
class IdGrinder : public Bend {
public:
    explicit IdGrinder(quint64 seed)
        : m_rng(seed)
    {
    }
    void tick(const std::set<NodeId> &peers, Ticks, const Raw &raw) override
    {
        for (const auto &peer : peers) {
            for (int i = 0; i < 4; ++i) {
                QByteArray ids = randomIds(m_rng, 64);
                for (qsizetype at = 0; at < ids.size(); at += 16)
                    ids.replace(at, 4, QByteArray(4, '\7'));
                raw(peer, wordFrame(tree::IHave{}, ids));
            }
        }
    }

private:
    SimRng m_rng;
};

/// Asks for everything, all the time.
class PullFlooder : public Bend {
public:
    bool incoming(const NodeId &, const wire::Frame &frame) override
    {
        if (frame.head.contains(R"("t":"ihave")"))
            m_ids = frame.body;
        return true;
    }
    void tick(const std::set<NodeId> &peers, Ticks, const Raw &raw) override
    {
        for (const auto &peer : peers) {
            for (int i = 0; i < 10 && !m_ids.isEmpty(); ++i)
                raw(peer, wordFrame(tree::Graft{}, m_ids));
        }
    }

private:
    QByteArray m_ids;
};

/// "I am the root's neighbour, and free." Attracts children, and serves none.
class FalseLatency : public Mute {
public:
    bool outgoing(const NodeId &to, wire::Frame &frame) override
    {
        bendPlace(frame, [](tree::Place &place) {
            place.latRootUs = 0;
            place.children = 0;
            place.capacity = 64;
        });
        return Mute::outgoing(to, frame);
    }
};

/// Its clock is ten minutes ahead, and so is every epoch it claims.
class TimeLiar : public Bend {
public:
    bool outgoing(const NodeId &, wire::Frame &frame) override
    {
        bendPlace(frame, [](tree::Place &place) { place.epoch += 600; });
        return true;
    }
};

/// One of many of one owner: they name only each other, and pass nothing on.
class Sybil : public Mute {
public:
    explicit Sybil(const std::vector<net::Peer> &others)
        : Mute(Stead::Nothing)
        , m_others(others)
    {
    }
    bool outgoing(const NodeId &to, wire::Frame &frame) override
    {
        if (frame.head.contains(R"("t":"contacts")")) {
            tree::Contacts word;
            for (const auto &peer : m_others) {
                if (word.contacts.size() < 32)
                    word.contacts.push_back({peer.id, peer.endpoint.host, peer.endpoint.port, 8});
            }
            frame.head = wordFrame(word).head;
        }
        return Mute::outgoing(to, frame);
    }

private:
    const std::vector<net::Peer> &m_others;
};

/// Lives, and never takes a message: "hold", for ever.
class SlowLoris : public Bend {
public:
    void tick(const std::set<NodeId> &peers, Ticks, const Raw &raw) override
    {
        for (const auto &peer : peers)
            raw(peer, wordFrame(tree::Hold{true}));
    }
};

/// Says again, to everybody, what was said before.
class Replayer : public Bend {
public:
    bool incoming(const NodeId &, const wire::Frame &frame) override
    {
        if (net::isMessageHead(frame.head) && m_heard.size() < 200)
            m_heard.push_back(frame);
        return true;
    }
    void tick(const std::set<NodeId> &peers, Ticks, const Raw &raw) override
    {
        for (const auto &peer : peers) {
            for (int i = 0; i < 5 && !m_heard.empty(); ++i)
                raw(peer, m_heard[m_next++ % m_heard.size()]);
        }
    }

private:
    std::vector<wire::Frame> m_heard;
    std::size_t m_next = 0;
};

/// Says one thing to half of its neighbours and another to the rest, under one number.
class Equivocator : public Bend {
public:
    explicit Equivocator(const NodeId &self)
        : m_crypto(self, 42)
    {
    }
    void tick(const std::set<NodeId> &peers, Ticks now, const Raw &raw) override
    {
        if (++m_ticks % 10 != 0)
            return;
        ++m_seq;
        const std::array frames{make(now, u"yes"), make(now, u"no")};
        std::size_t which = 0;
        for (const auto &peer : peers)
            raw(peer, frames.at(which++ % 2));
    }
    qint64 utcMs = 0; ///< At time 0.

private:
    wire::Frame make(Ticks now, QStringView text) const
    {
        const net::Draft draft{QStringLiteral("sim"), QStringLiteral("lie"), m_seq,
            utcMs * 1000 + now.count(), 30'000, 1, {{QStringLiteral("x"), text.toString()}}};
        const auto message = *net::writeMessage(m_crypto, draft, {});
        net::Head head;
        head.key = m_crypto.publicKey();
        head.message = message;
        std::ranges::copy(net::signMessage(m_crypto, message), head.signature.begin());
        return {wire::FrameClass::Interactive, net::writeHead(head), {}};
    }

    const SimCrypto m_crypto;
    quint64 m_seq = 1;
    int m_ticks = 0;
};

} // namespace borg::sim
