// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include <QDir>

using namespace Qt::Literals::StringLiterals;

namespace borg::desktop {

Result<Options> Options::parse(const QStringList &arguments)
{
    Options options;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const auto &argument = arguments[i];
        if (argument == "--help"_L1 || argument == "-h"_L1) {
            options.help = true;
        } else if (argument == "--version"_L1) {
            options.version = true;
        } else if (argument == "--try"_L1) {
            options.trial = true;
        } else if (argument == "--minimized"_L1) {
            options.minimized = true;
        } else if (argument == "--data"_L1) {
            if (i + 1 == arguments.size() || arguments[i + 1].isEmpty())
                return Error{Errc::Malformed, u"--data needs a folder"_s};
            options.dataDir = QDir::cleanPath(QDir::current().absoluteFilePath(arguments[++i]));
        } else if (argument.startsWith("borg:"_L1)) {
            options.link = argument;
        } else {
            return Error{Errc::Malformed, u"unknown option '%1'"_s.arg(argument)};
        }
    }
    if (options.trial && !options.dataDir.isEmpty())
        return Error{Errc::Malformed, u"--try brings its own folder; leave out --data"_s};
    return options;
}

QString Options::usage()
{
    return u"usage: borgios [OPTION]… [LINK]\n"
           "\n"
           "Shows the node of this computer: what it does, what it gives, what it gets.\n"
           "\n"
           "  --data DIR     the node that works in DIR; started if it does not run\n"
           "  --try          five nodes on this computer, in a network of their own\n"
           "  --minimized    start in the tray\n"
           "  --help         this text\n"
           "  --version      the version\n"
           "\n"
           "LINK is a borg: link. A second start shows the window of the first.\n"_s;
}

} // namespace borg::desktop
