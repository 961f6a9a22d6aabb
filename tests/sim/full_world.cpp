// SPDX-License-Identifier: GPL-3.0-or-later
#include "full_world.h"

#include <store/capability.h>
#include <store/pack_load.h>
#include <store/root_page.h>

namespace borg::test {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr QLatin1StringView kPacks{"packs"};
constexpr qint64 kFreeStepBytes = 64LL << 20; ///< As core/node: smaller changes are not told.

} // namespace

void MortalTransport::setListener(Listener *listener)
{
    if (m_living)
        m_living->setListener(listener);
}

void MortalTransport::dial(const net::Peer &peer)
{
    if (m_living)
        m_living->dial(peer);
}

void MortalTransport::dialUnknown(const net::Endpoint &endpoint)
{
    if (m_living)
        m_living->dialUnknown(endpoint);
}

void MortalTransport::hangUp(const NodeId &peer)
{
    if (m_living)
        m_living->hangUp(peer);
}

Result<Done> MortalTransport::send(const NodeId &to, const wire::Frame &frame)
{
    return m_living ? m_living->send(to, frame) : Error{Errc::Unreachable, to.text()};
}

FullHost::FullHost(quint64 seed, quint32 ofNumber)
    : number(ofNumber)
    , peer(sim::TreeWorld::peer(ofNumber))
    , disk(seed * 1'000'003 + ofNumber)
    , crypto(peer.id, 42)
    , keys(seed * 7'000'003 + ofNumber)
{
}

FullNode::FullNode(FullWorld &world, FullHost &host)
    : m_host(host)
    , m_scope(world.clock)
    , m_rng((world.seed * 1'009 + host.number) * 1'013 + static_cast<quint64>(host.starts))
    , m_treeLinks(world.treeNetwork.attach(host.peer))
    , m_bulkLinks(world.bulkNetwork.attach(host.peer))
    , m_executor(world.clock)
    , tree(m_scope, m_rng, m_treeLinks, host.crypto,
          [&] {
              auto config = world.treeConfig;
              config.self = host.peer.endpoint;
              return config;
          }())
    , store(m_scope,
          store::StoreParts{
              m_rng, m_bulkLinks, host.disk, m_executor, m_executor, tree, host.crypto, host.keys},
          world.storeConfig)
{
    tree.onDelivered([this](const tree::Delivered &delivered) { ++heard[delivered.id]; });
    store.onChanged([this] { storeChanged(); });
    m_watch = tree.watch([this](const NodeId &) { rememberSoon(); });
}

FullNode::~FullNode()
{
    m_scope.clock().cancel(m_rememberTimer);
}

void FullNode::start(std::vector<net::Peer> seeds)
{
    m_scope.spawn("opening the store"_L1, openThenJoin(std::move(seeds)));
}

QCoro::Task<Result<Done>> FullNode::openThenJoin(std::vector<net::Peer> seeds)
{
    const auto opened = co_await store.open();
    if (!opened || m_scope.isClosed())
        co_return opened;
    m_isOpen = true;
    storeChanged();
    tree.start(std::move(seeds), {});
    tree.setFreeBytes(m_announcedFreeBytes);
    co_return Done{};
}

void FullNode::storeChanged()
{
    if (!m_isOpen || m_scope.isClosed())
        return;
    const auto stats = store.stats();
    const qint64 free = stats.readOnly ? 0 : stats.diskFreeBytes;
    if (std::abs(free - m_announcedFreeBytes) > kFreeStepBytes
        || (free == 0) != (m_announcedFreeBytes == 0)) {
        m_announcedFreeBytes = free;
        tree.setFreeBytes(free);
    }
}

void FullNode::rememberSoon()
{
    if (m_rememberTimer != Clock::TimerId::None || m_scope.isClosed())
        return;
    m_rememberTimer = m_scope.clock().after(2s, [this] {
        m_rememberTimer = Clock::TimerId::None;
        if (auto known = tree.knownPeers(); !known.empty())
            m_host.remembered = std::move(known);
    });
}

void FullNode::die()
{
    m_scope.clock().cancel(std::exchange(m_rememberTimer, Clock::TimerId::None));
    m_treeLinks.die();
    m_bulkLinks.die();
    if (!m_host.disk.isPowerCut())
        m_host.disk.cutPowerAtCall(m_host.disk.callCount() + 1);
    m_scope.close();
}

std::size_t FullNode::onlineCount() const
{
    const auto members = tree.members();
    return static_cast<std::size_t>(std::ranges::count_if(members, &tree::Member::online));
}

FullWorld::FullWorld(quint64 ofSeed, const sim::LinkFaults &treeFaults)
    : seed(ofSeed)
    , rng(ofSeed)
    , m_networkRng(ofSeed + 0x5eed)
    , treeNetwork(clock, m_networkRng, treeFaults)
    , bulkNetwork(clock, m_networkRng, {.delayMin = 1ms, .delayMax = 5ms, .queueBytesMax = 4 << 20})
{
    treeConfig.network = u"sim"_s;
    treeConfig.local = true;
    storeConfig.local = true;
    storeConfig.packBytes = 4 << 20; // many packs, and short ones to read through
}

FullWorld::~FullWorld()
{
    for (quint32 number = 0; number < hosts.size(); ++number)
        kill(number);
    const auto allGone
        = [this] { return std::ranges::all_of(hosts, [](auto &h) { return h->dying.empty(); }); };
    const bool areGone = runUntil(allGone, 60s, 1ms);
    BORG_ASSERT(areGone); // else a service never ends
}

void FullWorld::start(quint32 number, std::vector<net::Peer> seeds)
{
    FullHost &host = *hosts.at(number);
    ++host.starts;
    host.node = std::make_unique<FullNode>(*this, host);
    host.node->start(std::move(seeds));
}

void FullWorld::joinAll(quint32 count)
{
    for (quint32 number = 0; number < count; ++number) {
        hosts.push_back(std::make_unique<FullHost>(seed, number));
        std::vector<net::Peer> seeds;
        for (int i = 0; i < 3 && number > 0; ++i)
            seeds.push_back(sim::TreeWorld::peer(rng.below(std::min(number, 8U))));
        start(number, std::move(seeds));
    }
}

void FullWorld::kill(quint32 number)
{
    FullHost &host = *hosts.at(number);
    if (!host.node)
        return;
    host.node->die();
    host.dying.push_back(std::move(host.node));
}

bool FullWorld::canRestart(quint32 number) const
{
    return !hosts.at(number)->node && hosts.at(number)->dying.empty();
}

void FullWorld::restart(quint32 number)
{
    FullHost &host = *hosts.at(number);
    BORG_ASSERT(canRestart(number));
    host.disk.crash();
    auto seeds = host.remembered;
    if (seeds.empty() && number > 0)
        seeds.push_back(sim::TreeWorld::peer(0));
    start(number, std::move(seeds));
}

std::vector<quint32> FullWorld::up() const
{
    std::vector<quint32> numbers;
    for (const auto &host : hosts) {
        if (host->node)
            numbers.push_back(host->number);
    }
    return numbers;
}

quint32 FullWorld::anyBut(const std::set<quint32> &notThose)
{
    std::vector<quint32> fit = up();
    std::erase_if(
        fit, [&](quint32 number) { return notThose.contains(number) || !node(number).isOpen(); });
    BORG_ASSERT(!fit.empty());
    return fit[rng.below(static_cast<quint32>(fit.size()))];
}

void FullWorld::advance(Ticks span)
{
    clock.advance(span);
    reap();
}

void FullWorld::reap()
{
    for (const auto &host : hosts)
        std::erase_if(host->dying, [](const auto &node) { return node->isGone(); });
}

QString FullWorld::treeFlaw() const
{
    std::map<NodeId, tree::TreeStatus> all;
    for (const auto &host : hosts) {
        if (host->node)
            all[host->peer.id] = host->node->tree.status();
    }
    return sim::treeFlaw(all, treeConfig.capacity);
}

bool FullWorld::everybodyKnowsAll() const
{
    const auto living = up();
    return std::ranges::all_of(living, [&](quint32 number) {
        return hosts[number]->node->onlineCount() + 1 == living.size()
            && std::ranges::all_of(living,
                [&](quint32 other) { return other == number || isOnlineAt(number, other); });
    });
}

bool FullWorld::isOnlineAt(quint32 number, quint32 whom) const
{
    const auto member = hosts.at(number)->node->tree.find(hosts.at(whom)->peer.id);
    return member && member->online;
}

int FullWorld::missing(const tree::MessageId &id, quint32 source) const
{
    int count = 0;
    for (const quint32 number : up()) {
        const auto &heard = hosts[number]->node->heard;
        const auto found = heard.find(id);
        count += number != source && (found == heard.end() || found->second != 1) ? 1 : 0;
    }
    return count;
}

void FullWorld::partition(const std::map<NodeId, int> &groups)
{
    treeNetwork.partition(groups);
    bulkNetwork.partition(groups);
}

void FullWorld::heal()
{
    treeNetwork.heal();
    bulkNetwork.heal();
}

void FullWorld::begin(Upload &upload)
{
    upload.start = host(upload.host).starts;
    upload.task.emplace(node(upload.host)
            .store.put(std::make_shared<BytesSource>(upload.bytes, upload.fingerprint),
                upload.options, {}, {}));
}

Result<store::PutResult> FullWorld::put(
    quint32 at, const QByteArray &bytes, const store::PutOptions &options)
{
    Upload upload{at, 0, bytes, {}, options, {}};
    begin(upload);
    if (!runUntil([&] { return upload.task->isReady(); }, 120s))
        return Error{Errc::Timeout, u"the put does not end"_s};
    auto result = sim::resultOf(*upload.task);
    if (result)
        codes[result->fileId] = *store::parseCode(result->code);
    return result;
}

Download FullWorld::get(quint32 at, const QString &link)
{
    auto sink = std::make_shared<BytesSink>();
    auto task = node(at).store.get(link, sink, {}, {}, {});
    if (!runUntil([&] { return task.isReady(); }, 120s))
        return {Error{Errc::Timeout, u"the get does not end"_s}, {}};
    return {sim::resultOf(task), sink->bytes};
}

store::FileInfo FullWorld::fileAt(quint32 number, const QString &fileId) const
{
    for (const auto &file : hosts.at(number)->node->store.files()) {
        if (file.id == fileId)
            return file;
    }
    return {};
}

namespace {

/// Every record of a disk's packs in the order in which they were made.
std::vector<std::pair<store::FoundRecord, QByteArray>> recordsOf(sim::SimDisk &disk)
{
    std::vector<std::pair<store::FoundRecord, QByteArray>> records;
    const auto entries = disk.list(kPacks);
    for (const auto &entry : entries ? *entries : std::vector<disk::Entry>{}) {
        const QString path = kPacks + u'/' + entry.name;
        const auto block = disk.read(path, 0, store::kBlockBytes);
        const auto header = block && store::packNumber(entry.name) ? store::decodePackHeader(*block)
                                                                   : std::nullopt;
        const auto scan = header ? store::scanPack(disk, path, header->secret, store::kBlockBytes)
                                 : Result<store::PackScan>(Error{Errc::NotFound, {}});
        for (const auto &record : scan ? scan->records : std::vector<store::FoundRecord>{}) {
            QByteArray data; // of root pieces only: they say what they belong to
            if (record.header.kind == store::RecordKind::Put
                && record.header.meta.segment == store::kRootSegment) {
                const qint64 at
                    = qint64{record.at.block} * store::kBlockBytes + store::kRecordHeaderBytes;
                if (auto read = disk.read(path, at, record.header.dataBytes))
                    data = *std::move(read);
            }
            records.emplace_back(record, data);
        }
    }
    std::ranges::sort(records, {}, [](const auto &entry) { return entry.first.header.sequence; });
    return records;
}

} // namespace

Shelves FullWorld::shelvesOf(sim::SimDisk &disk)
{
    Shelves shelves;
    std::map<store::ShardId, store::ShardMeta> held;
    for (const auto &[record, data] : recordsOf(disk)) {
        for (const store::ShardId &id : record.removes) {
            const auto gone = held.extract(id);
            if (gone)
                shelves[{gone.mapped().manifest, gone.mapped().segment}].indexes.erase(
                    gone.mapped().index);
        }
        if (record.header.kind != store::RecordKind::Put)
            continue;
        const auto &meta = record.header.meta;
        held.insert_or_assign(record.header.id, meta);
        Shelf &shelf = shelves[{meta.manifest, meta.segment}];
        shelf.indexes.insert(meta.index);
        if (const auto piece = store::readRootPiece(data); !data.isEmpty() && piece) {
            shelf.rootK = piece->k;
            shelf.manifest = piece->manifest;
        }
    }
    return shelves;
}

std::map<store::ShardId, store::Code> FullWorld::codesByTag(
    const std::vector<Shelves> &shelves) const
{
    std::map<store::ShardId, store::Code> byTag;
    for (const Shelves &disk : shelves) {
        for (const auto &[place, shelf] : disk) {
            const auto code = codes.find(shelf.manifest.text());
            if (shelf.rootK > 0 && code != codes.end())
                byTag[place.first] = code->second;
        }
    }
    return byTag;
}

QString FullWorld::hoarder(int smallestK)
{
    std::vector<Shelves> all;
    for (const auto &host : hosts) {
        if (host->dying.empty() && host->disk.isPowerCut())
            host->disk.crash(); // somebody takes it out and reads it
        all.push_back(shelvesOf(host->disk));
    }
    const auto codeOf = codesByTag(all);
    for (std::size_t number = 0; number < all.size(); ++number) {
        for (const auto &[place, shelf] : all[number]) {
            const auto code = codeOf.find(place.first);
            int k = code == codeOf.end() ? smallestK : code->second.k;
            if (place.second == store::kRootSegment)
                k = shelf.rootK;
            if (shelf.indexes.size() > static_cast<std::size_t>(std::max(1, k - 1)))
                return u"node %1 holds %2 shards of segment %3, and %4 give it"_s.arg(number)
                    .arg(shelf.indexes.size())
                    .arg(place.second)
                    .arg(k);
        }
    }
    return {};
}

int FullWorld::weakest(const QString &fileId)
{
    std::vector<Shelves> all;
    std::optional<store::ShardId> tag;
    for (const quint32 number : up()) {
        all.push_back(shelvesOf(host(number).disk));
        for (const auto &[place, shelf] : all.back()) {
            if (shelf.rootK > 0 && shelf.manifest.text() == fileId)
                tag = place.first;
        }
    }
    std::map<quint32, std::set<int>> alive;
    for (const Shelves &disk : all) {
        for (const auto &[place, shelf] : disk) {
            if (tag && place.first == *tag)
                alive[place.second].insert(shelf.indexes.begin(), shelf.indexes.end());
        }
    }
    if (alive.size() > 1)
        alive.erase(store::kRootSegment); // it has a code of its own
    int least = -1;
    for (const auto &[segment, indexes] : alive) {
        const int count = static_cast<int>(indexes.size());
        least = least < 0 ? count : std::min(least, count);
    }
    return least;
}

std::size_t FullWorld::fileCount()
{
    std::set<store::ShardId> tags;
    for (const quint32 number : up()) {
        for (const auto &[place, shelf] : shelvesOf(host(number).disk)) {
            const bool isSegment = place.second < 0x80000000U; // lists of files have none
            if (isSegment && !shelf.indexes.empty())
                tags.insert(place.first);
        }
    }
    return tags.size();
}

qint64 FullWorld::shardsHeld() const
{
    qint64 shards = 0;
    for (const quint32 number : up())
        shards += hosts[number]->node->store.stats().shards;
    return shards;
}

quint64 FullWorld::traceHash() const
{
    quint64 hash = treeNetwork.traceHash();
    const auto mix = [&hash](quint64 value) { hash = (hash ^ value) * 0x100000001b3; };
    mix(bulkNetwork.traceHash());
    mix(treeNetwork.framesDelivered());
    mix(bulkNetwork.bytesDelivered());
    for (const auto &host : hosts)
        mix(host->disk.traceHash());
    return hash;
}

QByteArray content(qsizetype size, quint64 seed)
{
    QByteArray bytes(size, Qt::Uninitialized);
    quint64 state = seed * 2654435761U + 1;
    for (char &byte : bytes) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        byte = static_cast<char>(state >> 56);
    }
    return bytes;
}

} // namespace borg::test
