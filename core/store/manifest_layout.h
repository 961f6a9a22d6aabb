// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "byte_io.h"

#include <store/manifest.h>

/// What the reader and the writer of manifests share. For this module only.
namespace borg::store::layout {

inline constexpr char kRootMagic[] = "BRGM";
inline constexpr char kPageMagic[] = "BRGP";
inline constexpr quint8 kVersion = 1;
inline constexpr quint8 kCipherAes256Gcm = 1;
inline constexpr quint8 kInlineDepth = 255;
inline constexpr qsizetype kRootHeadBytes = 68;
inline constexpr qsizetype kPageHeadBytes = 28;
inline constexpr qsizetype kHashBytes = 32;
inline constexpr qsizetype kSaltBytes = 32;
inline constexpr qsizetype kSealBytes = kSaltBytes + 16; ///< What sealing adds.
inline constexpr qsizetype kPrivateStep = 64; ///< Hides the length of the name a little.

[[nodiscard]] inline qsizetype entryBytes(const Code &code)
{
    return code.n * kHashBytes;
}

/// How many entries a full page of that level has.
[[nodiscard]] inline qint64 fanOf(const Code &code, int level)
{
    const qsizetype page = std::min(kPageBytesMax, code.k * kShardBytesMax) - kPageHeadBytes;
    return level == 0 ? (page - kSealBytes) / (entryBytes(code) + kHashBytes)
                      : page / entryBytes(code);
}

/// @return entries of a level in all: segments at level 0, pages of the level below above it.
[[nodiscard]] qint64 entriesOf(const Code &code, qint64 segments, int level);

[[nodiscard]] QByteArray pageHead(const FileId &file, int level, quint32 index);

/// Encrypts a private part: salt || ciphertext || tag. `associated` is all that precedes it.
[[nodiscard]] QByteArray sealPrivate(const crypto::SecretKey &key, const FileId &file,
    QByteArrayView associated, QByteArrayView plain);
/// @return the plaintext, or Unauthorized: wrong key.
[[nodiscard]] Result<QByteArray> openPrivate(const crypto::SecretKey &key, const FileId &file,
    QByteArrayView associated, QByteArrayView sealed);

} // namespace borg::store::layout
