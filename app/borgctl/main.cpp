// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"
#include "text.h"

#include <base/program_start.h>

#include <QCoreApplication>
#include <QFile>
#include <QStringDecoder>

#include <cstdio>
#include <cstring>

using namespace borgctl;
using namespace Qt::Literals::StringLiterals;

namespace {

/// The words of the command line. Links are wiped where other users can see them (ps, /proc).
QStringList takeWords(int argc, char **argv, bool *isUtf8)
{
    QStringList words;
    for (int i = 1; i < argc; ++i) {
        QStringDecoder decoder(QStringDecoder::Utf8);
        words.append(decoder(QByteArrayView(argv[i])));
        *isUtf8 = *isUtf8 && !decoder.hasError();
        if (std::strstr(argv[i], "borg:") != nullptr)
            std::memset(argv[i], 'x', std::strlen(argv[i]));
    }
    return words;
}

Run dispatch(Session &session)
{
    static const std::map<std::string_view, Run (*)(Session &)> runs{{"status", status},
        {"put", put}, {"get", get}, {"ls", list}, {"rm", removeFile}, {"trash", trash},
        {"restore", restoreFile}, {"versions", versions}, {"mv", moveFile}, {"verify", verify},
        {"link", showLink}, {"share", showLink}, {"recovery", recovery}, {"recover", recover},
        {"peers", peers}, {"tree", tree}, {"watch", watch}, {"invite", invite}, {"start", start},
        {"stop", stop}, {"doctor", doctor}, {"config", config}, {"log", log}, {"cluster", cluster},
        {"time", worldTime}, {"bulk", bulk}, {"ping", ping}, {"find", findNode},
        {"completion", completion}, {"version", version}};
    return runs.at(session.args.verb->name)(session);
}

QCoro::Task<> runToExit(Session &session)
{
    const int code = co_await dispatch(session);
    // From the event loop, because a verb that never waited is done before exec() begins.
    session.clock.after(borg::Ticks{0}, [code] { QCoreApplication::exit(code); });
}

} // namespace

int main(int argc, char **argv)
{
    borg::prepareProgram();
    bool isUtf8 = true;
    const QStringList words = takeWords(argc, argv, &isUtf8);
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"borgctl"_s);

    const auto wrong = [&words](const QString &what) {
        const QString sentence = printable(what) + u" See borgctl --help."_s;
        std::fprintf(stderr, "borgctl: %s\n", qUtf8Printable(sentence));
        if (words.contains(u"--json"_s))
            std::puts(errorJson(Exit::Usage, sentence).constData());
        return Exit::Usage;
    };
    // Such a name would become another one on its way, and name another file.
    if (!isUtf8)
        return wrong(
            u"A word of the command line is not in UTF-8. A file of such a name goes "
            "through a pipe: borgctl put - --name NAME < FILE, borgctl get LINK - > OUT."_s);
    auto args = parseArgs(words);
    if (!args)
        return wrong(args.error().detail);
    if (args->has("help") || (args->verb == nullptr && !args->has("version"))) {
        const bool asked = args->has("help");
        std::fputs(qUtf8Printable(helpText(args->verb)), asked ? stdout : stderr);
        return asked ? Exit::Ok : Exit::Usage;
    }
    if (args->has("version")) {
        std::puts("borgctl " BORG_VERSION);
        return Exit::Ok;
    }
    if (args->has("data") && args->value("data").isEmpty()) {
        std::fputs("borgctl: The option --data needs a folder.\n", stderr);
        return Exit::Usage;
    }
    Session session(*std::move(args));
    const auto running = runToExit(session);
    return QCoreApplication::exec();
}
