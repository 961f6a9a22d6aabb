// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/envelope.h>
#include <tree/machine.h>
#include <tree/seq_window.h>
#include <tree/token_bucket.h>

#include <map>

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
class Sources {
public:
    static constexpr std::size_t kSourcesMax = 20'000;
    static constexpr Ticks kForgetAfter = std::chrono::minutes(40); ///< No older message is taken.
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

    /// The ranges of all sources heard of in the last `span`, for a neighbour to compare.
    [[nodiscard]] QByteArray digest(Ticks span) const;

private:
    Context &m_context;
    std::map<crypto::PublicKey, Source> m_sources;
};

/// A neighbour's digest, read.
class Digest {
public:
    /// @return the digest, or Malformed.
    [[nodiscard]] static Result<Digest> read(QByteArrayView bytes);
    [[nodiscard]] bool contains(const NodeId &source, quint64 seq) const;

private:
    std::map<QByteArray, std::vector<SeqWindow::Range>> m_ranges; ///< By the id's first 8 bytes.
};

} // namespace borg::tree
