// SPDX-License-Identifier: GPL-3.0-or-later
#include "clocks.h"

#include <QtEndian>

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kNumberBytes = 8;
constexpr qsizetype kAskBytes = 2 * kNumberBytes;
constexpr qsizetype kSayBytes = kAskBytes + 3 * kNumberBytes;

void append(QByteArray &bytes, qint64 number)
{
    char raw[kNumberBytes];
    qToBigEndian(number, raw);
    bytes.append(raw, kNumberBytes);
}

qint64 numberAt(QByteArrayView bytes, qsizetype index)
{
    return qFromBigEndian<qint64>(bytes.data() + index * kNumberBytes);
}

} // namespace

quint64 groupOf(const QString &host)
{
    QStringView shown = host;
    if (shown.startsWith("::ffff:"_L1, Qt::CaseInsensitive))
        shown = shown.sliced(7);
    const bool isV6 = shown.contains(u':');
    const bool isV4
        = !isV6 && !shown.isEmpty() && shown.front().isDigit() && shown.count(u'.') == 3;
    if (isV4 || isV6) {
        const QChar dot = isV6 ? u':' : u'.';
        const qsizetype first = shown.indexOf(dot);
        const qsizetype second = first < 0 ? -1 : shown.indexOf(dot, first + 1);
        shown = second < 0 ? shown : shown.first(second);
    }
    quint64 hash = 0xcbf29ce484222325; // FNV-1a
    for (const QChar letter : shown)
        hash = (hash ^ letter.toLower().unicode()) * 0x100000001b3;
    return hash;
}

void Clocks::linkUp(Link &link)
{
    link.clock.group = groupOf(link.peer.endpoint.host);
    if (m_context.config.timePeers == 0)
        return;
    // Most links are up for seconds only; those that stay are asked when they are used.
    if (m_asked < kAtOnce || m_dialled == link.peer.id)
        return ask(link);
    link.clock.nextAt = m_context.now() + kSettle;
    m_context.wakeAtLeisure(link.clock.nextAt);
}

void Clocks::doubt(Link &link)
{
    if (m_context.config.timePeers > 0 && !link.clock.askedAt)
        ask(link);
}

void Clocks::ask(Link &link)
{
    auto &clock = link.clock;
    m_asked = std::min(m_asked + 1, kAtOnce);
    clock.askedAt = m_context.now();
    const int left = std::exchange(clock.burstLeft, std::max(clock.burstLeft - 1, 0));
    const Ticks every = left > 1    ? kBurstEvery
        : link.isTree() || left > 0 ? kTreeEvery
                                    : kLazyEvery;
    clock.nextAt = m_context.now() + every;
    left > 1 ? m_context.wakeBy(clock.nextAt) : m_context.wakeAtLeisure(clock.nextAt);
    QByteArray body;
    append(body, m_context.now().count());
    append(body, m_context.now().count()); // corrected when it goes out
    m_links.sayStamped(link, TimeAsk{}, std::move(body));
}

bool Clocks::hear(Link &from, const TimeAsk &, QByteArrayView body)
{
    if (body.size() != kAskBytes)
        return false;
    if (!from.clock.asksIn.take(1, m_context.now())) {
        m_context.scores.add(from.peer.id, Offence::WordFlood);
        return true;
    }
    const Moment &moment = m_context.moment;
    const auto served = m_served.value_or(time::Served{0, moment.boundUs});
    QByteArray answer = body.toByteArray();
    append(answer, moment.utcUs);
    append(answer, moment.now.count());
    append(answer, moment.now.count()); // corrected when it goes out
    const auto upS = static_cast<quint32>(moment.now.count() / 1'000'000);
    m_links.sayStamped(from, TimeSay{served.skewUs, served.boundUs, upS}, std::move(answer));
    return true;
}

bool Clocks::hear(Link &from, const TimeSay &word, QByteArrayView body)
{
    if (body.size() != kSayBytes || word.boundUs < 0)
        return false;
    const Ticks askedAt{numberAt(body, 0)};
    const Ticks sentAt{numberAt(body, 1)};
    const qint64 heardThereUs = numberAt(body, 2);
    const qint64 heldUs = numberAt(body, 4) - numberAt(body, 3);
    const bool isAnswer = from.clock.askedAt && *from.clock.askedAt == askedAt
        && m_context.now() <= askedAt + kAnswerWithin;
    if (!isAnswer || sentAt < askedAt || sentAt > m_context.now() || heldUs < 0
        || heldUs > Ticks(kAnswerWithin).count())
        return true; // late, or said twice
    from.clock.askedAt.reset();
    constexpr qint64 kMost = qint64{1} << 52; // dates of the next century: no sum overflows
    if (std::abs(word.skewUs) > kMost || heardThereUs < 0 || heardThereUs > kMost) {
        m_context.scores.add(from.peer.id, Offence::Absurd);
        return true;
    }
    time::Sample sample;
    sample.source = from.peer.id;
    sample.group = from.clock.group;
    sample.sentAt = sentAt;
    sample.heardAt = m_context.now();
    sample.heardThereUs = heardThereUs + word.skewUs;
    sample.saidThereUs = sample.heardThereUs + heldUs;
    sample.boundUs = word.boundUs;
    sample.upS = word.upS;
    m_context.act(TimeSampled{sample});
    return true;
}

void Clocks::wake()
{
    if (m_context.config.timePeers == 0)
        return;
    const Ticks now = m_context.now();
    for (auto &[id, link] : m_links.all()) {
        auto &clock = link.clock;
        if (link.isTree() && !std::exchange(clock.wasTree, link.isTree())) {
            clock.burstLeft = kBurst;
            clock.nextAt = now;
        }
        clock.wasTree = link.isTree();
        if (now >= clock.nextAt && link.isGreeted && link.isUsed())
            ask(link);
        if (clock.nextAt > now && clock.burstLeft > 0)
            m_context.wakeBy(clock.nextAt);
        else if (clock.nextAt > now)
            m_context.wakeAtLeisure(clock.nextAt);
    }
    if (now >= m_peerAt) {
        const Ticks every = kPeersIn / static_cast<qint64>(m_context.config.timePeers);
        m_peerAt = now + every / 2 + m_context.spread(every);
        askSomebody();
    }
    m_context.wakeAtLeisure(m_peerAt);
}

void Clocks::askSomebody()
{
    const auto picked = m_members.sample(1, [](const Member &member) { return member.online; });
    for (const net::Peer &peer : picked) {
        Link *link = m_links.find(peer.id);
        if (link && m_context.now() >= link->upAt + kTreeEvery / 4) {
            if (!link->clock.askedAt || m_context.now() > *link->clock.askedAt + kAnswerWithin)
                ask(*link);
        } else if (!link && m_links.all().size() < kLinksMax
            && !m_context.scores.isRefused(peer.id)) {
            m_dialled = peer.id;
            m_context.act(Dial{peer}); // it is asked when the link is up
        }
    }
}

} // namespace borg::tree
