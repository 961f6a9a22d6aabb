// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.h"
#include "time_words.h"

#include <QDateTime>
#include <QFileInfo>
#include <QTimeZone>

#include <sys/resource.h>

/// `borgctl doctor`: what usually goes wrong, looked at from inside.
namespace borg::node {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kFilesWanted = 4096;

control::Check check(const QString &name, bool ok, const QString &detail, const QString &advice)
{
    return {name, ok, detail.left(1024), ok ? QString() : advice.left(1024)};
}

control::Check openFiles()
{
    struct rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const auto most = static_cast<qint64>(std::min<rlim_t>(limit.rlim_cur, 1 << 30));
    return check(u"open files"_s, most >= 1024, u"At most %1 at a time."_s.arg(most),
        u"Raise the limit to %1 (ulimit -n, or LimitNOFILE= of the service)."_s.arg(kFilesWanted));
}

control::Check clockCheck(const time::Status &now)
{
    const auto date = QDateTime::fromMSecsSinceEpoch(now.time.utcUs / 1000, QTimeZone::UTC);
    // Without a time service it may still be right, and the network may know.
    const bool ok
        = now.warning == time::Warning::None || now.warning == time::Warning::Unsynchronised;
    return check(u"clock"_s, ok && date.date().year() >= 2025,
        u"It is %1 in the network, within %2; this computer differs by %3 (%4). %5"_s
            .arg(date.toString(Qt::ISODate), spanText(now.time.boundUs), spanText(now.osOffsetUs),
                nameOf(now.time.state), ok ? warningOf(now) : QString())
            .trimmed(),
        ok ? u"Set the clock; other nodes judge what this one says by its time."_s
           : warningOf(now));
}

} // namespace

std::vector<control::Check> Node::checks()
{
    std::vector<control::Check> list;
    const auto now = status();
    const bool connected = now.state == u"online";
    list.push_back(check(u"network"_s, connected, now.reason,
        u"Give `borgctl invite` of a running node to --join, and see that its port can be "
        "reached from here."_s));

    const auto space = m_folder->disk().space();
    list.push_back(check(u"disk"_s, space && space->freeBytes >= m_config.minFreeBytes,
        space ? u"%1 free for %2."_s.arg(sizeText(space->freeBytes), m_folder->path())
              : space.error().detail,
        u"Free some space; below %1 the node takes nothing new."_s.arg(
            sizeText(m_config.minFreeBytes))));

    const auto held = storage();
    list.push_back(check(u"storage"_s, !held.readOnly,
        held.readOnly ? held.reason
                      : u"%1 shards, %2 of %3 given."_s.arg(QString::number(held.shards),
                            sizeText(held.bytes), sizeText(held.bytesLimit)),
        u"Free some space, or raise storage.limit in %1."_s.arg(m_configPath)));
    list.push_back(check(u"shards"_s, held.shardsCorrupt == 0,
        u"%1 checked since the start, %2 were damaged."_s.arg(held.shardsVerified)
            .arg(held.shardsCorrupt),
        u"Damaged shards are rebuilt from other nodes; if it happens again, check the disk."_s));

    const auto written = m_folder->disk().writeFile(u"doctor.tmp"_s, "x");
    if (written)
        (void)m_folder->disk().remove(u"doctor.tmp"_s);
    list.push_back(check(u"data folder"_s, written.ok(),
        written ? u"%1 can be written."_s.arg(m_folder->path()) : written.error().detail,
        u"See that the folder belongs to this user and the disk is not read-only."_s));

    const bool keyIsPrivate = (QFileInfo(m_folder->path() + u"/node.key"_s).permissions()
                                  & (QFileDevice::ReadGroup | QFileDevice::ReadOther
                                      | QFileDevice::WriteGroup | QFileDevice::WriteOther))
        == 0;
    list.push_back(check(u"key"_s, keyIsPrivate, u"Only this user may read the node's key."_s,
        u"Run: chmod 600 %1/node.key"_s.arg(m_folder->path())));
    list.push_back(check(u"port"_s, true,
        u"Listens at %1, others dial %2."_s.arg(endpointText(m_listen), endpointText(m_self)), {}));
    for (const auto &found : reach().checks)
        list.push_back(found);
    list.push_back(clockCheck(m_clock.status()));
    list.push_back(openFiles());
    return list;
}

} // namespace borg::node
