// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/crypto.h>

#include <QByteArrayView>

#include <memory>

/// Hash functions over bytes in memory. Thread-safe.
namespace borg::crypto {

enum class HashKind : quint8 { Blake3 = 1, Sha256 = 2 };

/// @return whether this build has `kind`; SHA-256 always, BLAKE3 where the distribution has it.
[[nodiscard]] bool hasHash(HashKind kind);

[[nodiscard]] Hash sha256(QByteArrayView bytes);
/// @pre hasHash(HashKind::Blake3)
[[nodiscard]] Hash blake3(QByteArrayView bytes);
/// @pre hasHash(kind)
[[nodiscard]] Hash hashOf(HashKind kind, QByteArrayView bytes);

/// A hash over bytes that come in pieces. One thread at a time.
class Hasher {
public:
    /// @pre hasHash(kind)
    explicit Hasher(HashKind kind);
    ~Hasher();
    Hasher(Hasher &&) noexcept;
    Hasher &operator=(Hasher &&) noexcept;

    void add(QByteArrayView bytes);
    /// @return the hash of all that was added; the Hasher is then as new.
    [[nodiscard]] Hash finish();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace borg::crypto
