// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

/// RFC 7386 for objects: what changes, and null for what goes. Lists are replaced whole.
namespace borg::control {

/// @return the patch that makes `after` from `before`; empty when they are equal. Neither may hold
///         a null, which a merge patch cannot express (no type of schema.h writes one).
[[nodiscard]] QJsonObject mergeDiff(const QJsonObject &before, const QJsonObject &after);

[[nodiscard]] QJsonObject mergeApply(QJsonObject target, const QJsonObject &patch);

} // namespace borg::control
