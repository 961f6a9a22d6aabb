// SPDX-License-Identifier: GPL-3.0-or-later
#include "time_words.h"

#include <QtGlobal>

#include <cstdlib>

namespace borg::node {

using namespace Qt::Literals::StringLiterals;

QString nameOf(time::State state)
{
    switch (state) {
    case time::State::Local:
        return u"local"_s;
    case time::State::Synced:
        return u"synced"_s;
    case time::State::Holdover:
        return u"holdover"_s;
    }
    Q_UNREACHABLE();
}

QString spanText(qint64 us)
{
    const qint64 ms = (std::abs(us) + 500) / 1000;
    const qint64 minutes = (ms + 30'000) / 60'000;
    if (ms < 1000)
        return u"%1 ms"_s.arg(ms);
    if (ms < 120'000)
        return u"%1 s"_s.arg(static_cast<double>(ms) / 1000, 0, 'f', ms < 10'000 ? 1 : 0);
    if (minutes < 120)
        return u"%1 min"_s.arg(minutes);
    if (minutes < 48 * 60)
        return u"%1 h %2 min"_s.arg(minutes / 60).arg(minutes % 60);
    return u"%1 days"_s.arg(minutes / (24 * 60));
}

QString describe(const time::Status &status)
{
    return u"%1, within %2, %3 of %4 clocks agree, this computer's differs by %5"_s
        .arg(nameOf(status.time.state), spanText(status.time.boundUs))
        .arg(status.agreeing)
        .arg(status.sources)
        .arg(spanText(status.osOffsetUs));
}

QString warningOf(const time::Status &status)
{
    switch (status.warning) {
    case time::Warning::None:
        return {};
    case time::Warning::Unsynchronised:
        return u"Nothing keeps the clock of this computer right. Turn on its time service "
               "(timedatectl set-ntp true)."_s;
    case time::Warning::OsOff:
        return u"The clock of this computer is %1 %2. Set it, or turn on its time service; BorgIOS "
               "goes on with network time."_s.arg(
                   spanText(status.osOffsetUs), status.osOffsetUs > 0 ? u"ahead"_s : u"behind"_s);
    case time::Warning::PeersDisagree:
        return u"The other nodes say that it is %1 %2, and they are too few to decide who is "
               u"right. "
               "Look at the clocks of all computers."_s.arg(spanText(status.peersOffsetUs),
                   status.peersOffsetUs > 0 ? u"later"_s : u"earlier"_s);
    }
    Q_UNREACHABLE();
}

} // namespace borg::node
