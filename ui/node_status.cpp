// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_status.h"

#include "words.h"

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

NodeStatus::NodeStatus(NodeApi &api, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_clock(clock)
{
    connect(&api, &NodeApi::snapshotChanged, this, &NodeStatus::update);
    connect(&api, &NodeApi::connectionChanged, this, [this] {
        if (m_api.connection() == NodeApi::Connection::Connected) {
            m_starting = false;
            m_stopped = false;
            m_startFailure.clear();
        }
        update();
        Q_EMIT changed(); // the three above are not part of Shown
    });
    update();
}

void NodeStatus::setStarting(bool starting)
{
    m_starting = starting;
    if (starting) {
        m_startFailure.clear();
        m_stopped = false;
    }
    update();
    Q_EMIT changed();
}

void NodeStatus::setStopped(bool stopped)
{
    m_stopped = stopped;
    update();
    Q_EMIT changed();
}

void NodeStatus::setStartFailure(const QString &sentence)
{
    m_startFailure = sentence;
    m_starting = false;
    update();
    Q_EMIT changed();
}

void NodeStatus::update()
{
    Shown shown;
    if (m_api.hasSnapshot()) {
        const auto &status = m_api.snapshot().status;
        shown.network = status.local ? tr("A network on this computer only") : status.network;
        shown.nodeName = status.nodeId.isEmpty() ? QString() : Words::nodeName(status.nodeId);
        shown.since = Words::moment(status.startedUtcMs, m_clock.utcMs());
        shown.listen = status.listen;
        shown.version = status.version;
        shown.invite = status.invite;
    }
    if (m_api.connection() == NodeApi::Connection::Connected)
        describeConnected(shown);
    else
        describeLost(shown);
    if (shown == m_shown)
        return;
    m_shown = shown;
    Q_EMIT changed();
}

void NodeStatus::describeConnected(Shown &shown) const
{
    const auto &[status, tree, storage, peers, files, jobs, time, reach] = m_api.snapshot();
    shown.view = View::Live;
    shown.reason = status.reason;
    if (status.state == "online"_L1) {
        shown.title = tr("Online");
        shown.health = storage.readOnly ? Health::Attention : Health::Good;
        const auto others = static_cast<int>(std::max<qint64>(status.members - 1, 0));
        shown.reason = storage.readOnly ? tr("Connected, but it cannot store new data.")
                                        : tr("Connected with %n other node(s).", nullptr, others);
    } else if (status.state == "alone"_L1) {
        shown.title = tr("Alone");
        shown.health = Health::Attention;
        shown.reason = tr("No other node is reachable yet. Invite one to join.");
    } else if (status.state == "joining"_L1) {
        shown.title = tr("Joining");
        shown.health = Health::Busy;
        shown.reason = tr("Looking for a place in the network.");
    } else if (status.state == "stopping"_L1) {
        shown.title = tr("Stopping");
        shown.health = Health::Busy;
        shown.reason = tr("Saying goodbye to its neighbours.");
    } else {
        shown.title = tr("Starting");
        shown.health = Health::Busy;
        shown.reason = tr("Checking what is stored on this computer.");
    }
}

void NodeStatus::describeLost(Shown &shown) const
{
    const bool known = m_api.hasSnapshot();
    shown.stale = known;
    shown.view = known ? View::Live : View::Failed;
    shown.health = Health::Offline;
    if (!m_startFailure.isEmpty()) {
        shown.title = tr("Not started");
        shown.reason = m_startFailure;
        shown.health = Health::Attention;
    } else if (m_starting) {
        shown.view = known ? View::Live : View::Loading;
        shown.health = Health::Busy;
        shown.title = tr("Starting");
        shown.reason = tr("The node is being started.");
    } else if (m_stopped) {
        shown.title = tr("Stopped");
        shown.reason = tr("You stopped the node. Nothing is given or used until you start it.");
    } else if (m_api.connection() == NodeApi::Connection::Connecting) {
        shown.view = known ? View::Live : View::Loading;
        shown.health = Health::Busy;
        shown.title = tr("Connecting");
        shown.reason = tr("Looking for the node on this computer.");
    } else if (known) {
        shown.title = tr("Connection lost");
        shown.reason = tr("The node does not answer. It may have stopped.");
    } else {
        shown.title = tr("Not running");
        shown.reason = tr("No node is running on this computer.");
    }
}

} // namespace borg::ui
