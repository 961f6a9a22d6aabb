// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/methods.h>
#include <node/config.h>

#include <QtMessageHandler>

#include <atomic>
#include <deque>
#include <mutex>

namespace borg::node {

/// The node's log: what Qt's logging categories say, in memory for `borgctl log`, in a file of the
/// data folder, and on standard error. Keys of links are cut out of every line.
///
/// One object at a time takes the process's messages, from any thread. The file is appended to
/// with one write per line (the kernel buffers it; nothing is synced) and turned over at
/// kFileBytesMax; kOldFiles older ones stay.
class Log {
public:
    static constexpr std::size_t kLinesKept = 2000;
    static constexpr qint64 kFileBytesMax = 2 * 1024 * 1024;
    static constexpr int kOldFiles = 2;

    enum class Echo : quint8 { None, StandardError };

    explicit Log(Echo echo);
    ~Log();

    void setLevel(LogLevel level);
    /// Appends to `path` from now on, beginning with what was said before.
    Result<Done> openFile(const QString &path);

    /// Network time minus the clock of this computer: lines say network time from now on.
    void setClockOffsetMs(qint64 offsetMs) { m_clockOffsetMs = offsetMs; }

    /// @return the last `count` lines, oldest first.
    [[nodiscard]] std::vector<control::LogLine> last(qint64 count) const;

private:
    Q_DISABLE_COPY_MOVE(Log)
    static void handle(QtMsgType type, const QMessageLogContext &context, const QString &text);
    void take(QtMsgType type, const char *category, const QString &text);
    void write(const control::LogLine &line);
    void turnOver();

    const Echo m_echo;
    std::atomic<qint64> m_clockOffsetMs{0};
    mutable std::mutex m_mutex; ///< Guards all that follows.
    std::deque<control::LogLine> m_lines;
    QString m_path;
    int m_file = -1;
    qint64 m_fileBytes = 0;
};

/// @return `text` with everything behind the '#' of a borg: link replaced.
[[nodiscard]] QString withoutKeys(const QString &text);

} // namespace borg::node
