// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>

#include <QJsonObject>

#include <optional>
#include <vector>

/// The signed message and the head of the frame that carries it, see ../../docs/protocol.md.
///
/// A head is `{"r":{…},"m":<signed bytes>}`. `r` belongs to the hops: they may write it again, and
/// nobody signs it. The signed bytes travel as they are; nobody on the way parses their body.
namespace borg::net {

inline constexpr quint32 kHopsMax = 255;
inline constexpr std::size_t kBatchMax = 64; ///< Messages under one signature.
inline constexpr qsizetype kMessageBytesMax = 60 * 1024; ///< Signed bytes; a head must hold them.
inline constexpr qsizetype kAttachmentBytesMax = 512 * 1024;
inline constexpr qint64 kTtlMsMax = 600'000;

/// What a source signs.
struct Draft {
    QString network; ///< `net`
    QString type; ///< `t`: 1 to 64 printable ASCII characters without quote and backslash.
    quint64 seq = 0; ///< Rises with each message of a source, also over restarts.
    qint64 tsUs = 0; ///< Microseconds of UTC.
    qint64 ttlMs = 0; ///< After ts; at most kTtlMsMax.
    quint8 priority = 1; ///< `p`: the frame class.
    QJsonObject body; ///< `b`
    std::optional<NodeId> dst = std::nullopt; ///< `dst`: one node; none is everybody, "*".
};

/// @return the signed bytes of a message from `crypto.self()`, or Malformed (not canonical), or
///         TooLarge.
[[nodiscard]] Result<QByteArray> writeMessage(
    const crypto::Crypto &crypto, const Draft &draft, QByteArrayView attachment);

/// The outermost fields of a message: views into its bytes.
struct MessageView {
    QByteArrayView network;
    QByteArrayView type;
    QByteArrayView src; ///< A NodeId as text, not checked yet.
    QByteArrayView dst; ///< The same, or "*": everybody.
    quint64 seq = 0;
    qint64 tsUs = 0;
    qint64 ttlMs = 0;
    quint8 priority = 0;
    QByteArrayView body; ///< A canonical value, not parsed.
    bool hasAttachment = false;
    crypto::Hash attachmentHash{};
    qint64 attachmentBytes = 0;
};

/// Checks the canonical form and the fields. @return the view, or Malformed, or TooLarge.
[[nodiscard]] Result<MessageView> readMessage(QByteArrayView message);

inline constexpr QByteArrayView kEverybody = "*"; ///< MessageView::dst of a broadcast.

/// @return the body of a message that readMessage() took; {} when it is no object.
[[nodiscard]] QJsonObject bodyOf(const QByteArray &message);

/// Sizes of one message of a batch; it lies in the frame's body, its attachment behind it.
struct BatchItem {
    qsizetype messageBytes = 0;
    qsizetype attachmentBytes = 0;
};

/// Where a message hangs in a batch from which it was taken alone.
struct BatchPath {
    std::size_t index = 0;
    std::size_t count = 0;
    std::vector<crypto::Hash> siblings;
};

using Signature = std::array<char, crypto::kSignatureBytes>;

/// A frame's head, parsed. Either `items` (a batch) or `message` is filled.
struct Head {
    quint32 hops = 0;
    crypto::PublicKey key; ///< Of the source; it proves itself: idOf(key) must be `src`.
    Signature signature{};
    std::optional<BatchPath> path;
    std::vector<BatchItem> items;
    QByteArrayView message; ///< Into the head's bytes.
};

/// @return whether a frame with this head carries messages, and not a word between neighbours.
[[nodiscard]] bool isMessageHead(QByteArrayView head);
/// @return the parts, or Malformed. Signature and message are not checked yet.
[[nodiscard]] Result<Head> readHead(QByteArrayView head);
[[nodiscard]] QByteArray writeHead(const Head &head);
/// @return `head`, which readHead() took, with another number of hops.
[[nodiscard]] QByteArray withHops(QByteArrayView head, quint32 hops);

[[nodiscard]] QByteArray signMessage(const crypto::Crypto &crypto, QByteArrayView message);
/// @return Done, or Unauthorized.
Result<Done> verifyMessage(const crypto::Crypto &crypto, const crypto::PublicKey &key,
    QByteArrayView message, QByteArrayView signature);
/// The same for the root of `count` messages.
[[nodiscard]] QByteArray signBatch(
    const crypto::Crypto &crypto, const crypto::Hash &root, std::size_t count);
Result<Done> verifyBatch(const crypto::Crypto &crypto, const crypto::PublicKey &key,
    const crypto::Hash &root, std::size_t count, QByteArrayView signature);

} // namespace borg::net
