// SPDX-License-Identifier: GPL-3.0-or-later
#include "progress.h"

#include "text.h"

#include <cmath>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace borgctl {

using namespace borg;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

int terminalColumns()
{
    struct winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
        return 80;
    return size.ws_col;
}

} // namespace

Progress::Progress(Clock &clock)
    : m_clock(clock)
    , m_isTerminal(::isatty(STDERR_FILENO) == 1)
    , m_start(clock.now())
    , m_rateAt(m_start)
{
}

Progress::~Progress()
{
    clear();
}

void Progress::show(const control::Job &job)
{
    if (!m_isTerminal)
        return;
    const Ticks now = m_clock.now();
    if (now - m_rateAt >= 500ms) {
        const double seconds = std::chrono::duration<double>(now - m_rateAt).count();
        const double rate = static_cast<double>(job.bytesDone - m_rateBytes) / seconds;
        // Smoothed over a few seconds, so that the time left does not jump about.
        m_bytesPerSecond = m_bytesPerSecond == 0 ? rate : 0.7 * m_bytesPerSecond + 0.3 * rate;
        m_rateAt = now;
        m_rateBytes = job.bytesDone;
    }
    std::fprintf(stderr, "\r\x1b[K%s", qUtf8Printable(line(job, terminalColumns())));
    std::fflush(stderr);
    m_isShown = true;
}

QString Progress::line(const control::Job &job, int columns) const
{
    QString name = printable(job.name);
    while (columnsOf(name) > 24)
        name.chop(name.back().isLowSurrogate() ? 2 : 1);
    QString text = name + u"  "_s;
    const bool known = job.bytesTotal > 0;
    const double part = known
        ? std::clamp(
              static_cast<double>(job.bytesDone) / static_cast<double>(job.bytesTotal), 0.0, 1.0)
        : 0;
    QString tail = known ? u" %1 %"_s.arg(std::floor(part * 100), 3) : QString();
    if (job.filesTotal > 0)
        tail += u"  %1 of %2"_s.arg(job.files).arg(job.filesTotal);
    tail += u"  "_s + sizeText(job.bytesDone);
    if (m_bytesPerSecond > 0) {
        tail += u"  %1/s"_s.arg(sizeText(std::llround(m_bytesPerSecond)));
        if (known && job.bytesDone < job.bytesTotal)
            tail += u"  %1 left"_s.arg(durationText(std::llround(
                static_cast<double>(job.bytesTotal - job.bytesDone) / m_bytesPerSecond)));
    }
    const auto room = columns - 1 - columnsOf(text) - columnsOf(tail) - 2;
    if (known && room >= 8) {
        const auto filled = static_cast<qsizetype>(part * static_cast<double>(room));
        text += u'[' + QString(filled, u'#') + QString(room - filled, u'-') + u']';
    }
    return text + tail;
}

void Progress::clear()
{
    if (std::exchange(m_isShown, false)) {
        std::fputs("\r\x1b[K", stderr);
        std::fflush(stderr);
    }
}

} // namespace borgctl
