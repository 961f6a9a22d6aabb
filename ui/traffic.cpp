// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic.h"

namespace borg::ui {

void Traffic::look(Ticks now, const Snapshot &snapshot)
{
    if (m_hasLooked && now - m_lastAt < kEvery)
        return;
    // A link that comes back counts from zero; what it counted before stays in the sum.
    const auto since
        = [](qint64 before, qint64 count) { return count >= before ? count - before : count; };
    qint64 in = 0;
    qint64 out = 0;
    std::map<QString, Looks> peers;
    std::map<QString, std::pair<qint64, qint64>> counters;
    for (const auto &[id, peer] : snapshot.peers) {
        counters[id] = {peer.bytesIn, peer.bytesOut};
        if (peer.bytesIn + peer.bytesOut == 0)
            continue;
        Looks looks = std::move(m_peers[id]);
        const auto before = m_counters.find(id);
        const bool isKnown = before != m_counters.end();
        const qint64 moreIn = isKnown ? since(before->second.first, peer.bytesIn) : 0;
        const qint64 moreOut = isKnown ? since(before->second.second, peer.bytesOut) : 0;
        const Look last = looks.empty() ? Look{} : looks.back();
        add(looks, now, last.in + moreIn, last.out + moreOut);
        in += moreIn;
        out += moreOut;
        peers.emplace(id, std::move(looks));
    }
    m_peers = std::move(peers);
    m_counters = std::move(counters);
    const Look last = m_total.empty() ? Look{} : m_total.back();
    add(m_total, now, last.in + in, last.out + out);
    if (m_hasLooked) {
        const double seconds = std::chrono::duration<double>(now - m_lastAt).count();
        m_history.push_back(
            {static_cast<double>(in) / seconds, static_cast<double>(out) / seconds});
        if (m_history.size() > kHistoryMax)
            m_history.pop_front();
    }
    m_hasLooked = true;
    m_lastAt = now;
}

Traffic::Rate Traffic::of(const QString &id) const
{
    const auto found = m_peers.find(id);
    return found == m_peers.end() ? Rate{} : rateOf(found->second);
}

Traffic::Rate Traffic::total() const
{
    return rateOf(m_total);
}

void Traffic::add(Looks &looks, Ticks now, qint64 in, qint64 out)
{
    looks.push_back({now, in, out});
    if (looks.size() > kWindow)
        looks.pop_front();
}

Traffic::Rate Traffic::rateOf(const Looks &looks)
{
    if (looks.size() < 2)
        return {};
    const Look &first = looks.front();
    const Look &last = looks.back();
    const double seconds = std::chrono::duration<double>(last.at - first.at).count();
    return {static_cast<double>(last.in - first.in) / seconds,
        static_cast<double>(last.out - first.out) / seconds};
}

} // namespace borg::ui
