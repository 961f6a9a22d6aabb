// SPDX-License-Identifier: GPL-3.0-or-later
#include "walks.h"

#include "place.h"

namespace borg::tree {

void Walks::begin()
{
    const quint64 high = m_context.rng.bits();
    const quint64 low = m_context.rng.bits();
    m_number = static_cast<qint64>((high << 32 | (low & 0xffff'ffff)) & 0xf'ffff'ffff'ffff) | 1;
    m_open = 0;
}

void Walks::ask(Link &via)
{
    ++m_open;
    m_links.say(via, Walk{m_number, kWalkSteps, {}, {}});
}

bool Walks::hear(Link &from, const Walk &word, const std::vector<Contact> &own)
{
    if (word.steps == 0 || word.steps > kWalkSteps || word.back.size() % kPathItemBytes != 0
        || word.back.size() / kPathItemBytes + word.steps > kWalkSteps)
        return false;
    if (!m_passed)
        m_passed.emplace(kPassedPerSecond, kPassedBurst, m_context.now());
    if (!from.wordsIn.take(1, m_context.now())) {
        m_context.scores.add(from.peer.id, Offence::WordFlood);
        return true;
    }
    if (!from.isGreeted || !m_passed->take(1, m_context.now()))
        return true;
    Walk on = word;
    std::size_t added = 0;
    for (const auto &contact : own) {
        if (std::ssize(on.found) < kWalkFoundMax && added < kPerStep
            && !std::ranges::contains(on.found, contact.id, &Contact::id)) {
            on.found.push_back(contact);
            ++added;
        }
    }
    Link *const link = word.steps > 1 ? next(from, word) : nullptr;
    if (!link || std::ssize(on.found) >= kWalkFoundMax) {
        m_links.say(from, Walked{word.number, word.back, std::move(on.found)});
        return true;
    }
    --on.steps;
    on.back.append(shortId(from.peer.id));
    m_links.say(*link, on);
    return true;
}

bool Walks::hear(Link &from, const Walked &word, bool &isOurs)
{
    if (word.back.size() % kPathItemBytes != 0)
        return false;
    if (word.back.isEmpty()) {
        isOurs = m_number != 0 && word.number == m_number && m_open > 0;
        m_open -= isOurs ? 1 : 0;
        return true; // else it comes too late
    }
    if (!from.wordsIn.take(1, m_context.now()) || !m_passed)
        return true;
    const QByteArrayView back(word.back);
    if (Link *const link = findShort(back.last(kPathItemBytes)))
        m_links.say(
            *link, Walked{word.number, back.chopped(kPathItemBytes).toByteArray(), word.found});
    return true;
}

Link *Walks::next(const Link &from, const Walk &word)
{
    std::vector<Link *> fitting;
    for (auto &[id, link] : m_links.all()) {
        const QByteArrayView name = shortId(id);
        bool wasThere = &link == &from || !link.isGreeted || !link.isUsed();
        for (qsizetype at = 0; at < word.back.size(); at += kPathItemBytes)
            wasThere |= QByteArrayView(word.back).sliced(at, kPathItemBytes) == name;
        if (!wasThere)
            fitting.push_back(&link);
    }
    if (fitting.empty())
        return nullptr;
    return fitting[m_context.rng.below(static_cast<quint32>(fitting.size()))];
}

Link *Walks::findShort(QByteArrayView name)
{
    NodeId least;
    std::ranges::copy(name, least.bytes.begin());
    const auto found = m_links.all().lower_bound(least);
    return found != m_links.all().end() && shortId(found->first) == name ? &found->second : nullptr;
}

} // namespace borg::tree
