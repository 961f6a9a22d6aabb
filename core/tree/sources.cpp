// SPDX-License-Identifier: GPL-3.0-or-later
#include "sources.h"

#include <QtEndian>

#include <algorithm>
#include <limits>

namespace borg::tree {

namespace {
constexpr std::size_t kRangesPerSource = 8;
constexpr qsizetype kRangeBytes = 16;
} // namespace

Source *Sources::find(const crypto::PublicKey &key)
{
    const auto known = m_sources.find(key);
    return known == m_sources.end() ? wake(key) : &known->second;
}

Source *Sources::wake(const crypto::PublicKey &key)
{
    const auto dozing = std::ranges::lower_bound(m_dozing, key, {}, &Dozing::key);
    if (dozing == m_dozing.end() || dozing->key != key || dozing->isAwake)
        return nullptr;
    dozing->isAwake = true;
    ++m_woken;
    Source &source = m_sources.emplace(key, stranger(key)).first->second;
    source.window = SeqWindow::of(dozing->range);
    source.seenAt = std::chrono::seconds(dozing->seenAtS);
    source.pulledInRow = dozing->pulledInRow;
    return &source;
}

Source Sources::stranger(const crypto::PublicKey &key) const
{
    const auto &credit = m_context.config.credit;
    const NodeId id = m_context.crypto.idOf(key);
    return {key, id, id.text().toLatin1(), {},
        TokenBucket(credit.messagesPerSecond, credit.messagesBurst, m_context.now()),
        TokenBucket(credit.bytesPerSecond, credit.bytesBurst, m_context.now()), m_context.now()};
}

Source &Sources::ensure(const crypto::PublicKey &key)
{
    if (Source *known = find(key))
        return *known;
    if (count() >= kSourcesMax)
        forgetOne();
    return m_sources.emplace(key, stranger(key)).first->second;
}

void Sources::forgetOne()
{
    // Who dozes is silent for longer than anybody else.
    const auto seenAtS = [](const Dozing &dozing) {
        return dozing.isAwake ? std::numeric_limits<quint32>::max() : dozing.seenAtS;
    };
    const auto oldest = std::ranges::min_element(m_dozing, {}, seenAtS);
    if (oldest != m_dozing.end() && !oldest->isAwake) {
        m_dozing.erase(oldest);
        return;
    }
    m_sources.erase(std::ranges::min_element(m_sources, {}, [this](const auto &entry) {
        return entry.second.id == m_context.self ? Ticks::max() : entry.second.seenAt;
    }));
}

bool Sources::takeCredit(Source &source, std::size_t messages, qsizetype bytes, double slack)
{
    const Ticks now = m_context.now();
    const double count = static_cast<double>(messages) / slack;
    const double volume = static_cast<double>(bytes) / slack;
    if (!source.messages.has(count, now) || !source.bytes.take(volume, now))
        return false;
    return source.messages.take(count, now);
}

bool Sources::mayDoze(Source &source) const
{
    const auto &credit = m_context.config.credit;
    const std::size_t ranges = source.window.ranges().size();
    const bool isSilent = m_context.now() > source.seenAt + (ranges == 1 ? kRestAfter : kDozeAfter);
    return isSilent && ranges > 0 && source.id != m_context.self
        && source.messages.has(credit.messagesBurst, m_context.now())
        && source.bytes.has(credit.bytesBurst, m_context.now());
}

Sources::Dozing Sources::dozing(const Source &source)
{
    const auto &ranges = source.window.ranges();
    Dozing made{.key = source.key,
        .range = {ranges.size() == 1 ? ranges.front().first : 0, ranges.back().last},
        .seenAtS
        = static_cast<quint32>(std::chrono::ceil<std::chrono::seconds>(source.seenAt).count()),
        .pulledInRow = static_cast<qint16>(source.pulledInRow)};
    std::ranges::copy(shortId(source.id), made.name.begin());
    return made;
}

void Sources::sweep()
{
    const Ticks now = m_context.now();
    m_woken = 0;
    std::erase_if(m_dozing, [now](const Dozing &dozing) {
        return dozing.isAwake || now > std::chrono::seconds(dozing.seenAtS) + kForgetAfter;
    });
    const auto before = std::ssize(m_dozing);
    for (auto at = m_sources.begin(); at != m_sources.end();) {
        Source &source = at->second;
        const bool isOver = now > source.seenAt + kForgetAfter;
        const bool isDozing = !isOver && mayDoze(source);
        if (isDozing)
            m_dozing.push_back(dozing(source));
        at = isOver || isDozing ? m_sources.erase(at) : std::next(at);
    }
    std::ranges::inplace_merge(m_dozing, m_dozing.begin() + before, {}, &Dozing::key);
    if (m_dozing.capacity() > 2 * m_dozing.size())
        m_dozing.shrink_to_fit();
}

bool Sources::addTo(
    QByteArray &digest, QByteArrayView name, std::span<const SeqWindow::Range> ranges)
{
    const std::size_t count = std::min(ranges.size(), kRangesPerSource);
    const auto size = kPathItemBytes + 1 + static_cast<qsizetype>(count) * kRangeBytes;
    if (digest.size() + size > kDigestBytesMax)
        return false; // what is left out comes once more than needed
    const auto start = digest.size();
    digest.resize(start + size);
    char *out = std::ranges::copy(name, digest.data() + start).out;
    *out++ = static_cast<char>(count);
    for (const auto &range : ranges.last(count)) {
        qToBigEndian(range.first, out);
        qToBigEndian(range.last, out + 8);
        out += kRangeBytes;
    }
    return true;
}

QByteArray Sources::digest(Ticks span) const
{
    QByteArray bytes;
    const Ticks since = m_context.now() - span;
    for (const auto &[key, source] : m_sources) {
        const auto &all = source.window.ranges();
        if (!all.empty() && source.seenAt >= since && !addTo(bytes, shortId(source.id), all))
            return bytes;
    }
    for (const Dozing &dozing : m_dozing) {
        if (!dozing.isAwake && std::chrono::seconds(dozing.seenAtS) >= since
            && !addTo(bytes, QByteArrayView(dozing.name), {&dozing.range, 1}))
            return bytes;
    }
    return bytes;
}

Result<Digest> Digest::read(QByteArrayView bytes)
{
    const Error malformed{Errc::Malformed, QStringLiteral("not a digest")};
    Digest digest;
    if (bytes.size() > Sources::kDigestBytesMax)
        return malformed;
    while (!bytes.isEmpty()) {
        if (bytes.size() < kPathItemBytes + 1)
            return malformed;
        const auto count = static_cast<quint8>(bytes[kPathItemBytes]);
        const auto source = qFromBigEndian<quint64>(bytes.data());
        bytes = bytes.sliced(kPathItemBytes + 1);
        if (count > kRangesPerSource || bytes.size() < count * kRangeBytes)
            return malformed;
        for (quint8 i = 0; i < count; ++i, bytes = bytes.sliced(kRangeBytes)) {
            digest.m_items.push_back({source,
                {qFromBigEndian<quint64>(bytes.data()),
                    qFromBigEndian<quint64>(bytes.data() + 8)}});
        }
    }
    std::ranges::sort(digest.m_items, {}, &Item::source);
    return digest;
}

bool Digest::contains(const NodeId &source, quint64 seq) const
{
    const auto name = qFromBigEndian<quint64>(source.bytes.data());
    return std::ranges::any_of(std::ranges::equal_range(m_items, name, {}, &Item::source),
        [seq](const Item &item) { return item.range.first <= seq && seq <= item.range.last; });
}

} // namespace borg::tree
