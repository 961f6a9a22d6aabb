// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.h"

#include <store/capability.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

/// The calls of the control socket.
namespace borg::node {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// The store's codes speak of the network; those of a file on this computer all mean that the file
/// cannot be used, unless it is not there, is in the way, or does not fit.
Error ofLocalFile(Error error)
{
    if (error.code == Errc::Unauthorized || error.code == Errc::Malformed)
        error.code = Errc::Storage;
    return error;
}

class LocalSource final : public store::Source {
public:
    explicit LocalSource(std::shared_ptr<store::Source> inner)
        : m_inner(std::move(inner))
    {
    }
    Result<Done> open() override
    {
        if (auto opened = m_inner->open(); !opened)
            return ofLocalFile(opened.error());
        return Done{};
    }
    [[nodiscard]] qint64 sizeBytes() const override { return m_inner->sizeBytes(); }
    Result<QByteArray> read(qsizetype sizeBytes) override
    {
        auto bytes = m_inner->read(sizeBytes);
        if (bytes || bytes.error().code != Errc::Conflict)
            return bytes;
        return Error{Errc::Storage, bytes.error().detail}; // it changed; no name is taken
    }
    [[nodiscard]] QString fingerprint() const override { return m_inner->fingerprint(); }

private:
    const std::shared_ptr<store::Source> m_inner;
};

class LocalSink final : public store::Sink {
public:
    explicit LocalSink(std::shared_ptr<store::Sink> inner)
        : m_inner(std::move(inner))
    {
    }
    Result<Done> open() override
    {
        auto opened = m_inner->open();
        if (opened)
            return opened;
        Error error = ofLocalFile(opened.error());
        if (error.code == Errc::NotFound)
            error.code = Errc::Storage; // the folder; NotFound is the file in the network
        return error;
    }
    Result<Done> write(QByteArrayView bytes) override { return m_inner->write(bytes); }
    Result<Done> commit() override { return m_inner->commit(); }
    void discard() override { m_inner->discard(); }

private:
    const std::shared_ptr<store::Sink> m_inner;
};

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

Result<control::JobStarted> Node::put(const control::Put &request)
{
    const bool isStream = request.stream.value_or(false);
    if (!m_storeIsOpen)
        return Error{
            Errc::Busy, u"The node is still reading what it holds; try again in a moment."_s};
    if (!isStream && !QDir::isAbsolutePath(request.path))
        return Error{Errc::Malformed, u"The path of a put must be absolute."_s};
    store::PutOptions options;
    options.name = request.name.value_or(QFileInfo(request.path).fileName());
    if (options.name.size() > 255)
        return Error{Errc::TooLarge, u"The name of a file has at most 255 characters."_s};
    if (request.code) {
        const auto code = parseCode(*request.code);
        if (!code)
            return code.error();
        std::tie(options.k, options.n) = *code;
    }
    const auto jobId = m_jobs->begin(u"put"_s, options.name, request.path);
    if (!jobId)
        return jobId.error();
    if (!isStream) {
        m_scope.spawn("a put"_L1,
            runPut(*jobId, std::make_shared<LocalSource>(store::fileSource(request.path)), options,
                {}));
        return control::JobStarted{*jobId, {}, {}};
    }
    return openStream(*jobId, [this, id = *jobId, options](auto socket, Guard guard) {
        m_scope.spawn(
            "a put"_L1, runPut(id, chunkSource(std::move(socket)), options, std::move(guard)));
    });
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
    std::vector<QString> ids;
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
    auto link = linkFor(request);
    if (!link)
        return Error{link.error().code, sentenceOf(link.error())};
    const QString shown = request.name.value_or(QFileInfo(request.out).fileName());
    const auto jobId = m_jobs->begin(u"get"_s, shown, request.out);
    if (!jobId)
        return jobId.error();
    if (!isStream) {
        const auto overwrite
            = request.force.value_or(false) ? store::Overwrite::Allowed : store::Overwrite::Never;
        m_scope.spawn("a get"_L1,
            runGet(*jobId, *link,
                std::make_shared<LocalSink>(store::fileSink(request.out, overwrite)), {}));
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
