// SPDX-License-Identifier: GPL-3.0-or-later
#include "process.h"
#include "session.h"

#include <base/sleep.h>
#include <control/paths.h>

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

#include <csignal>

/// N nodes on this computer, for trying out and for tests.
namespace borgctl {

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int kNodesMax = 256;
constexpr Ticks kLookEvery = 50ms;

/// One node of the cluster, started by us or found running.
struct Place {
    QString dir;
    qint64 pid = 0;
    bool isOurs = false; ///< We spawned it in this run.
    std::unique_ptr<Client> client;

    [[nodiscard]] QString output() const { return dir + u"/out.log"_s; }
};

class Cluster {
public:
    Cluster(Session &session, int count, const QString &dir, Ticks timeout)
        : m_session(session)
        , m_scope(session.clock)
        , m_deadline(session.clock.now() + timeout)
    {
        for (int i = 1; i <= count; ++i)
            m_places.push_back({u"%1/%2"_s.arg(dir).arg(i), 0, false, nullptr});
    }

    QCoro::Task<Result<Done>> start()
    {
        for (Place &place : m_places) {
            if (!QDir().mkpath(place.dir))
                co_return Error{Errc::Storage, u"Cannot make the folder %1."_s.arg(place.dir)};
            if (const auto running = co_await helloOf(place.dir))
                place.pid = running->pid;
        }
        // All that know their network start at once; the others need the first one's invite.
        QStringList first{u"--create"_s, u"try"_s, u"--local"_s};
        if (auto spawned = spawn(m_places.front(), first); !spawned)
            co_return spawned;
        for (Place &place : m_places) {
            if (isMember(place)) {
                if (auto spawned = spawn(place, {}); !spawned)
                    co_return spawned;
            }
        }
        const auto invite = co_await inviteOf(m_places.front());
        if (!invite)
            co_return invite.error();
        for (Place &place : m_places) {
            if (auto spawned = spawn(place, {u"--join"_s, *invite}); !spawned)
                co_return spawned;
        }
        co_return co_await allTogether();
    }

    /// Ends what this run started.
    void abandon()
    {
        for (const Place &place : m_places) {
            if (place.isOurs)
                ::kill(static_cast<pid_t>(place.pid), SIGTERM);
        }
    }

    [[nodiscard]] QJsonObject toJson() const
    {
        QJsonArray pids;
        QJsonArray dirs;
        for (const Place &place : m_places) {
            pids.append(place.pid);
            dirs.append(place.dir);
        }
        return {{u"pids"_s, pids}, {u"dirs"_s, dirs}};
    }

private:
    static bool isMember(const Place &place)
    {
        return QFileInfo::exists(place.dir + u"/network.json"_s);
    }

    QCoro::Task<Result<Hello::Reply>> helloOf(QString dir)
    {
        Client client(m_session.clock, dir, {.subscribe = false, .reconnect = false});
        client.start();
        co_return co_await client.ask(Hello{});
    }

    Result<Done> spawn(Place &place, const QStringList &how)
    {
        if (place.pid != 0)
            return Done{};
        QStringList arguments{u"--quiet"_s, u"--data"_s, place.dir};
        if (!isMember(place))
            arguments += how;
        const auto pid = spawnNode(arguments, place.output());
        if (!pid)
            return pid.error();
        place.pid = *pid;
        place.isOurs = true;
        return Done{};
    }

    /// A sentence for a node that has ended, or for time that has run out.
    std::optional<Error> problemOf(const Place &place)
    {
        const auto code = place.isOurs ? exitCodeOf(place.pid) : std::nullopt;
        const bool gone = code || !isAlive(place.pid);
        const bool late = m_session.clock.now() >= m_deadline;
        if (!gone && !late)
            return std::nullopt;
        QString what = gone ? u"The node in %1 has ended"_s.arg(place.dir)
                            : u"The node in %1 has not joined the others in time"_s.arg(place.dir);
        if (code)
            what += u" (exit code %1)"_s.arg(*code);
        const QString said = tailOf(place.output(), 5);
        const QString logged = tailOf(place.dir + u"/node.log"_s, 10);
        m_session.note(u"The last lines of %1/node.log:\n%2"_s.arg(place.dir, logged));
        return Error{gone ? Errc::Closed : Errc::Timeout,
            said.isEmpty() ? what + u'.' : what + u": "_s + said};
    }

    QCoro::Task<Result<QString>> inviteOf(const Place &place)
    {
        for (;;) {
            Client client(m_session.clock, place.dir, {.subscribe = false, .reconnect = false});
            client.start();
            if (const auto reply = co_await client.ask(GetInvite{}))
                co_return reply->link;
            if (const auto problem = problemOf(place))
                co_return *problem;
            if (const auto slept = co_await Sleep(m_scope, kLookEvery); !slept)
                co_return slept.error();
        }
    }

    /// Waits until each node is connected, sees all others, and has the same root.
    QCoro::Task<Result<Done>> allTogether()
    {
        for (Place &place : m_places) {
            place.client = std::make_unique<Client>(m_session.clock, place.dir);
            place.client->start();
        }
        for (;;) {
            const Place *missing = nullptr;
            for (const Place &place : m_places) {
                if (missing == nullptr && !isTogether(place))
                    missing = &place;
            }
            if (missing == nullptr)
                co_return Done{};
            for (const Place &place : m_places) {
                const bool blame = m_session.clock.now() < m_deadline || &place == missing;
                if (const auto problem = blame ? problemOf(place) : std::nullopt)
                    co_return *problem;
            }
            if (const auto slept = co_await Sleep(m_scope, kLookEvery); !slept)
                co_return slept.error();
        }
    }

    [[nodiscard]] bool isTogether(const Place &place) const
    {
        if (!place.client->isConnected() || !m_places.front().client->isConnected())
            return false;
        const Snapshot &now = place.client->snapshot();
        const bool isUp = now.status.state == u"online"
            || (m_places.size() == 1 && now.status.state == u"alone");
        return isUp && std::cmp_greater_equal(now.status.members, m_places.size())
            && now.tree.root == m_places.front().client->snapshot().tree.root;
    }

    Session &m_session;
    TaskScope m_scope;
    const Ticks m_deadline;
    std::vector<Place> m_places;
};

/// Stops every node below `dir` that runs.
Run stopAll(Session &session, QString dir)
{
    std::vector<qint64> pids;
    for (const QString &name : QDir(dir).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString place = dir + u'/' + name;
        if (!QFileInfo::exists(place + u"/network.json"_s))
            continue;
        Client client(session.clock, place, {.subscribe = false, .reconnect = false});
        client.start();
        const auto hello = co_await client.ask(Hello{});
        if (!hello)
            continue;
        if (const auto asked = co_await client.ask(Stop{}); !asked)
            session.note(u"%1: %2"_s.arg(place, asked.error().detail));
        pids.push_back(hello->pid);
    }
    TaskScope scope(session.clock);
    for (int tries = 0; tries < 600 && std::ranges::any_of(pids, isAlive); ++tries) {
        if (const auto slept = co_await Sleep(scope, 50ms); !slept)
            break;
    }
    QJsonArray stopped;
    for (const qint64 pid : pids)
        stopped.append(pid);
    session.outJson({{u"stopped"_s, stopped}});
    if (std::ranges::any_of(pids, isAlive))
        co_return session.fail(Exit::Failed, u"Some nodes have not ended after 30 s."_s);
    co_return Exit::Ok;
}

} // namespace

Run cluster(Session &session)
{
    const auto &operands = session.args.operands;
    if (session.args.has("stop")) {
        if (operands.size() != 1 || !QFileInfo(operands.first()).isDir())
            co_return session.fail(
                Exit::Usage, u"Expected: borgctl cluster --stop DIR, a folder that is there."_s);
        co_return co_await stopAll(session, canonicalDir(operands.first()));
    }
    bool isNumber = false;
    const int count = operands.first().toInt(&isNumber);
    if (operands.size() != 2 || !isNumber || count < 1 || count > kNodesMax)
        co_return session.fail(
            Exit::Usage, u"Expected: borgctl cluster N DIR, with N from 1 to %1."_s.arg(kNodesMax));
    bool isTimeout = true;
    const int seconds
        = session.args.has("timeout") ? session.args.value("timeout").toInt(&isTimeout) : 60;
    if (!isTimeout || seconds < 1 || seconds > 3600)
        co_return session.fail(Exit::Usage, u"--timeout expects seconds from 1 to 3600."_s);

    Cluster cluster(session, count, canonicalDir(operands.last()), std::chrono::seconds(seconds));
    session.interrupts.onInterrupt([&cluster] {
        cluster.abandon();
        std::_Exit(Exit::Cancelled);
    });
    const auto started = co_await cluster.start();
    if (!started) {
        cluster.abandon();
        co_return session.fail(exitOf(started.error().code), started.error().detail);
    }
    session.outJson(cluster.toJson());
    co_return Exit::Ok;
}

} // namespace borgctl
