// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>
#include <crypto/secret.h>

#include <memory>

namespace borg::crypto {

inline constexpr qsizetype kGcmTagBytes = 16;
using GcmNonce = std::array<quint8, 12>;
using GcmTag = std::array<quint8, kGcmTagBytes>;

/// AES-256-GCM under one key. The key schedule and the context are made once and used for every
/// message; one thread at a time uses an object, and objects share nothing.
///
/// A nonce must never come twice under one key with different messages: whoever calls makes sure.
class AesGcm {
public:
    explicit AesGcm(const SecretKey &key);
    ~AesGcm();

    /// out = ciphertext || tag. `out` may begin where `plain` does (in place).
    /// @pre out.size() == plain.size() + kGcmTagBytes
    void seal(const GcmNonce &nonce, QByteArrayView associated, QByteArrayView plain,
        std::span<char> out);

    /// Opens ciphertext || tag. `out` may begin where `sealed` does. On failure `out` is wiped.
    /// @pre out.size() + kGcmTagBytes == sealed.size()
    /// @return Done, or Unauthorized: not sealed under this key, nonce and associated data.
    Result<Done> open(const GcmNonce &nonce, QByteArrayView associated, QByteArrayView sealed,
        std::span<char> out);

    /// The same for a message whose parts lie apart: begin, any number of updates, then one of the
    /// finishes. Each update: out.size() == in.size(), the two equal or apart.
    void beginSeal(const GcmNonce &nonce, QByteArrayView associated);
    void beginOpen(const GcmNonce &nonce, QByteArrayView associated);
    void update(QByteArrayView in, std::span<char> out);
    [[nodiscard]] GcmTag finishSeal();
    /// @return Done, or Unauthorized; then nothing of what update() gave may be used.
    Result<Done> finishOpen(const GcmTag &tag);

private:
    Q_DISABLE_COPY_MOVE(AesGcm)

    struct Private;
    const std::unique_ptr<Private> d;
};

} // namespace borg::crypto
