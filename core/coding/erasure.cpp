// SPDX-License-Identifier: GPL-3.0-or-later
#include "erasure.h"

#include <algorithm>
#include <bitset>
#include <isa-l/erasure_code.h>

namespace borg::coding {

using namespace Qt::Literals::StringLiterals;

namespace {

using Bytes = std::vector<unsigned char>;

std::size_t sizeOf(int count)
{
    return static_cast<std::size_t>(count);
}

// ISA-L writes only where it is told to, but its pointers say otherwise.
unsigned char *raw(const char *bytes)
{
    return reinterpret_cast<unsigned char *>(const_cast<char *>(bytes));
}

unsigned char *raw(const unsigned char *bytes)
{
    return const_cast<unsigned char *>(bytes);
}

/// Row r of the whole matrix is at r * k; the first k rows are the identity.
Bytes matrixOf(const Code &code)
{
    Bytes matrix(sizeOf(code.n * code.k));
    gf_gen_cauchy1_matrix(matrix.data(), code.n, code.k);
    for (int row = 1; code.k == 1 && row < code.n; ++row)
        matrix[sizeOf(row)] = gf_inv(static_cast<unsigned char>(row + 1));
    return matrix;
}

/// ISA-L goes over all sources once for every six outputs. In strips the sources stay in the
/// second-level cache from one pass to the next.
void multiply(int k, std::vector<unsigned char *> from, const Bytes &tables,
    std::vector<unsigned char *> to, qsizetype bytes)
{
    constexpr qsizetype kCacheBytes = 256 * 1024;
    const qsizetype strip = std::max<qsizetype>(4096, kCacheBytes / k / 4096 * 4096);
    for (qsizetype at = 0; at < bytes; at += strip) {
        const auto length = std::min(strip, bytes - at);
        ec_encode_data(static_cast<int>(length), k, static_cast<int>(to.size()), raw(tables.data()),
            from.data(), to.data());
        for (auto &pointer : from)
            pointer += length;
        for (auto &pointer : to)
            pointer += length;
    }
}

} // namespace

struct Erasure::Tables {
    Code code;
    Bytes matrix;
    Bytes parity; ///< As ec_init_tables() makes them.
};

Erasure::Erasure(std::shared_ptr<const Tables> tables)
    : m_tables(std::move(tables))
{
}

const Code &Erasure::code() const
{
    return m_tables->code;
}

Result<Erasure> Erasure::make(const Code &code)
{
    if (code.k < 1 || code.k > kDataShardsMax || code.n < code.k || code.n > kShardsMax)
        return Error{Errc::Malformed, u"no code has %1 of %2"_s.arg(code.k).arg(code.n)};
    auto tables = std::make_shared<Tables>();
    tables->code = code;
    tables->matrix = matrixOf(code);
    tables->parity.resize(sizeOf(32 * code.k * (code.n - code.k)));
    if (code.n > code.k)
        ec_init_tables(code.k, code.n - code.k, tables->matrix.data() + code.k * code.k,
            tables->parity.data());
    return Erasure(std::move(tables));
}

void Erasure::encode(
    std::span<const char *const> data, std::span<char *const> parity, qsizetype bytes) const
{
    const auto [k, n] = code();
    BORG_ASSERT(data.size() == sizeOf(k) && parity.size() == sizeOf(n - k));
    if (parity.empty())
        return;
    std::vector<unsigned char *> from(data.size());
    std::vector<unsigned char *> to(parity.size());
    std::ranges::transform(data, from.begin(), [](const char *at) { return raw(at); });
    std::ranges::transform(parity, to.begin(), [](const char *at) { return raw(at); });
    multiply(k, std::move(from), m_tables->parity, std::move(to), bytes);
}

Result<Done> Erasure::rebuild(
    std::span<const Present> present, std::span<const Wanted> wanted, qsizetype bytes) const
{
    const auto [k, n] = code();
    const auto outside
        = [last = n - 1](const auto &shard) { return shard.index < 0 || shard.index > last; };
    if (std::ranges::any_of(present, outside) || std::ranges::any_of(wanted, outside))
        return Error{Errc::Malformed, u"a shard's index is outside the code"_s};
    std::bitset<kShardsMax> seen;
    for (const Present &shard : present) {
        if (seen.test(sizeOf(shard.index)))
            return Error{Errc::Malformed, u"a shard is there twice"_s};
        seen.set(sizeOf(shard.index));
    }
    if (present.size() < sizeOf(k))
        return Error{Errc::Malformed, u"%1 of %2 shards"_s.arg(present.size()).arg(k)};
    if (wanted.empty())
        return Done{};

    // The rows of the present shards, turned around, give the data; times a shard's own row, it.
    std::vector<unsigned char *> from;
    Bytes rows;
    for (const Present &shard : present.first(sizeOf(k))) {
        from.push_back(raw(shard.bytes));
        const auto row = m_tables->matrix.begin() + shard.index * k;
        rows.insert(rows.end(), row, row + k);
    }
    Bytes inverse(rows.size());
    const int invertible = gf_invert_matrix(rows.data(), inverse.data(), k);
    BORG_ASSERT(invertible == 0); // any k rows of a Cauchy code are

    std::vector<unsigned char *> to;
    Bytes factors;
    for (const Wanted &shard : wanted) {
        to.push_back(raw(shard.bytes));
        for (int column = 0; column < k; ++column) {
            unsigned char sum = 0;
            for (int at = 0; at < k; ++at)
                sum ^= gf_mul(m_tables->matrix[sizeOf(shard.index * k + at)],
                    inverse[sizeOf(at * k + column)]);
            factors.push_back(sum);
        }
    }
    Bytes tables(32 * factors.size());
    ec_init_tables(k, static_cast<int>(wanted.size()), factors.data(), tables.data());
    multiply(k, std::move(from), tables, std::move(to), bytes);
    return Done{};
}

} // namespace borg::coding
