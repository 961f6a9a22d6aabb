// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>
#include <QObject>

namespace borg::desktop {

/// What a second start asks of the first.
struct Visit {
    QString link; ///< A `borg:` link; may be empty.
    bool trial = false;
    QString activationToken; ///< Lets the first window come to the front (Wayland, X11).
};

/// One window per user, or per data folder that was named. Talks over a socket of the user's own
/// runtime folder, one line of JSON a visit, at most kVisitBytesMax.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    static constexpr qint64 kVisitBytesMax = 8192;

    /// @param key the data folder that was named on the command line; empty for the usual one.
    explicit SingleInstance(const QString &key, QObject *parent = nullptr);

    /// @return true when another process has the window; it was given `visit`.
    [[nodiscard]] bool handOver(const Visit &visit);
    /// Becomes the one to visit. Without a runtime folder that is safe to use, nobody is.
    void listen();

Q_SIGNALS:
    void visited(const borg::desktop::Visit &visit);

private:
    void receive();

    QString m_path;
    QLocalServer m_server;
};

} // namespace borg::desktop
