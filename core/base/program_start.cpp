// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_start.h"

#include <clocale>
#include <cstdlib>
#include <fcntl.h>
#include <langinfo.h>
#include <string_view>
#include <unistd.h>

namespace borg {

void prepareProgram()
{
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; ++standard) {
        if (::fcntl(standard, F_GETFD) != -1)
            continue;
        // The other direction, so that a use fails and is noticed. Without a /dev/null nothing is
        // lost that the closed number had not lost before.
        const int taken = ::open("/dev/null", standard == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        if (taken != standard && taken > STDERR_FILENO)
            ::close(taken);
    }
    const bool isKnown = std::setlocale(LC_ALL, "") != nullptr;
    if (!isKnown || std::string_view(::nl_langinfo(CODESET)) != "UTF-8")
        ::setenv("LC_ALL", "C.UTF-8", 1);
    // Programs without a desktop gain nothing from GLib's event loop, which costs more per turn.
    ::setenv("QT_NO_GLIB", "1", 0);
}

} // namespace borg
