// SPDX-License-Identifier: GPL-3.0-or-later
#include "account.h"

#include "byte_io.h"
#include "pointer.h"

#include <crypto/certificate.h>
#include <crypto/kdf.h>

namespace borg::store {

namespace {

QByteArrayView view(const ShardId &id)
{
    return {reinterpret_cast<const char *>(id.bytes.data()), std::ssize(id.bytes)};
}

QByteArray signedBytes(OwnerAct act, const ShardId &file, const ShardId &what)
{
    ByteWriter out;
    out.raw("borg owner v1");
    out.number(static_cast<quint8>(act));
    out.raw(view(file));
    out.raw(view(what));
    return out.bytes();
}

} // namespace

Account::Account(const crypto::SecretKey &seed, crypto::NodeKey key, QByteArrayView network)
    : m_seed(seed)
    , m_key(std::move(key))
    , m_id(m_key.id())
    , m_pointer(pointerId(m_key.publicKey()))
    , m_listKey(crypto::deriveKey(seed, network, "borg account list v1"))
{
}

Result<AccountPtr> Account::make(const crypto::SecretKey &seed, const QString &network)
{
    const QByteArray salt = network.toUtf8();
    auto key = crypto::NodeKey::fromSeed(crypto::deriveKey(seed, salt, "borg account sign v1"));
    if (!key)
        return key.error();
    return std::shared_ptr<const Account>(new Account(seed, *std::move(key), salt));
}

OwnerProof prove(const Account &account, OwnerAct act, const ShardId &file, const ShardId &what)
{
    const auto &key = account.publicKey().bytes;
    return {QByteArray(reinterpret_cast<const char *>(key.data()), std::ssize(key)),
        account.sign(signedBytes(act, file, what))};
}

bool isProof(crypto::ed25519::KnownKeys &known, const OwnerProof &proof, const NodeId &owner,
    OwnerAct act, const ShardId &file, const ShardId &what)
{
    crypto::PublicKey key;
    if (proof.key.size() != std::ssize(key.bytes)
        || proof.signature.size() != crypto::kSignatureBytes)
        return false;
    std::copy_n(
        proof.key.constData(), key.bytes.size(), reinterpret_cast<char *>(key.bytes.data()));
    return crypto::nodeIdOf(key) == owner && known.admits(key)
        && crypto::ed25519::verify(
            key, signedBytes(act, file, what), proof.signature, crypto::ed25519::fastest());
}

} // namespace borg::store
