// SPDX-License-Identifier: GPL-3.0-or-later
#include "setup_model.h"

#include <QRegularExpression>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

namespace {

constexpr qsizetype kInviteCharactersMax = 4096;
constexpr qsizetype kNameCharactersMax = 64;

bool isAddress(const QString &text)
{
    const QRegularExpression form(u"^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+):([0-9]{1,5})$"_s);
    const auto match = form.match(text);
    const int port = match.captured(2).toInt();
    return match.hasMatch() && port > 0 && port <= 65535;
}

} // namespace

SetupModel::SetupModel(Launcher &launcher, Folders folders, QObject *parent)
    : QObject(parent)
    , m_launcher(launcher)
    , m_folders(std::move(folders))
{
}

void SetupModel::setInvite(const QString &invite)
{
    m_invite = invite;
    Q_EMIT inviteChanged();
}

void SetupModel::setDataDir(const QString &dataDir)
{
    m_folders.data = dataDir;
    Q_EMIT changed();
}

void SetupModel::begin(const QString &progress)
{
    m_busy = true;
    m_progress = progress;
    m_failure.clear();
    m_failureDetail.clear();
    Q_EMIT changed();
}

void SetupModel::fail(const Error &error)
{
    m_busy = false;
    m_progress.clear();
    m_failureDetail = error.detail;
    if (error.code == Errc::NotFound)
        m_failure = tr("A program that belongs to BorgIOS is missing. Install it again.");
    else
        m_failure = tr("It could not be started. Below is what the program said.");
    Q_EMIT changed();
}

void SetupModel::finish()
{
    if (!m_busy && m_failure.isEmpty())
        return;
    m_busy = false;
    m_progress.clear();
    m_failure.clear();
    m_failureDetail.clear();
    Q_EMIT changed();
}

void SetupModel::tryHere()
{
    if (m_busy)
        return;
    begin(tr("Starting %n nodes on this computer…", nullptr, kTrialNodes));
    m_launcher.startCluster(
        kTrialNodes, m_folders.trial,
        [this](const QString &line) {
            m_progress = line;
            Q_EMIT changed();
        },
        [this](const Result<QString> &first) {
            if (!first) {
                fail(first.error());
                return;
            }
            m_progress = tr("Opening the dashboard…");
            Q_EMIT changed();
            Q_EMIT ready(*first);
        });
}

void SetupModel::startNode(const NodeStart &start)
{
    m_launcher.startNode(start, [this](const Error &error) { fail(error); });
    if (m_busy)
        Q_EMIT ready(start.dataDir);
}

void SetupModel::join(const QString &invite)
{
    if (m_busy || !inviteProblem(invite).isEmpty())
        return;
    begin(tr("Joining the network…"));
    startNode({m_folders.data, invite.trimmed(), {}});
}

void SetupModel::create(const QString &name)
{
    if (m_busy || !nameProblem(name).isEmpty())
        return;
    begin(tr("Creating the network…"));
    startNode({m_folders.data, {}, name.trimmed()});
}

QString SetupModel::inviteProblem(const QString &text) const
{
    const auto invite = text.trimmed();
    if (invite.isEmpty())
        return tr("Paste the invite that you were given.");
    if (invite.size() > kInviteCharactersMax)
        return tr("This is too long for an invite.");
    if (invite.startsWith("borg:r/"_L1) || invite.startsWith("borg:v/"_L1))
        return tr("This is the link of a file, not an invite.");
    if (invite.startsWith("borg:join/"_L1))
        return invite.size() < 26 || invite.contains(QRegularExpression(u"\\s"_s))
            ? tr("The invite is cut off. Copy the whole of it.")
            : QString();
    if (isAddress(invite))
        return {};
    return tr("An invite begins with borg:join/. An address such as host:4001 works too.");
}

QString SetupModel::nameProblem(const QString &text) const
{
    const auto name = text.trimmed();
    if (name.isEmpty())
        return tr("Give the network a name.");
    if (name.size() > kNameCharactersMax)
        return tr("At most %n characters.", nullptr, static_cast<int>(kNameCharactersMax));
    return {};
}

} // namespace borg::ui
