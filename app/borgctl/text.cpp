// SPDX-License-Identifier: GPL-3.0-or-later
#include "text.h"

#include <QDateTime>
#include <QTimeZone>

#include <array>
#include <cmath>

namespace borgctl {

using namespace borg;
using namespace Qt::Literals::StringLiterals;

QString printable(const QString &text)
{
    QString out;
    for (const char32_t c : text.toUcs4()) {
        const bool turnsText = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
            || c == 0x200e || c == 0x200f || c == 0x061c;
        if (c == U'\n')
            out += u"\\n"_s;
        else if (c == U'\t')
            out += u"\\t"_s;
        else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            out += u"\\x%1"_s.arg(static_cast<uint>(c), 2, 16, QLatin1Char('0'));
        else if (turnsText || c == 0x2028 || c == 0x2029)
            out += u"\\u%1"_s.arg(static_cast<uint>(c), 4, 16, QLatin1Char('0'));
        else
            out += QString::fromUcs4(&c, 1);
    }
    return out;
}

QString sizeText(qint64 bytes)
{
    if (bytes < 1024)
        return u"%1 B"_s.arg(bytes);
    constexpr std::array kUnits{"KiB"_L1, "MiB"_L1, "GiB"_L1, "TiB"_L1, "PiB"_L1};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit)
        value /= 1024;
    const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return u"%1 %2"_s.arg(value, 0, 'f', decimals).arg(kUnits[unit]);
}

QString durationText(qint64 seconds)
{
    const QString tail
        = u"%1:%2"_s.arg(seconds / 60 % 60, seconds >= 3600 ? 2 : 1, 10, QLatin1Char('0'))
              .arg(seconds % 60, 2, 10, QLatin1Char('0'));
    return seconds >= 3600 ? u"%1:%2"_s.arg(seconds / 3600).arg(tail) : tail;
}

QString agoText(qint64 utcMs, qint64 nowUtcMs)
{
    const qint64 minutes = (nowUtcMs - utcMs) / 60'000;
    if (minutes < 1)
        return u"just now"_s;
    if (minutes < 120)
        return u"%1 min ago"_s.arg(minutes);
    if (minutes < 48 * 60)
        return u"%1 h ago"_s.arg(minutes / 60);
    return u"%1 days ago"_s.arg(minutes / (24 * 60));
}

QString shortId(const QString &id)
{
    return id.left(12);
}

QString delayText(qint64 us)
{
    if (us < 0)
        return u"-"_s;
    const double ms = static_cast<double>(us) / 1000;
    if (ms < 0.0995)
        return u"%1 us"_s.arg(us);
    return ms < 999.5 ? u"%1 ms"_s.arg(ms, 0, 'f', ms < 99.95 ? 1 : 0)
                      : u"%1 s"_s.arg(ms / 1000, 0, 'f', ms < 99'950 ? 1 : 0);
}

qsizetype columnsOf(const QString &text)
{
    qsizetype columns = 0;
    for (const char32_t c : text.toUcs4()) {
        const auto category = QChar::category(c);
        if (category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing
            || category == QChar::Other_Format)
            continue;
        const bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf)
            || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd);
        columns += wide ? 2 : 1;
    }
    return columns;
}

QString table(
    const QStringList &head, const std::vector<QStringList> &rows, const QList<int> &right)
{
    std::vector<qsizetype> widths(static_cast<std::size_t>(head.size()), 0);
    const auto measure = [&](const QStringList &row) {
        for (qsizetype i = 0; i < row.size(); ++i) {
            auto &width = widths[static_cast<std::size_t>(i)];
            width = std::max(width, columnsOf(row[i]));
        }
    };
    measure(head);
    for (const QStringList &row : rows)
        measure(row);

    QString text;
    const auto write = [&](const QStringList &row) {
        QString line;
        for (qsizetype i = 0; i < row.size(); ++i) {
            const QString gap(widths[static_cast<std::size_t>(i)] - columnsOf(row[i]), u' ');
            if (i > 0)
                line += u"  "_s;
            line += right.contains(i) ? gap + row[i] : row[i] + gap;
        }
        while (line.endsWith(u' '))
            line.chop(1);
        text += line + u'\n';
    };
    write(head);
    for (const QStringList &row : rows)
        write(row);
    return text;
}

QString momentText(qint64 utcMs)
{
    return QDateTime::fromMSecsSinceEpoch(utcMs, QTimeZone::UTC).toString(u"yyyy-MM-dd HH:mm:ss");
}

QString trimmedFolder(const QString &path)
{
    return path.split(u'/', Qt::SkipEmptyParts).join(u'/');
}

QString healthText(const control::File &file)
{
    const QString count = u"%1 of %2 shards"_s.arg(file.shardsAlive).arg(file.shardsWanted);
    if (file.state == u"spooled")
        return u"waiting here for other nodes"_s;
    if (file.state == u"sending")
        return u"being sent"_s;
    if (file.state == u"durable")
        return u"safe, still spreading (%1)"_s.arg(count);
    if (file.state == u"healthy")
        return u"healthy (%1)"_s.arg(count);
    if (file.state == u"degraded")
        return u"degraded, being repaired (%1, %2 needed)"_s.arg(count).arg(file.shardsNeeded);
    if (file.state == u"endangered")
        return u"ENDANGERED (%1, %2 needed)"_s.arg(count).arg(file.shardsNeeded);
    if (file.state == u"lost")
        return u"LOST (%1, %2 needed)"_s.arg(count).arg(file.shardsNeeded);
    if (file.state == u"unknown")
        return u"its holders are being asked"_s;
    return file.state;
}

} // namespace borgctl
