// SPDX-License-Identifier: GPL-3.0-or-later
#include "time_model.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

TimeModel::TimeModel(NodeApi &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
    connect(&api, &NodeApi::snapshotChanged, this, &TimeModel::update);
    update();
}

QString TimeModel::summary() const
{
    QStringList parts{m_shown.clock, m_shown.bound, m_shown.state, m_shown.detail, m_shown.warning};
    parts.removeAll(QString());
    return parts.join(tr(", "));
}

QString TimeModel::warningOf(const control::Time &time)
{
    if (time.warningCode == "osOff"_L1) {
        // The offset is to be added to this computer's clock: positive means that it is slow.
        const auto off = Words::span(time.offsetUs);
        return time.offsetUs > 0
            ? tr("The clock of this computer is %1 slow. Turn on automatic time in its settings.")
                  .arg(off)
            : tr("The clock of this computer is %1 fast. Turn on automatic time in its settings.")
                  .arg(off);
    }
    if (time.warningCode == "unsynchronised"_L1)
        return tr("Nothing keeps the clock of this computer right. Turn on automatic time in its "
                  "settings.");
    if (time.warningCode == "peersDisagree"_L1)
        return tr(
            "The other nodes have another time than this computer. Check its clock and date.");
    return time.warning;
}

void TimeModel::describeState(const control::Time &time, Shown &shown)
{
    const QLocale locale;
    const auto agree = tr("%1 of %2 clocks agree.", "how many of the nodes that were asked")
                           .arg(locale.toString(time.agreeing), locale.toString(time.sources));
    if (time.state == "synced"_L1) {
        shown.state = tr("In step with the network");
        shown.detail = agree;
    } else if (time.state == "holdover"_L1) {
        shown.state = tr("Running on");
        shown.detail = tr("It was in step; too few nodes answer now. %1").arg(agree);
        shown.severity = Severity::Note;
    } else {
        shown.state = tr("This computer's clock");
        shown.detail = tr("Too few nodes to compare with. From twelve on, they agree on a time.");
        shown.severity = Severity::Note;
    }
}

void TimeModel::update()
{
    Shown shown;
    const auto &time = m_api.snapshot().time;
    if (m_api.hasSnapshot() && time.utcMs > 0) {
        const QLocale locale;
        const auto utc = QDateTime::fromMSecsSinceEpoch(time.utcMs, QTimeZone::UTC);
        shown.known = true;
        shown.clock = tr("%1 UTC", "a time of day").arg(utc.toString(u"HH:mm:ss"));
        shown.local = locale.toString(utc.toLocalTime(), QLocale::ShortFormat);
        if (time.boundUs >= 0)
            shown.bound = tr("± %1", "how far off a clock may be").arg(Words::span(time.boundUs));
        describeState(time, shown);
        shown.warning = warningOf(time);
        if (!shown.warning.isEmpty())
            shown.severity = Severity::Warning;
    }
    if (shown == m_shown)
        return;
    m_shown = shown;
    Q_EMIT changed();
}

} // namespace borg::ui
