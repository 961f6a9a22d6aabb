// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/clock.h>

namespace borg {

/// Asks the kernel how well its clock is kept: adjtimex(2) on Linux, where a clock without a time
/// service has STA_UNSYNC, and the longest error grows until the next word of the service. Other
/// systems do not say: taken for synchronised within 1 s, which every home system's service keeps.
///
/// @return all but utcUs.
[[nodiscard]] OsTime readOsTime();

} // namespace borg
