// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/result.h>

#include <QMap>
#include <QString>
#include <QStringList>

#include <span>
#include <vector>

/// The words of the command line, and the list of all verbs.
namespace borgctl {

/// How borgctl ends. Written down in docs/user/borgctl.md: never renumber.
enum Exit : int {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    NotRunning = 3,
    NotFound = 4,
    Exists = 5,
    LocalFile = 6, ///< A file on this computer cannot be read or written.
    Network = 7,
    BadLink = 8,
    DiskFull = 9,
    Cancelled = 130,
};

/// One option of a verb.
struct Option {
    const char *name; ///< Without dashes.
    const char *value; ///< What it takes ("FILE"), or nullptr for a switch.
    const char *doc;
};

/// One verb, as help, completion and the parser see it.
struct Verb {
    const char *name;
    const char *operands; ///< "FILE", "LINK|NAME|ID OUT"; brackets around what may be left out.
    int operandsMin;
    int operandsMax;
    const char *doc;
    std::vector<Option> options;
};

[[nodiscard]] std::span<const Verb> verbs();
/// Options that every verb takes.
[[nodiscard]] std::span<const Option> commonOptions();

/// What was given.
struct Args {
    const Verb *verb = nullptr; ///< None: only common options.
    QStringList operands;
    QMap<QString, QString> options; ///< A switch has an empty value.

    [[nodiscard]] bool has(const char *option) const
    {
        return options.contains(QString::fromLatin1(option));
    }
    [[nodiscard]] QString value(const char *option) const
    {
        return options.value(QString::fromLatin1(option));
    }
};

/// @param words without the program's name
/// @return what was given, or Malformed: a sentence that names the wrong word.
[[nodiscard]] borg::Result<Args> parseArgs(const QStringList &words);

/// The text of --help; of one verb, or of all when it is nullptr.
[[nodiscard]] QString helpText(const Verb *verb);

} // namespace borgctl
