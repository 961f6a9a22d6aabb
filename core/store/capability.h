// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/secret.h>
#include <store/shard_id.h>

#include <QString>

#include <optional>

namespace borg::store {

/// A link: what its bearer may do with a file. The weaker one derives from the stronger, never the
/// other way round.
///
///   borg:r/<id>#<key>   read: find the shards and open them
///   borg:v/<id>         verify: find, check and repair the shards, without reading
///
/// <id> is the manifest's id (33 bytes) and a 2-byte checksum, <key> the file key (32 bytes) and a
/// 3-byte checksum over all of the link: 56 characters of lower-case base32 each (RFC 4648, no
/// filling), so each link has one spelling and a double click selects it. The checksums (first
/// bytes of a SHA-256) tell a mistyped or cut link from a wrong key. The key is behind the #, which
/// programs do not send along with a request.
struct Capability {
    enum class Kind : quint8 { Read, Verify };

    ShardId manifest;
    std::optional<crypto::SecretKey> key; ///< Of a read link.

    [[nodiscard]] Kind kind() const { return key ? Kind::Read : Kind::Verify; }

    /// White space around the link is no error.
    /// @return the capability, or Malformed with a sentence for people that names the fault: not a
    ///         link, another kind of link, cut short, too long, a character that does not belong,
    ///         or a typing error (checksum).
    [[nodiscard]] static Result<Capability> parse(QStringView text);
    /// The same, for who must read.
    /// @return as parse(), or Unauthorized: a link that verifies and has no key.
    [[nodiscard]] static Result<Capability> parseRead(QStringView text);

    [[nodiscard]] QString text() const;
    /// @return the link that verifies; all a repairer or auditor needs.
    [[nodiscard]] Capability verifyOnly() const { return {manifest, std::nullopt}; }

    friend bool operator==(const Capability &, const Capability &) = default;
};

/// The link that gives everything of an account: its files, and the right to remove them.
///
///   borg:w/<name>#<seed>
///
/// In the same spelling as a Capability: <name> is Account::pointer().
struct RecoveryLink {
    ShardId pointer;
    crypto::SecretKey seed;

    /// White space around the link is no error.
    /// @return the link, or Malformed with a sentence for people that names the fault.
    [[nodiscard]] static Result<RecoveryLink> parse(QStringView text);
    [[nodiscard]] QString text() const;
};

} // namespace borg::store
