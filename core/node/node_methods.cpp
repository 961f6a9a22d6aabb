// SPDX-License-Identifier: GPL-3.0-or-later
#include "local_file.h"
#include "node.h"

#include <disk/on_executor.h>
#include <store/path.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

/// The calls of the control socket.
namespace borg::node {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// "3/10" -> k and n.
Result<std::pair<int, int>> parseCode(const QString &text)
{
    static const QRegularExpression pattern(u"^(\\d{1,3})/(\\d{1,3})$"_s);
    const auto match = pattern.match(text);
    const int k = match.captured(1).toInt();
    const int n = match.captured(2).toInt();
    if (!match.hasMatch() || k < 1 || n < k || n > 255)
        return Error{Errc::Malformed,
            u"\"%1\" is no code: expected K/N with 1 <= K <= N <= 255, such as 3/10."_s.arg(
                text.left(40))};
    return std::pair{k, n};
}

} // namespace

void Node::addMethods()
{
    using namespace control;
    m_server->on<Hello>([this](const Hello &, const Answer<Hello> &answer) {
        answer(Hello::Reply{
            QStringLiteral(BORG_VERSION), m_key->id().text(), QCoreApplication::applicationPid()});
    });
    m_server->on<GetStatus>(
        [this](const GetStatus &, const Answer<GetStatus> &answer) { answer(status()); });
    m_server->on<GetTree>(
        [this](const GetTree &, const Answer<GetTree> &answer) { answer(tree()); });
    m_server->on<GetPeers>([this](const GetPeers &, const Answer<GetPeers> &answer) {
        answer(GetPeers::Reply{peers(), refused()});
    });
    m_server->on<GetTime>(
        [this](const GetTime &, const Answer<GetTime> &answer) { answer(worldTime()); });
    m_server->on<GetReach>(
        [this](const GetReach &, const Answer<GetReach> &answer) { answer(reach()); });
    m_server->on<CheckReach>([this](const CheckReach &, const Answer<CheckReach> &answer) {
        if (m_reach)
            m_reach->checkNow();
        answer(Nothing{});
    });
    m_server->on<Ping>([this](const Ping &request, const Answer<Ping> &answer) {
        const auto node = NodeId::fromText(request.node);
        if (!node)
            answer(Error{
                Errc::Malformed, u"\"%1\" is not the id of a node."_s.arg(request.node.left(60))});
        else if (!m_hasJoined)
            answer(Error{Errc::Busy, u"The node is still starting; try again in a moment."_s});
        else
            m_scope.spawn("a ping"_L1, runPing(*node, answer));
    });
    m_server->on<FindNode>([this](const FindNode &request, const Answer<FindNode> &answer) {
        const auto node = NodeId::fromText(request.node);
        if (!node)
            answer(Error{
                Errc::Malformed, u"\"%1\" is not the id of a node."_s.arg(request.node.left(60))});
        else if (!m_hasJoined)
            answer(Error{Errc::Busy, u"The node is still starting; try again in a moment."_s});
        else
            m_scope.spawn("a search"_L1, runFind(*node, answer));
    });
    m_server->on<PingAll>([this](const PingAll &, const Answer<PingAll> &answer) {
        if (!m_hasJoined)
            answer(Error{Errc::Busy, u"The node is still starting; try again in a moment."_s});
        else
            m_scope.spawn("a ping of all"_L1, runPingAll(answer));
    });
    m_server->on<Stop>([this](const Stop &, const Answer<Stop> &answer) {
        answer(Nothing{});
        m_clock.after(0s, [this] { stop(); });
    });
    m_server->on<GetLog>([this](const GetLog &request, const Answer<GetLog> &answer) {
        answer(GetLog::Reply{m_log.last(request.lines)});
    });
    m_server->on<GetInvite>([this](const GetInvite &, const Answer<GetInvite> &answer) {
        answer(GetInvite::Reply{invite()});
    });
    m_server->on<Doctor>(
        [this](const Doctor &, const Answer<Doctor> &answer) { answer(Doctor::Reply{checks()}); });
    m_server->on<GetConfig>([this](const GetConfig &, const Answer<GetConfig> &answer) {
        answer(GetConfig::Reply{m_configPath, m_config.toJson()});
    });
    addJobMethods();
    addFileMethods();
    addBulkMethods();
}

void Node::addJobMethods()
{
    using namespace control;
    m_server->on<Put>(
        [this](const Put &request, const Answer<Put> &answer) { answer(put(request)); });
    m_server->on<Get>(
        [this](const Get &request, const Answer<Get> &answer) { answer(get(request)); });
    m_server->on<control::Cancel>(
        [this](const control::Cancel &request, const Answer<control::Cancel> &answer) {
            const auto cancelled = m_jobs->cancel(request.jobId);
            answer(cancelled ? Result<Nothing>(Nothing{}) : Result<Nothing>(cancelled.error()));
        });
    m_server->on<Wait>([this](const Wait &request, const Answer<Wait> &answer) {
        m_jobs->wait(request.jobId, [this, answer](const Result<Wait::Reply> &ended) {
            if (!ended) {
                answer(ended.error());
                return;
            }
            Wait::Reply reply = *ended;
            if (const auto file = fileOf(reply.job.fileId)) {
                const QString asPut = reply.file ? reply.file->state : QString();
                reply.file = file;
                if (file->state == u"unknown" && !asPut.isEmpty())
                    reply.file->state = asPut; // its health was not asked for since
            }
            answer(std::move(reply));
        });
    });
}

QCoro::Task<Result<Done>> Node::runPing(NodeId node, control::Answer<control::Ping> answer)
{
    const auto receipt = co_await m_tree->ping(node);
    if (receipt) {
        answer(control::Ping::Reply{receipt->rttUs, receipt->hops, receipt->attempts});
        co_return Done{};
    }
    switch (receipt.error().code) {
    case Errc::Timeout:
        answer(Error{Errc::Timeout, u"The node did not answer."_s});
        break;
    case Errc::Unreachable:
        answer(Error{Errc::Unreachable, u"No way to that node is known."_s});
        break;
    case Errc::Conflict:
        answer(Error{Errc::Malformed, u"That is this node itself."_s});
        break;
    default:
        answer(receipt.error());
    }
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runFind(NodeId node, control::Answer<control::FindNode> answer)
{
    const bool isSelf = node == m_key->id();
    const auto known = m_tree->find(node);
    const bool isKnown = isSelf || (known && known->online);
    const auto found = isSelf ? Result<tree::Member>(tree::Member{node, m_self, true, Ticks{0}, 0})
                              : co_await m_tree->locate(node);
    if (found)
        answer(control::FindNode::Reply{
            node.text(), endpointText(found->endpoint), found->freeBytes, isKnown});
    else if (found.error().code == Errc::Timeout || found.error().code == Errc::Unreachable)
        answer(Error{found.error().code,
            u"No node with that id answers; it may be off, or of another network."_s});
    else
        answer(found.error());
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runPingAll(control::Answer<control::PingAll> answer)
{
    const Ticks begun = m_clock.now();
    const auto reached = co_await m_tree->broadcastCounted(u"ping"_s, {});
    if (!reached) {
        answer(reached.error());
        co_return Done{};
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(m_clock.now() - begun);
    answer(control::PingAll::Reply{*reached, memberCount() - 1, took.count()});
    co_return Done{};
}

Result<control::JobStarted> Node::put(const control::Put &request)
{
    const bool isStream = request.stream.value_or(false);
    if (!m_storeIsOpen)
        return Error{
            Errc::Busy, u"The node is still reading what it holds; try again in a moment."_s};
    if (!isStream && !QDir::isAbsolutePath(request.path))
        return Error{Errc::Malformed, u"The path of a put must be absolute."_s};
    const auto path = store::cleanPath(request.folder.value_or(QString()) + u'/'
        + request.name.value_or(QFileInfo(request.path).fileName()));
    if (!path)
        return path.error();
    store::PutOptions options;
    options.folder = path->folder;
    options.name = path->name;
    if (request.code) {
        const auto code = parseCode(*request.code);
        if (!code)
            return code.error();
        std::tie(options.k, options.n) = *code;
    }
    const auto jobId = m_jobs->begin(u"put"_s, path->text(), request.path);
    if (!jobId)
        return jobId.error();
    if (!isStream) {
        m_scope.spawn("a put"_L1, runPutPath(*jobId, request.path, options));
        return control::JobStarted{*jobId, {}, {}};
    }
    return openStream(*jobId, [this, id = *jobId, options](auto socket, Guard guard) {
        m_scope.spawn(
            "a put"_L1, runPut(id, chunkSource(std::move(socket)), options, std::move(guard)));
    });
}

QCoro::Task<Result<Done>> Node::runPutPath(QString jobId, QString path, store::PutOptions options)
{
    const bool isFolder = co_await disk::OnExecutor<bool>(
        m_scope, m_diskExecutor, [path] { return QFileInfo(path).isDir(); });
    if (!isFolder)
        co_return co_await runPut(jobId, localSource(path), options, {});
    const auto job = folderJob(jobId);
    const QString folder = store::Path{options.folder, options.name}.text();
    endFolder(jobId, *job, co_await job->put(path, folder, {options.k, options.n}));
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runGetFolder(
    QString jobId, QString folder, QString path, store::Overwrite overwrite)
{
    const auto job = folderJob(jobId);
    endFolder(jobId, *job, co_await job->get(folder, path, overwrite));
    co_return Done{};
}

std::shared_ptr<FolderJob> Node::folderJob(const QString &jobId)
{
    return std::make_shared<FolderJob>(
        FolderJob::Parts{m_scope, m_diskExecutor, *m_store},
        [this, jobId](const FolderProgress &progress) { m_jobs->progress(jobId, progress); },
        m_jobs->cancelOf(jobId));
}

void Node::endFolder(const QString &jobId, const FolderJob &job, const Result<Done> &ended)
{
    Jobs::Outcome outcome;
    outcome.note = job.note();
    if (ended)
        outcome.bytes = job.progress().bytesTotal;
    else
        outcome.error = ended.error();
    m_jobs->end(jobId, std::move(outcome));
}

QCoro::Task<Result<Done>> Node::runPut(
    QString jobId, std::shared_ptr<store::Source> source, store::PutOptions options, Guard)
{
    const auto progress
        = [this, jobId](qint64 done, qint64 total) { m_jobs->progress(jobId, done, total); };
    auto result
        = co_await m_store->put(std::move(source), options, progress, m_jobs->cancelOf(jobId));
    Jobs::Outcome outcome;
    if (result) {
        outcome.link = result->link;
        outcome.fileId = result->fileId;
        outcome.bytes = result->bytes;
        outcome.state = result->state;
        outcome.code = result->code;
    } else {
        outcome.error = result.error();
    }
    m_jobs->end(jobId, std::move(outcome));
    co_return Done{}; // the job tells; the log need not
}

Result<QString> Node::linkFor(const control::Get &request) const
{
    if (request.link)
        return *request.link;
    if (request.id)
        return m_store->link(*request.id);
    if (!request.name)
        return Error{Errc::Malformed, u"What to get: a link, an id or a name."_s};
    if (const auto versions = m_store->versions(*request.name); !versions.empty())
        return m_store->link(versions.front().id);
    std::vector<QString> ids; // its name alone will do when there is one of it
    for (const store::FileInfo &file : m_store->files()) {
        if (file.name == *request.name)
            ids.push_back(file.id);
    }
    if (ids.empty())
        return Error{Errc::NotFound, u"None of your files is called \"%1\"."_s.arg(*request.name)};
    if (ids.size() > 1)
        return Error{Errc::Malformed,
            u"%1 of your files are called \"%2\"; name one by its id."_s.arg(ids.size())
                .arg(*request.name)};
    return m_store->link(ids.front());
}

Result<control::JobStarted> Node::get(const control::Get &request)
{
    const bool isStream = request.stream.value_or(false);
    if (!m_storeIsOpen)
        return Error{
            Errc::Busy, u"The node is still reading what it holds; try again in a moment."_s};
    if (!isStream && !QDir::isAbsolutePath(request.out))
        return Error{Errc::Malformed, u"The path to write to must be absolute."_s};
    const auto overwrite
        = request.force.value_or(false) ? store::Overwrite::Allowed : store::Overwrite::Never;
    const QString shown = request.name.value_or(QFileInfo(request.out).fileName());
    if (const auto folder = store::cleanFolder(request.name.value_or(QString()));
        folder && !folder->isEmpty() && !isStream && m_store->folder(*folder)) {
        const auto jobId = m_jobs->begin(u"get"_s, shown, request.out);
        if (!jobId)
            return jobId.error();
        m_scope.spawn("a get"_L1, runGetFolder(*jobId, *folder, request.out, overwrite));
        return control::JobStarted{*jobId, {}, {}};
    }
    auto link = linkFor(request);
    if (!link)
        return Error{link.error().code, sentenceOf(link.error())};
    const auto jobId = m_jobs->begin(u"get"_s, shown, request.out);
    if (!jobId)
        return jobId.error();
    if (!isStream) {
        m_scope.spawn("a get"_L1, runGet(*jobId, *link, localSink(request.out, overwrite), {}));
        return control::JobStarted{*jobId, {}, {}};
    }
    return openStream(*jobId, [this, id = *jobId, link = *link](auto socket, Guard guard) {
        m_scope.spawn("a get"_L1, runGet(id, link, chunkSink(std::move(socket)), std::move(guard)));
    });
}

QCoro::Task<Result<Done>> Node::runGet(
    QString jobId, QString link, std::shared_ptr<store::Sink> sink, Guard)
{
    const auto progress
        = [this, jobId](qint64 done, qint64 total) { m_jobs->progress(jobId, done, total); };
    auto result = co_await m_store->get(
        std::move(link), std::move(sink), {}, progress, m_jobs->cancelOf(jobId));
    Jobs::Outcome outcome;
    if (result)
        outcome.bytes = result->bytes;
    else
        outcome.error = result.error();
    m_jobs->end(jobId, std::move(outcome));
    co_return Done{};
}

Result<control::JobStarted> Node::openStream(
    const QString &jobId, std::function<void(std::shared_ptr<StreamSocket>, Guard)> arrived)
{
    if (m_streamsOpen >= kStreamsMax) {
        m_jobs->fail(jobId, {Errc::Busy, {}});
        return Error{Errc::Busy,
            u"%1 streams are open already; wait for one of them to end."_s.arg(kStreamsMax)};
    }
    ++m_streamsOpen;
    const Guard closed(this, [this](void *) { --m_streamsOpen; });
    const QByteArray token = m_rng.id().toString(QUuid::Id128).toLatin1();
    m_streams->expect(token, [this, jobId, closed, arrived = std::move(arrived)](auto connection) {
        if (!connection) {
            m_jobs->fail(jobId, connection.error());
            return;
        }
        // A read or write that waits for the other side ends when the job is cancelled.
        auto listener = m_jobs->cancelOf(jobId).onCancel([weak = std::weak_ptr(*connection)] {
            if (const auto open = weak.lock())
                open->abort();
        });
        using Both = std::pair<Guard, Cancel::Listener>;
        arrived(*connection, std::make_shared<Both>(closed, std::move(listener)));
    });
    return control::JobStarted{jobId, m_streams->path(), QString::fromLatin1(token)};
}

} // namespace borg::node
