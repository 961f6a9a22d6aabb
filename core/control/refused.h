// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <wire/message.h>

namespace borg::control {

/// Inbound connections that never became links, by what was wrong with them.
struct Refused {
    qint64 wrongCertificate = 0;
    qint64 wrongProtocol = 0;
    qint64 slowHandshake = 0;
    qint64 tooMany = 0;
    qint64 vanished = 0;
    qint64 waiting = 0;
    static constexpr auto fields()
    {
        using wire::field;
        return std::tuple{field("wrongCertificate", &Refused::wrongCertificate,
                              "No certificate, more than one, not an Ed25519 key, or not its own."),
            field("wrongProtocol", &Refused::wrongProtocol,
                "Not TLS 1.3, none of our protocols, or no TLS at all."),
            field("slowHandshake", &Refused::slowHandshake, "Not done at the deadline."),
            field("tooMany", &Refused::tooMany, "Made room for others, or there were enough."),
            field("vanished", &Refused::vanished, "Closed before it said who it is."),
            field("waiting", &Refused::waiting, "In their handshake now; no refusal yet.")};
    }
    friend bool operator==(const Refused &, const Refused &) = default;
};

} // namespace borg::control
