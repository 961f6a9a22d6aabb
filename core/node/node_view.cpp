// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.h"
#include "time_words.h"

#include <tree/place.h>

#include <QCoreApplication>
#include <QDateTime>
#include <QTimeZone>

/// What the node shows of itself: the parts of the control API's snapshot.
namespace borg::node {

using namespace Qt::Literals::StringLiterals;

namespace {

std::vector<QString> texts(const std::vector<NodeId> &ids, std::size_t most)
{
    std::vector<QString> list;
    for (const NodeId &id : ids) {
        if (list.size() == most)
            break;
        list.push_back(id.text());
    }
    return list;
}

QString roleOf(const tree::LinkStatus &link)
{
    return link.isParent ? u"parent"_s
        : link.isChild   ? u"child"_s
        : link.isBackup  ? u"backup"_s
        : link.isLazy    ? u"lazy"_s
                         : u"link"_s;
}

QString countOf(qint64 count, const QString &one)
{
    return count == 1 ? u"1 %1"_s.arg(one) : u"%1 %2s"_s.arg(count).arg(one);
}

/// Ids by the parts that paths name them with.
class IdFinder {
public:
    void add(const NodeId &id) { m_ids.emplace(tree::shortId(id).toByteArray(), id); }
    void add(const std::vector<tree::Member> &members)
    {
        for (const tree::Member &member : members)
            add(member.id);
    }
    void add(const tree::TreeStatus &now)
    {
        for (const NodeId &id : {now.self, now.root})
            add(id);
        for (const tree::LinkStatus &link : now.links)
            add(link.peer);
    }
    /// @return the node that many steps above the end of `path`; empty when nobody knows it.
    [[nodiscard]] QString above(const QByteArray &path, qsizetype steps) const
    {
        const qsizetype item = tree::kPathItemBytes;
        const qsizetype at = path.size() - (steps + 1) * item;
        const auto found = at < 0 ? m_ids.end() : m_ids.find(path.sliced(at, item));
        return found == m_ids.end() ? QString() : found->second.text();
    }

private:
    std::map<QByteArray, NodeId> m_ids;
};

/// From our parent up, as far as we know them: beyond a full view some are only parts of ids.
std::vector<QString> pathToRoot(const tree::TreeStatus &now, const IdFinder &ids)
{
    std::vector<QString> path;
    if (!now.parent)
        return path;
    path.push_back(now.parent->text());
    for (qsizetype step = 2; path.size() < 64; ++step) {
        QString id = ids.above(now.path, step);
        if (id.isEmpty())
            break;
        path.push_back(std::move(id));
    }
    return path;
}

/// As Time::warningCode says it.
QString codeOf(time::Warning warning)
{
    switch (warning) {
    case time::Warning::None:
        break;
    case time::Warning::Unsynchronised:
        return u"unsynchronised"_s;
    case time::Warning::OsOff:
        return u"osOff"_s;
    case time::Warning::PeersDisagree:
        return u"peersDisagree"_s;
    }
    return {};
}

void addScore(control::Peer &peer, const tree::Scores::Record &record)
{
    peer.score = std::lround(record.score);
    peer.greylisted = record.greylistedFor > Ticks{0};
    for (const auto &[offence, count] : record.counts)
        peer.misdeeds.push_back({tree::name(offence), count});
    std::ranges::stable_sort(peer.misdeeds, std::greater{}, &control::Misdeed::count);
    if (peer.misdeeds.size() > 32)
        peer.misdeeds.resize(32);
}

} // namespace

QJsonObject Node::encode(control::Part part) const
{
    const auto byId = [](const auto &records) {
        QJsonObject json;
        for (const auto &record : records)
            json.insert(record.id, wire::encodeFields(record));
        return json;
    };
    switch (part) {
    case control::Part::Status:
        return wire::encodeFields(status());
    case control::Part::Tree:
        return wire::encodeFields(tree());
    case control::Part::Storage:
        return wire::encodeFields(storage());
    case control::Part::Peers:
        return byId(peers());
    case control::Part::Files:
        return filesJson();
    case control::Part::Jobs:
        return m_jobs->toJson();
    case control::Part::Time:
        return wire::encodeFields(worldTime());
    case control::Part::Reach:
        return wire::encodeFields(reach());
    }
    Q_UNREACHABLE();
}

/// There may be very many, of which few have changed since the last time.
QJsonObject Node::filesJson() const
{
    QJsonObject json;
    std::map<QString, ShownFile> shownNow; // in order of id, so that each comes behind the last
    if (m_store && m_storeIsOpen) {
        for (store::FileInfo &info : m_store->files()) {
            const QString id = info.id;
            const auto before = m_shownFiles.find(id);
            if (before != m_shownFiles.end() && before->second.info == info)
                shownNow.insert(m_shownFiles.extract(before));
            else
                shownNow.emplace(id, ShownFile{info, wire::encodeFields(shown(info))});
        }
    }
    m_shownFiles = std::move(shownNow);
    for (const auto &[id, file] : m_shownFiles)
        json.insert(id, file.json);
    return json;
}

qint64 Node::memberCount() const
{
    if (!m_tree)
        return 1;
    return m_tree->networkSize();
}

std::pair<QString, QString> Node::stateAndReason(qint64 members) const
{
    if (m_isStopping)
        return {u"stopping"_s, u"Telling the neighbours and closing the files."_s};
    if (!m_tree)
        return {u"starting"_s, u"Opening the data folder."_s};
    const auto now = m_tree->status();
    switch (now.state) {
    case tree::TreeState::Idle:
        return {u"starting"_s, u"Reading what this node holds."_s};
    case tree::TreeState::Left:
        return {u"stopping"_s, u"Has left the network."_s};
    case tree::TreeState::Joining:
        if (members > 1)
            return {u"joining"_s, u"Lost its place in the tree and is looking for a new one."_s};
        if (m_clock.now() > std::chrono::seconds(10))
            return {u"joining"_s,
                u"None of the known nodes answers; check that one of them runs and that this "
                "computer is connected. Trying again."_s};
        return {u"joining"_s, u"Looking for a node of the network to connect to."_s};
    case tree::TreeState::Attached:
    case tree::TreeState::Root:
        break;
    }
    if (members == 1)
        return {u"alone"_s,
            m_hadSeeds ? u"No other node of the network can be reached; trying again."_s
                       : u"The only node of its network so far; invite another one."_s};
    const QString links = countOf(static_cast<qint64>(now.links.size()), u"direct link"_s);
    if (!m_storeIsOpen)
        return {u"online"_s, u"Connected; still reading what this node holds."_s};
    const bool isWhole = m_tree->knowsEverybody();
    return {u"online"_s,
        u"Connected to %1%2 by %3."_s.arg(
            isWhole ? QString() : u"about "_s, countOf(members - 1, u"other node"_s), links)};
}

QString Node::invite() const
{
    Invite invite{m_genesis, {Seed{m_key->id(), m_self}}};
    if (m_tree) {
        // Others too, or the link is worthless while this node is off.
        for (const tree::Member &member : m_tree->members()) {
            if (member.online && invite.seeds.size() < 4)
                invite.seeds.push_back({member.id, member.endpoint});
        }
    }
    return invite.text();
}

control::Status Node::status() const
{
    const qint64 members = memberCount();
    const auto [state, reason] = stateAndReason(members);
    control::Status status;
    status.version = QStringLiteral(BORG_VERSION);
    status.nodeId = m_key->id().text();
    status.network = m_genesis.name;
    status.local = m_genesis.local;
    status.state = state;
    status.reason = reason;
    status.pid = QCoreApplication::applicationPid();
    status.startedUtcMs = m_startedUtcMs;
    status.listen = endpointText(m_listen);
    status.dataDir = m_folder->path();
    status.members = members;
    if (m_tree && !m_tree->knowsEverybody())
        status.estimated = true;
    status.invite = invite();
    return status;
}

control::Tree Node::tree() const
{
    control::Tree tree;
    if (!m_tree)
        return tree;
    const auto now = m_tree->status();
    tree.root = now.root.text();
    tree.parent = now.parent ? now.parent->text() : QString();
    tree.children = texts(now.children, 64);
    tree.backups = texts(now.backups, 8);
    tree.lazy = texts(now.lazy, 64);
    tree.depth = now.depth;
    tree.epoch = now.epoch;
    tree.broadcastsDelivered = now.counters.delivered;
    tree.broadcastsDuplicate = now.counters.duplicates;
    for (const tree::ParentChange &change : now.history) {
        const QString parent = change.parent ? change.parent->text() : QString();
        const auto when = QDateTime::fromMSecsSinceEpoch(change.utcMs, QTimeZone::UTC);
        tree.changes.push_back({change.utcMs, parent, change.reason.left(256)});
        tree.history.push_back(u"%1 parent %2: %3"_s
                .arg(when.toString(Qt::ISODate), parent.isEmpty() ? u"none"_s : parent.left(8),
                    change.reason)
                .left(256));
    }
    IdFinder ids;
    ids.add(m_tree->members());
    ids.add(now);
    tree.path = pathToRoot(now, ids);
    const auto isGreylisted
        = [](const tree::Scores::Record &record) { return record.greylistedFor > Ticks{0}; };
    tree.greylisted = std::ranges::count_if(now.offenders, isGreylisted);
    tree.capacity = now.capacity;
    tree.latRootUs = now.latRootUs;
    tree.lastFailoverMs = now.lastFailoverMs;
    tree.networkSize = memberCount();
    tree.messagesSent = now.counters.messagesSent;
    tree.messagesFailed = now.counters.messagesFailed;
    tree.messagesHeard = now.counters.messagesHeard;
    tree.messagesRelayed = now.counters.messagesRelayed;
    tree.linksDialled = now.counters.directLinks;
    tree.linksReversed = now.counters.reversedLinks;
    tree.linksPunched = now.counters.punchedLinks;
    const auto totals = m_tls->stats();
    tree.bulkLinksPunched
        = static_cast<qint64>(totals.punched.at(static_cast<std::size_t>(net::Protocol::Bulk)));
    tree.handshakesRefused = static_cast<qint64>(totals.refused);
    tree.refused = refused();
    tree.bytesIn = static_cast<qint64>(totals.bytesIn);
    tree.bytesOut = static_cast<qint64>(totals.bytesOut);
    return tree;
}

control::Refused Node::refused() const
{
    const auto totals = m_tls->stats();
    const auto &counts = totals.refusals;
    return {static_cast<qint64>(counts.wrongCertificate), static_cast<qint64>(counts.wrongProtocol),
        static_cast<qint64>(counts.slowHandshake), static_cast<qint64>(counts.tooMany),
        static_cast<qint64>(counts.vanished), totals.unauthenticated};
}

control::Time Node::worldTime() const
{
    control::Time time;
    const auto now = m_clock.status();
    time.utcMs = now.time.utcUs / 1000;
    time.offsetUs = -now.osOffsetUs;
    time.boundUs = now.time.boundUs;
    time.state = nameOf(now.time.state);
    time.sources = static_cast<qint64>(now.sources);
    time.agreeing = static_cast<qint64>(now.agreeing);
    time.osBoundUs = now.osBoundUs;
    time.osSynchronised = now.osSynchronised;
    time.warning = warningOf(now);
    time.warningCode = codeOf(now.warning);
    return time;
}

control::Storage Node::storage() const
{
    control::Storage storage;
    if (!m_store || !m_storeIsOpen) {
        storage.readOnly = true;
        storage.reason
            = m_storeProblem.isEmpty() ? u"Reading what this node holds."_s : m_storeProblem;
        return storage;
    }
    const auto stats = m_store->stats();
    storage.shards = stats.shards;
    storage.bytes = stats.bytes;
    storage.bytesLimit = stats.bytesLimit;
    storage.diskFreeBytes = stats.diskFreeBytes;
    storage.shardsVerified = stats.shardsVerified;
    storage.shardsCorrupt = stats.shardsCorrupt;
    storage.repairsDone = stats.repairsDone;
    storage.readOnly = stats.readOnly;
    const auto list = m_store->listState();
    storage.listSavedUtcMs = list.savedUtcMs;
    storage.listCurrent = list.isCurrent;
    storage.listProblem = list.problem.left(1024);
    storage.reason = stats.reason.left(1024);
    if (!storage.readOnly && storage.bytes >= storage.bytesLimit) {
        storage.readOnly = true;
        storage.reason = m_config.storageLimitBytes > storage.bytesLimit
            ? u"The disk had too little space when the node started: storage.min_free is %1."_s.arg(
                  sizeText(m_config.minFreeBytes))
            : u"All of the space that is given is used."_s;
    }
    return storage;
}

std::vector<control::Peer> Node::peers() const
{
    std::map<NodeId, control::Peer> found;
    if (!m_tree)
        return {};
    const Ticks now = m_clock.now();
    const qint64 utcMs = m_clock.utcMs();
    for (const tree::Member &member : m_tree->members()) {
        control::Peer peer;
        peer.id = member.id.text();
        peer.endpoint = endpointText(member.endpoint);
        peer.role = u"known"_s;
        peer.online = member.online;
        // For one that is away: since when, which does not change with every look.
        const auto ago
            = std::chrono::duration_cast<std::chrono::milliseconds>(now - member.changedAt);
        peer.lastSeenUtcMs = member.online ? utcMs / 60'000 * 60'000 : utcMs - ago.count();
        found.emplace(member.id, std::move(peer));
    }
    const auto status = m_tree->status();
    IdFinder ids;
    ids.add(status);
    for (const auto &[id, peer] : found)
        ids.add(id);
    for (const tree::LinkStatus &link : status.links) {
        control::Peer &peer = found[link.peer];
        peer.id = link.peer.text();
        peer.endpoint = endpointText(link.endpoint);
        peer.role = roleOf(link);
        peer.online = true;
        peer.rttUs = link.rttUs;
        peer.depth = link.depth;
        peer.parent = ids.above(link.path, 1);
        peer.score = std::lround(link.score);
        peer.lastSeenUtcMs = utcMs / 60'000 * 60'000;
    }
    // Those that were cut as well: that is when a person wants to know.
    for (const tree::Scores::Record &record : status.offenders) {
        control::Peer &peer = found[record.peer];
        if (peer.id.isEmpty()) {
            peer.id = record.peer.text();
            peer.role = u"known"_s;
        }
        addScore(peer, record);
    }
    std::vector<control::Peer> peers;
    for (auto &[id, peer] : found) {
        for (const auto protocol : {net::Protocol::Tree, net::Protocol::Bulk}) {
            const auto stats = m_tls->stats(protocol, id);
            if (!stats)
                continue;
            peer.bytesIn += static_cast<qint64>(stats->bytesIn);
            peer.bytesOut += static_cast<qint64>(stats->bytesOut);
            const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - stats->upSince);
            const qint64 since = utcMs / 1000 * 1000 - age.count() * 1000;
            if (peer.linkSinceUtcMs == 0 || since < peer.linkSinceUtcMs)
                peer.linkSinceUtcMs = since;
            if (peer.rttUs < 0 && stats->rtt)
                peer.rttUs = stats->rtt->count();
        }
        peers.push_back(std::move(peer));
    }
    return peers;
}

control::File Node::shown(const store::FileInfo &info)
{
    control::File file;
    file.id = info.id;
    file.name = info.name;
    file.bytes = info.bytes;
    file.createdUtcMs = info.createdUtcMs;
    file.code = info.code;
    file.state = info.state.isEmpty() ? u"unknown"_s : info.state;
    file.segments = info.segments;
    file.shardsWanted = info.shardsWanted;
    file.shardsAlive = info.shardsAlive;
    file.shardsNeeded = info.shardsNeeded;
    file.trashedUtcMs = info.trashedUtcMs;
    file.folder = info.folder;
    file.modifiedUtcMs = info.modifiedUtcMs;
    file.versions = info.versions;
    return file;
}

std::vector<control::File> Node::files(bool isTrash) const
{
    std::vector<control::File> files;
    if (!m_store || !m_storeIsOpen)
        return files;
    for (const store::FileInfo &info : isTrash ? m_store->trash() : m_store->files())
        files.push_back(shown(info));
    return files;
}

std::optional<control::File> Node::fileOf(const QString &id) const
{
    auto info = m_store && m_storeIsOpen ? m_store->file(id) : std::nullopt;
    if (info && !info->name.isEmpty())
        info->versions = std::max(0, static_cast<int>(m_store->versions(info->path()).size()) - 1);
    return info ? std::optional(shown(*info)) : std::nullopt;
}

} // namespace borg::node
