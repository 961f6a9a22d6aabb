// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <vector>

namespace borg::qr {

/// The modules of a QR code (ISO/IEC 18004), without its quiet zone.
struct QrCode {
    static constexpr int kQuiet = 4; ///< Light modules that must surround it.
    static constexpr qsizetype kBytesMax = 2953;

    int size = 0; ///< Of a side.
    std::vector<bool> dark; ///< Row by row.

    /// Light outside.
    [[nodiscard]] bool isDark(int x, int y) const
    {
        return x >= 0 && y >= 0 && x < size && y < size
            && dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(size)
                + static_cast<std::size_t>(x)];
    }
};

/// @return the code, or Malformed (empty), TooLarge (over kBytesMax) or Storage (no memory).
[[nodiscard]] Result<QrCode> qrOf(const QString &text);

/// Two modules a character in half blocks, light on dark: with the quiet zone, lines end in '\n'.
[[nodiscard]] QString terminal(const QrCode &code);
/// A picture of one path, 1 unit a module, black on white.
[[nodiscard]] QByteArray svg(const QrCode &code);

} // namespace borg::qr
