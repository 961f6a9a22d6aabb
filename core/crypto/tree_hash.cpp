// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree_hash.h"

#ifdef BORG_BLAKE3_MANY
#include <blake3.h>
#include <blake3_impl.h>
#endif

#include <cstring>

namespace borg::crypto {

namespace {

constexpr char kLeafPrefix = 0;
constexpr char kNodePrefix = 1;

#ifdef BORG_BLAKE3_MANY

// BLAKE3 sees a leaf as 4,097 bytes: the prefix shifts it by one, so it has four whole chunks of
// 1 KiB and a fifth of a single byte. The same chunk of sixteen leaves is hashed at once, straight
// from the caller's memory but for the first, which begins with the prefix; the 256 possible fifth
// chunks are known beforehand.
constexpr std::size_t kBatch = 16;
constexpr std::size_t kChunk = BLAKE3_CHUNK_LEN;
constexpr std::size_t kBlocksPerChunk = BLAKE3_CHUNK_LEN / BLAKE3_BLOCK_LEN;
constexpr std::size_t kWholeChunks = 4;
static_assert(kTreeLeafBytes == kWholeChunks * kChunk);

using ChainingValues = std::array<Hash, kBatch>;
using Inputs = std::array<const quint8 *, kBatch>;

void storeWords(const std::array<quint32, 8> &words, Hash &out)
{
    for (std::size_t i = 0; i < words.size(); ++i)
        store32(out.data() + 4 * i, words[i]);
}

/// The chaining values of the fifth chunk, by its byte.
const std::array<Hash, 256> &lastChunks()
{
    static const auto table = [] {
        std::array<Hash, 256> values;
        for (std::size_t byte = 0; byte < values.size(); ++byte) {
            std::array<quint8, BLAKE3_BLOCK_LEN> block{static_cast<quint8>(byte)};
            std::array<quint32, 8> words;
            std::copy_n(IV, words.size(), words.begin());
            blake3_compress_in_place(
                words.data(), block.data(), 1, kWholeChunks, CHUNK_START | CHUNK_END);
            storeWords(words, values[byte]);
        }
        return values;
    }();
    return table;
}

/// Parents of count pairs: left[i], right[i] -> out[i].
void hashParents(std::size_t count, const Hash *left, const Hash *right, quint8 flags, Hash *out)
{
    std::array<std::array<Hash, 2>, kBatch> pairs;
    Inputs inputs;
    for (std::size_t i = 0; i < count; ++i) {
        pairs[i] = {left[i], right[i]};
        inputs[i] = pairs[i][0].data();
    }
    blake3_hash_many(inputs.data(), count, 1, IV, 0, false, PARENT | flags, 0, 0, out->data());
}

/// Up to kBatch whole leaves that lie one after the other.
void hashBatch(const quint8 *leaves, std::size_t count, Hash *out)
{
    alignas(64) std::array<std::array<quint8, kChunk>, kBatch> first;
    std::array<ChainingValues, kWholeChunks> chunks;
    ChainingValues last;
    Inputs inputs;
    for (std::size_t i = 0; i < count; ++i) {
        const quint8 *leaf = leaves + i * kTreeLeafBytes;
        first[i][0] = kLeafPrefix;
        std::memcpy(first[i].data() + 1, leaf, kChunk - 1);
        last[i] = lastChunks()[leaf[kTreeLeafBytes - 1]];
    }
    for (std::size_t chunk = 0; chunk < kWholeChunks; ++chunk) {
        for (std::size_t i = 0; i < count; ++i)
            inputs[i]
                = chunk == 0 ? first[i].data() : leaves + i * kTreeLeafBytes + chunk * kChunk - 1;
        blake3_hash_many(inputs.data(), count, kBlocksPerChunk, IV, chunk, false, 0, CHUNK_START,
            CHUNK_END, chunks[chunk][0].data());
    }
    hashParents(count, chunks[0].data(), chunks[1].data(), 0, chunks[0].data());
    hashParents(count, chunks[2].data(), chunks[3].data(), 0, chunks[2].data());
    hashParents(count, chunks[0].data(), chunks[2].data(), 0, chunks[0].data());
    hashParents(count, chunks[0].data(), last.data(), ROOT, out);
}

/// 65 bytes are one chunk of two blocks.
Hash hashPairBlake3(const Hash &left, const Hash &right)
{
    std::array<quint8, 2 * BLAKE3_BLOCK_LEN> bytes{};
    bytes[0] = kNodePrefix;
    std::ranges::copy(left, bytes.begin() + 1);
    std::ranges::copy(right, bytes.begin() + 33);
    std::array<quint32, 8> words;
    std::copy_n(IV, words.size(), words.begin());
    blake3_compress_in_place(words.data(), bytes.data(), BLAKE3_BLOCK_LEN, 0, CHUNK_START);
    blake3_compress_in_place(words.data(), bytes.data() + BLAKE3_BLOCK_LEN, 1, 0, CHUNK_END | ROOT);
    Hash hash;
    storeWords(words, hash);
    return hash;
}

#endif

} // namespace

void hashLeaves(HashKind kind, QByteArrayView bytes, std::span<Hash> out)
{
    BORG_ASSERT(std::ssize(out) == (bytes.size() + kTreeLeafBytes - 1) / kTreeLeafBytes);
    std::size_t done = 0;
#ifdef BORG_BLAKE3_MANY
    if (kind == HashKind::Blake3) {
        const auto whole = static_cast<std::size_t>(bytes.size() / kTreeLeafBytes);
        const auto *leaves = reinterpret_cast<const quint8 *>(bytes.data());
        for (; done < whole; done += std::min(kBatch, whole - done))
            hashBatch(leaves + done * kTreeLeafBytes, std::min(kBatch, whole - done), &out[done]);
    }
#endif
    if (done == out.size())
        return;
    Hasher hasher(kind);
    for (; done < out.size(); ++done) {
        hasher.add(QByteArrayView(&kLeafPrefix, 1));
        hasher.add(bytes.sliced(static_cast<qsizetype>(done) * kTreeLeafBytes)
                .first(std::min(
                    kTreeLeafBytes, bytes.size() - static_cast<qsizetype>(done) * kTreeLeafBytes)));
        out[done] = hasher.finish();
    }
}

Hash hashLeaf(HashKind kind, QByteArrayView bytes)
{
    Hasher hasher(kind);
    hasher.add(QByteArrayView(&kLeafPrefix, 1));
    hasher.add(bytes);
    return hasher.finish();
}

Hash hashPair(HashKind kind, const Hash &left, const Hash &right)
{
#ifdef BORG_BLAKE3_MANY
    if (kind == HashKind::Blake3)
        return hashPairBlake3(left, right);
#endif
    std::array<char, 65> bytes;
    bytes[0] = kNodePrefix;
    std::memcpy(bytes.data() + 1, left.data(), left.size());
    std::memcpy(bytes.data() + 33, right.data(), right.size());
    return hashOf(kind, QByteArrayView(bytes.data(), std::ssize(bytes)));
}

} // namespace borg::crypto
