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

/// A path from the named root to `sender`, of allowed length and without a loop, and an epoch that
/// is not from the future: at most kEpochAheadS seconds after `utcMs`.
[[nodiscard]] bool isPlausible(const Place &place, const NodeId &sender, qint64 utcMs);
inline constexpr qint64 kEpochAheadS = 15 * 60 + 2; ///< Clocks may differ by so much.

[[nodiscard]] bool isSameTree(const Place &a, const Place &b);
/// When two trees meet, the root of the other attaches to this one: later epoch, then higher rank,
/// then the lesser hash of epoch and root, which nobody can choose.
[[nodiscard]] bool isBetterTree(const crypto::Crypto &crypto, const Place &a, const Place &b);

/// @return the root's own place.
[[nodiscard]] Place placeOfRoot(const NodeId &self, qint64 epoch, quint32 rank, quint32 capacity);
/// @return the place of `self` under a parent at `parent`, `rtt` away.
[[nodiscard]] Place placeUnder(const Place &parent, Ticks rtt, const NodeId &self);

/// @return how bad a parent at `place`, `rtt` away, would be.
[[nodiscard]] Ticks costOf(const Place &place, Ticks rtt);

/// @return 0 to 511: the longer a node is up and the more children it takes, the higher.
[[nodiscard]] quint32 rankOf(Ticks uptime, quint32 capacity);

} // namespace borg::tree
