// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "socket.h"
#include "tls_shared.h"

#include <wire/frame_codec.h>

namespace borg::net {

/// One TLS connection, from its first packet to its last. Knows bytes and frames; who may have a
/// link with whom, its owner knows.
///
/// Owned by shared_ptr; whoever drops one gives it to TlsShared::bury().
class TlsLink final : private Poller::Handler {
public:
    /// All calls come from the event loop. The owner may end the link within each.
    class Owner {
    public:
        /// Both keys are checked, peerId() and protocol() are known. The accepting side now calls
        /// consent(), or does not.
        virtual void handshakeDone(TlsLink &link) = 0;
        /// The accepting side called consent(): the link is up. At the dialling side only.
        virtual void consentArrived(TlsLink &link) = 0;
        virtual void frameArrived(TlsLink &link, const wire::Frame &frame) = 0;
        virtual void writable(TlsLink &link, wire::FrameClass frameClass) = 0;
        /// The link is dead, its socket closed. Once, and nothing follows.
        virtual void failed(TlsLink &link, Errc why) = 0;

    protected:
        ~Owner() = default;
    };

    /// @param owner, shared outlive this object.
    /// @param protocol, expected are for outbound ones; no id = whoever answers.
    TlsLink(TlsShared &shared, Owner &owner, Direction direction,
        Protocol protocol = Protocol::Tree, std::optional<NodeId> expected = {});
    ~TlsLink();

    /// Begins the handshake over a connection that was accepted.
    void accept(Socket socket, const Address &from);
    /// Connects to the first address that answers, then begins the handshake. Fails through Owner.
    void connect(std::vector<Address> addresses);
    /// The same from that port, one of TlsMirror::sparePort(); 0: any. Before connect().
    void comeFrom(quint16 port) { m_fromPort = port; }
    /// The peer connects to us from a port of its own at the same time: what is refused is tried
    /// again up to the deadline, and of two that both connected, only one may open the handshake.
    /// Before connect().  @param yields the peer opens it, unless it says nothing.
    void meet(bool yields);
    void setOwner(Owner &owner) { m_owner = &owner; }
    void setEndpoint(const Endpoint &endpoint) { m_stats.endpoint = endpoint; }
    /// Fails with Timeout after `span`; replaces an earlier one.
    void setDeadline(Ticks span);

    /// The accepting side agrees: from here on frames flow.  @pre handshakeDone()
    void consent();
    /// As Transport::send().  @pre isUp()
    Result<Done> send(const wire::Frame &frame);
    /// Writes what is queued, says goodbye, waits for the other side's end. Ends in failed().
    void close();
    /// Ends at once, without a word to the owner.
    void abort();

    /// Called by TlsShared.
    void flush();

    [[nodiscard]] bool isUp() const { return m_state == State::Up; }
    [[nodiscard]] bool isDead() const { return m_state == State::Dead; }
    /// @return whether TCP has not got through yet.
    [[nodiscard]] bool isConnecting() const { return m_state <= State::Connecting; }
    [[nodiscard]] bool isMeeting() const { return m_isMeeting; }
    /// Where the connection comes from, or goes to, as the system sees it.
    [[nodiscard]] Endpoint remote() const { return m_socket.peerAddress().endpoint(); }
    /// @pre after handshakeDone()
    [[nodiscard]] const NodeId &peerId() const { return *m_handshake.found; }
    [[nodiscard]] const std::optional<NodeId> &expectedId() const { return m_handshake.expected; }
    [[nodiscard]] const Endpoint &endpoint() const { return m_stats.endpoint; }
    [[nodiscard]] quint64 site() const { return m_site; }
    [[nodiscard]] Protocol protocol() const { return m_protocol; }
    [[nodiscard]] Direction direction() const { return m_stats.direction; }
    [[nodiscard]] LinkStats stats() const;

private:
    enum class State : quint8 {
        Idle,
        Connecting, ///< TCP.
        Yielding, ///< TCP is done; the peer shall speak first.
        Handshaking, ///< TLS.
        Agreeing, ///< The key is known, the accepting side has not consented.
        Up,
        Closing, ///< By close(): last bytes out, what comes in is dropped.
        Dead,
    };

    void ready(bool isReadable, bool isWritable) override;
    void connectNext();
    void connectAgain();
    void connected();
    void open();
    void answer();
    void start(Ssl ssl);
    void receive();
    void handshake();
    void decrypt();
    void takePlain(QByteArrayView bytes);
    Errc verdict(int result);
    [[nodiscard]] bool encryptSome();
    /// Sends what OpenSSL wrote, keeps what the socket does not take. @return false: it is broken.
    bool drain();
    void sendBacklog();
    void tellWritable();
    void sayGoodbye();
    void markDirty();
    void countQueued(qsizetype before);
    void fail(Errc why);
    void release();

    /// Records encrypted before a system call: little while the socket is slow, so that what is
    /// urgent waits behind little.
    static constexpr qsizetype kBurstBytesMin = 16 * 1024;
    static constexpr qsizetype kFlushBytesMax = 1024 * 1024; ///< In one turn of the loop.
    /// Ciphertext that OpenSSL made on its own account (answers to key updates) ends the link here.
    static constexpr qsizetype kBacklogBytesMax = 512 * 1024;

    TlsShared &m_shared;
    Owner *m_owner;
    TlsHandshake m_handshake; ///< Before m_ssl, which points to it.
    Socket m_socket;
    Ssl m_ssl;
    wire::FrameWriter m_writer;
    wire::FrameReader m_reader;
    QByteArray m_backlog; ///< Ciphertext that the socket did not take.
    qsizetype m_backlogSent = 0;
    qsizetype m_burstBytes = 2 * kBurstBytesMin;
    std::vector<Address> m_addresses; ///< Not tried yet.
    std::vector<Address> m_tried; ///< When meeting: to be tried again.
    LinkStats m_stats;
    Clock::TimerId m_deadline = Clock::TimerId::None;
    Clock::TimerId m_nextAddress = Clock::TimerId::None; ///< And whatever else TCP waits for.
    quint64 m_site = 0;
    State m_state = State::Idle;
    Protocol m_protocol = Protocol::Tree;
    quint16 m_fromPort = 0;
    bool m_isMeeting = false;
    bool m_yields = false;
    bool m_owesConsent = false;
    bool m_isDirty = false;
    bool m_saidGoodbye = false;
};

} // namespace borg::net
