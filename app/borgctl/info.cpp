// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"
#include "text.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>

/// The verbs that show something, or do something small.
namespace borgctl {

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;

namespace {

QJsonObject partJson(const Snapshot &now, Part part)
{
    const auto mapJson = [](const auto &records) {
        QJsonObject json;
        for (const auto &[id, record] : records)
            json.insert(id, wire::encodeFields(record));
        return json;
    };
    switch (part) {
    case Part::Status:
        return wire::encodeFields(now.status);
    case Part::Tree:
        return wire::encodeFields(now.tree);
    case Part::Storage:
        return wire::encodeFields(now.storage);
    case Part::Peers:
        return mapJson(now.peers);
    case Part::Files:
        return mapJson(now.files);
    case Part::Jobs:
        return mapJson(now.jobs);
    case Part::Time:
        return wire::encodeFields(now.time);
    case Part::Reach:
        return wire::encodeFields(now.reach);
    }
    Q_UNREACHABLE();
}

constexpr std::array kAllParts{std::pair{Part::Status, "status"_L1},
    std::pair{Part::Tree, "tree"_L1}, std::pair{Part::Storage, "storage"_L1},
    std::pair{Part::Peers, "peers"_L1}, std::pair{Part::Files, "files"_L1},
    std::pair{Part::Jobs, "jobs"_L1}, std::pair{Part::Time, "time"_L1},
    std::pair{Part::Reach, "reach"_L1}};

/// Prints what changed, one line each, against what was printed before.
class ChangePrinter {
public:
    explicit ChangePrinter(Session &session)
        : m_session(session)
    {
    }
    void print(const Snapshot &now, Parts parts)
    {
        if (m_session.json) {
            QJsonObject json;
            for (const auto &[part, key] : kAllParts) {
                if (parts.testFlag(part))
                    json.insert(key, partJson(now, part));
            }
            m_session.outJson(json);
            return;
        }
        say(u"node"_s, u"%1: %2"_s.arg(now.status.state, now.status.reason));
        say(u"storage"_s,
            u"%1 shards, %2%3"_s.arg(now.storage.shards)
                .arg(sizeText(now.storage.bytes),
                    now.storage.readOnly ? u"; takes nothing new: "_s + now.storage.reason
                                         : QString()));
        for (const auto &[id, peer] : now.peers)
            say(u"peer "_s + shortId(id),
                peer.online ? u"online at %1, %2"_s.arg(peer.endpoint, peer.role) : u"offline"_s);
        for (const auto &[id, file] : now.files)
            say(u"file "_s + printable(file.name), healthText(file));
        for (const auto &[id, job] : now.jobs) {
            const QString of
                = job.bytesTotal > 0 ? u" of "_s + sizeText(job.bytesTotal) : QString();
            say(u"%1 %2"_s.arg(job.kind, printable(job.name)),
                job.error.isEmpty() ? u"%1, %2%3"_s.arg(job.state, sizeText(job.bytesDone), of)
                                    : printable(job.error));
        }
    }

private:
    void say(const QString &what, const QString &line)
    {
        QString &last = m_last[what];
        if (last == line)
            return;
        last = line;
        const auto time = QDateTime::currentDateTime().toString(u"HH:mm:ss");
        m_session.out(u"%1  %2: %3\n"_s.arg(time, what, line));
    }

    Session &m_session;
    std::map<QString, QString> m_last;
};

} // namespace

Run status(Session &session)
{
    const auto node = co_await session.ask(GetStatus{});
    if (!node)
        co_return session.fail(node.error());
    const auto picture = co_await session.client().call(u"subscribe"_s);
    if (session.json) {
        QJsonObject json = wire::encodeFields(*node);
        if (picture)
            json.insert("storage"_L1, picture->value(u"snapshot").toObject().value(u"storage"));
        session.outJson(json);
        co_return Exit::Ok;
    }
    QString text;
    const auto row = [&](const QString &key, const QString &value) {
        text += key.leftJustified(10) + printable(value) + u'\n';
    };
    row(u"state"_s, u"%1. %2"_s.arg(node->state, node->reason));
    row(u"network"_s, node->network + (node->local ? u" (on this computer only)"_s : QString()));
    row(u"node"_s, node->nodeId);
    row(u"members"_s,
        node->estimated.value_or(false) ? u"about %1 online (estimated)"_s.arg(node->members)
                                        : u"%1 online"_s.arg(node->members));
    if (picture) {
        const auto all = picture->value(u"snapshot").toObject();
        const auto held = wire::decodeFields<Storage>(all.value(u"storage").toObject());
        if (held && held->readOnly)
            row(u"storage"_s, u"takes nothing new: %1"_s.arg(held->reason));
        else if (held)
            row(u"storage"_s,
                u"%1 shards held, %2 of %3 given"_s.arg(held->shards)
                    .arg(sizeText(held->bytes), sizeText(held->bytesLimit)));
        row(u"files"_s, QString::number(all.value(u"files").toObject().size()));
    }
    row(u"listens"_s, node->listen);
    row(u"data"_s, node->dataDir);
    row(u"version"_s, u"%1, process %2"_s.arg(node->version).arg(node->pid));
    session.out(text);
    co_return Exit::Ok;
}

Run watch(Session &session)
{
    Client &client = session.client(true);
    const auto printer = std::make_shared<ChangePrinter>(session);
    QObject::connect(&client, &Client::changed, &client,
        [&client, printer](Parts parts) { printer->print(client.snapshot(), parts); });
    const auto hello = co_await session.ask(Hello{});
    if (!hello)
        co_return session.fail(hello.error());
    // Ends when the node does, or with Ctrl+C. A call that the node never answers waits for both.
    struct Gone {
        Client &client;
        bool await_ready() const { return !client.isConnected(); }
        void await_suspend(std::coroutine_handle<> waiter) const
        {
            QObject::connect(
                &client, &Client::disconnected, &client, [waiter] { waiter.resume(); },
                Qt::SingleShotConnection);
        }
        void await_resume() const { }
    };
    co_await Gone{client};
    co_return session.fail(Exit::NotRunning, u"The node has stopped."_s);
}

Run config(Session &session)
{
    const auto reply = co_await session.ask(GetConfig{});
    if (!reply)
        co_return session.fail(reply.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*reply));
        co_return Exit::Ok;
    }
    QString text = u"# in force; change them in %1 and start the node again\n"_s.arg(reply->file);
    const QJsonObject sections = reply->values;
    for (auto section = sections.begin(); section != sections.end(); ++section) {
        text += u"\n[%1]\n"_s.arg(section.key());
        const QJsonObject keys = section.value().toObject();
        for (auto key = keys.begin(); key != keys.end(); ++key) {
            QByteArray value
                = QJsonDocument(QJsonArray{key.value()}).toJson(QJsonDocument::Compact);
            text += u"%1 = %2\n"_s.arg(key.key(), QString::fromUtf8(value.sliced(1).chopped(1)));
        }
    }
    session.out(text);
    co_return Exit::Ok;
}

Run log(Session &session)
{
    qint64 lines = 100;
    if (session.args.has("lines")) {
        bool isNumber = false;
        lines = session.args.value("lines").toLongLong(&isNumber);
        if (!isNumber || lines < 1 || lines > 10'000)
            co_return session.fail(Exit::Usage, u"--lines expects a number from 1 to 10000."_s);
    }
    const auto reply = co_await session.ask(GetLog{lines});
    if (!reply)
        co_return session.fail(reply.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*reply));
        co_return Exit::Ok;
    }
    QString text;
    for (const LogLine &line : reply->lines) {
        const auto when = QDateTime::fromMSecsSinceEpoch(line.utcMs, QTimeZone::UTC);
        text += u"%1 %2 %3: %4\n"_s.arg(when.toString(Qt::ISODateWithMs),
            line.level.leftJustified(7), line.category, printable(line.text));
    }
    session.out(text);
    co_return Exit::Ok;
}

Run version(Session &session)
{
    const auto node = co_await session.ask(Hello{});
    const QString running = node ? node->version : QString();
    if (session.json)
        session.outJson({{u"borgctl"_s, QStringLiteral(BORG_VERSION)}, {u"node"_s, running}});
    else
        session.out(u"borgctl %1\n%2\n"_s.arg(QStringLiteral(BORG_VERSION),
            node ? u"node    "_s + running : u"no node runs for %1"_s.arg(session.dataDir)));
    co_return Exit::Ok;
}

} // namespace borgctl
