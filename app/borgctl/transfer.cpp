// SPDX-License-Identifier: GPL-3.0-or-later
#include "progress.h"
#include "session.h"
#include "stream.h"
#include "text.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <fcntl.h>
#include <unistd.h>

/// put and get: start a job in the node, show how far it is, cancel it with Ctrl+C.
namespace borgctl {

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Waits for the end of a job, with progress; Ctrl+C cancels it.
QCoro::Task<Result<Wait::Reply>> follow(Session &session, QString jobId, bool showProgress)
{
    Client &client = session.client();
    const auto progress = std::make_shared<Progress>(session.clock);
    const QMetaObject::Connection shows
        = QObject::connect(&client, &Client::changed, &client, [&client, progress, jobId](Parts) {
              const auto job = client.snapshot().jobs.find(jobId);
              if (job != client.snapshot().jobs.end() && job->second.state == u"running")
                  progress->show(job->second);
          });
    if (!showProgress)
        QObject::disconnect(shows);
    session.interrupts.onInterrupt([&client, jobId] {
        client.call(u"cancel"_s, wire::encodeFields(control::Cancel{jobId}), &client,
            [](const Result<QJsonObject> &) { /* the job's end says it */ });
    });
    auto reply = co_await client.ask(Wait{jobId});
    QObject::disconnect(shows);
    session.interrupts.onInterrupt({});
    progress->clear();
    co_return reply;
}

/// @return the exit code of a job that did not end well, after saying why.
int failJob(Session &session, const Job &job, Exit onMalformed)
{
    if (job.state == u"cancelled")
        return session.fail(Exit::Cancelled, u"Cancelled; nothing was left behind."_s);
    Exit code = Exit::Failed;
    if (job.errorCode == u"Malformed")
        code = onMalformed;
    else if (const auto errc = rpc::errcFromName(job.errorCode))
        code = exitOf(*errc);
    return session.fail(code, job.error);
}

bool isStreamLike(const QString &path)
{
    const QFileInfo info(path);
    return info.exists() && !info.isFile() && !info.isDir(); // a pipe, a device, <(command)
}

QString absolute(const QString &path)
{
    return QDir::cleanPath(QDir::current().absoluteFilePath(path));
}

int printFolder(Session &session, const Job &job, const QString &verb)
{
    if (session.json) {
        session.outJson({{u"folder"_s, job.name}, {u"path"_s, job.path}, {u"files"_s, job.files},
            {u"unchanged"_s, job.unchanged}, {u"bytes"_s, job.bytesDone}, {u"note"_s, job.note}});
        return Exit::Ok;
    }
    const qint64 done = job.files - job.unchanged;
    QString text = u"%1: %2 %3 %4"_s.arg(printable(job.name))
                       .arg(done)
                       .arg(done == 1 ? u"file"_s : u"files"_s, verb);
    if (job.unchanged > 0)
        text += u", %1 there already"_s.arg(job.unchanged);
    text += u"; %1 in all"_s.arg(sizeText(job.bytesDone));
    session.note(text + u'.' + (job.note.isEmpty() ? QString() : u' ' + job.note));
    return Exit::Ok;
}

int failFolder(Session &session, const Job &job, const QString &verb)
{
    if (job.state == u"cancelled")
        return session.fail(Exit::Cancelled,
            u"Cancelled; %1 of %2 files are there. The same command goes on with the rest."_s
                .arg(job.files)
                .arg(job.filesTotal));
    if (!session.json && job.files > 0)
        printFolder(session, job, verb);
    return failJob(session, job, Exit::Failed);
}

int printPut(Session &session, const Wait::Reply &done)
{
    const File file = done.file.value_or(File{});
    const QString link = done.link.value_or(QString());
    if (session.json) {
        session.outJson({{u"link"_s, link}, {u"bytes"_s, done.job.bytesDone},
            {u"state"_s, file.state}, {u"id"_s, done.job.fileId}, {u"name"_s, done.job.name},
            {u"code"_s, file.code}, {u"versions"_s, file.versions}});
        return Exit::Ok;
    }
    session.out(link + u'\n');
    const QString what = u"%1 stored as %2 (%3)."_s.arg(
        printable(done.job.name), file.code, sizeText(done.job.bytesDone));
    if (file.state == u"spooled")
        session.note(what + u" It waits on this computer until enough other nodes are online."_s);
    else
        session.note(what + u" Whoever has the link can read it."_s);
    if (file.versions > 0)
        session.note(u"There was such a file: it is kept for 90 days as an earlier version; see "
                     "borgctl versions."_s);
    return Exit::Ok;
}

Run putOne(Session &session, const QString given)
{
    const bool isStandardInput = given == u"-";
    const bool isStream = isStandardInput || isStreamLike(given);
    Put request;
    if (given.isEmpty())
        co_return session.fail(Exit::Usage, u"The name of the file is empty."_s);
    request.path = isStream ? QString() : absolute(given);
    if (session.args.has("into"))
        request.folder = session.args.value("into");
    if (session.args.has("name"))
        request.name = session.args.value("name");
    else if (isStream) // a named pipe has a name; <(command) is a number in /dev/fd
        request.name = isStandardInput || given.startsWith(u"/dev/") || given.startsWith(u"/proc/")
            ? u"standard input "_s
                + QDateTime::currentDateTimeUtc().toString(u"yyyy-MM-dd HH.mm.ss") // one each
            : QFileInfo(given).fileName();
    if (request.name && request.name->trimmed().isEmpty())
        co_return session.fail(Exit::Usage, u"--name expects a name that is not empty."_s);
    if (session.args.has("code")) {
        static const QRegularExpression pattern(u"^[1-9]\\d{0,2}/[1-9]\\d{0,2}$"_s);
        request.code = session.args.value("code");
        if (!pattern.match(*request.code).hasMatch()
            || request.code->section(u'/', 0, 0).toInt() > request.code->section(u'/', 1).toInt())
            co_return session.fail(Exit::Usage,
                u"--code expects K/N with K no larger than N, such as 3/10, not \"%1\"."_s.arg(
                    *request.code));
    }
    int descriptor = STDIN_FILENO;
    if (isStream && !isStandardInput) {
        descriptor = ::open(QFile::encodeName(given).constData(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            co_return session.fail(
                Exit::LocalFile, u"Cannot read %1: %2."_s.arg(given, qt_error_string(errno)));
    }
    if (isStream)
        request.stream = true;

    Client &client = session.client(true);
    const auto started = co_await client.ask(request);
    if (!started
        && (started.error().code == Errc::Malformed || started.error().code == Errc::TooLarge))
        co_return session.fail(Exit::Usage, started.error().detail); // the code or the name
    if (!started)
        co_return session.fail(started.error());
    std::optional<InputStream> input;
    if (isStream) {
        input.emplace(descriptor, [&session] { return session.interrupts.wasAsked(); });
        input->start(started->socket, started->token.toLatin1());
    }
    const auto done = co_await follow(session, started->jobId, true);
    if (!done)
        co_return session.fail(done.error());
    if (done->job.state != u"done" && done->job.filesTotal > 0)
        co_return failFolder(session, done->job, u"stored"_s);
    if (session.interrupts.wasAsked() && done->job.state != u"done")
        co_return session.fail(Exit::Cancelled, u"Cancelled; nothing was left behind."_s);
    if (input && input->problem())
        co_return session.fail(Exit::LocalFile,
            u"Cannot read %1: %2."_s.arg(
                isStandardInput ? u"standard input"_s : given, *input->problem()));
    if (done->job.state != u"done")
        co_return failJob(session, done->job, Exit::Usage); // Malformed: the code breaks the rules
    co_return done->job.fileId.isEmpty() ? printFolder(session, done->job, u"stored"_s)
                                         : printPut(session, *done);
}

} // namespace

Run put(Session &session)
{
    if (session.args.operands.size() > 1 && session.args.has("name"))
        co_return session.fail(Exit::Usage, u"--name is for one file; --into takes several."_s);
    int code = Exit::Ok;
    for (const QString &given : QStringList(session.args.operands)) {
        const int ended = co_await putOne(session, given);
        code = code == Exit::Ok ? ended : code;
        if (session.interrupts.wasAsked())
            break;
    }
    co_return code;
}

Run verify(Session &session)
{
    std::vector<File> files;
    if (session.args.operands.isEmpty()) {
        const auto all = co_await session.ask(ListFiles{});
        if (!all)
            co_return session.fail(all.error());
        files = all->files;
    } else {
        const QString what = session.args.operands.first();
        const auto file = co_await session.findFile(what);
        if (file) {
            files = {*file};
        } else { // or all of a folder
            const auto all = co_await session.ask(ListFiles{});
            const QString below = trimmedFolder(what) + u'/';
            std::ranges::copy_if(all ? all->files : std::vector<File>{}, std::back_inserter(files),
                [&](const File &one) { return one.path().startsWith(below); });
            if (files.empty())
                co_return session.failFind(file.error());
        }
    }
    std::ranges::sort(files, {}, &File::path);
    Client &client = session.client(true);
    int code = Exit::Ok;
    for (const File &file : std::vector(files)) {
        const auto started = co_await client.ask(VerifyFile{file.id});
        if (!started)
            co_return session.fail(started.error());
        const auto done = co_await follow(session, started->jobId, false);
        if (!done)
            co_return session.fail(done.error());
        if (done->job.state == u"cancelled")
            co_return session.fail(Exit::Cancelled, u"Cancelled."_s);
        const bool isSafe = done->job.state == u"done";
        const QString words = isSafe ? done->job.note : done->job.error;
        if (session.json)
            session.outJson({{u"path"_s, file.path()}, {u"id"_s, file.id}, {u"safe"_s, isSafe},
                {u"shards"_s, done->job.bytesDone}, {u"note"_s, words}});
        else
            session.out(printable(file.path()) + u": "_s + printable(words) + u'\n');
        if (!isSafe)
            code = Exit::Failed;
    }
    if (files.empty() && !session.json)
        session.note(u"No files yet. Store one with: borgctl put FILE"_s);
    co_return code;
}

namespace {

/// What to get, and where to.
struct Wanted {
    Get request;
    QString out;
    bool isFolder = false;
};

QCoro::Task<Result<Wanted>> wanted(Session &session)
{
    const bool fromFile = session.args.has("link-file");
    const auto &operands = session.args.operands;
    if (operands.size() > (fromFile ? 1 : 2) || (!fromFile && operands.isEmpty()))
        co_return Error{Errc::Malformed, u"Expected: borgctl get LINK|NAME|ID|- OUT."_s};
    const auto what = session.operandOrLink();
    if (!what)
        co_return what.error();
    Wanted want;
    want.out = operands.value(fromFile ? 0 : 1);
    QString name;
    if (what->startsWith(u"borg:")) {
        want.request.link = *what;
    } else if (session.args.has("pick")) {
        const auto file = co_await session.findVersion(*what, session.args.value("pick"));
        if (!file)
            co_return file.error();
        want.request.id = file->id;
        name = file->name;
    } else {
        const auto file = co_await session.findFile(*what);
        const QString path = trimmedFolder(*what);
        const bool isFolder = !file && file.error().code == Errc::NotFound && !path.isEmpty()
            && (co_await session.ask(ListFolder{path})).ok();
        if (!file && !isFolder)
            co_return file.error();
        want.isFolder = isFolder;
        if (isFolder)
            want.request.name = path;
        else
            want.request.id = file->id;
        name = isFolder ? path.section(u'/', -1) : file->name;
        if (isFolder && want.out == u"-")
            co_return Error{Errc::Malformed, u"A folder cannot go to standard output."_s};
    }
    if (want.out.isEmpty() && name.isEmpty())
        co_return Error{
            Errc::Malformed, u"Say where to: borgctl get LINK OUT, or '-' for standard output."_s};
    if (want.out.isEmpty())
        want.out = name;
    else if (QFileInfo(want.out).isDir() && !name.isEmpty())
        want.out += u'/' + name;
    if (want.out == u"-" || isStreamLike(want.out))
        want.request.stream = true;
    else
        want.request.out = absolute(want.out);
    if (session.args.has("force"))
        want.request.force = true;
    co_return want;
}

} // namespace

Run get(Session &session)
{
    session.client(true);
    const auto want = co_await wanted(session);
    if (!want)
        co_return session.failFind(want.error());
    const bool isStream = want->request.stream.value_or(false);
    if (!isStream && !want->isFolder && QFileInfo(want->out).isDir())
        co_return session.fail(
            Exit::LocalFile, u"%1 is a folder; name the file to write."_s.arg(want->out));
    if (want->isFolder && QFileInfo(want->out).exists() && !QFileInfo(want->out).isDir())
        co_return session.fail(
            Exit::LocalFile, u"%1 is no folder; name the folder to write into."_s.arg(want->out));
    int descriptor = STDOUT_FILENO;
    if (isStream && want->out != u"-") {
        descriptor = ::open(QFile::encodeName(want->out).constData(), O_WRONLY | O_CLOEXEC);
        if (descriptor < 0)
            co_return session.fail(
                Exit::LocalFile, u"Cannot write %1: %2."_s.arg(want->out, qt_error_string(errno)));
    }
    Client &client = session.client();
    const auto started = co_await client.ask(want->request);
    if (!started)
        co_return session.fail(started.error());
    std::optional<OutputStream> output;
    if (isStream) {
        output.emplace(descriptor);
        output->start(started->socket, started->token.toLatin1(), [&client, id = started->jobId] {
            client.call(u"cancel"_s, wire::encodeFields(control::Cancel{id}), &client,
                [](const Result<QJsonObject> &) { /* the job's end says it */ });
        });
    }
    // A progress line between lines of a file on the same terminal helps nobody.
    const auto done = co_await follow(session, started->jobId, !(isStream && ::isatty(descriptor)));
    if (!done)
        co_return session.fail(done.error());
    const bool whole = !output || done->job.state != u"done" || output->finish();
    if (output && output->problem())
        co_return session.fail(exitOf(output->problem()->code),
            u"Cannot write %1: %2."_s.arg(
                want->out == u"-" ? u"standard output"_s : want->out, output->problem()->detail));
    if (done->job.state != u"done" && done->job.filesTotal > 0)
        co_return failFolder(session, done->job, u"fetched"_s);
    if (done->job.state != u"done")
        co_return failJob(session, done->job, Exit::BadLink);
    if (done->job.filesTotal > 0)
        co_return printFolder(session, done->job, u"fetched"_s);
    if (!whole)
        co_return session.fail(Exit::NotRunning, u"The node hung up before the end."_s);
    // Standard output holds the file when that is where it went.
    if (session.json && !isStream)
        session.outJson({{u"out"_s, want->request.out}, {u"bytes"_s, done->job.bytesDone},
            {u"state"_s, done->job.state}});
    else if (!isStream)
        session.note(
            u"%1 written (%2)."_s.arg(printable(want->out), sizeText(done->job.bytesDone)));
    co_return Exit::Ok;
}

} // namespace borgctl
