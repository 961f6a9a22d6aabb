// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

#include <algorithm>
#include <array>
#include <cstddef>

namespace borg::tree {

/// Checks what the parent says of its way to the root. What the root broadcasts is signed with its
/// date: a message that was under way for longer than the whole way shall take proves nothing, but
/// when even the quickest of several did, the parent claims too little.
class RootWatch {
public:
    static constexpr std::size_t kMessages = 6;
    static constexpr qint64 kSlackUs = 30'000; ///< For the work of the hops: then it is corrected,
    static constexpr qint64 kChargeUs = 100'000; ///< and the parent is charged.
    static constexpr qint64 kBoundMaxUs = 1'000'000; ///< Worse clocks prove nothing.

    /// There is another parent.
    void reset() { *this = {}; }
    /// @param tookUs from the root to us by both clocks, each off by `boundUs` at most (0: unknown)
    /// @param claimedUs what it should take, by the parent's word
    /// @return whether the parent has to answer for its claim: once for each parent.
    bool heard(qint64 tookUs, qint64 boundUs, qint64 claimedUs);
    /// @return what the way takes at least, where the parent is not believed; else 0.
    [[nodiscard]] quint32 leastUs() const { return m_leastUs; }

private:
    std::array<qint64, kMessages> m_took{};
    std::size_t m_count = 0;
    quint32 m_leastUs = 0;
    bool m_isCharged = false;
};

} // namespace borg::tree
