// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/rng.h>

#include <array>

namespace borg {

/// Chance from the kernel (getrandom), drawn 1 KiB at a time. One thread only.
class SystemRng final : public Rng {
public:
    SystemRng() = default;

    [[nodiscard]] quint32 bits() override;

private:
    std::array<quint32, 256> m_words{};
    std::size_t m_used = 256;
};

} // namespace borg
