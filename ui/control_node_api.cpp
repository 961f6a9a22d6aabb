// SPDX-License-Identifier: GPL-3.0-or-later
#include "control_node_api.h"

#include <control/methods.h>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

ControlNodeApi::ControlNodeApi(Clock &clock, QObject *parent)
    : NodeApi(parent)
    , m_clock(clock)
{
}

ControlNodeApi::~ControlNodeApi()
{
    // The client answers open calls with Closed on its way out; nobody may hear that any more.
    blockSignals(true);
}

const Snapshot &ControlNodeApi::snapshot() const
{
    return m_hasSnapshot ? m_client->snapshot() : m_nothing;
}

QString ControlNodeApi::dataDir() const
{
    return m_client ? m_client->dataDir() : QString();
}

void ControlNodeApi::attach(const QString &dataDir)
{
    m_hasSnapshot = false;
    m_client = std::make_unique<control::Client>(m_clock, dataDir);
    connect(m_client.get(), &control::Client::connected, this, [this] {
        m_hasSnapshot = true;
        setConnection(Connection::Connected, {});
        Q_EMIT snapshotChanged();
    });
    connect(m_client.get(), &control::Client::changed, this, [this] {
        if (m_hasSnapshot)
            Q_EMIT snapshotChanged();
    });
    connect(m_client.get(), &control::Client::disconnected, this,
        [this](const QString &reason) { setConnection(Connection::Lost, reason); });
    setConnection(Connection::Connecting, {});
    Q_EMIT snapshotChanged();
    m_client->start();
}

void ControlNodeApi::setConnection(Connection connection, const QString &reason)
{
    if (m_connection == connection && m_reason == reason)
        return;
    m_connection = connection;
    m_reason = reason;
    Q_EMIT connectionChanged();
}

void ControlNodeApi::retry()
{
    if (m_client)
        m_client->retryNow();
}

template <typename M, typename T, typename Pick>
void ControlNodeApi::ask(const M &method, Answer<T> answer, Pick pick)
{
    if (!m_client) {
        QMetaObject::invokeMethod(
            this, [answer] { answer(Error{Errc::Closed, u"no node"_s}); }, Qt::QueuedConnection);
        return;
    }
    m_client->call(wire::latin1(M::kName).toString(), wire::encodeFields(method), this,
        [answer = std::move(answer), pick](const Result<QJsonObject> &reply) {
            if (!reply) {
                answer(reply.error());
                return;
            }
            auto decoded = wire::decodeFields<typename M::Reply>(*reply);
            if (decoded)
                answer(pick(*std::move(decoded)));
            else
                answer(decoded.error());
        });
}

void ControlNodeApi::put(const QString &path, const QString &folder, Answer<QString> answer)
{
    control::Put method;
    method.path = path;
    method.folder = folder;
    ask(method, std::move(answer), [](control::JobStarted reply) { return reply.jobId; });
}

void ControlNodeApi::get(
    const QString &source, const QString &path, bool overwrite, Answer<QString> answer)
{
    control::Get method;
    if (source.startsWith("borg:"_L1))
        method.link = source;
    else
        method.id = source;
    method.out = path;
    method.force = overwrite;
    ask(method, std::move(answer), [](control::JobStarted reply) { return reply.jobId; });
}

void ControlNodeApi::getFolder(const QString &folder, const QString &path, Answer<QString> answer)
{
    control::Get method;
    method.name = folder;
    method.out = path;
    ask(method, std::move(answer), [](control::JobStarted reply) { return reply.jobId; });
}

void ControlNodeApi::move(const QString &from, const QString &to, Answer<qint64> answer)
{
    ask(control::MoveFile{from, to}, std::move(answer),
        [](control::MoveFile::Reply reply) { return reply.files; });
}

void ControlNodeApi::versions(const QString &path, Answer<std::vector<control::File>> answer)
{
    ask(control::ListVersions{path}, std::move(answer),
        [](control::ListVersions::Reply reply) { return std::move(reply.files); });
}

void ControlNodeApi::removeFolder(const QString &folder, Answer<qint64> answer)
{
    ask(control::RemoveFolder{folder, {}}, std::move(answer),
        [](control::RemoveFolder::Reply reply) { return reply.files; });
}

void ControlNodeApi::cancel(const QString &jobId, Answer<Done> answer)
{
    control::Cancel method;
    method.jobId = jobId;
    ask(method, std::move(answer), [](control::Nothing) { return Done{}; });
}

void ControlNodeApi::remove(const QString &fileId, Answer<Done> answer)
{
    control::RemoveFile method;
    method.id = fileId;
    ask(method, std::move(answer), [](control::Nothing) { return Done{}; });
}

void ControlNodeApi::restore(const QString &fileId, Answer<Done> answer)
{
    control::RestoreFile method;
    method.id = fileId;
    ask(method, std::move(answer), [](control::Nothing) { return Done{}; });
}

void ControlNodeApi::link(const QString &fileId, Answer<QString> answer)
{
    control::GetLink method;
    method.id = fileId;
    ask(method, std::move(answer), [](control::GetLink::Reply reply) { return reply.link; });
}

void ControlNodeApi::recoveryLink(Answer<QString> answer)
{
    ask(control::GetRecovery{}, std::move(answer),
        [](control::GetRecovery::Reply reply) { return reply.link; });
}

void ControlNodeApi::recover(const QString &link, Answer<qint64> answer)
{
    control::Recover method;
    method.link = link;
    ask(method, std::move(answer), [](control::Recover::Reply reply) { return reply.files; });
}

void ControlNodeApi::checkReach(Answer<Done> answer)
{
    ask(control::CheckReach{}, std::move(answer), [](control::Nothing) { return Done{}; });
}

void ControlNodeApi::stop(Answer<Done> answer)
{
    ask(control::Stop{}, std::move(answer), [](control::Nothing) { return Done{}; });
}

} // namespace borg::ui
