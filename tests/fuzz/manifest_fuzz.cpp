// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever a peer sends as a root page, a page or a piece of a root page: parsing it, and asking
// what was parsed, never breaks a rule of the language or asks for more memory than it has bytes.
#include <store/manifest.h>

#include <cstdint>

using namespace borg;
using namespace borg::store;

// NOLINTNEXTLINE: libFuzzer fixes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    if (const auto info = readRootPiece(bytes)) {
        const std::array<QByteArrayView, 1> pieces{bytes};
        if (const auto page = decodeRootPage(info->manifest, pieces))
            BORG_ASSERT(page->size() <= kRootPageBytesMax);
        BORG_ASSERT(matchesStored(rootPieceId(info->manifest, info->index), bytes));
    }
    const auto manifest = Manifest::parse(bytes);
    if (!manifest)
        return 0;
    BORG_ASSERT(manifest->entryCount() * manifest->code().n * 32 <= bytes.size());
    for (int slot = 0; slot < manifest->entryCount(); ++slot)
        BORG_ASSERT(std::ssize(manifest->entry(slot)) == manifest->code().n);
    if (const qint64 last = manifest->segmentCount() - 1; last >= 0) {
        for (const PageStep &step : manifest->pathTo(last)) {
            BORG_ASSERT(step.bytes <= kPageBytesMax && step.bytes > 0);
            (void)Page::parse(*manifest, step.level, step.index, bytes).ok();
        }
        BORG_ASSERT(manifest->slotOf(last) >= 0 && manifest->plainBytesOf(last) > 0);
        BORG_ASSERT(manifest->shardBytesOf(last) <= kShardBytesMax);
    }
    (void)manifest->open(crypto::SecretKey()).ok();
    return 0;
}
