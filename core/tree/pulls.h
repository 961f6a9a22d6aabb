// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tree/links.h>
#include <tree/message_store.h>

#include <QHashFunctions>
#include <QVarLengthArray>

#include <unordered_map>

namespace borg::tree {

/// Ids that were announced and did not come, and when to ask whom. A GRAFT pulls once; it never
/// makes a link part of the tree.
class Pulls {
public:
    static constexpr Ticks kFirstWaitMin = std::chrono::milliseconds(250); ///< T1
    static constexpr Ticks kNextWait = std::chrono::milliseconds(350); ///< T2
    static constexpr Ticks kOfferedWait = std::chrono::seconds(2); ///< T2 of something big.
    /// While the tree brings messages, what is missing is late rather than lost: so long we wait.
    static constexpr Ticks kPatience = std::chrono::seconds(2);
    static constexpr Ticks kFlowing = std::chrono::milliseconds(250); ///< Busy nodes pause so long.
    static constexpr std::size_t kMissingMax = 20'000;
    static constexpr qsizetype kAnnouncersMax = 8;
    static constexpr int kRounds = 3; ///< Through all who announced it.
    static constexpr Ticks kOfferHolds = std::chrono::seconds(60); ///< An offer stands that long.
    static constexpr std::size_t kMissingPerPeer = kMissingMax / 4; ///< Announced by one first.
    static constexpr std::size_t kOpenMax = 128; ///< Asked of one peer at a time.
    static constexpr qsizetype kIdsPerFrame = 64;

    Pulls(Context &context, Links &links)
        : m_context(context)
        , m_links(links)
        , m_missing(0, SaltedHash{context.rng.bits()})
    {
    }

    /// `from` has `id`, which we have not.
    void announced(Link &from, const MessageId &id);
    /// The same, and it only comes when it is asked for.
    void offered(Link &from, const MessageId &id);
    enum class Came : quint8 {
        Unasked,
        Offered, ///< Asked for as one does with what is big.
        Pulled, ///< It was missing.
    };
    /// It came from `from`.  @param isTree over a tree link.
    Came arrived(const NodeId &from, const MessageId &id, bool isTree);
    /// Asks for what is due.
    void wake();

    [[nodiscard]] Ticks firstWait() const { return m_firstWait; }
    [[nodiscard]] std::size_t missingCount() const { return m_missing.size(); }

    [[nodiscard]] static QByteArray write(std::span<const MessageId> ids);
    /// @return nothing when `bytes` are no list of at most kIdsPerFrame ids.
    [[nodiscard]] static std::optional<std::vector<MessageId>> read(QByteArrayView bytes);

private:
    struct Missing {
        QVarLengthArray<NodeId, 4> announcers;
        NodeId first; ///< Who brought the id: it counts for that peer.
        std::optional<NodeId> askedOf;
        Ticks since{0};
        Ticks due{0};
        int asked = 0;
        bool isOffered = false;
    };
    using Due = std::pair<Ticks, MessageId>;
    struct SaltedHash { ///< Whoever announces ids can choose them freely.
        std::size_t salt;
        std::size_t operator()(const MessageId &id) const noexcept
        {
            return qHashBits(id.bytes.data(), id.bytes.size(), salt);
        }
    };
    using Entries = std::unordered_map<MessageId, Missing, SaltedHash>;

    Missing *ensure(Link &from, const MessageId &id, Ticks wait);
    void close(Missing &missing);
    void forget(Entries::iterator entry);
    void ask(const std::map<NodeId, std::vector<MessageId>> &asks);
    void schedule(const MessageId &id, Missing &missing, Ticks due);
    /// @return the missing one that is due first, whenever that is.
    [[nodiscard]] std::optional<Due> nextDue();
    void learnWait();

    Context &m_context;
    Links &m_links;
    Entries m_missing;
    std::vector<Due> m_due; ///< A heap. Entries that m_missing does not confirm are void.
    std::array<quint32, 64> m_lagsUs{}; ///< From the announcement to the message, lately.
    std::size_t m_lagCount = 0;
    Ticks m_firstWait = kFirstWaitMin; ///< By the lags.
    Ticks m_treeAt{-1'000'000}; ///< When the tree last brought a message.
};

} // namespace borg::tree
