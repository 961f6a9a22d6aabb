// SPDX-License-Identifier: GPL-3.0-or-later
#include "os_time.h"

#include <algorithm>
#include <ctime>

#ifdef Q_OS_LINUX
#include <sys/timex.h>
#endif

namespace borg {

namespace {

#ifdef Q_OS_LINUX
qint64 clockUs(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return qint64{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}
#endif

} // namespace

OsTime readOsTime()
{
    OsTime time;
#ifdef Q_OS_LINUX
    timex kernel{}; // modes = 0: only read
    const int state = ::adjtimex(&kernel);
    time.isSynchronised = state >= 0 && state != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
    time.boundUs = time.isSynchronised
        ? std::clamp<qint64>(kernel.maxerror, kOsBoundMinUs, kOsBoundMaxUs)
        : kOsBoundMaxUs;
    // To the millisecond: the two clocks are not read in the same instant.
    time.sleptUs = (clockUs(CLOCK_BOOTTIME) - clockUs(CLOCK_MONOTONIC)) / 1000 * 1000;
#else
    time.isSynchronised = true;
    time.boundUs = 1'000'000;
#endif
    return time;
}

} // namespace borg
