// SPDX-License-Identifier: GPL-3.0-or-later
#include "spool.h"

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kBlockBytesMax = 128LL << 20;

QString folderOf(const ShardId &tag)
{
    return "spool/"_L1 + tag.text();
}

QString nameOf(const ShardId &tag, quint32 segment)
{
    return folderOf(tag) + u"/%1"_s.arg(segment, 8, 16, QChar(u'0'));
}

} // namespace

Result<Done> Spool::save(const ShardId &tag, quint32 segment, const std::vector<QByteArray> &shards)
{
    if (auto made = m_disk.makeFolder(folderOf(tag)); !made)
        return made.error();
    const QString name = nameOf(tag, segment);
    const QString fresh = name + ".new"_L1;
    const std::vector<QByteArrayView> parts(shards.begin(), shards.end());
    if (auto written = m_disk.writeParts(fresh, 0, parts); !written) {
        (void)m_disk.remove(fresh);
        return written.error();
    }
    return m_disk.replace(fresh, name);
}

Result<std::vector<QByteArray>> Spool::load(const ShardId &tag, quint32 segment, int n)
{
    const auto bytes = m_disk.readFile(nameOf(tag, segment), kBlockBytesMax);
    if (!bytes)
        return bytes.error();
    if (bytes->isEmpty() || bytes->size() % n != 0)
        return Error{Errc::Storage, u"a block of the spool is damaged"_s};
    std::vector<QByteArray> shards;
    for (qsizetype size = bytes->size() / n, i = 0; i < n; ++i)
        shards.push_back(bytes->sliced(i * size, size));
    return shards;
}

Result<std::vector<quint32>> Spool::segments(const ShardId &tag)
{
    const auto entries = m_disk.list(folderOf(tag));
    if (!entries && entries.error().code == Errc::NotFound)
        return std::vector<quint32>{};
    if (!entries)
        return entries.error();
    std::vector<quint32> segments;
    for (const disk::Entry &entry : *entries) {
        bool isNumber = false;
        const quint32 segment = entry.name.toUInt(&isNumber, 16);
        if (isNumber && entry.name.size() == 8)
            segments.push_back(segment);
    }
    return segments;
}

Result<Done> Spool::remove(const ShardId &tag, quint32 segment)
{
    auto removed = m_disk.remove(nameOf(tag, segment));
    if (!removed && removed.error().code == Errc::NotFound)
        return Done{};
    return removed;
}

Result<Done> Spool::removeAll(const ShardId &tag)
{
    const auto entries = m_disk.list(folderOf(tag));
    if (!entries)
        return entries.error().code == Errc::NotFound ? Result<Done>(Done{}) : entries.error();
    for (const disk::Entry &entry : *entries) {
        if (auto removed = m_disk.remove(folderOf(tag) + u'/' + entry.name); !removed)
            return removed;
    }
    return m_disk.remove(folderOf(tag));
}

} // namespace borg::store
