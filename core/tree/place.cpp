// SPDX-License-Identifier: GPL-3.0-or-later
#include "place.h"

#include <QtEndian>

#include <bit>

namespace borg::tree {

QByteArrayView shortId(const NodeId &id)
{
    return QByteArrayView(id.bytes).first(kPathItemBytes);
}

bool passes(const Place &place, const NodeId &node)
{
    const auto wanted = shortId(node);
    for (qsizetype at = 0; at + kPathItemBytes <= place.path.size(); at += kPathItemBytes) {
        if (QByteArrayView(place.path).sliced(at, kPathItemBytes) == wanted)
            return true;
    }
    return false;
}

quint32 depthOf(const Place &place)
{
    return static_cast<quint32>(std::max<qsizetype>(place.path.size() / kPathItemBytes, 1) - 1);
}

quint32 sharedNodes(const Place &a, const Place &b)
{
    const auto [first, second] = std::ranges::mismatch(a.path, b.path);
    return static_cast<quint32>((first - a.path.begin()) / kPathItemBytes);
}

quint32 freeOf(const Place &place)
{
    return place.capacity - std::min(place.children, place.capacity);
}

Claim judge(const Place &place, const NodeId &sender, qint64 epochMax)
{
    const QByteArrayView path(place.path);
    if (path.isEmpty() || path.size() % kPathItemBytes != 0 || path.size() > kPathBytesMax
        || !path.startsWith(shortId(place.root)) || !path.endsWith(shortId(sender)))
        return Claim::Absurd;
    for (qsizetype at = 0; at < path.size(); at += kPathItemBytes) {
        for (qsizetype other = at + kPathItemBytes; other < path.size(); other += kPathItemBytes) {
            if (path.sliced(at, kPathItemBytes) == path.sliced(other, kPathItemBytes))
                return Claim::Absurd;
        }
    }
    const bool isRoot = path.size() == kPathItemBytes;
    if (place.capacity > kCapacityMax || place.children > kCapacityMax || place.rank > kRankMax
        || place.latRootUs > kLatencyUsMax || (isRoot && place.latRootUs != 0) || place.epoch < 0)
        return Claim::Absurd;
    return place.epoch > epochMax ? Claim::Future : Claim::Fine;
}

qint64 epochMaxAt(qint64 utcUs, qint64 boundUs)
{
    constexpr qint64 kSecond = 1'000'000;
    const qint64 slack = boundUs > 0 ? boundUs : kClocksApartS * kSecond;
    return (utcUs + std::min(slack, kBoundMaxS * kSecond)) / kSecond + kEpochAheadS;
}

bool isSameTree(const Place &a, const Place &b)
{
    return a.epoch == b.epoch && a.rank == b.rank && a.root == b.root;
}

bool isBetterTree(const crypto::Crypto &crypto, const Place &a, const Place &b)
{
    if (a.epoch != b.epoch)
        return a.epoch > b.epoch;
    if (a.rank != b.rank)
        return a.rank > b.rank;
    if (a.root == b.root)
        return false;
    const auto lot = [&](const NodeId &root) {
        std::array<quint8, 40> bytes{};
        qToBigEndian(a.epoch, bytes.data());
        std::ranges::copy(root.bytes, bytes.begin() + 8);
        return crypto.hash(QByteArrayView(bytes));
    };
    return lot(a.root) < lot(b.root);
}

quint64 tagOf(const Place &place)
{
    quint64 tag = 0xcbf29ce484222325; // FNV-1a
    const auto mix = [&tag](quint64 value) { tag = (tag ^ value) * 0x100000001b3; };
    std::ranges::for_each(place.path, [&](char byte) { mix(static_cast<quint8>(byte)); });
    std::ranges::for_each(place.root.bytes, mix);
    mix(static_cast<quint64>(place.epoch));
    mix(place.rank);
    mix(place.children);
    mix(place.capacity);
    return tag;
}

Place placeOfRoot(const NodeId &self, qint64 epoch, quint32 rank, quint32 capacity)
{
    return {epoch, rank, self, shortId(self).toByteArray(), 0, 0, capacity};
}

Place placeUnder(const Place &parent, Ticks rtt, const NodeId &self)
{
    Place place = parent;
    place.path.append(shortId(self));
    place.latRootUs = static_cast<quint32>(
        std::min<qint64>(parent.latRootUs + std::max<qint64>(rtt.count(), 0) / 2, kLatencyUsMax));
    return place;
}

Ticks wayOf(const Place &place, Ticks rtt)
{
    return Ticks{place.latRootUs} + rtt / 2 + Ticks{2'000} * depthOf(place);
}

bool isFarBetter(Ticks way, Ticks than)
{
    return 100 * way < (100 - kGainPercent) * than && way + kGainMin < than;
}

Ticks costOf(const Place &place, Ticks rtt)
{
    // The first half of the places costs nothing, or a tree on a fast network becomes a chain:
    // there a level costs less than any load.
    const quint32 half = place.capacity / 2;
    const quint32 busy = place.children - std::min(place.children, half);
    const Ticks load{50'000 * qint64{busy} / std::max<qint64>(place.capacity - half, 1)};
    const Ticks full{freeOf(place) == 0 ? 100'000 : 0}; // it would only send us on
    return wayOf(place, rtt) + load + full;
}

quint32 capacityFor(qint64 bitsPerSecond)
{
    constexpr qint64 kMbit = 1'000'000;
    return bitsPerSecond < 5 * kMbit  ? 0
        : bitsPerSecond < 50 * kMbit  ? 4
        : bitsPerSecond < 300 * kMbit ? 8
                                      : 24;
}

quint32 rankOf(std::size_t index, std::size_t heirs)
{
    return index < heirs ? kRankMax - static_cast<quint32>(std::min<std::size_t>(index, kRankMax))
                         : 0;
}

} // namespace borg::tree
