// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>
#include <crypto/crypto.h>
#include <tree/messages.h>

/// Rules about places in the tree: pure functions.
namespace borg::tree {

/// @return the part of an id that paths name.
[[nodiscard]] QByteArrayView shortId(const NodeId &id);
[[nodiscard]] bool passes(const Place &place, const NodeId &node);
/// @return 0 for the root.
[[nodiscard]] quint32 depthOf(const Place &place);
/// @return how many nodes from the root on two paths share.
[[nodiscard]] quint32 sharedNodes(const Place &a, const Place &b);
[[nodiscard]] quint32 freeOf(const Place &place);

/// What is to be thought of a place that a peer claims for itself.
enum class Claim : quint8 {
    Fine,
    Future, ///< Its root took over at a time that is still to come: somebody's clock is off.
    Absurd, ///< No honest node says so.
};
/// Absurd is a path that does not lead from the root to `sender`, too long or with a loop, and
/// figures beyond every limit.
[[nodiscard]] Claim judge(const Place &place, const NodeId &sender, qint64 epochMax);
/// @return the latest second in which an honest root can have taken over: our date, what it may be
///         off, and kEpochAheadS; with a bound of 0 nobody knows that, and clocks may differ by
///         kClocksApartS.
[[nodiscard]] qint64 epochMaxAt(qint64 utcUs, qint64 boundUs);
inline constexpr qint64 kEpochAheadS = 2;
inline constexpr qint64 kClocksApartS = 15 * 60;
inline constexpr qint64 kBoundMaxS = 100LL * 366 * 24 * 3600; ///< So that no sum overflows.
inline constexpr quint32 kCapacityMax = 256; ///< As many as there can be links.
inline constexpr quint32 kRankMax = 511;
inline constexpr quint32 kLatencyUsMax = 60'000'000; ///< From the root.

[[nodiscard]] bool isSameTree(const Place &a, const Place &b);
/// When two trees meet, the root of the other attaches to this one: later epoch, then higher rank,
/// then the lesser hash of epoch and root, which nobody can choose.
[[nodiscard]] bool isBetterTree(const crypto::Crypto &crypto, const Place &a, const Place &b);

/// @return a number that changes with the place, but for the latency: that never stands still.
[[nodiscard]] quint64 tagOf(const Place &place);

/// @return the root's own place.
[[nodiscard]] Place placeOfRoot(const NodeId &self, qint64 epoch, quint32 rank, quint32 capacity);
/// @return the place of `self` under a parent at `parent`, `rtt` away.
[[nodiscard]] Place placeUnder(const Place &parent, Ticks rtt, const NodeId &self);

/// @return what each message takes through a parent at `place`, `rtt` away, and 2 ms a level, so
///         that a tree on a fast network stays shallow. Without the parent's load: a full parent is
///         as good as any for those who have their place there.
[[nodiscard]] Ticks wayOf(const Place &place, Ticks rtt);
/// Worth a move: by kGainPercent and by kGainMin.
[[nodiscard]] bool isFarBetter(Ticks way, Ticks than);
inline constexpr qint64 kGainPercent = 15;
inline constexpr Ticks kGainMin = std::chrono::milliseconds(10);
/// @return how bad a parent at `place`, `rtt` away, would be for a newcomer.
[[nodiscard]] Ticks costOf(const Place &place, Ticks rtt);

/// @return how many children a node takes that sends so much at most: 0, 4, 8 or 24.
[[nodiscard]] quint32 capacityFor(qint64 bitsPerSecond);

/// @return the rank of a root that was at `index` of the last root's list of `heirs`, who stand in
///         it by what that root saw of them; 0 for a root that was not in it.
[[nodiscard]] quint32 rankOf(std::size_t index, std::size_t heirs);

} // namespace borg::tree
