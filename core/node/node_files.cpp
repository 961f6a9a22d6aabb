// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.h"

#include <store/capability.h>
#include <store/path.h>

/// The calls of the control socket about the files and folders that are in the network.
namespace borg::node {

using namespace Qt::Literals::StringLiterals;

void Node::addFileMethods()
{
    using namespace control;
    const Error notYet{
        Errc::Busy, u"The node is still reading what it holds; try again in a moment."_s};
    m_server->on<ListFiles>(
        [this, notYet](const ListFiles &request, const Answer<ListFiles> &answer) {
            if (!m_storeIsOpen)
                answer(notYet);
            else
                answer(ListFiles::Reply{files(request.trash.value_or(false))});
        });
    m_server->on<GetLink>([this, notYet](const GetLink &request, const Answer<GetLink> &answer) {
        if (!m_storeIsOpen) {
            answer(notYet);
            return;
        }
        auto link = m_store->link(request.id);
        if (link)
            answer(GetLink::Reply{*std::move(link)});
        else
            answer(Error{link.error().code, sentenceOf(link.error())});
    });
    m_server->on<RemoveFile>(
        [this, notYet](const RemoveFile &request, const Answer<RemoveFile> &answer) {
            if (!m_storeIsOpen) {
                answer(notYet);
                return;
            }
            m_scope.spawn("removing a file"_L1, runRemove(request, answer));
        });
    m_server->on<RestoreFile>(
        [this, notYet](const RestoreFile &request, const Answer<RestoreFile> &answer) {
            if (!m_storeIsOpen)
                answer(notYet);
            else
                m_scope.spawn("restoring a file"_L1, runRestore(request.id, answer));
        });
    addFolderMethods();
    m_server->on<GetRecovery>(
        [this, notYet](const GetRecovery &, const Answer<GetRecovery> &answer) {
            const auto link = m_storeIsOpen ? m_store->recoveryLink() : Result<QString>(notYet);
            if (!link) {
                answer(link.error());
                return;
            }
            const auto state = m_store->listState();
            answer(GetRecovery::Reply{
                *link, state.savedUtcMs, state.copies, state.isCurrent, state.problem});
        });
    m_server->on<Recover>([this, notYet](const Recover &request, const Answer<Recover> &answer) {
        if (!m_storeIsOpen)
            answer(notYet);
        else
            m_scope.spawn("a recovery"_L1, runRecover(request.link, answer));
    });
}

void Node::addFolderMethods()
{
    using namespace control;
    const Error notYet{
        Errc::Busy, u"The node is still reading what it holds; try again in a moment."_s};
    m_server->on<ListFolder>(
        [this, notYet](const ListFolder &request, const Answer<ListFolder> &answer) {
            const auto content = m_storeIsOpen ? m_store->folder(request.path)
                                               : Result<store::FolderContent>(notYet);
            if (!content) {
                answer(Error{content.error().code, sentenceOf(content.error())});
                return;
            }
            ListFolder::Reply reply;
            for (const store::FolderInfo &folder : content->folders)
                reply.folders.push_back({folder.name, folder.files, folder.bytes});
            for (const store::FileInfo &file : content->files)
                reply.files.push_back(shown(file));
            answer(std::move(reply));
        });
    m_server->on<ListVersions>(
        [this, notYet](const ListVersions &request, const Answer<ListVersions> &answer) {
            if (!m_storeIsOpen) {
                answer(notYet);
                return;
            }
            ListVersions::Reply reply;
            for (const store::FileInfo &file : m_store->versions(request.path))
                reply.files.push_back(shown(file));
            if (reply.files.empty())
                answer(Error{
                    Errc::NotFound, u"There is no file \"%1\"."_s.arg(request.path.left(200))});
            else
                answer(std::move(reply));
        });
    m_server->on<VerifyFile>(
        [this, notYet](const VerifyFile &request, const Answer<VerifyFile> &answer) {
            answer(m_storeIsOpen ? verify(request) : Result<JobStarted>(notYet));
        });
    m_server->on<MoveFile>([this, notYet](const MoveFile &request, const Answer<MoveFile> &answer) {
        if (!m_storeIsOpen)
            answer(notYet);
        else
            m_scope.spawn("a move"_L1, runMove(request, answer));
    });
    m_server->on<RemoveFolder>(
        [this, notYet](const RemoveFolder &request, const Answer<RemoveFolder> &answer) {
            if (!m_storeIsOpen)
                answer(notYet);
            else
                m_scope.spawn("removing a folder"_L1, runRemoveFolder(request, answer));
        });
}

namespace {

/// A sentence about a file whose holders were asked for proof.
QString wordsOf(const store::VerifyReport &report)
{
    QStringList parts{u"%1 of %2 shards on %3 nodes are proven"_s.arg(report.proven)
            .arg(report.asked)
            .arg(report.nodes)};
    const auto part = [&](qint64 count, const QString &what) {
        if (count > 0)
            parts.append(what.arg(count));
    };
    part(report.wrong, u"%1 answers were no proof"_s);
    part(report.denied, u"%1 are listed and not there"_s);
    part(report.gone, u"%1 were found damaged, to be rebuilt"_s);
    part(report.silent, u"%1 got no answer"_s);
    if (!report.liars.empty()) {
        QStringList liars;
        for (const NodeId &node : report.liars)
            liars.append(node.text().first(12));
        parts.append(u"not believed from now on: "_s + liars.join(u", "));
    }
    const QString weakest = report.lostBlocks > 0
        ? u"%1 of %2 parts cannot be rebuilt from what is proven now."_s.arg(report.lostBlocks)
              .arg(report.blocks)
        : u"The weakest part can lose %1 more."_s.arg(report.spareOfWeakest);
    return parts.join(u"; ") + u". "_s + weakest;
}

} // namespace

Result<control::JobStarted> Node::verify(const control::VerifyFile &request)
{
    const auto file = m_store->file(request.id);
    if (!file)
        return Error{Errc::NotFound, u"None of your files has this id."_s};
    const auto jobId = m_jobs->begin(u"verify"_s, file->path(), {});
    if (!jobId)
        return jobId.error();
    m_scope.spawn("verifying a file"_L1, runVerify(*jobId, request.id));
    return control::JobStarted{*jobId, {}, {}};
}

QCoro::Task<Result<Done>> Node::runVerify(QString jobId, QString fileId)
{
    const auto progress
        = [this, jobId](qint64 done, qint64 total) { m_jobs->progress(jobId, done, total); };
    const auto report = co_await m_store->verify(fileId, progress, m_jobs->cancelOf(jobId));
    Jobs::Outcome outcome;
    if (!report) {
        outcome.error = report.error();
    } else {
        outcome.note = wordsOf(*report);
        outcome.bytes = report->asked;
        if (report->lostBlocks > 0)
            outcome.error = Error{Errc::NotFound, outcome.note};
    }
    m_jobs->end(jobId, std::move(outcome));
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runMove(
    control::MoveFile request, control::Answer<control::MoveFile> answer)
{
    const auto moved = co_await m_store->move(request.from, request.to);
    if (moved)
        answer(control::MoveFile::Reply{*moved});
    else
        answer(Error{moved.error().code, sentenceOf(moved.error())});
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runRemoveFolder(
    control::RemoveFolder request, control::Answer<control::RemoveFolder> answer)
{
    const auto removed
        = co_await m_store->removeFolder(request.path, request.forGood.value_or(false));
    if (removed)
        answer(control::RemoveFolder::Reply{*removed});
    else
        answer(Error{removed.error().code, sentenceOf(removed.error())});
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runRecover(QString link, control::Answer<control::Recover> answer)
{
    const auto files = co_await m_store->recover(std::move(link));
    if (files)
        answer(control::Recover::Reply{*files});
    else
        answer(Error{files.error().code, sentenceOf(files.error())});
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runRestore(
    QString fileId, control::Answer<control::RestoreFile> answer)
{
    const auto restored = co_await m_store->restore(fileId);
    if (restored)
        answer(control::Nothing{});
    else
        answer(Error{restored.error().code, sentenceOf(restored.error())});
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runRemove(
    control::RemoveFile request, control::Answer<control::RemoveFile> answer)
{
    QString fileId = request.id;
    if (const auto link = store::Capability::parse(request.id))
        fileId = link->manifest.text();
    const auto removed = request.forGood.value_or(false) ? co_await m_store->remove(fileId)
                                                         : co_await m_store->moveToTrash(fileId);
    if (removed)
        answer(control::Nothing{});
    else
        answer(Error{removed.error().code, sentenceOf(removed.error())});
    co_return Done{};
}

} // namespace borg::node
