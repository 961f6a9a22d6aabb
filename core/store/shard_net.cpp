// SPDX-License-Identifier: GPL-3.0-or-later
#include "shard_net.h"

#include <QtEndian>

#include <bitset>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

quint64 recordOf(quint32 segment, int index)
{
    return quint64{segment} << 16 | static_cast<quint64>(index);
}

} // namespace

int nodesForCaps(const Code &code, int nodes)
{
    return code.k == 1 ? std::min(nodes, 2) : std::max(nodes, 3);
}

int placeable(const Code &code, int nodes)
{
    return std::min(code.n, nodes * std::max(1, code.k - 1));
}

void Locations::set(const NodeId &node, std::vector<quint64> records)
{
    std::ranges::sort(records);
    m_records.insert_or_assign(node, std::move(records));
}

void Locations::add(const NodeId &node, quint32 segment, int index)
{
    auto &records = m_records[node];
    const auto place = std::ranges::lower_bound(records, recordOf(segment, index));
    if (place == records.end() || *place != recordOf(segment, index))
        records.insert(place, recordOf(segment, index));
}

void Locations::drop(const NodeId &node, quint32 segment, int index)
{
    if (const auto found = m_records.find(node); found != m_records.end())
        std::erase(found->second, recordOf(segment, index));
}

std::vector<Holding> Locations::of(quint32 segment) const
{
    std::vector<Holding> holdings;
    for (const auto &[node, records] : m_records) {
        auto record = std::ranges::lower_bound(records, recordOf(segment, 0));
        for (; record != records.end() && *record >> 16 == segment; ++record)
            holdings.push_back({static_cast<int>(*record & 0xffff), node});
    }
    return holdings;
}

int Locations::alive(quint32 segment, const std::function<bool(const NodeId &)> &counts) const
{
    std::set<int> indexes;
    for (const Holding &holding : of(segment)) {
        if (counts(holding.node))
            indexes.insert(holding.index);
    }
    return static_cast<int>(indexes.size());
}

std::vector<int> Locations::aliveFrom(
    quint32 first, std::size_t count, const std::function<bool(const NodeId &)> &counts) const
{
    // Linear in what is held: files of 100,000 segments are looked at on the node's thread.
    std::vector<std::bitset<kShardsMax>> seen(count);
    for (const auto &[node, records] : m_records) {
        if (!counts(node))
            continue;
        auto record = std::ranges::lower_bound(records, recordOf(first, 0));
        for (; record != records.end() && (*record >> 16) - first < count; ++record) {
            if ((*record & 0xffff) < kShardsMax)
                seen[(*record >> 16) - first].set(*record & 0xffff);
        }
    }
    std::vector<int> alive;
    for (const auto &indexes : seen)
        alive.push_back(static_cast<int>(indexes.count()));
    return alive;
}

ShardNet::ShardNet(TaskScope &scope, net::RpcPeer &rpc, Holder &holder, PackStore &packs,
    const tree::Directory &directory, const NodeId &self, bool holdsHere)
    : m_scope(scope)
    , m_rpc(rpc)
    , m_holder(holder)
    , m_packs(packs)
    , m_directory(directory)
    , m_self(self)
    , m_holdsHere(holdsHere)
{
}

QCoro::Task<Result<std::vector<quint64>>> ShardNet::listOne(
    NodeId node, ShardId tag, bool repairing)
{
    std::vector<quint64> records;
    ListFile request{tag, 0, repairing};
    for (;;) {
        const auto answer = co_await ask(
            node, request, {}, {.deadline = kAskWithin, .frameClass = wire::FrameClass::Normal});
        if (!answer)
            co_return answer.error();
        const QByteArray &body = answer->body;
        if (body.size() % kListRecordBytes != 0 || (answer->reply.more && body.isEmpty()))
            co_return Error{Errc::Malformed, u"not a list of records"_s};
        for (qsizetype at = 0; at < body.size(); at += kListRecordBytes) {
            const char *bytes = body.constData() + at;
            records.push_back(
                recordOf(qFromBigEndian<quint32>(bytes), qFromBigEndian<quint16>(bytes + 4)));
        }
        if (!answer->reply.more)
            co_return records;
        const auto last = static_cast<quint32>(records.back() >> 16);
        if (last < request.fromSegment || last == kRootSegment)
            co_return Error{Errc::Malformed, u"a list that does not end"_s};
        request.fromSegment = last + 1;
    }
}

QCoro::Task<Result<Locations>> ShardNet::locate(ShardId tag, bool repairing)
{
    std::vector<std::pair<NodeId, QCoro::Task<Result<std::vector<quint64>>>>> asked;
    for (const NodeId &node : online()) {
        if (!isDistrusted(node))
            asked.emplace_back(node, listOne(node, tag, repairing));
    }
    Locations locations;
    for (auto &[node, task] : asked) {
        auto records = co_await task;
        if (records)
            locations.set(node, *std::move(records));
        else if (records.error().code == Errc::Closed)
            co_return records.error();
    }
    co_return locations;
}

/// Kept by whoever still answers.
struct ShardNet::Listing {
    Locations locations;
    std::size_t open = 0; ///< Nodes that have not answered.
    Signal changed;
};

QCoro::Task<Result<Done>> ShardNet::listInto(
    std::shared_ptr<Listing> listing, NodeId node, ShardId tag)
{
    if (auto records = co_await listOne(node, tag, false))
        listing->locations.set(node, *std::move(records));
    --listing->open;
    listing->changed.notify();
    co_return Done{};
}

QCoro::Task<Result<Locations>> ShardNet::locateEnough(
    ShardId tag, std::function<bool(const Locations &)> isEnough)
{
    const auto nodes = online();
    const auto listing = std::make_shared<Listing>(Locations(), nodes.size(), Signal(m_scope));
    for (const NodeId &node : nodes)
        m_scope.spawn("store.locate"_L1, listInto(listing, node, tag));
    const Ticks started = m_scope.clock().now();
    while (listing->open > 0) {
        if (const auto woken = co_await listing->changed.wait(kAllWithin); !woken)
            co_return woken.error();
        if (m_scope.clock().now() - started >= kAllWithin && isEnough(listing->locations))
            break;
    }
    co_return Locations(listing->locations); // QCoro moves out of a plain lvalue
}

QCoro::Task<Result<std::vector<bool>>> ShardNet::have(NodeId node, std::vector<ShardId> ids)
{
    QByteArray body;
    for (const ShardId &id : ids)
        body.append(reinterpret_cast<const char *>(id.bytes.data()), kIdBytes);
    const auto answer = co_await ask(
        node, Have{}, body, {.deadline = kAskWithin, .frameClass = wire::FrameClass::Normal});
    if (!answer)
        co_return answer.error();
    if (answer->body.size() != static_cast<qsizetype>(ids.size()))
        co_return Error{Errc::Malformed, u"not an answer for each id"_s};
    std::vector<bool> has;
    for (const char byte : answer->body)
        has.push_back(byte != '\0');
    co_return has;
}

std::vector<Site> ShardNet::sites() const
{
    std::vector<Site> sites;
    if (m_holdsHere && m_packs.usage().state == PackState::Writable && !isAvoided(m_self))
        sites.push_back({m_self, weightOf(m_packs.usage().roomBytes), {}, 0, 0});
    for (const tree::Member &member : m_directory.members()) {
        if (member.online && !isAvoided(member.id))
            sites.push_back({member.id, weightOf(member.freeBytes), {}, 0, 0});
    }
    // Those that say they are full are still tried when there is nobody else.
    if (std::ranges::all_of(sites, [](const Site &site) { return site.weight == 0; })) {
        for (Site &site : sites)
            site.weight = 1;
    }
    return sites;
}

std::vector<NodeId> ShardNet::online() const
{
    std::vector<NodeId> nodes{m_self};
    for (const tree::Member &member : m_directory.members()) {
        if (member.online)
            nodes.push_back(member.id);
    }
    return nodes;
}

bool ShardNet::isOnline(const NodeId &node) const
{
    if (node == m_self)
        return true;
    const auto member = m_directory.find(node);
    return member && member->online;
}

int ShardNet::nodeCount() const
{
    const auto members = m_directory.members();
    const auto up = std::ranges::count_if(
        members, [this](const auto &member) { return member.online && !isDistrusted(member.id); });
    return static_cast<int>(up) + (m_holdsHere ? 1 : 0);
}

bool ShardNet::isAvoided(const NodeId &node) const
{
    const auto found = m_avoid.find(node);
    return found != m_avoid.end() && found->second > m_scope.clock().now();
}

bool ShardNet::isDistrusted(const NodeId &node) const
{
    const auto found = m_distrusted.find(node);
    return found != m_distrusted.end() && found->second > m_scope.clock().now();
}

void ShardNet::distrust(const NodeId &node, Ticks span)
{
    avoid(node, span);
    m_distrusted.insert_or_assign(node, m_scope.clock().now() + span);
}

void ShardNet::avoid(const NodeId &node, Ticks span)
{
    m_avoid.insert_or_assign(node, m_scope.clock().now() + span);
}

} // namespace borg::store
