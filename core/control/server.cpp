// SPDX-License-Identifier: GPL-3.0-or-later
#include "server.h"

#include "paths.h"
#include "rpc.h"

#include <QFile>
#include <QLocalServer>
#include <QLocalSocket>
#include <QLoggingCategory>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace borg::control {

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcServer, "borg.control.server")

namespace {

/// The socket's mode keeps other users out; this keeps root's programs and inherited descriptors
/// out as well.
bool isSameUser(qintptr descriptor)
{
    struct ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(static_cast<int>(descriptor), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        && size == sizeof peer && peer.uid == ::geteuid();
}

} // namespace

struct Server::Connection {
    quint64 id = 0;
    QLocalSocket *socket = nullptr; ///< Child of the server, deleted by deleteLater().
    rpc::LineReader reader;
    bool subscribed = false;
    int openCalls = 0;
};

Server::Server(Clock &clock, Publisher::Encode encode, ServerLimits limits, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_limits(limits)
    , m_publisher(clock, std::move(encode), [this](const QByteArray &line) { broadcast(line); })
{
}

Server::~Server()
{
    close();
}

Result<QString> Server::listen(const QString &dataDir)
{
    std::optional<Error> problem;
    for (const QString &path : socketPaths(dataDir)) {
        auto made = ensureSocketDir(path);
        if (made)
            made = listenAt(path);
        if (made)
            return path;
        problem = made.error();
    }
    return problem.value_or(Error{Errc::Storage, u"No place for the control socket."_s});
}

Result<Done> Server::listenAt(const QString &path)
{
    auto server = std::make_unique<QLocalServer>();
    server->setSocketOptions(QLocalServer::UserAccessOption);
    server->setMaxPendingConnections(m_limits.connectionsMax);
    QLocalServer::removeServer(path);
    if (!server->listen(path))
        return Error{Errc::Storage, u"Cannot listen at %1: %2."_s.arg(path, server->errorString())};
    if (::chmod(QFile::encodeName(path).constData(), 0600) != 0)
        return Error{Errc::Storage, u"Cannot protect %1: %2."_s.arg(path, qt_error_string(errno))};
    connect(server.get(), &QLocalServer::newConnection, this, &Server::accept);
    m_server = std::move(server);
    m_path = path;
    return Done{};
}

void Server::close()
{
    m_subscribersChanged = {};
    m_publisher.setListening(false);
    for (const auto &[id, connection] : m_connections) {
        connection->socket->flush();
        connection->socket->disconnect(this);
        delete connection->socket;
    }
    m_connections.clear();
    m_server.reset(); // removes the socket's file
}

void Server::onSubscribersChanged(std::function<void(bool)> changed)
{
    m_subscribersChanged = std::move(changed);
}

void Server::add(const QString &name, Handler handler)
{
    m_handlers.insert_or_assign(name, std::move(handler));
}

void Server::accept()
{
    while (QLocalSocket *socket = m_server->nextPendingConnection()) {
        socket->setParent(this);
        const bool sameUser = isSameUser(socket->socketDescriptor());
        const bool room = std::cmp_less(m_connections.size(), m_limits.connectionsMax);
        if (!sameUser || !room) {
            qCWarning(lcServer) << "refused a client:"
                                << (sameUser ? "too many connections" : "another user");
            const Error why = sameUser
                ? Error{Errc::Busy, u"Too many programs are connected to this node."_s}
                : Error{Errc::Unauthorized, u"This node belongs to another user."_s};
            connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
            socket->write(rpc::failure({}, rpc::kFailed, why));
            socket->disconnectFromServer();
            continue;
        }
        const quint64 id = ++m_lastConnection;
        socket->setReadBufferSize(256 * 1024);
        m_connections.emplace(id,
            std::make_unique<Connection>(
                Connection{id, socket, rpc::LineReader(m_limits.requestBytesMax)}));
        connect(socket, &QLocalSocket::readyRead, this, [this, id] { readFrom(id); });
        connect(socket, &QLocalSocket::disconnected, this, [this, id] { drop(id, nullptr); });
        readFrom(id); // what came with the connection has no signal of its own
    }
}

void Server::readFrom(quint64 id)
{
    for (auto found = m_connections.find(id); found != m_connections.end();
        found = m_connections.find(id)) {
        Connection &connection = *found->second;
        if (const auto line = connection.reader.next()) {
            handleLine(connection, *line); // may drop it
            continue;
        }
        if (connection.reader.isTooLong()) {
            send(connection,
                rpc::failure({}, rpc::kInvalidRequest,
                    {Errc::TooLarge,
                        u"A request is longer than %1 bytes."_s.arg(m_limits.requestBytesMax)}));
            drop(id, "a request is too long");
            return;
        }
        const QByteArray bytes = connection.socket->read(64 * 1024);
        if (bytes.isEmpty())
            return;
        connection.reader.append(bytes);
    }
}

void Server::handleLine(Connection &from, const QByteArray &line)
{
    if (line.trimmed().isEmpty())
        return;
    const auto request = rpc::parse(line);
    if (!request) {
        send(from, rpc::failure({}, rpc::kParseError, request.error()));
        return;
    }
    const QJsonValue id = request->value(u"id");
    const QJsonValue params = request->value(u"params");
    if (!(id.isDouble() || id.isString()) || !request->value(u"method").isString()
        || !(params.isUndefined() || params.isObject())) {
        send(from,
            rpc::failure({}, rpc::kInvalidRequest,
                {Errc::Malformed,
                    u"A request has a number or text as id, a method, and params by name."_s}));
        return;
    }
    const QString method = request->value(u"method").toString();
    if (method == wire::latin1(Subscribe::kName)) {
        subscribe(from, id);
        return;
    }
    const auto handler = m_handlers.find(method);
    if (handler == m_handlers.end()) {
        send(from,
            rpc::failure(id, rpc::kMethodNotFound,
                {Errc::NotFound, u"There is no method \"%1\"."_s.arg(method.left(64))}));
        return;
    }
    if (from.openCalls >= m_limits.openCallsMax) {
        send(from,
            rpc::failure(id, rpc::kFailed,
                {Errc::Busy, u"%1 calls are waiting already."_s.arg(from.openCalls)}));
        return;
    }
    ++from.openCalls;
    handler->second(params.toObject(),
        [this, connection = from.id, id](Result<QJsonObject> result, bool wrongParams) {
            const auto to = m_connections.find(connection);
            if (to == m_connections.end())
                return;
            --to->second->openCalls;
            send(*to->second,
                result ? rpc::result(id, *result)
                       : rpc::failure(
                             id, wrongParams ? rpc::kInvalidParams : rpc::kFailed, result.error()));
        });
}

void Server::subscribe(Connection &from, const QJsonValue &id)
{
    const quint64 connection = from.id;
    const QByteArray reply = rpc::result(id, m_publisher.snapshot());
    // The snapshot flushed a patch to the others, which may have dropped a slow one: this one too.
    const auto found = m_connections.find(connection);
    if (found == m_connections.end())
        return;
    found->second->subscribed = true;
    send(*found->second, reply);
    countSubscribers();
}

void Server::send(Connection &to, const QByteArray &line)
{
    if (to.socket->bytesToWrite() > m_limits.outgoingBytesMax) {
        drop(to.id, "it reads too slowly");
        return;
    }
    to.socket->write(line);
}

void Server::drop(quint64 id, const char *why)
{
    const auto found = m_connections.find(id);
    if (found == m_connections.end())
        return;
    if (why != nullptr)
        qCWarning(lcServer) << "dropped a client:" << why;
    QLocalSocket *const socket = found->second->socket;
    m_connections.erase(found);
    socket->disconnect(this);
    connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
    if (socket->bytesToWrite() > m_limits.outgoingBytesMax)
        socket->abort(); // would never get rid of it otherwise
    else
        socket->disconnectFromServer();
    if (socket->state() == QLocalSocket::UnconnectedState)
        socket->deleteLater();
    countSubscribers();
}

void Server::broadcast(const QByteArray &line)
{
    std::vector<quint64> subscribers;
    for (const auto &[id, connection] : m_connections) {
        if (connection->subscribed)
            subscribers.push_back(id);
    }
    for (const quint64 id : subscribers) { // sending may drop one
        if (const auto found = m_connections.find(id); found != m_connections.end())
            send(*found->second, line);
    }
}

void Server::countSubscribers()
{
    const bool any = std::ranges::any_of(
        m_connections, [](const auto &entry) { return entry.second->subscribed; });
    if (any == m_publisher.isListening())
        return;
    m_publisher.setListening(any);
    if (m_subscribersChanged)
        m_subscribersChanged(any);
}

} // namespace borg::control
