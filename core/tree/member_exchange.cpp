// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership.h"

#include <QtEndian>

/// The part of Membership that talks to neighbours, and learns from them how large the network is.
namespace borg::tree {

namespace {
constexpr qsizetype kListItemBytes = 40;
constexpr qsizetype kRecordHeadBytes = 5;
constexpr qsizetype kRecordBytesMax = 4096; ///< Far more than a record needs.
constexpr qsizetype kRecordsPerFrame = 64; ///< So many signatures are checked in one go.
constexpr qint64 kAheadMaxUs = 60'000'000; ///< Of a record, beside what our own clock may be off.
constexpr std::size_t kWitnessesMax = 16;
constexpr int kSmallPeriods = 3;
} // namespace

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
    for (const Entry &entry : m_entries)
        add(entry.facts->id, entry.facts->seq);
    add(m_context.self, m_own ? m_own->seq : 0);
    m_links.say(link, MemberList{isAnswer, m_isQuiet ? std::optional(true) : std::nullopt},
        std::move(body));
}

bool Membership::list(Link &from, const MemberList &word, QByteArrayView body)
{
    if (body.size() % kListItemBytes != 0
        || body.size() > static_cast<qsizetype>(kMembersMax + 1) * kListItemBytes)
        return false;
    if (!from.wordsIn.take(1, m_context.now())) {
        m_context.scores.add(from.peer.id, Offence::WordFlood);
        return true;
    }
    Known theirs;
    for (; !body.isEmpty(); body = body.sliced(kListItemBytes)) {
        NodeId id;
        std::copy_n(body.begin(), id.bytes.size(), id.bytes.begin());
        theirs[id] = qFromBigEndian<quint64>(body.data() + id.bytes.size());
    }
    const bool isQuietThere = word.quiet.value_or(false);
    heardOfSize(from, isQuietThere);
    // 500 KB at most for a few bytes: not again and again.
    const bool isEverything = !m_isQuiet && !isQuietThere && from.listsOut.take(1, m_context.now());
    say(from, theirs, isEverything);
    if (!word.answer)
        sayList(from, true);
    decide();
    return true;
}

std::vector<const Membership::Entry *> Membership::chosenFor(
    const NodeId &id, const Known &known) const
{
    std::vector<std::pair<quint64, const Entry *>> order;
    for (const Entry &entry : m_entries) {
        const auto has = known.find(entry.facts->id);
        const bool isNews = has == known.end() || has->second < entry.facts->seq;
        if (isNews && entry.isOnline != 0 && entry.isAway == 0 && !entry.facts->head.isEmpty()
            && entry.facts->id != id)
            order.emplace_back(distanceOf(id, entry.facts->id), &entry);
    }
    std::ranges::sort(order);
    std::vector<const Entry *> chosen;
    for (std::size_t at = 0; at < order.size(); ++at) {
        if (chosen.size() == kNearestSaid + kOthersSaid)
            break;
        std::size_t pick = at;
        if (chosen.size() >= kNearestSaid) // any of the rest
            pick = at + m_context.rng.below(static_cast<quint32>(order.size() - at));
        std::swap(order[at], order[pick]);
        chosen.push_back(order[at].second);
    }
    return chosen;
}

void Membership::say(Link &to, const Known &known, bool isEverything)
{
    QByteArray records;
    qsizetype count = 0;
    const auto add = [&](const MemberFacts &facts, bool isOnline) {
        const auto has = known.find(facts.id);
        if (facts.head.isEmpty() || (has != known.end() && has->second >= facts.seq))
            return;
        char size[4];
        qToBigEndian(static_cast<quint32>(facts.head.size()), size);
        records.append(isOnline ? '\1' : '\0').append(size, sizeof size);
        records.append(facts.head);
        if (++count % kRecordsPerFrame == 0)
            m_links.say(to, MemberRecords{}, std::exchange(records, {}));
    };
    if (isEverything) {
        for (const Entry &entry : m_entries)
            add(*entry.facts, entry.isOnline != 0);
    } else {
        for (const Entry *entry : chosenFor(to.peer.id, known))
            add(*entry->facts, true);
        // A node whose clock was set back learns its own number from what it signed.
        if (const auto itself = lookUp(to.peer.id); itself != m_entries.end())
            add(*itself->facts, true);
    }
    if (m_own)
        add(*m_own, true);
    if (!records.isEmpty())
        m_links.say(to, MemberRecords{}, records);
}

bool Membership::records(Link &from, QByteArrayView body)
{
    QByteArray news;
    for (qsizetype count = 0; !body.isEmpty(); ++count) {
        if (count == kRecordsPerFrame || body.size() < kRecordHeadBytes)
            return false;
        const bool isOnline = body.front() != '\0';
        const auto size = qsizetype{qFromBigEndian<quint32>(body.data() + 1)};
        if (size > kRecordBytesMax || body.size() - kRecordHeadBytes < size)
            return false;
        const auto record = body.sliced(kRecordHeadBytes, size);
        const Heard heard = passedOn(from, isOnline, record.toByteArray());
        if (heard == Heard::Wrong)
            return false;
        if (heard == Heard::News)
            news.append(body.first(kRecordHeadBytes + size));
        body = body.sliced(kRecordHeadBytes + size);
    }
    // Those below us were not there either when it was broadcast.
    for (auto &[id, link] : m_links.all()) {
        if (!news.isEmpty() && !m_isQuiet && link.isChild && &link != &from)
            m_links.say(link, MemberRecords{}, news);
    }
    decide();
    return true;
}

std::optional<Ticks> Membership::ageOf(qint64 tsUs) const
{
    const qint64 ageUs = m_context.utcUs() - tsUs;
    const qint64 patienceUs = (kPeriodsToOffline * quietPeriod()).count();
    if (ageUs < -kAheadMaxUs - m_context.moment.boundUs || ageUs > patienceUs)
        return std::nullopt;
    return Ticks{std::max<qint64>(ageUs, 0)};
}

Membership::Heard Membership::passedOn(Link &from, bool isOnline, const QByteArray &bytes)
{
    const auto head = net::readHead(bytes);
    if (!head || !head->items.empty() || head->path)
        return Heard::Wrong;
    const auto view = net::readMessage(head->message);
    const NodeId src = m_context.crypto.idOf(head->key);
    if (!view || view->src != src.text().toLatin1()
        || view->network != m_context.config.network.toUtf8()
        || view->type != QByteArrayView(MemberRecord::kName.data(), MemberRecord::kName.size()))
        return Heard::Wrong;
    const bool isOwn = src == m_context.self;
    if (isOwn && m_own && m_own->seq >= view->seq)
        return Heard::Known;
    // Nobody broadcasts these: how old one is, only its date tells.
    const std::optional<Ticks> age
        = m_isQuiet || isLooking() ? ageOf(view->tsUs) : std::optional(Ticks{0});
    const auto known = lookUp(src);
    const bool isKnown = known != m_entries.end();
    if ((isKnown && known->facts->seq >= view->seq) || (!age && !isOwn)
        || (m_isQuiet && !isKnown && !isOwn && !m_view.wants(src)))
        return Heard::Known; // old news need no check
    if (!from.recordsIn.take(1, m_context.now())) {
        m_context.scores.add(from.peer.id, Offence::WordFlood);
        return Heard::Known;
    }
    if (!net::verifyMessage(m_context.crypto, head->key, head->message, head->signature))
        return Heard::Wrong;
    if (isOwn) {
        m_ownSeqSeen = std::max(m_ownSeqSeen, view->seq);
        return Heard::Known;
    }
    const auto facts = read(src, view->seq, head->message.toByteArray(), *head);
    const auto real = facts && facts->isQuiet ? ageOf(facts->tsUs) : age;
    // Offline: whoever told us had not heard of it for long.
    return facts && real && take(facts, *real, isOnline) ? Heard::News : Heard::Known;
}

void Membership::heardOfSize(const Link &witness, bool isQuiet)
{
    // Anybody can dial us many times; whom we chose are few, and mostly honest.
    const bool isChosen = witness.direction == net::Direction::Outbound || witness.isParent;
    if (m_isQuiet || !isChosen)
        return;
    if (isQuiet && !isLooking() && !m_isAnnounced && m_context.now() >= m_deafUntil) {
        m_lookUntil = m_context.now() + kLookFor;
        m_deafUntil = m_lookUntil + kDeafFor;
        m_dueAt = std::min(m_dueAt, m_lookUntil);
        m_context.wakeBy(m_lookUntil);
    }
    if (!isLooking())
        return;
    const auto known
        = std::ranges::find(m_witnesses, witness.peer.id, &std::pair<NodeId, bool>::first);
    if (known != m_witnesses.end())
        known->second = isQuiet;
    else if (m_witnesses.size() < kWitnessesMax)
        m_witnesses.emplace_back(witness.peer.id, isQuiet);
}

bool Membership::isInTouch() const
{
    return std::ranges::any_of(m_links.all(), [this](const auto &entry) {
        return entry.second.isGreeted && m_context.now() <= entry.second.heardAt + kTouch;
    });
}

bool Membership::isMostlyQuiet() const
{
    const auto quiet = std::ranges::count_if(
        m_entries, [](const Entry &e) { return e.isOnline != 0 && e.facts->isQuiet; });
    return 2 * quiet > onlineCount();
}

void Membership::endLook()
{
    m_lookUntil = Ticks{0};
    m_witnesses = {};
    for (Entry &entry : m_entries)
        entry.isAway = 0;
}

void Membership::decide()
{
    const auto most = static_cast<qint64>(m_context.config.fullViewMax);
    if (m_isQuiet) {
        if (m_context.now() >= m_dueAt && isInTouch())
            m_smallFor = 2 * density() < most ? m_smallFor + 1 : 0;
        if (m_smallFor >= kSmallPeriods)
            setQuiet(false);
        return;
    }
    // Also one that missed some when all the others went quiet, and said so, signed.
    if (onlineCount() + 1 > most || (2 * onlineCount() > most && isMostlyQuiet()))
        return setQuiet(true);
    // With fewer the estimate is a guess, and of many guesses one is wrong.
    if (!isLooking() || m_entries.size() < PartialView::kCell)
        return;
    const qint64 nodes = density();
    const auto agreeing
        = std::ranges::count_if(m_witnesses, [](const auto &witness) { return witness.second; });
    const bool isCommonWord = std::cmp_greater_equal(m_witnesses.size(), kWitnessesMin)
        && 3 * agreeing > 2 * std::ssize(m_witnesses);
    if (2 * nodes > 3 * most || (isCommonWord && 2 * nodes > most))
        setQuiet(true);
}

void Membership::setQuiet(bool isQuiet)
{
    m_isQuiet = isQuiet;
    m_smallFor = 0;
    m_lookUntil = Ticks{0};
    m_witnesses = {};
    m_context.isStatusChanged = true;
    if (isQuiet)
        prune();
    m_entries.shrink_to_fit();
}

} // namespace borg::tree
