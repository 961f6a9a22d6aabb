// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle.h"

#include <QSocketNotifier>

#include <csignal>
#include <cstdlib>
#include <malloc.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace borg::node {

StopSignals::StopSignals(std::function<void()> asked)
    : m_asked(std::move(asked))
{
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_descriptor = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (m_descriptor < 0)
        return; // blocked signals without a reader: only SIGKILL ends the process
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [this] {
        signalfd_siginfo info{};
        while (::read(m_descriptor, &info, sizeof info) == sizeof info) {
            if (std::exchange(m_wasAsked, true))
                std::_Exit(128 + static_cast<int>(info.ssi_signo));
            m_asked();
        }
    });
}

StopSignals::~StopSignals()
{
    m_notifier.reset();
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

void keepFreedMemory()
{
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

void returnFreedMemory()
{
    constexpr std::size_t kWorthIt = 8 << 20;
    if (mallinfo2().fordblks > kWorthIt)
        malloc_trim(0);
}

void notifyReady()
{
    sd_notify(0, "READY=1");
}

void notifyStopping()
{
    sd_notify(0, "STOPPING=1");
}

void notifyStatus(const QString &line)
{
    sd_notify(0, ("STATUS=" + line.toUtf8().replace('\n', ' ')).constData());
}

} // namespace borg::node
