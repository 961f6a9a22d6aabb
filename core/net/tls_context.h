// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>
#include <net/tls_endpoint.h>

#include <QByteArray>

#include <openssl/ssl.h>
#include <optional>
#include <span>

namespace borg::net {

/// Where OpenSSL reads ciphertext from and writes it to. We do the system calls: many records go
/// through one, none raises SIGPIPE, and OpenSSL's writes never block half-way.
struct TlsPipe {
    std::span<const char> in; ///< What the socket gave and OpenSSL has not read yet.
    QByteArray *out = nullptr; ///< Appended to.
    bool isEnded = false; ///< The peer sends nothing after `in`.
};

/// What a handshake finds out, and what it must find.
struct TlsHandshake {
    TlsPipe pipe;
    std::optional<NodeId> expected; ///< None: any key is welcome.
    std::optional<NodeId> found;
};

struct FreeSsl {
    void operator()(SSL *ssl) const { SSL_free(ssl); }
};
using Ssl = std::unique_ptr<SSL, FreeSsl>;

/// Beside the protocols of links: a connection that only asks where it seems to come from.
inline constexpr auto kMirror = static_cast<Protocol>(kProtocolCount);

/// The rules of all our connections, in one SSL_CTX for each direction: TLS 1.3, X25519MLKEM768
/// before X25519, Ed25519 certificates of both sides whose key is the identity, no tickets.
class TlsContext {
public:
    explicit TlsContext(const crypto::NodeKey &key);
    ~TlsContext();

    /// @param handshake outlives what is returned; does not move.
    /// @return null when memory is short.
    [[nodiscard]] Ssl dialling(Protocol protocol, TlsHandshake &handshake) const;
    [[nodiscard]] Ssl accepting(TlsHandshake &handshake) const;

    /// @return the protocol that a finished handshake agreed on; none when there was no ALPN.
    [[nodiscard]] static std::optional<Protocol> protocolOf(const SSL *ssl);

private:
    Q_DISABLE_COPY_MOVE(TlsContext)
    [[nodiscard]] Ssl make(SSL_CTX *context, TlsHandshake &handshake) const;

    BIO_METHOD *const m_pipeMethod;
    SSL_CTX *const m_dialling;
    SSL_CTX *const m_accepting;
};

} // namespace borg::net
