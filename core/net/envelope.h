// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>

#include <QJsonObject>

namespace borg::net {

/// @return a frame's head: `{"m":<message>,"s":"<signature>"}`. The bytes of the message travel as
/// they were signed; nobody on the way writes them again.
[[nodiscard]] QByteArray seal(const crypto::Crypto &crypto, const QJsonObject &message);

/// @return the message, or Malformed, or Unauthorized (not signed by `signer`).
[[nodiscard]] Result<QJsonObject> open(
    const crypto::Crypto &crypto, const crypto::PublicKey &signer, const QByteArray &head);

} // namespace borg::net
