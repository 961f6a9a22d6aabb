// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "args.h"

#include <base/loop_clock.h>
#include <control/client.h>
#include <control/methods.h>
#include <control/rpc.h>

#include <QSocketNotifier>

#include <memory>

/// What every verb works with.
namespace borgctl {

/// SIGINT and SIGTERM as calls from the event loop; a second one ends the program at once.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    /// Replaces what is called. Without one, the program ends with Exit::Cancelled.
    void onInterrupt(std::function<void()> asked) { m_asked = std::move(asked); }
    [[nodiscard]] bool wasAsked() const { return m_wasAsked; }

private:
    Q_DISABLE_COPY_MOVE(Interrupts)
    int m_descriptor = -1;
    std::function<void()> m_asked;
    bool m_wasAsked = false;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

class Session {
public:
    explicit Session(Args given);

    const Args args;
    const bool json;
    const QString dataDir;
    borg::LoopClock clock;
    Interrupts interrupts;

    /// The node of dataDir; connects at the first call.
    borg::control::Client &client(bool subscribe = false);

    template <typename M>
    [[nodiscard]] QCoro::Task<borg::Result<typename M::Reply>> ask(M method)
    {
        return client().ask(std::move(method));
    }

    /// Prints what went wrong: a sentence on standard error, and with --json an object.
    /// @return the exit code that fits.
    int fail(const borg::Error &error);
    int fail(Exit code, const QString &sentence);
    /// The same for an answer of findFile(): what fits several files is a wrong use.
    int failFind(const borg::Error &error);

    void out(const QString &text) const; ///< To standard output, as it is.
    void outJson(const QJsonObject &object) const; ///< One line.
    void note(const QString &line) const; ///< To standard error, for people.

    /// The link that an operand, '-' or --link-file gives.
    /// @return the text without white space around it, or Malformed or Storage with a sentence.
    [[nodiscard]] borg::Result<QString> operandOrLink() const;

    /// Which of our files `what` means: an id, the beginning of one (6 digits at least), a path, or
    /// the name of one file only.
    /// @param isTrash among those in the trash.
    [[nodiscard]] QCoro::Task<borg::Result<borg::control::File>> findFile(
        QString what, bool isTrash = false);

    /// Which version of the file `what` begins with the id `pick`.
    [[nodiscard]] QCoro::Task<borg::Result<borg::control::File>> findVersion(
        QString what, QString pick);

private:
    std::unique_ptr<borg::control::Client> m_client;
};

/// {"error": {"exit", "message"}}: what --json prints of a failure.
[[nodiscard]] QByteArray errorJson(Exit code, const QString &sentence);

/// The exit code for an error that the node reported.
[[nodiscard]] Exit exitOf(borg::Errc code);

using Run = QCoro::Task<int>;

// files.cpp
Run list(Session &session);
Run removeFile(Session &session);
Run trash(Session &session);
Run restoreFile(Session &session);
Run versions(Session &session);
Run moveFile(Session &session);
Run verify(Session &session);
Run showLink(Session &session);
// info.cpp
Run status(Session &session);
Run recovery(Session &session);
Run recover(Session &session);
Run watch(Session &session);
Run config(Session &session);
Run log(Session &session);
Run version(Session &session);
// network.cpp
Run peers(Session &session);
Run tree(Session &session);
Run worldTime(Session &session);
Run findNode(Session &session);
Run ping(Session &session);
Run invite(Session &session);
Run doctor(Session &session);
// transfer.cpp
Run put(Session &session);
Run get(Session &session);
// bulk.cpp
Run bulk(Session &session);
// process.cpp
Run start(Session &session);
Run stop(Session &session);
// cluster.cpp
Run cluster(Session &session);
// completion.cpp
Run completion(Session &session);

} // namespace borgctl
