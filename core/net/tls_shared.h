// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "poller.h"
#include "socket.h"
#include "tls_context.h"

#include <base/clock.h>

#include <memory>
#include <vector>

namespace borg::net {

class TlsLink;

/// What all links of one endpoint share. Buffers hold bytes only within one call, so a link that
/// is idle owns none.
class TlsShared {
public:
    static constexpr qsizetype kBufferBytes = 128 * 1024;
    static constexpr qsizetype kRecordBytes = 16 * 1024; ///< Of plaintext in one TLS record.

    TlsShared(Clock &clock, const crypto::NodeKey &key, TlsOptions options);
    ~TlsShared();

    /// The link has something to write: once in this turn of the loop, with whatever else comes.
    void flushSoon(TlsLink &link);
    /// Writes what links have to write; when the loop calls us, and not from a Transport's call.
    void flush();
    /// Forgets the link now and frees it when nobody on the stack can be inside it.
    void bury(std::shared_ptr<TlsLink> link);

    Clock &clock;
    const TlsOptions options;
    const NodeId self;
    const TlsContext context;
    Poller poller;
    EndpointStats totals;
    Address local; ///< Where we listen, or any address: other ports of ours are there too.
    qint64 outgoingBytes = 0; ///< Queued over all links.
    std::array<char, kBufferBytes> received; ///< From the socket, not decrypted yet.
    std::array<char, kRecordBytes> plain;
    QByteArray sent; ///< Encrypted, for the socket.

private:
    Q_DISABLE_COPY_MOVE(TlsShared)

    std::vector<TlsLink *> m_dirty;
    std::vector<std::shared_ptr<TlsLink>> m_buried;
    Clock::TimerId m_flushTimer = Clock::TimerId::None;
    Clock::TimerId m_buryTimer = Clock::TimerId::None;
};

} // namespace borg::net
