// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QByteArray>
#include <QLocalSocket>
#include <QSocketNotifier>

#include <functional>
#include <memory>
#include <optional>

/// Bytes of standard input and output over the node's second socket: a token, then chunks of
/// `u32 length` (big-endian) and data; length 0 is the end.
namespace borgctl {

/// Sends what comes out of a descriptor. Without its end mark the node drops the file, so an
/// interrupted pipe never becomes a stored half.
class InputStream {
public:
    /// @param interrupted says whether the end of input must not count.
    InputStream(int descriptor, std::function<bool()> interrupted);

    void start(const QString &socket, const QByteArray &token);
    /// Why reading stopped, if not at the end.
    [[nodiscard]] const std::optional<QString> &problem() const { return m_problem; }

private:
    void readSome();

    static constexpr qint64 kQueuedMax = 4 * 1024 * 1024;
    const int m_descriptor;
    const std::function<bool()> m_interrupted;
    QLocalSocket m_socket;
    QSocketNotifier m_notifier;
    std::optional<QString> m_problem;
};

/// Writes what the node sends to a descriptor.
class OutputStream {
public:
    explicit OutputStream(int descriptor);

    /// `failed` is called once when the descriptor takes no more.
    void start(const QString &socket, const QByteArray &token, std::function<void()> failed);
    /// Writes what has arrived and not been written. @return whether the end mark came.
    bool finish();
    [[nodiscard]] const std::optional<borg::Error> &problem() const { return m_problem; }

private:
    void readSome();
    void take(const QByteArray &bytes);

    const int m_descriptor;
    QLocalSocket m_socket;
    std::function<void()> m_failed;
    QByteArray m_header;
    qint64 m_chunkLeft = 0;
    bool m_ended = false;
    std::optional<borg::Error> m_problem;
};

} // namespace borgctl
