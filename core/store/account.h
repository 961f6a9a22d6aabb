// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/ed25519.h>
#include <crypto/node_key.h>
#include <crypto/secret.h>
#include <store/shard_id.h>
#include <wire/message.h>

#include <optional>

/// Whose the files are, whichever computer they are put from.
///
/// Everything derives from one secret of 32 bytes, the *seed*, and the network's id: the key that
/// signs for the owner, the name under which the list of files is found, and the key that opens the
/// list. Whoever has the seed has all; see RecoveryLink. Holders know an account by its id alone.
/// In two networks one seed makes two accounts, so nothing that it signed in one means anything in
/// the other.
namespace borg::store {

class Account {
public:
    /// @param network its id, see StoreConfig. @return the account of a seed, or Storage (no
    ///        memory).
    [[nodiscard]] static Result<std::shared_ptr<const Account>> make(
        const crypto::SecretKey &seed, const QString &network);

    [[nodiscard]] const NodeId &id() const { return m_id; } ///< What PutShard::owner says.
    [[nodiscard]] const crypto::PublicKey &publicKey() const { return m_key.publicKey(); }
    [[nodiscard]] const ShardId &pointer() const { return m_pointer; } ///< pointerId().
    [[nodiscard]] const crypto::SecretKey &seed() const { return m_seed; }
    [[nodiscard]] const crypto::SecretKey &listKey() const { return m_listKey; }
    /// @return kSignatureBytes. Callers put a domain prefix of their own in front of `bytes`.
    [[nodiscard]] QByteArray sign(QByteArrayView bytes) const { return m_key.sign(bytes); }

private:
    Account(const crypto::SecretKey &seed, crypto::NodeKey key, QByteArrayView network);

    const crypto::SecretKey m_seed;
    const crypto::NodeKey m_key;
    const NodeId m_id;
    const ShardId m_pointer;
    const crypto::SecretKey m_listKey;
};
using AccountPtr = std::shared_ptr<const Account>;

/// What an owner asks a holder for. On the wire: never renumber.
enum class OwnerAct : quint8 {
    Bind = 1, ///< `what` is the manifest of the file.
    Remove = 2, ///< All records of the file; `what` is all zero.
    Replace = 3, ///< The record `what` may go for another one.
};

/// That the owner asked: a signature over act, file and `what`. It may be shown again, by anybody,
/// and then asks for the same again.
struct OwnerProof {
    QByteArray key; ///< 32 bytes.
    QByteArray signature; ///< 64 bytes.

    static constexpr auto fields()
    {
        return std::tuple{wire::field("key", &OwnerProof::key, 32),
            wire::field("sig", &OwnerProof::signature, 64)};
    }
    friend bool operator==(const OwnerProof &, const OwnerProof &) = default;
};

[[nodiscard]] OwnerProof prove(
    const Account &account, OwnerAct act, const ShardId &file, const ShardId &what = {});
/// @param known remembers the keys of owners: a check of a key takes longer than that of what it
///        signed. @return whether `owner` signed just that. One signature check at most.
[[nodiscard]] bool isProof(crypto::ed25519::KnownKeys &known, const OwnerProof &proof,
    const NodeId &owner, OwnerAct act, const ShardId &file, const ShardId &what = {});

} // namespace borg::store
