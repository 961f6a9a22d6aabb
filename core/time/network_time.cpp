// SPDX-License-Identifier: GPL-3.0-or-later
#include "network_time.h"

#include <algorithm>
#include <functional>
#include <map>

namespace borg::time {

namespace {

constexpr qint64 kDateUsMax = qint64{1}
    << 52; ///< In 2112. Sums of two dates stay far from overflow.
constexpr qint64 kBoundUsMax = qint64{1} << 51;

std::size_t twoThirdsOf(std::size_t count)
{
    return (2 * count + 2) / 3;
}

qint64 clampTo(const Interval &interval, qint64 us)
{
    return std::clamp(us, interval.fromUs, interval.toUs);
}

/// @return how far `us` is from the farther end.
qint64 reachOf(const Interval &interval, qint64 us)
{
    return std::max(std::abs(us - interval.fromUs), std::abs(interval.toUs - us));
}

std::vector<Interval> overlapping(std::span<const Interval> all, const Interval &with)
{
    std::vector<Interval> found;
    std::ranges::copy_if(
        all, std::back_inserter(found), [&](const auto &one) { return one.overlaps(with); });
    return found;
}

qint64 driftUs(Ticks span)
{
    return span.count() / 1000 * NetworkTime::kDriftPpm / 1000;
}

} // namespace

NetworkTime::NetworkTime(Rules rules, Ticks now, const OsTime &os)
    : m_rules(rules)
    , m_startedAt(now)
    , m_os(os)
    , m_osOffsetUs(os.utcUs - now.count())
    , m_fromAt(now)
    , m_fromUs(m_osOffsetUs)
    , m_targetUs(m_osOffsetUs)
    , m_boundUs(os.boundUs)
    , m_boundAt(now)
{
}

void NetworkTime::add(const Sample &sample)
{
    const auto isDate = [](qint64 us) { return us >= 0 && us < kDateUsMax; };
    if (!isDate(sample.heardThereUs) || !isDate(sample.saidThereUs) || sample.boundUs < 0
        || sample.boundUs > kBoundUsMax || sample.saidThereUs < sample.heardThereUs
        || sample.heardAt < sample.sentAt)
        return;
    const qint64 heldUs = sample.saidThereUs - sample.heardThereUs;
    const qint64 rttUs = (sample.heardAt - sample.sentAt).count() - heldUs;
    // A held time a little longer than the whole exchange: the two axes run at different speeds.
    if (rttUs < -1000 || rttUs > kRttUsMax)
        return;

    Source source{sample.source, sample.group, sample.heardAt, 0, 0, sample.upS, false, {}};
    source.offsetUs = (sample.heardThereUs + sample.saidThereUs) / 2
        - (sample.sentAt.count() + sample.heardAt.count()) / 2;
    source.halfUs = std::max<qint64>(rttUs, 0) / 2 + std::max(sample.boundUs, kOsBoundMinUs);
    const auto known = std::ranges::find(m_sources, sample.source, &Source::id);
    if (known != m_sources.end()) {
        const bool isBurst = sample.heardAt < known->at + kBurstFor;
        if (isBurst && known->halfUs <= source.halfUs)
            return;
        source.lyingSince = known->lyingSince;
        m_sources.erase(known);
    }
    if (m_sources.size() == kSourcesMax)
        m_sources.erase(m_sources.begin());
    m_sources.push_back(source);
}

void NetworkTime::evaluate(Ticks now, const OsTime &os)
{
    readOs(now, os);
    std::erase_if(m_sources, [&](const Source &source) { return now > source.at + kSampleFor; });
    const Opinions opinions = gather(now);
    m_sourceCount = opinions.intervals.size();
    m_peerCount = opinions.peers;
    m_agreeing = 0;
    if (!evaluateQuorum(now, opinions))
        evaluateAlone(now, opinions);
}

void NetworkTime::readOs(Ticks now, const OsTime &os)
{
    if (const qint64 sleptUs = os.sleptUs - m_os.sleptUs; sleptUs != 0) {
        // Our axis stood still meanwhile; what was measured along it is worth nothing.
        m_fromUs += sleptUs;
        m_targetUs += sleptUs;
        m_osOffsetUs += sleptUs;
        m_sources.clear();
    }
    const qint64 osOffsetUs = os.utcUs - now.count();
    if (std::abs(osOffsetUs - m_osOffsetUs) > kJumpUs) {
        // A time service that sets the clock for the first time does what everybody waits for.
        const bool isFirstSet
            = os.isSynchronised && !m_os.isSynchronised && m_state == State::Local;
        m_hasOsJumped = !isFirstSet;
        if (isFirstSet) {
            m_isOsOverruled = false;
            step(now, osOffsetUs);
        }
    } else if (std::abs(osOffsetUs - offsetUs(now)) < kJumpUs) {
        m_hasOsJumped = false; // it came back
    }
    m_osOffsetUs = osOffsetUs;
    m_os = os;
}

NetworkTime::Opinions NetworkTime::gather(Ticks now) const
{
    Opinions opinions;
    std::map<quint64, std::size_t> perGroup;
    for (const Source &source : m_sources) {
        if (++perGroup[source.group] <= m_rules.perGroupMax)
            opinions.intervals.push_back(ageing(source, now));
    }
    opinions.groups = perGroup.size();
    // Wide intervals hold every time, also that of the liars: who knows nothing has no vote, as
    // long as enough others know something.
    const auto isNarrow = [](const Interval &one) { return one.halfUs() <= kNarrowUs; };
    const bool isOwnNarrow = isNarrow(osInterval());
    const auto narrow = std::ranges::count_if(opinions.intervals, isNarrow) + (isOwnNarrow ? 1 : 0);
    const bool isNarrowOnly = narrow >= static_cast<qptrdiff>(m_rules.sourcesMin);
    if (isNarrowOnly)
        std::erase_if(opinions.intervals, std::not_fn(isNarrow));
    opinions.peers = opinions.intervals.size();
    opinions.voters = opinions.peers + (isNarrowOnly && !isOwnNarrow ? 0 : 1);
    if (opinions.voters > opinions.peers && !m_hasOsJumped && !m_isOsOverruled)
        opinions.intervals.push_back(osInterval());
    return opinions;
}

bool NetworkTime::mayFollow(Ticks now, const Region &region, qint64 middleUs, std::size_t voters)
{
    if (!m_candidateAt || std::abs(middleUs - m_candidateUs) > kFarUs)
        m_candidateAt = now;
    m_candidateUs = middleUs;
    const bool isConfirmed
        = voters >= m_rules.sourcesToConfirm || now >= *m_candidateAt + m_rules.confirmAfter;
    if (isOsCredible() && !osInterval().overlaps(region.interval)) {
        // Ours agreed before and did not jump: then it is the network that moved.
        if (m_isSettled || !isConfirmed)
            return false;
        m_isOsOverruled = true;
        return true;
    }
    if (isOsCredible() || isConfirmed)
        return true;
    return m_isSettled && std::abs(middleUs - offsetUs(now)) <= kFarUs + m_boundUs;
}

bool NetworkTime::evaluateQuorum(Ticks now, const Opinions &opinions)
{
    const auto &all = opinions.intervals;
    if (opinions.voters < m_rules.sourcesMin || opinions.groups < m_rules.groupsMin)
        return false;
    const auto region = agreed(all, twoThirdsOf(opinions.voters));
    if (!region)
        return false;
    const auto accepted = overlapping(all, region->interval);
    qint64 middleUs = clampTo(region->interval, weightedMedianUs(accepted));
    if (!mayFollow(now, *region, middleUs, opinions.voters))
        return false;
    if (osInterval().overlaps(region->interval)) {
        m_hasOsJumped = false;
        m_isOsOverruled = false;
    }
    Interval sure = region->interval;
    if (isOsCredible()) {
        const Interval own = osInterval();
        sure = {std::max(sure.fromUs, own.fromUs), std::min(sure.toUs, own.toUs)};
        middleUs = clampTo(sure, middleUs);
    }
    if (std::exchange(m_isSettled, true))
        slew(now, middleUs);
    else
        step(now, middleUs);
    m_state = State::Synced;
    m_agreedAt = now;
    setBound(now, reachOf(sure, middleUs));

    findLiars(now, region->interval);

    m_agreeing = accepted.size();
    m_peersMiddleUs = middleUs;
    std::vector<qint64> away;
    std::ranges::transform(accepted, std::back_inserter(away),
        [&](const Interval &one) { return std::abs(one.middleUs() - middleUs); });
    std::ranges::nth_element(away, away.begin() + static_cast<qptrdiff>(away.size() / 2));
    m_spreadUs = away[away.size() / 2];
    return true;
}

void NetworkTime::evaluateAlone(Ticks now, const Opinions &opinions)
{
    const std::span peers(opinions.intervals.data(), opinions.peers);
    const auto others = agreed(peers, std::max<std::size_t>(twoThirdsOf(peers.size()), 1));
    if (others) {
        const auto middle = overlapping(peers, others->interval);
        m_peersMiddleUs = clampTo(others->interval, weightedMedianUs(middle));
        m_agreeing = others->count;
    }
    if (m_state != State::Local) {
        m_state = State::Holdover;
        if (isOsCredible()) {
            slew(now, clampTo(osInterval(), m_targetUs));
            if (now > m_agreedAt + kHoldoverFor)
                m_state = State::Local; // nobody is there any more
        }
        return;
    }
    if (others && mayGuess(now, *others, opinions)) {
        m_isGuessed = true;
        m_isOsOverruled = true;
        step(now, m_peersMiddleUs);
    }
    if (m_hasOsJumped && others && std::abs(m_osOffsetUs - m_peersMiddleUs) < kFarUs) {
        m_hasOsJumped = false; // it jumped to where the others are
        step(now, m_osOffsetUs);
    }
    qint64 boundUs = m_boundUs + driftUs(now - m_boundAt);
    if (!m_hasOsJumped && !m_isOsOverruled) {
        slew(now, m_osOffsetUs);
        boundUs = m_os.boundUs;
    } else if (m_isGuessed && others) {
        if (std::abs(m_peersMiddleUs - m_targetUs) > kFarUs)
            step(now, m_peersMiddleUs); // those asked since say otherwise, and it is still a guess
        slew(now, m_peersMiddleUs);
        // A guess: what our own clock does not know, the few others cannot vouch for either.
        boundUs = std::max(reachOf(others->interval, m_peersMiddleUs), m_os.boundUs);
    }
    // The others are too few to decide; that they differ makes everything less sure.
    if (others)
        boundUs = std::max(boundUs, std::abs(m_peersMiddleUs - m_targetUs));
    setBound(now, std::min(boundUs, kBoundUsMax));
}

bool NetworkTime::mayGuess(Ticks now, const Region &others, const Opinions &opinions) const
{
    const bool isStart = !m_isSettled && !m_isGuessed && now < m_startedAt + kGuessUntil;
    if (!isStart || m_hasOsJumped || std::abs(m_peersMiddleUs - m_osOffsetUs) < kFarUs)
        return false;
    if (m_os.isSynchronised) {
        return now >= m_startedAt + kGuessAfter && others.count >= kGuessersMin
            && others.count == opinions.peers && !others.interval.overlaps(osInterval());
    }
    if (others.count >= 2)
        return true;
    // One clock against one, and nothing keeps ours: the newcomer gives way.
    const Source &other = m_sources.front();
    const auto upS = static_cast<quint32>((now - m_startedAt).count() / 1'000'000);
    if (other.halfUs < m_os.boundUs / 2)
        return true; // something keeps the other's
    if (other.upS > upS + kOlderS || upS > other.upS + kOlderS)
        return other.upS > upS;
    return other.id < m_rules.self;
}

void NetworkTime::findLiars(Ticks now, const Interval &accepted)
{
    const Interval near{accepted.fromUs - kFarUs, accepted.toUs + kFarUs};
    for (Source &source : m_sources) {
        if (std::exchange(source.isJudged, true))
            continue;
        if (ageing(source, now).overlaps(near) || source.halfUs > kNarrowUs) {
            source.lyingSince.reset();
            continue;
        }
        source.lyingSince = source.lyingSince.value_or(now);
        if (now >= *source.lyingSince + kPatience && m_liars.size() < kSourcesMax)
            m_liars.push_back(source.id);
    }
}

Interval NetworkTime::ageing(const Source &source, Ticks now) const
{
    const qint64 halfUs = source.halfUs + driftUs(now - source.at);
    return {source.offsetUs - halfUs, source.offsetUs + halfUs};
}

Interval NetworkTime::osInterval() const
{
    return {m_osOffsetUs - m_os.boundUs, m_osOffsetUs + m_os.boundUs};
}

bool NetworkTime::isOsCredible() const
{
    return m_os.isSynchronised && !m_hasOsJumped && !m_isOsOverruled;
}

qint64 NetworkTime::offsetUs(Ticks now) const
{
    const qint64 mostUs = (now - m_fromAt).count() / 1000 * kSlewPpm / 1000;
    return m_fromUs + std::clamp(m_targetUs - m_fromUs, -mostUs, mostUs);
}

void NetworkTime::step(Ticks now, qint64 toUs)
{
    m_fromAt = now;
    m_fromUs = toUs;
    m_targetUs = toUs;
}

void NetworkTime::slew(Ticks now, qint64 toUs)
{
    m_fromUs = offsetUs(now);
    m_fromAt = now;
    m_targetUs = toUs;
}

void NetworkTime::setBound(Ticks now, qint64 boundUs)
{
    m_boundUs = boundUs;
    m_boundAt = now;
}

NetTime NetworkTime::netNow(Ticks now) const
{
    const qint64 offset = offsetUs(now);
    const qint64 boundUs = m_boundUs + driftUs(now - m_boundAt) + std::abs(m_targetUs - offset);
    return {now.count() + offset, boundUs, m_state};
}

Served NetworkTime::served(Ticks now) const
{
    if (isOsCredible())
        return {m_osOffsetUs - offsetUs(now), m_os.boundUs};
    return {0, std::max(netNow(now).boundUs, kOsBoundMinUs)};
}

Status NetworkTime::status(Ticks now) const
{
    Status status;
    status.time = netNow(now);
    status.sources = m_sourceCount;
    status.agreeing = m_agreeing;
    const qint64 offset = offsetUs(now);
    status.osOffsetUs = m_osOffsetUs - offset;
    status.osBoundUs = m_os.boundUs;
    status.osSynchronised = m_os.isSynchronised;
    status.peersOffsetUs = m_agreeing > 0 && m_peerCount > 0 ? m_peersMiddleUs - offset : 0;
    status.spreadUs = m_spreadUs;
    if (std::abs(status.osOffsetUs) > kFarUs)
        status.warning = Warning::OsOff;
    else if (m_state != State::Synced && std::abs(status.peersOffsetUs) > kFarUs)
        status.warning = Warning::PeersDisagree;
    else if (!m_os.isSynchronised)
        status.warning = Warning::Unsynchronised;
    return status;
}

} // namespace borg::time
