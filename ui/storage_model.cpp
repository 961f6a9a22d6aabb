// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage_model.h"

#include <QClipboard>
#include <QDir>
#include <QGuiApplication>
#include <QLocale>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

namespace {

constexpr qsizetype kLinkCharactersMax = 4096;
constexpr qsizetype kNameCharactersMax = 255;

} // namespace

StorageModel::StorageModel(
    NodeApi &api, Clock &clock, Notices &notices, FileChooser &chooser, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_notices(notices)
    , m_chooser(chooser)
    , m_files(api, clock)
    , m_versions(api, clock, notices)
    , m_jobs(api, clock)
    , m_recovery(api, notices)
{
    connect(&api, &NodeApi::snapshotChanged, this, &StorageModel::update);
    update();
}

void StorageModel::update()
{
    const auto &storage = m_api.snapshot().storage;
    const QLocale locale;
    shards = locale.toString(storage.shards);
    bytes = Words::size(storage.bytes);
    limit = storage.bytesLimit > 0 ? Words::size(storage.bytesLimit) : tr("no limit");
    share = storage.bytesLimit > 0
        ? std::clamp(static_cast<double>(storage.bytes) / static_cast<double>(storage.bytesLimit),
              0.0, 1.0)
        : 0.0;
    free = Words::size(storage.diskFreeBytes);
    verified = locale.toString(storage.shardsVerified);
    repairs = locale.toString(storage.repairsDone);
    damaged = storage.shardsCorrupt > 0 ? locale.toString(storage.shardsCorrupt) : QString();
    problem = storage.readOnly
        ? tr("New shards are not taken: the disk is full or failed. Free some space.")
        : QString();
    Q_EMIT changed();
}

void StorageModel::chooseFiles()
{
    m_chooser.chooseFiles([this](const QList<QUrl> &files) { add(files); });
}

void StorageModel::chooseFolder()
{
    m_chooser.chooseFolder([this](const QUrl &folder) { add({folder}); });
}

void StorageModel::saveFolder(const QString &folder)
{
    m_chooser.chooseFolder([this, folder](const QUrl &target) {
        const QString path = target.toLocalFile() + u'/' + folder.section(u'/', -1);
        m_api.getFolder(folder, path, [this](const Result<QString> &job) {
            if (!job)
                m_notices.show(Words::callFailure(tr("Nothing was downloaded."), job.error().code),
                    Severity::Bad);
        });
    });
}

void StorageModel::removeFolder(const QString &folder)
{
    std::vector<QString> ids;
    for (const auto &[id, file] : m_api.snapshot().files) {
        if (file.folder == folder || file.folder.startsWith(folder + u'/'))
            ids.push_back(id);
    }
    const QString name = folder.section(u'/', -1);
    m_api.removeFolder(folder, [this, name, ids](const Result<qint64> &done) {
        if (!done)
            return m_notices.show(
                Words::callFailure(tr("%1 was not removed.").arg(name), done.error().code),
                Severity::Bad);
        m_notices.show(tr("%1 is in the trash for seven days.").arg(name), Severity::Good,
            tr("Undo"), [this, name, ids] {
                for (const QString &id : ids)
                    restore(id, name);
            });
    });
}

void StorageModel::rename(const QString &path, const QString &name)
{
    const QString folder = path.contains(u'/') ? path.section(u'/', 0, -2) + u'/' : QString();
    m_api.move(path, folder + name.trimmed(), [this, name](const Result<qint64> &done) {
        if (done)
            return;
        m_notices.show(done.error().code == Errc::Conflict
                ? tr("There is something called %1 already.").arg(name.trimmed())
                : Words::callFailure(tr("It was not renamed."), done.error().code),
            Severity::Bad);
    });
}

QString StorageModel::nameProblem(const QString &name) const
{
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty())
        return tr("A name is needed.");
    if (trimmed.contains(u'/') || trimmed == "."_L1 || trimmed == ".."_L1)
        return tr("A name has no slash.");
    if (trimmed.size() > kNameCharactersMax)
        return tr("A name has at most %1 characters.").arg(kNameCharactersMax);
    return {};
}

void StorageModel::chooseTarget(const QString &source)
{
    const auto &files = m_api.snapshot().files;
    const auto file = files.find(source);
    m_chooser.chooseTarget(file == files.end() ? m_versions.nameOf(source) : file->second.name,
        [this, source](const QUrl &target) { download(source, target); });
}

void StorageModel::add(const QList<QUrl> &files)
{
    for (const auto &url : files) {
        const auto path = url.toLocalFile();
        const auto name = QDir(path).dirName(); // of a folder too
        if (path.isEmpty()) {
            m_notices.show(tr("Only files on this computer can be added."), Severity::Warning);
            continue;
        }
        m_api.put(path, m_files.folder(), [this, name](const Result<QString> &job) {
            if (!job)
                m_notices.show(
                    Words::callFailure(tr("%1 was not added.").arg(name), job.error().code),
                    Severity::Bad);
        });
    }
}

void StorageModel::download(const QString &source, const QUrl &target)
{
    // The dialog has asked before it gave the name of a file that is there.
    m_api.get(source.trimmed(), target.toLocalFile(), true, [this](const Result<QString> &job) {
        if (!job)
            m_notices.show(
                Words::callFailure(tr("Nothing was downloaded."), job.error().code), Severity::Bad);
    });
}

void StorageModel::cancel(const QString &jobId)
{
    m_api.cancel(jobId, [this](const Result<Done> &done) {
        if (!done && done.error().code != Errc::NotFound)
            m_notices.show(
                Words::callFailure(tr("It was not cancelled."), done.error().code), Severity::Bad);
    });
}

void StorageModel::remove(const QString &fileId)
{
    const auto &files = m_api.snapshot().files;
    const auto file = files.find(fileId);
    const auto name = file == files.end() ? QString() : file->second.name;
    m_api.remove(fileId, [this, name, fileId](const Result<Done> &done) {
        if (done)
            m_notices.show(tr("%1 is in the trash for seven days.").arg(name), Severity::Good,
                tr("Undo"), [this, name, fileId] { restore(fileId, name); });
        else
            m_notices.show(
                Words::callFailure(tr("%1 was not removed.").arg(name), done.error().code),
                Severity::Bad);
    });
}

void StorageModel::restore(const QString &fileId, const QString &name)
{
    m_api.restore(fileId, [this, name](const Result<Done> &done) {
        if (!done)
            m_notices.show(
                Words::callFailure(tr("%1 is still in the trash.").arg(name), done.error().code),
                Severity::Bad);
    });
}

void StorageModel::copyLink(const QString &fileId)
{
    m_api.link(fileId, [this](const Result<QString> &link) {
        if (!link) {
            m_notices.show(Words::callFailure(tr("The link was not copied."), link.error().code),
                Severity::Bad);
            return;
        }
        QGuiApplication::clipboard()->setText(*link);
        m_notices.show(tr("Link copied. Whoever has it can read the file."), Severity::Good);
    });
}

QString StorageModel::linkProblem(const QString &text) const
{
    const auto link = text.trimmed();
    if (link.isEmpty())
        return tr("Paste a link that begins with borg:r/.");
    if (link.startsWith("borg:join/"_L1))
        return tr("This is an invite to a network, not the link of a file.");
    if (link.startsWith("borg:v/"_L1))
        return tr("This link can check the file but not open it. Ask for the full link.");
    if (link.startsWith("borg:w/"_L1))
        return tr("This is a recovery link: it gives all files of somebody, not one.");
    if (!link.startsWith("borg:r/"_L1) || link.size() > kLinkCharactersMax)
        return tr("This is not the link of a file. It begins with borg:r/.");
    const auto parts = link.mid(7).split(u'#');
    if (parts.size() != 2 || parts[0].size() < 16 || parts[1].size() < 16)
        return tr("The link is cut off. Copy the whole of it, with the part after #.");
    return {};
}

} // namespace borg::ui
