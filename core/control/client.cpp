// SPDX-License-Identifier: GPL-3.0-or-later
#include "client.h"

#include "merge_patch.h"
#include "paths.h"
#include "publisher.h"
#include "rpc.h"

#include <QFile>
#include <QFileInfo>
#include <QLocalSocket>

namespace borg::control {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr Ticks kBackoffFirst = 100ms;
constexpr Ticks kBackoffLast = 5s;
constexpr Ticks kGreetWithin = 5s;
constexpr Parts kAll = Part::Status | Part::Tree | Part::Storage | Part::Peers | Part::Files
    | Part::Jobs | Part::Time | Part::Reach;
constexpr Parts kAddedLater = Part::Time | Part::Reach; ///< An older node has none.

/// Brings `records` up to date with the entries of `now` that `patch` names.
template <typename Record>
std::optional<Error> decodeMap(
    std::map<QString, Record> &records, const QJsonObject &now, const QJsonObject &patch)
{
    for (auto entry = patch.constBegin(); entry != patch.constEnd(); ++entry) {
        if (entry.value().isNull()) {
            records.erase(entry.key());
            continue;
        }
        auto record = wire::decodeFields<Record>(now.value(entry.key()).toObject());
        if (!record)
            return record.error();
        records.insert_or_assign(entry.key(), *std::move(record));
    }
    return std::nullopt;
}

template <typename Record>
std::optional<Error> decodeRecord(Record &record, const QJsonObject &now)
{
    auto decoded = wire::decodeFields<Record>(now);
    if (!decoded)
        return decoded.error();
    record = *std::move(decoded);
    return std::nullopt;
}

Error otherVersion(const QString &detail)
{
    return {Errc::Malformed,
        u"This program and the node do not understand each other (%1).\nThey are probably of "
        "different versions: stop the node and start it again."_s.arg(detail)};
}

} // namespace

Client::Client(Clock &clock, QString dataDir, ClientOptions options, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_dataDir(std::move(dataDir))
    , m_options(options)
    , m_backoff(kBackoffFirst)
    , m_input(std::make_unique<rpc::LineReader>(rpc::kReplyBytesMax))
{
}

Client::~Client()
{
    stop();
}

void Client::start()
{
    if (m_state != State::Stopped)
        return;
    m_backoff = kBackoffFirst;
    m_state = State::Connecting;
    m_timer = m_clock.after(0s, [this] { connectNow(); });
}

void Client::stop()
{
    m_clock.cancel(std::exchange(m_timer, Clock::TimerId::None));
    m_state = State::Stopped;
    forgetSocket();
    failAll({Errc::Closed, u"The connection to the node was closed."_s});
}

void Client::retryNow()
{
    if (m_state != State::Waiting)
        return;
    m_clock.cancel(m_timer);
    m_backoff = kBackoffFirst;
    m_state = State::Connecting;
    m_timer = m_clock.after(0s, [this] { connectNow(); });
}

void Client::connectNow()
{
    m_timer = m_clock.after(kGreetWithin, [this] {
        m_timer = Clock::TimerId::None;
        drop({Errc::Timeout,
            u"The node runs but does not answer.\nSee its log, or stop it and start it again."_s});
    });
    m_state = State::Connecting;
    m_paths = socketPaths(m_dataDir);
    tryNextPath();
}

void Client::tryNextPath()
{
    forgetSocket();
    m_socket.reset(new QLocalSocket);
    connect(m_socket.get(), &QLocalSocket::connected, this, &Client::socketConnected);
    connect(m_socket.get(), &QLocalSocket::errorOccurred, this, &Client::socketLost);
    connect(m_socket.get(), &QLocalSocket::disconnected, this, &Client::socketLost);
    connect(m_socket.get(), &QLocalSocket::readyRead, this, &Client::readLines);
    m_socket->connectToServer(m_paths.takeFirst());
}

void Client::socketConnected()
{
    if (m_state != State::Connecting)
        return;
    m_state = State::Greeting;
    issue(u"hello"_s, {}, {nullptr, false, [this](auto reply) { greeted(reply); }});
}

void Client::greeted(const Result<QJsonObject> &hello)
{
    if (m_state != State::Greeting)
        return;
    if (!hello) {
        drop(hello.error());
        return;
    }
    if (!m_options.subscribe) {
        becomeReady();
        return;
    }
    issue(u"subscribe"_s, {}, {nullptr, false, [this](auto reply) { subscribed(reply); }});
}

void Client::subscribed(const Result<QJsonObject> &reply)
{
    if (m_state != State::Greeting)
        return;
    if (!reply) {
        drop(reply.error());
        return;
    }
    m_seq = reply->value(u"seq").toInteger();
    m_json = reply->value(u"snapshot").toObject();
    m_snapshot = {};
    for (const Part part : kParts) {
        if (!m_json.value(keyOf(part)).isObject() && !kAddedLater.testFlag(part)) {
            drop(otherVersion(keyOf(part)));
            return;
        }
    }
    Parts parts;
    if (const auto problem = decode(m_json, &parts)) {
        drop(otherVersion(problem->detail));
        return;
    }
    becomeReady();
}

void Client::becomeReady()
{
    m_clock.cancel(std::exchange(m_timer, Clock::TimerId::None));
    m_state = State::Ready;
    m_problem.reset();
    m_backoff = kBackoffFirst;
    for (const Unsent &call : std::exchange(m_unsent, {}))
        m_socket->write(rpc::request(call.id, call.method, call.params));

    const QPointer<Client> self(this);
    Q_EMIT connected();
    if (self && m_state == State::Ready && m_options.subscribe)
        Q_EMIT changed(kAll);
}

void Client::socketLost()
{
    if (m_state == State::Connecting && !m_paths.isEmpty()) {
        tryNextPath();
        return;
    }
    const auto error = m_socket->error();
    if (error == QLocalSocket::SocketAccessError)
        drop({Errc::Unauthorized, u"The node in %1 belongs to another user."_s.arg(m_dataDir)});
    else if (const QFileInfo dir(m_dataDir); dir.exists() && dir.ownerId() != ::geteuid())
        drop({Errc::Unauthorized, u"The data folder %1 belongs to another user."_s.arg(m_dataDir)});
    else if (m_state == State::Connecting)
        drop({Errc::Unreachable,
            u"No node runs for the data folder %1.\nStart it with `%2`."_s.arg(m_dataDir,
                m_dataDir == canonicalDir(defaultDataDir())
                    ? u"borgctl start"_s
                    : u"borgctl --data \"%1\" start"_s.arg(m_dataDir))});
    else
        drop({Errc::Unreachable, u"The node has stopped, or hung up."_s});
}

void Client::drop(Error problem)
{
    const bool news = m_state == State::Ready || !m_problem || m_problem->code != problem.code;
    m_clock.cancel(std::exchange(m_timer, Clock::TimerId::None));
    m_problem = problem;
    forgetSocket();
    m_state = m_options.reconnect ? State::Waiting : State::Stopped;
    if (m_options.reconnect) {
        m_timer = m_clock.after(m_backoff, [this] { connectNow(); });
        m_backoff = std::min(m_backoff * 2, kBackoffLast);
    }
    const QPointer<Client> self(this);
    failAll(problem);
    if (self && news)
        Q_EMIT disconnected(QString(problem.detail).replace(u'\n', u' '));
}

void Client::forgetSocket()
{
    m_input->clear();
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket.release()->deleteLater(); // we may be inside one of its signals
}

void Client::readLines()
{
    const QPointer<Client> self(this);
    while (self && m_socket) {
        if (const auto line = m_input->next()) {
            handleLine(*line);
            continue;
        }
        if (m_input->isTooLong()) {
            drop(otherVersion(u"an answer without end"_s));
            return;
        }
        const QByteArray bytes = m_socket->read(256 * 1024);
        if (bytes.isEmpty())
            return;
        m_input->append(bytes);
    }
}

void Client::handleLine(const QByteArray &line)
{
    const auto message = rpc::parse(line);
    if (!message) {
        drop(otherVersion(message.error().detail));
        return;
    }
    if (message->value(u"method").toString() == "patch"_L1) {
        handlePatch(message->value(u"params").toObject());
        return;
    }
    if (message->value(u"id").isNull() && message->contains(u"error")) { // refused as a whole
        drop(rpc::readFailure(message->value(u"error").toObject()));
        return;
    }
    const auto found = m_open.find(static_cast<quint64>(message->value(u"id").toInteger()));
    if (found == m_open.end())
        return;
    const Open open = std::move(found->second);
    m_open.erase(found);
    if (message->contains(u"error"))
        finish(open, rpc::readFailure(message->value(u"error").toObject()));
    else
        finish(open, message->value(u"result").toObject());
}

void Client::handlePatch(const QJsonObject &params)
{
    if (m_state != State::Ready)
        return;
    const QJsonObject patch = params.value(u"patch").toObject();
    if (params.value(u"seq").toInteger() != m_seq + 1) {
        drop({Errc::Unreachable, u"A change from the node was missed; connecting again."_s});
        return;
    }
    ++m_seq;
    m_json = mergeApply(std::move(m_json), patch);
    Parts parts;
    if (const auto problem = decode(patch, &parts)) {
        drop(otherVersion(problem->detail));
        return;
    }
    Q_EMIT changed(parts);
}

std::optional<Error> Client::decode(const QJsonObject &patch, Parts *parts)
{
    for (const Part part : kParts) {
        const QString key = keyOf(part);
        if (!patch.contains(key))
            continue;
        parts->setFlag(part);
        const QJsonObject now = m_json.value(key).toObject();
        const QJsonObject changes = patch.value(key).toObject();
        std::optional<Error> problem;
        switch (part) {
        case Part::Status:
            problem = decodeRecord(m_snapshot.status, now);
            break;
        case Part::Tree:
            problem = decodeRecord(m_snapshot.tree, now);
            break;
        case Part::Storage:
            problem = decodeRecord(m_snapshot.storage, now);
            break;
        case Part::Peers:
            problem = decodeMap(m_snapshot.peers, now, changes);
            break;
        case Part::Files:
            problem = decodeMap(m_snapshot.files, now, changes);
            break;
        case Part::Jobs:
            problem = decodeMap(m_snapshot.jobs, now, changes);
            break;
        case Part::Time:
            problem = decodeRecord(m_snapshot.time, now);
            break;
        case Part::Reach:
            problem = decodeRecord(m_snapshot.reach, now);
            break;
        }
        if (problem)
            return problem;
    }
    return std::nullopt;
}

void Client::issue(const QString &method, const QJsonObject &params, Open open)
{
    const quint64 id = ++m_lastId;
    m_open.emplace(id, std::move(open));
    const bool own = m_state == State::Greeting && (method == u"hello" || method == u"subscribe");
    if (m_state == State::Ready || own) {
        m_socket->write(rpc::request(id, method, params));
    } else if (m_state == State::Connecting || m_state == State::Greeting) {
        m_unsent.push_back({id, method, params});
    } else {
        m_clock.after(0s, [self = QPointer<Client>(this), id] {
            if (self)
                self->fail(id);
        });
    }
}

void Client::fail(quint64 id)
{
    const auto found = m_open.find(id);
    if (found == m_open.end())
        return;
    const Open open = std::move(found->second);
    m_open.erase(found);
    finish(open, m_problem.value_or(Error{Errc::Unreachable, u"Not connected to a node."_s}));
}

void Client::failAll(const Error &error)
{
    m_unsent.clear();
    for (const auto &[id, open] : std::exchange(m_open, {}))
        finish(open, error); // may destroy this object: nothing of it is used any more
}

void Client::finish(const Open &open, Result<QJsonObject> result)
{
    if (open.answer && (!open.hasContext || open.context))
        open.answer(std::move(result));
}

void Client::call(const QString &method, const QJsonObject &params, QObject *context, Answer answer)
{
    issue(method, params, {context, context != nullptr, std::move(answer)});
}

namespace {

struct Waiting {
    std::optional<Result<QJsonObject>> result;
    std::coroutine_handle<> waiter;
};

struct Reply {
    std::shared_ptr<Waiting> state;

    bool await_ready() const noexcept { return state->result.has_value(); }
    void await_suspend(std::coroutine_handle<> waiter) { state->waiter = waiter; }
    Result<QJsonObject> await_resume() { return *std::move(state->result); }
};

} // namespace

QCoro::Task<Result<QJsonObject>> Client::call(QString method, QJsonObject params)
{
    const auto state = std::make_shared<Waiting>();
    issue(method, params, {nullptr, false, [state](Result<QJsonObject> result) {
                               state->result = std::move(result);
                               if (state->waiter)
                                   std::exchange(state->waiter, {}).resume();
                           }});
    co_return co_await Reply{state};
}

} // namespace borg::control
