// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <wire/message.h>

/// Words about the time.
namespace borg::tree {

/// "What time is it?" The frame's body: a number that names the question, and when it went out;
/// both are the asker's own, 8 bytes each.
struct TimeAsk {
    static constexpr std::string_view kName = "timeAsk";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const TimeAsk &, const TimeAsk &) = default;
};

/// The frame's body: that of the question, the date when it came (network time, microseconds since
/// 1970), and the sender's monotonic clock then and when the answer went out; 8 bytes each.
struct TimeSay {
    qint64 skewUs = 0; ///< To be added to the date: what the sender knows by itself.
    qint64 boundUs = 0; ///< How far the sum may be off.
    quint32 upS = 0; ///< How long the sender runs.

    static constexpr std::string_view kName = "timeSay";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("skew", &TimeSay::skewUs), field("bound", &TimeSay::boundUs),
            field("up", &TimeSay::upS)};
    }
    friend bool operator==(const TimeSay &, const TimeSay &) = default;
};

/// Heartbeat of a sender whose place is as it said last. The frame's body: its `at`, `echo` and
/// `held`, as of a State; 8 bytes each.
struct Beat {
    static constexpr std::string_view kName = "beat";
    static constexpr auto fields() { return std::tuple{}; }
    friend bool operator==(const Beat &, const Beat &) = default;
};

} // namespace borg::tree
