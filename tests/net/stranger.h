// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls_test_kit.h"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace borg::net::test {

inline constexpr const char *kTree = "\x0apeertree/1";

/// A plain socket of somebody who does not play by the rules.
struct Stranger {
    explicit Stranger(quint16 port)
        : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        BORG_ASSERT(::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
    }
    Stranger(Stranger &&other) noexcept
        : fd(std::exchange(other.fd, -1))
    {
    }
    ~Stranger()
    {
        if (fd >= 0)
            ::close(fd);
    }
    Stranger &operator=(Stranger &&) = delete;

    /// @return whether the other side ended the connection.
    [[nodiscard]] bool isCut() const
    {
        char byte = 0;
        const auto got = ::recv(fd, &byte, 1, MSG_PEEK);
        if (got == 1) {
            std::array<char, 4096> rest;
            while (::recv(fd, rest.data(), rest.size(), 0) > 0) { }
            return isCut();
        }
        return got == 0 || errno == ECONNRESET;
    }

    int fd;
};

/// A port that somebody listens on who is no node.
struct Listening {
    Listening()
        : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto *raw = reinterpret_cast<sockaddr *>(&address);
        BORG_ASSERT(::bind(fd, raw, size) == 0 && ::listen(fd, 5) == 0);
        ::getsockname(fd, raw, &size);
        endpoint = {kHost, ntohs(address.sin_port)};
    }
    ~Listening() { ::close(fd); }
    Q_DISABLE_COPY_MOVE(Listening)

    int fd;
    Endpoint endpoint;
};

struct FreeContext {
    void operator()(SSL_CTX *context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
    void operator()(SSL *ssl) const { SSL_free(ssl); }
};

/// OpenSSL as others use it, over a Stranger's socket.
struct PlainTls {
    PlainTls(quint16 port, const char *alpn, const crypto::NodeKey *key)
        : stranger(port)
        , context(SSL_CTX_new(TLS_client_method()))
    {
        if (key) {
            EVP_PKEY *pair = key->openSslKey();
            SSL_CTX_use_PrivateKey(context.get(), pair);
            std::unique_ptr<X509, decltype([](X509 *x) { X509_free(x); })> x509(X509_new());
            X509_set_pubkey(x509.get(), pair);
            X509_gmtime_adj(X509_getm_notBefore(x509.get()), 0);
            X509_gmtime_adj(X509_getm_notAfter(x509.get()), 1000);
            X509_sign(x509.get(), pair, nullptr);
            SSL_CTX_use_certificate(context.get(), x509.get());
            EVP_PKEY_free(pair);
        }
        ssl.reset(SSL_new(context.get()));
        if (alpn)
            SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const uchar *>(alpn),
                static_cast<uint>(std::strlen(alpn)));
        SSL_set_fd(ssl.get(), stranger.fd);
        SSL_set_connect_state(ssl.get());
    }
    /// @return whether the handshake is done, as far as this side can see.
    bool shake()
    {
        QTest::qWait(1);
        return SSL_do_handshake(ssl.get()) == 1;
    }
    /// @return whether the byte arrived with which the other side agrees to the link.
    bool isWelcome()
    {
        std::array<char, 100> bytes;
        const int got = SSL_read(ssl.get(), bytes.data(), 100);
        if (got > 0)
            heard.append(bytes.data(), got);
        return heard == "\1";
    }

    QByteArray heard;
    Stranger stranger;
    std::unique_ptr<SSL_CTX, FreeContext> context;
    std::unique_ptr<SSL, FreeSsl> ssl;
};

} // namespace borg::net::test
