// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim_disk.h"

#include <algorithm>
#include <cstring>

namespace borg::sim {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kChunkBytes = 64LL * 1024;

Error notFound(const QString &name)
{
    return {Errc::NotFound, u"simulated: there is no %1"_s.arg(name)};
}

void readChunks(const std::map<qint64, QByteArray> &chunks, qint64 offset, std::span<char> to)
{
    for (qint64 done = 0; done < std::ssize(to);) {
        const qint64 number = (offset + done) / kChunkBytes;
        const qint64 inside = (offset + done) % kChunkBytes;
        const qint64 size = std::min(kChunkBytes - inside, std::ssize(to) - done);
        const auto found = chunks.find(number);
        char *const out = to.data() + done;
        if (found == chunks.end())
            std::memset(out, 0, static_cast<std::size_t>(size));
        else
            std::memcpy(out, found->second.constData() + inside, static_cast<std::size_t>(size));
        done += size;
    }
}

void writeChunks(std::map<qint64, QByteArray> &chunks, qint64 offset, QByteArrayView bytes)
{
    for (qint64 done = 0; done < bytes.size();) {
        const qint64 number = (offset + done) / kChunkBytes;
        const qint64 inside = (offset + done) % kChunkBytes;
        const qint64 size = std::min(kChunkBytes - inside, qint64{bytes.size()} - done);
        QByteArray &chunk = chunks[number];
        if (chunk.isEmpty())
            chunk.fill('\0', kChunkBytes);
        std::memcpy(chunk.data() + inside, bytes.data() + done, static_cast<std::size_t>(size));
        done += size;
    }
}

/// Makes everything from `sizeBytes` on read as zeros.
void cutChunks(std::map<qint64, QByteArray> &chunks, qint64 sizeBytes)
{
    const qint64 number = sizeBytes / kChunkBytes;
    const qint64 inside = sizeBytes % kChunkBytes;
    chunks.erase(chunks.lower_bound(inside == 0 ? number : number + 1), chunks.end());
    if (const auto last = chunks.find(number); last != chunks.end())
        std::memset(
            last->second.data() + inside, 0, static_cast<std::size_t>(kChunkBytes - inside));
}

} // namespace

SimDisk::Fate SimDisk::nextFate(const QString &name, qint64 offset, qint64 sizeBytes)
{
    ++m_calls;
    const auto mix = [this](quint64 value) { m_trace = (m_trace ^ value) * 0x100000001b3; };
    for (const QChar c : name)
        mix(c.unicode());
    mix(static_cast<quint64>(offset));
    mix(static_cast<quint64>(sizeBytes));
    if (m_isCut)
        return {Error{Errc::Storage, u"simulated: power is cut"_s}, false};
    if (m_calls == m_cutAt) {
        m_isCut = true;
        return {Error{Errc::Storage, u"simulated: power was cut"_s}, true};
    }
    std::optional<Errc> code;
    if (const auto failing = m_failures.extract(m_calls))
        code = failing.mapped();
    else if (m_failEvery > 0 && m_calls % m_failEvery == 0)
        code = m_failEveryCode;
    if (code)
        return {Error{*code, u"simulated: call %1 failed at %2"_s.arg(m_calls).arg(name)}, true};
    return {};
}

Result<SimDisk::FilePtr> SimDisk::find(const QString &name) const
{
    const auto found = m_files.find(name);
    if (found == m_files.end())
        return notFound(name);
    return found->second;
}

Result<SimDisk::FilePtr> SimDisk::findOrMake(const QString &name)
{
    if (auto fits = disk::checkName(name); !fits)
        return fits.error();
    const qsizetype slash = name.lastIndexOf(u'/');
    if ((slash > 0 && !m_folders.contains(name.left(slash))) || m_folders.contains(name))
        return notFound(name);
    FilePtr &file = m_files[name];
    if (!file)
        file = std::make_shared<File>();
    return file;
}

qint64 SimDisk::used() const
{
    qint64 sum = 0;
    for (const auto &[name, file] : m_files)
        sum += file->sizeNow;
    return sum;
}

Result<Done> SimDisk::resize(const FilePtr &file, qint64 sizeBytes)
{
    const qint64 free = std::max<qint64>(m_totalBytes - used(), 0);
    if (sizeBytes > file->sizeNow + free) {
        file->sizeNow += free;
        return Error{Errc::NoSpace, u"simulated: the disk is full"_s};
    }
    if (sizeBytes < file->sizeNow) {
        file->unsynced.push_back({sizeBytes, file->sizeNow - sizeBytes});
        cutChunks(file->now, sizeBytes);
    }
    file->sizeNow = sizeBytes;
    return Done{};
}

void SimDisk::put(File &file, qint64 offset, QByteArrayView bytes)
{
    writeChunks(file.now, offset, bytes);
    file.unsynced.push_back({offset, bytes.size()});
}

Result<QByteArray> SimDisk::read(const QString &name, qint64 offset, qint64 sizeBytes)
{
    QByteArray bytes(sizeBytes, Qt::Uninitialized);
    const auto count
        = readInto(name, offset, {bytes.data(), static_cast<std::size_t>(bytes.size())});
    if (!count)
        return count.error();
    bytes.truncate(*count);
    return bytes;
}

Result<qint64> SimDisk::readInto(const QString &name, qint64 offset, std::span<char> to)
{
    const std::lock_guard lock(m_mutex);
    if (const Fate fate = nextFate(name, offset, std::ssize(to)); fate.error)
        return *fate.error;
    const auto file = find(name);
    if (!file)
        return file.error();
    const qint64 count = std::clamp<qint64>((*file)->sizeNow - offset, 0, std::ssize(to));
    readChunks((*file)->now, offset, to.first(static_cast<std::size_t>(count)));
    return count;
}

Result<Done> SimDisk::writeParts(
    const QString &name, qint64 offset, std::span<const QByteArrayView> parts)
{
    const std::lock_guard lock(m_mutex);
    qint64 wanted = 0;
    for (const QByteArrayView part : parts)
        wanted += part.size();
    const Fate fate = nextFate(name, offset, wanted);
    if (fate.error && !fate.inPart)
        return *fate.error;
    const auto file = findOrMake(name);
    if (!file)
        return file.error();
    if (fate.error)
        wanted = m_rng.below(static_cast<quint32>(wanted + 1));

    // A full disk takes the part that fits.
    Result<Done> room = Done{};
    if (offset + wanted > (*file)->sizeNow)
        room = resize(*file, offset + wanted);
    qint64 left = std::clamp<qint64>((*file)->sizeNow - offset, 0, wanted);
    for (const QByteArrayView part : parts) {
        const qint64 size = std::min(left, qint64{part.size()});
        if (size > 0)
            put(**file, offset, part.first(size));
        offset += size;
        left -= size;
    }
    if (fate.error)
        return *fate.error;
    return room;
}

void SimDisk::keep(File &file, const Range &range)
{
    if (range.sizeBytes == 0)
        return;
    const qint64 last = (range.offset + range.sizeBytes - 1) / kChunkBytes;
    for (qint64 number = range.offset / kChunkBytes; number <= last; ++number) {
        if (const auto found = file.now.find(number); found != file.now.end())
            file.kept[number] = found->second;
        else
            file.kept.erase(number);
    }
}

Result<Done> SimDisk::sync(const QString &name)
{
    const std::lock_guard lock(m_mutex);
    const Fate fate = nextFate(name);
    if (fate.error && !fate.inPart)
        return *fate.error;
    const auto file = find(name);
    if (!file)
        return file.error();
    File &f = **file;
    if (fate.error) {
        if (!m_isCut) { // the kernel forgets which pages it could not write
            std::ranges::copy(f.unsynced, std::back_inserter(f.doubtful));
            f.unsynced.clear();
        }
        return *fate.error;
    }
    ++m_syncs;
    if (f.doubtful.empty()) {
        for (const Range &range : f.unsynced)
            keep(f, range);
    } else { // chunks hold doubtful bytes beside good ones
        for (const Range &range : f.unsynced) {
            QByteArray bytes(range.sizeBytes, Qt::Uninitialized);
            readChunks(f.now, range.offset, {bytes.data(), static_cast<std::size_t>(bytes.size())});
            writeChunks(f.kept, range.offset, bytes);
        }
    }
    f.unsynced.clear();
    f.sizeKept = f.sizeNow;
    f.nameKept = true;
    return Done{};
}

Result<Done> SimDisk::preallocate(const QString &name, qint64 sizeBytes)
{
    const std::lock_guard lock(m_mutex);
    const Fate fate = nextFate(name);
    if (fate.error && !fate.inPart)
        return *fate.error;
    const auto file = findOrMake(name);
    if (!file)
        return file.error();
    if (fate.error && coin())
        return *fate.error;
    Result<Done> done = Done{};
    if (sizeBytes > (*file)->sizeNow)
        done = resize(*file, sizeBytes);
    return fate.error ? *fate.error : done;
}

Result<Done> SimDisk::truncate(const QString &name, qint64 sizeBytes)
{
    const std::lock_guard lock(m_mutex);
    const Fate fate = nextFate(name);
    if (fate.error && !fate.inPart)
        return *fate.error;
    const auto file = find(name);
    if (!file)
        return file.error();
    if (fate.error && coin())
        return *fate.error;
    const auto done = resize(*file, sizeBytes);
    return fate.error ? *fate.error : done;
}

Result<Done> SimDisk::replace(const QString &from, const QString &to)
{
    const std::lock_guard lock(m_mutex);
    const Fate fate = nextFate(to);
    if (fate.error && (!fate.inPart || coin()))
        return *fate.error;
    const auto file = find(from);
    if (!file)
        return file.error();
    File &f = **file;
    for (const Range &range : f.unsynced)
        keep(f, range);
    f.unsynced.clear();
    f.sizeKept = f.sizeNow;
    f.nameKept = true;
    m_files[to] = *file;
    m_files.erase(from);
    return fate.error ? Result<Done>(*fate.error) : Done{};
}

Result<Done> SimDisk::remove(const QString &name)
{
    const std::lock_guard lock(m_mutex);
    const Fate fate = nextFate(name);
    if (fate.error && (!fate.inPart || coin()))
        return *fate.error;
    if (m_files.erase(name) == 0 && m_folders.erase(name) == 0)
        return notFound(name);
    return fate.error ? Result<Done>(*fate.error) : Done{};
}

Result<qint64> SimDisk::size(const QString &name)
{
    const std::lock_guard lock(m_mutex);
    if (const Fate fate = nextFate(name); fate.error)
        return *fate.error;
    const auto file = find(name);
    return file ? Result<qint64>((*file)->sizeNow) : file.error();
}

Result<std::vector<disk::Entry>> SimDisk::list(const QString &folder)
{
    const std::lock_guard lock(m_mutex);
    if (const Fate fate = nextFate(folder); fate.error)
        return *fate.error;
    if (!folder.isEmpty() && !m_folders.contains(folder))
        return notFound(folder);
    const QString prefix = folder.isEmpty() ? QString() : folder + u'/';
    const auto isChild = [&prefix](const QString &name) {
        return name.startsWith(prefix) && !QStringView(name).sliced(prefix.size()).contains(u'/');
    };
    std::vector<disk::Entry> entries;
    for (const auto &[name, file] : m_files) {
        if (isChild(name))
            entries.push_back({name.mid(prefix.size()), file->sizeNow, false});
    }
    for (const QString &name : m_folders) {
        if (isChild(name))
            entries.push_back({name.mid(prefix.size()), 0, true});
    }
    std::ranges::sort(entries, {}, &disk::Entry::name);
    return entries;
}

Result<Done> SimDisk::makeFolder(const QString &name)
{
    const std::lock_guard lock(m_mutex);
    const Fate fate = nextFate(name);
    if (fate.error && (!fate.inPart || coin()))
        return *fate.error;
    if (auto fits = disk::checkName(name); !fits)
        return fits;
    if (m_files.contains(name))
        return Error{Errc::Storage, u"simulated: %1 is a file"_s.arg(name)};
    for (qsizetype end = name.indexOf(u'/'); end > 0; end = name.indexOf(u'/', end + 1))
        m_folders.insert(name.left(end));
    m_folders.insert(name);
    return fate.error ? Result<Done>(*fate.error) : Done{};
}

Result<disk::Space> SimDisk::space()
{
    const std::lock_guard lock(m_mutex);
    if (const Fate fate = nextFate({}); fate.error)
        return *fate.error;
    return disk::Space{std::max<qint64>(m_totalBytes - used(), 0), m_totalBytes};
}

void SimDisk::keepSectors(File &file, const Range &range)
{
    const quint32 permille = m_rng.below(1001);
    qint64 at = range.offset;
    const qint64 end = range.offset + range.sizeBytes;
    while (at < end) {
        const qint64 next = std::min((at / kSectorBytes + 1) * kSectorBytes, end);
        if (m_rng.below(1000) < permille) {
            char sector[kSectorBytes];
            const std::span<char> bytes(&sector[0], static_cast<std::size_t>(next - at));
            readChunks(file.now, at, bytes);
            writeChunks(file.kept, at, QByteArrayView(bytes.data(), std::ssize(bytes)));
        }
        at = next;
    }
}

/// What a power cut keeps of one file's unsynced bytes.
void SimDisk::keepSome(File &file)
{
    enum { Nothing, All, Prefix, Sectors, Kinds };
    const quint32 kind = m_rng.below(Kinds);
    std::vector<Range> ranges = file.doubtful;
    std::ranges::copy(file.unsynced, std::back_inserter(ranges));
    const bool keepsSize = kind == All || (kind != Nothing && coin());
    if (kind == Prefix)
        ranges.resize(m_rng.below(static_cast<quint32>(ranges.size()) + 1));
    for (std::size_t i = 0; i < ranges.size() && kind != Nothing; ++i) {
        const bool isTorn = kind == Sectors || (kind == Prefix && i + 1 == ranges.size());
        if (isTorn)
            keepSectors(file, ranges[i]);
        else if (file.doubtful.empty())
            keep(file, ranges[i]);
        else
            keepSectors(file, ranges[i]);
    }
    if (keepsSize)
        file.sizeKept = file.sizeNow;
    cutChunks(file.kept, file.sizeKept);
}

void SimDisk::lose(File &file)
{
    if (!file.unsynced.empty() || !file.doubtful.empty() || file.sizeNow != file.sizeKept)
        keepSome(file);
    file.now = file.kept;
    file.sizeNow = file.sizeKept;
    file.unsynced.clear();
    file.doubtful.clear();
    file.nameKept = true;
}

void SimDisk::crash()
{
    const std::lock_guard lock(m_mutex);
    for (auto at = m_files.begin(); at != m_files.end();) {
        if (!at->second->nameKept && coin()) {
            at = m_files.erase(at);
            continue;
        }
        lose(*at->second);
        ++at;
    }
    m_isCut = false;
    m_cutAt = 0;
    m_failures.clear();
}

qint64 SimDisk::callCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_calls;
}

void SimDisk::cutPowerAtCall(qint64 call)
{
    const std::lock_guard lock(m_mutex);
    m_cutAt = call;
}

void SimDisk::failCall(qint64 call, Errc code)
{
    const std::lock_guard lock(m_mutex);
    m_failures.insert_or_assign(call, code);
}

void SimDisk::failEvery(qint64 period, Errc code)
{
    const std::lock_guard lock(m_mutex);
    m_failEvery = period;
    m_failEveryCode = code;
}

void SimDisk::setTotalBytes(qint64 totalBytes)
{
    const std::lock_guard lock(m_mutex);
    m_totalBytes = totalBytes;
}

void SimDisk::flipBit(const QString &name, qint64 offset, int bit)
{
    const std::lock_guard lock(m_mutex);
    const FilePtr file = m_files.at(name);
    BORG_ASSERT(offset < file->sizeNow);
    char byte = 0;
    readChunks(file->now, offset, {&byte, 1});
    byte = static_cast<char>(byte ^ (1 << bit));
    writeChunks(file->now, offset, QByteArrayView(&byte, 1));
    readChunks(file->kept, offset, {&byte, 1});
    byte = static_cast<char>(byte ^ (1 << bit));
    writeChunks(file->kept, offset, QByteArrayView(&byte, 1));
}

bool SimDisk::isPowerCut() const
{
    const std::lock_guard lock(m_mutex);
    return m_isCut;
}

qint64 SimDisk::usedBytes() const
{
    const std::lock_guard lock(m_mutex);
    return used();
}

qint64 SimDisk::syncCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_syncs;
}

quint64 SimDisk::traceHash() const
{
    const std::lock_guard lock(m_mutex);
    return m_trace;
}

} // namespace borg::sim
