// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim_crypto.h"

#include <crypto/hash.h>

#include <QtEndian>

#include <algorithm>

namespace borg::sim {

crypto::Hash SimCrypto::hash(QByteArrayView bytes) const
{
    return crypto::sha256(bytes); // far faster than Qt's, and big objects are hashed whole
}

QByteArray SimCrypto::sign(QByteArrayView bytes) const
{
    return tag(m_self, bytes);
}

Result<Done> SimCrypto::verify(
    const crypto::PublicKey &key, QByteArrayView bytes, QByteArrayView signature) const
{
    const NodeId signer = idOf(key);
    if (tag(signer, bytes) != signature)
        return Error{Errc::Unauthorized, signer.text()};
    return Done{};
}

QByteArray SimCrypto::tag(const NodeId &signer, QByteArrayView bytes) const
{
    // FNV-1a, and not qHash(), which differs between processors and would change the trace.
    quint64 state = m_networkKey ^ 0xcbf29ce484222325;
    const auto mix = [&state](quint8 byte) { state = (state ^ byte) * 0x100000001b3; };
    std::ranges::for_each(signer.bytes, mix);
    for (const char byte : bytes)
        mix(static_cast<quint8>(byte));
    QByteArray tag(crypto::kSignatureBytes, '\0');
    qToBigEndian(state ^ state >> 32, tag.data());
    return tag;
}

} // namespace borg::sim
