// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"
#include "text.h"

#include <QDir>
#include <QFileInfo>

/// bulk: what goes to every node of the network.
namespace borgctl {

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;

namespace {

QString absolute(const QString &path)
{
    return QDir::cleanPath(QDir::current().absoluteFilePath(path));
}

QString stateText(const BulkItem &item)
{
    if (item.state == u"receiving")
        return u"%1 % here"_s.arg(100 * item.bytesHere / std::max<qint64>(item.bytes, 1));
    if (item.state == u"paused")
        return u"paused: the disk takes nothing"_s;
    if (item.state == u"preparing")
        return u"being prepared"_s;
    return item.own ? u"sent by this node"_s : u"all here"_s;
}

/// The object that an id, the beginning of one (6 digits at least) or a name means.
QCoro::Task<Result<BulkItem>> findItem(Session &session, QString what)
{
    const auto all = co_await session.ask(BulkList{});
    if (!all)
        co_return all.error();
    std::vector<BulkItem> fitting;
    for (const BulkItem &item : all->objects) {
        if (item.id == what || item.name == what || (what.size() >= 6 && item.id.startsWith(what)))
            fitting.push_back(item);
    }
    if (fitting.empty())
        co_return Error{Errc::NotFound,
            u"No object for everybody is called \"%1\"; see borgctl bulk list."_s.arg(what)};
    if (fitting.size() > 1)
        co_return Error{Errc::Malformed,
            u"%1 objects fit \"%2\"; name one by its id."_s.arg(fitting.size()).arg(what)};
    co_return fitting.front();
}

Run send(Session &session)
{
    BulkSend request;
    request.path = absolute(session.args.operands[1]);
    if (session.args.has("name"))
        request.name = session.args.value("name");
    if (request.name && request.name->trimmed().isEmpty())
        co_return session.fail(Exit::Usage, u"--name expects a name that is not empty."_s);
    if (session.args.has("hours")) {
        bool isNumber = false;
        request.hours = session.args.value("hours").toInt(&isNumber);
        if (!isNumber || *request.hours < 1 || *request.hours > 24)
            co_return session.fail(Exit::Usage, u"--hours expects a number from 1 to 24."_s);
    }
    const auto sent = co_await session.ask(request);
    if (!sent && sent.error().code == Errc::TooLarge)
        co_return session.fail(Exit::Usage, sent.error().detail);
    if (!sent)
        co_return session.fail(sent.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*sent));
        co_return Exit::Ok;
    }
    session.out(sent->id + u'\n');
    session.note(u"%1 (%2) is on its way to every node. Everybody can read it. How far it is: "
                 "borgctl bulk list"_s.arg(printable(sent->name), sizeText(sent->bytes)));
    co_return Exit::Ok;
}

Run showAll(Session &session)
{
    const auto all = co_await session.ask(BulkList{});
    if (!all)
        co_return session.fail(all.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*all));
        co_return Exit::Ok;
    }
    if (all->objects.empty()) {
        session.note(u"Nothing is on its way to everybody."_s);
        co_return Exit::Ok;
    }
    std::vector<QStringList> rows;
    for (const BulkItem &item : all->objects)
        rows.push_back(
            {shortId(item.id), printable(item.name), sizeText(item.bytes), shortId(item.source),
                stateText(item), u"%1 of %2"_s.arg(item.neighboursWhole).arg(item.neighbours),
                sizeText(item.bytesSent)});
    session.out(
        table({u"ID"_s, u"NAME"_s, u"SIZE"_s, u"FROM"_s, u"STATE"_s, u"NEIGHBOURS"_s, u"SENT ON"_s},
            rows, {2, 6}));
    co_return Exit::Ok;
}

Run save(Session &session)
{
    const auto item = co_await findItem(session, session.args.operands[1]);
    if (!item)
        co_return session.failFind(item.error());
    BulkSave request;
    request.id = item->id;
    QString out = session.args.operands[2];
    if (QFileInfo(out).isDir())
        co_return session.fail(
            Exit::LocalFile, u"%1 is a folder; name the file to write."_s.arg(out));
    request.out = absolute(out);
    if (session.args.has("force"))
        request.force = true;
    const auto saved = co_await session.ask(request);
    if (!saved)
        co_return session.fail(saved.error());
    if (session.json)
        session.outJson(
            {{u"id"_s, saved->id}, {u"out"_s, request.out}, {u"bytes"_s, saved->bytes}});
    else
        session.note(u"%1 written (%2). It is from node %3: trust it as far as that node."_s.arg(
            printable(out), sizeText(saved->bytes), shortId(saved->source)));
    co_return Exit::Ok;
}

Run drop(Session &session)
{
    const auto item = co_await findItem(session, session.args.operands[1]);
    if (!item)
        co_return session.failFind(item.error());
    const auto dropped = co_await session.ask(BulkDrop{item->id});
    if (!dropped)
        co_return session.fail(dropped.error());
    if (session.json)
        session.outJson({{u"id"_s, item->id}});
    else
        session.note(item->own
                ? u"%1 is forgotten by every node that hears of it."_s.arg(printable(item->name))
                : u"%1 is gone here, and not taken again."_s.arg(printable(item->name)));
    co_return Exit::Ok;
}

} // namespace

Run bulk(Session &session)
{
    const QStringList &operands = session.args.operands;
    const QString &what = operands.first();
    struct Form {
        QLatin1StringView name;
        qsizetype operands;
        QLatin1StringView usage;
        Run (*run)(Session &);
    };
    constexpr std::array kForms{Form{"send"_L1, 2, "send FILE"_L1, send},
        Form{"list"_L1, 1, "list"_L1, showAll}, Form{"save"_L1, 3, "save ID OUT"_L1, save},
        Form{"drop"_L1, 2, "drop ID"_L1, drop}};
    for (const Form &form : kForms) {
        if (form.name != what)
            continue;
        if (operands.size() != form.operands)
            co_return session.fail(Exit::Usage, u"Expected: borgctl bulk %1."_s.arg(form.usage));
        co_return co_await form.run(session);
    }
    co_return session.fail(
        Exit::Usage, u"bulk takes send, list, save or drop, not \"%1\"."_s.arg(what));
}

} // namespace borgctl
