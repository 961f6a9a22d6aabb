// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <time/net_time.h>

/// What a person is told of the time. English, as everything that borgd says.
namespace borg::node {

/// @return "local", "synced" or "holdover".
[[nodiscard]] QString nameOf(time::State state);
/// @return one line for the log.
[[nodiscard]] QString describe(const time::Status &status);
/// @return what is wrong and what to do, or an empty text.
[[nodiscard]] QString warningOf(const time::Status &status);
/// "3 ms", "2.5 s", "4 min", "1 h 5 min", "365 days".
[[nodiscard]] QString spanText(qint64 us);

} // namespace borg::node
