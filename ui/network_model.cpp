// SPDX-License-Identifier: GPL-3.0-or-later
#include "network_model.h"

#include "words.h"

#include <QLocale>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

NetworkModel::NetworkModel(NodeApi &api, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_peers(api, clock)
    , m_changes(api, clock)
    , m_time(api)
    , m_reach(api, clock)
{
    connect(&api, &NodeApi::snapshotChanged, this, &NetworkModel::update);
    update();
}

QString NetworkModel::rates() const
{
    const auto rate = m_peers.traffic().total();
    return tr("%1 in, %2 out", "rates of all links")
        .arg(Words::rate(rate.in), Words::rate(rate.out));
}

QList<qreal> NetworkModel::ratesIn() const
{
    QList<qreal> rates;
    for (const auto &rate : m_peers.traffic().history())
        rates << rate.in;
    return rates;
}

QList<qreal> NetworkModel::ratesOut() const
{
    QList<qreal> rates;
    for (const auto &rate : m_peers.traffic().history())
        rates << rate.out;
    return rates;
}

QString NetworkModel::describePlace(int up) const
{
    const auto &tree = m_api.snapshot().tree;
    const auto place = tree.parent.isEmpty()
        ? tr("This computer is the root of the tree")
        : tr("This computer hangs below %1").arg(Words::nodeName(tree.parent));
    const auto children = tr("has %n child(ren)", nullptr, static_cast<int>(tree.children.size()));
    const auto online = tr("%n other node(s) online", nullptr, up);
    return tr("%1 and %2. %3.", "place in the tree, children, nodes that are up")
        .arg(place, children, online);
}

QString NetworkModel::describeFigures() const
{
    const auto &tree = m_api.snapshot().tree;
    const QLocale locale;
    QStringList lines;
    if (tree.capacity > 0)
        lines << tr("Room for %n child(ren).", nullptr, static_cast<int>(tree.capacity));
    if (tree.latRootUs >= 0)
        lines << tr("A message of the root takes %1 to this computer.")
                     .arg(Words::latency(tree.latRootUs));
    lines << tr("%1 messages to everybody received, %2 copies too many.")
                 .arg(locale.toString(tree.broadcastsDelivered),
                     locale.toString(tree.broadcastsDuplicate));
    if (tree.messagesSent + tree.messagesFailed + tree.messagesHeard > 0)
        lines << tr("Messages to one node: %1 sent, %2 not acknowledged, %3 received.")
                     .arg(locale.toString(tree.messagesSent), locale.toString(tree.messagesFailed),
                         locale.toString(tree.messagesHeard));
    if (tree.messagesRelayed > 0)
        lines << tr("%1 messages carried for others.").arg(locale.toString(tree.messagesRelayed));
    if (tree.linksPunched + tree.bulkLinksPunched > 0)
        lines << tr("%n direct link(s) made through routers.", nullptr,
            static_cast<int>(tree.linksPunched + tree.bulkLinksPunched));
    lines << tr("%1 received and %2 sent since the start.")
                 .arg(Words::size(tree.bytesIn), Words::size(tree.bytesOut));
    if (tree.lastFailoverMs >= 0)
        lines << tr("The last lost parent was replaced within %1.")
                     .arg(Words::span(tree.lastFailoverMs * 1000));
    if (tree.handshakesRefused > 0)
        lines << tr(
            "%n connection(s) turned away.", nullptr, static_cast<int>(tree.handshakesRefused));
    if (tree.greylisted > 0)
        lines << tr("%n node(s) shut out for a while.", nullptr, static_cast<int>(tree.greylisted));
    return lines.join(u'\n');
}

void NetworkModel::update()
{
    Q_EMIT trafficChanged();
    const auto &snapshot = m_api.snapshot();
    int others = 0;
    int up = 0;
    for (const auto &[id, peer] : snapshot.peers) {
        if (id == snapshot.status.nodeId)
            continue;
        ++others;
        up += peer.online ? 1 : 0;
    }
    const auto summary = others == 0 ? tr("Nobody else is here yet.") : describePlace(up);
    const auto figures = describeFigures();
    const bool hasParent = !snapshot.tree.parent.isEmpty();
    if (summary == m_summary && figures == m_figures && m_alone == (others == 0)
        && m_hasParent == hasParent)
        return;
    m_hasParent = hasParent;
    m_summary = summary;
    m_figures = figures;
    m_alone = others == 0;
    Q_EMIT changed();
}

} // namespace borg::ui
