// SPDX-License-Identifier: GPL-3.0-or-later
#include "stream.h"

#include <QtEndian>

#include <cerrno>
#include <unistd.h>

namespace borgctl {

InputStream::InputStream(int descriptor, std::function<bool()> interrupted)
    : m_descriptor(descriptor)
    , m_interrupted(std::move(interrupted))
    , m_notifier(descriptor, QSocketNotifier::Read)
{
    m_notifier.setEnabled(false);
    QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] { readSome(); });
    QObject::connect(&m_socket, &QLocalSocket::bytesWritten, &m_notifier, [this] {
        if (m_socket.bytesToWrite() < kQueuedMax && m_socket.isOpen() && !m_problem)
            m_notifier.setEnabled(true);
    });
    // The node hung up: the job's own end says why.
    QObject::connect(&m_socket, &QLocalSocket::disconnected, &m_notifier,
        [this] { m_notifier.setEnabled(false); });
}

void InputStream::start(const QString &socket, const QByteArray &token)
{
    QObject::connect(&m_socket, &QLocalSocket::connected, &m_notifier, [this, token] {
        m_socket.write(token);
        m_notifier.setEnabled(true);
    });
    m_socket.connectToServer(socket);
}

void InputStream::readSome()
{
    if (m_socket.bytesToWrite() >= kQueuedMax) {
        m_notifier.setEnabled(false); // bytesWritten() turns it on again
        return;
    }
    QByteArray bytes(4 + 256 * 1024, Qt::Uninitialized);
    const ssize_t got
        = ::read(m_descriptor, bytes.data() + 4, static_cast<std::size_t>(bytes.size() - 4));
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    const bool interrupted = m_interrupted();
    if (got > 0 && !interrupted) {
        bytes.truncate(4 + got);
        qToBigEndian(static_cast<quint32>(got), bytes.data());
        m_socket.write(bytes);
        return;
    }
    m_notifier.setEnabled(false);
    if (got < 0)
        m_problem = qt_error_string(errno);
    if (got < 0 || interrupted)
        m_socket.abort();
    else
        m_socket.write(QByteArray(4, '\0'));
    QObject::disconnect(&m_socket, &QLocalSocket::bytesWritten, &m_notifier, nullptr);
}

OutputStream::OutputStream(int descriptor)
    : m_descriptor(descriptor)
{
    m_socket.setReadBufferSize(4 * 1024 * 1024);
    QObject::connect(&m_socket, &QLocalSocket::readyRead, &m_socket, [this] { readSome(); });
}

void OutputStream::start(
    const QString &socket, const QByteArray &token, std::function<void()> failed)
{
    m_failed = std::move(failed);
    QObject::connect(
        &m_socket, &QLocalSocket::connected, &m_socket, [this, token] { m_socket.write(token); });
    m_socket.connectToServer(socket);
}

void OutputStream::readSome()
{
    while (!m_problem && !m_ended && m_socket.bytesAvailable() > 0) {
        if (m_chunkLeft == 0) {
            m_header += m_socket.read(4 - m_header.size());
            if (m_header.size() < 4)
                return;
            m_chunkLeft = qFromBigEndian<quint32>(m_header.constData());
            m_header.clear();
            m_ended = m_chunkLeft == 0;
            continue;
        }
        const QByteArray bytes = m_socket.read(std::min<qint64>(m_chunkLeft, 256 * 1024));
        m_chunkLeft -= bytes.size();
        take(bytes);
    }
}

void OutputStream::take(const QByteArray &bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t wrote = ::write(
            m_descriptor, bytes.constData() + done, static_cast<std::size_t>(bytes.size() - done));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            const bool isFull = wrote == 0 || errno == ENOSPC || errno == EDQUOT;
            m_problem = borg::Error{
                isFull ? borg::Errc::NoSpace : borg::Errc::Storage, qt_error_string(errno)};
            if (m_failed)
                m_failed();
            return;
        }
        done += wrote;
    }
}

bool OutputStream::finish()
{
    while (!m_ended && !m_problem) {
        readSome();
        if (!m_ended && !m_problem && m_socket.bytesAvailable() == 0
            && !m_socket.waitForReadyRead(2000))
            break;
    }
    return m_ended;
}

} // namespace borgctl
