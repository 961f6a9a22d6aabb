// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>

class QSocketNotifier;

namespace borg::node {

/// SIGTERM, SIGINT and SIGHUP as calls from the event loop. Make it before the first thread, which
/// would otherwise take the signals by itself. SIGPIPE is ignored.
class StopSignals {
public:
    /// `asked` is called for the first signal. A second one ends the process at once, so that a
    /// shutdown that hangs can be broken off.
    explicit StopSignals(std::function<void()> asked);
    ~StopSignals();

private:
    Q_DISABLE_COPY_MOVE(StopSignals)

    const std::function<void()> m_asked;
    int m_descriptor = -1;
    bool m_wasAsked = false;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

/// Transfers work with buffers of megabytes, again and again. From now on the heap keeps freed
/// ones, up to 64 MiB, for the next: fresh pages from the kernel cost as much time as coding does.
/// Call it first in main().
void keepFreedMemory();
/// Gives what the heap keeps back to the system when it is much. For idle moments.
void returnFreedMemory();

/// Tells systemd, when it started this process with Type=notify; otherwise does nothing.
void notifyReady();
void notifyStopping();
/// One line for `systemctl status`.
void notifyStatus(const QString &line);

} // namespace borg::node
