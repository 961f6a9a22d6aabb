// SPDX-License-Identifier: GPL-3.0-or-later
#include "words.h"

#include <QDateTime>
#include <QLocale>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

QString Words::size(qint64 bytes)
{
    // Units of 1024, as in the settings, in borgctl and in the node's own sentences.
    const QLocale locale;
    int digits = 0; // of 1.23, 12.3, 123: three that count
    const qint64 shown = std::max<qint64>(bytes, 0);
    if (shown >= 1024) {
        auto value = static_cast<double>(shown);
        while (value >= 1024)
            value /= 1024;
        digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    }
    return locale.formattedDataSize(shown, digits, QLocale::DataSizeIecFormat);
}

QString Words::rate(double bytesPerSecond)
{
    return tr("%1/s", "a rate, for example 12 MB/s").arg(size(std::llround(bytesPerSecond)));
}

QString Words::timeLeft(qint64 seconds)
{
    if (seconds < 5)
        return tr("a few seconds left");
    if (seconds < 60)
        return tr("%n second(s) left", nullptr, static_cast<int>(seconds));
    if (seconds < 3600)
        return tr("%n minute(s) left", nullptr, static_cast<int>((seconds + 30) / 60));
    if (seconds < 48 * 3600)
        return tr("%n hour(s) left", nullptr, static_cast<int>((seconds + 1800) / 3600));
    return tr("more than two days left");
}

QString Words::latency(qint64 us)
{
    if (us < 0)
        return {};
    const double ms = static_cast<double>(us) / 1000.0;
    return tr("%1 ms", "milliseconds").arg(QLocale().toString(ms, 'f', ms < 9.95 ? 1 : 0));
}

QString Words::moment(qint64 utcMs, qint64 nowUtcMs)
{
    if (utcMs <= 0)
        return {};
    const QLocale locale;
    const auto when = QDateTime::fromMSecsSinceEpoch(utcMs);
    const auto today = QDateTime::fromMSecsSinceEpoch(nowUtcMs).date();
    const auto time = locale.toString(when.time(), QLocale::ShortFormat);
    if (when.date() == today)
        return tr("Today %1").arg(time);
    if (when.date().addDays(1) == today)
        return tr("Yesterday %1").arg(time);
    return locale.toString(when.date(), QLocale::ShortFormat);
}

QString Words::nodeName(const QString &id)
{
    return tr("Node %1", "the beginning of a node's id").arg(id.left(4).toUpper());
}

QString Words::role(const QString &kind)
{
    if (kind == "self"_L1)
        return tr("You");
    if (kind == "parent"_L1)
        return tr("Parent");
    if (kind == "above"_L1)
        return tr("Above the parent");
    if (kind == "child"_L1)
        return tr("Child");
    if (kind == "sibling"_L1)
        return tr("Sibling");
    if (kind == "backup"_L1)
        return tr("Stand-in parent");
    if (kind == "lazy"_L1)
        return tr("Neighbour");
    if (kind == "below"_L1)
        return tr("Grandchild");
    return tr("Known");
}

QString Words::span(qint64 us)
{
    const auto magnitude = static_cast<double>(std::abs(us));
    if (magnitude < 999'500)
        return latency(std::abs(us));
    const double seconds = magnitude / 1e6;
    const QLocale locale;
    if (seconds < 119.5)
        return tr("%1 s", "seconds").arg(locale.toString(seconds, 'f', seconds < 9.95 ? 1 : 0));
    if (seconds < 2 * 3600)
        return tr("%1 min", "minutes").arg(locale.toString(seconds / 60, 'f', 0));
    if (seconds < 48 * 3600)
        return tr("%1 h", "hours").arg(locale.toString(seconds / 3600, 'f', 0));
    return tr("%n day(s)", nullptr, static_cast<int>(std::min(seconds / 86'400, 1e6)));
}

QString Words::changeReason(const QString &reason)
{
    if (reason == "joining"_L1)
        return tr("It joined the network.");
    if (reason == "attached"_L1)
        return tr("A place was found.");
    if (reason == "a new tree"_L1)
        return tr("It began a new tree.");
    if (reason == "a better tree is there"_L1 || reason == "a better tree was met"_L1)
        return tr("Two parts of the network became one.");
    if (reason == "the parent left"_L1)
        return tr("The parent left the network.");
    if (reason.startsWith("link lost"_L1))
        return tr("The connection to the parent broke.");
    if (reason == "silent"_L1 || reason == "no answer"_L1)
        return tr("The parent did not answer any more.");
    if (reason.startsWith("sent on"_L1) || reason == "full"_L1)
        return tr("The parent had no room and sent it on.");
    if (reason == "a loop"_L1 || reason == "loop"_L1)
        return tr("The way to the root had become a circle.");
    if (reason == "the root is gone"_L1)
        return tr("The root of the tree is gone.");
    if (reason.startsWith("nobody found"_L1) || reason == "no parent found"_L1)
        return tr("No parent was found: this computer became a root.");
    if (reason == "worse"_L1)
        return tr("A better parent was found.");
    if (reason.startsWith("it broke"_L1) || reason.startsWith("it abused"_L1))
        return tr("The parent did not keep to the rules.");
    return reason;
}

Words::State Words::file(const control::File &file)
{
    if (file.state == "spooled"_L1)
        return {tr("Waiting for peers"),
            tr("Encrypted and kept on this computer until other nodes can take it."),
            Severity::Warning};
    if (file.state == "sending"_L1)
        return {
            tr("Being sent"), tr("Its shards are on their way to other nodes."), Severity::Note};
    if (file.state == "durable"_L1)
        return {tr("Safe, still spreading"),
            tr("Enough shards are stored; the remaining ones follow by themselves."),
            Severity::Note};
    if (file.state == "healthy"_L1)
        return {tr("Safe"), tr("Every shard is stored and reachable."), Severity::Good};
    if (file.state == "degraded"_L1)
        return {tr("Readable, being repaired"),
            tr("Some nodes are away. The network rebuilds the missing shards by itself."),
            Severity::Warning};
    if (file.state == "endangered"_L1)
        return {tr("In danger"),
            tr("Only just enough shards are reachable. Keep a copy until it is repaired."),
            Severity::Bad};
    return {tr("Not readable now"),
        tr("Too few shards are reachable. It comes back if enough nodes return."), Severity::Bad};
}

QString Words::transferFailure(const QString &errorCode, bool upload)
{
    if (errorCode == "NotFound"_L1)
        return upload ? tr("The file is no longer there. Choose it again.")
                      : tr("No node has this file. Check the link, or ask who gave it to you.");
    if (errorCode == "Unauthorized"_L1)
        return upload ? tr("The file may not be read. Change its permissions and add it again.")
                      : tr("The link's key does not fit this file. Ask for the link again.");
    if (errorCode == "Storage"_L1)
        return upload ? tr("The disk could not be read. Check it and try again.")
                      : tr("The disk could not be written. Choose another folder.");
    if (errorCode == "NoSpace"_L1)
        return upload ? tr("There is not enough space left. Free some and try again.")
                      : tr("This disk is full. Free some space or choose another folder.");
    if (errorCode == "Unreachable"_L1 || errorCode == "Timeout"_L1)
        return upload ? tr("Other nodes did not answer. Check the connection and try again.")
                      : tr("Too few nodes with this file answer. Try again later.");
    if (errorCode == "Conflict"_L1)
        return upload ? tr("A file or folder of this name is in the way. Choose another name.")
                      : tr("A file of this name is there already. Choose another name.");
    if (errorCode == "TooLarge"_L1)
        return tr("The file is larger than this network takes.");
    if (errorCode == "Malformed"_L1)
        return upload ? tr("This is not a file that can be added.")
                      : tr("The link is damaged. Copy the whole of it and try again.");
    if (errorCode == "Busy"_L1)
        return tr("The node has too much to do. Try again in a moment.");
    if (errorCode == "Closed"_L1)
        return tr("The node stopped. Start it and try again.");
    return tr("It did not work. Try again.");
}

QString Words::callFailure(const QString &what, Errc code)
{
    const auto why = [code] {
        switch (code) {
        case Errc::Closed:
        case Errc::Unreachable:
            return tr("The node is not running. Start it and try again.");
        case Errc::Timeout:
        case Errc::Busy:
            return tr("The node has too much to do. Try again in a moment.");
        case Errc::NotFound:
            return tr("It is not there any more.");
        case Errc::Unauthorized:
            return tr("It is not allowed. Check permissions and links.");
        case Errc::Storage:
            return tr("The disk could not be used.");
        case Errc::NoSpace:
            return tr("There is no space left. Free some and try again.");
        case Errc::Conflict:
            return tr("Something else changed it at the same time. Try again.");
        case Errc::TooLarge:
            return tr("It is too large.");
        case Errc::Malformed:
            return tr("The node did not understand it. Both programs must be of one version.");
        }
        return QString();
    };
    return tr("%1 %2", "what did not work, and why").arg(what, why());
}

} // namespace borg::ui
