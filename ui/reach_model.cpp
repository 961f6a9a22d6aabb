// SPDX-License-Identifier: GPL-3.0-or-later
#include "reach_model.h"

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

ReachModel::ReachModel(NodeApi &api, Clock &clock, QObject *parent)
    : KeyedRows(parent)
    , m_api(api)
    , m_clock(clock)
{
    connect(&api, &NodeApi::snapshotChanged, this, &ReachModel::update);
    update();
}

QVariant ReachModel::data(const QModelIndex &index, int role) const
{
    const auto *row = rowAt(m_rows, index);
    if (!row)
        return {};
    switch (role) {
    case NameRole:
    case Qt::DisplayRole:
        return row->name;
    case DetailRole:
        return row->detail;
    case AdviceRole:
        return row->advice;
    case OkRole:
        return row->ok;
    default:
        return {};
    }
}

QHash<int, QByteArray> ReachModel::roleNames() const
{
    return {{NameRole, "name"}, {DetailRole, "detail"}, {AdviceRole, "advice"}, {OkRole, "ok"}};
}

void ReachModel::checkAgain()
{
    if (m_checking)
        return;
    m_checking = true;
    Q_EMIT updated();
    m_api.checkReach([this](const Result<Done> &done) {
        m_checking = false;
        Q_EMIT updated();
        if (!done)
            Q_EMIT failed(
                Words::callFailure(tr("The connection was not checked."), done.error().code));
    });
}

void ReachModel::describeState(const control::Reach &reach, Shown &shown)
{
    if (reach.state == "public"_L1) {
        shown.state = tr("Reachable from everywhere");
        shown.detail = tr("Other nodes connect to this computer directly.");
    } else if (reach.state == "mapped"_L1) {
        shown.state = tr("Reachable through the router");
        shown.detail = tr("The router passes connections of other nodes on to this computer.");
    } else if (reach.state == "punchable"_L1) {
        shown.state = tr("Reachable with help");
        shown.detail = tr(
            "Other nodes get through the router when a third one arranges it. That is enough.");
        shown.severity = Severity::Note;
    } else if (reach.state == "relayed"_L1) {
        shown.state = tr("Not reachable from outside");
        shown.detail
            = tr("Others reach this computer only by way of other nodes, which is slower.");
        shown.advice = tr("Turn on UPnP or NAT-PMP in the router, or let it pass the port of this "
                          "node on to this computer.");
        shown.severity = Severity::Warning;
    } else if (reach.state == "lan"_L1) {
        shown.state = tr("Reachable in this local network");
        shown.detail = tr("Whether nodes elsewhere get through is not known yet.");
        shown.severity = Severity::Note;
    } else if (reach.state == "local"_L1) {
        shown.state = tr("On this computer only");
        shown.detail = tr("All nodes of this network run here; nobody else has to reach them.");
    } else {
        shown.state = tr("Not known yet");
        shown.detail = tr("Two other nodes have to try to connect before it is known.");
        shown.severity = Severity::Note;
    }
}

void ReachModel::update()
{
    Shown shown;
    std::vector<CheckRow> rows;
    const auto &reach = m_api.snapshot().reach;
    if (m_api.hasSnapshot()) {
        shown.known = true;
        describeState(reach, shown);
        shown.address = reach.external;
        shown.checked = Words::moment(reach.lastCheckUtcMs, m_clock.utcMs());
        if (shown.advice.isEmpty() && !reach.advice.empty())
            shown.advice = reach.advice.front();
        for (const control::Check &check : reach.checks) {
            const bool isNew = std::ranges::find(rows, check.name, &CheckRow::name) == rows.end();
            if (isNew)
                rows.push_back({check.name, check.detail, check.advice, check.ok});
        }
    } else {
        m_checking = false;
    }
    const bool rowsChanged = replaceRows(m_rows, std::move(rows));
    if (shown == m_shown && !rowsChanged)
        return;
    m_shown = shown;
    Q_EMIT updated();
}

} // namespace borg::ui
