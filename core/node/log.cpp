// SPDX-License-Identifier: GPL-3.0-or-later
#include "log.h"

#include <QDateTime>
#include <QFile>
#include <QLoggingCategory>
#include <QTimeZone>

#include <atomic>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace borg::node {

using namespace Qt::Literals::StringLiterals;

namespace {

std::atomic<Log *> g_log; // Qt's message handler is one per process and takes no argument

QLatin1StringView levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "debug"_L1;
    case QtInfoMsg:
        return "info"_L1;
    case QtWarningMsg:
        return "warning"_L1;
    case QtCriticalMsg:
    case QtFatalMsg:
        return "error"_L1;
    }
    return "error"_L1;
}

QByteArray formatted(const control::LogLine &line)
{
    const auto when = QDateTime::fromMSecsSinceEpoch(line.utcMs, QTimeZone::UTC);
    QString text = line.text;
    text.replace(u'\n', u' '); // one entry, one line: nobody else writes entries
    return (when.toString(Qt::ISODateWithMs) + u' ' + line.level + u' ' + line.category + u' '
               + text)
               .toUtf8()
        + '\n';
}

void writeAll(int file, const QByteArray &bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t wrote = ::write(
            file, bytes.constData() + done, static_cast<std::size_t>(bytes.size() - done));
        if (wrote <= 0)
            return; // a full disk must not stop the node; the lines are in memory still
        done += wrote;
    }
}

} // namespace

QString withoutKeys(const QString &text)
{
    QString clean = text;
    for (qsizetype at = clean.indexOf(u"borg:"); at >= 0; at = clean.indexOf(u"borg:", at + 5)) {
        qsizetype end = at;
        while (end < clean.size() && !clean[end].isSpace() && clean[end] != u'#')
            ++end;
        if (end == clean.size() || clean[end] != u'#')
            continue;
        qsizetype stop = end + 1;
        while (stop < clean.size() && !clean[stop].isSpace() && clean[stop] != u'"')
            ++stop;
        clean.replace(end + 1, stop - end - 1, u"(hidden)"_s);
    }
    return clean;
}

Log::Log(Echo echo)
    : m_echo(echo)
{
    g_log = this;
    qInstallMessageHandler(&Log::handle);
}

Log::~Log()
{
    qInstallMessageHandler(nullptr);
    g_log = nullptr;
    if (m_file >= 0)
        ::close(m_file);
}

void Log::setLevel(LogLevel level)
{
    QStringList rules;
    const std::array types{u"debug"_s, u"info"_s, u"warning"_s};
    for (std::size_t type = 0; type < types.size(); ++type) {
        const bool on = type >= static_cast<std::size_t>(level);
        rules.append(u"borg.*.%1=%2"_s.arg(types[type], on ? u"true"_s : u"false"_s));
    }
    QLoggingCategory::setFilterRules(rules.join(u'\n'));
}

Result<Done> Log::openFile(const QString &path)
{
    const std::scoped_lock lock(m_mutex);
    m_file = ::open(QFile::encodeName(path).constData(),
        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat info{};
    if (m_file < 0 || ::fstat(m_file, &info) != 0)
        return Error{
            Errc::Storage, u"Cannot write the log %1: %2."_s.arg(path, qt_error_string(errno))};
    m_path = path;
    m_fileBytes = info.st_size;
    for (const auto &line : m_lines)
        write(line);
    return Done{};
}

std::vector<control::LogLine> Log::last(qint64 count) const
{
    const std::scoped_lock lock(m_mutex);
    const auto size = static_cast<qint64>(m_lines.size());
    const auto from = m_lines.end() - std::clamp<qint64>(count, 0, size);
    return {from, m_lines.end()};
}

void Log::handle(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    if (Log *const log = g_log)
        log->take(type, context.category, text);
}

void Log::take(QtMsgType type, const char *category, const QString &text)
{
    control::LogLine line{QDateTime::currentMSecsSinceEpoch() + m_clockOffsetMs, levelOf(type),
        QString::fromLatin1(category != nullptr ? category : "default"), withoutKeys(text)};
    if (line.text.size() > 4096)
        line.text.truncate(4096);

    const std::scoped_lock lock(m_mutex);
    write(line);
    if (m_echo == Echo::StandardError)
        writeAll(STDERR_FILENO, formatted(line));
    m_lines.push_back(std::move(line));
    if (m_lines.size() > kLinesKept)
        m_lines.pop_front();
}

void Log::write(const control::LogLine &line)
{
    if (m_file < 0)
        return;
    const QByteArray bytes = formatted(line);
    if (m_fileBytes + bytes.size() > kFileBytesMax)
        turnOver();
    writeAll(m_file, bytes);
    m_fileBytes += bytes.size();
}

void Log::turnOver()
{
    const auto name = [&](int number) {
        return QFile::encodeName(number == 0 ? m_path : m_path + u'.' + QString::number(number));
    };
    for (int number = kOldFiles; number > 0; --number)
        ::rename(name(number - 1).constData(), name(number).constData());
    const int fresh
        = ::open(name(0).constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fresh < 0)
        return; // go on in the old one rather than lose lines
    ::close(std::exchange(m_file, fresh));
    m_fileBytes = 0;
}

} // namespace borg::node
