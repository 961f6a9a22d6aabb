// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"

#include "text.h"

#include <control/paths.h>

#include <QFile>
#include <QJsonDocument>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/signalfd.h>
#include <unistd.h>

namespace borgctl {

using namespace borg;
using namespace Qt::Literals::StringLiterals;

Interrupts::Interrupts()
{
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_descriptor = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [this] {
        signalfd_siginfo info{};
        while (::read(m_descriptor, &info, sizeof info) == sizeof info) {
            if (std::exchange(m_wasAsked, true) || !m_asked)
                std::_Exit(Exit::Cancelled);
            m_asked();
        }
    });
}

Interrupts::~Interrupts()
{
    m_notifier.reset();
    ::close(m_descriptor);
}

Session::Session(Args given)
    : args(std::move(given))
    , json(args.has("json"))
    , dataDir(control::canonicalDir(
          args.value("data").isEmpty() ? control::defaultDataDir() : args.value("data")))
{
}

control::Client &Session::client(bool subscribe)
{
    if (!m_client) {
        m_client = std::make_unique<control::Client>(
            clock, dataDir, control::ClientOptions{.subscribe = subscribe, .reconnect = false});
        m_client->start();
    }
    return *m_client;
}

Exit exitOf(Errc code)
{
    switch (code) {
    case Errc::NotFound:
        return Exit::NotFound;
    case Errc::Conflict:
        return Exit::Exists;
    case Errc::Storage:
    case Errc::TooLarge:
        return Exit::LocalFile;
    case Errc::Timeout:
    case Errc::Unreachable:
        return Exit::Network;
    case Errc::Malformed:
    case Errc::Unauthorized:
        return Exit::BadLink;
    case Errc::NoSpace:
        return Exit::DiskFull;
    case Errc::Busy:
    case Errc::Closed:
        return Exit::Failed;
    }
    Q_UNREACHABLE();
}

QByteArray errorJson(Exit code, const QString &sentence)
{
    const QJsonObject error{{u"exit"_s, int(code)}, {u"message"_s, sentence}};
    return QJsonDocument(QJsonObject{{u"error"_s, error}}).toJson(QJsonDocument::Compact);
}

int Session::fail(const Error &error)
{
    // What the client itself says of a connection that is not there, or is gone.
    if (m_client && m_client->problem())
        return fail(Exit::NotRunning, error.detail);
    return fail(exitOf(error.code), error.detail);
}

int Session::failFind(const Error &error)
{
    const bool isWrongUse = error.code == Errc::Malformed || error.code == Errc::TooLarge;
    return isWrongUse ? fail(Exit::Usage, error.detail) : fail(error);
}

int Session::fail(Exit code, const QString &sentence)
{
    const QString text = printable(QString(sentence).replace(u'\n', u' '));
    note(u"borgctl: "_s + text);
    if (json)
        out(QString::fromUtf8(errorJson(code, text)) + u'\n');
    return code;
}

void Session::out(const QString &text) const
{
    const QByteArray bytes = text.toUtf8();
    const auto size = static_cast<std::size_t>(bytes.size());
    if (std::fwrite(bytes.constData(), 1, size, stdout) == size && std::fflush(stdout) == 0)
        return;
    const int problem = errno;
    if (problem != EPIPE) // then whoever read this has gone, and knows: `borgctl watch | head`
        note(u"borgctl: Cannot write standard output: %1."_s.arg(qt_error_string(problem)));
    std::_Exit(problem == ENOSPC ? Exit::DiskFull : Exit::LocalFile);
}

void Session::outJson(const QJsonObject &object) const
{
    out(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)) + u'\n');
}

void Session::note(const QString &line) const
{
    std::fprintf(stderr, "%s\n", qUtf8Printable(line));
}

Result<QString> Session::operandOrLink() const
{
    constexpr qint64 kLinkMax = 4096;
    const bool fromFile = args.has("link-file");
    const bool mayAsk = QLatin1StringView(args.verb->name) == "recover"_L1;
    if (!fromFile && args.operands.isEmpty() && !mayAsk)
        return Error{Errc::Malformed,
            u"Expected: borgctl %1 %2."_s.arg(
                QLatin1StringView(args.verb->name), QLatin1StringView(args.verb->operands))};
    const auto checked = [](const QString &link) -> Result<QString> {
        if (link.size() > kLinkMax)
            return Error{Errc::Unauthorized,
                u"This is no link: it has more than %1 characters."_s.arg(kLinkMax)};
        return link;
    };
    if (!fromFile && !args.operands.isEmpty() && args.operands.first() != u"-") {
        const QString operand = args.operands.first();
        const QString pasted = operand.trimmed(); // a link keeps no space that came along
        return pasted.startsWith(u"borg:") ? checked(pasted) : operand;
    }
    QFile file(args.value("link-file"));
    const bool opened
        = fromFile ? file.open(QIODevice::ReadOnly) : file.open(stdin, QIODevice::ReadOnly);
    if (!opened)
        return Error{Errc::Storage,
            u"Cannot read the link from %1: %2."_s.arg(file.fileName(), file.errorString())};
    const QString link = QString::fromUtf8(file.readLine(kLinkMax + 1)).trimmed();
    if (link.isEmpty())
        return Error{Errc::Malformed,
            fromFile ? u"The file %1 holds no link."_s.arg(file.fileName())
                     : u"Standard input holds no link."_s};
    return checked(link);
}

QCoro::Task<Result<control::File>> Session::findFile(QString what, bool isTrash)
{
    const auto all = co_await ask(control::ListFiles{isTrash});
    if (!all)
        co_return all.error();
    const QString path = trimmedFolder(what);
    std::vector<control::File> byId;
    std::vector<control::File> byPath;
    std::vector<control::File> byName;
    for (const control::File &file : all->files) {
        if (file.id == what || (what.size() >= 6 && file.id.startsWith(what)))
            byId.push_back(file);
        else if (file.path() == path)
            byPath.push_back(file);
        else if (file.name == what)
            byName.push_back(file);
    }
    auto &found = !byId.empty() ? byId : !byPath.empty() ? byPath : byName;
    if (found.size() == 1)
        co_return found.front();
    if (found.empty() && isTrash)
        co_return Error{Errc::NotFound,
            u"No file in the trash has the name or id \"%1\"; `borgctl trash` lists them."_s.arg(
                what.left(200))};
    const auto isInside = [&path](const control::File &file) {
        return !path.isEmpty() && file.path().startsWith(path + u'/');
    };
    if (found.empty() && std::ranges::any_of(all->files, isInside))
        co_return Error{Errc::NotFound,
            u"\"%1\" is a folder; name a file in it. `borgctl ls %1` lists them."_s.arg(
                path.left(200))};
    if (found.empty())
        co_return Error{Errc::NotFound,
            u"None of your files has the name or id \"%1\"; `borgctl ls` lists them. A link begins "
            "with \"borg:r/\"."_s.arg(what.section(u'#', 0, 0).left(200))};
    QStringList ids;
    for (const control::File &file : found)
        ids.append(u"%1 (%2)"_s.arg(file.id, file.path()));
    co_return Error{Errc::Malformed,
        u"%1 of your files match \"%2\"; name one by its id: %3."_s.arg(found.size())
            .arg(what.left(200), ids.join(u", "))};
}

QCoro::Task<Result<control::File>> Session::findVersion(QString what, QString pick)
{
    const auto file = co_await findFile(what);
    if (!file)
        co_return file.error();
    const auto all = co_await ask(control::ListVersions{file->path()});
    if (!all)
        co_return all.error();
    std::vector<control::File> found;
    for (const control::File &one : all->files) {
        if (pick.size() >= 6 && one.id.startsWith(pick))
            found.push_back(one);
    }
    if (found.size() == 1)
        co_return found.front();
    co_return Error{Errc::NotFound,
        u"No version of \"%1\" has an id that begins with \"%2\"; `borgctl versions` lists them."_s
            .arg(file->path().left(200), pick.left(80))};
}

} // namespace borgctl
