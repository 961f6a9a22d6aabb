// SPDX-License-Identifier: GPL-3.0-or-later
#include "bulk.h"

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr std::size_t kUnknownMax = 32;
constexpr Ticks kWhatEvery = std::chrono::seconds(2);
constexpr Ticks kNotNow = std::chrono::minutes(2); ///< Until an object may find room.
} // namespace

Bulk::Bulk(Context &context, Links &links)
    : m_context(context)
    , m_links(links)
{
}

Result<BulkObject> Bulk::read(const net::Head &head) const
{
    const auto view = net::readMessage(head.message);
    const NodeId src = m_context.crypto.idOf(head.key);
    if (!view || !head.items.empty() || head.path || view->src != src.text().toLatin1()
        || view->network != m_context.config.network.toUtf8() || view->dst != net::kEverybody
        || view->type != QByteArrayView(BulkRecord::kName.data(), BulkRecord::kName.size()))
        return Error{Errc::Malformed, u"no announcement"_s};
    const auto record = wire::decodeFields<BulkRecord>(net::bodyOf(head.message.toByteArray()));
    if (!record)
        return record.error();
    if (record->sizeBytes < 1 || record->chunkBytes != kBulkChunkBytes
        || record->root.size() != qsizetype{sizeof(crypto::Hash)} || record->ttlS > kTtlSMax)
        return Error{Errc::Malformed, u"no size that is taken"_s};
    if (record->sizeBytes > kBulkBytesMax)
        return Error{Errc::TooLarge, {}};
    BulkObject object;
    const auto hash = m_context.crypto.hash(head.message);
    std::copy_n(hash.begin(), object.id.bytes.size(), object.id.bytes.begin());
    object.src = src;
    object.seq = view->seq;
    object.name = record->name;
    object.layout = BulkLayout(record->sizeBytes);
    std::ranges::copy(record->root, object.root.begin());
    object.endsUtcMs = view->tsUs / 1000 + qint64{record->ttlS} * 1000;
    net::Head bare = head;
    bare.hops = 0;
    object.head = net::writeHead(bare);
    object.isOwn = src == m_context.self;
    return object;
}

std::optional<Error> Bulk::refusal(const BulkObject &about) const
{
    const qint64 utcMs = m_context.moment.utcMs;
    const qint64 skewMs = kClockSkewMs + m_context.moment.boundUs / 1000;
    if (m_objects.contains(about.id))
        return Error{Errc::Conflict, u"known"_s};
    if (const auto refused = m_refused.find(about.id);
        about.endsUtcMs <= utcMs || (refused != m_refused.end() && !about.isOwn))
        return Error{Errc::NotFound, u"it has ended"_s};
    if (about.endsUtcMs > utcMs + qint64{kTtlSMax} * 1000 + skewMs)
        return Error{Errc::Malformed, u"from the future"_s};
    if (!about.isOwn && about.layout.sizeBytes() > m_context.config.bulkBytesMax)
        return Error{Errc::TooLarge, u"larger than this node takes"_s};
    for (const auto &[id, object] : m_objects) {
        if (object.about.src != about.src)
            continue;
        if (object.about.seq > about.seq)
            return Error{Errc::Conflict, u"there is a later one"_s};
        if (!about.isOwn && m_context.now() < object.learntAt + kReplaceEvery)
            return Error{Errc::Busy, u"its source sent another one a moment ago"_s};
    }
    if (!hasRoom(about.src, about.layout))
        return Error{Errc::Busy, u"too much is on its way to everybody already"_s};
    return std::nullopt;
}

bool Bulk::hasRoom(const NodeId &src, const BulkLayout &layout) const
{
    qint64 bytes = qint64{layout.chunks()} * kRecordBytes;
    std::size_t count = 1;
    for (const auto &[id, object] : m_objects) {
        if (object.about.src == src)
            continue; // makes room
        bytes += qint64{object.about.layout.chunks()} * kRecordBytes;
        ++count;
    }
    return count <= kObjectsMax && bytes <= kSpoolBytesMax;
}

std::optional<Error> Bulk::obstacle(qint64 sizeBytes) const
{
    if (sizeBytes < 1 || sizeBytes > kBulkBytesMax)
        return Error{Errc::TooLarge, {}};
    const auto now = m_context.now();
    for (const auto &[id, object] : m_objects) {
        // Others would not take it, and never hear of it again.
        if (object.about.isOwn && now < object.learntAt + kReplaceEvery)
            return Error{Errc::Busy, u"the last one was sent less than a minute ago"_s};
    }
    if (!hasRoom(m_context.self, BulkLayout(sizeBytes)))
        return Error{Errc::Busy, u"too much is on its way to everybody already"_s};
    return std::nullopt;
}

void Bulk::announced(const net::Head &head)
{
    if (auto about = read(head))
        (void)take(*std::move(about)).ok();
}

Result<Done> Bulk::take(BulkObject about)
{
    if (const auto error = refusal(about)) {
        // Who is told of it again and again need not ask what it is.
        if (error->code != Errc::Conflict && !m_refused.contains(about.id))
            refuse(about.id, error->code == Errc::Busy ? kNotNow : Ticks(std::chrono::hours(1)));
        return *error;
    }
    for (auto object = m_objects.begin(); object != m_objects.end();) {
        const auto next = std::next(object);
        if (object->second.about.src == about.src)
            forget(object, std::chrono::seconds(kTtlSMax));
        object = next;
    }
    m_unknown.erase(about.id);
    const BulkId id = about.id;
    const quint32 chunks = about.layout.chunks();
    Object &object = m_objects[id];
    object.about = std::move(about);
    object.isPreparing = object.about.isOwn;
    object.stripe = stripeOfNode(m_context.self, id);
    object.learntAt = m_context.now();
    object.busyAt = m_context.now();
    object.endsAt = m_context.now()
        + std::chrono::milliseconds(object.about.endsUtcMs - m_context.moment.utcMs);
    object.have = BulkBits(chunks);
    object.storing = BulkBits(chunks);
    object.pending = BulkBits(chunks);
    object.holders.assign(chunks, 0);
    object.sent.assign(chunks, 0);
    object.promised = BulkBits(chunks);
    object.groups.resize(object.about.layout.groups());
    for (quint32 index = 0; index < chunks; ++index) {
        if (object.about.layout.isPadding(index)) {
            object.have.set(index);
            ++object.groups[index / kBulkGroupChunks].have;
        }
    }
    if (!object.about.isOwn)
        m_context.act(BulkAction(BulkOpen{std::make_shared<const BulkObject>(object.about)}));
    m_context.act(BulkAction(BulkChanged{id}));
    for (auto &[peer, link] : m_links.all()) {
        if (link.isGreeted)
            tellFully(object, link);
    }
    arm();
    return Done{};
}

void Bulk::forget(Objects::iterator object, Ticks refuseFor)
{
    const BulkId id = object->first;
    refuse(id, refuseFor);
    for (auto &[peer, state] : m_peers) {
        m_asked -= std::erase_if(state.asked, [&](const auto &asked) { return asked.id == id; });
        m_wishes -= std::erase_if(state.wishes, [&](const auto &wish) { return wish.id == id; });
        std::erase_if(state.recalled, [&](const auto &one) { return one.id == id; });
    }
    // Whoever still wants it shall not wait for our answers.
    for (const auto &[peer, view] : object->second.views) {
        if (Link *link = m_links.find(peer))
            m_links.say(*link, BulkNo{bytesOf(id), true});
    }
    m_storing -= object->second.storing.count();
    m_rebuilding -= static_cast<int>(
        std::ranges::count_if(object->second.groups, [](const auto &g) { return g.isRebuilding; }));
    m_objects.erase(object);
    m_context.act(BulkAction(BulkForget{id}));
    m_context.act(BulkAction(BulkChanged{id}));
}

void Bulk::refuse(const BulkId &id, Ticks span)
{
    while (m_refused.size() >= kForgottenMax)
        m_refused.erase(
            std::ranges::min_element(m_refused, {}, [](const auto &one) { return one.second; }));
    m_refused[id] = m_context.now() + span;
}

void Bulk::ended(const NodeId &src, const BulkEnd &word)
{
    const auto id = bulkIdOf(word.id);
    const auto object = id ? m_objects.find(*id) : m_objects.end();
    if (object != m_objects.end() && object->second.about.src == src)
        forget(object, std::chrono::seconds(kTtlSMax));
}

bool Bulk::drop(const BulkId &id)
{
    const auto object = m_objects.find(id);
    if (object == m_objects.end())
        return false;
    forget(object, std::chrono::seconds(kTtlSMax));
    return true;
}

void Bulk::resumed(const BulkResumed &event)
{
    const auto head = net::readHead(event.head);
    auto about = head ? read(*head) : Result<BulkObject>(Error{Errc::Malformed, {}});
    if (!about || !net::verifyMessage(m_context.crypto, head->key, head->message, head->signature))
        return;
    const BulkId id = about->id;
    const auto bits = BulkBits::read(event.have, about->layout.chunks());
    const bool isHere = m_objects.contains(id);
    if (!bits || (!isHere && !take(*std::move(about)))) {
        if (!isHere)
            m_context.act(BulkAction(BulkForget{id}));
        return;
    }
    Object &object = m_objects[id];
    object.isPreparing = false;
    for (quint32 index = 0; index < bits->size(); ++index) {
        if (bits->test(index) && !object.have.test(index)) {
            object.have.set(index);
            ++object.groups[index / kBulkGroupChunks].have;
        }
    }
    // A group that is all there was checked as a whole when it was made.
    for (quint32 number = 0; number < object.groups.size(); ++number) {
        Group &group = object.groups[number];
        if (group.have != kBulkGroupChunks || std::exchange(group.isWhole, true))
            continue;
        ++object.wholeGroups;
        recall(object, number);
    }
    for (auto &[peer, link] : m_links.all()) {
        if (link.isGreeted)
            tellFully(object, link);
    }
    rebuild(object);
    m_context.act(BulkAction(BulkChanged{id}));
}

Bulk::Object *Bulk::objectOf(QByteArrayView bytes)
{
    const auto id = bulkIdOf(bytes);
    const auto object = id ? m_objects.find(*id) : m_objects.end();
    return object == m_objects.end() ? nullptr : &object->second;
}

bool Bulk::mayTalk(Link &from)
{
    if (!from.isGreeted)
        return false;
    if (m_peers[from.peer.id].words.take(1, m_context.now()))
        return true;
    m_context.scores.add(from.peer.id, Offence::WordFlood);
    return false;
}

void Bulk::introduce(Link &from, const BulkId &id)
{
    std::erase_if(m_refused, [this](const auto &one) { return one.second <= m_context.now(); });
    if (m_refused.contains(id) || m_context.config.bulkBytesMax == 0)
        return;
    std::erase_if(m_unknown,
        [this](const auto &one) { return m_context.now() >= one.second.askedAt + kWhatEvery; });
    const auto ofPeer = std::ranges::count_if(
        m_unknown, [&](const auto &one) { return one.second.peer == from.peer.id; });
    if (m_unknown.size() >= kUnknownMax || m_unknown.contains(id)
        || ofPeer >= std::ssize(m_objects) + static_cast<qsizetype>(kObjectsMax))
        return;
    m_unknown[id] = {from.peer.id, m_context.now()};
    m_links.say(from, BulkWhat{bytesOf(id)});
}

bool Bulk::hear(Link &from, const BulkWhat &word, QByteArrayView)
{
    if (const Object *object = objectOf(word.id); object && mayTalk(from))
        m_links.say(from, BulkNotice{}, object->about.head);
    return true;
}

bool Bulk::hear(Link &from, const BulkNotice &, QByteArrayView body)
{
    if (body.size() > kNoticeBytesMax)
        return false;
    const QByteArray bytes = body.toByteArray(); // the head looks into it
    const auto head = net::readHead(bytes);
    if (!head)
        return false;
    if (!mayTalk(from))
        return true;
    auto about = read(*head);
    if (!about || !m_unknown.contains(about->id))
        return true; // of a newer kind, or it came another way meanwhile
    if (!net::verifyMessage(m_context.crypto, head->key, head->message, head->signature)) {
        m_context.scores.condemn(from.peer.id, Offence::BadSignature);
        return true;
    }
    (void)take(*std::move(about)).ok();
    return true;
}

void Bulk::greeted(Link &link)
{
    linkDown(link.peer.id); // a link that comes again is a new one
    for (auto &[id, object] : m_objects)
        tellFully(object, link);
}

void Bulk::linkDown(const NodeId &peer)
{
    if (const auto state = m_peers.find(peer); state != m_peers.end()) {
        while (!state->second.asked.empty()) {
            const Request last = state->second.asked.back();
            (void)settle(state->second, last.id, last.index);
        }
        m_wishes -= state->second.wishes.size();
        m_loading -= state->second.loading;
        m_peers.erase(state);
    }
    for (auto &[id, object] : m_objects)
        droppedBy(object, peer);
}

void Bulk::droppedBy(Object &object, const NodeId &peer)
{
    if (const auto state = m_peers.find(peer); state != m_peers.end()) {
        for (const Request &request : std::vector(state->second.asked)) {
            if (request.id == object.about.id)
                (void)settle(state->second, request.id, request.index);
        }
    }
    const auto view = object.views.find(peer);
    if (view == object.views.end())
        return;
    for (quint32 index = 0; index < view->second.has.size(); ++index)
        heldBy(object, view->second, index, false);
    object.views.erase(view);
}

void Bulk::on(const BulkEvent &event)
{
    std::visit(wire::Handlers{
                   [this](const BulkStored &concrete) { stored(concrete); },
                   [this](const BulkLoaded &concrete) { loaded(concrete); },
                   [this](const BulkGroupDone &concrete) { rebuilt(concrete); },
                   [this](const BulkResumed &concrete) { resumed(concrete); },
               },
        event);
    arm();
}

void Bulk::sweep()
{
    for (auto peer = m_peers.begin(); peer != m_peers.end();) {
        const NodeId id = (peer++)->first; // it may be erased
        if (!m_links.find(id))
            linkDown(id);
    }
    for (auto object = m_objects.begin(); object != m_objects.end();) {
        const auto next = std::next(object);
        if (m_context.now() >= object->second.endsAt)
            forget(object, std::chrono::hours(1));
        object = next;
    }
}

void Bulk::tellStrangers()
{
    // A neighbour whose greeting had to wait, or that had no room then.
    if (m_context.now() < m_strangersAt + kStrangersEvery)
        return;
    m_strangersAt = m_context.now();
    for (auto &[id, object] : m_objects) {
        for (auto &[peer, link] : m_links.all()) {
            if (link.isGreeted && !object.views.contains(peer))
                tellFully(object, link);
        }
    }
}

void Bulk::wake()
{
    sweep();
    tellStrangers();
    lookAtRequests();
    for (auto &[id, object] : m_objects) {
        judgeHunger(object);
        rebuild(object);
    }
    tellNews();
    askAll();
    serve();
    arm();
}

void Bulk::arm()
{
    const Ticks now = m_context.now();
    for (const auto &[id, object] : m_objects) {
        m_context.wakeBy(std::min(object.endsAt, std::max(now, m_strangersAt + kStrangersEvery)));
        if (!object.isWhole() && !object.isPreparing)
            m_context.wakeBy(now + (object.views.empty() ? 4 : 1) * kLookEvery);
        for (const auto &[peer, view] : object.views) {
            if (view.newsAt != Ticks::max())
                m_context.wakeBy(std::max(view.newsAt, now));
        }
    }
}

const BulkObject *Bulk::find(const BulkId &id) const
{
    const auto object = m_objects.find(id);
    return object == m_objects.end() ? nullptr : &object->second.about;
}

std::vector<BulkStatus> Bulk::status() const
{
    std::vector<BulkStatus> all;
    for (const auto &[id, object] : m_objects) {
        const BulkLayout &layout = object.about.layout;
        BulkStatus shown{id, object.about.src, object.about.name, layout.sizeBytes(),
            object.about.endsUtcMs, object.about.isOwn, object.isWhole(), isPaused(object)};
        const quint32 padding = layout.groups() * kBulkDataPerGroup - layout.dataChunks();
        shown.chunks = layout.chunks() - padding;
        shown.have = object.have.count() - padding;
        quint64 worth = 0; // of a group, 12 chunks are all
        for (const Group &group : object.groups)
            worth += std::min<quint32>(group.have, kBulkDataPerGroup);
        worth -= std::min<quint64>(worth, padding);
        shown.haveBytes = object.isWhole()
            ? layout.sizeBytes()
            : std::min(static_cast<qint64>(worth) * kBulkChunkBytes, layout.sizeBytes() - 1);
        shown.neighbours = static_cast<quint32>(object.views.size());
        shown.wholeNeighbours = static_cast<quint32>(std::ranges::count_if(
            object.views, [](const auto &view) { return view.second.has.isAll(); }));
        shown.sentInStripe = object.sentInStripe;
        shown.sentOutside = object.sentOutside;
        shown.sentBytes
            = (object.sentInStripe + object.sentOutside) * static_cast<quint64>(kBulkChunkBytes);
        all.push_back(std::move(shown));
    }
    return all;
}

} // namespace borg::tree
