// SPDX-License-Identifier: GPL-3.0-or-later
#include "recovery_model.h"

#include <QClipboard>
#include <QGuiApplication>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

RecoveryModel::RecoveryModel(NodeApi &api, Notices &notices, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_notices(notices)
{
    connect(&api, &NodeApi::snapshotChanged, this, &RecoveryModel::update);
    update();
}

void RecoveryModel::update()
{
    const auto &storage = m_api.snapshot().storage;
    m_canRecover = m_api.hasSnapshot() && m_api.snapshot().files.empty();
    if (storage.listSavedUtcMs == 0 && storage.listCurrent) {
        m_state = tr("Your files will outlive this computer");
        m_detail = tr("The list of your files is kept in the network too, encrypted. With the "
                      "recovery link another computer gets all of them.");
        m_severity = Severity::Note;
    } else if (storage.listCurrent) {
        m_state = tr("Your files outlive this computer");
        m_detail = tr("The list of your files is in the network, encrypted. With the recovery link "
                      "another computer gets all of them. Keep it somewhere else.");
        m_severity = Severity::Good;
    } else if (storage.listProblem.isEmpty()) {
        m_state = tr("The list of your files is being saved");
        m_detail = tr("It takes a few seconds. Until then only this computer knows the newest.");
        m_severity = Severity::Note;
    } else {
        m_state = tr("Only this computer knows your newest files");
        m_detail = tr("The list of your files could not be saved in the network yet. It is tried "
                      "again by itself.");
        m_severity = Severity::Warning;
    }
    Q_EMIT changed();
}

void RecoveryModel::reveal()
{
    m_isLookedAt = true;
    m_api.recoveryLink([this](const Result<QString> &link) {
        if (!link) {
            m_notices.show(
                Words::callFailure(tr("The recovery link was not shown."), link.error().code),
                Severity::Bad);
            return;
        }
        if (!m_isLookedAt)
            return;
        m_link = *link;
        Q_EMIT changed();
    });
}

void RecoveryModel::forget()
{
    m_isLookedAt = false;
    m_link.clear();
    Q_EMIT changed();
}

void RecoveryModel::copy()
{
    if (m_link.isEmpty())
        return;
    QGuiApplication::clipboard()->setText(m_link);
    m_notices.show(
        tr("Recovery link copied. Keep it where only you can find it, not on this computer."),
        Severity::Good);
}

void RecoveryModel::recover(const QString &link)
{
    if (std::exchange(m_isBusy, true))
        return;
    Q_EMIT changed();
    m_api.recover(link.trimmed(), [this](const Result<qint64> &files) {
        m_isBusy = false;
        Q_EMIT changed();
        if (files) {
            m_notices.show(
                tr("%n file(s) recovered.", "", static_cast<int>(*files)), Severity::Good);
            return;
        }
        switch (files.error().code) {
        case Errc::NotFound:
            m_notices.show(tr("Nobody who is online knows this recovery link. Is this node in the "
                              "right network? Try again later."),
                Severity::Bad);
            break;
        case Errc::Conflict:
            m_notices.show(
                tr("This node has files of its own. Recover on one without files."), Severity::Bad);
            break;
        default:
            m_notices.show(Words::callFailure(tr("Nothing was recovered."), files.error().code),
                Severity::Bad);
        }
    });
}

QString RecoveryModel::linkProblem(const QString &text) const
{
    constexpr qsizetype kLinkCharacters = 7 + 56 + 1 + 56;
    const auto link = text.trimmed();
    if (link.isEmpty())
        return tr("Paste the link that begins with borg:w/.");
    if (link.startsWith("borg:r/"_L1))
        return tr("This is the link of one file. A recovery link begins with borg:w/.");
    if (!link.startsWith("borg:w/"_L1) || link.size() > kLinkCharacters)
        return tr("This is not a recovery link. It begins with borg:w/.");
    if (link.size() < kLinkCharacters || link.at(7 + 56) != u'#')
        return tr("The link is cut off. Copy the whole of it, with the part after #.");
    return {};
}

} // namespace borg::ui
