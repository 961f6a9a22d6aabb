// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"
#include "text.h"

#include <QDateTime>
#include <QTimeZone>
#include <qr/qr_code.h>

/// The verbs about the network around the node: peers, tree, time, invite, doctor.
namespace borgctl {

using namespace borg;
using namespace borg::control;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Those with whom we have most to do first.
int rankOf(const Peer &peer)
{
    static const QStringList kOrder{
        u"parent"_s, u"child"_s, u"backup"_s, u"lazy"_s, u"link"_s, u"known"_s};
    const auto rank = kOrder.indexOf(peer.role);
    return static_cast<int>(rank < 0 ? kOrder.size() : rank) + (peer.online ? 0 : 100);
}

bool comesBefore(const Peer &a, const Peer &b)
{
    if (rankOf(a) != rankOf(b))
        return rankOf(a) < rankOf(b);
    if (!a.online && a.lastSeenUtcMs != b.lastSeenUtcMs)
        return a.lastSeenUtcMs > b.lastSeenUtcMs;
    const auto unknownLast = [](qint64 us) { return us < 0 ? INT64_MAX : us; };
    if (a.rttUs != b.rttUs)
        return unknownLast(a.rttUs) < unknownLast(b.rttUs);
    return a.id < b.id;
}

/// "badSignature" as people write it.
QString spaced(const QString &name)
{
    QString words;
    for (const QChar c : name)
        words += c.isUpper() ? QString(u' ') + c.toLower() : QString(c);
    return printable(words);
}

QString misdeedsText(const Peer &peer)
{
    QStringList texts;
    for (const Misdeed &misdeed : peer.misdeeds)
        texts.append(u"%1 x %2"_s.arg(misdeed.count).arg(spaced(misdeed.what)));
    if (peer.greylisted)
        texts.prepend(u"GREYLISTED"_s);
    return texts.join(u", ");
}

/// One line about the strangers at the door; empty when there were none.
QString refusedText(const Refused &refused)
{
    QStringList texts;
    const auto add = [&texts](qint64 count, const QString &what) {
        if (count > 0)
            texts.append(u"%1 %2"_s.arg(count).arg(what));
    };
    add(refused.wrongCertificate, u"with a wrong certificate"_s);
    add(refused.wrongProtocol, u"with a wrong protocol"_s);
    add(refused.slowHandshake, u"too slow"_s);
    add(refused.tooMany, u"too many"_s);
    add(refused.vanished, u"gone before they said who they are"_s);
    return texts.join(u", ");
}

QString utcText(qint64 utcMs, QStringView form = u"yyyy-MM-dd HH:mm:ss")
{
    return QDateTime::fromMSecsSinceEpoch(utcMs, QTimeZone::UTC).toString(form) + u" UTC"_s;
}

/// One node of the drawing, with what we know of it.
QString nodeLine(const QString &id, const QString &what, const std::map<QString, Peer> &peers)
{
    QString line = shortId(id) + u"  "_s + what;
    const auto known = peers.find(id);
    if (known == peers.end() || known->second.role == u"known")
        return line;
    const Peer &peer = known->second;
    line += u", "_s + (peer.rttUs < 0 ? u"round trip not measured yet"_s : delayText(peer.rttUs));
    return line + u", %1 in, %2 out"_s.arg(sizeText(peer.bytesIn), sizeText(peer.bytesOut));
}

/// The way from the root down to us, then our children, as indented lines.
QString drawing(const Tree &tree, const QString &self, const std::map<QString, Peer> &peers)
{
    QString text;
    int level = 0;
    const auto add = [&](const QString &line) {
        text += (level == 0 ? QString() : QString(3 * (level - 1), u' ') + u"└─ "_s) + line + u'\n';
        ++level;
    };
    std::vector<QString> above(tree.path.rbegin(), tree.path.rend());
    if (above.empty() && !tree.parent.isEmpty())
        above.push_back(tree.parent);
    if (!tree.parent.isEmpty() && above.front() != tree.root && !tree.root.isEmpty()) {
        add(nodeLine(tree.root, u"root"_s, peers));
        if (const qint64 between = tree.depth - static_cast<qint64>(above.size()) - 1; between > 0)
            add(between == 1 ? u"… 1 more node"_s : u"… %1 more nodes"_s.arg(between));
    }
    for (std::size_t i = 0; i < above.size(); ++i) {
        const bool isRoot = above[i] == tree.root;
        const bool isParent = i + 1 == above.size();
        add(nodeLine(above[i],
            isParent ? (isRoot ? u"root, our parent"_s : u"our parent"_s)
                     : (isRoot ? u"root"_s : u"above our parent"_s),
            peers));
    }
    add(u"%1  THIS NODE, %2"_s.arg(
        shortId(self), tree.parent.isEmpty() ? u"the root"_s : u"level %1"_s.arg(tree.depth)));
    const QString indent = QString(3 * (level - 1), u' ');
    for (std::size_t i = 0; i < tree.children.size(); ++i)
        text += indent + (i + 1 == tree.children.size() ? u"└─ "_s : u"├─ "_s)
            + nodeLine(tree.children[i], u"child"_s, peers) + u'\n';
    return text;
}

QString figures(const Tree &tree, const std::map<QString, Peer> &peers)
{
    QString text;
    const auto row = [&](const QString &key, const QString &value) {
        text += key.leftJustified(16) + value + u'\n';
    };
    const auto listOf = [&](const std::vector<QString> &ids) {
        QStringList texts;
        for (const QString &id : ids) {
            const auto known = peers.find(id);
            texts.append(known == peers.end() || known->second.rttUs < 0
                    ? shortId(id)
                    : u"%1 (%2)"_s.arg(shortId(id), delayText(known->second.rttUs)));
        }
        return texts.isEmpty() ? u"none"_s : texts.join(u", ");
    };
    row(u"children"_s,
        tree.capacity > 0 ? u"%1 of at most %2"_s.arg(tree.children.size()).arg(tree.capacity)
                          : QString::number(tree.children.size()));
    row(u"backup parents"_s, listOf(tree.backups));
    row(u"lazy links"_s, listOf(tree.lazy));
    if (tree.latRootUs >= 0)
        row(u"from the root"_s, delayText(tree.latRootUs));
    if (tree.networkSize > 0)
        row(u"network"_s,
            tree.networkSize == 1 ? u"1 node"_s : u"about %1 nodes"_s.arg(tree.networkSize));
    row(u"broadcasts"_s,
        u"%1 delivered, %2 copies too many"_s.arg(tree.broadcastsDelivered)
            .arg(tree.broadcastsDuplicate));
    row(u"to one node"_s,
        u"%1 sent, %2 not acknowledged, %3 received; %4 carried for others"_s.arg(tree.messagesSent)
            .arg(tree.messagesFailed)
            .arg(tree.messagesHeard)
            .arg(tree.messagesRelayed));
    row(u"direct links"_s,
        u"%1 dialled, %2 dialled back, %3 punched through routers"_s.arg(tree.linksDialled)
            .arg(tree.linksReversed)
            .arg(tree.linksPunched));
    row(u"for files"_s, u"%1 direct links punched through routers"_s.arg(tree.bulkLinksPunched));
    row(u"traffic"_s, u"%1 in, %2 out"_s.arg(sizeText(tree.bytesIn), sizeText(tree.bytesOut)));
    if (tree.lastFailoverMs >= 0)
        row(u"last failover"_s, u"took %1 ms"_s.arg(tree.lastFailoverMs));
    row(u"turned away"_s,
        u"%1 connections; %2 nodes greylisted now"_s.arg(tree.handshakesRefused)
            .arg(tree.greylisted));
    if (const QString refused = refusedText(tree.refused); !refused.isEmpty())
        row(QString(), refused);
    for (std::size_t i = 0; i < tree.changes.size(); ++i) {
        const ParentChange &change = tree.changes[i];
        row(i == 0 ? u"parent changes"_s : QString(),
            u"%1  %2  %3"_s.arg(utcText(change.utcMs),
                change.parent.isEmpty() ? u"-"_s.leftJustified(12) : shortId(change.parent),
                printable(change.reason)));
    }
    return text;
}

QString timeStateText(const Time &time)
{
    const QString agree = u"%1 of %2 nodes agree"_s.arg(time.agreeing).arg(time.sources);
    if (time.state == u"synced")
        return u"synchronised with the network, %1"_s.arg(agree);
    if (time.state == u"holdover")
        return u"was synchronised, runs on by itself; %1"_s.arg(agree);
    if (time.state == u"local")
        return u"the clock of this computer: too few nodes to compare with (%1)"_s.arg(
            time.sources);
    return u"not known yet"_s;
}

} // namespace

Run peers(Session &session)
{
    auto all = co_await session.ask(GetPeers{});
    if (!all)
        co_return session.fail(all.error());
    std::ranges::sort(all->peers, comesBefore);
    if (session.json) {
        session.outJson(wire::encodeFields(*all));
        co_return Exit::Ok;
    }
    QString refused = refusedText(all->refused);
    if (!refused.isEmpty())
        refused = u"Connections refused: %1.\n"_s.arg(refused);
    if (all->peers.empty()) {
        session.out(refused);
        session.note(u"No other nodes known yet. Another one joins with: borgctl invite"_s);
        co_return Exit::Ok;
    }
    const bool hasRegions
        = std::ranges::any_of(all->peers, [](const Peer &peer) { return !peer.region.isEmpty(); });
    QStringList head{u"NODE"_s, u"ROLE"_s, u"ROUND TRIP"_s, u"IN"_s, u"OUT"_s, u"SCORE"_s,
        u"SEEN"_s, u"ADDRESS"_s};
    if (hasRegions)
        head.append(u"REGION"_s);
    head.append(u"MISDEEDS"_s);
    std::vector<QStringList> rows;
    for (const Peer &peer : all->peers) {
        QStringList row{shortId(peer.id), peer.role, delayText(peer.rttUs), sizeText(peer.bytesIn),
            sizeText(peer.bytesOut), QString::number(peer.score),
            peer.online                  ? u"online"_s
                : peer.lastSeenUtcMs > 0 ? agoText(peer.lastSeenUtcMs, session.clock.utcMs())
                                         : u"never"_s,
            printable(peer.endpoint)};
        if (hasRegions)
            row.append(peer.region.isEmpty() ? u"-"_s : printable(peer.region));
        row.append(misdeedsText(peer));
        rows.push_back(std::move(row));
    }
    session.out(table(head, rows, {2, 3, 4, 5}));
    const auto up = std::ranges::count_if(all->peers, &Peer::online);
    session.out(u"\n%1 nodes, %2 online\n"_s.arg(all->peers.size()).arg(up) + refused);
    co_return Exit::Ok;
}

Run tree(Session &session)
{
    const auto place = co_await session.ask(GetTree{});
    if (!place)
        co_return session.fail(place.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*place));
        co_return Exit::Ok;
    }
    const auto node = co_await session.ask(GetStatus{});
    if (!node)
        co_return session.fail(node.error());
    const auto known = co_await session.ask(GetPeers{});
    if (!known)
        co_return session.fail(known.error());
    std::map<QString, Peer> byId;
    for (const Peer &peer : known->peers)
        byId.emplace(peer.id, peer);
    session.out(drawing(*place, node->nodeId, byId) + u'\n' + figures(*place, byId));
    co_return Exit::Ok;
}

Run worldTime(Session &session)
{
    const auto time = co_await session.ask(GetTime{});
    if (!time)
        co_return session.fail(time.error());
    if (session.json) {
        session.outJson(wire::encodeFields(*time));
        co_return Exit::Ok;
    }
    QString text;
    const auto row = [&](const QString &key, const QString &value) {
        text += key.leftJustified(15) + printable(value) + u'\n';
    };
    row(u"network time"_s, utcText(time->utcMs, u"yyyy-MM-dd HH:mm:ss.zzz"));
    row(u"may be off by"_s, time->boundUs < 0 ? u"not known"_s : delayText(time->boundUs));
    row(u"state"_s, timeStateText(*time));
    const qint64 off = std::abs(time->offsetUs);
    row(u"this computer"_s,
        (off < 1000 ? u"less than 1 ms off"_s
                    : u"%1 %2"_s.arg(delayText(off), time->offsetUs > 0 ? u"slow"_s : u"fast"_s))
            + (time->osSynchronised
                    ? u", kept right by the system%1"_s.arg(time->osBoundUs < 0
                              ? QString()
                              : u" (to %1, it says)"_s.arg(delayText(time->osBoundUs)))
                    : u", not kept right by the system"_s));
    if (!time->warning.isEmpty())
        row(u"WARNING"_s, time->warning);
    session.out(text);
    co_return Exit::Ok;
}

Run invite(Session &session)
{
    const auto reply = co_await session.ask(GetInvite{});
    if (!reply)
        co_return session.fail(reply.error());
    if (session.json)
        session.outJson(wire::encodeFields(*reply));
    else
        session.out(reply->link + u'\n');
    if (!session.json && session.args.has("qr")) {
        const auto code = qr::qrOf(reply->link);
        if (!code)
            co_return session.fail(code.error());
        session.out(u'\n' + qr::terminal(*code));
    }
    co_return Exit::Ok;
}

namespace {

/// @return the ids that begin with `what`, of the nodes that are known; just `what` when none does.
QCoro::Task<Result<QStringList>> namesOf(Session &session, QString what)
{
    const auto known = co_await session.ask(GetPeers{});
    if (!known)
        co_return known.error();
    QStringList ids;
    for (const Peer &peer : known->peers) {
        if (what.size() >= 6 && peer.id.startsWith(what))
            ids.append(peer.id);
    }
    co_return ids.isEmpty() ? QStringList{what} : ids;
}

QString ambiguous(qsizetype count, const QString &what)
{
    return u"%1 nodes begin with \"%2\"; give more of the id."_s.arg(count).arg(what);
}

} // namespace

Run findNode(Session &session)
{
    const QString what = session.args.operands.first();
    const auto ids = co_await namesOf(session, what);
    if (!ids)
        co_return session.fail(ids.error());
    if (ids->size() > 1)
        co_return session.fail(Exit::Usage, ambiguous(ids->size(), what));
    const auto reply = co_await session.ask(FindNode{ids->first()});
    if (!reply && reply.error().code == Errc::Malformed)
        co_return session.fail(Exit::Usage,
            u"%1 The nodes that are known, and how their ids begin: borgctl peers"_s.arg(
                reply.error().detail));
    if (!reply)
        co_return session.fail(reply.error());
    if (session.json)
        session.outJson(wire::encodeFields(*reply));
    else
        session.out(u"%1  %2, %3\n"_s.arg(shortId(reply->node), printable(reply->endpoint),
            reply->known ? u"known"_s : u"by its own word"_s));
    co_return Exit::Ok;
}

Run ping(Session &session)
{
    if (session.args.operands.isEmpty()) {
        const auto all = co_await session.ask(PingAll{});
        if (!all)
            co_return session.fail(all.error());
        if (session.json)
            session.outJson(wire::encodeFields(*all));
        else
            session.out(
                u"%1 other nodes have it after %2 ms; %3 are known to be up\n"_s.arg(all->reached)
                    .arg(all->tookMs)
                    .arg(all->known));
        co_return all->reached >= all->known ? Exit::Ok : Exit::Network;
    }
    const QString what = session.args.operands.first();
    const auto ids = co_await namesOf(session, what);
    if (!ids)
        co_return session.fail(ids.error());
    if (ids->size() > 1)
        co_return session.fail(Exit::Usage, ambiguous(ids->size(), what));
    const auto reply = co_await session.ask(Ping{ids->first()});
    if (!reply && reply.error().code == Errc::Malformed)
        co_return session.fail(Exit::Usage,
            u"%1 The nodes that are known, and how their ids begin: borgctl peers"_s.arg(
                reply.error().detail));
    if (!reply)
        co_return session.fail(reply.error());
    if (session.json)
        session.outJson(wire::encodeFields(*reply));
    else
        session.out(u"%1  %2, %3\n"_s.arg(shortId(ids->first()), delayText(reply->rttUs),
            reply->hops == 1 ? u"directly"_s : u"over %1 links"_s.arg(reply->hops)));
    co_return Exit::Ok;
}

Run doctor(Session &session)
{
    const auto reply = co_await session.ask(Doctor{});
    if (!reply)
        co_return session.fail(reply.error());
    const bool well = std::ranges::all_of(reply->checks, &Check::ok);
    if (session.json) {
        session.outJson(wire::encodeFields(*reply));
        co_return well ? Exit::Ok : Exit::Failed;
    }
    qsizetype width = 0;
    for (const Check &check : reply->checks)
        width = std::max(width, columnsOf(check.name));
    QString text;
    for (const Check &check : reply->checks) {
        text += u"%1  %2  %3\n"_s.arg(check.ok ? u"ok     "_s : u"PROBLEM"_s,
            printable(check.name).leftJustified(width), printable(check.detail));
        if (!check.ok && !check.advice.isEmpty())
            text += QString(9, u' ') + u"-> "_s + printable(check.advice) + u'\n';
    }
    const auto wrong
        = std::ranges::count_if(reply->checks, [](const Check &check) { return !check.ok; });
    text += wrong == 0 ? u"\nNothing is wrong.\n"_s
        : wrong == 1   ? u"\n1 problem.\n"_s
                       : u"\n%1 problems.\n"_s.arg(wrong);
    session.out(text);
    co_return well ? Exit::Ok : Exit::Failed;
}

} // namespace borgctl
