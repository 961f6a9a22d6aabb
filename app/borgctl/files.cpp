// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"
#include "text.h"

/// The verbs about the files and folders that are in the network.
namespace borgctl {

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;

namespace {

QString countText(qint64 files)
{
    return files == 1 ? u"1 file"_s : u"%1 files"_s.arg(files);
}

QStringList rowOf(const File &file, const QString &name, qint64 now)
{
    const QString versions = file.versions > 0 ? u" (%1 earlier)"_s.arg(file.versions) : QString();
    return {printable(name) + versions, sizeText(file.bytes), file.code, healthText(file),
        agoText(file.createdUtcMs, now), shortId(file.id)};
}

Run listAll(Session &session, const QString &folder)
{
    auto all = co_await session.ask(ListFiles{});
    if (!all)
        co_return session.fail(all.error());
    const QString below = folder.isEmpty() ? QString() : folder + u'/';
    std::erase_if(all->files, [&](const File &file) { return !file.path().startsWith(below); });
    std::ranges::sort(all->files, {}, &File::path);
    if (session.json) {
        session.outJson(wire::encodeFields(*all));
        co_return Exit::Ok;
    }
    std::vector<QStringList> rows;
    for (const File &file : all->files)
        rows.push_back(rowOf(file, file.path(), session.clock.utcMs()));
    session.out(
        table({u"NAME"_s, u"SIZE"_s, u"CODE"_s, u"STATE"_s, u"STORED"_s, u"ID"_s}, rows, {1}));
    co_return Exit::Ok;
}

Run removeFolder(Session &session, QString folder)
{
    const auto removed = co_await session.ask(RemoveFolder{folder, session.args.has("for-good")});
    if (!removed)
        co_return session.fail(removed.error());
    if (session.json)
        session.outJson({{u"removed"_s, folder}, {u"files"_s, removed->files}});
    else if (session.args.has("for-good"))
        session.note(u"%1 removed."_s.arg(countText(removed->files)));
    else
        session.note(u"%1 put into the trash for seven days."_s.arg(countText(removed->files)));
    co_return Exit::Ok;
}

/// @return how many files of it were in the trash.
QCoro::Task<Result<qint64>> restoreFolder(Session &session, QString folder)
{
    const auto all = co_await session.ask(ListFiles{true});
    if (!all)
        co_return all.error();
    qint64 count = 0;
    for (const File &file : std::vector(all->files)) {
        if (folder.isEmpty() || !file.path().startsWith(folder + u'/'))
            continue;
        if (const auto restored = co_await session.ask(RestoreFile{file.id}); !restored)
            co_return restored.error();
        ++count;
    }
    if (session.json && count > 0)
        session.outJson({{u"restored"_s, folder}, {u"files"_s, count}});
    else if (count > 0)
        session.note(u"%1 back in %2."_s.arg(countText(count), printable(folder)));
    co_return qint64{count};
}

} // namespace

Run list(Session &session)
{
    const QString folder = trimmedFolder(session.args.operands.value(0));
    const auto content = co_await session.ask(ListFolder{folder});
    if (!content && content.error().code == Errc::NotFound) { // then perhaps a file
        const auto file = co_await session.findFile(folder);
        if (!file)
            co_return session.failFind(file.error());
        if (session.json)
            session.outJson(wire::encodeFields(ListFolder::Reply{{}, {*file}}));
        else
            session.out(table({u"NAME"_s, u"SIZE"_s, u"CODE"_s, u"STATE"_s, u"STORED"_s, u"ID"_s},
                {rowOf(*file, file->path(), session.clock.utcMs())}, {1}));
        co_return Exit::Ok;
    }
    if (!content)
        co_return session.failFind(content.error());
    if (session.args.has("recursive"))
        co_return co_await listAll(session, folder);
    if (session.json) {
        session.outJson(wire::encodeFields(*content));
        co_return Exit::Ok;
    }
    if (content->files.empty() && content->folders.empty()) {
        session.note(u"No files yet. Store one with: borgctl put FILE"_s);
        co_return Exit::Ok;
    }
    std::vector<QStringList> rows;
    for (const Folder &inner : content->folders)
        rows.push_back({printable(inner.name) + u'/', sizeText(inner.bytes), {},
            countText(inner.files), {}, {}});
    for (const File &file : content->files)
        rows.push_back(rowOf(file, file.name, session.clock.utcMs()));
    session.out(
        table({u"NAME"_s, u"SIZE"_s, u"CODE"_s, u"STATE"_s, u"STORED"_s, u"ID"_s}, rows, {1}));
    co_return Exit::Ok;
}

Run removeFile(Session &session)
{
    const auto what = session.operandOrLink();
    if (!what)
        co_return session.failFind(what.error());
    const bool forGood = session.args.has("for-good");
    QString id = *what;
    if (!id.startsWith(u"borg:")) {
        auto file = co_await session.findFile(*what);
        if (!file && file.error().code == Errc::NotFound) {
            const QString path = trimmedFolder(*what);
            const auto folder = co_await session.ask(ListFolder{path});
            const bool isFolder = folder.ok() && !path.isEmpty();
            if (isFolder && session.args.has("recursive"))
                co_return co_await removeFolder(session, path);
            if (isFolder)
                co_return session.fail(Exit::Usage,
                    u"\"%1\" is a folder. To remove it with all that is in it: borgctl rm "
                    "--recursive"_s.arg(printable(path)));
        }
        if (!file && forGood)
            file = co_await session.findFile(*what, true);
        if (!file)
            co_return session.failFind(file.error());
        id = file->id;
    }
    const auto removed = co_await session.ask(RemoveFile{id, forGood});
    if (!removed && removed.error().code == Errc::NotFound) // and never show the key of a link
        co_return session.fail(Exit::NotFound, u"None of your files has this link or id."_s);
    if (!removed)
        co_return session.fail(removed.error());
    if (session.json)
        session.outJson({{u"removed"_s, id.section(u'#', 0, 0)}});
    else if (!forGood)
        session.note(u"It is in the trash for seven days; take it out with: borgctl restore"_s);
    co_return Exit::Ok;
}

Run trash(Session &session)
{
    const auto all = co_await session.ask(ListFiles{true});
    if (!all)
        co_return session.fail(all.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*all));
        co_return Exit::Ok;
    }
    if (all->files.empty()) {
        session.note(u"The trash is empty."_s);
        co_return Exit::Ok;
    }
    std::vector<QStringList> rows;
    for (const File &file : all->files)
        rows.push_back({printable(file.path()), sizeText(file.bytes), healthText(file),
            agoText(file.trashedUtcMs, session.clock.utcMs()), shortId(file.id)});
    session.out(table({u"NAME"_s, u"SIZE"_s, u"STATE"_s, u"REMOVED"_s, u"ID"_s}, rows, {1}));
    co_return Exit::Ok;
}

Run restoreFile(Session &session)
{
    const QString what = session.args.operands.first();
    const bool isVersion = session.args.has("pick");
    const auto file = isVersion ? co_await session.findVersion(what, session.args.value("pick"))
                                : co_await session.findFile(what, true);
    if (!file && !isVersion && file.error().code == Errc::NotFound) {
        const auto restored = co_await restoreFolder(session, trimmedFolder(what));
        if (!restored)
            co_return session.fail(restored.error());
        if (*restored > 0)
            co_return Exit::Ok;
    }
    if (!file)
        co_return session.failFind(file.error());
    const auto restored = co_await session.ask(RestoreFile{file->id});
    if (!restored)
        co_return session.fail(restored.error());
    if (session.json)
        session.outJson({{u"restored"_s, file->id}});
    else
        session.note(isVersion ? u"It is the last version of %1 now."_s.arg(printable(file->path()))
                               : u"It is back as %1."_s.arg(printable(file->path())));
    co_return Exit::Ok;
}

Run versions(Session &session)
{
    const auto file = co_await session.findFile(session.args.operands.first());
    if (!file)
        co_return session.failFind(file.error());
    const auto all = co_await session.ask(ListVersions{file->path()});
    if (!all)
        co_return session.fail(all.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*all));
        co_return Exit::Ok;
    }
    std::vector<QStringList> rows;
    for (const File &one : all->files)
        rows.push_back({momentText(one.createdUtcMs), sizeText(one.bytes), healthText(one),
            shortId(one.id), rows.empty() ? u"the last"_s : QString()});
    session.out(table({u"STORED"_s, u"SIZE"_s, u"STATE"_s, u"ID"_s, QString()}, rows, {1}));
    if (rows.size() > 1)
        session.note(
            u"Fetch one with: borgctl get %1 OUT --pick ID"_s.arg(printable(file->path())));
    co_return Exit::Ok;
}

Run moveFile(Session &session)
{
    const QString from = session.args.operands.at(0);
    QString to = session.args.operands.at(1);
    // As with other tools: into a folder that is there, or that is meant as one.
    const auto folder = co_await session.ask(ListFolder{trimmedFolder(to)});
    if (folder.ok() || to.endsWith(u'/'))
        to = trimmedFolder(to) + u'/' + trimmedFolder(from).section(u'/', -1);
    const auto moved = co_await session.ask(MoveFile{from, to});
    if (!moved)
        co_return session.failFind(moved.error());
    if (session.json)
        session.outJson({{u"files"_s, moved->files}, {u"to"_s, trimmedFolder(to)}});
    else
        session.note(
            u"%1 moved to %2."_s.arg(countText(moved->files), printable(trimmedFolder(to))));
    co_return Exit::Ok;
}

Run showLink(Session &session)
{
    const auto file = co_await session.findFile(session.args.operands.first());
    if (!file)
        co_return session.failFind(file.error());
    const auto link = co_await session.ask(GetLink{file->id});
    if (!link)
        co_return session.fail(link.error());
    if (session.json)
        session.outJson({{u"link"_s, link->link}, {u"id"_s, file->id}, {u"name"_s, file->name}});
    else
        session.out(link->link + u'\n');
    co_return Exit::Ok;
}

} // namespace borgctl
