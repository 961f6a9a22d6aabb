// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>
#include <control/schema.h>

#include <QCoreApplication>
#include <QObject>
#include <QtQmlIntegration>

namespace borg::ui {

/// How much something wants to be looked at. Always shown by shape and word too, never by colour
/// alone.
namespace Severity {
Q_NAMESPACE
QML_ELEMENT
enum Level { Good, Note, Warning, Bad };
Q_ENUM_NS(Level)
} // namespace Severity

/// Every figure and state as a person reads it, in the language of the application. At most three
/// significant digits.
class Words {
    Q_DECLARE_TR_FUNCTIONS(Words)

public:
    struct State {
        QString text; ///< Two or three words.
        QString help; ///< One sentence: what it means and whether to act.
        Severity::Level level = Severity::Good;
    };

    [[nodiscard]] static QString size(qint64 bytes);
    [[nodiscard]] static QString rate(double bytesPerSecond);
    [[nodiscard]] static QString timeLeft(qint64 seconds);
    /// @return for example "0.4 ms"; empty when `us` is negative.
    [[nodiscard]] static QString latency(qint64 us);
    /// @return "Today 14:02", "Yesterday 09:30" or a date. @param nowUtcMs decides what today is.
    [[nodiscard]] static QString moment(qint64 utcMs, qint64 nowUtcMs);
    /// @return a short name for a node: the beginning of its id, which is random enough.
    [[nodiscard]] static QString nodeName(const QString &id);
    /// @param kind as of PeerRow.
    [[nodiscard]] static QString role(const QString &kind);
    /// @return for example "12 ms", "3.2 s", "5 min": how far off a clock is. Never negative.
    [[nodiscard]] static QString span(qint64 us);
    /// @return in words why a node changed its parent; `reason` as the node gives it.
    [[nodiscard]] static QString changeReason(const QString &reason);

    [[nodiscard]] static State file(const control::File &file);
    /// @return what went wrong and what to do, for a failed transfer.
    [[nodiscard]] static QString transferFailure(const QString &errorCode, bool upload);
    /// @return the same for a call that the node refused. `what` is the sentence's beginning, for
    ///         example "The file was not removed."
    [[nodiscard]] static QString callFailure(const QString &what, Errc code);
};

} // namespace borg::ui
