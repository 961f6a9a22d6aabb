// SPDX-License-Identifier: GPL-3.0-or-later
#include "network_model.h"

#include "words.h"

#include <QDateTime>
#include <QRegularExpression>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

NetworkModel::NetworkModel(NodeApi &api, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_clock(clock)
    , m_peers(api, clock)
{
    connect(&api, &NodeApi::snapshotChanged, this, &NetworkModel::update);
    update();
}

QString NetworkModel::describeChange(const QString &entry) const
{
    // As the node writes it: "2026-09-21T10:00:00Z parent ID: reason".
    static const QRegularExpression form(u"^(\\S+Z) parent \\S+: (.+)$"_s);
    const auto match = form.match(entry);
    if (!match.hasMatch())
        return entry;
    const auto when = QDateTime::fromString(match.captured(1), Qt::ISODate);
    return tr("%1, %2", "when and why our place changed")
        .arg(Words::moment(when.toMSecsSinceEpoch(), m_clock.utcMs()), match.captured(2));
}

void NetworkModel::update()
{
    const auto &[status, tree, storage, peers, files, jobs, time, reach] = m_api.snapshot();
    const auto others = static_cast<int>(std::count_if(peers.begin(), peers.end(),
        [&](const auto &entry) { return entry.first != status.nodeId; }));
    const auto up = static_cast<int>(std::count_if(peers.begin(), peers.end(),
        [&](const auto &entry) { return entry.first != status.nodeId && entry.second.online; }));
    QString summary;
    if (others == 0) {
        summary = tr("Nobody else is here yet.");
    } else {
        const auto place = tree.parent.isEmpty()
            ? tr("This computer is the root of the tree")
            : tr("This computer hangs below %1").arg(Words::nodeName(tree.parent));
        const auto children
            = tr("has %n child(ren)", nullptr, static_cast<int>(tree.children.size()));
        const auto online = tr("%n other node(s) online", nullptr, up);
        summary = tr("%1 and %2. %3.", "place in the tree, children, nodes that are up")
                      .arg(place, children, online);
    }
    const auto last = tree.history.empty() ? QString() : describeChange(tree.history.back());
    const bool hasParent = !tree.parent.isEmpty();
    if (summary == m_summary && last == m_lastChange && m_alone == (others == 0)
        && m_hasParent == hasParent)
        return;
    m_hasParent = hasParent;
    m_summary = summary;
    m_lastChange = last;
    m_alone = others == 0;
    Q_EMIT changed();
}

} // namespace borg::ui
