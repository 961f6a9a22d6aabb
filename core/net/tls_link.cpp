// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_link.h"

#include <cerrno>
#include <openssl/err.h>

namespace borg::net {

namespace {
constexpr char kConsent = 1;
constexpr Ticks kNextAddressAfter = std::chrono::milliseconds(1500);
/// For a router that answers instead of the peer, whose own packet has not left it yet. Not the
/// same on both sides, or they could miss each other every time by as much.
constexpr Ticks kMeetAgainAfter = std::chrono::milliseconds(200);
constexpr Ticks kYieldingMeetAgainAfter = std::chrono::milliseconds(170);

/// @return what a peer meant that ended the handshake with this alert.
Errc meaningOf(int alert)
{
    switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
        return Errc::Unauthorized;
    default:
        return Errc::Malformed;
    }
}

/// @return whether this reason of OpenSSL's means that the peer showed no good certificate, or not
///         that it holds its key.
bool isAboutCertificate(int reason)
{
    switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    case SSL_R_NO_CERTIFICATES_RETURNED:
    case ERR_R_ASN1_LIB:
    case ERR_R_X509_LIB:
    case SSL_R_BAD_SIGNATURE:
    case SSL_R_WRONG_SIGNATURE_TYPE:
    case SSL_R_WRONG_CERTIFICATE_TYPE:
    case SSL_R_UNKNOWN_CERTIFICATE_TYPE:
    case SSL_R_UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS:
    case SSL_R_CERT_LENGTH_MISMATCH:
    case SSL_R_EXCESSIVE_MESSAGE_SIZE:
        return true;
    default:
        return false;
    }
}
} // namespace

TlsLink::TlsLink(TlsShared &shared, Owner &owner, Direction direction, Protocol protocol,
    std::optional<NodeId> expected)
    : m_shared(shared)
    , m_owner(&owner)
    , m_protocol(protocol)
{
    m_handshake.expected = expected;
    m_stats.direction = direction;
    m_handshake.pipe.out = &shared.sent;
}

TlsLink::~TlsLink()
{
    release();
}

void TlsLink::accept(Socket socket, const Address &from)
{
    m_socket = std::move(socket);
    m_site = from.site();
    m_stats.endpoint = {from.endpoint().host, 0};
    m_state = State::Handshaking;
    if (!m_shared.poller.add(m_socket.descriptor(), *this, Poller::Wants::Read))
        return fail(Errc::Storage);
    m_socket.tune(m_shared.options.tcpTimeout);
    start(m_shared.context.accepting(m_handshake));
}

void TlsLink::connect(std::vector<Address> addresses)
{
    m_addresses = std::move(addresses);
    m_state = State::Connecting;
    connectNext();
}

void TlsLink::meet(bool yields)
{
    m_isMeeting = true;
    m_yields = yields;
}

void TlsLink::connectNext()
{
    m_shared.clock.cancel(m_nextAddress);
    for (;;) {
        if (m_socket.isOpen())
            m_shared.poller.remove(m_socket.descriptor(), *this);
        m_socket.close(); // before the next: it may want the same two ends
        if (m_addresses.empty())
            return m_isMeeting ? connectAgain() : fail(Errc::Unreachable);
        auto socket = m_fromPort == 0
            ? Socket::connectTo(m_addresses.front())
            : Socket::connectTo(m_addresses.front(), m_shared.local.withPort(m_fromPort));
        if (m_isMeeting)
            m_tried.push_back(m_addresses.front());
        m_addresses.erase(m_addresses.begin());
        if (!socket)
            continue;
        m_socket = *std::move(socket);
        if (m_shared.poller.add(m_socket.descriptor(), *this, Poller::Wants::Write))
            break;
    }
    if (!m_addresses.empty()) // one that swallows our packets does not use up the whole deadline
        m_nextAddress = m_shared.clock.after(kNextAddressAfter, [this] { connectNext(); });
}

void TlsLink::connectAgain()
{
    if (m_tried.empty()) // nothing that could be tried
        return fail(Errc::Unreachable);
    const Ticks pause = m_yields ? kYieldingMeetAgainAfter : kMeetAgainAfter;
    m_nextAddress = m_shared.clock.after(pause, [this] {
        m_addresses = std::exchange(m_tried, {});
        connectNext();
    });
}

void TlsLink::connected()
{
    if (m_socket.takeError() != 0)
        return connectNext();
    m_shared.clock.cancel(m_nextAddress);
    m_socket.tune(m_shared.options.tcpTimeout);
    m_shared.poller.change(m_socket.descriptor(), *this, Poller::Wants::Read);
    if (!m_yields)
        return open();
    // Either the peer connected as well, and opens; or its listening socket took us, and waits.
    m_state = State::Yielding;
    m_nextAddress = m_shared.clock.after(m_shared.options.yieldFor, [this] { open(); });
}

void TlsLink::answer()
{
    m_shared.clock.cancel(m_nextAddress);
    m_stats.direction = Direction::Inbound;
    m_stats.endpoint.port = 0;
    m_state = State::Handshaking;
    start(m_shared.context.accepting(m_handshake));
}

void TlsLink::open()
{
    m_state = State::Handshaking;
    start(m_shared.context.dialling(m_protocol, m_handshake));
    if (isDead())
        return;
    handshake();
    if (!drain())
        fail(Errc::Unreachable);
}

void TlsLink::start(Ssl ssl)
{
    m_ssl = std::move(ssl);
    if (!m_ssl)
        fail(Errc::Storage);
}

void TlsLink::setDeadline(Ticks span)
{
    m_shared.clock.cancel(m_deadline);
    m_deadline = m_shared.clock.after(span, [this] { fail(Errc::Timeout); });
}

void TlsLink::ready(bool isReadable, bool isWritable)
{
    if (m_state == State::Connecting)
        return connected();
    if (m_state == State::Yielding)
        answer();
    if (isReadable && !isDead())
        receive();
    if (isWritable && !isDead() && !m_backlog.isEmpty())
        sendBacklog();
}

void TlsLink::receive()
{
    // One call, as much as the buffer holds: the kernel tells again when there is more, and other
    // links have their turn before.
    auto &buffer = m_shared.received;
    const auto got = ::recv(m_socket.descriptor(), buffer.data(), buffer.size(), 0);
    if (got < 0) {
        if (errno != EAGAIN && errno != EINTR)
            fail(Errc::Unreachable);
        return;
    }
    m_stats.bytesIn += static_cast<quint64>(got);
    m_shared.totals.bytesIn += static_cast<quint64>(got);
    if (m_state == State::Closing) { // what still comes is dropped, up to the end
        if (got == 0)
            fail(Errc::Closed);
        return;
    }
    m_handshake.pipe.in = std::span(buffer).first(static_cast<std::size_t>(got));
    m_handshake.pipe.isEnded = got == 0;
    if (m_state == State::Handshaking)
        handshake();
    if (m_state == State::Agreeing || m_state == State::Up)
        decrypt();
    m_handshake.pipe.in = {};
    if (!drain()) // OpenSSL may have had something to answer
        fail(Errc::Unreachable);
}

void TlsLink::handshake()
{
    ERR_clear_error();
    const int result = SSL_do_handshake(m_ssl.get());
    if (result != 1) {
        if (SSL_get_error(m_ssl.get(), result) != SSL_ERROR_WANT_READ)
            fail(verdict(result));
        return;
    }
    const auto protocol = TlsContext::protocolOf(m_ssl.get());
    const bool isExpected = protocol && m_handshake.found
        && ((direction() == Direction::Inbound && !m_isMeeting) || protocol == m_protocol);
    if (!isExpected)
        return fail(Errc::Malformed);
    m_protocol = *protocol;
    m_state = State::Agreeing;
    ++m_shared.totals.authenticated;
    // Before the last flight leaves: what the owner refuses never hears that we were ready.
    m_owner->handshakeDone(*this);
}

Errc TlsLink::verdict(int result)
{
    const int kind = SSL_get_error(m_ssl.get(), result);
    const auto error = ERR_peek_last_error();
    const int reason = ERR_GET_REASON(error);
    drain(); // the alert that says why; if the peer is gone, it is gone
    if (kind == SSL_ERROR_ZERO_RETURN)
        return Errc::Closed;
    if (ERR_GET_LIB(error) == ERR_LIB_SSL && isAboutCertificate(reason))
        return Errc::Unauthorized;
    if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET)
        return meaningOf(reason - SSL_AD_REASON_OFFSET);
    const bool isEnd = m_handshake.pipe.isEnded && m_handshake.pipe.in.empty();
    return isEnd ? Errc::Unreachable : Errc::Malformed;
}

void TlsLink::decrypt()
{
    auto &plain = m_shared.plain;
    while (m_state == State::Agreeing || m_state == State::Up) {
        ERR_clear_error();
        const int got = SSL_read(m_ssl.get(), plain.data(), static_cast<int>(plain.size()));
        if (got <= 0) {
            if (SSL_get_error(m_ssl.get(), got) != SSL_ERROR_WANT_READ)
                fail(verdict(got));
            return;
        }
        takePlain({plain.data(), got});
        // To ask once more and hear "nothing" costs as much as to decrypt a short record.
        if (m_handshake.pipe.in.empty() && !isDead() && !SSL_has_pending(m_ssl.get()))
            return;
    }
}

void TlsLink::takePlain(QByteArrayView bytes)
{
    if (m_state == State::Agreeing) {
        if (direction() == Direction::Inbound || bytes.front() != kConsent) {
            return fail(Errc::Malformed); // nobody asked it to speak
        }
        bytes = bytes.sliced(1);
        m_state = State::Up;
        m_stats.upSince = m_shared.clock.now();
        m_shared.clock.cancel(m_deadline);
        m_owner->consentArrived(*this);
    }
    while (!bytes.isEmpty() && m_state == State::Up) {
        const auto frame = m_reader.next(bytes);
        if (!frame)
            return fail(Errc::Malformed);
        if (!*frame)
            return;
        ++m_stats.framesIn;
        m_owner->frameArrived(*this, **frame);
    }
}

void TlsLink::consent()
{
    BORG_ASSERT(m_state == State::Agreeing && direction() == Direction::Inbound);
    m_state = State::Up;
    m_stats.upSince = m_shared.clock.now();
    m_shared.clock.cancel(m_deadline);
    m_owesConsent = true;
    markDirty();
}

Result<Done> TlsLink::send(const wire::Frame &frame)
{
    const bool isOver = m_shared.outgoingBytes > m_shared.options.outgoingBytesMax;
    if (isOver && !m_writer.isEmpty()) { // an empty queue takes one: its end calls writable()
        m_writer.refuse(frame);
        return Error{Errc::Busy, {}};
    }
    const qsizetype before = m_writer.queuedBytes();
    auto queued = m_writer.push(frame);
    countQueued(before);
    if (queued)
        markDirty();
    return queued;
}

void TlsLink::markDirty()
{
    if (!std::exchange(m_isDirty, true))
        m_shared.flushSoon(*this);
}

void TlsLink::countQueued(qsizetype before)
{
    m_shared.outgoingBytes += m_writer.queuedBytes() - before;
}

void TlsLink::flush()
{
    m_isDirty = false;
    if (m_state != State::Up && m_state != State::Closing)
        return;
    qsizetype left = kFlushBytesMax;
    while (m_backlog.isEmpty() && (m_owesConsent || !m_writer.isEmpty()) && left > 0) {
        left -= m_burstBytes;
        const qsizetype before = m_writer.queuedBytes();
        const bool isGood = encryptSome() && drain();
        countQueued(before);
        if (!isGood)
            return fail(Errc::Unreachable);
        tellWritable();
        if (isDead())
            return;
    }
    if (!m_backlog.isEmpty())
        return; // goes on when the socket is writable
    if (!m_writer.isEmpty())
        markDirty();
    else if (m_state == State::Closing)
        sayGoodbye();
}

bool TlsLink::encryptSome()
{
    // The pipe takes everything, so a record is written whole or the connection is broken.
    auto &plain = m_shared.plain;
    ERR_clear_error();
    if (std::exchange(m_owesConsent, false) && SSL_write(m_ssl.get(), &kConsent, 1) != 1)
        return false;
    while (m_shared.sent.size() < m_burstBytes) {
        const qsizetype bytes = m_writer.fill(plain);
        if (bytes == 0)
            break;
        if (SSL_write(m_ssl.get(), plain.data(), static_cast<int>(bytes)) != bytes)
            return false;
    }
    return true;
}

bool TlsLink::drain()
{
    QByteArray &sent = m_shared.sent;
    if (isDead() || sent.isEmpty()) {
        sent.resize(0);
        return !isDead();
    }
    qsizetype taken = 0;
    while (m_backlog.isEmpty() && taken < sent.size()) {
        const auto bytes = ::send(m_socket.descriptor(), sent.constData() + taken,
            static_cast<std::size_t>(sent.size() - taken), MSG_NOSIGNAL);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0 && errno != EAGAIN) {
            sent.resize(0);
            return false;
        }
        if (bytes < 0)
            break;
        taken += bytes;
    }
    m_stats.bytesOut += static_cast<quint64>(taken);
    m_shared.totals.bytesOut += static_cast<quint64>(taken);
    if (taken == sent.size()) {
        m_burstBytes = std::min(2 * m_burstBytes, TlsShared::kBufferBytes);
    } else {
        m_burstBytes = kBurstBytesMin;
        if (m_backlog.isEmpty())
            m_shared.poller.change(m_socket.descriptor(), *this, Poller::Wants::Both);
        m_backlog.append(sent.constData() + taken, sent.size() - taken);
    }
    sent.resize(0);
    return m_backlog.size() - m_backlogSent <= kBacklogBytesMax;
}

void TlsLink::sendBacklog()
{
    while (m_backlogSent < m_backlog.size()) {
        const auto bytes = ::send(m_socket.descriptor(), m_backlog.constData() + m_backlogSent,
            static_cast<std::size_t>(m_backlog.size() - m_backlogSent), MSG_NOSIGNAL);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0 && errno != EAGAIN)
            return fail(Errc::Unreachable);
        if (bytes < 0)
            return;
        m_backlogSent += bytes;
        m_stats.bytesOut += static_cast<quint64>(bytes);
        m_shared.totals.bytesOut += static_cast<quint64>(bytes);
    }
    m_backlog = {};
    m_backlogSent = 0;
    m_shared.poller.change(m_socket.descriptor(), *this, Poller::Wants::Read);
    flush();
}

void TlsLink::tellWritable()
{
    while (m_state == State::Up) {
        const auto frameClass = m_writer.takeWritable();
        if (!frameClass)
            return;
        m_owner->writable(*this, *frameClass);
    }
}

void TlsLink::close()
{
    if (m_state != State::Up)
        return fail(Errc::Closed);
    m_state = State::Closing;
    setDeadline(m_shared.options.closeDeadline);
    markDirty();
}

void TlsLink::sayGoodbye()
{
    if (!std::exchange(m_saidGoodbye, true)) {
        ERR_clear_error();
        SSL_shutdown(m_ssl.get());
        if (!drain())
            return fail(Errc::Unreachable);
    }
    if (m_backlog.isEmpty())
        ::shutdown(m_socket.descriptor(), SHUT_WR);
}

void TlsLink::abort()
{
    m_state = State::Dead;
    release();
}

void TlsLink::fail(Errc why)
{
    if (isDead())
        return;
    abort();
    m_owner->failed(*this, why);
}

void TlsLink::release()
{
    m_shared.clock.cancel(m_deadline);
    m_shared.clock.cancel(m_nextAddress);
    m_shared.outgoingBytes -= std::exchange(m_writer, {}).queuedBytes();
    if (m_socket.isOpen())
        m_shared.poller.remove(m_socket.descriptor(), *this);
    m_socket.close();
    m_backlog = {};
}

LinkStats TlsLink::stats() const
{
    LinkStats stats = m_stats;
    stats.framesOut = m_writer.framesWritten();
    stats.queuedBytes = m_writer.queuedBytes();
    stats.rtt = m_socket.rtt();
    return stats;
}

} // namespace borg::net
