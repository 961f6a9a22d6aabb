// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "netns.h"

#include <QFile>
#include <QJsonArray>

namespace borg::test {

/// A node in a namespace, driven through borgctl like a person would.
struct RealNode {
    static constexpr int kPort = 7400;

    RealNode(const Netns &where, QString dir, const QStringList &arguments,
        const QString &host = QStringLiteral("0.0.0.0"))
        : space(where)
        , folder(std::move(dir))
    {
        using namespace Qt::Literals::StringLiterals;
        daemon = space.start(QStringList{beside(u"borgd"_s), u"--data"_s, folder, u"--quiet"_s,
                                 u"--listen"_s, u"%1:%2"_s.arg(host).arg(kPort)}
                + arguments,
            folder + u".out"_s);
    }
    [[nodiscard]] Outcome ctl(const QStringList &arguments, int timeoutMs = 30'000) const
    {
        using namespace Qt::Literals::StringLiterals;
        return space.run(
            QStringList{beside(u"borgctl"_s), u"--data"_s, folder} + arguments, timeoutMs);
    }
    /// What `borgctl VERB --json` prints.
    [[nodiscard]] QJsonObject told(const QString &verb) const
    {
        return ctl({verb, QStringLiteral("--json")}).json();
    }
    [[nodiscard]] bool isUp() const
    {
        return Cluster::eventually(
            [&] { return ctl({QStringLiteral("status"), QStringLiteral("--json")}).exitCode == 0; },
            30'000);
    }
    [[nodiscard]] QString id() const
    {
        return told(QStringLiteral("status")).value(QLatin1StringView("nodeId")).toString();
    }
    [[nodiscard]] QString invite() const
    {
        return QString::fromUtf8(ctl({QStringLiteral("invite")}).out).trimmed();
    }
    [[nodiscard]] QJsonObject check(const QString &name) const
    {
        const auto checks
            = told(QStringLiteral("doctor")).value(QLatin1StringView("checks")).toArray();
        for (const auto &value : checks) {
            if (value.toObject().value(QLatin1StringView("name")).toString() == name)
                return value.toObject();
        }
        return {};
    }
    /// @return what is known of one node, as `borgctl peers --json` has it.
    [[nodiscard]] QJsonObject peer(const QString &id) const
    {
        const auto peers
            = told(QStringLiteral("peers")).value(QLatin1StringView("peers")).toArray();
        for (const auto &value : peers) {
            if (value.toObject().value(QLatin1StringView("id")).toString() == id)
                return value.toObject();
        }
        return {};
    }
    [[nodiscard]] bool knows(int others) const
    {
        return told(QStringLiteral("status")).value(QLatin1StringView("members")).toInt() > others;
    }
    [[nodiscard]] QByteArray log() const
    {
        QFile file(folder + QStringLiteral("/node.log"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void stop()
    {
        (void)ctl({QStringLiteral("stop")});
        daemon->waitForFinished(30'000);
    }

    const Netns &space;
    const QString folder;
    Running daemon;
};

} // namespace borg::test
