// SPDX-License-Identifier: GPL-3.0-or-later
#include "scores.h"

#include <algorithm>
#include <cmath>

namespace borg::tree {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kKept = 0.95; ///< Of a score, after kFade.
constexpr std::chrono::duration<double> kFade = std::chrono::seconds(10);
constexpr double kReward = 0.1;

struct Rule {
    QLatin1StringView name;
    double cost = 0;
    bool isCrime = false; ///< No honest node does it: refused at once.
};

constexpr std::array<Rule, kOffenceCount> kRules{{
    {"malformed"_L1, 100, true},
    {"oversized"_L1, 100, true},
    {"badSignature"_L1, 100, true},
    {"duplicate"_L1, 0.5},
    {"replayed"_L1, 1},
    {"futureDated"_L1, 1},
    {"expired"_L1, 0.5},
    {"wrongNetwork"_L1, 100, true},
    {"overCredit"_L1, 1},
    {"brokenPromise"_L1, 2},
    {"late"_L1, 2},
    {"idFlood"_L1, 5},
    {"pullFlood"_L1, 2},
    {"wordFlood"_L1, 2},
    {"absurd"_L1, 10},
    {"contradiction"_L1, 20},
    {"slowReader"_L1, 30},
    {"censored"_L1, 10},
    {"silent"_L1, 0}, // a computer that sleeps is honest; to be left is all that it costs
    {"forgedChunk"_L1, 100, true},
}};

const Rule &ruleOf(Offence offence)
{
    return kRules.at(static_cast<std::size_t>(offence));
}

} // namespace

QLatin1StringView name(Offence offence)
{
    return ruleOf(offence).name;
}

void Scores::add(const NodeId &peer, Offence offence, int count)
{
    note(peer, offence, count);
    const Rule &rule = ruleOf(offence);
    Entry &entry = ensure(peer);
    entry.score = scoreOf(entry) - rule.cost * count;
    entry.at = m_now;
    if (entry.score >= kCutBelow && !rule.isCrime)
        return;
    if (rule.isCrime || entry.score < kGreylistBelow)
        entry.greylistedUntil = m_now + (m_isLocal ? kGreylistForLocal : kGreylistFor);
    entry.score = std::max(entry.score, 2 * kGreylistBelow); // or a burst would cost days
    if (!std::ranges::contains(m_condemned, peer))
        m_condemned.push_back(peer);
}

void Scores::condemn(const NodeId &peer, Offence offence)
{
    add(peer, offence);
    if (!std::ranges::contains(m_condemned, peer))
        m_condemned.push_back(peer);
}

void Scores::reward(const NodeId &peer, int messages)
{
    Entry &entry = ensure(peer);
    const double score = scoreOf(entry);
    entry.score = std::max(score, std::min(kBest, score + kReward * messages));
    entry.at = m_now;
}

void Scores::note(const NodeId &peer, Offence offence, int count)
{
    m_totals.at(static_cast<std::size_t>(offence)) += count;
    auto &counts = ensure(peer).counts;
    auto known = std::ranges::find(counts, offence, &Count::offence);
    if (known == counts.end())
        known = counts.insert(counts.end(), {offence, 0});
    known->count += static_cast<quint32>(count);
}

double Scores::of(const NodeId &peer) const
{
    const auto entry = m_peers.find(peer);
    return entry == m_peers.end() ? 0 : scoreOf(entry->second);
}

bool Scores::isGreylisted(const NodeId &peer) const
{
    const auto entry = m_peers.find(peer);
    return entry != m_peers.end() && entry->second.greylistedUntil > m_now;
}

std::vector<Scores::Record> Scores::worst(std::size_t most) const
{
    std::vector<Record> records;
    for (const auto &[peer, entry] : m_peers) {
        if (!entry.counts.empty())
            records.push_back({peer, scoreOf(entry),
                std::max(entry.greylistedUntil - m_now, Ticks{0}), entry.counts});
    }
    std::ranges::stable_sort(records, {},
        [](const Record &record) { return std::pair(-record.greylistedFor, record.score); });
    records.resize(std::min(records.size(), most));
    return records;
}

double Scores::scoreOf(const Entry &entry) const
{
    const std::chrono::duration<double> passed = m_now - entry.at;
    const double score = entry.score * std::pow(kKept, passed / kFade);
    const bool hasSatItOut = entry.greylistedUntil != Ticks{0} && entry.greylistedUntil <= m_now;
    return hasSatItOut && entry.at < entry.greylistedUntil ? std::max(score, kAfterGreylist)
                                                           : score;
}

Scores::Entry &Scores::ensure(const NodeId &peer)
{
    const auto known = m_peers.find(peer);
    if (known != m_peers.end())
        return known->second;
    if (m_peers.size() >= kPeersMax)
        makeRoom();
    Entry &entry = m_peers[peer];
    entry.at = m_now;
    return entry;
}

void Scores::makeRoom()
{
    m_peers.erase(std::ranges::min_element(m_peers, {}, [this](const auto &known) {
        const Entry &entry = known.second;
        return std::tuple(std::max(entry.greylistedUntil, m_now), std::abs(entry.score), entry.at);
    }));
}

} // namespace borg::tree
