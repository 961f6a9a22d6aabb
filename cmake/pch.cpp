// SPDX-License-Identifier: GPL-3.0-or-later
// Carries the precompiled header that the other targets reuse.
namespace borg::detail {
extern const int kPchAnchor;
const int kPchAnchor = 0;
} // namespace borg::detail
