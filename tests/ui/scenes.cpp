// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenes.h"

#include <sim/sim_clock.h>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui::scenes {

namespace {

constexpr qint64 kNow = sim::SimClock::kStartUtcMs;
constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;

/// Ids as they look: 52 characters of base32, of which people see the first few.
QString nodeId(int number)
{
    if (number >= 12) {
        QString id = u"n%1"_s.arg(number, 3, 10, QLatin1Char('x')).replace(u'0', u'o');
        return (id.replace(u'1', u'i').replace(u'8', u'e').replace(u'9', u'g') + QString(48, u'q'));
    }
    static constexpr std::array<const char *, 12> kStarts{"k3fq", "9tza", "w7me", "b2hd", "qx5r",
        "4jnc", "m8vy", "ze6g", "c1pu", "t7ks", "h9wb", "d5la"};
    return QLatin1String(kStarts.at(static_cast<std::size_t>(number)))
        + QString(48, QChar(u'a' + char16_t(number)));
}

control::Peer peer(int number, const QString &role, qint64 rttUs, int parent, qint64 depth)
{
    control::Peer peer;
    peer.id = nodeId(number);
    peer.endpoint = u"127.0.0.1:%1"_s.arg(40210 + number);
    peer.role = role;
    peer.online = true;
    peer.rttUs = rttUs;
    peer.depth = depth;
    if (parent >= 0)
        peer.parent = nodeId(parent);
    if (rttUs >= 0) {
        peer.bytesIn = 61'000'000 / (number + 1);
        peer.bytesOut = 148'000'000 / (number + 2);
    }
    peer.lastSeenUtcMs = kNow;
    return peer;
}

void add(control::Snapshot &snapshot, const control::Peer &peer)
{
    snapshot.peers[peer.id] = peer;
}

control::File file(const QString &id, const QString &name, qint64 bytes, qint64 ageMs,
    const QString &state, qint64 alive)
{
    control::File file;
    file.id = id;
    file.name = name;
    file.bytes = bytes;
    file.createdUtcMs = kNow - ageMs;
    file.state = state;
    file.code = u"3/10"_s;
    file.segments = 1 + bytes / 16'000'000;
    file.shardsAlive = alive;
    file.shardsNeeded = 3;
    file.shardsWanted = 10;
    return file;
}

void add(control::Snapshot &snapshot, const control::File &file)
{
    snapshot.files[file.id] = file;
}

control::Job job(const QString &id, const QString &kind, const QString &name, const QString &state,
    qint64 done, qint64 total)
{
    control::Job job;
    job.id = id;
    job.kind = kind;
    job.name = name;
    job.path = u"/home/ada/Documents/"_s + name;
    job.state = state;
    job.bytesDone = done;
    job.bytesTotal = total;
    job.startedUtcMs = kNow - 20'000;
    return job;
}

void addFiles(control::Snapshot &snapshot)
{
    add(snapshot,
        file(u"f1"_s, u"Family photos 2025.zip"_s, 1'284'000'000, 2 * kHour, u"healthy"_s, 10));
    add(snapshot, file(u"f2"_s, u"thesis-final.pdf"_s, 4'720'000, 26 * kHour, u"healthy"_s, 10));
    add(snapshot, file(u"f3"_s, u"tax 2025.ods"_s, 86'400, 200 * kHour, u"healthy"_s, 10));
    add(snapshot,
        file(u"f4"_s, u"Grüße aus Zürich – Ärger & Öl.mov"_s, 212'300'000, 300 * kHour,
            u"healthy"_s, 10));
}

control::Time synced()
{
    control::Time time;
    time.utcMs = kNow;
    time.offsetUs = -3'400;
    time.boundUs = 11'800;
    time.state = u"synced"_s;
    time.sources = 16;
    time.agreeing = 15;
    time.osBoundUs = 4'000;
    time.osSynchronised = true;
    return time;
}

control::Reach mapped()
{
    control::Reach reach;
    reach.state = u"mapped"_s;
    reach.external = u"203.0.113.7:40210"_s;
    reach.mappedBy = u"upnp"_s;
    reach.lastCheckUtcMs = kNow - 4 * kMinute;
    reach.lanPeers = 1;
    reach.checks = {{u"router"_s, true, u"UPnP opened port 40210."_s, {}},
        {u"dial-back"_s, true, u"Two other nodes got through."_s, {}}};
    return reach;
}

control::Snapshot base()
{
    control::Snapshot snapshot;
    auto &status = snapshot.status;
    status.version = u"0.1.0"_s;
    status.nodeId = nodeId(0);
    status.network = u"Five on this computer"_s;
    status.local = true;
    status.state = u"online"_s;
    status.pid = 4242;
    status.startedUtcMs = kNow - 3 * kHour;
    status.listen = u"127.0.0.1:40210"_s;
    status.dataDir = u"/data/borgios-try/1"_s;
    status.invite = u"borg:join/dGhpcyBpcyBhbiBpbnZpdGUgb2YgYSB0ZXN0"_s;
    snapshot.tree.root = nodeId(0);
    snapshot.tree.capacity = 8;
    snapshot.time = synced();
    snapshot.reach.state = u"local"_s;
    auto &storage = snapshot.storage;
    storage.bytesLimit = 10'000'000'000;
    storage.diskFreeBytes = 184'000'000'000;
    return snapshot;
}

} // namespace

control::Snapshot alone()
{
    auto snapshot = base();
    snapshot.status.network = u"Family"_s;
    snapshot.status.local = false;
    snapshot.status.state = u"alone"_s;
    snapshot.status.members = 1;
    snapshot.reach.state = u"unknown"_s;
    snapshot.time.state = u"local"_s;
    snapshot.time.sources = snapshot.time.agreeing = 1;
    snapshot.time.boundUs = 140'000;
    return snapshot;
}

control::Snapshot five()
{
    auto snapshot = base();
    snapshot.status.members = 5;
    for (const int child : {1, 2, 3, 4}) {
        add(snapshot, peer(child, u"child"_s, 290 + 140 * child, 0, 1));
        snapshot.tree.children.push_back(nodeId(child));
    }
    snapshot.storage.shards = 1204;
    snapshot.storage.shardsVerified = 1204;
    snapshot.storage.bytes = 1'710'000'000;
    snapshot.storage.repairsDone = 12;
    snapshot.storage.listSavedUtcMs = kNow - kMinute;
    addFiles(snapshot);
    return snapshot;
}

control::Snapshot member()
{
    auto snapshot = five();
    snapshot.peers.clear();
    snapshot.tree.children.clear();
    snapshot.status.network = u"Neighbourhood"_s;
    snapshot.status.members = 10;
    snapshot.status.local = false;
    snapshot.tree.root = snapshot.tree.parent = nodeId(1);
    snapshot.tree.depth = 1;
    snapshot.tree.path = {nodeId(1)};
    snapshot.tree.changes = {{kNow - 26 * kHour, nodeId(5), u"joining"_s},
        {kNow - 90 * kMinute, {}, u"link lost: silent"_s},
        {kNow - 90 * kMinute + 400, nodeId(1), u"attached"_s}};
    snapshot.tree.latRootUs = 6'300;
    snapshot.tree.networkSize = 10;
    snapshot.tree.lastFailoverMs = 410;
    snapshot.tree.broadcastsDelivered = 12'480;
    snapshot.tree.broadcastsDuplicate = 31;
    snapshot.tree.messagesSent = 220;
    snapshot.tree.linksPunched = 12;
    snapshot.tree.messagesRelayed = 3;
    snapshot.tree.bytesIn = 182'000'000;
    snapshot.tree.bytesOut = 391'000'000;
    snapshot.tree.handshakesRefused = 4;
    snapshot.reach = mapped();
    add(snapshot, peer(1, u"parent"_s, 12'400, -1, 0));
    for (const int child : {2, 3, 4}) {
        add(snapshot, peer(child, u"child"_s, 8'000 * child, 0, 2));
        snapshot.tree.children.push_back(nodeId(child));
    }
    auto &away = snapshot.peers[nodeId(4)];
    away.online = false;
    away.lastSeenUtcMs = kNow - 12 * kMinute;
    add(snapshot, peer(5, u"backup"_s, 31'000, 1, 1));
    add(snapshot, peer(6, u"lazy"_s, 44'000, 1, 1));
    snapshot.tree.backups = {nodeId(5)};
    snapshot.tree.lazy = {nodeId(6)};
    snapshot.peers[nodeId(6)].score = -12;
    snapshot.peers[nodeId(6)].misdeeds = {{u"late"_s, 3}};
    add(snapshot, peer(7, u"known"_s, -1, 2, 3));
    add(snapshot, peer(8, u"known"_s, -1, 2, 3));
    add(snapshot, peer(9, u"known"_s, -1, 3, 3));
    return snapshot;
}

control::Snapshot crowd(int count)
{
    auto snapshot = member();
    snapshot.peers.clear();
    snapshot.tree.children.clear();
    snapshot.tree.depth = 4;
    snapshot.tree.parent = nodeId(1);
    snapshot.tree.root = nodeId(9);
    snapshot.tree.path = {nodeId(1), nodeId(5)};
    snapshot.status.members = count;
    snapshot.tree.networkSize = count;
    add(snapshot, peer(1, u"parent"_s, 12'400, 5, 3));
    add(snapshot, peer(5, u"backup"_s, 31'000, 10, 2));
    add(snapshot, peer(9, u"known"_s, -1, -1, 0));
    snapshot.tree.backups = {nodeId(5), nodeId(6)};
    for (int i = 0; i < 6; ++i) {
        add(snapshot, peer(12 + i, u"child"_s, 5'000 + 7'100 * i, 0, 5));
        snapshot.tree.children.push_back(nodeId(12 + i));
    }
    add(snapshot, peer(6, u"backup"_s, 44'000, 10, 3));
    add(snapshot, peer(7, u"lazy"_s, 88'000, 30, 5));
    add(snapshot, peer(8, u"lazy"_s, 120'000, 31, 6));
    auto &bad = snapshot.peers[nodeId(8)];
    bad.greylisted = true;
    bad.online = false;
    bad.score = -140;
    bad.misdeeds = {{u"badSignature"_s, 1}, {u"pullFlood"_s, 40}};
    for (int i = 18; static_cast<int>(snapshot.peers.size()) + 1 < count; ++i)
        add(snapshot,
            peer(i, u"known"_s, -1,
                i % 3 == 0       ? 12 + i % 6
                    : i % 5 == 0 ? 1
                                 : 200 + i % 7,
                5 + i % 3));
    return snapshot;
}

control::Snapshot offClock()
{
    auto snapshot = member();
    snapshot.time.offsetUs = 187'000'000;
    snapshot.time.osSynchronised = false;
    snapshot.time.osBoundUs = -1;
    snapshot.time.warningCode = u"osOff"_s;
    snapshot.time.warning = u"The clock of this computer is 187 s slow."_s;
    return snapshot;
}

control::Snapshot unreachable()
{
    auto snapshot = member();
    auto &reach = snapshot.reach;
    reach.state = u"relayed"_s;
    reach.mappedBy.clear();
    reach.checks = {{u"IPv6"_s, false, u"This computer has no IPv6 address."_s,
                        u"Ask your provider for IPv6."_s},
        {u"router"_s, false, u"No router answers to UPnP or NAT-PMP."_s,
            u"Turn on UPnP or NAT-PMP in the router."_s},
        {u"dial-back"_s, false, u"Two other nodes tried and did not get through."_s, {}}};
    reach.advice = {u"Turn on UPnP or NAT-PMP in the router."_s};
    return snapshot;
}

control::Snapshot transfers()
{
    auto snapshot = member();
    auto put = job(
        u"j1"_s, u"put"_s, u"Holiday in Norway.mp4"_s, u"running"_s, 1'310'000'000, 2'000'000'000);
    auto get = job(u"j2"_s, u"get"_s, u"thesis-final.pdf"_s, u"running"_s, 1'200'000, 4'720'000);
    get.startedUtcMs -= 1000;
    auto done = job(u"j3"_s, u"get"_s, u"tax 2025.ods"_s, u"done"_s, 86'400, 86'400);
    done.startedUtcMs -= 2000;
    auto failed = job(u"j4"_s, u"put"_s, u"old backup.tar"_s, u"failed"_s, 0, 90'000'000);
    failed.errorCode = u"NoSpace"_s;
    failed.startedUtcMs -= 3000;
    for (const auto &each : {put, get, done, failed})
        snapshot.jobs[each.id] = each;
    add(snapshot, file(u"f5"_s, u"notes.txt"_s, 1200, kMinute, u"durable"_s, 8));
    return snapshot;
}

control::Snapshot folders()
{
    auto snapshot = five();
    const auto put = [&](const QString &id, const QString &folder, const QString &name) {
        auto one = file(id, name, 3'400'000, 50 * kHour, u"healthy"_s, 10);
        one.folder = folder;
        add(snapshot, one);
    };
    put(u"p1"_s, u"Photos"_s, u"beach.jpg"_s);
    put(u"p2"_s, u"Photos/2024"_s, u"snow.jpg"_s);
    put(u"p3"_s, u"Photos/2024"_s, u"lake.jpg"_s);
    put(u"p4"_s, u"Work/Reports & minutes"_s, u"march.odt"_s);
    snapshot.files[u"f2"_s].versions = 2;
    snapshot.files[u"p1"_s].versions = 1;
    return snapshot;
}

control::Snapshot troubled()
{
    auto snapshot = member();
    snapshot.storage.readOnly = true;
    snapshot.storage.listCurrent = false;
    snapshot.storage.listProblem = u"no node keeps its place"_s;
    snapshot.storage.reason = u"disk full"_s;
    snapshot.storage.diskFreeBytes = 1'200'000;
    snapshot.storage.bytes = 9'900'000'000;
    snapshot.storage.shardsCorrupt = 1;
    add(snapshot, file(u"f2"_s, u"thesis-final.pdf"_s, 4'720'000, 26 * kHour, u"endangered"_s, 3));
    add(snapshot, file(u"f3"_s, u"tax 2025.ods"_s, 86'400, 200 * kHour, u"degraded"_s, 7));
    add(snapshot, file(u"f6"_s, u"letters.odt"_s, 44'000, 400 * kHour, u"lost"_s, 1));
    return snapshot;
}

} // namespace borg::ui::scenes
