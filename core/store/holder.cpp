// SPDX-License-Identifier: GPL-3.0-or-later
#include "holder.h"

#include <store/root_page.h>

#include <QtEndian>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kProofsAtOnce = 32;
constexpr qsizetype kListBytesMax = 512 * 1024;

quint64 recordOf(quint32 segment, quint32 index)
{
    return quint64{segment} << 16 | index;
}

/// The hard rule: k - 1 of a segment, and one where k is 1.
int heldMax(quint32 k)
{
    return std::max(1, static_cast<int>(k) - 1);
}

Result<Done> checkShape(const PutShard &request, qsizetype size)
{
    if (size < 1 || size > kPutBytesMax)
        return Error{Errc::TooLarge, u"a record has 1 to %1 bytes"_s.arg(kPutBytesMax)};
    const bool isRoot = request.segment == kRootSegment;
    const quint32 indexes = isRoot ? quint32{kRootPieces} : request.n;
    if (request.k < 1 || request.k > quint32{kDataShardsMax} || request.n < request.k
        || request.n > quint32{kShardsMax} || request.index >= indexes)
        return Error{Errc::Malformed, u"impossible code or index"_s};
    return Done{};
}

/// Runs on the Executor.
Result<Done> checkBytes(const PutShard &request, const QByteArray &body)
{
    if (!matchesStored(request.id, body))
        return Error{Errc::Malformed, u"the bytes are not those of the id"_s};
    if (request.segment != kRootSegment)
        return Done{};
    const auto piece = readRootPiece(body);
    if (!piece || rootPieceId(piece->manifest, piece->index) != request.id
        || static_cast<quint32>(piece->index) != request.index
        || static_cast<quint32>(piece->k) != request.k)
        return Error{Errc::Malformed, u"not that piece of a root page"_s};
    return Done{};
}

} // namespace

Holder::Holder(TaskScope &scope, Executor &executor, Executor &diskExecutor, PackStore &packs,
    const tree::Directory &directory, const NodeId &self)
    : m_scope(scope)
    , m_executor(executor)
    , m_diskExecutor(diskExecutor)
    , m_packs(packs)
    , m_directory(directory)
    , m_self(self)
{
    m_packs.onDamaged([this](const DamagedShard &shard) { lost(shard); });
}

QCoro::Task<Result<Done>> Holder::open(std::shared_ptr<StoreDb> db)
{
    m_db = std::move(db);
    const auto held = co_await disk::OnExecutor<Result<std::vector<HeldFile>>>(
        m_scope, m_diskExecutor, [db = m_db] { return db->held(); });
    if (!held)
        co_return held.error();
    for (const ShardId &id : m_packs.ids()) {
        const auto meta = m_packs.meta(id);
        Held &file = m_held[meta->manifest];
        file.records.push_back(recordOf(meta->segment, meta->index));
        file.bytes += m_packs.sizeBytes(id).value_or(0);
    }
    for (const HeldFile &entry : *held) {
        const auto found = m_held.find(entry.tag);
        if (found == m_held.end())
            continue;
        found->second.owner = entry.owner;
        found->second.manifests = entry.manifests;
        found->second.isSaved = true;
        for (const ShardId &manifest : entry.manifests)
            m_tagOf.emplace(manifest, entry.tag);
        if (entry.owner)
            m_bytesOf[*entry.owner] += found->second.bytes;
    }
    for (auto &[tag, file] : m_held)
        std::ranges::sort(file.records);
    co_return Done{};
}

void Holder::serveOn(net::RpcPeer &rpc)
{
    const auto bind = [this](auto method) {
        return [this, method](NodeId from, auto request, QByteArray body) {
            return (this->*method)(from, std::move(request), std::move(body));
        };
    };
    rpc.serve<Have>(bind(&Holder::have));
    rpc.serve<PutShard>(bind(&Holder::put));
    rpc.serve<GetShard>(bind(&Holder::get));
    rpc.serve<GetRoot>(bind(&Holder::root));
    rpc.serve<ProveShard>(bind(&Holder::prove));
    rpc.serve<ListFile>(bind(&Holder::list));
    rpc.serve<BindFile>(bind(&Holder::bind));
    rpc.serve<RemoveFile>(bind(&Holder::remove));
    rpc.serve<PutPointer>(bind(&Holder::putPointer));
    rpc.serve<GetPointer>(bind(&Holder::getPointer));
}

Holder::Reply<HaveReply> Holder::have(NodeId, Have, QByteArray body)
{
    if (body.size() % kIdBytes != 0 || body.size() / kIdBytes > kHaveIdsMax)
        co_return Error{Errc::Malformed, u"at most %1 ids"_s.arg(kHaveIdsMax)};
    QByteArray answer;
    for (qsizetype at = 0; at < body.size(); at += kIdBytes) {
        ShardId id;
        std::copy_n(body.constData() + at, kIdBytes, reinterpret_cast<char *>(id.bytes.data()));
        answer.append(m_packs.contains(id) ? '\1' : '\0');
    }
    co_return net::Answer<HaveReply>{{}, answer};
}

int Holder::countOf(const Held &held, quint32 segment) const
{
    const auto first = std::ranges::lower_bound(held.records, recordOf(segment, 0));
    const auto last = std::ranges::upper_bound(held.records, recordOf(segment, 0xffff));
    return static_cast<int>(last - first);
}

Result<Done> Holder::admit(const NodeId &from, const PutShard &request, qsizetype size) const
{
    if (const auto shape = checkShape(request, size); !shape)
        return shape;
    if (from != m_self && !m_directory.find(from))
        return Error{Errc::Unauthorized, u"not a member of this network"_s};
    if (wasRemoved(request.file, request.owner.value_or(from)))
        return Error{Errc::Conflict, u"its owner has removed that file"_s};
    const auto owner = m_bytesOf.find(request.owner.value_or(from));
    if (m_options.bytesPerOwner > 0 && owner != m_bytesOf.end()
        && owner->second + size > m_options.bytesPerOwner)
        return Error{Errc::NoSpace, u"the owner's share of this node is used up"_s};
    return Done{};
}

Holder::Reply<PutReply> Holder::put(NodeId from, PutShard request, QByteArray body)
{
    if (const auto admitted = admit(from, request, body.size()); !admitted)
        co_return admitted.error();
    if (!request.owner)
        request.owner = from;
    const auto kept = m_packs.meta(request.id);
    if (kept && kept->manifest != request.file) // it would go when that file's owner says so
        co_return Error{Errc::Conflict, u"that record is kept for another file"_s};
    const bool isThere = kept.has_value();
    if (!isThere) {
        if (const auto room = co_await makeRoom(from, request, body); !room)
            co_return room.error();
        if (const auto stored = co_await store(request, std::move(body)); !stored)
            co_return stored.error();
    }
    remember(from, request.file, request.manifest, request.proof);
    if (const auto saved = co_await saveHeld(request.file); !saved)
        co_return saved.error();
    if (m_onChanged)
        m_onChanged();
    co_return net::Answer<PutReply>{{!isThere}, {}};
}

/// Refuses the k-th shard of a segment, unless one that is held elsewhere too may go for it. Only
/// its owner may ask for that: to replace is to remove.
QCoro::Task<Result<Done>> Holder::makeRoom(NodeId from, PutShard request, QByteArray body)
{
    const auto full = [this, &request] {
        const auto found = m_held.find(request.file);
        return found != m_held.end()
            && countOf(found->second, request.segment) >= heldMax(request.k);
    };
    if (!full())
        co_return Done{};
    const Error refused{Errc::Conflict, u"this node holds %1 of that segment"_s.arg(request.k - 1)};
    if (!request.replaces || !request.alsoAt || !m_askHave || *request.alsoAt == m_self)
        co_return refused;
    const auto meta = m_packs.meta(*request.replaces);
    if (!meta || meta->manifest != request.file || meta->segment != request.segment
        || !isOwner(from, request.file, request.proof, OwnerAct::Replace, *request.replaces))
        co_return refused;
    // Nothing goes before what comes is known to be good.
    if (const auto checked = co_await disk::OnExecutor<Result<Done>>(
            m_scope, m_executor, [request, body] { return checkBytes(request, body); });
        !checked)
        co_return checked.error();
    const auto isElsewhere = co_await m_askHave(*request.alsoAt, *request.replaces);
    if (!isElsewhere)
        co_return isElsewhere.error();
    const auto bytes = m_packs.sizeBytes(*request.replaces); // it may have gone meanwhile
    if (!*isElsewhere || !bytes)
        co_return refused;
    if (const auto removed = co_await m_packs.remove(*request.replaces); !removed)
        co_return removed.error();
    forget(request.file, recordOf(meta->segment, meta->index), *bytes);
    if (full())
        co_return refused;
    co_return Done{};
}

QCoro::Task<Result<Done>> Holder::store(PutShard request, QByteArray body)
{
    // Counted before it is durable, or two puts at once would pass the rule together.
    const quint64 record = recordOf(request.segment, request.index);
    const qint64 size = body.size();
    {
        Held &held = m_held[request.file];
        if (held.owner && held.owner != request.owner)
            co_return Error{Errc::Conflict, u"that file is another owner's"_s};
        const auto place = std::ranges::lower_bound(held.records, record);
        if (place != held.records.end() && *place == record)
            co_return Error{Errc::Conflict, u"that place in the segment is taken here"_s};
        held.records.insert(place, record);
        held.bytes += size;
        if (!held.owner)
            held.owner = request.owner;
        m_bytesOf[*held.owner] += size;
    }
    auto stored = co_await disk::OnExecutor<Result<Done>>(
        m_scope, m_executor, [request, body] { return checkBytes(request, body); });
    if (stored) {
        const ShardMeta meta{request.file, request.segment, static_cast<quint16>(request.index),
            request.leaseUntilUtcMs};
        stored = co_await m_packs.put(request.id, meta, std::move(body));
    }
    if (!stored) {
        forget(request.file, record, size);
    } else if (wasRemoved(request.file, *request.owner)) { // while it was being written
        (void)co_await removeOne(request.id);
        co_return Error{Errc::Conflict, u"its owner has removed that file"_s};
    }
    co_return stored;
}

void Holder::forget(const ShardId &tag, quint64 record, qint64 bytes)
{
    const auto found = m_held.find(tag);
    if (found == m_held.end())
        return;
    Held &held = found->second;
    if (std::erase(held.records, record) == 0)
        return;
    held.bytes -= bytes;
    if (const auto owner = held.owner ? m_bytesOf.find(*held.owner) : m_bytesOf.end();
        owner != m_bytesOf.end() && (owner->second -= bytes) <= 0)
        m_bytesOf.erase(owner);
    if (held.records.empty() && !held.isSaved) // nothing was ever kept: puts that failed leave none
        drop(found);
}

/// The owner's word stands; what others say fills the places that are left, and pushes nothing out.
void Holder::remember(const NodeId &from, const ShardId &tag,
    const std::optional<ShardId> &manifest, const std::optional<OwnerProof> &proof)
{
    const auto found = m_held.find(tag);
    if (found == m_held.end() || !manifest)
        return;
    Held &held = found->second;
    auto &known = held.manifests;
    if (!known.empty() && known.front() == *manifest)
        return; // most puts: nothing to check
    const bool isOwners = isOwner(from, tag, proof, OwnerAct::Bind, *manifest);
    const auto place = std::ranges::find(known, *manifest);
    if (place != known.end() ? !isOwners : !isOwners && known.size() >= HeldFile::kManifestsMax)
        return;
    if (place != known.end())
        known.erase(place);
    known.insert(isOwners ? known.begin() : known.end(), *manifest);
    m_tagOf.emplace(*manifest, tag);
    if (known.size() > HeldFile::kManifestsMax)
        known.pop_back(); // its place in m_tagOf goes with the file
    held.isSaved = false;
}

bool Holder::isOwner(const NodeId &from, const ShardId &tag, const std::optional<OwnerProof> &proof,
    OwnerAct act, const ShardId &what) const
{
    const auto owner = ownerOf(tag);
    return owner
        && (*owner == from || (proof && isProof(m_ownerKeys, *proof, *owner, act, tag, what)));
}

QCoro::Task<Result<Done>> Holder::saveHeld(ShardId tag)
{
    const auto found = m_held.find(tag);
    if (found == m_held.end() || found->second.isSaved)
        co_return Done{};
    found->second.isSaved = true; // what comes meanwhile clears it again
    const HeldFile held{tag, found->second.owner, found->second.manifests};
    co_return co_await disk::OnExecutor<Result<Done>>(
        m_scope, m_diskExecutor, [db = m_db, held] { return db->saveHeld(held); });
}

Holder::Reply<GetReply> Holder::get(NodeId, GetShard request, QByteArray)
{
    auto bytes = co_await m_packs.get(request.id, request.offset, request.bytes);
    if (!bytes)
        co_return bytes.error();
    co_return net::Answer<GetReply>{{}, *std::move(bytes)};
}

std::vector<ShardId> Holder::rootPiecesOf(const ShardId &manifest) const
{
    std::vector<ShardId> ids;
    const auto take = [&](int index) {
        if (const ShardId id = rootPieceId(manifest, index); m_packs.contains(id))
            ids.push_back(id);
    };
    // The records of its file tell which ones; anybody may have named a false file, though.
    const auto tag = m_tagOf.find(manifest);
    const auto file = tag == m_tagOf.end() ? m_held.end() : m_held.find(tag->second);
    if (file != m_held.end()) {
        const auto &records = file->second.records;
        for (auto record = std::ranges::lower_bound(records, recordOf(kRootSegment, 0));
            record != records.end(); ++record)
            take(static_cast<int>(*record & 0xffffU));
    }
    for (int index = 0; ids.empty() && index < kRootPieces; ++index)
        take(index);
    return ids;
}

void Holder::drop(std::map<ShardId, Held>::iterator held)
{
    for (const ShardId &manifest : held->second.manifests) {
        if (const auto tag = m_tagOf.find(manifest);
            tag != m_tagOf.end() && tag->second == held->first)
            m_tagOf.erase(tag);
    }
    m_held.erase(held);
}

Holder::Reply<RootReply> Holder::root(NodeId, GetRoot request, QByteArray)
{
    net::Answer<RootReply> answer;
    for (const ShardId &id : rootPiecesOf(request.manifest)) {
        const auto piece = co_await m_packs.get(id);
        if (!piece || answer.body.size() + piece->size() > wire::Frame::kBodyBytesMax)
            continue;
        answer.reply.sizes.push_back(static_cast<quint32>(piece->size()));
        answer.body += *piece;
    }
    co_return answer;
}

Holder::Reply<ProveReply> Holder::prove(NodeId, ProveShard request, QByteArray)
{
    if (m_proving >= kProofsAtOnce)
        co_return Error{Errc::Busy, u"enough proofs are under way"_s};
    ++m_proving;
    const std::shared_ptr<void> done(nullptr, [this](void *) { --m_proving; });
    // The whole of it: its checksum is checked, and what is damaged is noticed and repaired.
    const auto shard = co_await m_packs.get(request.id);
    if (!shard)
        co_return shard.error();
    co_return co_await disk::OnExecutor<Result<net::Answer<ProveReply>>>(m_scope, m_executor,
        [shard = *shard, leaf = request.leaf,
            code = request.id.code()]() -> Result<net::Answer<ProveReply>> {
            const qsizetype at = qsizetype{leaf} * kLeafBytes;
            if (at >= shard.size() || !hasHashCode(code))
                return Error{Errc::Malformed, u"no such leaf"_s};
            QByteArray proof = shard.sliced(at, std::min(kLeafBytes, shard.size() - at));
            for (const crypto::Hash &hash : leafProof(shard, leaf, code))
                proof.append(reinterpret_cast<const char *>(hash.data()), qsizetype{sizeof(hash)});
            return net::Answer<ProveReply>{{}, proof};
        });
}

Holder::Reply<ListReply> Holder::list(NodeId from, ListFile request, QByteArray)
{
    if (request.repairing && m_onRepairing)
        m_onRepairing(from, request.file);
    const auto found = m_held.find(request.file);
    if (found == m_held.end())
        co_return net::Answer<ListReply>{};
    const Held &held = found->second;
    net::Answer<ListReply> answer{{false, held.owner, std::nullopt}, {}};
    if (!held.manifests.empty())
        answer.reply.manifest = held.manifests.front();
    auto record = std::ranges::lower_bound(held.records, recordOf(request.fromSegment, 0));
    quint32 segment = request.fromSegment;
    for (; record != held.records.end(); ++record) {
        const auto next = static_cast<quint32>(*record >> 16);
        if (next != segment && answer.body.size() >= kListBytesMax) { // segments are not torn
            answer.reply.more = true;
            break;
        }
        segment = next;
        std::array<char, kListRecordBytes> bytes;
        qToBigEndian(segment, bytes.data());
        qToBigEndian(static_cast<quint16>(*record & 0xffff), bytes.data() + 4);
        answer.body.append(bytes.data(), kListRecordBytes);
    }
    co_return answer;
}

Holder::Reply<BindReply> Holder::bind(NodeId from, BindFile request, QByteArray)
{
    if (from != m_self && !m_directory.find(from))
        co_return Error{Errc::Unauthorized, u"not a member of this network"_s};
    if (!m_held.contains(request.file))
        co_return Error{Errc::NotFound, u"nothing of that file is held here"_s};
    remember(from, request.file, request.manifest, request.proof);
    if (const auto saved = co_await saveHeld(request.file); !saved)
        co_return saved.error();
    co_return net::Answer<BindReply>{};
}

Holder::Reply<RemoveReply> Holder::remove(NodeId from, RemoveFile request, QByteArray)
{
    const auto found = m_held.find(request.file);
    const bool isHeld = found != m_held.end();
    if (isHeld && !isOwner(from, request.file, request.proof, OwnerAct::Remove, {}))
        co_return Error{Errc::Unauthorized, u"only its owner may remove a file"_s};
    if (!isHeld && from != m_self && !m_directory.find(from)) // strangers fill no list
        co_return net::Answer<RemoveReply>{};
    const NodeId owner = request.owner.value_or(from);
    if (!isHeld && owner != from
        && !(request.proof
            && isProof(m_ownerKeys, *request.proof, owner, OwnerAct::Remove, request.file)))
        co_return Error{Errc::Unauthorized, u"only its owner may remove a file"_s};
    if (!wasRemoved(request.file, owner)) // whoever comes back says all again
        m_removed.emplace_back(request.file, owner);
    if (m_removed.size() > kRemovedMax)
        m_removed.pop_front();
    // All at once: the store syncs once for many.
    std::vector<QCoro::Task<Result<Done>>> removals;
    for (const ShardId &id : m_packs.byManifest(request.file))
        removals.push_back(removeOne(id));
    for (auto &removal : removals) {
        if (const auto gone = co_await removal; !gone)
            co_return gone.error();
    }
    const auto removed = static_cast<quint32>(removals.size());
    const auto left = m_held.find(request.file);
    if (isHeld && (left == m_held.end() || left->second.records.empty())) {
        if (left != m_held.end())
            drop(left);
        if (const auto saved = co_await disk::OnExecutor<Result<Done>>(m_scope, m_diskExecutor,
                [db = m_db, tag = request.file] { return db->removeHeld(tag); });
            !saved)
            co_return saved.error();
    }
    if (m_onChanged)
        m_onChanged();
    co_return net::Answer<RemoveReply>{{removed}, {}};
}

Holder::Reply<PointerReply> Holder::putPointer(NodeId from, PutPointer, QByteArray body)
{
    if (from != m_self && !m_directory.find(from))
        co_return Error{Errc::Unauthorized, u"not a member of this network"_s};
    const auto pointer = readPointer(body);
    if (!pointer)
        co_return pointer.error();
    auto kept = co_await disk::OnExecutor<Result<QByteArray>>(m_scope, m_diskExecutor,
        [db = m_db, wanted = *pointer, from] { return db->keepPointer(wanted, from); });
    if (!kept)
        co_return kept.error();
    co_return net::Answer<PointerReply>{{}, *std::move(kept)};
}

Holder::Reply<PointerReply> Holder::getPointer(NodeId, GetPointer request, QByteArray)
{
    auto kept = co_await disk::OnExecutor<Result<QByteArray>>(
        m_scope, m_diskExecutor, [db = m_db, id = request.id] { return db->pointer(id); });
    if (!kept)
        co_return kept.error();
    co_return net::Answer<PointerReply>{{}, *std::move(kept)};
}

bool Holder::wasRemoved(const ShardId &tag, const NodeId &owner) const
{
    return std::ranges::contains(m_removed, std::pair{tag, owner});
}

QCoro::Task<Result<Done>> Holder::removeOne(ShardId id)
{
    const auto meta = m_packs.meta(id);
    const auto bytes = m_packs.sizeBytes(id);
    if (!meta || !bytes)
        co_return Done{};
    if (const auto gone = co_await m_packs.remove(id); !gone)
        co_return gone.error();
    forget(meta->manifest, recordOf(meta->segment, meta->index), *bytes);
    co_return Done{};
}

std::vector<ShardId> Holder::tags() const
{
    std::vector<ShardId> tags;
    for (const auto &[tag, held] : m_held) {
        if (!held.records.empty())
            tags.push_back(tag);
    }
    return tags;
}

std::vector<ShardId> Holder::manifestsOf(const ShardId &tag) const
{
    const auto found = m_held.find(tag);
    return found == m_held.end() ? std::vector<ShardId>{} : found->second.manifests;
}

std::optional<NodeId> Holder::ownerOf(const ShardId &tag) const
{
    const auto found = m_held.find(tag);
    return found == m_held.end() ? std::nullopt : found->second.owner;
}

QCoro::Task<Result<Done>> Holder::verifyAll(qint64 bytesPerSecond)
{
    const auto verify = [verified = m_verified](const ShardId &id, QByteArrayView bytes) {
        const bool isRight = matchesStored(id, bytes);
        if (isRight)
            ++*verified;
        return isRight;
    };
    const auto report = co_await m_packs.scrub({bytesPerSecond, verify});
    if (!report)
        co_return report.error();
    if (m_onChanged)
        m_onChanged();
    co_return Done{};
}

void Holder::lost(const DamagedShard &shard)
{
    ++m_corrupt;
    forget(shard.meta.manifest, recordOf(shard.meta.segment, shard.meta.index), shard.bytes);
    if (m_onDamaged)
        m_onDamaged(shard.meta.manifest);
    if (m_onChanged)
        m_onChanged();
}

} // namespace borg::store
