// SPDX-License-Identifier: GPL-3.0-or-later
#include "publisher.h"

#include "merge_patch.h"
#include "rpc.h"

namespace borg::control {

using namespace Qt::Literals::StringLiterals;

QString keyOf(Part part)
{
    switch (part) {
    case Part::Status:
        return u"status"_s;
    case Part::Tree:
        return u"tree"_s;
    case Part::Storage:
        return u"storage"_s;
    case Part::Peers:
        return u"peers"_s;
    case Part::Files:
        return u"files"_s;
    case Part::Jobs:
        return u"jobs"_s;
    case Part::Time:
        return u"time"_s;
    case Part::Reach:
        return u"reach"_s;
    }
    Q_UNREACHABLE();
}

Publisher::Publisher(Clock &clock, Encode encode, Send send)
    : m_clock(clock)
    , m_encode(std::move(encode))
    , m_send(std::move(send))
{
}

Publisher::~Publisher()
{
    m_clock.cancel(m_timer);
}

void Publisher::touch(Parts parts)
{
    if (!m_listening)
        return;
    m_dirty |= parts;
    if (m_timer != Clock::TimerId::None)
        return;
    // The first change after a quiet time goes out at once, so that a click shows at once.
    const Ticks wait = std::max(Ticks{0}, m_nextAt - m_clock.now());
    m_timer = m_clock.after(wait, [this] {
        m_timer = Clock::TimerId::None;
        flush();
    });
}

void Publisher::setListening(bool listening)
{
    if (m_listening == listening)
        return;
    m_listening = listening;
    if (!listening) {
        m_clock.cancel(std::exchange(m_timer, Clock::TimerId::None));
        m_dirty = {};
        m_published = {};
    }
}

QJsonObject Publisher::snapshot()
{
    if (m_listening) {
        m_clock.cancel(std::exchange(m_timer, Clock::TimerId::None));
        flush();
    } else {
        m_published = encodeAll();
    }
    return {{u"seq"_s, m_seq}, {u"snapshot"_s, m_published}};
}

void Publisher::flush()
{
    const Ticks begun = m_clock.now();
    QJsonObject patch;
    for (const Part part : kParts) {
        if (!m_dirty.testFlag(part))
            continue;
        const QString key = keyOf(part);
        QJsonObject now = m_encode(part);
        if (auto changes = mergeDiff(m_published.value(key).toObject(), now); !changes.isEmpty()) {
            patch.insert(key, changes);
            m_published.insert(key, std::move(now));
        }
    }
    m_dirty = {};
    if (!patch.isEmpty())
        m_send(rpc::notification(u"patch"_s, {{u"seq"_s, ++m_seq}, {u"patch"_s, patch}}));
    const Ticks ended = m_clock.now();
    m_nextAt = ended + std::max(kEvery, kRest * (ended - begun));
}

QJsonObject Publisher::encodeAll() const
{
    QJsonObject all;
    for (const Part part : kParts)
        all.insert(keyOf(part), m_encode(part));
    return all;
}

} // namespace borg::control
