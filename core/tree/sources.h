// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/envelope.h>
#include <tree/machine.h>
#include <tree/place.h>
#include <tree/seq_window.h>
#include <tree/token_bucket.h>

#include <map>
#include <span>

namespace borg::tree {

/// A node whose broadcasts pass here.
struct Source {
    crypto::PublicKey key;
    NodeId id;
    QByteArray idText; ///< As `src` has it: compared, never parsed.
    SeqWindow window;
    TokenBucket messages;
    TokenBucket bytes;
    Ticks seenAt{0};
    int pulledInRow = 0; ///< Messages that the tree did not bring.
};

/// What was heard of each source: keys, sequence numbers, credit.
///
/// A large network has many sources that speak once in half an hour, so one that is silent dozes,
/// in 64 bytes: after kRestAfter if its credit is full and its numbers are one range, else after
/// kDozeAfter, when what has a lower number is too old to be taken anyway.
class Sources {
public:
    static constexpr std::size_t kSourcesMax = 20'000;
    static constexpr Ticks kForgetAfter = std::chrono::minutes(40); ///< No older message is taken.
    static constexpr Ticks kRestAfter = std::chrono::seconds(5);
    /// Longer than a digest reaches back, and than any honest hop keeps a message.
    static constexpr Ticks kDozeAfter = std::chrono::minutes(3);
    static constexpr qsizetype kDigestBytesMax = 64 * 1024;

    explicit Sources(Context &context)
        : m_context(context)
    {
    }

    [[nodiscard]] Source *find(const crypto::PublicKey &key);
    /// @return what a source is that nobody heard of yet; it is not kept.
    [[nodiscard]] Source stranger(const crypto::PublicKey &key) const;
    /// @return the source that signs with `key`. When there are too many, the one that was silent
    ///         for longest is forgotten for it; never ourselves.
    [[nodiscard]] Source &ensure(const crypto::PublicKey &key);
    /// @param slack more than 1 for a hop that is more generous than the network's parameter.
    [[nodiscard]] bool takeCredit(
        Source &source, std::size_t messages, qsizetype bytes, double slack);
    void sweep();
    static constexpr Ticks kSweepEvery = std::chrono::seconds(10);
    /// @return how many are known, those that doze among them.
    [[nodiscard]] std::size_t count() const { return m_sources.size() + m_dozing.size() - m_woken; }

    /// The ranges of all sources heard of in the last `span`, for a neighbour to compare.
    [[nodiscard]] QByteArray digest(Ticks span) const;

private:
    struct Dozing {
        crypto::PublicKey key;
        std::array<quint8, kPathItemBytes> name{}; ///< As in a digest.
        SeqWindow::Range range;
        quint32 seenAtS = 0; ///< Rounded up.
        qint16 pulledInRow = 0;
        bool isAwake = false; ///< It is in m_sources again, until sweep() takes it out here.
    };

    Source *wake(const crypto::PublicKey &key);
    void forgetOne();
    /// @return whether there was room.
    static bool addTo(
        QByteArray &digest, QByteArrayView name, std::span<const SeqWindow::Range> ranges);
    [[nodiscard]] bool mayDoze(Source &source) const;
    [[nodiscard]] static Dozing dozing(const Source &source);

    Context &m_context;
    std::map<crypto::PublicKey, Source> m_sources;
    std::vector<Dozing> m_dozing; ///< In order of key.
    std::size_t m_woken = 0; ///< Of m_dozing.
};

/// A neighbour's digest, read.
class Digest {
public:
    /// @return the digest, or Malformed.
    [[nodiscard]] static Result<Digest> read(QByteArrayView bytes);
    [[nodiscard]] bool contains(const NodeId &source, quint64 seq) const;

private:
    struct Item {
        quint64 source = 0; ///< The id's first 8 bytes.
        SeqWindow::Range range;
    };
    std::vector<Item> m_items; ///< In order of source.
};

} // namespace borg::tree
