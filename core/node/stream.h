// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/task_scope.h>
#include <store/source.h>

#include <QByteArray>

#include <functional>
#include <map>
#include <memory>

class QLocalServer;
class QSocketNotifier;

namespace borg::node {

/// A connected socket that carries one file as chunks of `u32 length` (big-endian) and data;
/// length 0 is the end. So a sender that dies is told from one that is done.
class StreamSocket {
public:
    static constexpr quint32 kChunkBytesMax = 1024 * 1024;

    /// Takes `descriptor` over.
    explicit StreamSocket(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    ~StreamSocket();

    [[nodiscard]] int descriptor() const { return m_descriptor; }
    /// Ends every read and write under way. Any thread.
    void abort();

private:
    Q_DISABLE_COPY_MOVE(StreamSocket)
    const int m_descriptor;
};

/// What comes over `socket`. Waits as long as the sender does; abort() ends that with Closed.
[[nodiscard]] std::shared_ptr<store::Source> chunkSource(std::shared_ptr<StreamSocket> socket);
/// To `socket`, with the end mark on commit() only.
[[nodiscard]] std::shared_ptr<store::Sink> chunkSink(std::shared_ptr<StreamSocket> socket);

/// The second local socket: takes connections that show a one-time token within kWithin.
/// Lives on the node's thread.
class StreamDoor {
public:
    static constexpr Ticks kWithin = std::chrono::seconds(20);
    static constexpr int kTokenBytes = 32;
    static constexpr std::size_t kUnprovenMax = 16;

    explicit StreamDoor(Clock &clock);
    ~StreamDoor();

    /// Listens at `path`, mode 0600, removing what an earlier node left.
    Result<Done> listen(const QString &path);
    [[nodiscard]] const QString &path() const { return m_path; }

    using Arrived = std::function<void(Result<std::shared_ptr<StreamSocket>>)>;
    /// `arrived` gets the connection that shows `token`, or Timeout.  @pre kTokenBytes of ASCII
    void expect(const QByteArray &token, Arrived arrived);
    void close();

private:
    Q_DISABLE_COPY_MOVE(StreamDoor)
    struct Unproven {
        std::shared_ptr<StreamSocket> socket;
        QByteArray shown;
        std::unique_ptr<QSocketNotifier> notifier;
        Clock::TimerId deadline;
    };
    struct Expected {
        Arrived arrived;
        Clock::TimerId deadline;
    };
    void accept(int descriptor);
    void readToken(quint64 id);
    void forget(quint64 id);

    class Listener;
    Clock &m_clock;
    QString m_path;
    std::unique_ptr<Listener> m_listener;
    std::map<quint64, Unproven> m_unproven;
    std::map<QByteArray, Expected> m_expected;
    quint64 m_lastId = 0;
};

} // namespace borg::node
