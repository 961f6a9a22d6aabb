// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_context.h"

#include <crypto/certificate.h>

#include <cstring>
#include <openssl/err.h>

namespace borg::net {

namespace {

constexpr std::array<QByteArrayView, kProtocolCount + 1> kAlpn{"\x0apeertree/1",
    "\x0a"
    "borgbulk/1",
    "\x0a"
    "borgseen/1"};
constexpr long kCertificateBytesMax = 4096; ///< Ours have about 300.

int readPipe(BIO *bio, char *out, int size)
{
    BIO_clear_retry_flags(bio);
    auto &pipe = *static_cast<TlsPipe *>(BIO_get_data(bio));
    if (pipe.in.empty()) {
        if (!pipe.isEnded)
            BIO_set_retry_read(bio);
        return pipe.isEnded ? 0 : -1;
    }
    const auto bytes = std::min(static_cast<std::size_t>(size), pipe.in.size());
    std::memcpy(out, pipe.in.data(), bytes);
    pipe.in = pipe.in.subspan(bytes);
    return static_cast<int>(bytes);
}

int writePipe(BIO *bio, const char *bytes, int size)
{
    BIO_clear_retry_flags(bio);
    static_cast<TlsPipe *>(BIO_get_data(bio))->out->append(bytes, size);
    return size;
}

long controlPipe(BIO *bio, int command, long, void *)
{
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_EOF: {
        const auto &pipe = *static_cast<TlsPipe *>(BIO_get_data(bio));
        return pipe.isEnded && pipe.in.empty() ? 1 : 0;
    }
    default:
        return 0;
    }
}

BIO_METHOD *makePipeMethod()
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "borg pipe");
    BORG_ASSERT(method && BIO_meth_set_read(method, readPipe)
        && BIO_meth_set_write(method, writePipe) && BIO_meth_set_ctrl(method, controlPipe));
    return method;
}

/// In place of OpenSSL's chain of certificates: the key is the identity. That the peer holds its
/// secret, the handshake itself proves.
int checkPeer(X509_STORE_CTX *store, void *)
{
    const auto *ssl = static_cast<const SSL *>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto &handshake = *static_cast<TlsHandshake *>(SSL_get_app_data(ssl));
    const auto key = crypto::keyOf(X509_STORE_CTX_get0_cert(store));
    if (key)
        handshake.found = crypto::nodeIdOf(*key);
    // What is sent includes the certificate itself. Nobody vouches for a key here: what comes
    // beside it can only be there to be parsed.
    const auto *chain = X509_STORE_CTX_get0_untrusted(store);
    const bool isAlone = !chain || sk_X509_num(chain) <= 1;
    const bool isExpected = !handshake.expected || handshake.expected == handshake.found;
    const bool isGood = key && isAlone && isExpected;
    X509_STORE_CTX_set_error(store, isGood ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
    return isGood ? 1 : 0;
}

int chooseProtocol(SSL *, const uchar **out, uchar *outSize, const uchar *in, uint inSize, void *)
{
    for (const QByteArrayView ours : kAlpn) {
        uchar *chosen = nullptr;
        if (SSL_select_next_proto(&chosen, outSize, reinterpret_cast<const uchar *>(ours.data()),
                static_cast<uint>(ours.size()), in, inSize)
            == OPENSSL_NPN_NEGOTIATED) {
            *out = chosen;
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

SSL_CTX *makeContext(const SSL_METHOD *method, const crypto::NodeKey &key)
{
    SSL_CTX *context = SSL_CTX_new(method);
    const auto certificate = crypto::selfSigned(key);
    EVP_PKEY *pair = key.openSslKey();
    BORG_ASSERT(context && certificate); // nothing of the outside goes in: only memory can fail
    BORG_ASSERT(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)
        && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION)
        && SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256")
        && SSL_CTX_set1_groups_list(context, "X25519MLKEM768:X25519")
        && SSL_CTX_set1_sigalgs_list(context, "ed25519")
        && SSL_CTX_set1_client_sigalgs_list(context, "ed25519")
        && SSL_CTX_use_certificate(context, certificate->get()) == 1
        && SSL_CTX_use_PrivateKey(context, pair) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1);
    EVP_PKEY_free(pair);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
            | SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_max_cert_list(context, kCertificateBytesMax);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(context, checkPeer, nullptr);
    return context;
}

} // namespace

TlsContext::TlsContext(const crypto::NodeKey &key)
    : m_pipeMethod(makePipeMethod())
    , m_dialling(makeContext(TLS_client_method(), key))
    , m_accepting(makeContext(TLS_server_method(), key))
{
    SSL_CTX_set_alpn_select_cb(m_accepting, chooseProtocol, nullptr);
}

TlsContext::~TlsContext()
{
    SSL_CTX_free(m_dialling);
    SSL_CTX_free(m_accepting);
    BIO_meth_free(m_pipeMethod);
}

Ssl TlsContext::dialling(Protocol protocol, TlsHandshake &handshake) const
{
    Ssl ssl = make(m_dialling, handshake);
    const QByteArrayView alpn = kAlpn.at(static_cast<std::size_t>(protocol));
    if (!ssl
        || SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const uchar *>(alpn.data()),
               static_cast<uint>(alpn.size()))
            != 0)
        return {};
    SSL_set_connect_state(ssl.get());
    return ssl;
}

Ssl TlsContext::accepting(TlsHandshake &handshake) const
{
    Ssl ssl = make(m_accepting, handshake);
    if (ssl)
        SSL_set_accept_state(ssl.get());
    return ssl;
}

Ssl TlsContext::make(SSL_CTX *context, TlsHandshake &handshake) const
{
    ERR_clear_error();
    Ssl ssl(SSL_new(context));
    BIO *bio = BIO_new(m_pipeMethod);
    if (!ssl || !bio) {
        BIO_free(bio);
        return {};
    }
    BIO_set_data(bio, &handshake.pipe);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_app_data(ssl.get(), &handshake);
    return ssl;
}

std::optional<Protocol> TlsContext::protocolOf(const SSL *ssl)
{
    const uchar *name = nullptr;
    uint size = 0;
    SSL_get0_alpn_selected(ssl, &name, &size);
    for (std::size_t at = 0; at < kAlpn.size(); ++at) {
        if (kAlpn[at].sliced(1) == QByteArrayView(name, static_cast<qsizetype>(size)))
            return static_cast<Protocol>(at);
    }
    return {};
}

} // namespace borg::net
