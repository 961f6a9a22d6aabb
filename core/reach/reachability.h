// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <net/transport.h>

#include <optional>
#include <vector>

/// Whether other nodes can dial this one, how we know, and what would help.
namespace borg::reach {

enum class State : quint8 {
    Unknown, ///< Not looked at yet, or nobody could be asked.
    Local, ///< A network on one computer: nothing to find out.
    Lan, ///< Only nodes of the local network were met.
    Public, ///< Others dialled us at an address that this computer has.
    Mapped, ///< Others dialled us through a port of the router.
    Punchable, ///< Not dialled, but the router keeps ports: others get in with help.
    RelayOnly, ///< Others cannot dial us: they carry to us.
};

/// @return the word of the control API: unknown, local, lan, public, mapped, punchable, relayed.
[[nodiscard]] QString name(State state);

/// Something that was looked at.
struct Finding {
    QString name;
    bool ok = false;
    QString detail; ///< One sentence: what was found, in the router's own words where it erred.
    QString advice; ///< One sentence: what to do; empty when ok.

    friend bool operator==(const Finding &, const Finding &) = default;
};

/// What one peer said that dialled us on our request.
struct DialBackAnswer {
    NodeId helper;
    net::Endpoint seen; ///< The address it sees us at.
    QString result; ///< reached, refused, timeout, other, busy, silent.

    friend bool operator==(const DialBackAnswer &, const DialBackAnswer &) = default;
};

/// All that is known, as a value: for the control API and `doctor`.
struct Reachability {
    State state = State::Unknown;
    std::optional<net::Endpoint> external; ///< Where others dial us; none when nobody can.
    QString mappedBy; ///< upnp, nat-pmp, or empty.
    QString seenAt; ///< The address that peers see us at; empty when none said.
    bool isDoubleNat = false; ///< The router's own address is not the one that peers see.
    std::vector<DialBackAnswer> dialBack; ///< Of the last check.
    qint64 checkedUtcMs = 0; ///< 0: never.
    qint64 lanPeers = 0; ///< Nodes of this network heard in the local network lately.
    QString reason; ///< One sentence: why this state.
    std::vector<Finding> findings;

    friend bool operator==(const Reachability &, const Reachability &) = default;
};

} // namespace borg::reach
