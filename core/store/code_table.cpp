// SPDX-License-Identifier: GPL-3.0-or-later
#include "code_table.h"

#include <algorithm>
#include <array>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Row {
    int domainsMin;
    CodePlan plan;
};

// Repair thresholds for a detection within a day. From five domains on there is always a spare one
// to repair onto.
constexpr std::array kTable{
    Row{1, {{1, 1}, 0}}, // pending: nobody to share with yet
    Row{2, {{1, 2}, 1}},
    Row{3, {{2, 3}, 2}},
    Row{4, {{2, 4}, 3}},
    Row{6, {{2, 5}, 4}},
    Row{7, {{3, 6}, 5}},
    Row{8, {{3, 7}, 5}},
    Row{9, {{4, 8}, 6}},
    Row{12, {{4, 11}, 8}},
    Row{20, {{8, 18}, 14}},
    Row{24, {{8, 22}, 17}},
    Row{40, {{16, 38}, 27}},
    Row{50, {{20, 50}, 30}},
};

/// How many shards the fullest of `nodes` gets when they are spread evenly.
int perNode(const Code &code, int nodes)
{
    return std::min((code.n + nodes - 1) / nodes, shardsPerNodeMax(code, nodes));
}

} // namespace

CodePlan codeFor(int domains)
{
    BORG_ASSERT(domains >= 1);
    const auto above = std::ranges::upper_bound(kTable, domains, {}, &Row::domainsMin);
    return std::prev(above)->plan;
}

int repairThreshold(const Code &code)
{
    const auto row
        = std::ranges::find(kTable, code, [](const Row &entry) { return entry.plan.code; });
    if (row != kTable.end())
        return row->plan.repairAt;
    return std::min(code.n, code.k + (code.n - code.k) / 2);
}

int shardsPerNodeMax(const Code &code, int nodes)
{
    return nodes >= 3 ? code.k - 1 : code.n;
}

int shardsPlaceable(const Code &code, int nodes)
{
    return std::min(code.n, nodes * shardsPerNodeMax(code, nodes));
}

int lossesSurvived(const Code &code, int nodes)
{
    const int placed = shardsPlaceable(code, nodes);
    if (placed < code.k)
        return -1;
    // The fullest nodes go first: placed = full * most + the others' (most - 1 each, or nothing).
    const int most = perNode(code, nodes);
    int alive = placed;
    int full = placed - nodes * (most - 1);
    int losses = 0;
    for (; losses < nodes; ++losses, --full) {
        alive -= full > 0 ? most : most - 1;
        if (alive < code.k)
            break;
    }
    return losses;
}

int durableAt(const Code &code, int nodes)
{
    const int wanted = std::min(code.n, std::max(code.k + 2, repairThreshold(code)));
    return std::min(wanted, std::min(nodes, code.n));
}

Result<Code> parseCode(QStringView text)
{
    const auto slash = text.indexOf(u'/');
    bool kIsNumber = false;
    bool nIsNumber = false;
    const QStringView first = text.left(std::max<qsizetype>(slash, 0));
    const QStringView second = text.mid(slash + 1);
    const Code code{first.toInt(&kIsNumber), second.toInt(&nIsNumber)};
    const auto plain = [](QStringView digits) {
        return !digits.isEmpty() && digits.size() <= 3 && digits.front() != u'0'
            && std::ranges::all_of(digits, [](QChar c) { return c >= u'0' && c <= u'9'; });
    };
    if (slash < 0 || !kIsNumber || !nIsNumber || !plain(first) || !plain(second))
        return Error{Errc::Malformed,
            u"A code is written K/N, two whole numbers such as 3/10: any 3 of 10 shards give the "
            "file back."_s};
    if (code.k > code.n)
        return Error{Errc::Malformed,
            u"The code %1 needs more shards than there are: K is at most N."_s.arg(
                store::text(code))};
    if (code.k > kDataShardsMax || code.n > kShardsMax)
        return Error{Errc::Malformed,
            u"The code %1 is too large: K is at most %2 and N at most %3."_s.arg(store::text(code))
                .arg(kDataShardsMax)
                .arg(kShardsMax)};
    return code;
}

Result<Done> checkCode(const Code &code, int nodes)
{
    if (code.k < 1 || code.k > kDataShardsMax || code.n < code.k || code.n > kShardsMax)
        return Error{Errc::Malformed,
            u"The code %1 cannot be: K is at most %2, N at least K and at most %3."_s
                .arg(text(code))
                .arg(kDataShardsMax)
                .arg(kShardsMax)};
    if (nodes >= 3 && code.k == 1)
        return Error{Errc::Malformed,
            u"With the code %1 each node would hold the whole file. From three nodes on K is at "
            "least 2."_s.arg(text(code))};
    if (nodes >= 3 && shardsPlaceable(code, nodes) < code.k)
        return Error{Errc::Malformed,
            u"%1 nodes cannot hold a file with the code %2."_s.arg(nodes).arg(text(code))};
    return Done{};
}

QString text(const Code &code)
{
    return u"%1/%2"_s.arg(code.k).arg(code.n);
}

Code rootPageCode(const Code &code, int nodes)
{
    // A piece is some KiB at most, so redundancy is cheap. k >= 2 keeps whole pages off nodes.
    constexpr int kPiecesMax = 48;
    const int k = nodes < 3 ? 1 : nodes < 12 ? 2 : nodes < 24 ? 3 : 4;
    const int bounded = std::max(nodes >= 3 ? 2 : 1, std::min(k, code.k));
    return {bounded, std::max(bounded, std::min(nodes, kPiecesMax))};
}

} // namespace borg::store
