// SPDX-License-Identifier: GPL-3.0-or-later
#include "args.h"

#include <algorithm>

namespace borgctl {

using namespace borg;
using namespace Qt::Literals::StringLiterals;

std::span<const Verb> verbs()
{
    static const std::vector<Verb> list{
        {"status", "", 0, 0, "What the node is doing, and why.", {}},
        {"put", "FILE|DIR|-...", 1, 1000,
            "Store files, whole folders, or standard input; prints the link of each file.",
            {{"name", "NAME", "Store it under this name or path."},
                {"into", "FOLDER", "Store it in this folder."},
                {"code", "K/N", "Any K of N shards rebuild it; default by the number of nodes."}}},
        {"get", "LINK|NAME|ID|- [OUT|-]", 0, 2,
            "Fetch a file or a folder to OUT. '-' is standard output, and input for a link.",
            {{"force", nullptr, "Replace OUT when it exists."},
                {"pick", "ID", "An earlier version; see versions."},
                {"link-file", "FILE", "Take the link from a file."}}},
        {"ls", "[FOLDER]", 0, 1, "List your files with their health.",
            {{"recursive", nullptr, "Those of all folders below too."}}},
        {"mv", "NAME|FOLDER TO", 2, 2, "Move or rename a file or a folder.", {}},
        {"versions", "NAME|ID", 1, 1,
            "List what is kept of a file: a version for 90 days once there is a later one.", {}},
        {"verify", "[NAME|FOLDER|ID]", 0, 1,
            "Have all holders of a file, or of all files, prove that they have it.", {}},
        {"rm", "NAME|FOLDER|ID|LINK|-", 0, 1, "Put a file of yours into the trash for seven days.",
            {{"recursive", nullptr, "A folder with all that is in it."},
                {"for-good", nullptr, "Remove it from the network at once; also from the trash."},
                {"link-file", "FILE", "Take the link from a file."}}},
        {"trash", "", 0, 0, "List the files in the trash.", {}},
        {"restore", "NAME|FOLDER|ID", 1, 1, "Take a file or a folder out of the trash.",
            {{"pick", "ID", "Make an earlier version the last one instead."}}},
        {"link", "NAME|ID", 1, 1, "Show the link of a file: whoever has it can read the file.", {}},
        {"share", "NAME|ID", 1, 1, "The same as link.", {}},
        {"recovery", "", 0, 0,
            "Show the link that gives all your files on another computer. Keep it safe.",
            {{"qr", nullptr, "Draw it as a QR code too, for a camera."}}},
        {"recover", "-", 0, 1,
            "Take over the files of a recovery link, read from standard input or --link-file.",
            {{"link-file", "FILE", "Take the link from a file."}}},
        {"peers", "", 0, 0,
            "List the nodes that this node knows: role, round trip, traffic, misdeeds.", {}},
        {"tree", "", 0, 0, "Draw this node's place in the tree, with figures and history.", {}},
        {"ping", "[NODE]", 0, 1,
            "Ask a node whether it is there; without NODE count how many a word to all reaches.",
            {}},
        {"find", "NODE", 1, 1,
            "Find out where a node is, also one that this node has never heard of.", {}},
        {"time", "", 0, 0, "Show the time of the network, and how far off this computer is.", {}},
        {"watch", "", 0, 0, "Show changes as they happen, until Ctrl+C.", {}},
        {"bulk", "send FILE | list | save ID OUT | drop ID", 1, 3,
            "Send a file to every node, see what came, write it to a file, forget it.",
            {{"name", "NAME", "With send: call it so."},
                {"hours", "N", "With send: nodes keep it so long (default 24, the most)."},
                {"force", nullptr, "With save: replace OUT when it exists."}}},
        {"invite", "", 0, 0, "Show the link that lets another node join.",
            {{"qr", nullptr, "Draw it as a QR code too, for a camera."}}},
        {"start", "", 0, 0, "Start the node in the background.",
            {{"join", "LINK", "Join the network of this invite link."},
                {"create", "NAME", "Create a network."},
                {"local", nullptr, "With --create: on this computer only."},
                {"listen", "HOST:PORT", "Take connections there."}}},
        {"stop", "", 0, 0, "Stop the node.", {}},
        {"doctor", "", 0, 0, "Look for what usually goes wrong; exit code 1 when something does.",
            {}},
        {"config", "", 0, 0, "Show the settings in force, and their file.", {}},
        {"log", "", 0, 0, "Show the last lines of the node's log.",
            {{"lines", "N", "How many (default 100)."}}},
        {"cluster", "N DIR | --stop DIR", 1, 2,
            "Start N nodes on this computer with data in DIR/1 to DIR/N, or stop them.",
            {{"stop", nullptr, "Stop the nodes of DIR."},
                {"timeout", "SECONDS", "How long to wait for all to join (default 60)."}}},
        {"completion", "bash|zsh|fish", 1, 1, "Print a completion script for a shell.", {}},
        {"version", "", 0, 0, "Show the versions of this program and the node.", {}},
    };
    return list;
}

std::span<const Option> commonOptions()
{
    static const std::vector<Option> list{
        {"data", "DIR", "Data folder of the node (default: the one of your desktop node)."},
        {"json", nullptr, "Print JSON."},
        {"help", nullptr, "Show help; also after a verb."},
        {"version", nullptr, "Show the version of this program."},
    };
    return list;
}

namespace {

const Option *findOption(const Verb *verb, const QString &name)
{
    const auto matches
        = [&](const Option &option) { return name == QLatin1StringView(option.name); };
    if (verb != nullptr) {
        if (const auto own = std::ranges::find_if(verb->options, matches);
            own != verb->options.end())
            return &*own;
    }
    const auto common = std::ranges::find_if(commonOptions(), matches);
    return common == commonOptions().end() ? nullptr : &*common;
}

/// The verb is the first word that is neither an option nor the value of one.
const Verb *findVerb(const QStringList &words, QString *unknown)
{
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (words[i] == u"--data") {
            ++i;
            continue;
        }
        if (words[i].startsWith(u'-'))
            continue;
        const auto found = std::ranges::find_if(
            verbs(), [&](const Verb &verb) { return words[i] == QLatin1StringView(verb.name); });
        if (found != verbs().end())
            return &*found;
        *unknown = words[i];
        return nullptr;
    }
    return nullptr;
}

Error usage(const QString &sentence)
{
    return {Errc::Malformed, sentence};
}

/// Reads the option at `words[i]`, with its value if it has one.
std::optional<Error> takeOption(const QStringList &words, qsizetype &i, Args &args)
{
    const QString word = words[i] == u"-h" ? u"--help"_s : words[i];
    const qsizetype equals = word.indexOf(u'=');
    const QString name = word.startsWith(u"--")
        ? word.sliced(2, (equals < 0 ? word.size() : equals) - 2)
        : QString();
    const Option *const option = name.isEmpty() ? nullptr : findOption(args.verb, name);
    if (option == nullptr)
        return usage(u"Unknown option %1."_s.arg(equals < 0 ? word : word.first(equals)));
    QString value;
    if (option->value != nullptr) {
        if (equals >= 0)
            value = word.sliced(equals + 1);
        else if (i + 1 < words.size())
            value = words[++i];
        else
            return usage(
                u"The option --%1 needs %2."_s.arg(name, QLatin1StringView(option->value)));
    } else if (equals >= 0) {
        return usage(u"The option --%1 takes no value."_s.arg(name));
    }
    args.options.insert(name, value);
    return std::nullopt;
}

QString optionLines(std::span<const Option> options)
{
    QString text;
    for (const Option &option : options) {
        QString left = u"  --"_s + QLatin1StringView(option.name);
        if (option.value != nullptr)
            left += u' ' + QLatin1StringView(option.value);
        text += left.leftJustified(24) + u' ' + QString::fromUtf8(option.doc) + u'\n';
    }
    return text;
}

} // namespace

Result<Args> parseArgs(const QStringList &given)
{
    // What a newcomer types first: "help" and "help VERB".
    QStringList words = given;
    if (words.value(0) == u"help")
        words = words.mid(1) + QStringList{u"--help"_s};
    Args args;
    QString unknown;
    args.verb = findVerb(words, &unknown);
    if (!unknown.isEmpty())
        return usage(u"There is no verb \"%1\"."_s.arg(unknown));
    bool sawVerb = false;
    bool onlyOperands = false;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words[i];
        if (!onlyOperands && word == u"--") {
            onlyOperands = true;
        } else if (!onlyOperands && word.startsWith(u'-') && word != u"-") {
            if (const auto problem = takeOption(words, i, args))
                return *problem;
        } else if (!sawVerb) {
            sawVerb = true;
        } else {
            args.operands.append(word);
        }
    }
    if (args.verb == nullptr || args.has("help"))
        return args;
    const auto count = args.operands.size();
    if (count < args.verb->operandsMin || count > args.verb->operandsMax) {
        const QString name = QString::fromLatin1(args.verb->name);
        const QString operands = QString::fromLatin1(args.verb->operands);
        if (operands.isEmpty())
            return usage(
                u"\"%1\" takes nothing after it, not \"%2\"."_s.arg(name, args.operands.first()));
        return usage(u"Expected: borgctl %1 %2."_s.arg(name, operands));
    }
    return args;
}

QString helpText(const Verb *verb)
{
    if (verb != nullptr) {
        const QString call
            = u"%1 %2"_s.arg(QLatin1StringView(verb->name), QLatin1StringView(verb->operands));
        QString text
            = u"usage: borgctl %1\n\n%2\n"_s.arg(call.trimmed(), QString::fromUtf8(verb->doc));
        return text + u"\nOptions:\n"_s + optionLines(verb->options) + optionLines(commonOptions());
    }
    QString text = u"usage: borgctl [--data DIR] [--json] VERB …\n\n"_s;
    for (const Verb &each : verbs()) {
        const QString left
            = u"  %1 %2"_s.arg(QLatin1StringView(each.name), QLatin1StringView(each.operands));
        text += left.leftJustified(32) + u' ' + QString::fromUtf8(each.doc) + u'\n';
    }
    text += u"\nOptions:\n"_s + optionLines(commonOptions());
    text += u"\nA link holds the key of a file. Given as an argument it is wiped from the list of\n"
            "processes at once; '-' and --link-file keep it off the command line altogether.\n"
            "\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 no node runs, 4 not found,\n"
            "5 exists already, 6 a local file cannot be read or written, 7 other nodes do not\n"
            "answer, 8 wrong or damaged link, 9 disk full, 130 cancelled.\n"_s;
    return text;
}

} // namespace borgctl
