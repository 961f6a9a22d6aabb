// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/rng.h>
#include <net/transport.h>

#include <optional>
#include <vector>

namespace borg::node {

/// What a network is: made once by whoever creates it, the same at every node, kept in
/// `network.json` of the data folder. Its hash is the network's id, which every message carries.
struct Genesis {
    static constexpr qsizetype kNameMax = 64;
    static constexpr qsizetype kFileBytesMax = 64 * 1024;

    QString name; ///< For people; 1 to kNameMax characters without control characters.
    bool local = false; ///< All nodes on one computer: every node is a failure domain.
    QByteArray salt; ///< 16 random bytes: two networks of one name are two networks.

    /// @return a new one, or Malformed: the name is empty, too long, or holds control characters.
    [[nodiscard]] static Result<Genesis> create(const QString &name, bool local, Rng &rng);
    /// @return what toFile() wrote, or Malformed; the detail is a sentence.
    [[nodiscard]] static Result<Genesis> fromFile(const QByteArray &bytes);
    [[nodiscard]] QByteArray toFile() const;

    /// SHA-256 of the canonical document: 64 hexadecimal digits.
    [[nodiscard]] QString id() const;

    friend bool operator==(const Genesis &, const Genesis &) = default;
};

/// Someone to join through: an address, and the id where it is known.
struct Seed {
    std::optional<NodeId> id;
    net::Endpoint endpoint;

    /// `<id>@host:port` or `host:port`.
    [[nodiscard]] QString text() const;
    /// @return the seed, or Malformed; the detail says what is wrong with it.
    [[nodiscard]] static Result<Seed> fromText(const QString &text);

    friend bool operator==(const Seed &, const Seed &) = default;
};

/// What one node gives another to join: `borg:join/<base64url>`. Holds no secret.
struct Invite {
    static constexpr QLatin1StringView kPrefix{"borg:join/"};
    static constexpr qsizetype kTextMax = 4096;
    static constexpr qsizetype kSeedsMax = 16;

    Genesis genesis;
    std::vector<Seed> seeds;

    [[nodiscard]] QString text() const;
    /// @return the invite, or Malformed or TooLarge; the detail is a sentence that says what is
    ///         wrong: cut off, altered, of another kind.
    [[nodiscard]] static Result<Invite> fromText(const QString &text);

    friend bool operator==(const Invite &, const Invite &) = default;
};

/// `host:port` or `[v6]:port`. Port 0 only where `Port::MayBeAny`.
enum class Port : quint8 { Fixed, MayBeAny };
[[nodiscard]] Result<net::Endpoint> parseEndpoint(const QString &text, Port port = Port::Fixed);
[[nodiscard]] QString endpointText(const net::Endpoint &endpoint);

} // namespace borg::node
