// SPDX-License-Identifier: GPL-3.0-or-later
// What the codec costs on one core. Prints GB (10^9 bytes) of plaintext per second of processor
// time; the last line is one JSON object.
#include <crypto/aead.h>
#include <crypto/key_source.h>
#include <store/segment_codec.h>

#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>
#include <ctime>
#include <functional>

using namespace borg;
using namespace borg::store;

namespace {

double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// @return the best of several runs: what the code can do, not what the neighbours leave.
double gigabytesPerSecond(qsizetype bytes, const std::function<void()> &work)
{
    double best = 0;
    work(); // faults the memory in
    for (int run = 0; run < 9; ++run) {
        int rounds = 0;
        const double start = cpuSeconds();
        double took = 0;
        do {
            work();
            ++rounds;
            took = cpuSeconds() - start;
        } while (took < 0.05);
        best = std::max(best, static_cast<double>(bytes) * rounds / took * 1e-9);
    }
    return best;
}

QByteArray noise(qsizetype size)
{
    QByteArray bytes(size, '\0');
    quint64 state = 1;
    for (char &byte : bytes) {
        state = state * 6364136223846793005 + 1442695040888963407;
        byte = static_cast<char>(state >> 56);
    }
    return bytes;
}

QJsonObject benchPrimitives()
{
    QJsonObject out;
    const QByteArray shard = noise(kShardBytesMax);
    quint64 sink = 0;
    for (const HashCode code : {HashCode::Blake3, HashCode::Sha256}) {
        if (!hasHashCode(code))
            continue;
        const double rate
            = gigabytesPerSecond(shard.size(), [&] { sink += shardIdOf(shard, code).bytes[5]; });
        out[code == HashCode::Blake3 ? QStringLiteral("tree_blake3_gb_s")
                                     : QStringLiteral("tree_sha256_gb_s")]
            = rate;
    }
    if (hasHashCode(HashCode::Blake3))
        out[QStringLiteral("plain_blake3_gb_s")]
            = gigabytesPerSecond(shard.size(), [&] { sink += crypto::blake3(shard)[5]; });
    crypto::AesGcm gcm(crypto::randomKey());
    QByteArray record(kRecordBytes, '\0');
    out[QStringLiteral("aes_gcm_gb_s")] = gigabytesPerSecond(kRecordPlainBytes, [&] {
        gcm.seal({}, "associated", QByteArrayView(record).first(kRecordPlainBytes),
            std::span(record.data(), static_cast<std::size_t>(record.size())));
    });
    out[QStringLiteral("checksum")] = static_cast<qint64>(sink % 2);
    return out;
}

QJsonObject benchCode(const Code &code, HashCode hashCode)
{
    const auto codec = SegmentCodec::make(code, hashCode);
    const auto key = crypto::randomKey();
    const QByteArray plain = noise(segmentPlainBytes(code.k));
    EncodedSegment encoded;
    QJsonObject out;
    out[QStringLiteral("encode_gb_s")] = gigabytesPerSecond(
        plain.size(), [&] { encoded = codec->encode(key, {}, 0, plain, true); });

    QByteArray back(plain.size(), '\0');
    const SegmentRef segment{.key = key,
        .file = {},
        .index = 0,
        .plainBytes = plain.size(),
        .last = true,
        .plainHash = encoded.plainHash};
    const auto decode = [&](int first) {
        std::vector<ShardPiece> pieces;
        for (int i = first; i < first + code.k; ++i)
            pieces.push_back({i, encoded.shards[static_cast<std::size_t>(i)]});
        const auto done = codec->decode(
            segment, pieces, std::span(back.data(), static_cast<std::size_t>(back.size())));
        if (!done || back != plain)
            std::abort();
    };
    out[QStringLiteral("decode_gb_s")] = gigabytesPerSecond(plain.size(), [&] { decode(0); });
    const int worst = std::min(code.k, code.n - code.k); // all data lost, or as much as may be
    out[QStringLiteral("degraded_gb_s")] = gigabytesPerSecond(plain.size(), [&] { decode(worst); });

    std::vector<const char *> data;
    std::vector<char *> parity;
    for (int i = 0; i < code.n; ++i) {
        QByteArray &shard = encoded.shards[static_cast<std::size_t>(i)];
        if (i < code.k)
            data.push_back(shard.constData());
        else
            parity.push_back(shard.data());
    }
    const auto erasure = Erasure::make(code);
    out[QStringLiteral("erasure_gb_s")] = gigabytesPerSecond(
        code.k * kShardBytesMax, [&] { erasure->encode(data, parity, kShardBytesMax); });
    return out;
}

} // namespace

int main()
{
    QJsonObject result = benchPrimitives();
    for (const Code code : {Code{3, 10}, Code{4, 8}, Code{20, 50}})
        result[text(code)] = benchCode(code, defaultHashCode());
    result[QStringLiteral("3/10 sha256")] = benchCode({3, 10}, HashCode::Sha256);
    const QByteArray json = QJsonDocument(result).toJson(QJsonDocument::Indented);
    std::fprintf(stderr, "%s", json.constData());
    std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    return 0;
}
