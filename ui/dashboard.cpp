// SPDX-License-Identifier: GPL-3.0-or-later
#include "dashboard.h"

#include <QClipboard>
#include <QDir>
#include <QGuiApplication>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

namespace {

/// Whether a node in `dir` would know its network; otherwise this is a first run.
bool belongsToANetwork(const QString &dir)
{
    return QFileInfo::exists(QDir(dir).filePath(u"network.json"_s));
}

} // namespace

Dashboard::Dashboard(const Surroundings &around, Folders folders, QObject *parent)
    : QObject(parent)
    , m_api(around.api)
    , m_launcher(around.launcher)
    , m_preferences(around.preferences)
    , m_status(m_api, around.clock)
    , m_overview(m_api)
    , m_network(m_api, around.clock)
    , m_storage(m_api, around.clock, m_notices, around.chooser)
    , m_setup(m_launcher, std::move(folders))
{
    connect(&m_api, &NodeApi::connectionChanged, this, &Dashboard::connectionChanged);
    connect(&m_setup, &SetupModel::ready, this, [this](const QString &dataDir) {
        m_startOnce = false; // it is being started
        m_status.setStarting(true);
        m_api.attach(dataDir);
    });
    connect(m_network.reach(), &ReachModel::failed, this,
        [this](const QString &sentence) { m_notices.show(sentence, Severity::Warning); });
    // A start that fails after ready(): the page stays, with the reason.
    connect(&m_setup, &SetupModel::changed, this, [this] {
        if (!m_setup.failure().isEmpty() && m_status.isStarting())
            m_status.setStartFailure(m_setup.failure());
    });
}

void Dashboard::setFirstRun(bool firstRun)
{
    if (m_firstRun == firstRun)
        return;
    m_firstRun = firstRun;
    Q_EMIT firstRunChanged();
}

void Dashboard::connectionChanged()
{
    if (m_api.connection() == NodeApi::Connection::Connected) {
        m_startOnce = false;
        m_preferences.setDataDir(m_api.dataDir());
        m_setup.finish();
        setFirstRun(false);
    } else if (m_api.connection() == NodeApi::Connection::Lost && m_startOnce) {
        startNode();
    }
}

void Dashboard::open(const QString &dataDir)
{
    m_setup.setDataDir(dataDir);
    if (!belongsToANetwork(dataDir)) {
        setFirstRun(true);
        return;
    }
    setFirstRun(false);
    m_startOnce = true;
    m_api.attach(dataDir);
}

void Dashboard::openTrial()
{
    setFirstRun(true);
    m_setup.tryHere();
}

void Dashboard::openUsual()
{
    const auto last = m_preferences.dataDir();
    const auto usual = m_setup.folders().data;
    if (!last.isEmpty() && belongsToANetwork(last))
        open(last);
    else
        open(usual);
}

void Dashboard::openLink(const QString &link)
{
    const auto text = link.trimmed();
    if (text.startsWith("borg:join/"_L1)) {
        if (m_firstRun)
            m_setup.setInvite(text);
        else
            m_notices.show(
                tr("This node already belongs to a network, so the invite was not used."),
                Severity::Note);
        return;
    }
    if (const auto problem = m_storage.linkProblem(text); !problem.isEmpty())
        m_notices.show(problem, Severity::Warning);
    else if (m_firstRun)
        m_notices.show(tr("Set up this computer first, then open the link again."), Severity::Note);
    else
        Q_EMIT fileLinkOffered(text);
}

bool Dashboard::isTrial() const
{
    const auto trial = QDir(m_setup.folders().trial).absolutePath();
    return QDir(m_api.dataDir()).absolutePath().startsWith(trial + u'/');
}

void Dashboard::startNode()
{
    m_startOnce = false;
    m_status.setStarting(true);
    const auto failed = [this](const Error &error) {
        m_status.setStartFailure(error.code == Errc::NotFound
                ? tr("The program borgd is missing. Install BorgIOS again.")
                : tr("The node ended: %1").arg(error.detail));
    };
    if (isTrial())
        m_launcher.startCluster(
            SetupModel::kTrialNodes, m_setup.folders().trial, [](const QString &) {},
            [this, failed](const Result<QString> &first) {
                if (first)
                    m_api.retry();
                else
                    failed(first.error());
            });
    else
        m_launcher.startNode({m_api.dataDir(), {}, {}}, failed);
    m_api.retry();
}

void Dashboard::retry()
{
    m_api.retry();
}

void Dashboard::stopNode()
{
    m_startOnce = false;
    m_api.stop([this](const Result<Done> &) {
        if (isTrial())
            m_launcher.stopCluster(m_setup.folders().trial);
        m_status.setStopped(true);
        Q_EMIT nodeStopped();
    });
}

void Dashboard::copyInvite()
{
    const auto &invite = m_api.snapshot().status.invite;
    if (invite.isEmpty()) {
        m_notices.show(tr("The node has no invite yet. Try again in a moment."), Severity::Note);
        return;
    }
    QGuiApplication::clipboard()->setText(invite);
    m_notices.show(tr("Invite copied. Send it to whoever shall join."), Severity::Good);
}

} // namespace borg::ui
