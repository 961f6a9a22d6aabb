// SPDX-License-Identifier: GPL-3.0-or-later
#include "single_instance.h"

#include <control/paths.h>

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>

using namespace Qt::Literals::StringLiterals;

namespace borg::desktop {

namespace {

constexpr int kAnswerWithinMs = 500;

} // namespace

SingleInstance::SingleInstance(const QString &key, QObject *parent)
    : QObject(parent)
{
    // Beside the node's socket of that folder, and as short.
    const auto socket
        = control::socketPaths(key.isEmpty() ? control::defaultDataDir() : key).first();
    const QFileInfo info(socket);
    m_path = info.path() + (key.isEmpty() ? u"/desktop.sock"_s : u'/' + info.baseName() + u".ui"_s);
}

bool SingleInstance::handOver(const Visit &visit)
{
    QLocalSocket socket;
    socket.connectToServer(m_path);
    if (!socket.waitForConnected(kAnswerWithinMs))
        return false;
    const QJsonObject json{
        {u"link"_s, visit.link}, {u"trial"_s, visit.trial}, {u"token"_s, visit.activationToken}};
    socket.write(QJsonDocument(json).toJson(QJsonDocument::Compact) + '\n');
    // Only a window that answers counts: one that hangs shall not swallow the start.
    return socket.waitForBytesWritten(kAnswerWithinMs)
        && socket.waitForReadyRead(4 * kAnswerWithinMs);
}

void SingleInstance::listen()
{
    if (!control::ensureSocketDir(m_path)) {
        qWarning("no safe folder for %s; a second start will open a second window",
            qUtf8Printable(m_path));
        return;
    }
    QLocalServer::removeServer(m_path);
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    if (!m_server.listen(m_path))
        qWarning("cannot listen on %s: %s", qUtf8Printable(m_path),
            qUtf8Printable(m_server.errorString()));
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::receive);
}

void SingleInstance::receive()
{
    while (auto *socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            if (!socket->canReadLine()) {
                if (socket->bytesAvailable() > kVisitBytesMax)
                    socket->abort();
                return;
            }
            const auto json = QJsonDocument::fromJson(socket->readLine(kVisitBytesMax)).object();
            socket->write("ok\n");
            socket->disconnectFromServer();
            Q_EMIT visited({json.value(u"link").toString(), json.value(u"trial").toBool(),
                json.value(u"token").toString()});
        });
    }
}

} // namespace borg::desktop
