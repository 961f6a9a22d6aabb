// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <array>
#include <span>

namespace borg::crypto {

/// 256 bits that nobody else may learn. Wipes itself, copies too; compares in constant time; has no
/// QDebug operator and no text form.
class SecretKey {
public:
    static constexpr std::size_t kBytes = 32;

    SecretKey() = default; ///< All zeros: not a key yet.
    /// @pre bytes.size() == kBytes
    explicit SecretKey(std::span<const quint8> bytes);
    SecretKey(const SecretKey &) = default;
    SecretKey &operator=(const SecretKey &) = default;
    ~SecretKey();

    [[nodiscard]] std::span<const quint8, kBytes> bytes() const { return m_bytes; }
    /// For whoever fills a fresh key: a KDF or a source of chance.
    [[nodiscard]] std::span<quint8, kBytes> mutableBytes() { return m_bytes; }
    [[nodiscard]] QByteArrayView view() const
    {
        return {reinterpret_cast<const char *>(m_bytes.data()), qsizetype{kBytes}};
    }

    friend bool operator==(const SecretKey &a, const SecretKey &b);

private:
    std::array<quint8, kBytes> m_bytes{};
};

/// Overwrites `bytes` in a way that no compiler leaves out.
void wipe(std::span<char> bytes);

} // namespace borg::crypto
