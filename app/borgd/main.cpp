// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/program_start.h>
#include <control/paths.h>
#include <node/lifecycle.h>
#include <node/node.h>

#include <QCommandLineParser>
#include <QCoreApplication>

#include <cstdio>

using namespace borg;
using namespace borg::node;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto kAbout
    = "The BorgIOS node. Without --create or --join it continues what its data folder holds.\n"
      "\n"
      "Exit codes: 0 ended as asked, 1 failed, 2 wrong option, 3 data folder in use,\n"
      "4 data folder of another version or damaged, 5 port in use, 6 wrong configuration.";

int complain(ExitCode code, const QString &sentence)
{
    std::fprintf(stderr, "borgd: %s\n", qUtf8Printable(sentence));
    return static_cast<int>(code);
}

struct Options {
    NodeOptions node;
    bool quiet = false;
};

std::variant<Options, int> parse(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QString::fromUtf8(kAbout));
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    const QCommandLineOption help({u"h"_s, u"help"_s}, u"Show this text."_s);
    const QCommandLineOption version({u"v"_s, u"version"_s}, u"Show the version."_s);
    const QCommandLineOption data(u"data"_s,
        u"Folder for everything of this node (default %1)."_s.arg(control::defaultDataDir()),
        u"DIR"_s);
    const QCommandLineOption listen(
        u"listen"_s, u"Take connections there; port 0 lets the system choose."_s, u"HOST:PORT"_s);
    const QCommandLineOption join(u"join"_s,
        u"Join through an invite link, a file that holds one, or HOST:PORT. May be repeated."_s,
        u"LINK"_s);
    const QCommandLineOption network(
        u"network"_s, u"Which network it is, for --join HOST:PORT: an invite link."_s, u"LINK"_s);
    const QCommandLineOption create(u"create"_s, u"Create a network of this name."_s, u"NAME"_s);
    const QCommandLineOption local(
        u"local"_s, u"With --create: a network on this computer only."_s);
    const QCommandLineOption config(
        u"config"_s, u"Settings (default DIR/config.toml)."_s, u"FILE"_s);
    const QCommandLineOption quiet(u"quiet"_s, u"Log to DIR/node.log only."_s);
    const QCommandLineOption foreground(
        u"foreground"_s, u"Accepted for service files; borgd always stays in the foreground."_s);
    parser.addOptions(
        {help, version, data, listen, join, network, create, local, config, quiet, foreground});

    const auto usage = [](const QString &what) {
        return complain(ExitCode::Usage, what + u" See borgd --help."_s);
    };
    if (!parser.parse(arguments))
        return usage(parser.errorText());
    if (parser.isSet(help)) {
        std::fputs(qUtf8Printable(parser.helpText()), stdout);
        return 0;
    }
    if (parser.isSet(version)) {
        std::puts("borgd " BORG_VERSION);
        return 0;
    }
    if (!parser.positionalArguments().isEmpty())
        return usage(u"\"%1\" is not an option."_s.arg(parser.positionalArguments().first()));

    Options options;
    options.quiet = parser.isSet(quiet);
    NodeOptions &node = options.node;
    node.dataDir = control::canonicalDir(
        parser.isSet(data) ? parser.value(data) : control::defaultDataDir());
    if (parser.isSet(data) && parser.value(data).isEmpty())
        return usage(u"--data needs a folder."_s);
    node.configFile = parser.value(config);
    node.network = parser.value(network);
    node.create = parser.value(create);
    node.local = parser.isSet(local);
    for (const QString &link : parser.values(join))
        node.join.push_back(link);
    if (parser.isSet(create) && node.create.trimmed().isEmpty())
        return usage(u"--create needs a name for the network."_s);
    if (parser.isSet(create) && (parser.isSet(join) || parser.isSet(network)))
        return usage(u"A node either creates a network or joins one: give --create or --join."_s);
    if (node.local && !parser.isSet(create))
        return usage(u"--local belongs to --create; a joined network says itself what it is."_s);
    if (parser.isSet(listen)) {
        auto endpoint = parseEndpoint(parser.value(listen), Port::MayBeAny);
        if (!endpoint)
            return usage(u"--listen: "_s + endpoint.error().detail);
        node.listen = *std::move(endpoint);
    }
    return options;
}

} // namespace

int main(int argc, char **argv)
{
    prepareProgram();
    keepFreedMemory();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"borgd"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(BORG_VERSION));

    auto parsed = parse(QCoreApplication::arguments());
    if (const int *const code = std::get_if<int>(&parsed))
        return *code;
    const Options &options = std::get<Options>(parsed);

    Node *running = nullptr;
    const StopSignals stopSignals([&running] {
        if (running != nullptr)
            running->stop();
        else
            QCoreApplication::exit(0);
    });
    Log log(options.quiet ? Log::Echo::None : Log::Echo::StandardError);
    log.setLevel(LogLevel::Info);

    Node node(log, options.node);
    if (const auto problem = node.start())
        return complain(problem->code, problem->sentence);
    running = &node;
    node.onStopped([] { QCoreApplication::quit(); });
    return QCoreApplication::exec();
}
