// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QJsonObject>

#include <array>
#include <span>

/// The one byte form of an object that is signed or hashed: RFC 8785 restricted to strings, true,
/// false, null, whole numbers below 2^53, and keys of printable ASCII without quote or backslash.
/// No white space, keys in rising order, the shortest escapes, at most kCanonicalDepthMax levels.
/// So parsing and writing again gives the same bytes, and nothing else does.
namespace borg::wire {

inline constexpr int kCanonicalDepthMax = 32;

/// @return the canonical bytes, or Malformed: `json` holds a fraction, a number from 2^53, a lone
///         surrogate, a key outside the alphabet, or too many levels.
[[nodiscard]] Result<QByteArray> writeCanonical(const QJsonObject &json);

/// Reads each byte once and allocates nothing. @return Done, or Malformed.
Result<Done> checkCanonical(QByteArrayView bytes);

/// @return the object, or Malformed: `bytes` are no canonical object.
[[nodiscard]] Result<QJsonObject> parseCanonical(const QByteArray &bytes);

/// One member of the outermost object: views into the bytes that were scanned.
struct CanonicalMember {
    QByteArrayView key; ///< Without quotes.
    QByteArrayView value; ///< As written, strings with their quotes.
};

/// Checks as checkCanonical() and lists the outermost members, so that a reader who needs a few
/// of them builds no document.
///
/// @return the part of `room` that was filled, or Malformed, also with more members than fit.
[[nodiscard]] Result<std::span<const CanonicalMember>> scanCanonical(
    QByteArrayView bytes, std::span<CanonicalMember> room);

} // namespace borg::wire
