// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership.h"

#include <QtEndian>

namespace borg::tree {

namespace {

constexpr qsizetype kListItemBytes = 40;
constexpr qsizetype kRecordHeadBytes = 5;
constexpr qsizetype kRecordBytesMax = 4096; ///< Far more than a record needs.
constexpr qsizetype kRecordsPerFrame = 64; ///< So many signatures are checked in one go.
constexpr auto kPeriodMin = std::chrono::seconds(2);
constexpr auto kPeriodPerMember = std::chrono::milliseconds(50);
constexpr int kFarFactor = 30;

quint64 mix(quint64 hash, QByteArrayView bytes)
{
    for (const char byte : bytes)
        hash = (hash ^ static_cast<quint8>(byte)) * 0x100000001b3; // FNV-1a
    return hash;
}

} // namespace

bool Membership::record(
    const NodeId &src, quint64 seq, const QByteArray &message, const net::Head &head)
{
    const auto fields = wire::decodeFields<MemberRecord>(net::bodyOf(message));
    if (!fields || fields->host.isEmpty() || fields->port == 0 || fields->port > 65'535)
        return false;
    const bool isOwn = src == m_context.self;
    if (!isOwn && m_entries.size() >= kMembersMax && !m_entries.contains(src))
        makeRoom();
    Entry &entry = isOwn ? m_own : m_entries[src];
    if (entry.seq >= seq)
        return false;
    const net::Endpoint endpoint{fields->host, static_cast<quint16>(fields->port)};
    const bool isMoved = entry.member.endpoint != endpoint;
    entry.member.id = src;
    entry.member.endpoint = endpoint;
    entry.member.freeBytes = std::max<qint64>(fields->freeBytes, 0);
    entry.heardAt = m_context.now();
    entry.seq = seq;
    entry.head = net::withHops(net::writeHead(head), 0);
    if (isOwn)
        return true;
    if (!entry.member.online)
        setOnline(entry, true);
    else if (isMoved)
        m_context.act(MemberChanged{src});
    return true;
}

void Membership::left(const NodeId &src, quint64 seq)
{
    const auto entry = m_entries.find(src);
    if (entry == m_entries.end() || entry->second.seq > seq)
        return;
    entry->second.seq = seq;
    if (entry->second.member.online)
        setOnline(entry->second, false);
}

void Membership::setOnline(Entry &entry, bool isOnline)
{
    entry.member.online = isOnline;
    entry.member.changedAt = m_context.now();
    m_context.act(MemberChanged{entry.member.id});
}

void Membership::makeRoom()
{
    const auto oldest = std::ranges::min_element(m_entries, {}, [](const auto &entry) {
        return std::pair(entry.second.member.online, entry.second.heardAt);
    });
    m_context.act(MemberChanged{oldest->first});
    m_entries.erase(oldest);
}

std::vector<Member> Membership::members() const
{
    std::vector<Member> all;
    all.reserve(m_entries.size());
    for (const auto &[id, entry] : m_entries)
        all.push_back(entry.member);
    return all;
}

std::optional<Member> Membership::find(const NodeId &id) const
{
    const auto entry = m_entries.find(id);
    if (entry == m_entries.end())
        return std::nullopt;
    return entry->second.member;
}

std::vector<net::Peer> Membership::sample(
    std::size_t count, const std::function<bool(const Member &)> &wanted) const
{
    std::vector<net::Peer> some;
    quint32 seen = 0;
    for (const auto &[id, entry] : m_entries) {
        if (!wanted(entry.member))
            continue;
        ++seen;
        const net::Peer peer{id, entry.member.endpoint};
        if (some.size() < count) {
            some.push_back(peer);
        } else if (const auto at = m_context.rng.below(seen); at < count) {
            some[at] = peer; // each as likely as the others
        }
    }
    return some;
}

QByteArray Membership::digest() const
{
    quint64 sum = 0; // of hashes, so that the node itself counts wherever it stands in the order
    const auto add = [&sum](const NodeId &id, bool isOnline) {
        const quint64 hash = mix(0xcbf29ce484222325, QByteArrayView(id.bytes));
        sum += mix(hash, isOnline ? "1" : "0");
    };
    for (const auto &[id, entry] : m_entries)
        add(id, entry.member.online);
    if (m_own.seq > 0)
        add(m_context.self, true);
    QByteArray bytes(8, '\0');
    qToBigEndian(sum, bytes.data());
    return bytes;
}

void Membership::sayList(Link &link, bool isAnswer)
{
    QByteArray body;
    const auto add = [&body](const NodeId &id, quint64 seq) {
        body.append(QByteArrayView(id.bytes));
        char number[8];
        qToBigEndian(seq, number);
        body.append(number, sizeof number);
    };
    body.reserve(static_cast<qsizetype>(m_entries.size() + 1) * kListItemBytes);
    for (const auto &[id, entry] : m_entries)
        add(id, entry.seq);
    add(m_context.self, m_own.seq);
    m_links.say(link, MemberList{isAnswer}, body);
}

bool Membership::list(Link &from, const MemberList &word, QByteArrayView body)
{
    if (body.size() % kListItemBytes != 0
        || body.size() > static_cast<qsizetype>(kMembersMax + 1) * kListItemBytes)
        return false;
    std::map<NodeId, quint64> theirs;
    for (; !body.isEmpty(); body = body.sliced(kListItemBytes)) {
        NodeId id;
        std::copy_n(body.begin(), id.bytes.size(), id.bytes.begin());
        theirs[id] = qFromBigEndian<quint64>(body.data() + id.bytes.size());
    }
    if (const auto own = theirs.find(m_context.self); own != theirs.end())
        m_ownSeqSeen = std::max(m_ownSeqSeen, own->second);

    QByteArray records;
    qsizetype count = 0;
    const auto add = [&](const Entry &entry) {
        const auto known = theirs.find(entry.member.id);
        if (entry.head.isEmpty() || (known != theirs.end() && known->second >= entry.seq)
            || entry.member.id == from.peer.id)
            return;
        char size[4];
        qToBigEndian(static_cast<quint32>(entry.head.size()), size);
        records.append(entry.member.online ? '\1' : '\0').append(size, sizeof size);
        records.append(entry.head);
        if (++count % kRecordsPerFrame == 0)
            m_links.say(from, MemberRecords{}, std::exchange(records, {}));
    };
    for (const auto &[id, entry] : m_entries)
        add(entry);
    m_own.member.online = true;
    add(m_own);
    if (!records.isEmpty())
        m_links.say(from, MemberRecords{}, records);
    if (!word.answer)
        sayList(from, true);
    return true;
}

bool Membership::records(QByteArrayView body)
{
    for (qsizetype count = 0; !body.isEmpty(); ++count) {
        if (count == kRecordsPerFrame || body.size() < kRecordHeadBytes)
            return false;
        const bool isOnline = body.front() != '\0';
        const auto size = qFromBigEndian<quint32>(body.data() + 1);
        body = body.sliced(kRecordHeadBytes);
        if (size > kRecordBytesMax || body.size() < static_cast<qsizetype>(size)
            || !passedOn(isOnline, body.first(size).toByteArray()))
            return false;
        body = body.sliced(size);
    }
    return true;
}

bool Membership::passedOn(bool isOnline, const QByteArray &bytes)
{
    const auto head = net::readHead(bytes);
    if (!head || !head->items.empty() || head->path)
        return false;
    const auto view = net::readMessage(head->message);
    const NodeId src = m_context.crypto.idOf(head->key);
    if (!view || view->src != src.text().toLatin1()
        || view->network != m_context.config.network.toUtf8()
        || view->type != QByteArrayView(MemberRecord::kName.data(), MemberRecord::kName.size()))
        return false;
    if (src == m_context.self) {
        m_ownSeqSeen = std::max(m_ownSeqSeen, view->seq);
        return true;
    }
    const auto known = m_entries.find(src);
    if (known != m_entries.end() && known->second.seq >= view->seq)
        return true; // old news need no check
    if (!net::verifyMessage(m_context.crypto, head->key, head->message, head->signature))
        return false;
    const bool wasKnown = known != m_entries.end();
    if (record(src, view->seq, head->message.toByteArray(), *head) && !isOnline && !wasKnown)
        setOnline(m_entries[src], false); // whoever told us had not heard of it for long
    return true;
}

Ticks Membership::period() const
{
    const auto &config = m_context.config;
    if (config.memberPeriod > Ticks{0})
        return config.memberPeriod;
    const Ticks near
        = std::max<Ticks>(kPeriodMin, kPeriodPerMember * static_cast<qint64>(m_entries.size() + 1));
    return config.local ? near : kFarFactor * near;
}

void Membership::wake()
{
    if (m_context.now() < m_dueAt)
        return m_context.wakeBy(m_dueAt);
    const Ticks patience = kPeriodsToOffline * period();
    Ticks next = Ticks::max();
    for (auto &[id, entry] : m_entries) {
        if (!entry.member.online)
            continue;
        if (m_context.now() > entry.heardAt + patience)
            setOnline(entry, false);
        else
            next = std::min(next, entry.heardAt + patience + Ticks{1});
    }
    m_dueAt = std::clamp(next, m_context.now() + patience / 8, m_context.now() + patience);
    m_context.wakeBy(m_dueAt);
}

} // namespace borg::tree
