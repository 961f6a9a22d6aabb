// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <coding/erasure.h>

namespace borg::store {

using coding::Code;
using coding::Erasure;
using coding::kDataShardsMax;
using coding::kShardsMax;

/// How a network of some size keeps a file.
struct CodePlan {
    Code code;
    int repairAt = 0; ///< Repair a segment when at most so many of its shards are alive.

    friend bool operator==(const CodePlan &, const CodePlan &) = default;
};

/// @return the plan for that many failure domains that can hold shards, us included.
///         @pre domains >= 1
[[nodiscard]] CodePlan codeFor(int domains);

/// @return the repair threshold for any code: the table's where it has that code, else half of the
///         parity, but never below k and never n.
[[nodiscard]] int repairThreshold(const Code &code);

/// @return how many shards of a segment one node, and one owner, may hold: k - 1 from three nodes
///         on (nobody can rebuild a segment alone); below that there is nobody to share with, and
///         it is n.
[[nodiscard]] int shardsPerNodeMax(const Code &code, int nodes);

/// @return how many shards of a segment that many nodes can take under the rule above.
[[nodiscard]] int shardsPlaceable(const Code &code, int nodes);

/// @return how many of `nodes` may be lost, whichever they are, before a segment placed evenly on
///         them cannot be read; -1 when even all of them together cannot give it.
[[nodiscard]] int lossesSurvived(const Code &code, int nodes);

/// @return how many durable shards on distinct nodes make a put a success:
///         min(n, max(k + 2, threshold)), and no more than the nodes can take.
[[nodiscard]] int durableAt(const Code &code, int nodes);

/// Reads "K/N" as given to --code.
/// @return the code, or Malformed with a sentence for people: not two whole numbers, k above n, or
///         above the limits.
[[nodiscard]] Result<Code> parseCode(QStringView text);
/// @return Done, or Malformed with a sentence: the code breaks the hard rule on that many nodes
///         (k = 1 from three nodes on), or they could not give the file back.
Result<Done> checkCode(const Code &code, int nodes);
[[nodiscard]] QString text(const Code &code); ///< "K/N".

/// @return the code of a root page of a file coded with `code`: small pieces on many nodes, since
///         without it the whole file is lost. k is never above the file's.
[[nodiscard]] Code rootPageCode(const Code &code, int nodes);

} // namespace borg::store
