// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <crypto/secret.h>

namespace borg::crypto {

/// Where file keys and file ids come from. Injected, so that a simulated run, which draws them from
/// its seed, repeats; the application has only SystemKeys.
class KeySource {
public:
    virtual ~KeySource() = default;

    /// Fills `bytes` with chance fit for keys.
    virtual void fill(std::span<quint8> bytes) = 0;

    /// @return a new key.
    [[nodiscard]] SecretKey key();

protected:
    KeySource() = default;
    Q_DISABLE_COPY_MOVE(KeySource)
};

/// OpenSSL's private generator. Stops the program when the system has no entropy: there is no
/// honest way on. Thread-safe.
class SystemKeys final : public KeySource {
public:
    void fill(std::span<quint8> bytes) override;
};

/// @return a new key from SystemKeys.
[[nodiscard]] SecretKey randomKey();

} // namespace borg::crypto
