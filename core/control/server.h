// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <control/methods.h>
#include <control/publisher.h>

#include <QObject>

#include <functional>
#include <map>
#include <memory>

class QLocalServer;
class QLocalSocket;

namespace borg::control {

/// Whoever calls a method, until its answer: answers are dropped when the client has gone.
template <typename M>
using Answer = std::function<void(const Result<typename M::Reply> &)>;

struct ServerLimits {
    int connectionsMax = 64;
    qint64 outgoingBytesMax = 16 * 1024 * 1024; ///< A client that reads slower is dropped.
    qsizetype requestBytesMax = 1024 * 1024;
    int openCallsMax = 256; ///< Of one client; further ones are Busy.
};

/// The node's end of the control socket: mode 0600, same user only (SO_PEERCRED), methods with
/// typed parameters, and the publisher's patches for those who subscribed.
///
/// Lives on the node's thread. A second line in the detail of an Error is sent as advice.
class Server : public QObject {
    Q_OBJECT

public:
    /// @param clock outlives this object. @param encode see Publisher.
    Server(Clock &clock, Publisher::Encode encode, ServerLimits limits = {},
        QObject *parent = nullptr);
    ~Server() override;

    /// Listens at the first of socketPaths(dataDir) that can be used. Removes what an earlier node
    /// left there, so the caller must hold the data folder's lock.
    ///
    /// @return the path, or Storage, or Unauthorized (the folder is somebody else's).
    Result<QString> listen(const QString &dataDir);
    /// The same at `path`, for tests.
    Result<Done> listenAt(const QString &path);
    /// Sends what is queued for 200 ms at most, hangs up and removes the socket.
    void close();

    /// `handler` answers once, now or later. Parameters have passed the field list already.
    template <typename M>
    void on(std::function<void(M, Answer<M>)> handler)
    {
        add(QString(wire::latin1(M::kName)),
            [handler = std::move(handler)](const QJsonObject &params, Raw answer) {
                auto request = wire::decodeFields<M>(params);
                if (!request) {
                    answer(Error{Errc::Malformed, request.error().detail}, true);
                    return;
                }
                handler(*std::move(request), [answer = std::move(answer)](const auto &reply) {
                    if (reply)
                        answer(wire::encodeFields(*reply), false);
                    else
                        answer(reply.error(), false);
                });
            });
    }

    /// Tells the subscribers, if there are any, that `parts` may have changed.
    void touch(Parts parts) { m_publisher.touch(parts); }
    [[nodiscard]] bool hasSubscribers() const { return m_publisher.isListening(); }
    /// Called when the first subscriber came and when the last one went.
    void onSubscribersChanged(std::function<void(bool any)> changed);

private:
    struct Connection;
    /// The bool: the parameters were wrong.
    using Raw = std::function<void(Result<QJsonObject>, bool)>;
    using Handler = std::function<void(const QJsonObject &params, Raw answer)>;

    void add(const QString &name, Handler handler);
    void accept();
    void readFrom(quint64 connection);
    void handleLine(Connection &from, const QByteArray &line);
    void subscribe(Connection &from, const QJsonValue &id);
    void send(Connection &to, const QByteArray &line);
    void drop(quint64 connection, const char *why);
    void broadcast(const QByteArray &line);
    void countSubscribers();

    Clock &m_clock;
    const ServerLimits m_limits;
    Publisher m_publisher;
    std::unique_ptr<QLocalServer> m_server;
    std::map<QString, Handler> m_handlers;
    std::map<quint64, std::unique_ptr<Connection>> m_connections;
    std::function<void(bool)> m_subscribersChanged;
    quint64 m_lastConnection = 0;
    QString m_path;
};

} // namespace borg::control
