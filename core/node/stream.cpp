// SPDX-License-Identifier: GPL-3.0-or-later
#include "stream.h"

#include <QFile>
#include <QLocalServer>
#include <QSocketNotifier>
#include <QtEndian>

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace borg::node {

using namespace Qt::Literals::StringLiterals;

namespace {

const Error kSenderGone{Errc::Closed, u"The sender went away before the end."_s};
const Error kReceiverGone{Errc::Closed, u"The receiver went away before the end."_s};

/// @return whether all `bytes` came.
bool receiveAll(int descriptor, char *to, qsizetype bytes)
{
    while (bytes > 0) {
        const ssize_t got = ::recv(descriptor, to, static_cast<std::size_t>(bytes), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        bytes -= got;
    }
    return true;
}

bool sendAll(int descriptor, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t sent = ::send(
            descriptor, bytes.data(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes = bytes.sliced(sent);
    }
    return true;
}

class ChunkSource final : public store::Source {
public:
    explicit ChunkSource(std::shared_ptr<StreamSocket> socket)
        : m_socket(std::move(socket))
    {
    }
    Result<Done> open() override { return Done{}; }
    [[nodiscard]] qint64 sizeBytes() const override { return -1; }
    [[nodiscard]] QString fingerprint() const override { return {}; }

    Result<QByteArray> read(qsizetype wanted) override
    {
        QByteArray bytes(wanted, Qt::Uninitialized);
        qsizetype have = 0;
        while (have < wanted && !m_ended) {
            if (m_chunkLeft == 0) {
                quint32 header = 0;
                if (!receiveAll(m_socket->descriptor(), reinterpret_cast<char *>(&header), 4))
                    return kSenderGone;
                m_chunkLeft = qFromBigEndian(header);
                m_ended = m_chunkLeft == 0;
                if (m_chunkLeft > StreamSocket::kChunkBytesMax)
                    return Error{Errc::TooLarge, u"A piece of the stream is too large."_s};
                continue;
            }
            const qsizetype part = std::min<qsizetype>(wanted - have, m_chunkLeft);
            if (!receiveAll(m_socket->descriptor(), bytes.data() + have, part))
                return kSenderGone;
            have += part;
            m_chunkLeft -= static_cast<quint32>(part);
        }
        bytes.truncate(have);
        return bytes;
    }

private:
    const std::shared_ptr<StreamSocket> m_socket;
    quint32 m_chunkLeft = 0;
    bool m_ended = false;
};

class ChunkSink final : public store::Sink {
public:
    explicit ChunkSink(std::shared_ptr<StreamSocket> socket)
        : m_socket(std::move(socket))
    {
    }
    Result<Done> open() override { return Done{}; }
    Result<Done> write(QByteArrayView bytes) override
    {
        while (!bytes.isEmpty()) {
            const auto part
                = bytes.first(std::min<qsizetype>(bytes.size(), StreamSocket::kChunkBytesMax));
            const quint32 header = qToBigEndian(static_cast<quint32>(part.size()));
            if (!sendAll(m_socket->descriptor(), {reinterpret_cast<const char *>(&header), 4})
                || !sendAll(m_socket->descriptor(), part))
                return kReceiverGone;
            bytes = bytes.sliced(part.size());
        }
        return Done{};
    }
    Result<Done> commit() override
    {
        constexpr std::array<char, 4> kEnd{};
        if (!sendAll(m_socket->descriptor(), {kEnd.data(), 4}))
            return kReceiverGone;
        return Done{};
    }
    void discard() override { m_socket->abort(); }

private:
    const std::shared_ptr<StreamSocket> m_socket;
};

} // namespace

StreamSocket::~StreamSocket()
{
    ::close(m_descriptor);
}

void StreamSocket::abort()
{
    ::shutdown(m_descriptor, SHUT_RDWR);
}

std::shared_ptr<store::Source> chunkSource(std::shared_ptr<StreamSocket> socket)
{
    return std::make_shared<ChunkSource>(std::move(socket));
}

std::shared_ptr<store::Sink> chunkSink(std::shared_ptr<StreamSocket> socket)
{
    return std::make_shared<ChunkSink>(std::move(socket));
}

/// QLocalServer without its sockets: the bytes are read by blocking calls of the executor.
class StreamDoor::Listener final : public QLocalServer {
public:
    explicit Listener(StreamDoor &door)
        : m_door(door)
    {
    }

protected:
    void incomingConnection(quintptr descriptor) override
    {
        m_door.accept(static_cast<int>(descriptor));
    }

private:
    StreamDoor &m_door;
};

StreamDoor::StreamDoor(Clock &clock)
    : m_clock(clock)
{
}

StreamDoor::~StreamDoor()
{
    close();
}

Result<Done> StreamDoor::listen(const QString &path)
{
    auto listener = std::make_unique<Listener>(*this);
    listener->setSocketOptions(QLocalServer::UserAccessOption);
    QLocalServer::removeServer(path);
    if (!listener->listen(path) || ::chmod(QFile::encodeName(path).constData(), 0600) != 0)
        return Error{
            Errc::Storage, u"Cannot listen at %1: %2."_s.arg(path, listener->errorString())};
    m_listener = std::move(listener);
    m_path = path;
    return Done{};
}

void StreamDoor::expect(const QByteArray &token, Arrived arrived)
{
    const auto deadline = m_clock.after(kWithin, [this, token] {
        const auto found = m_expected.find(token);
        const Arrived late = std::move(found->second.arrived);
        m_expected.erase(found);
        late(Error{Errc::Timeout, u"Nobody came for the stream."_s});
    });
    m_expected.emplace(token, Expected{std::move(arrived), deadline});
}

void StreamDoor::close()
{
    m_listener.reset();
    while (!m_unproven.empty())
        forget(m_unproven.begin()->first);
    for (const auto &[token, expected] : std::exchange(m_expected, {})) {
        m_clock.cancel(expected.deadline);
        expected.arrived(Error{Errc::Closed, {}});
    }
}

void StreamDoor::accept(int descriptor)
{
    auto socket = std::make_shared<StreamSocket>(descriptor);
    struct ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0
        || peer.uid != ::geteuid() || m_unproven.size() >= kUnprovenMax)
        return;
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    const quint64 id = ++m_lastId;
    auto notifier = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    QObject::connect(
        notifier.get(), &QSocketNotifier::activated, notifier.get(), [this, id] { readToken(id); });
    const auto deadline = m_clock.after(kWithin, [this, id] { forget(id); });
    m_unproven.emplace(id, Unproven{std::move(socket), {}, std::move(notifier), deadline});
}

void StreamDoor::readToken(quint64 id)
{
    Unproven &one = m_unproven.at(id);
    std::array<char, kTokenBytes> bytes{};
    const auto missing = static_cast<std::size_t>(kTokenBytes - one.shown.size());
    const ssize_t got = ::recv(one.socket->descriptor(), bytes.data(), missing, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0)
        one.shown.append(bytes.data(), got);
    if (got > 0 && one.shown.size() < kTokenBytes)
        return;

    const auto socket = one.socket;
    const auto expected = m_expected.find(one.shown);
    forget(id);
    if (got <= 0 || expected == m_expected.end())
        return;
    ::fcntl(socket->descriptor(), F_SETFL, ::fcntl(socket->descriptor(), F_GETFL) & ~O_NONBLOCK);
    const Arrived arrived = std::move(expected->second.arrived);
    m_clock.cancel(expected->second.deadline);
    m_expected.erase(expected);
    arrived(socket);
}

void StreamDoor::forget(quint64 id)
{
    const auto found = m_unproven.find(id);
    m_clock.cancel(found->second.deadline);
    found->second.notifier->setEnabled(false);
    found->second.notifier.release()->deleteLater(); // we may be inside its signal
    m_unproven.erase(found);
}

} // namespace borg::node
