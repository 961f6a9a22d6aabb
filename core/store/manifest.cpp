// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest.h"

#include "manifest_layout.h"

#include <crypto/aead.h>
#include <crypto/kdf.h>

#include <algorithm>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace layout {

namespace {

QByteArrayView viewOf(const FileId &file)
{
    return QByteArrayView(file.bytes);
}

crypto::SecretKey sealKey(const crypto::SecretKey &key, const FileId &file, QByteArrayView salt)
{
    return crypto::deriveKey(key, viewOf(file), QByteArray("borg private v1").append(salt));
}

} // namespace

qint64 entriesOf(const Code &code, qint64 segments, int level)
{
    qint64 entries = segments;
    for (int below = 0; below < level; ++below)
        entries = (entries + fanOf(code, below) - 1) / fanOf(code, below);
    return entries;
}

QByteArray pageHead(const FileId &file, int level, quint32 index)
{
    ByteWriter head;
    head.raw(QByteArrayView(kPageMagic, 4));
    head.number(kVersion);
    head.number(static_cast<quint8>(level));
    head.zeros(2);
    head.raw(viewOf(file));
    head.number(index);
    BORG_ASSERT(head.size() == kPageHeadBytes);
    return head.bytes();
}

QByteArray sealPrivate(const crypto::SecretKey &key, const FileId &file, QByteArrayView associated,
    QByteArrayView plain)
{
    // The salt covers content and place, so a key never seals two things, and nothing has to be
    // drawn: the same file makes the same manifest.
    ByteWriter saltInfo;
    saltInfo.raw("borg private salt v1");
    saltInfo.raw(QByteArrayView(crypto::sha256(associated)));
    saltInfo.raw(QByteArrayView(crypto::sha256(plain)));
    const auto salt = crypto::deriveKey(key, viewOf(file), saltInfo.bytes());

    crypto::AesGcm gcm(sealKey(key, file, salt.view()));
    QByteArray sealed(kSealBytes + plain.size(), Qt::Uninitialized);
    std::ranges::copy(salt.view(), sealed.begin());
    gcm.seal({}, associated, plain,
        std::span(sealed.data(), std::size_t(sealed.size())).subspan(kSaltBytes));
    return sealed;
}

Result<QByteArray> openPrivate(const crypto::SecretKey &key, const FileId &file,
    QByteArrayView associated, QByteArrayView sealed)
{
    BORG_ASSERT(sealed.size() >= kSealBytes);
    crypto::AesGcm gcm(sealKey(key, file, sealed.first(kSaltBytes)));
    QByteArray plain(sealed.size() - kSealBytes, Qt::Uninitialized);
    const auto opened = gcm.open({}, associated, sealed.sliced(kSaltBytes),
        std::span(plain.data(), static_cast<std::size_t>(plain.size())));
    if (!opened)
        return Error{Errc::Unauthorized, u"the key does not open this manifest"_s};
    return plain;
}

} // namespace layout

using namespace layout;

namespace {

std::vector<ShardId> shardsAt(QByteArrayView entries, int slot, const Code &code, HashCode hashCode)
{
    ByteReader reader(entries.sliced(slot * entryBytes(code), entryBytes(code)));
    std::vector<ShardId> shards;
    for (int i = 0; i < code.n; ++i)
        shards.push_back(shardIdFromRoot(reader.array<32>(), hashCode));
    return shards;
}

std::vector<crypto::Hash> hashesFrom(ByteReader &reader, qint64 count)
{
    std::vector<crypto::Hash> hashes;
    hashes.reserve(static_cast<std::size_t>(count));
    for (qint64 i = 0; i < count; ++i)
        hashes.push_back(reader.array<32>());
    return hashes;
}

Error malformed(const QString &what)
{
    return Error{Errc::Malformed, u"manifest: "_s + what};
}

} // namespace

crypto::Hash segmentLeaf(std::span<const ShardId> shards, HashCode code)
{
    ByteWriter leaf;
    for (const ShardId &shard : shards)
        leaf.raw(QByteArrayView(rootOf(shard)));
    return crypto::hashLeaf(static_cast<crypto::HashKind>(code), leaf.bytes());
}

Result<Manifest> Manifest::parse(const QByteArray &rootPage)
{
    if (rootPage.size() > kRootPageBytesMax)
        return Error{Errc::TooLarge, u"a root page of %1 bytes"_s.arg(rootPage.size())};
    ByteReader reader(rootPage);
    if (reader.raw(4) != QByteArrayView(kRootMagic, 4))
        return malformed(u"not a root page"_s);
    if (const auto version = reader.number<quint8>(); version != kVersion)
        return malformed(u"version %1 is not known here"_s.arg(version));
    Manifest manifest;
    manifest.m_bytes = rootPage;
    manifest.m_hashCode = static_cast<HashCode>(reader.number<quint8>());
    const auto cipher = reader.number<quint8>();
    const auto depth = reader.number<quint8>();
    manifest.m_code.k = reader.number<quint8>();
    manifest.m_code.n = reader.number<quint8>();
    const auto zeros = reader.number<quint16>();
    manifest.m_file.bytes = reader.array<16>();
    const auto fileBytes = reader.number<quint64>();
    manifest.m_rootHash = reader.array<32>();
    if (reader.failed())
        return malformed(u"cut short"_s);
    if (!hasHashCode(manifest.m_hashCode))
        return malformed(u"hash code %1 is not in this build"_s.arg(int(manifest.m_hashCode)));
    const Code code = manifest.m_code;
    if (cipher != kCipherAes256Gcm || zeros != 0 || code.k < 1 || code.k > kDataShardsMax
        || code.n < code.k || code.n > kShardsMax)
        return malformed(u"unknown cipher or impossible code"_s);

    manifest.m_inline = depth == kInlineDepth;
    const qint64 segmentBytes = segmentPlainBytes(code.k);
    const auto bytesMax = manifest.m_inline ? kInlineBytesMax : kSegmentsMax * segmentBytes;
    if (fileBytes > static_cast<quint64>(bytesMax) || (!manifest.m_inline && fileBytes == 0))
        return malformed(u"an impossible file size"_s);
    manifest.m_fileBytes = static_cast<qint64>(fileBytes);
    qint64 entries = 0;
    if (!manifest.m_inline) {
        if (depth > kDepthMax)
            return malformed(u"too many levels of pages"_s);
        manifest.m_depth = depth;
        manifest.m_segmentCount = (manifest.m_fileBytes + segmentBytes - 1) / segmentBytes;
        entries = entriesOf(code, manifest.m_segmentCount, depth);
    }
    const qint64 privateBytes = reader.left() - entries * entryBytes(code) - kSealBytes;
    if (privateBytes < kPrivateStep || privateBytes % kPrivateStep != 0)
        return malformed(u"its size does not fit its numbers"_s);
    manifest.m_entryCount = static_cast<int>(entries);

    if (depth == 0 || manifest.m_inline) {
        TreeBuilder tree(manifest.m_hashCode);
        for (int slot = 0; slot < manifest.m_entryCount; ++slot)
            tree.add(segmentLeaf(manifest.entry(slot), manifest.m_hashCode));
        if (tree.root() != manifest.m_rootHash)
            return malformed(u"the root hash is not that of the segments"_s);
    }
    return manifest;
}

qsizetype Manifest::plainBytesOf(qint64 segment) const
{
    BORG_ASSERT(segment >= 0 && segment < m_segmentCount);
    const qsizetype full = segmentPlainBytes(m_code.k);
    return segment + 1 < m_segmentCount ? full : m_fileBytes - segment * full;
}

qsizetype Manifest::shardBytesOf(qint64 segment) const
{
    return store::shardBytesOf(segmentCipherBytes(plainBytesOf(segment)), m_code.k);
}

std::vector<ShardId> Manifest::entry(int slot) const
{
    BORG_ASSERT(slot >= 0 && slot < m_entryCount);
    return shardsAt(QByteArrayView(m_bytes).sliced(kRootHeadBytes), slot, m_code, m_hashCode);
}

std::vector<PageStep> Manifest::pathTo(qint64 segment) const
{
    BORG_ASSERT(segment >= 0 && segment < m_segmentCount);
    std::vector<PageStep> path;
    qint64 index = segment;
    for (int level = 0; level < m_depth; ++level) {
        index /= fanOf(m_code, level);
        const auto page = static_cast<quint32>(index);
        const qint64 slot = level + 1 == m_depth ? index : index % fanOf(m_code, level + 1);
        path.insert(path.begin(), {level, page, static_cast<int>(slot), pageBytes(level, page)});
    }
    return path;
}

int Manifest::slotOf(qint64 segment) const
{
    return static_cast<int>(m_depth == 0 ? segment : segment % fanOf(m_code, 0));
}

quint32 Manifest::pageCount(int level) const
{
    BORG_ASSERT(level >= 0 && level < m_depth);
    return static_cast<quint32>(entriesOf(m_code, m_segmentCount, level + 1));
}

int Manifest::entriesInPage(int level, quint32 index) const
{
    BORG_ASSERT(index < pageCount(level));
    const qint64 fan = fanOf(m_code, level);
    return static_cast<int>(
        std::min(fan, entriesOf(m_code, m_segmentCount, level) - qint64{index} * fan));
}

qsizetype Manifest::pageBytes(int level, quint32 index) const
{
    const qsizetype entries = entriesInPage(level, index);
    const qsizetype sealed = level == 0 ? kSealBytes + entries * kHashBytes : 0;
    return kPageHeadBytes + entries * entryBytes(m_code) + sealed;
}

Result<PrivatePart> Manifest::open(const crypto::SecretKey &key) const
{
    const QByteArrayView bytes(m_bytes);
    const qsizetype publicBytes = kRootHeadBytes + m_entryCount * entryBytes(m_code);
    const auto plain
        = openPrivate(key, m_file, bytes.first(publicBytes), bytes.sliced(publicBytes));
    if (!plain)
        return plain.error();
    return readPrivate(*plain);
}

Result<PrivatePart> Manifest::readPrivate(QByteArrayView plain) const
{
    ByteReader reader(plain);
    const QByteArrayView name = reader.raw(reader.number<quint16>());
    const QByteArrayView mime = reader.raw(reader.number<quint16>());
    PrivatePart part;
    part.details.name = QString::fromUtf8(name);
    part.details.mime = QString::fromLatin1(mime);
    part.details.modifiedUtcMs = static_cast<qint64>(reader.number<quint64>());
    if (name.size() > kNameBytesMax || part.details.name.toUtf8() != name)
        return malformed(u"the name is no text"_s);
    const auto isAscii = [](char c) { return c >= ' ' && c <= '~'; };
    if (mime.size() > kMimeBytesMax || !std::ranges::all_of(mime, isAscii))
        return malformed(u"the type is no text"_s);
    const qint64 hashes = m_inline || m_depth > 0 ? 0 : m_segmentCount;
    if (reader.left() < hashes * kHashBytes)
        return malformed(u"the private part is cut short"_s);
    part.plainHashes = hashesFrom(reader, hashes);
    if (m_inline)
        part.content = reader.raw(m_fileBytes).toByteArray();
    if (reader.failed() || reader.left() >= kPrivateStep
        || !std::ranges::all_of(reader.raw(reader.left()), [](char c) { return c == '\0'; }))
        return malformed(u"the private part does not end where it should"_s);
    return part;
}

Result<Page> Page::parse(
    const Manifest &manifest, int level, quint32 index, const QByteArray &bytes)
{
    if (level < 0 || level >= manifest.depth() || index >= manifest.pageCount(level))
        return malformed(u"it has no such page"_s);
    if (bytes.size() != manifest.pageBytes(level, index)
        || !bytes.startsWith(pageHead(manifest.file(), level, index)))
        return malformed(u"not the page that was asked for"_s);
    Page page;
    page.m_bytes = bytes;
    page.m_file = manifest.file();
    page.m_code = manifest.code();
    page.m_hashCode = manifest.hashCode();
    page.m_entryCount = manifest.entriesInPage(level, index);
    return page;
}

std::vector<ShardId> Page::entry(int slot) const
{
    BORG_ASSERT(slot >= 0 && slot < m_entryCount);
    return shardsAt(QByteArrayView(m_bytes).sliced(kPageHeadBytes), slot, m_code, m_hashCode);
}

Result<std::vector<crypto::Hash>> Page::plainHashes(const crypto::SecretKey &key) const
{
    const QByteArrayView bytes(m_bytes);
    const qsizetype publicBytes = kPageHeadBytes + m_entryCount * entryBytes(m_code);
    BORG_ASSERT(bytes.size() > publicBytes);
    const auto plain
        = openPrivate(key, m_file, bytes.first(publicBytes), bytes.sliced(publicBytes));
    if (!plain)
        return plain.error();
    ByteReader reader(*plain);
    return hashesFrom(reader, m_entryCount);
}

} // namespace borg::store
