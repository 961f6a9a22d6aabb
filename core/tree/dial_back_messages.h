// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <wire/message.h>

/// Words of `DialBack`, in the catalogue of messages.h.
namespace borg::tree {

/// "Dial me over a fresh connection, at the address you see me at."
struct DialMe {
    quint32 port = 0;

    static constexpr std::string_view kName = "dialMe";
    static constexpr auto fields() { return std::tuple{wire::field("port", &DialMe::port)}; }
    friend bool operator==(const DialMe &, const DialMe &) = default;
};

/// Answer to dialMe.
struct DialedYou {
    QString host; ///< The address that the sender sees the receiver at.
    quint32 port = 0;
    QString result; ///< reached, refused, timeout, other (another key answered), busy.

    static constexpr std::string_view kName = "dialedYou";
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("host", &DialedYou::host, 253), field("port", &DialedYou::port),
            field("result", &DialedYou::result, 16)};
    }
    friend bool operator==(const DialedYou &, const DialedYou &) = default;
};

} // namespace borg::tree
