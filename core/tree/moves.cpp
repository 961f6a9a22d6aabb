// SPDX-License-Identifier: GPL-3.0-or-later
#include "moves.h"

#include "place.h"

#include <bit>

namespace borg::tree {

void Moves::parentTaken(Cause cause)
{
    m_holdUntil = m_context.now() + (cause == Cause::Forced ? kHoldDownForced : kHoldDown);
    m_better.clear();
    m_measureAt = Ticks::max();
    lookOften();
    // Whoever took what was at hand looks around soon; the others some time later.
    m_roundAt = m_holdUntil + m_context.spread(cause == Cause::Forced ? kEvery / 4 : kEvery);
    m_context.wakeBy(m_roundAt);
    m_liftAt = Ticks::max();
    liftSoon();
}

void Moves::lookOften()
{
    m_every = kEvery;
    m_rounds = 0;
}

void Moves::carriedAlong()
{
    lookOften();
    const Ticks soon = std::max(m_context.now(), m_holdUntil) + kEvery + m_context.spread(kEvery);
    if (m_roundAt != Ticks::max())
        m_roundAt = std::min(m_roundAt, soon);
    liftSoon();
}

void Moves::liftSoon()
{
    m_liftTries = 0;
    m_liftAt = std::min(m_liftAt, m_context.now() + kLiftAfter + m_context.spread(kLiftAfter));
    m_context.wakeBy(m_liftAt);
}

Link *Moves::wake(const std::function<bool(const Link &)> &mayBe)
{
    if (!m_standing.isAttached()) {
        m_roundAt = m_measureAt = Ticks::max();
        return nullptr;
    }
    const Ticks now = m_context.now();
    if (now >= m_roundAt) {
        m_roundAt = now + m_every * 4 / 5 + m_context.spread(m_every * 2 / 5);
        if (++m_rounds > kRounds)
            m_every = std::min(2 * m_every, kEveryMax);
        m_better.clear();
        m_measurements = 0;
        m_measureAt = now + kMeasureEvery;
        probe();
    }
    Link *better = nullptr;
    if (now >= m_measureAt) {
        better = measure(mayBe);
        m_measureAt = ++m_measurements < kMeasurements ? now + kMeasureEvery : Ticks::max();
    }
    m_context.wakeAtLeisure(m_roundAt);
    if (m_measureAt != Ticks::max())
        m_context.wakeBy(m_measureAt);
    return better;
}

Link *Moves::lift(const std::function<bool(const Link &)> &mayBe)
{
    const Ticks now = m_context.now();
    if (now < m_liftAt) {
        m_context.wakeAtLeisure(m_liftAt);
        return nullptr;
    }
    const Link *const parent = m_links.parent();
    if (!m_standing.isAttached() || !parent) {
        m_liftAt = Ticks::max(); // the next parent begins anew
        return nullptr;
    }
    m_liftAt = now + kEvery / 2 + m_context.spread(kEvery);
    m_context.wakeAtLeisure(m_liftAt);
    // A level more than log4 of the nodes: so deep are places for all, also with some left free.
    const auto nodes = static_cast<quint64>(m_members.estimate());
    const quint32 enough = static_cast<quint32>(std::bit_width(nodes) + 1) / 2 + 1;
    const quint32 depth = depthOf(m_standing.place);
    if (depth <= enough)
        return nullptr;
    const Ticks most = wayOf(parent->place, parent->rtt.value_or(Ticks{0})) + kGainMin;
    Link *best = nullptr;
    for (auto &[id, link] : m_links.all()) {
        const bool isHigher = depthOf(link.place) + 1 + kLiftLevels <= depth;
        if (!link.isGreeted || !isHigher || !isTrusted(link) || !mayBe(link)
            || wayOf(link.place, link.rtt.value_or(Ticks{0})) > most)
            continue;
        if (!best || depthOf(link.place) < depthOf(best->place))
            best = &link;
    }
    if (m_liftTries++ < kLiftTries) { // whoever looked free may be full by now
        if (!best)
            dialSome(kLiftDials); // most nodes are higher: meet some
        m_liftAt = now + kLiftAfter + m_context.spread(kLiftAfter);
        m_context.wakeBy(m_liftAt);
    }
    return best;
}

void Moves::dialSome(std::size_t count)
{
    const auto isNew = [this](const Member &member) {
        return member.online && !m_links.find(member.id) && !m_book.isDialling(member.id);
    };
    for (const auto &peer : m_members.sample(count, isNew, Membership::Draw::Anybody))
        m_book.dialAside(peer);
}

void Moves::probe()
{
    dialSome(kProbes);
    for (auto &[id, link] : m_links.all()) {
        if (link.isGreeted && !link.isChild)
            m_links.say(link, Probe{m_context.now().count()});
    }
}

Link *Moves::measure(const std::function<bool(const Link &)> &mayBe)
{
    const Link *const parent = m_links.parent();
    if (!parent || !parent->rtt)
        return nullptr;
    const Ticks way = std::max(wayOf(parent->place, *parent->rtt),
        Ticks{m_standing.place.latRootUs} + Ticks{2'000} * depthOf(parent->place));
    Link *best = nullptr;
    Ticks least = Ticks::max();
    std::map<NodeId, int> better;
    for (auto &[id, link] : m_links.all()) {
        if (link.isParent || !link.isGreeted || link.isChild || !isTrusted(link))
            continue;
        // The last measurement, not the best one: each of the three has to be better.
        const bool isFresh = link.rttAt && m_context.now() < *link.rttAt + 2 * kMeasureEvery;
        const Ticks other = wayOf(link.place, link.lastRtt);
        if (isFresh && isFarBetter(other, way) && freeOf(link.place) > 0 && mayBe(link)) {
            const int times = m_better[id] + 1;
            better[id] = times;
            if (times >= kMeasurements && other < least) {
                best = &link;
                least = other;
            }
        }
    }
    if (m_measurements + 1 < kMeasurements) {
        for (const auto &[id, times] : better) // who was not better this time is out of the round
            m_links.say(*m_links.find(id), Probe{m_context.now().count()});
    }
    m_better = std::move(better);
    if (m_better.empty())
        m_measurements = kMeasurements; // nobody to measure again
    else
        lookOften();
    return m_context.now() >= m_holdUntil ? best : nullptr;
}

} // namespace borg::tree
