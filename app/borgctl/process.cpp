// SPDX-License-Identifier: GPL-3.0-or-later
#include "process.h"

#include "session.h"

#include <base/sleep.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace borgctl {

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Result<qint64> spawnNode(const QStringList &arguments, const QString &output)
{
    QString program = QCoreApplication::applicationDirPath() + u"/borgd"_s;
    if (!QFileInfo(program).isExecutable())
        program = QStandardPaths::findExecutable(u"borgd"_s);
    if (program.isEmpty())
        return Error{Errc::Storage,
            u"The program borgd is neither beside borgctl nor in PATH; install it."_s};

    // Everything that allocates comes before fork().
    std::vector<QByteArray> words{QFile::encodeName(program)};
    for (const QString &argument : arguments)
        words.push_back(QFile::encodeName(argument));
    std::vector<char *> argv;
    for (QByteArray &word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    const int out = ::open(QFile::encodeName(output).constData(),
        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (out < 0 || null < 0)
        return Error{Errc::Storage, u"Cannot write %1: %2."_s.arg(output, qt_error_string(errno))};

    const pid_t pid = ::fork();
    if (pid == 0) {
        ::setsid();
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::dup2(null, STDIN_FILENO);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(out, STDERR_FILENO);
        ::close_range(3, ~0U, 0);
        ::execv(argv.front(), argv.data());
        ::_exit(127);
    }
    const int problem = errno;
    ::close(out);
    ::close(null);
    if (pid < 0)
        return Error{Errc::Storage, u"Cannot start borgd: %1."_s.arg(qt_error_string(problem))};
    return qint64{pid};
}

std::optional<int> exitCodeOf(qint64 pid)
{
    int status = 0;
    if (::waitpid(static_cast<pid_t>(pid), &status, WNOHANG) != static_cast<pid_t>(pid))
        return std::nullopt;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool isAlive(qint64 pid)
{
    if (::kill(static_cast<pid_t>(pid), 0) != 0)
        return errno == EPERM;
    // One that ended and was not waited for, by us or whoever started it, is no process any more.
    if (exitCodeOf(pid).has_value())
        return false;
    QFile stat(u"/proc/%1/stat"_s.arg(pid));
    if (!stat.open(QIODevice::ReadOnly))
        return true;
    const QByteArray line = stat.readAll(); // "4711 (name) Z …", and a name may hold anything
    return line.sliced(line.lastIndexOf(')') + 1).trimmed().left(1) != "Z";
}

QString tailOf(const QString &path, int lines)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    constexpr qint64 kTailBytes = 16 * 1024;
    file.seek(std::max<qint64>(0, file.size() - kTailBytes));
    QStringList all = QString::fromUtf8(file.readAll()).trimmed().split(u'\n');
    all = all.mid(std::max<qsizetype>(0, all.size() - lines));
    for (QString &line : all) {
        if (line.startsWith(u"borgd: "))
            line = line.sliced(7);
    }
    return all.join(u'\n');
}

Run start(Session &session)
{
    if (const auto running = co_await session.ask(Hello{})) {
        if (session.json)
            session.outJson({{u"pid"_s, running->pid}, {u"started"_s, false}});
        else
            session.note(u"The node runs already (process %1)."_s.arg(running->pid));
        co_return Exit::Ok;
    }
    QStringList arguments{u"--quiet"_s, u"--data"_s, session.dataDir};
    for (const char *option : {"join", "create", "listen"}) {
        if (session.args.has(option))
            arguments << u"--"_s + QLatin1StringView(option) << session.args.value(option);
    }
    if (session.args.has("local"))
        arguments << u"--local"_s;
    // Not into the data folder: borgd makes that, and does not before it knows a network.
    const QString output = QDir::tempPath() + u"/borgd-start-%1"_s.arg(::getpid());
    const auto pid = spawnNode(arguments, output);
    if (!pid)
        co_return session.fail(pid.error());
    TaskScope scope(session.clock);
    for (int tries = 0; tries < 300; ++tries) {
        if (const auto code = exitCodeOf(*pid)) {
            const QString said = tailOf(output, 5);
            QFile::remove(output);
            session.note(u"The node did not start (borgd ended with %1):"_s.arg(*code));
            co_return session.fail(*code == 2 ? Exit::Usage : Exit::Failed, said);
        }
        Client client(session.clock, session.dataDir, {.subscribe = false, .reconnect = false});
        client.start();
        if (const auto hello = co_await client.ask(Hello{})) {
            QFile::remove(output);
            if (session.json)
                session.outJson({{u"pid"_s, hello->pid}, {u"started"_s, true}});
            else
                session.note(u"Started (process %1)."_s.arg(hello->pid));
            co_return Exit::Ok;
        }
        if (const auto slept = co_await Sleep(scope, 100ms); !slept)
            break;
    }
    co_return session.fail(
        Exit::Failed, u"The node does not answer after 30 s; see %1."_s.arg(output));
}

Run stop(Session &session)
{
    const auto hello = co_await session.ask(Hello{});
    if (!hello)
        co_return session.fail(hello.error());
    const auto asked = co_await session.ask(Stop{});
    if (!asked)
        co_return session.fail(asked.error());
    TaskScope scope(session.clock);
    for (int tries = 0; tries < 600; ++tries) {
        if (!isAlive(hello->pid)) {
            if (session.json)
                session.outJson({{u"pid"_s, hello->pid}, {u"stopped"_s, true}});
            else
                session.note(u"Stopped."_s);
            co_return Exit::Ok;
        }
        if (const auto slept = co_await Sleep(scope, 50ms); !slept)
            break;
    }
    co_return session.fail(Exit::Failed,
        u"The node (process %1) has not ended after 30 s; see its log."_s.arg(hello->pid));
}

} // namespace borgctl
