// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"
#include "text.h"

#include <QDateTime>
#include <QFile>
#include <qr/qr_code.h>

#include <cstdio>
#include <termios.h>
#include <unistd.h>

/// The verbs for the day on which this computer is lost.
namespace borgctl {

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;

namespace {

/// While it lives, what is typed is not shown.
class Silence {
public:
    Silence()
    {
        m_isTerminal = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &m_before) == 0;
        if (!m_isTerminal)
            return;
        termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        std::fputs("Recovery link (it is not shown): ", stderr);
    }
    ~Silence()
    {
        if (!m_isTerminal)
            return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
        std::fputs("\n", stderr);
    }
    Q_DISABLE_COPY_MOVE(Silence)

private:
    termios m_before{};
    bool m_isTerminal = false;
};

QString howItIs(const GetRecovery::Reply &reply)
{
    if (!reply.isCurrent && !reply.problem.isEmpty())
        return u"The list of your files is not in the network yet: %1"_s.arg(reply.problem);
    if (!reply.isCurrent)
        return u"The list of your files is being written to the network."_s;
    if (reply.savedUtcMs == 0)
        return u"There are no files yet; the list of them will be kept in the network."_s;
    return u"The list of your files is in the network, written %1%2."_s.arg(
        agoText(reply.savedUtcMs, QDateTime::currentMSecsSinceEpoch()),
        reply.copies > 0 ? u", its place on %1 nodes"_s.arg(reply.copies) : QString());
}

} // namespace

Run recovery(Session &session)
{
    const auto reply = co_await session.ask(GetRecovery{});
    if (!reply)
        co_return session.fail(reply.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*reply));
        co_return Exit::Ok;
    }
    session.out(reply->link + u'\n');
    if (session.args.has("qr")) {
        const auto code = qr::qrOf(reply->link);
        if (!code)
            co_return session.fail(code.error());
        session.out(u'\n' + qr::terminal(*code));
    }
    session.note(howItIs(*reply));
    session.note(
        u"Whoever has this link can read and remove all your files. Write it down and keep "
        "it away from this computer; on another one it is for: borgctl recover."_s);
    co_return Exit::Ok;
}

Run recover(Session &session)
{
    const auto &operands = session.args.operands;
    if (!operands.isEmpty() && operands.first() != u"-")
        co_return session.fail(Exit::Usage,
            u"A recovery link gives everything, so it is not taken from the command line, where "
            "others can see it. Run: borgctl recover (it asks), or --link-file FILE."_s);
    const auto link = [&session] {
        const bool asks = !session.args.has("link-file");
        const auto silence = asks ? std::make_unique<Silence>() : nullptr;
        return session.operandOrLink();
    }();
    if (!link)
        co_return session.fail(link.error());
    const auto reply = co_await session.ask(Recover{*link});
    if (!reply)
        co_return session.fail(reply.error());
    if (session.json)
        session.outJson(wire::encodeFields(*reply));
    else
        session.note((reply->files == 1 ? u"1 file is"_s : u"%1 files are"_s.arg(reply->files))
            + u" yours on this node now; see: borgctl ls"_s);
    co_return Exit::Ok;
}

} // namespace borgctl
